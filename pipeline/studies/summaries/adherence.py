"""From the start to one visit: plan against done, gaps, switching, who stops and what is told of why."""

from collections.abc import Mapping

import duckdb

from pipeline.contract import reference
from pipeline.contract.cells import Adherence, Mean, Parts, Rate
from pipeline.errors import UsageError
from pipeline.studies.contrasts.headline import MIN_SHOWN
from pipeline.studies.estimators.clustered_share import ClusterTotals
from pipeline.studies.people.reading import fetch
from pipeline.studies.summaries.cells import NOTHING, in_order, mean, of_people, rate, totals

DIMENSIONS = ("setting", "depth", "device", "diagnosis", "stage", "sex", "age")
WEEKS = (12, 24, 52)
PER_PLANNED = "sessions done for each planned"

PLAN = {
    "under_half": "Under half of the plan", "half_to_most": "Half to four fifths", "as_planned": "About as planned",
    "more": "Over a fifth more",
}  # fmt: skip
GAPS = {
    "up_to_7": "Up to a week", "8_to_14": "Up to two weeks", "15_to_28": "Up to four weeks",
    "29_to_56": "Up to eight weeks", "over_56": "Over eight weeks", "one_session": "One session only",
}  # fmt: skip
SWITCHES = {
    "switched_depth": "Another needle length", "switched_device": "Another device",
    "switched_setting": "Another setting",
}  # fmt: skip
STOPS = {"stopped_needling": "Stopped needling", "stopped_reporting": "Stopped reporting"}

Plans = Mapping[tuple[str, str], tuple[int, int, ClusterTotals]]
"""By dimension and code: people due, those with a plan, and the sums of plan and log."""

Counts = Mapping[tuple[str, str], Mapping[str, int]]
"""By code and measure, people at each level."""


def read_adherence(con: duckdb.DuckDBPyConnection, week: int, by: str) -> Adherence:
    """Up to week 12, 24 or 52, with rows by one of DIMENSIONS.

    Raises UsageError for anything else, or where the version was published before there were summaries.
    """
    if week not in WEEKS or by not in DIMENSIONS:
        raise UsageError(
            f"week {week} and by {by!r}, expected {', '.join(map(str, WEEKS))} and {', '.join(DIMENSIONS)}"
        )
    plans: Plans = {
        (d, c): (int(due), int(planned), totals(*map(int, sums)))
        for d, c, due, planned, *sums in fetch(con, _PLANS, {"week": week, "by": by})
    }
    whole, kinds = _counts(con, week, "all"), _counts(con, week, by)
    rows = in_order(by, (c for d, c in plans if d == by))
    n_due, n_with_plan, sums = plans.get(("all", "all"), (0, 0, NOTHING))
    return Adherence(
        week, by, n_due, n_with_plan, sums.people,
        whole_done=mean("all", "Everybody", PER_PLANNED, sums),
        done=tuple(_done(by, code, label, plans) for code, label in rows),
        plan=_parts("plan", PLAN, whole, kinds, rows),
        gaps=_parts("gap", GAPS, whole, kinds, rows),
        switched=tuple(_yes("all", m, m, name, whole) for m, name in SWITCHES.items()),
        stopped=tuple(_yes("all", m, m, name, whole) for m, name in STOPS.items()),
        stopped_needling=tuple(_yes(code, "stopped_needling", code, label, kinds) for code, label in rows),
        reasons=_reasons(whole),
    )  # fmt: skip


_PLANS = """
SELECT dimension, code, n_due, n_with_plan, people, n, y, nn, ny, yy FROM adherence_plan
WHERE visit_week = $week AND dimension IN ('all', $by)"""

_CELLS = "SELECT code, measure, level, n FROM adherence_cells WHERE visit_week = $week AND dimension = $dimension"


def _counts(con: duckdb.DuckDBPyConnection, week: int, dimension: str) -> Counts:
    found: dict[tuple[str, str], dict[str, int]] = {}
    for code, measure, level, n in fetch(con, _CELLS, {"week": week, "dimension": dimension}):
        found.setdefault((code, measure), {})[level] = int(n)
    return found


def _done(by: str, code: str, label: str, plans: Plans) -> Mean:
    return mean(code, label, PER_PLANNED, plans[by, code][2])


def _parts(
    measure: str, names: Mapping[str, str], whole: Counts, kinds: Counts, rows: list[tuple[str, str]]
) -> tuple[Parts, ...]:
    """Everybody first, then the kinds."""
    first = _one_part("all", "Everybody", whole.get(("all", measure), {}), names)
    return (first, *(_one_part(code, label, kinds.get((code, measure), {}), names) for code, label in rows))


def _one_part(code: str, label: str, levels: Mapping[str, int], names: Mapping[str, str]) -> Parts:
    n = sum(levels.values())
    if n < MIN_SHOWN:
        return Parts(code, label, n, n, reason="too_few")
    return Parts(code, label, n, n, tuple(rate(k, name, of_people(n, levels.get(k, 0))) for k, name in names.items()))


def _yes(code: str, measure: str, own: str, label: str, counts: Counts) -> Rate:
    levels = counts.get((code, measure), {})
    return rate(own, label, of_people(sum(levels.values()), levels.get("yes", 0)))


def _reasons(whole: Counts) -> tuple[Rate, ...]:
    """Of those who gave up needling or reporting, what was told; what nobody told last."""
    levels = whole.get(("all", "reason"), {})
    n = sum(levels.values())
    names = {term.code: term.label for term in reference.vocabulary("event")} | {"not_told": "Nobody told why"}
    there = sorted((code for code in levels if code != "not_told"), key=lambda code: (-levels[code], code))
    there += ["not_told"] if "not_told" in levels else []
    return tuple(rate(code, names.get(code, code), of_people(n, levels[code])) for code in there)
