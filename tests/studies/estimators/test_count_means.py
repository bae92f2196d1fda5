"""A ratio of mean counts, had nobody chosen the arm or left, where the truth is known."""

import numpy as np
import pytest
from scipy import special

from pipeline.studies.estimators.count_means import count_means, log_ratio
from pipeline.studies.estimators.counts import log_rate_ratio
from pipeline.studies.estimators.dropout import staying, staying_until_left
from pipeline.studies.estimators.effect import ArmMeans, Array, Codes, Effect, Withheld
from pipeline.studies.estimators.propensity import clipped, propensity
from tests.studies.estimators.golden import given


class People:
    """Who is worse off needles more and sheds more; who sheds more leaves, in the needling arm sooner."""

    def __init__(self, seed: int, n: int) -> None:
        rng = np.random.default_rng(seed)
        self.x = np.column_stack([rng.integers(0, 5, n), rng.normal(size=n)]).astype(np.float64)
        self.arm: Codes = (rng.random(n) < special.expit(0.8 * (self.x[:, 0] - 2))).astype(np.int64)
        early = rng.poisson(self.mean(self.arm)) - self.mean(0 * self.arm)
        self.count = rng.poisson(self.mean(self.arm)).astype(np.float64)
        self.early = -early
        stays = special.expit(1 + (0.15 + 0.1 * self.arm) * self.early - 0.4 * (self.x[:, 0] - 2) - 0.5 * self.arm)
        self.count[rng.random(n) > stays] = np.nan
        self.y = np.column_stack([self.early, -self.count])

    def mean(self, arm: Codes) -> Array:
        return np.asarray(np.exp(2.3 + 0.2 * self.x[:, 0] - 0.4 * arm + 0.05 * arm * self.x[:, 0]))

    @property
    def truth(self) -> float:
        every = np.ones_like(self.arm)
        return float(np.log(self.mean(every).mean() / self.mean(0 * every).mean()))

    def ratio(self, x: Array, chance: Array, stays: Array) -> Effect:
        means = count_means(self.count, self.arm, x, chance, stays)
        assert isinstance(means, ArmMeans)
        return given(log_ratio(means, 1, 0))


@pytest.fixture(scope="module")
def people() -> People:
    return People(4, 20_000)


def chances(people: People) -> tuple[Array, Array]:
    chance, stay = propensity(people.arm, people.x), staying_until_left(people.y, people.arm, people.x, 2)
    assert isinstance(chance, np.ndarray)
    assert not isinstance(stay, Withheld)
    return clipped(chance), stay.chance[:, -1]


def misses_by(found: Effect, truth: float) -> float:
    return abs(found.estimate - truth) / found.std_error


def test_it_is_right_and_those_who_stayed_as_they_are_are_not(people: People) -> None:
    chance, stays = chances(people)
    assert misses_by(people.ratio(people.x, chance, stays), people.truth) < 2.5
    seen = np.isfinite(people.count)
    none = np.zeros((int(seen.sum()), 0))
    crude = given(log_rate_ratio(people.count[seen], np.ones(len(none)), people.arm[seen], none))
    assert misses_by(crude, people.truth) > 4


def test_it_is_right_if_either_side_is(people: People) -> None:
    chance, stays = chances(people)
    nothing = np.zeros((len(people.arm), 0))
    assert misses_by(people.ratio(nothing, chance, stays), people.truth) < 2.5  # the counts are not modelled
    even = np.full_like(chance, 0.5)
    assert misses_by(people.ratio(people.x, even, np.full_like(stays, 0.5)), people.truth) < 3  # the choice is not
    assert misses_by(people.ratio(nothing, even, np.full_like(stays, 0.5)), people.truth) > 4  # neither is


def test_without_choice_leaving_or_covariates_it_is_the_ratio_of_means() -> None:
    rng = np.random.default_rng(3)
    arm, count = np.arange(400) % 2, rng.poisson(5, 400).astype(np.float64)
    means = count_means(count, arm, np.zeros((400, 0)), np.full((400, 2), 0.5), np.ones(400))
    assert isinstance(means, ArmMeans)
    assert means.means.tolist() == pytest.approx([count[arm == 0].mean(), count[arm == 1].mean()])
    here = given(log_ratio(means, 1, 0))
    there = given(log_rate_ratio(count, np.ones(400), arm, np.zeros((400, 0))))
    assert (here.estimate, here.std_error) == pytest.approx((there.estimate, there.std_error), rel=5e-3)


def test_whoever_comes_back_had_not_left() -> None:
    rng = np.random.default_rng(5)
    y, arm, x = rng.normal(size=(600, 3)), np.arange(600) % 2, np.zeros((600, 0))
    y[rng.random(600) < 0.2, 2] = np.nan
    whole = staying(y, arm, x, 2)
    skipped = y.copy()
    skipped[:200, 1] = np.nan
    assert staying(skipped, arm, x, 2) == Withheld("skipped_visits")
    back = staying_until_left(skipped, arm, x, 2)
    assert not isinstance(whole, Withheld)
    assert not isinstance(back, Withheld)
    came = np.isfinite(y[:, 2])
    assert (back.seen[:, 2] == came).all()
    assert back.chance[came, 2].mean() == pytest.approx(whole.chance[came, 2].mean(), abs=0.01)


def test_counts_that_cannot_be_compared() -> None:
    arm, even = np.arange(40) % 2, np.full((40, 2), 0.5)
    count, x = (np.arange(40) % 7).astype(np.float64), np.zeros((40, 0))
    never = np.where(arm == 1, 0.0, count)
    assert count_means(never, arm, x, even, np.ones(40)) == Withheld("no_events")
    gone = np.where(arm == 1, np.nan, count)
    assert count_means(gone, arm, x, even, np.ones(40)) == Withheld("all_dropped_out")
    assert count_means(count, arm, arm[:, None] * 1.0, even, np.ones(40)) == Withheld("separation")
