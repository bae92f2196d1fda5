"""clinic.duckdb: the figures a clinic may read, decided, suppressed and rounded before they are written.

The exact counts never touch the file: what is withheld here cannot be read back from it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
from scipy import stats

from pipeline.config import Settings
from pipeline.disclosure.benchmark import BENCHMARK
from pipeline.disclosure.guard import Cell, State, decide
from pipeline.disclosure.memory import NOTHING, Released
from pipeline.disclosure.partitions import PARTITIONS, Partition
from pipeline.disclosure.policy import STRICT, Policy
from pipeline.engine.duckdb import open_scratch, quote_text

TABLES = ("clinic_cells", "benchmark_cells")
LEVEL = 0.95
MILLI = 1000.0
MEAN_DECIMALS = 1
"""Means are told to a tenth of the unit, as densities are recorded."""


def write(
    settings: Settings, candidate: Path, version: str, remembered: Released = NOTHING, policy: Policy = STRICT
) -> Released:
    """Write clinic.duckdb beside research.duckdb in the folder `candidate`, the version-to-be being called `version`.

    The answer is what it shows for the first time or anew, to be recorded before anybody can see it.
    """
    with open_scratch(settings, None) as con:
        con.execute(f"ATTACH {quote_text(str(candidate / 'research.duckdb'))} AS research (READ_ONLY)")
        con.execute("SET search_path = 'research.main,memory.main,temp.main'")
        _people(con)
        con.register("remembered_cells", remembered.cells)
        con.register("remembered_members", remembered.members)
        con.register("remembered_gone", remembered.gone)
        con.execute(_COUNTED)
        con.register("figures_alone", _figures(con, _decided(con, policy), version, policy))
        con.execute(f"CREATE TEMP TABLE figures AS {_WITH_SHARES}")
        con.execute(f"ATTACH {quote_text(str(candidate / 'clinic.duckdb'))} AS clinic (STORAGE_VERSION 'v1.5.0')")
        con.execute("CREATE TABLE clinic.main.clinic_cells AS SELECT * EXCLUDE (is_news) FROM figures ORDER BY place")
        limits = {"min_clinics": policy.min_clinics, "max_share": policy.max_share}
        con.execute(f"CREATE TABLE clinic.main.benchmark_cells AS {BENCHMARK}", limits)
        con.execute("CHECKPOINT clinic")
        return _news(con, version)


# A share is that of two figures that are shown, of the people of one release: it adds nothing to what they tell.
_WITH_SHARES = """
SELECT f.*, CASE WHEN above.released_in = f.released_in THEN round(f.n_shown / above.n_shown, 2) END AS share,
  above.n_shown AS n_above
FROM figures_alone f LEFT JOIN figures_alone above
  ON above.clinic_id = f.clinic_id AND above.partition = f.parent AND above.cell = f.parent_cell"""


def _people(con: duckdb.DuckDBPyConnection) -> None:
    """`now`: who is in which cell of which table."""
    select = (Path(__file__).parent / "clinic_people.sql").read_text(encoding="utf-8")
    con.execute(f"CREATE TEMP TABLE person AS {select}")
    con.execute(f"CREATE TEMP TABLE now AS {' UNION ALL '.join(map(_members, PARTITIONS))}")


def _members(partition: Partition) -> str:
    known = ", ".join(quote_text(code) for code, _ in partition.cells())
    among = "true" if partition.parent is None else f"{partition.parent[0]} = {quote_text(partition.parent[1])}"
    return (
        f"SELECT clinic_id, {quote_text(partition.code)} AS partition, "
        f"CASE WHEN {partition.code} IN ({known}) THEN {partition.code} ELSE 'unknown' END AS cell, "
        f"CAST(pseudonym AS VARCHAR) AS pseudonym, CAST({partition.value or 'NULL'} AS BIGINT) AS value "
        f"FROM person WHERE {among}"
    )


_COUNTED = """
CREATE TEMP TABLE counted AS
SELECT clinic_id, partition, cell, count(n.pseudonym) AS n,
  count(*) FILTER (n.pseudonym IS NULL OR m.pseudonym IS NULL OR n.value IS DISTINCT FROM m.value) AS changed,
  count(n.value) AS n_values, coalesce(sum(n.value), 0)::HUGEINT AS total,
  coalesce(sum(n.value::HUGEINT * n.value), 0)::HUGEINT AS squares
FROM now n FULL JOIN remembered_members m USING (clinic_id, partition, cell, pseudonym)
GROUP BY ALL"""


@dataclass(frozen=True)
class _Counted:
    """One clinic's exact counts by table and cell, and what was shown of it before."""

    n: Mapping[tuple[str, str], int]
    changed: Mapping[tuple[str, str], int]
    shown: frozenset[tuple[str, str]]

    def cell(self, partition: str, code: str) -> Cell:
        at = (partition, code)
        return Cell(code, self.n.get(at, 0), at in self.shown, self.changed.get(at, 0))


def _decided(con: duckdb.DuckDBPyConnection, policy: Policy) -> pl.DataFrame:
    """One row per clinic, table and cell: its state."""
    known = con.execute(
        """
SELECT coalesce(c.clinic_id, r.clinic_id) AS clinic, coalesce(c.partition, r.partition), coalesce(c.cell, r.cell),
  coalesce(c.n, 0), coalesce(c.changed, 0) + coalesce(g.n, 0), r.cell IS NOT NULL
FROM counted c FULL JOIN remembered_cells r USING (clinic_id, partition, cell)
LEFT JOIN remembered_gone g USING (clinic_id, partition, cell) ORDER BY clinic"""
    ).fetchall()
    rows = []
    for clinic, group in groupby(known, key=lambda row: row[0]):
        mine = list(group)
        counted = _Counted(
            {(p, c): n for _, p, c, n, _, _ in mine},
            {(p, c): changed for _, p, c, _, changed, _ in mine},
            frozenset((p, c) for _, p, c, _, _, was_shown in mine if was_shown),
        )
        rows += [(clinic, *decided) for decided in _of_clinic(counted, policy)]
    names = ("clinic_id", "partition", "cell", "state")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")


def _of_clinic(counted: _Counted, policy: Policy) -> Iterator[tuple[str, str, State]]:
    """Every table after the one whose cell it divides."""
    states: dict[tuple[str, str], str] = {}
    for partition in PARTITIONS:
        above = partition.parent is None or states.get(partition.parent) == "shown"
        cells = [counted.cell(partition.code, code) for code, _ in partition.cells()]
        for code, state in decide(cells, policy, is_released_above=above).items():
            states[partition.code, code] = state
            yield partition.code, code, state


def _figures(con: duckdb.DuckDBPyConnection, decided: pl.DataFrame, version: str, policy: Policy) -> pl.DataFrame:
    """What stands in clinic.duckdb: figures of shown cells from today's people, of kept ones as they were released."""
    con.register("decided", decided)
    con.register("described", _described())
    found: pl.DataFrame = con.sql(
        """
SELECT d.clinic_id, d.partition, d.cell, b.title, b.label, b.unit, b.parent, b.parent_cell, b.place, d.state,
  coalesce(c.changed, 0) > 0 OR r.cell IS NULL AS is_changed, c.n, c.n_values, c.total::DOUBLE AS total,
  c.squares::DOUBLE AS squares, r.version AS version_before, r.n_shown AS n_before, r.mean AS mean_before,
  r.ci_lower AS ci_lower_before, r.ci_upper AS ci_upper_before
FROM decided d JOIN described b USING (partition, cell)
LEFT JOIN counted c USING (clinic_id, partition, cell) LEFT JOIN remembered_cells r USING (clinic_id, partition, cell)
ORDER BY d.clinic_id, b.place"""
    ).pl()
    mean, half = _mean(found)
    today = pl.col("state") == "shown"
    round_to = policy.round_to
    figures: pl.DataFrame = found.select(
        "clinic_id", "partition", "cell", "title", "label", "unit", "parent", "parent_cell", "place",
        # unchanged people shown again are told as kept: who was kept for having few changes must not stand out
        pl.when(today & ~pl.col("is_changed")).then(pl.lit("kept")).otherwise("state").alias("state"),
        (today & pl.col("is_changed")).alias("is_news"),
        pl.when(today).then((pl.col("n") + round_to // 2) // round_to * round_to)
        .when(pl.col("state") == "kept").then("n_before").cast(pl.Int32).alias("n_shown"),
        *(
            pl.when(today).then((pl.Series(mean) + pl.Series(sign * half)).round(MEAN_DECIMALS).fill_nan(None))
            .when(pl.col("state") == "kept").then(f"{name}_before").alias(name)
            for name, sign in (("mean", 0), ("ci_lower", -1), ("ci_upper", 1))
        ),
        pl.when(today & pl.col("is_changed")).then(pl.lit(version))
        .when(pl.col("state") != "suppressed").then("version_before").alias("released_in"),
        pl.lit(policy.rule).alias("rule"),
    )  # fmt: skip
    return figures


def _mean(found: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Mean and half of its 95% interval (Student's t) of the cells that hold results, NaN for the others."""
    n, total, squares = (
        found[name].fill_null(0).to_numpy().astype(np.float64) for name in ("n_values", "total", "squares")
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total / n
        variance = np.maximum(squares / n - mean**2, 0) * n / (n - 1)
        half = stats.t.ppf((1 + LEVEL) / 2, np.maximum(n - 1, 1)) * np.sqrt(variance / n)
    enough = n > 1
    return np.where(enough, mean / MILLI, np.nan), np.where(enough, half / MILLI, np.nan)


def _described() -> pl.DataFrame:
    """Every cell with its words, and its place in the order of tables and cells."""
    rows = [
        (
            partition.code,
            code,
            partition.title,
            label,
            partition.unit if code == "measured" else None,
            *(partition.parent or (None, None)),
        )
        for partition in PARTITIONS
        for code, label in partition.cells()
    ]
    columns = dict.fromkeys(("partition", "cell", "title", "label", "unit", "parent", "parent_cell"), pl.String)
    return pl.DataFrame(rows, schema=columns, orient="row").with_row_index("place")


def _news(con: duckdb.DuckDBPyConnection, version: str) -> Released:
    named = {"version": version}
    cells = con.sql(
        "SELECT $version AS version, clinic_id, partition, cell, rule AS policy, n_shown, mean, ci_lower, ci_upper "
        "FROM figures WHERE is_news", params=named,
    )  # fmt: skip
    members = con.sql(
        "SELECT $version AS version, clinic_id, partition, cell, pseudonym, value "
        "FROM now JOIN figures USING (clinic_id, partition, cell) WHERE is_news", params=named,
    )  # fmt: skip
    return Released(cells.to_arrow_table(), members.to_arrow_table(), NOTHING.gone)
