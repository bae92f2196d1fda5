"""Is a difference larger among some people than among others? The difference of two differences.

Each of the two is adjusted for itself, among people of its own kind, by the method that the headline's rule
names; nobody belongs to both, so their variances add. What people regress to the mean, the arm they are compared
with does too, and the value at the start is adjusted for.

Satterthwaite, F. E. (1946). An approximate distribution of estimates of variance components. Biometrics Bulletin 2.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import duckdb
import numpy as np
from threadpoolctl import threadpool_limits

from pipeline.contract.instruments import instruments
from pipeline.contract.results import Comparison, Estimate, Gate, Role
from pipeline.studies.contrasts.adjusted import Pair, effects, headline_of, pair_of
from pipeline.studies.contrasts.caveats import adjusted_caveats
from pipeline.studies.contrasts.diagnostics import Diagnosis, diagnose
from pipeline.studies.contrasts.headline import MIN_SHOWN, Method
from pipeline.studies.contrasts.looking_often import always_valid
from pipeline.studies.contrasts.negative_control import cautions
from pipeline.studies.estimators.effect import Effect, Result, Withheld
from pipeline.studies.estimators.power import smallest_detectable_of
from pipeline.studies.estimators.sensitivity import e_values_of_difference
from pipeline.studies.estimators.welch import Moments, difference
from pipeline.studies.kinds.asked import NOBODY, Asked, ask_kind, estimand, withheld, without
from pipeline.studies.protocols.protocol import Contrast, Protocol

_SHOWN: Sequence[Method] = ("seq_dr", "seq_dr_overlap", "mmrm", "ancova")
"""Methods whose two differences are set against each other; the last for completers, to compare with."""


def answer_interaction(con: duckdb.DuckDBPyConnection, protocol: Protocol, version: str | None) -> Comparison:
    """The contrast's difference less that of `against`, with both beside it."""
    asked = ask_kind(con, protocol, version, "difference_of_differences")
    if isinstance(asked, Comparison):
        return asked
    both = (asked.contrast, protocol.against or NOBODY)
    if reason := asked.missing([code for one in both for code in (one.arm, one.reference)]):
        return without(asked, _withheld(asked, both, reason))
    pairs = [pair_of(asked.frame, one.arm, one.reference) for one in both]
    if min(min(pair.n) for pair in pairs) < MIN_SHOWN:
        return without(asked, _withheld(asked, both, "no_overlap"))
    with threadpool_limits(1, "blas"):
        return _told(asked, both, pairs)


def _told(asked: Asked, both: Sequence[Contrast], pairs: Sequence[Pair]) -> Comparison:
    method = common([headline_of(pair, is_ordinal=False) for pair in pairs])
    parts = [effects(pair, is_ordinal=False) | {"welch": _crude(pair)} for pair in pairs]
    found: dict[str, Result] = {
        code: of_differences(parts[0][code], parts[1][code]) for code in (*_SHOWN, "welch") if _in_both(code, parts)
    }
    seen = [diagnose(pair, method, _arms(asked, one)) for pair, one in zip(pairs, both, strict=True)]
    main = found[method]
    reason = next((one.reason for one in seen if one.reason), main.reason if isinstance(main, Withheld) else None)
    controls = [asked.controls.of(asked.frame, one, _margin(asked)) for one in both]
    warnings = _warnings(asked, both, seen, controls)
    gate = "fail" if reason else _worst(["caution" if warnings else "pass", *(one.gate for one in seen)])
    numbers: dict[str, Any] = {
        "contrast": _name(both), "headline": method, "gate": gate, "margin": _margin(asked),
        "n": sum(len(p.arm) for p in pairs),
        "adjusted_for": list(pairs[0].given.names) if method != "welch" else [],
        "parts": [
            {"contrast": f"{c.arm} vs {c.reference}", **one.numbers, "negative_control": control}
            for c, one, control in zip(both, seen, controls, strict=True)
        ],
        **(_beside(main, pairs) if isinstance(main, Effect) and reason is None else {}),
    }  # fmt: skip
    estimates = _estimates(asked, both, found, parts, method, reason)
    codes = [code for one in both for code in (one.arm, one.reference)]
    without_result = "left out" if method == "welch" else "taken as those like them who stayed"
    rest = [e for e in asked.crude.estimates if e.reference is None]
    return replace(
        asked.crude,
        estimand=estimand(asked, codes, "difference of two differences of means", without_result),
        estimates=(*estimates, *rest),
        diagnostics={**asked.crude.diagnostics, "contrasts": [numbers]},
        gate=gate,
        warnings=(*warnings, *adjusted_caveats(asked.crude.warnings, method != "welch")),
        reason=reason,
    )


def common(methods: Sequence[Method]) -> Method:
    """One method for both differences: what the pair with fewer people allows.

    >>> common(["seq_dr", "mmrm"]), common(["seq_dr", "seq_dr_overlap"]), common(["welch", "seq_dr"])
    ('mmrm', 'seq_dr_overlap', 'welch')
    """
    if len(set(methods)) == 1:
        return methods[0]
    if "welch" in methods:
        return "welch"
    return "seq_dr_overlap" if set(methods) == {"seq_dr", "seq_dr_overlap"} else "mmrm"


def of_differences(one: Result, other: Result) -> Result:
    """The first less the second, of different people."""
    if isinstance(one, Withheld):
        return one
    if isinstance(other, Withheld):
        return other
    parts = [one.std_error**2, other.std_error**2]
    variance = sum(parts)
    df = variance**2 / (parts[0] ** 2 / one.df + parts[1] ** 2 / other.df) if np.isfinite(one.df + other.df) else np.inf
    return Effect(
        one.estimate - other.estimate, variance**0.5, float(df), one.n + other.n, one.n_effective + other.n_effective
    )


def _crude(pair: Pair) -> Result:
    here, there = (_moments(pair, a) for a in (1, 0))
    found = difference(here, there)
    if found is None:
        return Withheld("no_variation")
    return Effect(found.estimate, found.std_error, found.df, here.n + there.n, here.n + there.n)


def _moments(pair: Pair, arm: int) -> Moments:
    values = pair.y[pair.seen & (pair.arm == arm), -1]
    return Moments(len(values), float(values.mean()), float(values.var(ddof=1)))


def _in_both(code: str, parts: Sequence[Mapping[str, Result]]) -> bool:
    return all(code in part for part in parts)


def _arms(asked: Asked, one: Contrast) -> Any:
    return asked.arms[one.arm], asked.arms[one.reference]


def _worst(gates: Sequence[Gate]) -> Gate:
    return "fail" if "fail" in gates else "caution" if "caution" in gates else "pass"


def _margin(asked: Asked) -> float | None:
    own = instruments().get(asked.question.instrument.code)
    return asked.contrast.margin if asked.contrast.margin is not None else own.margin if own else None


def _beside(main: Effect, pairs: Sequence[Pair]) -> dict[str, Any]:
    within = [pair.y[pair.seen & (pair.arm == a), -1].var(ddof=1) for pair in pairs for a in (0, 1)]
    value, detectable = e_values_of_difference(main, float(np.sqrt(np.mean(within)))), smallest_detectable_of(main)
    return {
        "always_valid": always_valid(main, None, is_logarithm=False),
        "e_value": None if value is None else {"estimate": value.estimate, "limit": value.limit},
        "detectable_difference": None if isinstance(detectable, Withheld) else detectable,
    }


def _estimates(
    asked: Asked,
    both: Sequence[Contrast],
    found: Mapping[str, Result],
    parts: Sequence[Mapping[str, Result]],
    method: Method,
    reason: str | None,
) -> list[Estimate]:
    """The headline, the other methods, then the two differences it is made of."""
    order = [method, *(code for code in found if code != method)]
    names = [_side(one) for one in both]
    unit = asked.question.instrument.unit
    made = [_estimate(found[code], code, names[0], names[1], unit, _role(code, method)) for code in order]
    if reason is not None:
        made = [_withheld(asked, both, reason, method), replace(made[0], role="sensitivity"), *made[1:]]
    apart = [
        replace(_estimate(part[method], method, one.arm, one.reference, unit, "sensitivity"), quantity="difference")
        for one, part in zip(both, parts, strict=True)
    ]
    return [*made, *apart]


def _role(code: str, method: str) -> Role:
    return "headline" if code == method else "unadjusted" if code == "welch" else "sensitivity"


def _estimate(result: Result, method: str, arm: str, reference: str, unit: str, role: Role) -> Estimate:
    empty = Estimate("difference_of_differences", method, arm, reference, unit, role=role)
    if isinstance(result, Withheld):
        return replace(empty, reason=result.reason)
    low, high = result.interval()
    p_value = result.p_value()
    p_adjusted = p_value if role == "headline" else None
    return replace(empty, estimate=result.estimate, std_error=result.std_error, ci_lower=low, ci_upper=high,
                   p_value=p_value, p_adjusted=p_adjusted)  # fmt: skip


def _withheld(asked: Asked, both: Sequence[Contrast], reason: str, method: str = "welch") -> Estimate:
    names = [_side(one) for one in both]
    empty = withheld("difference_of_differences", names[0], names[1], asked.question.instrument.unit, reason)
    return replace(empty, method=method)


def _side(one: Contrast) -> str:
    return f"{one.arm} less {one.reference}"


def _name(both: Sequence[Contrast]) -> str:
    return " vs ".join(_side(one) for one in both)


def _warnings(
    asked: Asked, both: Sequence[Contrast], seen: Sequence[Diagnosis], controls: Sequence[Mapping[str, Any]]
) -> list[str]:
    labels = {arm.id: arm.label for arm in asked.question.protocol.arms}
    return [
        f"{labels[one.arm]} against {labels[one.reference].lower()}: {sentence}"
        for one, found, control in zip(both, seen, controls, strict=True)
        for sentence in (*found.fails, *found.thin, *found.cautions, *cautions(control))
    ]
