"""Many doses, or cells of two doses, against the commonest of them: adjusted, in one population, with those who left.

By the rules of many arms (see `joint`): a level with too few people, or whose people weighting cannot make resemble the
others', has a reason in place of a number. Nobody is ranked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import duckdb
import numpy as np

from pipeline.contract.curves import Level
from pipeline.studies.contrasts.compare import Question, unadjusted
from pipeline.studies.contrasts.headline import MIN_ADJUSTED
from pipeline.studies.contrasts.joint import MIN_ARMS, Joint, joint_with
from pipeline.studies.contrasts.joint_results import headline_means
from pipeline.studies.estimators.effect import ArmMeans, Array, Effect, Withheld
from pipeline.studies.estimators.multiplicity import Simultaneous, simultaneous
from pipeline.studies.estimators.partial_pooling import partial_pooling
from pipeline.studies.people.frame import Frame

ASSOCIATION = (
    "Adjusted for what was recorded at the start, and those who stopped reporting are taken as those like them who "
    "stayed. People chose their own dose: a difference is an association, and no dose is advised."
)


@dataclass(frozen=True)
class Levels:
    """`joint` is the common population, None where there is none and `reason` says why."""

    levels: tuple[Level, ...]
    joint: Joint | None
    reason: str | None


def attrition_of(con: duckdb.DuckDBPyConnection, question: Question) -> tuple[tuple[tuple[str, int], ...], str | None]:
    """The steps of the people asked about, and why nobody is there to compare, if so."""
    crude = unadjusted(con, question)
    return crude.attrition, crude.reason


def levels_of(frame: Frame, labels: Mapping[str, str], dose: Array | None = None) -> Levels:
    """One `Level` per label, in their order. `dose` is each person's, for the mean of a level."""
    n = np.bincount(frame.arm, minlength=len(frame.arms))
    seen = np.bincount(frame.arm[np.isfinite(frame.horizon)], minlength=len(frame.arms))
    place = {code: frame.arms.index(code) for code in labels}
    plain = {
        code: Level(code, label, int(n[place[code]]), int(seen[place[code]]), dose=_mean(frame, place[code], dose))
        for code, label in labels.items()
    }
    enough = [code for code in labels if plain[code].n_observed >= MIN_ADJUSTED]
    if len(enough) < MIN_ARMS:
        gone = dict.fromkeys(plain, "too_few_doses") | {
            code: "too_few_to_adjust" for code in plain if code not in enough
        }
        return Levels(_without(plain, gone), None, "too_few_doses")
    reference = max(enough, key=lambda code: plain[code].n_observed)
    joint, left = joint_with(frame, [reference, *(code for code in enough if code != reference)], least=2)
    gone = {code: "too_few_to_adjust" for code in plain if code not in enough}
    gone |= {code: str(why.reason) for code, why in left.items()}
    if joint is None:
        return Levels(_without(plain, dict.fromkeys(plain, "too_few_doses") | gone), None, "too_few_doses")
    means = headline_means(joint)
    if isinstance(means, Withheld):
        return Levels(_without(plain, dict.fromkeys(plain, str(means.reason)) | gone), joint, str(means.reason))
    given = _given(joint, means, plain)
    rest = dict(zip(gone, _without({code: plain[code] for code in gone}, gone), strict=True))
    return Levels(tuple((given | rest)[code] for code in plain), joint, None)


def _mean(frame: Frame, arm: int, dose: Array | None) -> float | None:
    own = dose[(frame.arm == arm) & np.isfinite(dose)] if dose is not None else np.zeros(0)
    return float(own.mean()) if len(own) else None


def _without(levels: Mapping[str, Level], reasons: Mapping[str, str]) -> tuple[Level, ...]:
    return tuple(replace(level, reason=reasons[code]) for code, level in levels.items())


def _given(joint: Joint, means: ArmMeans, plain: Mapping[str, Level]) -> dict[str, Level]:
    """The levels of the common population: differences, limits, and points drawn towards each other."""
    others = range(1, len(joint.arms))
    rows = np.column_stack([-np.ones(len(others)), np.eye(len(others))])
    at_once = simultaneous(rows @ means.means, rows @ means.covariance @ rows.T, means.df)
    drawn = partial_pooling(means.means, np.sqrt(np.diag(means.covariance)))
    points = None if isinstance(drawn, Withheld) else drawn.points
    given = {joint.arms[0]: replace(plain[joint.arms[0]], is_reference=True, estimate=0.0, pooled=0.0)}
    for a in others:
        found, level = means.difference(a, 0), plain[joint.arms[a]]
        if not isinstance(found, Effect):
            given[joint.arms[a]] = replace(level, reason=found.reason)
            continue
        low, high = found.interval()
        all_lower, all_upper = _limits(at_once, a - 1)
        given[joint.arms[a]] = replace(
            level, estimate=found.estimate, std_error=found.std_error, ci_lower=low, ci_upper=high, all_lower=all_lower,
            all_upper=all_upper, pooled=None if points is None else float(points[a] - points[0]),
        )  # fmt: skip
    return given


def _limits(at_once: Simultaneous | Withheld, place: int) -> tuple[float | None, float | None]:
    if isinstance(at_once, Withheld):
        return None, None
    return float(at_once.ci_lower[place]), float(at_once.ci_upper[place])
