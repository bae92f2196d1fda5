"""Every method on the arms of a common population: means of all arms at once, and each arm against the reference."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from pipeline.studies.contrasts.joint import Joint
from pipeline.studies.estimators.clusters import ClusterSums, cluster_robust
from pipeline.studies.estimators.design import Design
from pipeline.studies.estimators.effect import ArmMeans, Array, Codes, Result, Withheld
from pipeline.studies.estimators.inputs import problem
from pipeline.studies.estimators.linear import fit
from pipeline.studies.estimators.mmrm import repeated_measures
from pipeline.studies.estimators.propensity import clipped, propensity
from pipeline.studies.estimators.sequential_doubly_robust import aipw, sequential_doubly_robust
from pipeline.studies.estimators.weighting import Target, balancing_weights, weighted_means

Means = ArmMeans | Withheld
Names = npt.NDArray[np.str_]


def results(joint: Joint) -> tuple[Mapping[str, Mapping[str, Result]], Mapping[str, Means]]:
    """Per arm but the reference, every method's difference from the reference by code; and the arms' means."""
    found = _means(joint)
    y, arm, x = joint.y[joint.seen, -1], joint.arm[joint.seen], joint.given.design.chosen(joint.seen)
    linear = _linear(y, arm, x, np.array(joint.clinic)[joint.seen], len(joint.arms))
    return {
        code: {method: _difference(m, a) for method, m in found.items()}
        | {m: rows[a - 1] for m, rows in linear.items()}
        for a, code in enumerate(joint.arms)
        if a
    }, found


def _difference(means: Means, arm: int) -> Result:
    return means if isinstance(means, Withheld) else means.difference(arm, 0)


def _means(joint: Joint) -> Mapping[str, Means]:
    x, y, arm = joint.given.design, joint.y, joint.arm
    everybody: dict[str, Means] = {
        method: of_everybody(joint, method) for method in ("seq_dr", "seq_dr_overlap", "mmrm")
    }
    return everybody | _of_completers(y[joint.seen, -1], arm[joint.seen], x.chosen(joint.seen), len(joint.arms))


def headline_means(joint: Joint) -> Means:
    """Means of the arms by the method of the headline alone."""
    return of_everybody(joint, joint.method)


def of_everybody(joint: Joint, method: str) -> Means:
    """One of the methods that are about everybody, seen at the end or not."""
    x, y, arm = joint.given.design, joint.y, joint.arm
    if method == "mmrm":
        return repeated_measures(y, arm, x, len(joint.arms), joint.sloped)
    target: Target = "ato" if method == "seq_dr_overlap" else "ate"
    return sequential_doubly_robust(y, arm, x, clipped(joint.chance), target)


def _of_completers(y: Array, arm: Codes, x: Design, arms: int) -> dict[str, Means]:
    chance = propensity(arm, x, arms)
    if isinstance(chance, Withheld):
        return dict[str, Means].fromkeys(("iptw", "overlap_weights", "aipw"), chance)
    near = clipped(chance)
    return {
        "iptw": weighted_means(y, arm, balancing_weights(near, arm, "ate"), arms),
        "overlap_weights": weighted_means(y, arm, balancing_weights(near, arm, "ato"), arms),
        "aipw": aipw(y, arm, x, near),
    }


def _linear(y: Array, arm: Codes, x: Design, clinic: Names, arms: int) -> Mapping[str, list[Result]]:
    """Linear models with one slope per covariate for all arms; a difference per arm but the first."""
    if wrong := problem(y, arm, x, arms):
        return {"ancova": [wrong] * (arms - 1)}
    belongs = (arm[:, None] == np.arange(1, arms)).astype(np.float64)
    design = x.with_intercept.beside(*belongs.T)
    rows = np.eye(arms - 1, design.shape[1], x.shape[1] + 1)
    fitted = fit(design, y)
    found = {"ancova": [fitted if isinstance(fitted, Withheld) else fitted.contrast(row) for row in rows]}
    clinics, place = np.unique(clinic, return_inverse=True)
    if len(clinics) > 1:
        sums = ClusterSums.of_rows(design, y, place.astype(np.int64))
        found["ancova_by_clinic"] = [cluster_robust(sums, row) for row in rows]
    return found
