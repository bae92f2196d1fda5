"""The rows of a study of side effects: how often there was one, and by when all was over, of each kind of session."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.contract import reference
from pipeline.contract.results import Estimate
from pipeline.studies.contrasts.headline import MIN_SHOWN
from pipeline.studies.estimators.clustered_share import Share, ratio_of_totals
from pipeline.studies.estimators.effect import Withheld
from pipeline.studies.estimators.time_to_recovery import OverBy, recovery
from pipeline.studies.kinds.sessions import DIMENSIONS, Level, Sessions
from pipeline.studies.protocols.protocol import Recovery as Asked
from pipeline.studies.protocols.questions import MIN_ASKED, MIN_TIMED

SHOWN_HOURS = (24, 72)
"""A day, and what is meant by a few days: both stand beside every headline."""

ASKED, WITH_ONE = "share of sessions asked", "share of sessions with one"


def why_not_asked(level: Level) -> str | None:
    """Why nothing can be said of how often: nobody asked, or asked of those who complain."""
    if level.asked.m == 0:
        return "nobody_asked"
    return "under_half_asked" if level.asked.m < MIN_ASKED * level.n else None


def why_not(level: Level) -> str | None:
    """Why a row says nothing: nobody asked, asked of those who complain, hardly anybody, or no word of when."""
    if reason := why_not_asked(level):
        return reason
    if level.spans.people < MIN_SHOWN:
        return "too_few"
    return "under_half_timed" if level.timed < MIN_TIMED * level.asked.y else None


def rows(found: Sessions, asked: Asked) -> Iterator[Estimate]:
    """Everybody, then each side effect, then the sessions of each depth, device and setting."""
    hours = tuple(dict.fromkeys((asked.within_hours, *SHOWN_HOURS)))
    yield from _row(found.everybody, "", [h for h in hours if h != asked.within_hours])
    for effect in found.effects:
        yield from _row(effect, reference.label("effect", effect.code), hours)
    for level in found.levels[1:]:
        yield from _row(level, _label(level), hours)


def _row(level: Level, label: str, hours: Sequence[int]) -> Iterator[Estimate]:
    """How often, then how soon over; where who was asked forbids the one, the other is not tried."""
    name = f"{label}: " if label else ""
    reason = why_not_asked(level) or ("too_few" if level.asked.people < MIN_SHOWN else None)
    rate = ratio_of_totals(level.asked) if reason is None else None
    empty = Estimate("share", "per_session_asked", f"{name}a side effect", None, ASKED, reason=reason or "too_few")
    yield empty if rate is None else _given(empty, rate)
    if reason is None:
        yield from (_soon(level, f"{name}{over(hour)}", hour) for hour in hours)


def _soon(level: Level, name: str, hour: int) -> Estimate:
    reason = why_not(level)
    ends = recovery(level.spans) if reason is None else None
    empty = Estimate("share", "turnbull", name, None, WITH_ONE, reason=reason)
    if ends is None:
        return empty
    return replace(empty, reason=ends.reason) if isinstance(ends, Withheld) else between(empty, ends.by(hour))


def over(hours: int) -> str:
    """What is said to have happened, as the name of a row."""
    return f"over within {hours} h"


def _given(empty: Estimate, share: Share) -> Estimate:
    low, high = share.interval()
    return replace(empty, reason="no_test", estimate=share.estimate, std_error=share.std_error or None, ci_lower=low,
                   ci_upper=high)  # fmt: skip


def between(empty: Estimate, found: OverBy) -> Estimate:
    """The lower bound, and an interval that holds both."""
    low, high = found.least.interval()[0], found.most.interval()[1]
    return replace(empty, reason="no_test", estimate=found.least.estimate, std_error=found.least.std_error or None,
                   ci_lower=low, ci_upper=high)  # fmt: skip


def _label(level: Level) -> str:
    if level.dimension == "depth":
        return next(row["label"] for row in reference.rows(DIMENSIONS["depth"]) if row["code"] == level.code)
    return reference.label(DIMENSIONS[level.dimension], level.code)
