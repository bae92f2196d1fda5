"""One cell's sums as a share or a mean, or why there is none."""

from collections.abc import Iterable

from pipeline.contract import reference
from pipeline.contract.cells import Mean, Rate
from pipeline.contract.spoken import capital, years
from pipeline.studies.contrasts.headline import MIN_SHOWN
from pipeline.studies.estimators.clustered_share import ClusterTotals, mean_of_totals, none_seen, ratio_of_totals
from pipeline.studies.estimators.effect import Withheld

NOTHING = ClusterTotals(0, 0, 0, 0, 0, 0)


def totals(people: int, n: int, y: int, nn: int, ny: int, yy: int) -> ClusterTotals:
    """Sums in the order in which the summaries hold them."""
    return ClusterTotals(people=people, m=n, y=y, mm=nn, my=ny, yy=yy)


def of_people(people: int, y: int) -> ClusterTotals:
    """Where everybody counts once."""
    return ClusterTotals(people=people, m=people, y=y, mm=people, my=y, yy=y)


def rate(code: str, label: str, sums: ClusterTotals, n_all: int | None = None, reason: str | None = None) -> Rate:
    """The share with its limits; `reason` says why none is given although people are many enough."""
    empty = Rate(code, label, sums.people, sums.m, sums.y, sums.m if n_all is None else n_all, reason=reason)
    if reason is not None:
        return empty
    if sums.people < MIN_SHOWN:
        return _with(empty, reason="too_few")
    if sums.y == 0:
        return _with(empty, 0.0, 0.0, none_seen(sums.people))
    found = ratio_of_totals(sums)
    return _with(empty, reason="too_few") if found is None else _with(empty, found.estimate, *found.interval())


def _with(
    empty: Rate, estimate: float | None = None, lower: float | None = None, upper: float | None = None,
    reason: str | None = None,
) -> Rate:  # fmt: skip
    return Rate(empty.code, empty.label, empty.people, empty.n, empty.y, empty.n_all, estimate, lower, upper, reason)


def mean(code: str, label: str, unit: str, sums: ClusterTotals, scale: int = 1) -> Mean:
    """The ratio y / n / scale with its limits."""
    if sums.people < MIN_SHOWN:
        return Mean(code, label, unit, sums.people, sums.m, reason="too_few")
    found = mean_of_totals(sums, scale)
    if isinstance(found, Withheld):
        return Mean(code, label, unit, sums.people, sums.m, reason=found.reason)
    return Mean(code, label, unit, sums.people, sums.m, found.estimate, *found.interval())


STAGES = {"early": "Early stage", "later": "Later stage"}


def codes(dimension: str) -> dict[str, str]:
    """Codes and labels of the kinds of a dimension, in the order in which they are shown."""
    if dimension == "stage":
        return STAGES
    if dimension == "depth":
        return {row["code"]: capital(row["label"]) for row in reference.rows("depth_bands")}
    if dimension == "age":
        return {row["code"]: f"{years(row['code'])} years" for row in reference.rows("age_bands")}
    return {term.code: term.label for term in reference.vocabulary(dimension)}


def in_order(dimension: str, there: Iterable[str]) -> list[tuple[str, str]]:
    """Those kinds that are there, with their labels, in the order of the dimension."""
    found = set(there)
    return [(code, label) for code, label in codes(dimension).items() if code in found]
