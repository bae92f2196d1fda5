"""Kaplan-Meier against R, weights and changing weights, and the discrete-time hazard."""

import numpy as np
import pytest

from pipeline.studies.estimators.discrete_hazard import log_hazard_ratio
from pipeline.studies.estimators.effect import Withheld
from pipeline.studies.estimators.survival import (
    Spells,
    difference,
    happened_by,
    kaplan_meier,
    log_rank,
    mean_time_free,
)
from tests.studies.estimators.golden import expected, given, numbers


def lung(sex: int) -> Spells:
    own = numbers("lung", "sex") == sex
    return Spells.of_people(numbers("lung", "time")[own], (numbers("lung", "status")[own] == 2).astype(np.int64))


@pytest.mark.parametrize("sex", [1, 2])
def test_lung_as_r_gives_it(sex: int) -> None:
    r = expected("lung_km")
    assert kaplan_meier(lung(sex)).median() == r[f"median_{sex}"]
    died, mean = given(happened_by(lung(sex), 180)), given(mean_time_free(lung(sex), 365))
    assert (1 - died.estimate, died.std_error) == pytest.approx((r[f"free_{sex}"], r[f"se_{sex}"]), rel=1e-9)
    assert (mean.estimate, mean.std_error) == pytest.approx((r[f"rmst_{sex}"], r[f"rmst_se_{sex}"]), rel=1e-9)


def test_difference_of_risks() -> None:
    r = expected("lung_km")
    here = given(difference(happened_by(lung(2), 180), happened_by(lung(1), 180)))
    assert here.estimate == pytest.approx(r["free_1"] - r["free_2"], rel=1e-8)
    assert here.std_error == pytest.approx(np.hypot(r["se_1"], r["se_2"]), rel=1e-8)
    assert here.n == 228


def test_log_rank_as_r_gives_it() -> None:
    time, died = numbers("lung", "time"), (numbers("lung", "status") == 2).astype(np.int64)
    found = log_rank(time, died, (numbers("lung", "sex") == 2).astype(np.int64))
    assert not isinstance(found, Withheld)
    assert found[0] == pytest.approx(expected("lung_logrank")["chi2"], rel=1e-9)
    assert found[1] == pytest.approx(0.00131, abs=1e-5)


def test_weights_as_r_gives_them() -> None:
    spells = Spells.of_people(
        numbers("lung", "time"), (numbers("lung", "status") == 2).astype(np.int64), numbers("lung", "age") / 50
    )
    here, r = given(happened_by(spells, 180)), expected("lung_weighted_km")
    assert (1 - here.estimate, here.std_error) == pytest.approx((r["free"], r["se"]), rel=1e-8)
    assert here.n_effective < here.n == 228


def test_time_cut_into_pieces_is_the_same_time() -> None:
    """One row to day 90 and one from there on; the first has no event."""
    whole = lung(1)
    late = whole.stop > 90
    cut = Spells(
        np.concatenate([whole.person, whole.person[late]]),
        np.concatenate([whole.start, np.full(late.sum(), 90.0)]),
        np.concatenate([np.minimum(whole.stop, 90), whole.stop[late]]),
        np.concatenate([np.where(late, 0, whole.event), whole.event[late]]),
        np.ones(len(whole.stop) + late.sum()),
    )
    for ask in (happened_by, mean_time_free):
        one, two = given(ask(whole, 300)), given(ask(cut, 300))
        assert (one.estimate, one.std_error) == pytest.approx((two.estimate, two.std_error), rel=1e-12)
        assert one.n == two.n


def test_weights_for_leaving_undo_it() -> None:
    """At visit 1 half of those with u = 1 leave at random; u = 1 responds at visit 2 twice as often."""
    rng = np.random.default_rng(4)
    n = 40_000
    u, stays = rng.integers(0, 2, n), rng.random(n) < 0.5
    responds = rng.random(n) < np.where(u == 1, 0.6, 0.3)
    seen = np.flatnonzero((u == 0) | stays)
    person = np.concatenate([np.arange(n), seen])
    start, stop = (np.repeat(edges, [n, len(seen)]) for edges in ([0.0, 1.0], [1.0, 2.0]))
    event = np.concatenate([np.zeros(n, dtype=np.int64), responds[seen].astype(np.int64)])
    weight = np.concatenate([np.ones(n), np.where(u[seen] == 1, 2.0, 1.0)])
    here = given(happened_by(Spells(person, start, stop, event, weight), 2))
    naive = given(happened_by(Spells(person, start, stop, event, np.ones(len(person))), 2))
    assert here.estimate == pytest.approx(0.45, abs=4 * here.std_error)
    assert naive.estimate < 0.45 - 4 * naive.std_error


def test_what_was_not_followed_is_not_told() -> None:
    assert happened_by(lung(1), 3000) == Withheld("beyond_follow_up")
    assert happened_by(lung(1), 1) == Withheld("no_events")
    nobody = Spells.of_people(np.array([]), np.array([], dtype=np.int64))
    assert happened_by(nobody, 10) == Withheld("no_arm")
    assert difference(happened_by(nobody, 10), happened_by(lung(1), 180)) == Withheld("no_arm")
    assert difference(happened_by(lung(1), 180), happened_by(nobody, 10)) == Withheld("no_arm")
    assert happened_by(Spells.of_people(np.array([5.0]), np.array([1])), 5) == Withheld("one_person")
    everybody = Spells.of_people(np.array([1.0, 2.0]), np.array([1, 1]))
    assert happened_by(everybody, 2) == Withheld("no_variation")
    assert log_rank(np.array([1.0, 2.0]), np.array([0, 0]), np.array([0, 1])) == Withheld("no_events")
    assert log_rank(np.array([1.0, 2.0]), np.array([1, 0]), np.array([1, 1])) == Withheld("no_arm")
    assert kaplan_meier(Spells.of_people(np.array([3.0, 4.0]), np.array([0, 1]))).free_at(1) == 1
    assert kaplan_meier(Spells.of_people(np.array([3.0, 3.0, 4.0]), np.array([1, 0, 0]))).median() is None


def test_hazard_at_visits_as_r_gives_it() -> None:
    """Wheeze of children, several visits each; uncertainty by child."""
    columns = [numbers("ohio", name).astype(np.int64) for name in ("id", "age", "resp", "smoke")]
    here, r = given(log_hazard_ratio(*columns, np.zeros((2148, 0)))), expected("ohio_cloglog")
    assert here.estimate == pytest.approx(r["estimate"], rel=1e-8)
    assert here.std_error == pytest.approx(r["std_error"], rel=1e-6)
    assert here.n == 537


def test_a_hazard_of_nought_has_no_ratio() -> None:
    person, visit, arm = np.arange(20), np.zeros(20, dtype=np.int64), np.arange(20) % 2
    none = np.zeros((20, 0))
    assert log_hazard_ratio(person, visit, arm, arm, none) == Withheld("no_events")
    assert log_hazard_ratio(person, visit, arm, np.ones(20, dtype=np.int64), none) == Withheld("no_arm")
    later = np.repeat([0, 1], 10)  # at the second visit nobody responds
    event = (np.arange(20) % 3 == 0) * (later == 0)
    assert log_hazard_ratio(person, later, event.astype(np.int64), arm, none) == Withheld("separation")
