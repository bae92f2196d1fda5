"""Turnbull's estimate against what is known of it, and its interval over many samples of people."""

import numpy as np
import pytest
from scipy import stats

from pipeline.studies.estimators.clustered_share import ClusterTotals, ratio_of_totals, share_of
from pipeline.studies.estimators.effect import Withheld
from pipeline.studies.estimators.time_to_recovery import NEVER, OverBy, Recovery, Spans, recovery


def spans(low: list[int], high: list[int], n: list[int] | None = None) -> Spans:
    rows = len(low)
    codes = (np.arange(rows) % 10, np.array(low), np.array(high), np.array(n or [1] * rows))
    return Spans(*(code.astype(np.int64) for code in codes), people=rows)  # type: ignore[misc]


def found(given: Spans) -> Recovery:
    answer = recovery(given)
    assert isinstance(answer, Recovery)
    return answer


def test_told_times_and_times_not_yet_over_give_kaplan_and_meier() -> None:
    times, seen = np.array([3, 5, 5, 8, 10, 12, 15, 20]), np.array([1, 1, 0, 1, 0, 1, 1, 0])
    low = np.where(seen == 1, times - 1, times)
    answer = found(spans(low.tolist(), np.where(seen == 1, times, NEVER).tolist()))
    survival, at_risk = 1.0, len(times)
    for t in np.unique(times):
        here = times == t
        survival *= 1 - seen[here].sum() / at_risk
        at_risk -= here.sum()
        assert answer.by(int(t)).least.estimate == pytest.approx(1 - survival, abs=1e-5)


def test_intervals_of_the_breast_cosmesis_kind_share_out_their_mass() -> None:
    # (0, 4], (2, 6], (5, 9]: all mass can lie in (2, 4] and (5, 6], a third of it undecided
    answer = found(spans([0, 2, 5], [4, 6, 9]))
    assert list(zip(answer.low.tolist(), answer.high.tolist(), strict=True)) == [(2, 4), (5, 6)]
    assert answer.mass[0].sum() == pytest.approx(1)
    assert answer.mass[0, 0] == pytest.approx(0.5, abs=1e-3)


def test_an_hour_inside_an_innermost_interval_has_two_bounds() -> None:
    over = found(spans([0] * 20, [48] * 20)).by(24)
    assert isinstance(over, OverBy)
    assert (over.least.estimate, over.most.estimate) == (0, 1)


def test_the_median_is_none_where_half_were_never_seen_to_be_over() -> None:
    assert found(spans([5] * 12, [NEVER] * 12)).median() is None
    assert found(spans([5] * 12, [6] * 12)).median() == 6


def test_nobody_and_one_person_are_no_estimate() -> None:
    assert recovery(Spans(*(np.zeros(0, dtype=np.int64),) * 4, people=0)) == Withheld("no_arm")
    assert recovery(Spans(*(np.ones(1, dtype=np.int64),) * 4, people=1)) == Withheld("one_person")


def test_the_interval_of_a_share_of_clustered_sessions_keeps_its_promise() -> None:
    held_rate, held_naive = [], []
    for seed in range(400):
        rng = np.random.default_rng(seed)
        m = rng.integers(1, 12, 60)
        y = rng.binomial(m, rng.beta(0.4, 3.6, 60))
        share = ratio_of_totals(ClusterTotals(60, m.sum(), y.sum(), (m * m).sum(), (m * y).sum(), (y * y).sum()))
        assert share is not None
        low, high = share.interval()
        held_rate.append(low <= 0.1 <= high)
        exact = stats.binomtest(int(y.sum()), int(m.sum())).proportion_ci(method="exact")
        held_naive.append(exact.low <= 0.1 <= exact.high)
    assert np.mean(held_rate) > 0.92
    assert np.mean(held_naive) < 0.85


def test_limits_are_clopper_and_pearson_where_everybody_has_one_session() -> None:
    share = ratio_of_totals(ClusterTotals(200, 200, 30, 200, 30, 30))
    assert share is not None
    exact = stats.binomtest(30, 200).proportion_ci(method="exact")
    assert share.interval() == pytest.approx((exact.low, exact.high), abs=2e-3)
    assert share.p_value(0.15) == pytest.approx(1, abs=0.1)
    assert share.p_value(exact.low) == pytest.approx(0.05, abs=3e-3)
    assert share.p_value(exact.high) == pytest.approx(0.05, abs=3e-3)


def test_a_share_of_none_or_all_is_known_as_well_as_people_are_many() -> None:
    none = share_of(0.0, 0.0, 500, 40, 39)
    assert none.interval() == pytest.approx((0, 1 - 0.025 ** (1 / 40)))
    assert share_of(1.0, 0.0, 500, 40, 39).interval()[1] == 1
    assert none.p_value(0.5) < 1e-6
    assert ratio_of_totals(ClusterTotals(1, 5, 1, 25, 5, 1)) is None
    assert ratio_of_totals(ClusterTotals(0, 0, 0, 0, 0, 0)) is None
