"""Contrasts of many arms answered in their common population, with what that population rests on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from pipeline.studies.contrasts.contrast import Answer, Asked, answered
from pipeline.studies.contrasts.headline import MIN_ADJUSTED
from pipeline.studies.contrasts.joint import MIN_ARMS, Joint, joint_with
from pipeline.studies.contrasts.joint_results import Means, results
from pipeline.studies.estimators.balance import population_differences
from pipeline.studies.estimators.effect import ArmMeans, Withheld
from pipeline.studies.estimators.multiplicity import simultaneous
from pipeline.studies.estimators.propensity import clipped, hardly_possible
from pipeline.studies.estimators.student import LEVEL
from pipeline.studies.estimators.weighting import Target, effective_n, tilt
from pipeline.studies.people.frame import Frame

IN_PAIRS = (
    "The arms have no population in common, so each contrast is about the people of its own two arms, and one contrast "
    "cannot be set against another."
)

APART = (
    "This arm has no part in the model of all arms: the contrast is about the people of its own two arms, and cannot "
    "be set against the others."
)


@dataclass(frozen=True)
class Together:
    """`answers` by arm for those of the common population; `numbers` is what it rests on, None where there is none.

    `apart` says why an arm has no part in it.
    """

    answers: Mapping[str, Answer]
    numbers: Mapping[str, Any] | None
    apart: Mapping[str, str]
    warnings: tuple[str, ...] = ()


def together(frame: Frame, asked: Sequence[Asked]) -> Together:
    """Every contrast that can be answered in one population; `asked` share their reference."""
    reference = asked[0].contrast.reference
    codes = [reference, *(one.contrast.arm for one in asked)]
    seen = np.bincount(frame.arm[np.isfinite(frame.horizon)], minlength=len(frame.arms))
    few = {code: "too_few_to_adjust" for code in codes if seen[frame.arms.index(code)] < MIN_ADJUSTED}
    enough = [code for code in codes if code not in few]
    if reference in few or len(enough) < MIN_ARMS:
        return Together({}, None, few)
    joint, gone = joint_with(frame, enough)
    apart = few | {code: str(why.reason) for code, why in gone.items()}
    if joint is None:
        return Together({}, None, apart, (IN_PAIRS,))
    by_arm, means = results(joint)
    inside = [one for one in asked if one.contrast.arm in joint.arms]
    answers = {
        one.contrast.arm: _named(answered(joint.two(one.contrast.arm), joint.method, by_arm[one.contrast.arm], one))
        for one in inside
    }
    return Together(answers, _numbers(joint, means[joint.method], answers, apart), apart)


def _named(answer: Answer) -> Answer:
    return replace(answer, numbers={**answer.numbers, "population": "of all arms in one model"})


def _numbers(joint: Joint, means: Means, answers: Mapping[str, Answer], apart: Mapping[str, str]) -> dict[str, Any]:
    target: Target = "ato" if joint.method == "seq_dr_overlap" else "ate"
    hardly = hardly_possible(joint.chance).mean(axis=0)
    weight = joint.weight(target)
    return {
        "reference": joint.arms[0],
        "headline": joint.method,
        "n": len(joint.arm),
        "n_left_out": sum(joint.alone),
        "outside_overlap": joint.outside,
        "arms": [
            {"arm": code, "n": int((joint.arm == a).sum()), "n_observed": joint.n[a],
             "n_effective": effective_n(weight[joint.arm == a]), "hardly_possible": float(hardly[a])}
            for a, code in enumerate(joint.arms)
        ],
        "balance": _balance(joint, target),
        "one_slope_for_all": [name for i, name in enumerate(joint.given.names) if i not in joint.sloped],
        "not_part": [{"arm": code, "reason": reason} for code, reason in apart.items()],
        "simultaneous": _simultaneous(joint, means, answers),
    }  # fmt: skip


def _balance(joint: Joint, target: Target) -> list[dict[str, Any]]:
    """Each arm against everybody, in standard deviations, before and after weighting."""
    x, even, weight = joint.given.design, np.ones(len(joint.arm)), joint.weight(target)
    counts = tilt(clipped(joint.chance), target)
    rows = []
    for a, code in enumerate(joint.arms):
        own = joint.arm == a
        before, after = population_differences(x, own, even, even), population_differences(x, own, weight, counts)
        rows += [
            {"arm": code, "covariate": name, "before": float(b), "after": float(w)}
            for name, b, w in zip(joint.given.names, before, after, strict=True)
        ]
    return rows


def _simultaneous(joint: Joint, means: Means, answers: Mapping[str, Answer]) -> dict[str, Any] | None:
    """Intervals that all hold at once with 95%, over the contrasts whose headline is given."""
    given = [joint.arms.index(code) for code, answer in answers.items() if answer.headline.is_given]
    if not isinstance(means, ArmMeans) or not given:
        return None
    rows = np.zeros((len(given), len(joint.arms)))
    rows[np.arange(len(given)), given] = 1.0
    rows[:, 0] = -1.0
    found = simultaneous(rows @ means.means, rows @ means.covariance @ rows.T, means.df)
    if isinstance(found, Withheld):
        return None
    limits = zip(given, found.ci_lower, found.ci_upper, found.p_values, strict=True)
    return {
        "level": LEVEL,
        "quantile": found.quantile,
        "contrasts": [
            {"contrast": f"{joint.arms[a]} vs {joint.arms[0]}", "ci_lower": float(low), "ci_upper": float(high),
             "p_value": float(p)}
            for a, low, high, p in limits
        ],
    }  # fmt: skip
