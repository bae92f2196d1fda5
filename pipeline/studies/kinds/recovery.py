"""Are side effects over within so many hours? Of sessions that people were asked about, the share back to normal.

Beside it how often there is one per session asked, by side effect, needle depth, device and setting. Where under
half of the sessions were asked about, the rest tells of those who complain, and nothing is said.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import duckdb

from pipeline.contract import reference
from pipeline.contract.results import Arm, Comparison, Estimate, Gate
from pipeline.studies.contrasts.looking_often import always_valid
from pipeline.studies.estimators.effect import Effect, Withheld
from pipeline.studies.estimators.power import smallest_detectable
from pipeline.studies.estimators.time_to_recovery import OverBy, Recovery, recovery
from pipeline.studies.kinds.recovery_rows import SHOWN_HOURS, WITH_ONE, between, rows, why_not, why_not_asked
from pipeline.studies.kinds.recovery_rows import over as over_within
from pipeline.studies.kinds.sessions import ALL, Level, Sessions, read_sessions
from pipeline.studies.protocols.protocol import Protocol
from pipeline.studies.protocols.protocol import Recovery as Asked

MATTERS = 0.10
"""A share that can only be told from one a tenth away is told well enough (judgement)."""


def answer_recovery(con: duckdb.DuckDBPyConnection, protocol: Protocol, version: str | None) -> Comparison:
    """The share of sessions with a side effect after which all was over by then, and rows by what was done."""
    asked = protocol.recovery or Asked((), SHOWN_HOURS[0], 0.5)
    found = read_sessions(con, protocol, asked)
    everybody = found.everybody
    reason = why_not(everybody)
    main = recovery(everybody.spans) if reason is None else None
    if isinstance(main, Withheld):
        reason, main = main.reason, None
    headline = _headline(main.by(asked.within_hours) if main else None, asked, reason)
    cautions = list(_cautions(everybody, main, asked)) if main else []
    gate: Gate = "fail" if reason else "caution" if cautions else "pass"
    arms = (Arm(ALL, "People who needle", *_people(found)),)
    return Comparison(
        version=version,
        study=protocol.id,
        estimand=_estimand(protocol, asked),
        attrition=found.attrition,
        arms=arms,
        estimates=(headline, *rows(found, asked)),
        diagnostics=_diagnostics(found, asked, main, gate),
        gate=gate,
        warnings=(*cautions, *_NOTES) if reason is None else (),
        reason=reason,
    )


_NOTES = (
    "A session is back to normal when the last of these side effects is over; an end that nobody told is one not yet "
    "seen. People decide themselves how deep and where they needle: the rows are no comparison of like with like.",
)


def _people(found: Sessions) -> tuple[int, int, int]:
    """People with a session that counts, the same again, for every one may be asked about, and those asked."""
    counts = [n for _, n in found.attrition]
    return counts[-4], counts[-4], counts[-3]


def _headline(over: OverBy | None, asked: Asked, reason: str | None) -> Estimate:
    empty = Estimate(
        "share", "turnbull", over_within(asked.within_hours), None, WITH_ONE, reason=reason, role="headline"
    )
    return empty if over is None else replace(between(empty, over), p_value=_p_value(over, asked.more_than))


def _p_value(over: OverBy, null: float) -> float:
    """Against the named share; where the data leave it open where the share lies, the larger of the two."""
    return max(over.least.p_value(null), over.most.p_value(null))


def _cautions(level: Level, main: Recovery, asked: Asked) -> Iterator[str]:
    over = main.by(asked.within_hours)
    if over.most.estimate - over.least.estimate > MATTERS:
        yield (
            f"Of {over.most.estimate - over.least.estimate:.0%} of the sessions it is not known on which side of "
            f"{asked.within_hours} hours they were over; the lower figure is given, and the interval holds both."
        )
    if level.timed < level.asked.y:
        yield f"After {level.asked.y - level.timed} of {level.asked.y} sessions with one nobody said when it was over."


def _estimand(protocol: Protocol, asked: Asked) -> dict[str, Any]:
    effects = [reference.label("effect", effect).lower() for effect in asked.effects]
    return {
        "definition": "sessions after which somebody was asked about side effects",
        "instrument": protocol.outcome.instrument,
        "week": protocol.outcome.week,
        "unit": WITH_ONE,
        "quantity": f"share of sessions with {', '.join(effects)}: all over within {asked.within_hours} hours",
        "diagnosis": protocol.people.diagnosis,
        "where": list(protocol.people.where),
        "reference": None,
        "treatment": ["Needling"],
        "population": f"sessions in the first {protocol.outcome.week} weeks",
        "variable": "hours until the last of these side effects was over",
        "intercurrent_events": {},
        "summary": "share",
        "people_without_a_result": "an end that nobody told is taken as not yet seen",
    }


def _diagnostics(found: Sessions, asked: Asked, main: Recovery | None, gate: Gate) -> dict[str, Any]:
    level = found.everybody
    numbers: dict[str, Any] = {
        "contrast": over_within(asked.within_hours), "headline": "turnbull", "gate": gate, "margin": MATTERS,
        "more_than": asked.more_than, "adjusted_for": [], "n": level.asked.y,
    }  # fmt: skip
    numbers |= _beside(main.by(asked.within_hours), asked) if main else {}
    return {
        "contrasts": [numbers],
        "sessions": {"n": level.n, "asked": level.asked.m, "asked_share": level.asked_share, "with_one": level.asked.y,
                     "timed": level.timed},
        "median_hours": main.median() if main else None,
        "adjusted_for": [],
    }  # fmt: skip


def _beside(over: OverBy, asked: Asked) -> dict[str, Any]:
    """What could have been told apart, now and by somebody who looks often."""
    share = over.least
    if share.std_error == 0:
        return {"detectable_difference": None, "always_valid": None}
    main = Effect(share.estimate, share.std_error, share.clusters - 1.0, share.clusters, share.n_effective)
    detectable = smallest_detectable(main.std_error, main.df)
    wide = always_valid(main, None, is_logarithm=False, null=asked.more_than)
    if wide is not None:
        wide |= {"ci_lower": max(wide["ci_lower"], 0.0), "ci_upper": min(wide["ci_upper"], 1.0)}
    return {
        "detectable_difference": None if isinstance(detectable, Withheld) else detectable,
        "always_valid": wide,
    }


def preview_recovery(con: duckdb.DuckDBPyConnection, protocol: Protocol) -> dict[str, Any]:
    """Who needled, and after how many sessions somebody was asked; what was answered stays unseen."""
    found = read_sessions(con, protocol, protocol.recovery or Asked((), SHOWN_HOURS[0], 0.5))
    level = found.everybody
    reason = why_not_asked(level)
    n, _, asked = _people(found)
    return {
        "attrition": [{"step": step, "n": people} for step, people in found.attrition[:-2]],
        "arms": [{"arm": ALL, "label": "People who needle", "n": n, "n_due": asked}],
        "sessions": {"n": level.n, "asked": level.asked.m, "asked_share": level.asked_share},
        "detectable_difference": None,
        "reason": reason or "unknown_before_the_answers",
    }
