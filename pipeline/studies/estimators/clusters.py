"""Uncertainty when people of one clinic resemble each other: CR2 with its own degrees of freedom, or a bootstrap.

Only X'X and X'y per cluster are needed, so a clinic may have any number of people.

Bell, R. M. and McCaffrey, D. F. (2002). Bias reduction in standard errors for linear regression with
multi-stage samples. Survey Methodology 28, 169-181. Pustejovsky, J. E. and Tipton, E. (2018). Small-sample
methods for cluster-robust variance estimation and hypothesis testing in fixed effects models. JBES 36, 672-683.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import linalg

from pipeline.studies.estimators.design import Design
from pipeline.studies.estimators.effect import Array, Codes, Result, Withheld, effect
from pipeline.studies.estimators.gram import Solved, solve
from pipeline.studies.estimators.inputs import problem

FITTED = 1e-9
"""An eigenvalue of I - H closer to nought than this: the cluster fits that direction by itself."""
REPLICATES = 999
SEED = 20


@dataclass(frozen=True)
class ClusterSums:
    """Per cluster: people (G), X'X (G x p x p), X'y (G x p); and the outcome's overall standard deviation."""

    n: Codes
    xx: Array
    xy: Array
    spread: float

    @classmethod
    def of_rows(cls, x: Array | Design, y: Array, cluster: Codes) -> "ClusterSums":
        order = np.argsort(cluster, kind="stable")
        _, start, count = np.unique(cluster[order], return_index=True, return_counts=True)
        rows, values = Design.of(x).chosen(order), y[order]
        parts = [slice(a, a + n) for a, n in zip(start.tolist(), count.tolist(), strict=True)]
        xx = np.stack([rows.chosen(part).gram() for part in parts])
        return cls(count, xx, np.stack([rows.chosen(part).cross(values[part]) for part in parts]), float(y.std()))


def cluster_robust(sums: ClusterSums, row: Array, kind: Literal["cr0", "cr2"] = "cr2") -> Result:
    """The sum of coefficients weighted by `row`; t with Satterthwaite degrees of freedom under CR2, G - 1 under CR0."""
    if len(sums.n) < 2:
        return Withheld("few_clusters")
    solved = solve(sums.xx.sum(axis=0))
    n = int(sums.n.sum())
    if n <= solved.rank:
        return Withheld("too_many_covariates")
    beta = solved.inverse @ sums.xy.sum(axis=0)
    score = sums.xy - sums.xx @ beta
    influence = solved.inverse @ row
    if kind == "cr0":
        variance, df = float(((score @ influence) ** 2).sum()), len(sums.n) - 1.0
    else:
        variance, df = _cr2(sums, solved, score, influence)
    return effect(float(row @ beta), variance, df, n, n, sums.spread)


def _cr2(sums: ClusterSums, solved: Solved, score: Array, influence: Array) -> tuple[float, float]:
    """Residuals of each cluster times (I - H)^(-1/2), worked out in p dimensions by way of its X'X."""
    root = np.linalg.cholesky(solved.inverse[np.ix_(solved.kept, solved.kept)])
    own, cross, total = np.zeros(len(sums.n)), np.zeros((len(sums.n), len(influence))), 0.0
    for g, xx in enumerate(sums.xx):
        z = np.zeros((len(influence), len(root)))
        z[solved.kept] = root
        value, vector = linalg.eigh(z.T @ xx @ z)
        apart = 1 - value
        factor = np.where(apart > FITTED, 1 / np.sqrt(np.maximum(apart, FITTED)), 0.0)
        lift = z @ vector * np.divide(factor - 1, value, out=np.zeros_like(value), where=value > FITTED)
        # A x'm = x'm + Z V diag((factor - 1) / value) V'Z' x'm, with m the influence of the contrast
        along = vector.T @ z.T @ (xx @ influence)
        adjusted = influence + lift @ along
        total += float(score[g] @ adjusted) ** 2
        own[g] = float(adjusted @ xx @ adjusted)
        cross[g] = xx @ adjusted
    inner = np.diag(own) - cross @ solved.inverse @ cross.T
    return total, float(np.trace(inner) ** 2 / (inner**2).sum())


def cluster_bootstrap(sums: ClusterSums, row: Array) -> Result:
    """Whole clusters drawn again with a fixed seed; standard error over the draws in which the contrast exists."""
    groups = len(sums.n)
    if groups < 2:
        return Withheld("few_clusters")
    drawn = np.random.default_rng(SEED).multinomial(groups, np.full(groups, 1 / groups), REPLICATES)
    found = [value for times in drawn if (value := _contrast(sums, row, times)) is not None]
    estimate = _contrast(sums, row, np.ones(groups, dtype=np.int64))
    if estimate is None or len(found) < REPLICATES * 0.9:
        return Withheld("few_clusters")
    n = int(sums.n.sum())
    return effect(estimate, float(np.var(found, ddof=1)), groups - 1.0, n, n, sums.spread)


def _contrast(sums: ClusterSums, row: Array, times: Codes) -> float | None:
    solved = solve(np.tensordot(times, sums.xx, axes=1))
    if (row[~solved.kept] != 0).any():
        return None
    return float(row @ solved.inverse @ np.tensordot(times, sums.xy, axes=1))


def clustered_ancova(
    y: Array, treated: Codes, x: Array | Design, cluster: Codes, kind: Literal["cr0", "cr2"] = "cr2"
) -> Result:
    """Difference between treated (1) and reference (0) among like people, clinics taken as the units that vary."""
    if wrong := problem(y, treated, x, 2):
        return wrong
    design = Design.of(x).with_arm(treated)
    row = np.zeros(design.shape[1])
    row[1] = 1.0
    return cluster_robust(ClusterSums.of_rows(design, y, cluster), row, kind)
