"""A comparison that was adjusted, made up so that every part of it can be told apart."""

from typing import Any

from pipeline.contract.results import Arm, Comparison, Estimate

ARMS = (Arm("a", "Arm A", 30, 25, 20), Arm("b", "Arm B", 60, 50, 40), Arm("c", "Arm C", 50, 50, 50))

NUMBERS: dict[str, Any] = {
    "contrast": "a vs b",
    "margin": 4.3,
    "n_left_out": 7,
    "outside_overlap": 0.031,
    "balance": [
        {"covariate": "baseline", "before": -0.4, "after": 0.02},
        {"covariate": "sex=female", "before": 0.5, "after": None},
    ],
    "effective": [{"n": 25, "n_effective": 21.4}, {"n": 50, "n_effective": 33.0}],
    "e_value": {"estimate": 2.23, "limit": 1.57},
    "tipping_point": -11.5,
    "detectable_difference": 6.81,
    "if_leavers_did_worse": [
        {"arm": arm, "reference": other, "estimate": 5.0 + arm, "ci_lower": 1.0, "ci_upper": 9.0}
        for arm in (0.0, -4.3)
        for other in (0.0, -4.3)
    ],
}


def estimate(arm: str, value: float | None, role: str, method: str = "mmrm", **more: Any) -> Estimate:
    limits = (None, None, None) if value is None else (1.0, value - 2, value + 2)
    return Estimate(
        more.pop("quantity", "difference"),
        method,
        arm,
        "b",
        more.pop("unit", "/cm2"),
        value,
        *limits,
        role=role,
        **more,
    )


def comparison(*estimates: Estimate, **more: Any) -> Comparison:
    """Arm A is given, arm C withheld with its figure opened; `estimates` take the place of both."""
    given = estimates or (
        estimate("a", 5.0, "headline", p_value=0.001, p_adjusted=0.002),
        estimate("a", 4.0, "sensitivity", "ancova", p_value=0.01),
        estimate("a", None, "sensitivity", "seq_dr", reason="skipped_visits"),
        estimate("a", 3.0, "unadjusted", "welch", p_value=0.2),
        estimate("c", None, "headline", reason="failed_diagnostics"),
        estimate("c", 9.0, "sensitivity"),
        estimate("c", 8.0, "unadjusted", "welch"),
        Estimate("mean", "welch", "a", None, "/cm2", 6.0, 1.0, 4.0, 8.0),
    )
    diagnostics = {"contrasts": [NUMBERS], "certificate": {"version": "v", "frozen_at": None, "is_exploratory": True}}
    return Comparison(
        version="v",
        study=None,
        estimand={"unit": "/cm2", "week": 24, "by": "depth", "where": [], "reference": "b"},
        attrition=(("all participants", 100), ("result recorded", 80)),
        arms=ARMS,
        estimates=given,
        diagnostics=more.pop("diagnostics", diagnostics),
        **more,
    )
