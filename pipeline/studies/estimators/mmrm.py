"""Repeated visits in one model: every visit its own means and slopes, any covariance between visits.

Maximum likelihood over patterns of visits seen, so that whoever left still tells what they showed before
(right where leaving depends on what was seen). Per pattern only people, W'W, W'Y and Y'Y are needed: a
fit costs the same for a thousand people as for a million.

Mallinckrodt, C. H. et al. (2008). Recommendations for the primary analysis of continuous endpoints in
longitudinal clinical trials. Drug Information Journal 42, 303-319. Jennrich, R. I. and Schluchter, M. D.
(1986). Unbalanced repeated-measures models with structured covariance matrices. Biometrics 42, 805-820
(Fisher scoring, generalised least squares in between).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.studies.estimators.covariance import maximise
from pipeline.studies.estimators.design import Design
from pipeline.studies.estimators.effect import ArmMeans, Array, Codes, Withheld
from pipeline.studies.estimators.gram import adds_to_others
from pipeline.studies.estimators.inputs import problem
from pipeline.studies.estimators.patterns import Pattern, arm_rows, patterns_by_arm


@dataclass(frozen=True)
class RepeatedMeasures:
    """`coefficients` are regressors x visits, `covariance` of them stacked visit by visit (maximum likelihood).

    `sigma` is the covariance of one person's visits; `log_likelihood` includes the constants.
    """

    coefficients: Array
    covariance: Array
    sigma: Array
    log_likelihood: float
    n: int
    rank: int
    patterns: tuple[Pattern, ...]

    def means(
        self, visit: int, arms: int, small_sample: bool = True, sloped: Sequence[int] | None = None
    ) -> ArmMeans | Withheld:
        """Mean of every arm at one visit, at the covariates' mean among everybody.

        Regressors are those of `arm_rows`, with the same `sloped`. With `small_sample` the standard error is raised by
        sqrt(n / (n - regressors)), which with complete data makes it that of least squares.
        """
        seen = self._seen(visit, arms)
        if min(seen) < 2:
            return Withheld("one_person" if min(seen) else "all_dropped_out")
        if not adds_to_others(self._people_at(visit), list(range(1, arms))):
            return Withheld("separation")
        df = sum(seen) - self.rank
        if df <= 0:
            return Withheld("too_many_covariates")
        size = len(self.coefficients)
        block = self.covariance[visit * size : (visit + 1) * size, visit * size : (visit + 1) * size]
        rows = arm_rows(self._covariate_means(arms, sloped), arms, sloped)
        factor = self.n / (self.n - self.rank) if small_sample else 1.0
        spread = float(np.sqrt(self.sigma[visit, visit]))
        effective = tuple(float(count) for count in seen)
        return ArmMeans(rows @ self.coefficients[:, visit], rows @ block @ rows.T * factor, df, seen, effective, spread)

    def _people_at(self, visit: int) -> Array:
        """W'W of everybody with a result at the visit."""
        return np.asarray(np.sum([p.ww for p in self.patterns if visit in p.visits], axis=0))

    def _seen(self, visit: int, arms: int) -> tuple[int, ...]:
        """People per arm with a result at the visit; the first columns count everybody, then arms 1, 2, ..."""
        counts = self._people_at(visit)[0, :arms]
        return (round(counts[0] - counts[1:].sum()), *(round(c) for c in counts[1:]))

    def _covariate_means(self, arms: int, sloped: Sequence[int] | None) -> Array:
        size = len(self.coefficients)
        own = size // arms - 1 if sloped is None else size - arms - (arms - 1) * len(sloped)
        total = sum((p.ww[0] for p in self.patterns), np.zeros(size))
        return np.asarray(total[arms : arms + own] / total[0])


def fit(moments: Sequence[Pattern], visits: int) -> RepeatedMeasures | Withheld:
    """From the moments of every pattern, the one of people never seen included."""
    present = [p for p in moments if p.visits and p.n]
    if not present or set().union(*(p.visits for p in present)) != set(range(visits)):
        return Withheld("all_dropped_out")
    found = maximise(present, visits)
    if isinstance(found, Withheld):
        return found
    n = sum(p.n for p in present)
    return RepeatedMeasures(
        found.beta, found.covariance, found.sigma, found.log_likelihood, n, found.rank, tuple(moments)
    )


def repeated_measures(
    y: Array, arm: Codes, x: Array | Design, arms: int = 2, sloped: Sequence[int] | None = None
) -> ArmMeans | Withheld:
    """Means at the last visit, from rows: `y` is change from baseline, people x visits, NaN where not seen.

    `sloped` are the covariates with slopes of each arm's own; left out, all have.
    """
    if wrong := problem(np.arange(len(y), dtype=np.float64), arm, x, arms):
        return wrong
    found = fit(patterns_by_arm(y, arm, Design.of(x), arms, sloped), y.shape[1])
    return found if isinstance(found, Withheld) else found.means(y.shape[1] - 1, arms, sloped=sloped)
