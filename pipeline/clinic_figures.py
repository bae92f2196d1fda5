"""What a clinic may read: clinic.duckdb of a version, one clinic at a time, and nothing else.

Nothing here opens the row level. The figures were decided, suppressed and rounded when the version was published.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import duckdb

from pipeline import store
from pipeline.contract.clinic_standing import SafetyLimit, Standing
from pipeline.engine.duckdb import open_reader
from pipeline.errors import UsageError
from pipeline.studies.estimators.clustered_share import Share

State = Literal["shown", "kept", "suppressed"]


@dataclass(frozen=True)
class Mean:
    """A mean change in `unit` with its 95% interval, rounded to a tenth."""

    estimate: float
    lower: float
    upper: float
    unit: str


@dataclass(frozen=True)
class Others:
    """The other clinics together in the same cell; all numbers None where there are too few of them, and why.

    `fewest`: how many clinics there must be.
    """

    n_clinics: int | None
    n: int | None
    share: float | None
    mean: float | None
    reason: str | None
    fewest: int


@dataclass(frozen=True)
class Figure:
    """One cell of one of the clinic's tables.

    `n` is None where it is suppressed; `released_in` the version whose people it speaks of. `share` (0 to 1) is of whom
    the table divides, where both were released together, `limits` its 95% interval: both follow from shown counts.
    `mean` is there where the cell holds results. `profile` names the policy that it was decided by, `rule` is that in
    words; `is_rounded`: its counts are.
    """

    table: str
    title: str
    cell: str
    label: str
    state: State
    n: int | None
    share: float | None
    limits: tuple[float, float] | None
    released_in: str | None
    profile: str
    rule: str
    is_rounded: bool
    mean: Mean | None
    others: Others


@dataclass(frozen=True)
class Limit:
    """For a clinic of `n` people: half the widths of the 95% and the 99.8% funnel."""

    n: int
    half_95: float
    half_998: float


@contextmanager
def _opened(home: Path, version: str) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_reader(store.find_version(home, version).clinic) as con:
        try:
            yield con
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            raise UsageError(
                "this version was published by an earlier release and lacks figures of clinics that are asked for; "
                "publish again with `needling publish`"
            ) from error


def clinics(home: Path, version: str) -> tuple[str, ...]:
    """Every clinic that has figures in a version. For whoever may see all of them."""
    with _opened(home, version) as con:
        rows = con.execute("SELECT DISTINCT clinic_id FROM clinic_cells ORDER BY 1").fetchall()
    return tuple(name for (name,) in rows)


def figures(home: Path, version: str, clinic: str) -> tuple[Figure, ...]:
    """All tables of one clinic in their order; empty where it has nobody who consented to comparisons.

    Where the clinic has figures for its own eyes they are these, the others together being what they are to everybody.
    """
    with _opened(home, version) as con:
        rows = con.sql(_FIGURES, params=[clinic]).to_arrow_table().to_pylist()
    return tuple(map(_figure, rows))


def standings(home: Path, version: str, clinic: str) -> tuple[tuple[Standing, tuple[Limit, ...]], ...]:
    """Where one clinic stands at each visit, with the limits that are drawn around no difference (none without a
    place)."""
    with _opened(home, version) as con:
        found = con.sql("FROM clinic_standings WHERE clinic_id = ? ORDER BY week", params=[clinic]).to_arrow_table()
        drawn = con.execute("FROM funnel_limits WHERE clinic_id = ? ORDER BY week, n", [clinic]).fetchall()
    of_week = {week: tuple(Limit(*row[2:]) for row in drawn if row[1] == week) for _, week, *_ in drawn}
    return tuple((Standing(**row), of_week.get(row["week"], ())) for row in found.to_pylist())


def safety_limits(home: Path, version: str, clinic: str) -> tuple[SafetyLimit, ...]:
    """What few or no side effects leave possible, where the clinic has figures for its own eyes."""
    with _opened(home, version) as con:
        rows = con.execute("FROM clinic_safety WHERE clinic_id = ? ORDER BY cell DESC", [clinic]).fetchall()
    return tuple(SafetyLimit(*row) for row in rows)


_FIGURES = """
SELECT {'table': c.partition, title: c.title, cell: c.cell, label: c.label, state: c.state, n: c.n_shown,
    share: c.share, released_in: c.released_in, profile: c.profile, rule: c.rule,
    is_rounded: c.is_rounded} AS own,
  CASE WHEN c.mean IS NOT NULL AND c.ci_lower IS NOT NULL
    THEN {estimate: c.mean, lower: c.ci_lower, upper: c.ci_upper, unit: c.unit} END AS mean,
  w.n_shown AS whole,
  {n_clinics: b.n_clinics, n: b.n_shown, share: b.share, mean: b.mean, reason: b.reason, fewest: b.fewest} AS others
FROM clinic_cells c JOIN benchmark_cells b USING (clinic_id, partition, cell)
LEFT JOIN clinic_cells w
  ON w.clinic_id = c.clinic_id AND w.profile = c.profile AND w.partition = c.parent AND w.cell = c.parent_cell
WHERE c.clinic_id = ?
QUALIFY rank() OVER (PARTITION BY c.partition, c.cell ORDER BY c.profile = 'own_clinic' DESC) = 1
ORDER BY c.place"""


def _figure(row: dict[str, Any]) -> Figure:
    own, mean = row["own"], None if row["mean"] is None else Mean(**row["mean"])
    limits = None if own["share"] is None else _limits(own["n"], row["whole"])
    return Figure(**own, limits=limits, mean=mean, others=Others(**row["others"]))


def _limits(n: int, whole: int) -> tuple[float, float]:
    """The exact 95% interval of a share of people, to a hundredth as the share itself."""
    low, high = Share(min(n / whole, 1.0), 0.0, whole, whole, whole).interval()
    return round(low, 2), round(high, 2)
