"""Rates against R."""

import math

import numpy as np
import pytest

from pipeline.studies.estimators.counts import log_rate_ratio
from pipeline.studies.estimators.effect import Array, Codes, Withheld
from tests.studies.estimators.golden import expected, given, numbers, text


def yarn() -> tuple[Array, Array, Codes, Array]:
    tension = np.array(text("warpbreaks", "tension"))
    wool = (np.array(text("warpbreaks", "wool")) == "B").astype(np.int64)
    return numbers("warpbreaks", "breaks"), np.ones(54), wool, np.column_stack([tension == "M", tension == "H"]) * 1.0


def test_poisson_as_r_gives_it() -> None:
    here, r = given(log_rate_ratio(*yarn())), expected("warpbreaks_poisson")
    assert (here.estimate, here.std_error) == pytest.approx((r["estimate"], r["hc1"]), rel=1e-8)


def test_exposure_is_what_a_rate_is_per() -> None:
    count, _, arm, x = yarn()
    here = given(log_rate_ratio(count, np.where(arm == 1, 2.0, 1.0), arm, x))
    assert here.estimate == pytest.approx(given(log_rate_ratio(*yarn())).estimate - math.log(2), rel=1e-8)


def test_what_never_happened_has_no_ratio() -> None:
    count, exposure, arm, x = yarn()
    none = np.where(arm == 1, 0.0, count)
    assert log_rate_ratio(none, exposure, arm, x) == Withheld("no_events")
    assert log_rate_ratio(count, exposure * 0, arm, x) == Withheld("missing_values")
    assert log_rate_ratio(count, exposure, arm * 0, x) == Withheld("no_arm")
    assert log_rate_ratio(count[24:29], exposure[24:29], arm[24:29], np.eye(5)) == Withheld("too_many_covariates")
