"""Answers of the pages of curves, made up so that every part can be told apart."""

from typing import Any

from pipeline.contract.curves import (
    Course,
    DepthFrequencyMap,
    DoseResponse,
    Leaving,
    Level,
    Point,
    Step,
    TimeToResponse,
    Trajectories,
    Trajectory,
    Visit,
)  # fmt: skip

ESTIMAND: dict[str, Any] = {"unit": "/cm2", "week": 24, "landmark_days": 84}


def level(code: str, value: float | None, **more: Any) -> Level:
    limits = {} if value is None else {"std_error": 1.0, "ci_lower": value - 2, "ci_upper": value + 2,
                                       "all_lower": value - 3, "all_upper": value + 3, "pooled": value / 2}  # fmt: skip
    own = {"n": 50, "n_observed": 40, "estimate": value, **limits, **more}
    return Level(code, f"{code} mm", **own)


REFERENCE = Level("b", "b mm", 90, 80, is_reference=True, dose=0.5, estimate=0.0, pooled=0.0)
FEW = level("d", None, n=4, n_observed=3, dose=2.0, reason="too_few_to_adjust")
UNLIKE = level("e", None, n=70, n_observed=60, dose=2.5, reason="no_overlap")
NOBODY = level("f", None, n=0, n_observed=0, reason="too_few_to_adjust")


def doses(*levels: Level, **more: Any) -> DoseResponse:
    shown = levels or (level("a", -1.0, dose=0.25), REFERENCE, level("c", 5.0, dose=1.5), FEW)
    return DoseResponse("v", ESTIMAND, (), (), None, shown, **more)


CURVE = (Point(0.25, -1.0, -2.0, 0.0, -3.0, 1.0), Point(1.5, 5.0, 4.0, 6.0, 3.0, 7.0))


def cells(*levels: Level) -> DepthFrequencyMap:
    return DepthFrequencyMap("v", ESTIMAND, (), (), None, levels)


VISITS = (
    Visit(12, 45, True, 2.0, 0.5, 1.0, 3.0),
    Visit(24, 40, False, 4.0, 0.5, 3.0, 5.0),
)
GAPS = (Visit(12, 8, True, reason="too_few"), Visit(24, 3, False, reason="too_few"))
LEAVING = Leaving(24, 50, 20, 10, ((None, 6), ("lost", 4)))

ARMS = (
    Trajectory("a", "Arm A", 50, VISITS, VISITS, 48, leaving=LEAVING),
    Trajectory("b", "Arm B", 9, GAPS, reason="too_few_to_adjust"),
)


def courses(**more: Any) -> Trajectories:
    return Trajectories("v", ESTIMAND, (), (), more.pop("reason", None), 48, more.pop("arms", ARMS))


STEPS = (Step(12, 50, 5, 0.1, 0.02, 0.18), Step(24, 40, 6, 0.25, 0.15, 0.35))

RESPONSES = TimeToResponse(
    "v", ESTIMAND, (), (), None, "Gain of 21 hairs/cm2",
    (
        Course("a", "Arm A", 60, STEPS, difference=0.12, ci_lower=0.02, ci_upper=0.22, p_value=0.02),
        Course("b", "Arm B", 70, STEPS, is_reference=True),
        Course("c", "Arm C", 9, reason="too_few_to_adjust"),
        Course("d", "Arm D", 55, STEPS, difference=-0.03, ci_lower=-0.1, ci_upper=0.04, p_value=0.4),
    ),
)  # fmt: skip
