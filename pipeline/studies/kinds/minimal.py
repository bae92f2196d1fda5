"""Is the change of one arm minimal? Its mean, had nobody stopped reporting, against a limit.

Nothing is compared, so the choice of arm needs no adjusting: what is asked is how far these people came.
What they would have come without needling is another study.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import duckdb
import numpy as np
from threadpoolctl import threadpool_limits

from pipeline.contract.instruments import instruments
from pipeline.contract.methods import MIN_DOUBLY_ROBUST
from pipeline.contract.results import Arm, Comparison, Estimate, Gate, Role
from pipeline.studies.contrasts.adjusted import distinct, pooled
from pipeline.studies.contrasts.caveats import adjusted_caveats
from pipeline.studies.contrasts.headline import MIN_ADJUSTED
from pipeline.studies.contrasts.looking_often import always_valid
from pipeline.studies.estimators.design import Design
from pipeline.studies.estimators.dropout import SKIPPED_LIMIT, Seen, skipped_share
from pipeline.studies.estimators.effect import Array, Effect, Result, Withheld, effect
from pipeline.studies.estimators.inputs import Covariates, covariates
from pipeline.studies.estimators.one_arm import doubly_robust_mean, repeated_measures_mean
from pipeline.studies.estimators.power import smallest_detectable_of
from pipeline.studies.estimators.words import Words
from pipeline.studies.kinds.asked import Asked, ask_kind, estimand, withheld, without
from pipeline.studies.people.frame import Frame, chosen_of
from pipeline.studies.protocols.protocol import Protocol

MOSTLY_INFERRED = 0.5
"""Under this share of people due with a result, most of the answer is inferred from those like them (judgement)."""


@dataclass(frozen=True)
class Single:
    """The people of one arm: `y` people x visits, NaN where not seen, and what is known of them at the start."""

    y: Array
    given: Covariates

    @property
    def x(self) -> Design:
        """What is adjusted for."""
        return self.given.design

    @cached_property
    def seen(self) -> Seen:
        return np.isfinite(self.y[:, -1])

    @property
    def n(self) -> int:
        """People with a result."""
        return int(self.seen.sum())


def single_of(frame: Frame, arm: str) -> Single:
    """Rare words taken together, as in a comparison of arms, and no column that follows from others."""
    own = frame.arm == frame.arms.index(arm)
    y = frame.visits[own]
    seen = np.isfinite(y[:, -1])
    columns: dict[str, Any] = {
        name: pooled(here, seen) if isinstance(here, Words) else here
        for name, here in chosen_of(frame.covariates, own).items()
    }
    return Single(y, distinct(covariates(columns), seen))


def answer_minimal(con: duckdb.DuckDBPyConnection, protocol: Protocol, version: str | None) -> Comparison:
    """The mean change of the contrast's arm; the limit stands in the diagnostics, the verdict is `claims`'."""
    asked = ask_kind(con, protocol, version, "mean")
    if isinstance(asked, Comparison):
        return asked
    arm, unit = asked.contrast.arm, asked.question.instrument.unit
    if reason := asked.missing([arm]):
        return without(asked, withheld("mean", arm, None, unit, reason))
    one = single_of(asked.frame, arm)
    with threadpool_limits(1, "blas"):
        found = dict(_methods(one))
    method = method_of(one)
    main = found[method]
    if isinstance(main, Withheld):
        return without(asked, withheld("mean", arm, None, unit, main.reason))
    return _told(asked, one, found, method, main)


def method_of(one: Single) -> str:
    """The rule of the headline, for one arm: too few to adjust, repeated measures, sequential doubly robust."""
    if one.n < MIN_ADJUSTED:
        return "welch"
    return "seq_dr" if one.n >= MIN_DOUBLY_ROBUST and skipped_share(one.y) <= SKIPPED_LIMIT else "mmrm"


def _methods(one: Single) -> Iterator[tuple[str, Result]]:
    if one.n >= MIN_ADJUSTED:
        yield "seq_dr", doubly_robust_mean(one.y, one.x)
        yield "mmrm", repeated_measures_mean(one.y, one.x)
    values = one.y[one.seen, -1]
    yield (
        "welch",
        effect(float(values.mean()), float(values.var(ddof=1)) / one.n, one.n - 1, one.n, one.n, _size(values)),
    )


def _size(values: Array) -> float:
    return float(np.abs(values).max())


def _told(asked: Asked, one: Single, found: Mapping[str, Result], method: str, main: Effect) -> Comparison:
    arm, limit = asked.arms[asked.contrast.arm], asked.contrast.margin
    cautions = list(_cautions(arm, method))
    gate: Gate = "caution" if cautions else "pass"
    order = [method, *(code for code in found if code != method)]
    estimates = [_estimate(asked, found[code], code, _role(code, method)) for code in order]
    numbers = {
        "contrast": arm.arm, "headline": method, "gate": gate, "n": len(one.y), "limit": limit,
        "adjusted_for": list(one.given.names) if method != "welch" else [],
        "skipped_a_visit": skipped_share(one.y),
        **_limits(main, limit, arm, asked.question.instrument.code),
    }  # fmt: skip
    rest = [e for e in asked.crude.estimates if e.arm != arm.arm and e.reference is None]
    return replace(
        asked.crude,
        estimand={
            **asked.crude.estimand,
            **estimand(
                asked, [arm.arm], "mean", "taken as those like them who stayed" if method != "welch" else "left out"
            ),
        },
        estimates=(*estimates, *rest),
        diagnostics={**asked.crude.diagnostics, "contrasts": [numbers]},
        gate=gate,
        warnings=(*cautions, _NOT_COMPARED, *adjusted_caveats(asked.crude.warnings, method != "welch")[1:]),
    )


_NOT_COMPARED = (
    "This is how far people came, not what needling did: some would have changed without it, and a low value at the "
    "start tends to rise by itself."
)


def _role(code: str, method: str) -> Role:
    return "headline" if code == method else "unadjusted" if code == "welch" else "sensitivity"


def _cautions(arm: Arm, method: str) -> Iterator[str]:
    if method == "welch":
        yield "There are too few people to adjust for who left, so only those with a result count."
    if arm.retention is not None and arm.retention < MOSTLY_INFERRED:
        yield f"{arm.retention:.0%} of the people due have a result: most of the answer is inferred."


def _limits(main: Effect, limit: float | None, arm: Arm, instrument: str) -> dict[str, Any]:
    """How the mean stands to its limit; and how much further those who left would have to have come to reach it."""
    known = instruments().get(instrument)
    detectable = smallest_detectable_of(main)
    missing = 1 - arm.n_observed / arm.n_due
    room = math.nan if limit is None else limit - main.interval()[1]
    return {
        "margin": known.margin if known else None,
        "always_valid": always_valid(main, None, is_logarithm=False, null=limit or 0.0),
        "detectable_difference": None if isinstance(detectable, Withheld) else detectable,
        "tipping_point": room / missing if missing > 0 and math.isfinite(room) and room > 0 else None,
    }


def _estimate(asked: Asked, result: Result, method: str, role: Role) -> Estimate:
    """The p-value is that of a mean equal to the limit."""
    limit = asked.contrast.margin
    empty = Estimate("mean", method, asked.contrast.arm, None, asked.question.instrument.unit, role=role)
    if isinstance(result, Withheld):
        return replace(empty, reason=result.reason)
    low, high = result.interval()
    found = replace(empty, estimate=result.estimate, std_error=result.std_error, ci_lower=low, ci_upper=high)
    return replace(found, reason="no_test") if limit is None else replace(found, p_value=result.p_value(limit))
