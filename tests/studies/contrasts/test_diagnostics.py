"""Warnings that are given where something is wrong, and not where nothing is."""

import numpy as np
import pytest

from pipeline.contract.results import Estimate
from pipeline.studies.contrasts.adjusted import Pair
from pipeline.studies.contrasts.diagnostics import clinic_confounded, simpson
from pipeline.studies.estimators.effect import Codes
from pipeline.studies.estimators.inputs import Covariates
from pipeline.studies.estimators.words import Words


def pair(arm: Codes, clinic: Codes) -> Pair:
    given = Covariates(np.zeros((len(arm), 0)), (), ())
    return Pair(arm, np.zeros((len(arm), 1)), given, Words.of([f"clinic {c}" for c in clinic]), 0)


def tossed(n: int) -> Codes:
    return np.random.default_rng(4).integers(0, 2, n)


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_clinics_of_any_size_confound_nothing_by_themselves(size: int) -> None:
    """One person a clinic explains the arm wholly, and by chance."""
    assert clinic_confounded(pair(tossed(600), np.arange(600) // size)) is False


def test_clinics_that_settle_the_arm_are_told() -> None:
    clinic = np.arange(600) // 50
    settled = np.where(np.random.default_rng(5).random(600) < 0.02, 1 - clinic % 2, clinic % 2)
    assert clinic_confounded(pair(settled, clinic)) is True
    alone = np.where(clinic < 6, tossed(600) * (np.arange(600) % 9 == 0), 1)  # most of one arm from clinics of its own
    assert clinic_confounded(pair(alone, np.minimum(clinic, 8))) is True
    assert clinic_confounded(pair(tossed(600), np.zeros(600, dtype=np.int64))) is False


def crude(estimate: float | None, half: float) -> Estimate:
    if estimate is None:
        return Estimate("difference", "welch", "a", "b", "/cm2", reason="no_variation")
    return Estimate("difference", "welch", "a", "b", "/cm2", estimate, half / 2, estimate - half, estimate + half, 0.5)


@pytest.mark.parametrize(
    ("estimate", "half", "adjusted", "told"),
    [
        (4.0, 1.0, 4.5, False),  # hardly moved
        (4.0, 1.0, -1.0, True),  # turned
        (4.0, 1.0, 7.0, True),  # more than half
        (0.1, 1.0, -0.3, False),  # turned, by chance: no difference either way
        (0.1, 1.0, 0.6, False),  # five times as much, and nothing all the same
        (None, 0.0, 3.0, False),
    ],
)
def test_a_turn_is_told_where_chance_does_not_explain_it(
    estimate: float | None, half: float, adjusted: float, told: bool
) -> None:
    assert simpson(crude(estimate, half), adjusted) is told
