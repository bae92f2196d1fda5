"""The answers of the pages of curves, in a sentence or two. Pure; every number with its people and its interval."""

from collections.abc import Iterable, Sequence

from dashboard.words.numbers import decimals, interval, number, people, raised, signed, unit
from pipeline.api import explained
from pipeline.contract.curves import (
    Course,
    DepthFrequencyMap,
    DoseResponse,
    Level,
    TimeToResponse,
    Trajectories,
    Trajectory,
    Visit,
)  # fmt: skip
from pipeline.contract.spoken import capital

ASSOCIATION = "This is an association: people chose how they needle."
_MOST_NAMED = 3


def digits_of(levels: Iterable[Level]) -> int:
    """Decimals for differences of bands or cells."""
    return decimals(level.std_error for level in levels)


def visit_digits(found: Trajectories) -> int:
    """Decimals for means of visits."""
    return decimals(visit.std_error for arm in found.arms for visit in (*arm.own, *arm.alike))


def map_answer(found: DepthFrequencyMap) -> str:
    """How many cells can be told, and which lie apart from the commonest. Nothing is ranked."""
    given = [cell for cell in found.cells if cell.estimate is not None]
    if found.reason or not given:
        return f"No map is given. {explained(found.reason or 'too_few_doses')}"
    reference = next(cell for cell in given if cell.is_reference)
    opening = (
        f"At week {found.estimand['week']}, {len(given)} of {len(found.cells)} combinations of needle length and "
        f"frequency have enough people who resemble each other. Compared with the commonest, **{reference.label}** "
        f"({reference.n_observed:,} with a result):"
    )
    others = [cell for cell in given if not cell.is_reference]
    return f"{opening} {_levels(others, str(found.estimand['unit']), digits_of(given))} {ASSOCIATION}"


def cell_sentence(cell: Level, measured: str, digits: int) -> str:
    """Everything that is known of one cell of the map."""
    seen = f"**{capital(cell.label)}**: {cell.n_observed:,} of {people(cell.n)} with a result"
    if cell.is_reference:
        return f"{seen}. It is the reference: the other cells are compared with it."
    if cell.estimate is None:
        return f"{seen}. No figure: {explained(cell.reason)}"
    alone = f"95% interval of this cell alone {interval(cell.ci_lower or 0.0, cell.ci_upper or 0.0, digits)}"
    at_once = ""
    if cell.all_lower is not None and cell.all_upper is not None:
        at_once = f"; that for all cells at once {interval(cell.all_lower, cell.all_upper, digits)}"
    drawn = "" if cell.pooled is None else f" Drawn towards the other cells it is {signed(cell.pooled, digits)}."
    return (
        f"{seen}. Difference from the reference {signed(cell.estimate, digits)} {measured} ({alone}{at_once}).{drawn}"
    )


def dose_answer(found: DoseResponse) -> str:
    """The same for bands of one dose."""
    given = [level for level in found.levels if level.estimate is not None]
    if found.reason or not given:
        return f"No dose-response is given. {explained(found.reason or 'too_few_doses')}"
    reference = next(level for level in given if level.is_reference)
    others = [level for level in given if not level.is_reference]
    said = _levels(others, str(found.estimand["unit"]), digits_of(given))
    return f"Compared with **{reference.label}** ({reference.n_observed:,} with a result): {said}"


def _levels(levels: Sequence[Level], measured: str, digits: int) -> str:
    """Which lie apart when all are looked at together, and of how many the interval includes both directions."""
    told = [level for level in levels if level.all_lower is not None and level.all_upper is not None]
    apart = [lv for lv in told if not (lv.all_lower or 0.0) <= 0 <= (lv.all_upper or 0.0)]
    named = "; ".join(_level(level, measured, digits) for level in apart[:_MOST_NAMED])
    more = len(apart) - _MOST_NAMED
    said = [f"{named}{f'; and {more} more' if more > 0 else ''}."] if named else []
    both = [lv for lv in told if lv not in apart]
    if both and (said or len(both) > _MOST_NAMED):
        opening = f"For the other {len(both)}" if said else f"for each of the {len(both)} others"
        said.append(f"{opening} the 95% interval (all at once) includes both directions.")
    elif both:
        figures = "; ".join(_both_ways(level, measured, digits) for level in both)
        said.append(f"no clear difference for {figures}. Each interval includes both directions.")
    return " ".join(said)


def _both_ways(level: Level, measured: str, digits: int) -> str:
    limits = interval(level.all_lower or 0.0, level.all_upper or 0.0, digits)
    figure = f"{signed(level.estimate or 0.0, digits)} {unit(measured)} (95% interval, all at once, {limits})"
    return f"**{level.label}**, {figure}, {level.n_observed:,} with a result"


def _level(level: Level, measured: str, digits: int) -> str:
    value = level.estimate or 0.0
    limits = interval(level.all_lower or 0.0, level.all_upper or 0.0, digits)
    way = "better" if value > 0 else "worse"
    return (
        f"people at **{level.label}** did {way} by {number(abs(value), digits)} {unit(measured)} "
        f"(difference {signed(value, digits)}, 95% interval, all at once, {limits}), {level.n_observed:,} with a result"
    )


Shown = Sequence[tuple[Trajectory, int, tuple[Visit, ...]]]
"""Arms with the people whom their means are about, and the visits that are shown of them."""


def course_answer(found: Trajectories, shown: Shown) -> str:
    """Where each arm stands at the last visit, and how many were seen there."""
    if found.reason:
        return f"No course is given. {explained(found.reason)}"
    ends = [(arm, n, visits[-1]) for arm, n, visits in shown if visits and visits[-1].mean is not None]
    if not ends:
        return "No course is given: no arm has enough people with a result at the last visit; the table says why."
    measured, digits = unit(str(found.estimand["unit"])), visit_digits(found)
    named = "; ".join(_end(*end, measured, digits) for end in ends[:_MOST_NAMED])
    more = len(ends) - _MOST_NAMED
    rest = f" The table has {more} more {'arm' if more == 1 else 'arms'}." if more > 0 else ""
    return (
        f"By week {found.estimand['week']}, those who left counted as those like them who stayed: {named}.{rest} "
        f"{ASSOCIATION}"
    )


def _end(arm: Trajectory, n: int, visit: Visit, measured: str, digits: int) -> str:
    said = changed(visit.mean or 0.0, visit.ci_lower or 0.0, visit.ci_upper or 0.0, measured, digits)
    return f"**{arm.label}** {said}, {visit.n_seen:,} of {n:,} seen then"


def changed(mean: float, lower: float, upper: float, measured: str, digits: int) -> str:
    """An improvement with its interval in words, whatever the instrument's direction: nobody reads `by -3.2`.

    >>> changed(-3.2, -5.1, -1.3, "points", 1)
    'got worse by 3.2 points (95% interval 1.3 to 5.1 worse)'
    """
    if lower < 0 < upper:
        limits = f"{number(-lower, digits)} worse to {number(upper, digits)} better"
    elif upper <= 0:
        limits = f"{interval(-upper, -lower, digits)}{' worse' if lower < 0 else ''}"
    else:
        limits = f"{interval(lower, upper, digits)} better"
    way = "got worse" if mean < 0 else "improved"
    said = f"{way} by {number(abs(mean), digits)} {measured}" if round(mean, digits) else "stayed the same"
    return f"{said} (95% interval {limits})"


def response_answer(found: TimeToResponse) -> str:
    """Who responded by the horizon, and how far arms lie apart."""
    ends = [(course, course.steps[-1]) for course in found.courses if course.steps]
    if found.reason or not ends:
        return f"No shares are given. {explained(found.reason or 'no_overlap')}"
    reference = next((course for course, _ in ends if course.is_reference), None)
    opening = f"By week {found.estimand['week']}"
    if reference is not None:
        last = reference.steps[-1]
        opening += f", **{share(last.share, last.ci_lower, last.ci_upper)}** of **{reference.label}** had responded"
        opening += f" ({people(reference.n)})"
    others = [course for course, _ in ends if course.difference is not None]
    apart = [c for c in others if not (c.ci_lower or 0.0) <= 0 <= (c.ci_upper or 0.0)]
    said = "; ".join(_apart(course) for course in apart[:_MOST_NAMED])
    open_ = len(others) - len(apart)
    rest = (
        f" For {open_} {'arm' if open_ == 1 else 'arms'} the 95% interval of the difference includes both directions."
    )
    return f"{opening}.{f' Against it: {said}.' if said else ''}{rest if open_ else ''} {ASSOCIATION}"


def what_a_response_is(found: TimeToResponse) -> str:
    """The rule as a sentence; nothing for an instrument that has none."""
    if not found.rule or found.reason == "no_responder_rule":
        return ""
    rule = raised(found.rule)
    return f"A **response** is: {rule[:1].lower()}{rule[1:]}."


def _apart(course: Course) -> str:
    difference = course.difference or 0.0
    way = "more" if difference > 0 else "fewer"
    limits = f"95% interval {points(course.ci_lower)} to {points(course.ci_upper)}"
    return f"**{course.label}** {points(abs(difference))} percentage points {way} ({limits}; {people(course.n)})"


def points(value: float | None) -> str:
    """A difference of shares in percentage points."""
    return "" if value is None else number(100 * value, 0)


def share(value: float | None, lower: float | None, upper: float | None) -> str:
    """A share with its interval, in percent."""
    if value is None or lower is None or upper is None:
        return ""
    return f"{value:.0%} (95% interval {lower:.0%} to {upper:.0%})"
