"""What one replication found, and what many of them say together: bias, spread, coverage, each with its own error."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pipeline.contract.results import Estimate
from pipeline.studies.estimators.effect import Effect, Result

ALPHA = 0.05


@dataclass(frozen=True)
class Found:
    """One estimator on one set of people. Where it gave no number, `reason` says why and all else is None.

    `is_rejected`: no difference (or what the method tests) was ruled out at 5%.
    """

    name: str
    error: float | None = None
    std_error: float | None = None
    is_covered: bool | None = None
    is_rejected: bool | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Replicate:
    """Every estimator on one set of people, the `flags` raised, and the `method` that stood in the headline."""

    found: tuple[Found, ...]
    flags: Mapping[str, bool] = field(default_factory=dict)
    method: str | None = None


def of_result(name: str, result: Result, truth: float, null: float = 0.0) -> Found:
    if not isinstance(result, Effect):
        return Found(name, reason=result.reason)
    low, high = result.interval()
    rejected = result.p_value(null) < ALPHA
    return Found(name, result.estimate - truth, result.std_error, low <= truth <= high, rejected)


def of_estimate(name: str, estimate: Estimate, truth: float) -> Found:
    """`truth` of a ratio is its logarithm, and so is the error."""
    if estimate.estimate is None or estimate.ci_lower is None or estimate.ci_upper is None:
        return Found(name, reason=estimate.reason)
    told = (estimate.ci_lower, estimate.estimate, estimate.ci_upper)
    is_ratio = estimate.quantity in ("odds_ratio", "rate_ratio")
    low, middle, high = (math.log(value) for value in told) if is_ratio else told
    rejected = estimate.p_value is not None and estimate.p_value < ALPHA
    return Found(name, middle - truth, estimate.std_error, low <= truth <= high, rejected)


def summary(replicates: Iterable[Replicate]) -> dict[str, Any]:
    """Per method its figures, and per flag the share of replications that raised it."""
    every = list(replicates)
    by_name: dict[str, list[Found]] = {}
    for one in every:
        for found in one.found:
            by_name.setdefault(found.name, []).append(found)
    flags = {name: share([one.flags[name] for one in every if name in one.flags]) for name in _flag_names(every)}
    chosen = Counter(one.method for one in every if one.method)
    return {
        "methods": {name: _figures(found) for name, found in by_name.items()},
        "flags": flags,
        "headline_was": dict(chosen.most_common()),
    }


def _flag_names(every: Iterable[Replicate]) -> list[str]:
    return list(dict.fromkeys(name for one in every for name in one.flags))


def _figures(found: list[Found]) -> dict[str, Any]:
    given = [f for f in found if f.reason is None]
    errors = np.array([f.error for f in given if f.error is not None])
    spread = [f.std_error for f in given if f.std_error is not None]
    return {
        "given": len(given),
        "withheld": dict(Counter(f.reason for f in found if f.reason is not None).most_common()),
        **_bias(errors),
        "mean_se": round(float(np.mean(spread)), 5) if spread else None,
        "coverage": share([f.is_covered for f in given if f.is_covered is not None]),
        "rejected": share([f.is_rejected for f in given if f.is_rejected is not None]),
    }


def _bias(errors: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> dict[str, Any]:
    """With Monte Carlo errors; that of a standard deviation is about its own size over root 2(n - 1)."""
    if len(errors) < 2:
        return {"bias": None, "bias_error": None, "empirical_se": None, "empirical_se_error": None}
    deviation = float(errors.std(ddof=1))
    return {
        "bias": round(float(errors.mean()), 5),
        "bias_error": round(deviation / math.sqrt(len(errors)), 5),
        "empirical_se": round(deviation, 5),
        "empirical_se_error": round(deviation / math.sqrt(2 * (len(errors) - 1)), 5),
    }


def share(marks: list[bool]) -> dict[str, float] | None:
    """The share with its Monte Carlo error, of a half where all or none are marked; None of nothing."""
    if not marks:
        return None
    n, hits = len(marks), sum(marks)
    usual = min(max(hits, 0.5), n - 0.5) / n
    return {"share": round(hits / n, 5), "error": round(math.sqrt(usual * (1 - usual) / n), 5)}
