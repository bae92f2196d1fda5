"""Many comparisons at once: adjusted p-values, and intervals that hold together.

Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics
6, 65-70. Benjamini, Y. and Hochberg, Y. (1995). Controlling the false discovery rate. JRSS B 57, 289-300.
Benjamini, Y. and Yekutieli, D. (2001). The control of the false discovery rate in multiple testing under
dependency. Annals of Statistics 29, 1165-1188. Hothorn, T., Bretz, F. and Westfall, P. (2008). Simultaneous
inference in general parametric models. Biometrical Journal 50, 346-363 (max-t).
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from pipeline.studies.estimators.effect import Array, Withheld
from pipeline.studies.estimators.student import LEVEL

DRAWS = 1 << 16
"""Quasi-random points behind a simultaneous quantile: three digits."""
SEED = 20
"""Fixed, so that a study run again gives the same bytes."""


def holm(p_values: Array) -> Array:
    """Adjusted p-values: the chance of any false finding in the family stays below the level."""
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    return _back(np.minimum(stepped, 1.0), order)


def benjamini_hochberg(p_values: Array) -> Array:
    """Adjusted p-values: the expected share of false findings in a list stays below the level."""
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    scaled = p[order] * len(p) / np.arange(1, len(p) + 1)
    stepped = np.minimum.accumulate(scaled[::-1])[::-1]
    return _back(np.minimum(stepped, 1.0), order)


def benjamini_yekutieli(p_values: Array) -> Array:
    """The same under any dependence between the comparisons."""
    p = np.asarray(p_values, dtype=np.float64)
    penalty = float((1 / np.arange(1, len(p) + 1)).sum())
    order = np.argsort(p, kind="stable")
    scaled = p[order] * len(p) * penalty / np.arange(1, len(p) + 1)
    return _back(np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0), order)


def _back(ordered: Array, order: "np.ndarray[tuple[int], np.dtype[np.intp]]") -> Array:
    adjusted = np.empty(len(ordered))
    adjusted[order] = ordered
    return adjusted


@dataclass(frozen=True)
class Simultaneous:
    """Limits and p-values per comparison, and the one quantile that replaces 1.96."""

    quantile: float
    ci_lower: Array
    ci_upper: Array
    p_values: Array


def simultaneous(estimates: Array, covariance: Array, df: float, level: float = LEVEL) -> Simultaneous | Withheld:
    """Max-t over the comparisons' joint (multivariate t or normal) distribution; `covariance` may be singular."""
    std_error = np.sqrt(np.diag(covariance))
    if not (np.isfinite(estimates).all() and np.isfinite(covariance).all()):
        return Withheld("missing_values")
    if not len(std_error) or std_error.min() <= 0:
        return Withheld("no_variation")
    largest = _largest(covariance / np.outer(std_error, std_error), df)
    width = float(np.quantile(largest, level))
    beyond = np.searchsorted(largest, np.abs(estimates) / std_error, side="left")
    p_values = (DRAWS - beyond + 1) / (DRAWS + 1)
    return Simultaneous(width, estimates - width * std_error, estimates + width * std_error, p_values)


def _largest(correlation: Array, df: float) -> Array:
    """Sorted draws of the largest |t|."""
    value, vector = np.linalg.eigh(correlation)
    keep = value > 1e-10
    root = vector[:, keep] * np.sqrt(value[keep])
    from scipy.stats import qmc  # noqa: PLC0415  # slow to import, and asked for where there are many arms

    uniform = qmc.Sobol(int(keep.sum()) + 1, rng=SEED).random(DRAWS)
    normal = special.ndtri(np.clip(uniform[:, 1:], 1e-12, 1 - 1e-12)) @ root.T
    spread = np.ones(DRAWS) if math.isinf(df) else np.sqrt(special.gammaincinv(df / 2, uniform[:, 0]) * 2 / df)
    return np.asarray(np.sort(np.abs(normal).max(axis=1) / spread))
