"""The linear model against R, and cells against the raw rows they stand for."""

import numpy as np
import pytest
import statsmodels.api as sm

from pipeline.studies.estimators import linear
from pipeline.studies.estimators.effect import Withheld
from pipeline.studies.estimators.linear import Correction, Sums
from pipeline.studies.estimators.welch import Moments, difference
from tests.studies.estimators.golden import expected, given, lalonde

CORRECTIONS: tuple[Correction, ...] = ("hc0", "hc1", "hc2", "hc3")


@pytest.mark.parametrize("correction", CORRECTIONS)
def test_ancova_as_r_gives_it(correction: Correction) -> None:
    here, r = given(linear.ancova(*lalonde(), correction)), expected("lalonde_ancova")
    assert here.estimate == pytest.approx(r["estimate"], rel=1e-9)
    assert here.std_error == pytest.approx(r[correction], rel=1e-9)
    assert (here.df, here.n) == (614 - 10, 614)


def test_the_naive_difference_as_r_gives_it() -> None:
    y, treated, _ = lalonde()
    arms = [Moments(len(own), own.mean(), own.var(ddof=1)) for own in (y[treated == 1], y[treated == 0])]
    here, r = difference(*arms), expected("lalonde_naive")
    assert here is not None
    assert (here.estimate, here.std_error) == pytest.approx((r["estimate"], r["std_error"]), rel=1e-9)


def test_g_computation_as_r_gives_it() -> None:
    here, r = given(linear.g_computation(*lalonde())), expected("lalonde_g_computation")
    assert (here.estimate, here.std_error) == pytest.approx((r["estimate"], r["std_error"]), rel=1e-9)


def test_the_headline_uses_hc3_and_t() -> None:
    here = given(linear.ancova(*lalonde()))
    raw = sm.OLS(lalonde()[0], sm.add_constant(np.column_stack(lalonde()[1:]))).fit(cov_type="HC3", use_t=True)
    assert here.interval() == pytest.approx(tuple(raw.conf_int()[1]), rel=1e-8)
    assert here.p_value() == pytest.approx(raw.pvalues[1], rel=1e-8)


@pytest.mark.parametrize("correction", CORRECTIONS)
def test_cross_products_and_a_second_pass_give_what_raw_rows_give(correction: Correction) -> None:
    y, treated, x = lalonde()
    design = np.column_stack([np.ones(len(y)), treated, x])
    halves = [Sums.of_rows(design[part], y[part]) for part in (slice(0, 300), slice(300, None))]
    whole = Sums(614, halves[0].xx + halves[1].xx, halves[0].xy + halves[1].xy, halves[0].yy + halves[1].yy)
    fitted = whole.fit(whole.meat_of_rows(design, y, correction), correction)
    assert not isinstance(fitted, Withheld)
    here, there = given(fitted.contrast(np.eye(10)[1])), given(linear.ancova(y, treated, x, correction))
    assert (here.estimate, here.std_error) == pytest.approx((there.estimate, there.std_error), rel=1e-10)
    assert fitted.spread == pytest.approx(y.std())


@pytest.mark.parametrize("correction", CORRECTIONS)
def test_g_computation_needs_no_mean_beforehand(correction: Correction) -> None:
    """From cross products of uncentred columns: the covariates' means stand in the first row of X'X."""
    y, treated, x = lalonde()
    design = np.column_stack([np.ones(len(y)), treated, x, x * treated[:, None]])
    sums = Sums.of_rows(design, y)
    fitted = sums.fit(sums.meat_of_rows(design, y, correction), correction)
    assert not isinstance(fitted, Withheld)
    row = np.concatenate([[0, 1], np.zeros(8), sums.xx[0, 2:10] / sums.n])
    here, there = given(fitted.contrast(row)), given(linear.g_computation(y, treated, x, correction))
    assert (here.estimate, here.std_error) == pytest.approx((there.estimate, there.std_error), rel=1e-10)


def test_a_repeated_covariate_changes_nothing() -> None:
    y, treated, x = lalonde()
    once, twice = linear.ancova(y, treated, x), linear.ancova(y, treated, np.column_stack([x, x[:, 0] * 3 + 1]))
    assert given(twice).std_error == pytest.approx(given(once).std_error, rel=1e-8)
    assert given(twice).df == given(once).df


def test_the_unit_of_a_covariate_changes_nothing() -> None:
    y, treated, x = lalonde()
    assert given(linear.ancova(y, treated, x * 1e6)).std_error == pytest.approx(
        given(linear.ancova(y, treated, x)).std_error, rel=1e-9
    )


def test_one_person_of_a_kind_neither_helps_nor_blocks() -> None:
    """A level that one person has takes that person out of the comparison; HC3 stays defined."""
    y, treated, x = lalonde()
    alone = np.eye(len(y))[:, :1]
    here, without = linear.ancova(y, treated, np.column_stack([x, alone])), linear.ancova(y[1:], treated[1:], x[1:])
    assert given(here).std_error == pytest.approx(given(without).std_error, rel=1e-8)


def test_an_answer_that_rests_on_one_person_is_withheld() -> None:
    y, treated, x = lalonde()
    alone = np.eye(len(y))[:, :1] + np.eye(len(y))[:, 400:401]  # one treated and one other person of a kind
    assert linear.g_computation(y, treated, np.column_stack([x, alone])) == Withheld("one_person_decides")
