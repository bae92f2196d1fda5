"""What one contrast rests on, rule by rule at its limit; and what would have to be wrong, by hand."""

import math
from collections.abc import Mapping

import numpy as np
import pytest

from pipeline.contract.results import Arm
from pipeline.studies.contrasts.adjusted import Pair
from pipeline.studies.contrasts.caveats import RETENTION_GAP
from pipeline.studies.contrasts.diagnostics import Diagnosis, diagnose, is_worth_enough, sensitivity
from pipeline.studies.estimators.effect import Array, Effect
from pipeline.studies.estimators.inputs import covariates
from pipeline.studies.estimators.words import Words

PEOPLE = 400
ARM = np.arange(PEOPLE) % 2
BASELINE = np.repeat(np.arange(PEOPLE // 2), 2).astype(np.float64)  # the same in both arms
ALIKE = (Arm("a", "A", 200, 200, 180), Arm("b", "B", 200, 200, 180))


def pair(columns: Mapping[str, Array], n_alone: int = 0) -> Pair:
    clinics = Words.of([f"clinic {k // 2 % 8}" for k in range(PEOPLE)])
    return Pair(ARM, np.zeros((PEOPLE, 1)), covariates(columns, PEOPLE), clinics, n_alone)


@pytest.mark.parametrize(
    ("fails", "thin", "cautions", "gate", "reason"),
    [
        ((), (), (), "pass", None),
        ((), (), ("one",), "caution", None),
        ((), ("few",), (), "fail", "too_few_effective"),
        (("apart",), (), ("one",), "fail", "failed_diagnostics"),
        (("apart",), ("few",), (), "fail", "failed_diagnostics"),
    ],
)
def test_what_fails_withholds_and_what_is_thin_does_too(
    fails: tuple[str, ...], thin: tuple[str, ...], cautions: tuple[str, ...], gate: str, reason: str | None
) -> None:
    found = Diagnosis({}, fails, thin, cautions)
    assert (found.gate, found.reason) == (gate, reason)


def test_arms_that_are_alike_pass() -> None:
    found = diagnose(pair({"baseline": BASELINE}), "mmrm", ALIKE)
    assert (found.gate, found.cautions, found.numbers["n_left_out"]) == ("pass", (), 0)
    assert found.numbers["effective"] == [{"n": 200, "n_effective": pytest.approx(200)}] * 2
    assert found.numbers["balance"][0]["after"] == pytest.approx(0, abs=1e-9)


def test_arms_compared_as_they_are_are_told() -> None:
    found = diagnose(pair({"baseline": BASELINE}), "welch", ALIKE)
    assert found.cautions == ("There are too few people to adjust for anything, so the arms are compared as they are.",)
    assert found.numbers["balance"] == []


def test_arms_that_hardly_overlap_fail() -> None:
    found = diagnose(pair({"baseline": BASELINE + 195.0 * ARM}), "mmrm", ALIKE)
    assert found.gate == "fail"
    assert found.reason in ("failed_diagnostics", "too_few_effective")


@pytest.mark.parametrize(("n_alone", "is_told"), [(100, False), (101, True)])
def test_more_than_a_fifth_left_out_is_told(n_alone: int, is_told: bool) -> None:
    found = diagnose(pair({"baseline": BASELINE}, n_alone), "mmrm", ALIKE)
    told = f"{n_alone} of {PEOPLE + n_alone} people are of a kind that not all compared arms have, and were left out."
    assert (told in found.cautions) is is_told


@pytest.mark.parametrize(("lost", "is_told"), [(0, False), (1, True)])
def test_unequal_retention_is_told_beyond_its_limit(lost: int, is_told: bool) -> None:
    stayed = 1000 - round(1000 * RETENTION_GAP) - lost
    for arms in ((1000, stayed), (stayed, 1000)):
        one, zero = (Arm("x", "X", 1000, 1000, n) for n in arms)
        found = diagnose(pair({"baseline": BASELINE}), "mmrm", (one, zero))
        assert any("who stayed may differ" in told for told in found.cautions) is is_told
    nobody_due = Arm("x", "X", 1000, 0, 0)
    assert diagnose(pair({"baseline": BASELINE}), "mmrm", (nobody_due, ALIKE[0])).cautions == ()


@pytest.mark.parametrize(
    ("people", "counted", "is_enough"), [(30, 30, True), (29, 29, False), (400, 40, True), (400, 39, False)]
)
def test_an_arm_is_worth_thirty_people_and_a_tenth_of_its_own(people: int, counted: int, is_enough: bool) -> None:
    assert is_worth_enough((np.arange(people) < counted).astype(np.float64)) is is_enough


def test_what_leavers_would_have_had_to_do_by_hand() -> None:
    y = np.array([[10.0], [14.0], [np.nan], [np.nan], [1.0], [3.0], [5.0], [np.nan]])
    arm = np.array([1, 1, 1, 1, 0, 0, 0, 0])
    given = covariates({}, 8)
    found = sensitivity(
        Effect(9.0, 1.0, math.inf, 5, 5.0), Pair(arm, y, given, Words.of(["clinic"] * 8), 0), margin=4.0
    )
    rows = {(row["arm"], row["reference"]): row for row in found["if_leavers_did_worse"]}
    assert set(rows) == {(a, b) for a in (0.0, -2.0, -4.0, -8.0) for b in (0.0, -2.0, -4.0, -8.0)}
    assert rows[-4.0, 0.0]["estimate"] == pytest.approx(9.0 - 4.0 * 2 / 4)
    assert rows[0.0, -4.0]["estimate"] == pytest.approx(9.0 + 4.0 * 1 / 4)
    spread = math.sqrt(1 + 16 * 0.5 * 0.5 / 4)
    assert rows[-4.0, 0.0]["ci_lower"] == pytest.approx(7.0 - 1.959964 * spread, abs=1e-6)
    assert found["tipping_point"] == pytest.approx(-(9.0 - 1.959964) / 0.5, abs=1e-5)
    freely = sensitivity(Effect(9.0, 1.0, math.inf, 5, 5.0), Pair(arm, y, given, Words.of(["clinic"] * 8), 0), None)
    half = math.sqrt((8 + 4) / 2) / 2  # variances of the arms are 8 and 4
    assert sorted({row["arm"] for row in freely["if_leavers_did_worse"]}) == pytest.approx(
        [-2 * half, -half, -half / 2, 0]
    )
