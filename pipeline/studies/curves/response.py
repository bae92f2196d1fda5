"""How many have responded by each visit, by arm: Kaplan-Meier weighted for who chose the arm and who left.

A response is an improvement of the instrument's threshold or more that the next visit shows as well; it counts at the
first of the two. Visits up to the landmark are history. Somebody who skipped a visit and came back is still at risk.
"""

from collections.abc import Sequence

import duckdb
import numpy as np
from threadpoolctl import threadpool_limits

from pipeline.contract import instruments as known
from pipeline.contract import reference
from pipeline.contract.curves import Course, Step, TimeToResponse
from pipeline.studies.contrasts.compare import Question, ask, people_of
from pipeline.studies.contrasts.resembling import Resembling, resembling
from pipeline.studies.curves.levels import attrition_of
from pipeline.studies.estimators.dropout import Seen
from pipeline.studies.estimators.effect import Withheld
from pipeline.studies.estimators.survival import Spells, happened_by
from pipeline.studies.estimators.time_to_response import Responses, responses_by
from pipeline.studies.people.frame import Frame, read_frame
from pipeline.studies.people.population import Population
from pipeline.studies.protocols.window import visit_half_widths

DAYS_A_WEEK = 7
WARNING = (
    "Adjusted for what was recorded at the start, and those who stopped reporting are taken as those like them who "
    "stayed. A response is seen at visits only, so it came some time before. A difference is an association."
)


def time_to_response(
    con: duckdb.DuckDBPyConnection,
    by: str,
    instrument: str,
    week: int,
    where: Sequence[str] = (),
    landmark: int | None = None,
    against: str | None = None,
    version: str | None = None,
) -> TimeToResponse:
    """Shares by arm up to `week`, which the visit after it confirms; the first landmark of all if none is given.

    Raises UsageError for names that do not exist. What the data cannot answer is no error: the result says why.
    """
    later = sorted(w for w in visit_half_widths() if w > week)
    settled = landmark if landmark is not None else min(int(row["days"]) for row in reference.rows("landmarks"))
    question = ask(con, by, instrument, later[0] if later else week, where, settled, against, version)
    own = known.instruments().get(instrument)
    threshold = own.responder_threshold if own else None
    rule = own.responder_rule if own else ""
    attrition, reason = attrition_of(con, question)
    people = people_of(con, question)
    if not later:
        reason = "no_next_visit"
    elif threshold is None:
        reason = "no_responder_rule"
    told = _estimand(question, week)
    if reason is not None or threshold is None or not isinstance(people, Population):
        return TimeToResponse(version, told, attrition, (), reason, rule)
    with threadpool_limits(1, "blas"):
        frame = read_frame(con, people)
        courses, reason = _courses(frame, question, week, threshold)
    return TimeToResponse(version, told, attrition, (WARNING,), reason, rule, courses)


def _estimand(question: Question, week: int) -> dict[str, object]:
    return {
        "by": question.wording.code,
        "instrument": question.instrument.code,
        "week": week,
        "confirmed_by_week": question.protocol.outcome.week,
        "landmark_days": question.protocol.landmark_days,
        "diagnosis": question.protocol.people.diagnosis,
        "where": list(question.protocol.people.where),
        "quantity": "share that responded, 0 to 1",
        "method": "Kaplan-Meier, weighted for choice of arm and for leaving",
        "people_without_a_result": "taken as those like them who stayed",
    }


def _courses(frame: Frame, question: Question, week: int, threshold: float) -> tuple[tuple[Course, ...], str | None]:
    labels = {arm.id: arm.label for arm in question.protocol.arms}
    n = np.bincount(frame.arm, minlength=len(frame.arms))
    plain = {code: Course(code, labels[code], int(n[a])) for a, code in enumerate(frame.arms) if n[a]}
    asked = question.protocol.contrast
    weighed, gone = resembling(frame, asked.reference if asked else None)
    at = [k for k, w in enumerate(frame.weeks[:-1]) if w <= week and _opens(w) > question.protocol.landmark_days]
    if weighed is None or not at:
        reason = "no_overlap" if at else "no_next_visit"
        return tuple(_gone(course, gone.get(code, reason)) for code, course in plain.items()), reason
    weeks = [frame.weeks[k] for k in at]
    found = _responses(weighed, at, weeks, threshold)
    if isinstance(found, Withheld):
        return tuple(_gone(course, str(found.reason)) for course in plain.values()), str(found.reason)
    given = {code: _course(plain[code], found, a, weeks) for a, code in enumerate(weighed.arms)}
    return tuple(given.get(code) or _gone(plain[code], gone.get(code, "too_few_to_adjust")) for code in plain), None


def _responses(weighed: Resembling, at: Sequence[int], weeks: Sequence[int], threshold: float) -> Responses | Withheld:
    """Each visit of `at` with the one that confirms it. Whether that one came depends on what the first of them showed,
    so somebody is at risk at the confirming visit, and what it shows counts for the first."""
    seen, both = np.isfinite(weighed.y), np.zeros(weighed.y.shape, dtype=np.bool_)
    responded = both.copy()
    for k in at:
        both[:, k + 1] = seen[:, k] & seen[:, k + 1]
        responded[:, k + 1] = both[:, k + 1] & (weighed.y[:, [k, k + 1]] >= threshold).all(axis=1)
    last = at[-1] + 2
    days = np.zeros(last)
    days[[k + 1 for k in at]] = DAYS_A_WEEK * np.array(weeks)
    days[: at[0] + 1] = np.linspace(0, 1, at[0] + 2)[1:]  # visits before the first have nobody at risk
    told = responded[:, :last], weighed.y[:, :last], days.tolist()
    return responses_by(*told, weighed.arm, weighed.x, weighed.chance, both[:, :last])


def _opens(week: int) -> int:
    return DAYS_A_WEEK * (week - visit_half_widths()[week])


def _gone(course: Course, reason: str) -> Course:
    return Course(course.arm, course.label, course.n, reason=reason)


def _course(plain: Course, found: Responses, arm: int, weeks: Sequence[int]) -> Course:
    spells = found.spells[arm]
    steps = tuple(_step(spells, week) for week in weeks)
    if arm == 0:
        return Course(plain.arm, plain.label, plain.n, steps, is_reference=True)
    apart = found.difference(arm, 0)
    if isinstance(apart, Withheld):
        return Course(plain.arm, plain.label, plain.n, steps, reason=apart.reason)
    low, high = apart.interval()
    return Course(
        plain.arm, plain.label, plain.n, steps, difference=apart.estimate, ci_lower=low, ci_upper=high,
        p_value=apart.p_value(),
    )  # fmt: skip


def _step(spells: Spells, week: int) -> Step:
    here: Seen = spells.stop == DAYS_A_WEEK * week
    share = happened_by(spells, float(DAYS_A_WEEK * week))
    at_risk, responded = int(here.sum()), int(spells.event[here].sum())
    if isinstance(share, Withheld):
        return Step(week, at_risk, responded, None, None, None)
    low, high = share.interval()
    return Step(week, at_risk, responded, share.estimate, max(low, 0.0), min(high, 1.0))
