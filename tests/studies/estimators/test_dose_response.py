"""The curve against R's natural spline, and the plateau that a straight line hides."""

import numpy as np
import pytest

from pipeline.studies.estimators.dose_response import by_dose, natural_spline, spline_curve, spline_knots
from pipeline.studies.estimators.effect import Array, Withheld
from tests.studies.estimators.golden import expected, given, numbers

DEPTHS = np.array([0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 2.5])
GAIN = np.array([-1.53, 0, 1.88, 3.55, 5.38, 5.39, 4.67])


def test_the_curve_as_r_gives_it() -> None:
    y, age, educ = (numbers("lalonde", name) for name in ("re78", "age", "educ"))
    here, r = given(spline_curve(y, age, educ[:, None], 20.0, np.array([30.0]))[0]), expected("lalonde_spline")
    assert (here.estimate, here.std_error) == pytest.approx((r["estimate"], r["std_error"]), rel=1e-6)


def test_the_curve_is_straight_beyond_the_ends_and_smooth_between() -> None:
    knots = spline_knots(np.linspace(0, 10, 101))
    beyond = natural_spline(np.array([10.0, 11.0, 12.0, -1.0, -2.0, 0.0]), knots)
    assert beyond[2] - beyond[1] == pytest.approx(beyond[1] - beyond[0])
    assert beyond[4] - beyond[3] == pytest.approx(beyond[3] - beyond[5])
    assert beyond.shape[1] == 4


def study(n: int) -> tuple[Array, Array, Array]:
    rng = np.random.default_rng(11)
    which = rng.integers(0, 7, n)
    x = rng.normal(size=(n, 1))
    return GAIN[which] + 2 * x[:, 0] + rng.normal(0, 12, n), DEPTHS[which], x


def test_each_depth_as_it_is_and_the_curve_find_the_plateau() -> None:
    y, depth, x = study(30_000)
    each = by_dose(y, depth, x, 0.5)
    curve = spline_curve(y, depth, x, 0.5, DEPTHS)
    assert sorted(each) == [0.25, 0.75, 1.0, 1.5, 2.0, 2.5]
    for depth_mm, gain in zip(DEPTHS, GAIN, strict=True):
        if depth_mm != 0.5:
            here = given(each[float(depth_mm)])
            assert here.estimate == pytest.approx(gain, abs=4 * here.std_error)
            assert given(curve[DEPTHS.tolist().index(depth_mm)]).estimate == pytest.approx(gain, abs=1.0)
    assert curve[1] == Withheld("no_variation")  # the reference against itself
    assert given(curve[4]).std_error < given(each[1.5]).std_error * 1.05


def test_doses_that_cannot_be_compared() -> None:
    y, depth, x = study(200)
    assert by_dose(y, depth, x, 3.0) == {float(d): Withheld("no_arm") for d in DEPTHS}
    assert set(by_dose(y, y, x, float(y[0])).values()) == {Withheld("too_many_levels")}
    assert spline_curve(y, np.ones(200), x, 1.0, np.array([1.0])) == [Withheld("one_level")]
    holed = np.where(np.arange(200) == 7, np.nan, y)
    assert set(by_dose(holed, depth, x, 0.5).values()) == {Withheld("missing_values")}
    assert spline_curve(holed, depth, x, 0.5, DEPTHS)[0] == Withheld("missing_values")
    depth[0] = 5.0
    assert by_dose(y, depth, x, 0.5)[5.0] == Withheld("one_person")
    assert by_dose(y, depth, (depth == 2.0)[:, None] * 1.0, 0.5)[2.0] == Withheld("separation")
