"""How improvement goes with needle length, or with sessions per week, among people who needle.

The doses as bands are the record; through them goes a natural spline with four degrees of freedom. Both are adjusted,
and both use every visit of those who left (repeated measures, or sequential doubly robust bands from 500 an arm on).
There is no straight line: it hid a plateau in simulation. A line that may not turn is given to whoever asks, and hides
a decline.
"""

from collections.abc import Sequence

import duckdb
import numpy as np
from scipy import optimize
from threadpoolctl import threadpool_limits

from pipeline.contract.curves import DoseResponse, Level, Point
from pipeline.errors import UsageError
from pipeline.studies.contrasts.compare import Question, ask, people_of
from pipeline.studies.contrasts.joint import Joint
from pipeline.studies.curves.levels import ASSOCIATION, attrition_of, levels_of
from pipeline.studies.estimators import mmrm
from pipeline.studies.estimators.dose_response import natural_spline, spline_knots
from pipeline.studies.estimators.effect import Array, Withheld, effect
from pipeline.studies.estimators.gram import adds_to_others
from pipeline.studies.estimators.multiplicity import simultaneous
from pipeline.studies.estimators.patterns import patterns
from pipeline.studies.estimators.student import LEVEL, quantile
from pipeline.studies.people.frame import read_frame
from pipeline.studies.people.population import Population
from pipeline.studies.protocols.dimensions import DIMENSIONS, NOT_NEEDLING

DOSES = {"depth": "mm", "frequency": "sessions per week"}
"""Dimensions that are doses, with their unit."""

POINTS = 25
"""Of the curve, evenly spaced."""
MIN_LEVELS, MIN_KNOTS = 3, 3
"""With fewer bands, or knots, the curve would be a straight line."""


def dose_response(
    con: duckdb.DuckDBPyConnection,
    dimension: str,
    instrument: str,
    week: int,
    where: Sequence[str] = (),
    landmark: int | None = None,
    version: str | None = None,
    *,
    monotone: bool = False,
) -> DoseResponse:
    """Adjusted differences from the commonest dose. Raises UsageError for names that do not exist.

    What the data cannot answer is no error: the result says why.
    """
    if dimension not in DOSES:
        raise UsageError(f"{dimension!r} is no dose; choose one of {', '.join(DOSES)}")
    question = ask(con, dimension, instrument, week, where, landmark, None, version)
    attrition, reason = attrition_of(con, question)
    people = people_of(con, question)
    if reason is None and question.instrument.scale != "ratio":
        reason = "no_curve_of_means"
    if reason is not None or not isinstance(people, Population):
        return DoseResponse(version, _estimand(question, dimension, None), attrition, (), reason)
    frame = read_frame(con, people)
    labels = {code: label for code, label in DIMENSIONS[dimension].labels().items() if code != NOT_NEEDLING}
    with threadpool_limits(1, "blas"):
        found = levels_of(frame, labels, frame.doses[dimension])
        dose = None if found.joint is None else frame.doses[dimension][found.joint.kept]
        curve = "too_few_doses" if found.joint is None or dose is None else _curve(found.joint, dose)
    return DoseResponse(
        version=version,
        estimand=_estimand(question, dimension, found.joint),
        attrition=attrition,
        warnings=(ASSOCIATION,),
        reason=found.reason,
        levels=found.levels,
        curve=() if isinstance(curve, str) else curve,
        curve_reason=curve if isinstance(curve, str) else None,
        monotone=_monotone(found.levels) if monotone else None,
    )


def _estimand(question: Question, dimension: str, joint: Joint | None) -> dict[str, object]:
    return {
        "by": dimension,
        "dose": DOSES[dimension],
        "instrument": question.instrument.code,
        "unit": question.instrument.unit,
        "week": question.protocol.outcome.week,
        "landmark_days": question.protocol.landmark_days,
        "diagnosis": question.protocol.people.diagnosis,
        "where": list(question.protocol.people.where),
        "quantity": "difference of mean improvement from the commonest dose, above 0 is better",
        "reference": joint.arms[0] if joint else None,
        "method": joint.method if joint else None,
        "people_without_a_result": "taken as those like them who stayed",
        "adjusted_for": list(joint.given.names) if joint else [],
    }


def _curve(joint: Joint, dose: Array) -> tuple[Point, ...] | str:
    """The spline in the repeated-measures model, one slope per covariate, against the reference band's mean dose; or
    the code of what stands against it."""
    knots = spline_knots(dose)
    if len(joint.arms) < MIN_LEVELS or len(knots) < MIN_KNOTS:
        return "too_few_doses"
    basis, visit = natural_spline(dose, knots), joint.y.shape[1] - 1
    centred = joint.given.matrix - joint.given.matrix.mean(axis=0)
    design = np.column_stack([np.ones(len(dose)), basis, centred])
    own = list(range(1, 1 + basis.shape[1]))
    seen = design[joint.seen]
    if not adds_to_others(seen.T @ seen, own):
        return "separation"
    fitted = mmrm.fit(patterns(joint.y, design), visit + 1)
    if isinstance(fitted, Withheld):
        return str(fitted.reason)
    at = np.linspace(float(dose.min()), float(dose.max()), POINTS)
    origin = natural_spline(np.array([dose[joint.arm == 0].mean()]), knots)
    size = design.shape[1]
    block = fitted.covariance[visit * size : (visit + 1) * size, visit * size : (visit + 1) * size]
    covariance = block[np.ix_(own, own)] * fitted.n / (fitted.n - fitted.rank)
    rows, df = natural_spline(at, knots) - origin, float(int(joint.seen.sum()) - fitted.rank)
    return _points(at, rows @ fitted.coefficients[own, visit], rows @ covariance @ rows.T, df)


def _points(at: Array, estimates: Array, covariance: Array, df: float) -> tuple[Point, ...] | str:
    whole = effect(float(estimates[0]), float(np.diag(covariance).max()), df, 1, 1.0, 1.0)
    if isinstance(whole, Withheld):
        return str(whole.reason)
    std_error = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    half = quantile((1 + LEVEL) / 2, df) * std_error
    told = std_error > 1e-9 * std_error.max()  # at the reference dose itself the difference is 0 and certain
    at_once = simultaneous(estimates[told], covariance[np.ix_(told, told)], df)
    width = None if isinstance(at_once, Withheld) else at_once.quantile
    return tuple(
        Point(float(d), float(e), float(e - h), float(e + h), *_band(float(e), float(s), width))
        for d, e, h, s in zip(at, estimates, half, std_error, strict=True)
    )


def _band(estimate: float, std_error: float, width: float | None) -> tuple[float | None, float | None]:
    return (None, None) if width is None else (estimate - width * std_error, estimate + width * std_error)


def _monotone(levels: Sequence[Level]) -> tuple[tuple[float, float], ...] | None:
    """Isotonic regression of the levels on their dose, weighted by people with a result."""
    given = sorted((lv.dose, lv.estimate, lv.n_observed) for lv in levels
                   if lv.dose is not None and lv.estimate is not None)  # fmt: skip
    if not given:
        return None
    fitted = optimize.isotonic_regression([e for _, e, _ in given], weights=[n for _, _, n in given]).x
    return tuple((float(d), float(e)) for (d, _, _), e in zip(given, fitted, strict=True))
