"""Do people differ in how far they came? The spread of their changes against measurement error, or another arm's.

A change is the difference of two measurements, so measuring alone gives it twice the squared error of one. Beyond
that people differ; beyond the spread of an arm that does not needle they differ in what needling does to them.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import numpy as np
from threadpoolctl import threadpool_limits

from pipeline.contract.instruments import instruments
from pipeline.contract.methods import MIN_DOUBLY_ROBUST
from pipeline.contract.results import Comparison, Estimate, Gate, Role
from pipeline.studies.contrasts.adjusted import Pair, pair_of
from pipeline.studies.contrasts.caveats import adjusted_caveats
from pipeline.studies.contrasts.diagnostics import diagnose
from pipeline.studies.contrasts.headline import MIN_ADJUSTED, MIN_SHOWN
from pipeline.studies.contrasts.looking_often import always_valid
from pipeline.studies.contrasts.negative_control import cautions
from pipeline.studies.estimators.dropout import SKIPPED_LIMIT, skipped_share
from pipeline.studies.estimators.effect import Result, Withheld
from pipeline.studies.estimators.power import smallest_detectable_of
from pipeline.studies.estimators.propensity import clipped
from pipeline.studies.estimators.sequential_doubly_robust import doubly_robust_variances
from pipeline.studies.estimators.spread import as_ratio, bonett_ratio, bonett_to, log_ratio, log_ratio_to
from pipeline.studies.kinds.asked import Asked, ask_kind, estimand, withheld, without
from pipeline.studies.kinds.minimal import Single, single_of
from pipeline.studies.protocols.protocol import Protocol

MATTERS = 1.25
"""A variance larger by less than a quarter (a standard deviation by an eighth) is as good as none (judgement)."""

MEASURING = "measurement error"
"""What stands for the reference where an arm is held against it."""


@dataclass(frozen=True)
class Spread:
    """What was found: each method's ratio on the log scale, which one is the headline, and what speaks against it."""

    found: Mapping[str, Result]
    method: str
    numbers: Mapping[str, Any]
    gate: Gate
    warnings: tuple[str, ...]
    reason: str | None = None


def answer_variation(con: duckdb.DuckDBPyConnection, protocol: Protocol, version: str | None) -> Comparison:
    """The ratio of two variances of change."""
    asked = ask_kind(con, protocol, version, "variance_ratio")
    if isinstance(asked, Comparison):
        return asked
    contrast = asked.contrast
    codes = [code for code in (contrast.arm, contrast.reference) if code]
    if reason := asked.missing(codes) or _unknown_error(asked):
        return without(asked, _empty(asked, reason))
    with threadpool_limits(1, "blas"):
        spread = _against_arm(asked) if contrast.reference else _against_error(asked)
    return _told(asked, spread, codes)


def _unknown_error(asked: Asked) -> str | None:
    needs = not asked.contrast.reference and asked.question.instrument.measurement_error is None
    return "no_measurement_error" if needs else None


def _against_error(asked: Asked) -> Spread:
    error = asked.question.instrument.measurement_error or math.nan
    one = single_of(asked.frame, asked.contrast.arm)
    found = dict(_one_arm(one, 2 * error**2))
    method = _method(one.n, skipped_share(one.y))
    main = found[method]
    explains = math.nan if isinstance(main, Withheld) else error * math.exp(main.interval()[0] / 2)
    numbers = {"measurement_error": error, "error_that_would_explain_all": explains, "n": len(one.y)}
    return Spread(found, method, numbers, "caution", (_ERROR_IS_LARGER, *_stayed(method)), _too_few(one.n))


def _too_few(n: int) -> str | None:
    """Below this many even Bonett's interval misses a spread too often; it stands among the other figures."""
    return "too_few_for_spread" if n < MIN_ADJUSTED else None


_ERROR_IS_LARGER = (
    "The measurement error is that of reading one picture twice. Finding the same place again and the seasons of hair "
    "come on top, so part of what looks like differences between people may still be error."
)


def _one_arm(one: Single, known: float) -> Iterator[tuple[str, Result]]:
    together = np.zeros(len(one.y), dtype=np.int64)
    spread = doubly_robust_variances(one.y, together, one.x, np.ones((len(one.y), 1)))
    yield "seq_dr_variance", spread if isinstance(spread, Withheld) else log_ratio_to(spread, known)
    yield "bonett", bonett_to(one.y[one.seen, -1], known)


def _against_arm(asked: Asked) -> Spread:
    contrast = asked.contrast
    pair = pair_of(asked.frame, contrast.arm, contrast.reference)
    arms = (asked.arms[contrast.arm], asked.arms[contrast.reference])
    if min(pair.n) < MIN_SHOWN:
        return Spread({"bonett": Withheld("no_overlap")}, "bonett", {"n": len(pair.arm)}, "fail", (), "no_overlap")
    method = _method(min(pair.n), skipped_share(pair.y))
    seen = diagnose(pair, "seq_dr" if method == "seq_dr_variance" else "mmrm", arms)
    margin = instruments()[asked.question.instrument.code].margin
    control = asked.controls.of(asked.frame, contrast, margin)
    adjusted_for = list(pair.given.names) if method == "seq_dr_variance" else []
    numbers = {**seen.numbers, "n": len(pair.arm), "adjusted_for": adjusted_for, "negative_control": control}
    doubts = (*cautions(control), *_stayed(method))
    warnings = (*seen.fails, *seen.thin, *seen.cautions, *doubts)
    gate: Gate = "caution" if seen.gate == "pass" and doubts else seen.gate
    return Spread(dict(_two_arms(pair)), method, numbers, gate, warnings, seen.reason or _too_few(min(pair.n)))


def _two_arms(pair: Pair) -> Iterator[tuple[str, Result]]:
    if isinstance(pair.chance, Withheld):
        yield "seq_dr_variance", pair.chance
    else:
        spread = doubly_robust_variances(pair.y, pair.arm, pair.x, clipped(pair.chance))
        yield "seq_dr_variance", spread if isinstance(spread, Withheld) else log_ratio(spread)
    here, there = (pair.y[pair.seen & (pair.arm == a), -1] for a in (1, 0))
    yield "bonett", bonett_ratio(here, there)


def _method(n: int, skipped: float) -> str:
    """The doubly robust variance where there are people enough for it, as for a mean; else that of those who stayed."""
    return "seq_dr_variance" if n >= MIN_DOUBLY_ROBUST and skipped <= SKIPPED_LIMIT else "bonett"


def _stayed(method: str) -> Iterator[str]:
    if method == "bonett":
        yield "Only people with a result count, too few to infer the others; those who left may differ more."


def _told(asked: Asked, spread: Spread, codes: list[str]) -> Comparison:
    main = spread.found[spread.method]
    reason = spread.reason or (main.reason if isinstance(main, Withheld) else None)
    gate: Gate = "fail" if reason else spread.gate
    numbers = {
        "contrast": f"{asked.contrast.arm} vs {asked.contrast.reference or MEASURING}", "headline": spread.method,
        "gate": gate, "margin": MATTERS, "adjusted_for": [], **spread.numbers,
        **_beside(main if reason is None else None),
    }  # fmt: skip
    order = [spread.method, *(code for code in spread.found if code != spread.method)]
    made = [
        _estimate(asked, spread.found[code], code, "headline" if code == spread.method else "sensitivity")
        for code in order
    ]
    if reason is not None:
        made = [_empty(asked, reason, spread.method), *(replace(e, role="sensitivity") for e in made if e.is_given)]
    is_adjusted = spread.method != "bonett"
    rest = [e for e in asked.crude.estimates if e.reference is None]
    return replace(
        asked.crude,
        estimand=estimand(
            asked, codes, "ratio of variances", "taken as those like them who stayed" if is_adjusted else "left out"
        ),
        estimates=(*made, *rest),
        diagnostics={**asked.crude.diagnostics, "contrasts": [numbers]},
        gate=gate,
        warnings=(*spread.warnings, *adjusted_caveats(asked.crude.warnings, is_adjusted)),
        reason=reason,
    )


def _beside(main: Result | None) -> dict[str, Any]:
    """The smallest ratio that could have been seen, now and by somebody who looks often; None where it is withheld."""
    if main is None or isinstance(main, Withheld):
        return {"detectable_difference": None, "always_valid": None}
    found = smallest_detectable_of(main)
    return {
        "detectable_difference": None if isinstance(found, Withheld) else math.exp(found),
        "always_valid": always_valid(main, None, is_logarithm=True),
    }


def _estimate(asked: Asked, result: Result, method: str, role: Role) -> Estimate:
    empty = replace(_empty(asked, "", method), role=role)
    if isinstance(result, Withheld):
        return replace(empty, reason=result.reason)
    ratio, low, high = as_ratio(result)
    p_value = result.p_value()
    return replace(empty, reason=None, estimate=ratio, ci_lower=low, ci_upper=high, p_value=p_value,
                   p_adjusted=p_value if role == "headline" else None)  # fmt: skip


def _empty(asked: Asked, reason: str, method: str = "bonett") -> Estimate:
    contrast = asked.contrast
    empty = withheld("variance_ratio", contrast.arm, contrast.reference or MEASURING, "ratio of variances", reason)
    return replace(empty, method=method)
