"""clinic.duckdb: the figures a clinic may read, decided, suppressed and rounded before they are written.

The exact counts never touch the file: what is withheld here cannot be read back from it.
"""

from collections.abc import Set as AbstractSet
from dataclasses import replace
from pathlib import Path

import duckdb
import polars as pl

from pipeline.config import Settings
from pipeline.contract.clinic_profiles import OWN
from pipeline.disclosure.benchmark import write_benchmark
from pipeline.disclosure.counted import count
from pipeline.disclosure.deciding import decided, rests
from pipeline.disclosure.figures import figures, news
from pipeline.disclosure.memory import CLINICS, NOTHING, Released
from pipeline.disclosure.policy import OWN_CLINIC, STRICT, Policy
from pipeline.disclosure.safety import write_safety
from pipeline.disclosure.standings import write_standings
from pipeline.engine.duckdb import open_scratch, quote_text

NOBODY: frozenset[str] = frozenset()


def write(
    settings: Settings,
    candidate: Path,
    version: str,
    remembered: Released = NOTHING,
    policy: Policy = STRICT,
    own: AbstractSet[str] = NOBODY,
    quarter: str = "1970Q1",
) -> Released:
    """Write clinic.duckdb beside research.duckdb in the folder `candidate`, the version-to-be being called `version`.

    `policy` is the home's; the clinics of `own` get figures for their own eyes besides. `quarter` is that of the data,
    such as 2026Q4: a clinic that stands out is told so after the second one. The answer is what it shows
    for the first time or anew, to be recorded before anybody can see it.
    """
    with open_scratch(settings, None) as con:
        con.execute(f"ATTACH {quote_text(str(candidate / 'research.duckdb'))} AS research (READ_ONLY)")
        con.execute("SET search_path = 'research.main,memory.main,temp.main'")
        _tell(con, version, remembered, policy, own)
        con.execute(f"ATTACH {quote_text(str(candidate / 'clinic.duckdb'))} AS clinic (STORAGE_VERSION 'v1.5.0')")
        con.execute(
            "CREATE TABLE clinic.main.clinic_cells AS SELECT * EXCLUDE (is_news, audience, n_above) FROM figures "
            "ORDER BY audience, clinic_id, place"
        )
        write_benchmark(con, policy)
        write_safety(con)
        sides = write_standings(con, policy, version, quarter, remembered.sides)
        con.execute("CHECKPOINT clinic")
        return replace(news(con, version), sides=sides)


def _tell(
    con: duckdb.DuckDBPyConnection, version: str, remembered: Released, policy: Policy, own: AbstractSet[str]
) -> None:
    """The table `figures`: every cell of every clinic, for each audience."""
    by_audience = {CLINICS: policy, OWN: OWN_CLINIC}
    rows = [row for c in count(con, remembered) for row in decided(c, policy, is_own_enabled=c.clinic in own)]
    withheld = [(*rest, by_audience[rest[0]].rule) for rest in rests(rows)]
    columns = ("audience", "clinic_id", "partition", "cell", "policy")
    con.register("withheld", pl.DataFrame(withheld, schema=dict.fromkeys(columns, pl.String), orient="row"))
    names = ("audience", "clinic_id", "partition", "cell", "state")
    states = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    told = pl.concat([figures(con, states, version, rule, audience) for audience, rule in by_audience.items()])
    con.register("figures_alone", told)
    con.execute(f"CREATE TEMP TABLE figures AS {_WITH_SHARES}")


# A share is that of two figures that are shown, of the people of one release: it adds nothing to what they tell.
_WITH_SHARES = """
SELECT f.*, CASE WHEN above.released_in = f.released_in THEN round(f.n_shown / above.n_shown, 2) END AS share,
  above.n_shown AS n_above
FROM figures_alone f LEFT JOIN figures_alone above ON above.audience = f.audience
  AND above.clinic_id = f.clinic_id AND above.partition = f.parent AND above.cell = f.parent_cell"""
