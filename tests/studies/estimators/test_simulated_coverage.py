"""Intervals keep their promise where leaving is modelled, and break it where only those who stayed are looked at.

The short version of `make coverage`. If weighting completers does not fail here, the simulation is broken, not the
method mended.
"""

from typing import Any

import numpy as np
import pytest

from benchmarks.coverage.cells import Cell
from benchmarks.coverage.found import share, summary
from benchmarks.coverage.registry import WORLDS, World
from benchmarks.coverage.worlds import linear, truth
from pipeline.studies.estimators import mmrm
from pipeline.studies.estimators.effect import Effect, Withheld

REPLICATES, SMALL_REPLICATES = 150, 100
PER_ARM = 1250
COVERS = (0.91, 0.98)
"""What 95% intervals may cover in 150 samples (Monte Carlo error 1.8 points; in 100, 2.2)."""
HOLDS = ("headline", "seq_dr", "seq_dr_overlap", "mmrm")
FAILS = ("iptw", "aipw", "overlap_weights")


@pytest.fixture(scope="module")
def simulated() -> dict[str, Any]:
    return summary(Cell("linear", PER_ARM, 1.0, REPLICATES, 7).replicate(range(REPLICATES)))


@pytest.mark.parametrize("name", HOLDS)
def test_what_models_leaving_keeps_its_promise(simulated: dict[str, Any], name: str) -> None:
    found = simulated["methods"][name]
    assert found["given"] == REPLICATES
    assert COVERS[0] <= found["coverage"]["share"] <= COVERS[1]
    assert abs(found["bias"]) < 4 * found["bias_error"]


def test_the_doubly_robust_figure_stands_in_the_headline(simulated: dict[str, Any]) -> None:
    assert simulated["headline_was"]["seq_dr"] > 0.9 * REPLICATES


def test_weights_for_choice_and_leaving_err_on_the_wide_side(simulated: dict[str, Any]) -> None:
    assert simulated["methods"]["iptw_ipcw"]["coverage"]["share"] >= COVERS[0]


@pytest.mark.parametrize("name", FAILS)
def test_looking_only_at_those_who_stayed_fails(simulated: dict[str, Any], name: str) -> None:
    found = simulated["methods"][name]
    assert found["coverage"]["share"] < 0.80
    assert found["bias"] > 0.5


def test_repeated_measures_keep_their_promise_in_small_arms() -> None:
    """Sixty an arm, half of them seen at the end: t quantiles and the raised standard error are enough."""
    held = []
    for seed in range(SMALL_REPLICATES):
        s = linear(np.random.default_rng(seed), 120)
        found = mmrm.repeated_measures(s.y, s.arm, s.x)
        assert not isinstance(found, Withheld)
        one = found.difference(1, 0)
        assert isinstance(one, Effect)
        held.append(one.interval()[0] <= truth(linear).ate <= one.interval()[1])
    assert COVERS[0] <= sum(held) / SMALL_REPLICATES <= COVERS[1]


def test_about_half_are_seen_at_the_end() -> None:
    seen = np.isfinite(linear(np.random.default_rng(1), 20_000).y[:, 2])
    assert 0.45 < seen.mean() < 0.55


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
def test_every_world_gives_numbers_that_the_page_can_tell(world: World) -> None:
    """Without an effect, so that no truth has to be computed from a million people."""
    n = 60 if world.name != "handful" else 3
    found = summary(Cell(world.name, n, 0.0, 2, 7).replicate(range(2)))["methods"]
    assert found
    for figures in found.values():
        assert 1 <= figures["given"] + sum(figures["withheld"].values()) <= 2
        assert all(np.isfinite(v) for v in figures.values() if isinstance(v, float))
    assert any(figures["given"] for figures in found.values())


def test_a_replication_is_the_same_whoever_draws_it() -> None:
    cell = Cell("tossed", 40, 0.0, 6, 7)
    together, one = cell.replicate(range(6)), cell.replicate([4])
    assert one[0] == together[4]


def test_a_share_of_nothing_has_an_error_all_the_same() -> None:
    assert share([]) is None
    none = share([False] * 100)
    assert none == {"share": 0.0, "error": pytest.approx(0.00705, abs=1e-5)}
