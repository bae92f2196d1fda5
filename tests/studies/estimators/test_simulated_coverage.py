"""Intervals keep their promise where leaving is modelled, and break it where only those who stayed are looked at.

If weighting completers does not fail here, the simulation is broken, not the method mended.
"""

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest

from pipeline.studies.estimators import linear, mmrm
from pipeline.studies.estimators.dropout import staying
from pipeline.studies.estimators.effect import ArmMeans, Array, Codes, Result, Withheld
from pipeline.studies.estimators.propensity import clipped, propensity
from pipeline.studies.estimators.sequential_doubly_robust import aipw, sequential_doubly_robust
from pipeline.studies.estimators.weighting import balancing_weights, weighted_means
from tests.studies.estimators.golden import given
from tests.studies.estimators.simulated_study import Study, study, truth

REPLICATES = 200
PEOPLE = 2500
COVERS = (0.91, 0.98)
"""What 95% intervals may cover in 200 samples (Monte Carlo error 1.5 points, thrice)."""
HOLDS = ("seq_dr", "seq_dr_overlap", "mmrm", "without_dropout")
FAILS = ("iptw_completers", "aipw_completers", "overlap_completers")


def difference(found: ArmMeans | Withheld) -> Result:
    return found if isinstance(found, Withheld) else found.difference(1, 0)


def chances(arm: Codes, x: Array) -> Array:
    chance = propensity(arm, x)
    assert not isinstance(chance, Withheld)
    return clipped(chance)


def estimates(s: Study) -> Iterator[tuple[str, Result, float]]:
    """Name, result, and the truth it aims at."""
    chance, stayed = chances(s.arm, s.x), np.isfinite(s.y[:, 2])
    y, arm, x = s.y[stayed, 2], s.arm[stayed], s.x[stayed]
    e = chances(arm, x)
    yield "seq_dr", difference(sequential_doubly_robust(s.y, s.arm, s.x, chance)), truth()
    yield "seq_dr_overlap", difference(sequential_doubly_robust(s.y, s.arm, s.x, chance, "ato")), truth(overlap=True)
    yield "mmrm", difference(mmrm.repeated_measures(s.y, s.arm, s.x)), truth()
    yield "without_dropout", linear.g_computation(s.complete[:, 2], s.arm, s.x), truth()
    yield "iptw_completers", difference(weighted_means(y, arm, balancing_weights(e, arm, "ate"))), truth()
    yield (
        "overlap_completers",
        difference(weighted_means(y, arm, balancing_weights(e, arm, "ato"))),
        truth(overlap=True),
    )
    yield "aipw_completers", difference(aipw(y, arm, x, e)), truth()
    stay = staying(s.y, s.arm, s.x, 2)
    assert not isinstance(stay, Withheld)
    weight = balancing_weights(chance, s.arm, "ate")[stayed] / stay.chance[stayed, 2]
    yield "iptw_ipcw", difference(weighted_means(y, arm, weight)), truth()


Simulated = tuple[Counter[str], dict[str, list[float]]]
"""Per estimator how often its interval held the truth, and its errors."""


@pytest.fixture(scope="module")
def simulated() -> Simulated:
    covered, errors = Counter[str](), dict[str, list[float]]()
    for seed in range(REPLICATES):
        for name, result, true in estimates(study(seed, PEOPLE)):
            low, high = given(result).interval()
            covered[name] += low <= true <= high
            errors.setdefault(name, []).append(given(result).estimate - true)
    return covered, errors


@pytest.mark.parametrize("name", HOLDS)
def test_what_models_leaving_keeps_its_promise(simulated: Simulated, name: str) -> None:
    covered, errors = simulated
    low, high = COVERS
    assert low <= covered[name] / REPLICATES <= high
    assert abs(np.mean(errors[name])) < 4 * np.std(errors[name]) / np.sqrt(REPLICATES)


def test_weights_for_choice_and_leaving_err_on_the_wide_side(
    simulated: Simulated,
) -> None:
    assert simulated[0]["iptw_ipcw"] / REPLICATES >= COVERS[0]


@pytest.mark.parametrize("name", FAILS)
def test_looking_only_at_those_who_stayed_fails(simulated: Simulated, name: str) -> None:
    covered, errors = simulated
    assert covered[name] / REPLICATES < 0.80
    assert np.mean(errors[name]) > 0.5


def test_repeated_measures_keep_their_promise_in_small_arms() -> None:
    """Sixty an arm, half of them seen at the end: t quantiles and the raised standard error are enough."""
    studies = [study(seed, 120) for seed in range(REPLICATES)]
    limits = [given(difference(mmrm.repeated_measures(s.y, s.arm, s.x))).interval() for s in studies]
    assert COVERS[0] <= sum(low <= truth() <= high for low, high in limits) / REPLICATES <= COVERS[1]


def test_about_half_are_seen_at_the_end() -> None:
    seen = np.isfinite(study(1, 20_000).y[:, 2])
    assert 0.4 < seen.mean() < 0.6
