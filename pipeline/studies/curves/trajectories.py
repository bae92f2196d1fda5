"""Mean improvement by arm over the visits, had nobody stopped reporting; and who did stop.

Each visit's mean is the least-squares mean of the repeated-measures model that stands beside every headline (see
`estimators.mmrm`): all visits in one model, so that who left counts with what was seen of them. Once for each arm by
itself, and once for all arms that can be made to resemble each other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import duckdb
import numpy as np
from threadpoolctl import threadpool_limits

from pipeline.contract.curves import Leaving, Trajectories, Trajectory, Visit
from pipeline.studies.contrasts.adjusted import coded, distinct, independent
from pipeline.studies.contrasts.compare import Question, ask, people_of
from pipeline.studies.contrasts.headline import MIN_ADJUSTED, MIN_SHOWN
from pipeline.studies.contrasts.resembling import resembling
from pipeline.studies.curves.levels import attrition_of
from pipeline.studies.estimators import mmrm
from pipeline.studies.estimators.design import Design
from pipeline.studies.estimators.effect import ArmMeans, Array, Codes, Withheld
from pipeline.studies.estimators.patterns import patterns_by_arm
from pipeline.studies.people.frame import Frame, chosen_of, read_frame
from pipeline.studies.people.leaving import leaving_by_arm
from pipeline.studies.people.population import Population
from pipeline.studies.protocols.window import visit_half_widths

DAYS_A_WEEK = 7
WARNING = (
    "Means are of a repeated-measures model: those who stopped reporting are taken as those like them who stayed, by "
    "what was recorded at the start and at the visits they came to. A difference between arms is an association."
)


@dataclass(frozen=True)
class _People:
    """Arms that stand in one model: `arm` indexes `arms`, `y` is people x visits, `x` people x covariates."""

    arms: tuple[str, ...]
    arm: Codes
    y: Array
    x: Design
    sloped: Sequence[int] | None = None


def trajectories(
    con: duckdb.DuckDBPyConnection,
    by: str,
    instrument: str,
    week: int,
    where: Sequence[str] = (),
    landmark: int | None = None,
    version: str | None = None,
) -> Trajectories:
    """Courses up to `week`, of people for whom it has passed. Raises UsageError for names that do not exist.

    What the data cannot answer is no error: the result, the arm or the visit says why.
    """
    question = ask(con, by, instrument, week, where, landmark, None, version)
    attrition, reason = attrition_of(con, question)
    people = people_of(con, question)
    if reason is None and question.instrument.scale != "ratio":
        reason = "no_curve_of_means"
    if reason is not None or not isinstance(people, Population):
        return Trajectories(version, _estimand(question, ()), attrition, (), reason)
    frame = read_frame(con, people)
    told = _estimand(question, frame.weeks)
    with threadpool_limits(1, "blas"):
        n_alike, arms = _arms(frame, question, leaving_by_arm(con, people))
    return Trajectories(version, told, attrition, (WARNING,), None, n_alike, arms)


def _estimand(question: Question, weeks: Sequence[int]) -> dict[str, object]:
    return {
        "by": question.wording.code,
        "instrument": question.instrument.code,
        "unit": question.instrument.unit,
        "week": question.protocol.outcome.week,
        "weeks": list(weeks),
        "landmark_days": question.protocol.landmark_days,
        "diagnosis": question.protocol.people.diagnosis,
        "where": list(question.protocol.people.where),
        "quantity": "mean improvement since the start, above 0 is better",
        "method": "mmrm",
        "people_without_a_result": "taken as those like them who stayed",
    }


def _arms(frame: Frame, question: Question, leaving: Mapping[str, Leaving]) -> tuple[int, tuple[Trajectory, ...]]:
    """How many people stand in the common population, and every arm that has anybody."""
    labels = {arm.id: arm.label for arm in question.protocol.arms}
    n = np.bincount(frame.arm, minlength=len(frame.arms))
    together, gone = resembling(frame, None)
    landmark, alike, n_alike = question.protocol.landmark_days, dict[str, tuple[Visit, ...]](), dict[str, int]()
    if together is not None:
        count = np.bincount(together.arm, minlength=len(together.arms))
        n_alike = dict(zip(together.arms, count.tolist(), strict=True))
        model = _People(together.arms, together.arm, together.y, together.x, together.sloped)
        alike = _visits(model, frame.weeks, landmark)
    return sum(n_alike.values()), tuple(
        Trajectory(
            arm=code,
            label=labels[code],
            n=int(n[a]),
            own=_visits(_alone(frame, a), frame.weeks, landmark)[code],
            alike=alike.get(code, ()),
            n_alike=n_alike.get(code, 0),
            reason=None if code in alike else gone.get(code, "no_overlap"),
            leaving=leaving.get(code),
        )
        for a, code in enumerate(frame.arms)
        if n[a]
    )


def _alone(frame: Frame, arm: int) -> _People:
    """The people of one arm; adjusted for nothing where too few have a result."""
    own = frame.arm == arm
    y, code, nought = frame.visits[own], frame.arms[arm], np.zeros(int(own.sum()), dtype=np.int64)
    seen = np.isfinite(y[:, -1])
    x = Design.of(np.zeros((len(y), 0)))
    if seen.sum() >= MIN_ADJUSTED:
        x = distinct(coded(chosen_of(frame.covariates, own), seen), seen).design
    return _People((code,), nought, y, x)


def _visits(people: _People, weeks: Sequence[int], landmark: int) -> dict[str, tuple[Visit, ...]]:
    """Every visit of every arm of one model."""
    seen = np.isfinite(people.y)
    means = _means(people)
    return {
        code: tuple(
            _visit(means[k], a, week, int(seen[people.arm == a, k].sum()), is_history=_opens(week) <= landmark)
            for k, week in enumerate(weeks)
        )
        for a, code in enumerate(people.arms)
    }


def _means(people: _People) -> list[ArmMeans | Withheld]:
    """The arms' means at every visit; at one that whole kinds of people never come to, without what tells them."""
    found = _fitted(people)
    told = [k for k in range(people.y.shape[1]) if np.isfinite(people.y[:, k]).any()]
    if people.sloped is None and any(isinstance(m, Withheld) and m.reason == "separation" for m in found):
        known = people.x.with_intercept
        grams = [known.chosen(np.isfinite(people.y[:, k])).gram() for k in told]
        fewer = _fitted(replace(people, x=people.x.columns(independent(grams))))
        found = [m if isinstance(m, ArmMeans) else other for m, other in zip(found, fewer, strict=True)]
    return found


def _fitted(people: _People) -> list[ArmMeans | Withheld]:
    arms, told = len(people.arms), np.flatnonzero(np.isfinite(people.y).any(axis=0))
    found: list[ArmMeans | Withheld] = [Withheld("all_dropped_out")] * people.y.shape[1]
    moments = patterns_by_arm(people.y[:, told], people.arm, people.x, arms, people.sloped)
    model = mmrm.fit(moments, len(told))
    for place, k in enumerate(told):
        found[k] = model if isinstance(model, Withheld) else model.means(place, arms, sloped=people.sloped)
    return found


def _opens(week: int) -> int:
    return DAYS_A_WEEK * (week - visit_half_widths()[week])


def _visit(means: ArmMeans | Withheld, arm: int, week: int, n_seen: int, *, is_history: bool) -> Visit:
    if n_seen < MIN_SHOWN:
        return Visit(week, n_seen, is_history, reason="too_few")
    found = means if isinstance(means, Withheld) else means.mean(arm)
    if isinstance(found, Withheld):
        return Visit(week, n_seen, is_history, reason=str(found.reason))
    low, high = found.interval()
    return Visit(week, n_seen, is_history, found.estimate, found.std_error, low, high)
