"""Dose-response, the map of depth and frequency, and time to response, where the truth is known."""

import json
from collections.abc import Iterator

import duckdb
import numpy as np
import pytest

from pipeline.contract.curves import DepthFrequencyMap, DoseResponse, TimeToResponse
from pipeline.contract.results import REASONS
from pipeline.errors import UsageError
from pipeline.studies.curves.depth_frequency import depth_frequency_map
from pipeline.studies.curves.dose import dose_response
from pipeline.studies.curves.response import time_to_response
from pipeline.studies.estimators.reasons import REASONS as ESTIMATION
from tests.studies import world

DEPTHS = {0.25: "under_0_45", 0.5: "0_45_to_0_60", 1.0: "0_90_to_1_39", 1.5: "1_40_to_1_60", 2.0: "over_1_60"}
TRUE = {0.25: -4.0, 0.5: 0.0, 1.0: 5.0, 1.5: 6.0, 2.0: 4.0}
"""Hairs/cm2 more than at 0.5 mm: a plateau with a decline."""
FEW = "0_61_to_0_89"

_DOSED = f"""
CREATE TEMP TABLE dosed AS SELECT participant_id,
  CASE WHEN participant_id % 97 = 0 THEN 0.75::DOUBLE
    ELSE ([{", ".join(map(str, DEPTHS))}, 0.5]::DOUBLE[])[participant_id // 6 % 6 + 1] END AS mm,
  participant_id // 36 % 5 < 2 AS is_often FROM participants;
UPDATE exposure SET needle_length_mm = mm, depth_band = CASE mm {
    " ".join(f"WHEN {mm} THEN '{band}'" for mm, band in DEPTHS.items())
} ELSE '{FEW}' END,
  sessions_per_week = CASE WHEN is_often THEN 2.0 ELSE 1.0 END,
  frequency_band = CASE WHEN is_often THEN 'twice_weekly' ELSE 'weekly' END
FROM dosed WHERE dosed.participant_id = exposure.participant_id AND is_needling;
UPDATE outcome_change SET improvement_milli = improvement_milli + CASE visit_week WHEN 24 THEN 1000 ELSE 500 END
  * CASE mm {" ".join(f"WHEN {mm} THEN {more}" for mm, more in TRUE.items())} ELSE 0 END
FROM dosed JOIN exposure e USING (participant_id)
WHERE dosed.participant_id = outcome_change.participant_id AND e.landmark_days = 84 AND e.is_needling"""


@pytest.fixture(scope="module")
def dosed() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        world.build(con, 3000)
        con.execute(_DOSED)
        yield con


@pytest.fixture(scope="module")
def by_depth(dosed: duckdb.DuckDBPyConnection) -> DoseResponse:
    return dose_response(dosed, "depth", "hair_density", 24, monotone=True)


def test_every_dose_finds_its_truth_and_the_plateau_and_its_decline_show(by_depth: DoseResponse) -> None:
    levels = {level.code: level for level in by_depth.levels}
    assert [level.code for level in by_depth.levels] == sorted(levels, key=lambda code: levels[code].dose or 0)
    assert levels["0_45_to_0_60"].is_reference
    for mm, code in DEPTHS.items():
        level = levels[code]
        assert level.dose == pytest.approx(mm)
        if not level.is_reference:
            assert abs(level.estimate - TRUE[mm]) < 2.8 * level.std_error  # type: ignore[operator]
            assert level.all_lower < level.ci_lower < level.estimate < level.ci_upper < level.all_upper  # type: ignore[operator]
    assert levels["over_1_60"].estimate < levels["1_40_to_1_60"].estimate  # type: ignore[operator]


def test_the_curve_follows_the_doses_and_is_certain_at_none_but_the_reference(by_depth: DoseResponse) -> None:
    assert by_depth.curve_reason is None
    assert len(by_depth.curve) == 25
    dose = np.array([point.dose for point in by_depth.curve])
    estimate = np.array([point.estimate for point in by_depth.curve])
    for mm, true in TRUE.items():
        assert np.interp(mm, dose, estimate) == pytest.approx(true, abs=2.5)
    assert all(p.all_lower <= p.ci_lower <= p.estimate <= p.ci_upper <= p.all_upper for p in by_depth.curve)  # type: ignore[operator]


def test_a_line_that_may_not_turn_is_given_only_when_asked(
    by_depth: DoseResponse, dosed: duckdb.DuckDBPyConnection
) -> None:
    assert dose_response(dosed, "depth", "hair_density", 24).monotone is None
    assert by_depth.monotone is not None
    line = [y for _, y in by_depth.monotone]
    assert line == sorted(line)
    assert line[-1] == line[-2]  # the decline is hidden


def test_too_few_have_a_reason_and_no_number(by_depth: DoseResponse) -> None:
    few = next(level for level in by_depth.levels if level.code == FEW)
    assert 0 < few.n_observed < 30
    assert (few.estimate, few.ci_lower, few.pooled, few.reason) == (None, None, None, "too_few_to_adjust")


def test_two_frequencies_are_compared_without_a_line_through_them(dosed: duckdb.DuckDBPyConnection) -> None:
    found = dose_response(dosed, "frequency", "hair_density", 24)
    assert (found.curve, found.curve_reason) == ((), "too_few_doses")
    with pytest.raises(UsageError, match="no dose"):
        dose_response(dosed, "device", "hair_density", 24)


def test_the_map_gives_each_cell_against_the_commonest(dosed: duckdb.DuckDBPyConnection) -> None:
    found = depth_frequency_map(dosed, "hair_density", 24)
    assert len(found.cells) == 30
    cells = {cell.code: cell for cell in found.cells}
    (reference,) = (cell for cell in found.cells if cell.is_reference)
    assert reference.n_observed == max(cell.n_observed for cell in found.cells)
    given = [cell for cell in found.cells if cell.std_error is not None]
    assert len(given) == 9
    for cell in given:
        mm = next(mm for mm, band in DEPTHS.items() if cell.code.startswith(band))
        assert abs(cell.estimate - TRUE[mm]) < 3 * cell.std_error  # type: ignore[operator]
        assert cell.all_upper - cell.all_lower > cell.ci_upper - cell.ci_lower  # type: ignore[operator]
    spread = [np.std([getattr(cell, name) for cell in given]) for name in ("pooled", "estimate")]
    assert spread[0] < spread[1]
    assert cells["0_61_to_0_89 weekly"].reason == "too_few_to_adjust"
    assert cells["1_40_to_1_60 fortnightly"].n == 0


@pytest.fixture(scope="module")
def responding() -> Iterator[duckdb.DuckDBPyConnection]:
    """Confirmed gains of 21 are common here: everything is four times as large."""
    with duckdb.connect() as con:
        world.build(con, 4000, confounding=0.7)
        con.execute("UPDATE outcome_change SET improvement_milli = 4 * improvement_milli")
        yield con


@pytest.fixture(scope="module")
def response(responding: duckdb.DuckDBPyConnection) -> TimeToResponse:
    return time_to_response(responding, "depth", "hair_density", 12, against="none")


def true_share(con: duckdb.DuckDBPyConnection, extra: str) -> float:
    """Had nobody left or skipped, at everybody's mix of stages."""
    sql = f"""SELECT sum(share * n) / sum(n) FROM (
      SELECT stage, avg((least(week12, week24) >= 5250)::INT) AS share FROM person WHERE {extra} GROUP BY 1)
    JOIN (SELECT stage, count(*) AS n FROM person GROUP BY 1) USING (stage)"""
    return float(con.execute(sql).fetchall()[0][0])


def test_the_difference_of_shares_finds_the_truth(
    response: TimeToResponse, responding: duckdb.DuckDBPyConnection
) -> None:
    needling, none = (next(c for c in response.courses if c.arm == arm) for arm in ("0_45_to_0_60", "none"))
    assert none.is_reference
    assert response.rule.endswith("confirmed at the next visit")
    true = true_share(responding, "needles") - true_share(responding, "NOT needles")
    assert needling.ci_lower < true < needling.ci_upper  # type: ignore[operator]
    (step,) = needling.steps
    assert (step.week, step.n_at_risk > step.n_responded > 0) == (12, True)
    assert step.share == pytest.approx(true_share(responding, "needles"), abs=0.05)


def test_what_was_shown_by_the_landmark_is_history(responding: duckdb.DuckDBPyConnection) -> None:
    late = time_to_response(responding, "depth", "hair_density", 12, landmark=84, against="none")
    assert late.reason == "no_next_visit"
    assert all(course.difference is None and course.steps == () for course in late.courses)


@pytest.mark.parametrize(
    ("instrument", "week", "reason"),
    [
        ("hair_density", 52, "no_next_visit"), ("shaft_diameter", 24, "no_responder_rule"),
        ("sinclair", 24, "instrument_absent"),
    ],
)  # fmt: skip
def test_what_has_no_rule_or_nobody_has_a_reason(
    responding: duckdb.DuckDBPyConnection, instrument: str, week: int, reason: str
) -> None:
    found = time_to_response(responding, "depth", instrument, week)
    assert (found.reason, found.courses) == (reason, ())


def test_steps_and_counts_are_not_averaged(dosed: duckdb.DuckDBPyConnection) -> None:
    for instrument in ("ga_participant", "comb_count_60s"):
        found = dose_response(dosed, "depth", instrument, 24)
        assert found.reason in ("no_curve_of_means", "instrument_absent")
        assert depth_frequency_map(dosed, instrument, 24).cells == ()


def test_every_document_is_json_and_every_gap_has_a_sentence(
    by_depth: DoseResponse, response: TimeToResponse, dosed: duckdb.DuckDBPyConnection
) -> None:
    found: list[DoseResponse | DepthFrequencyMap | TimeToResponse] = [
        by_depth, response, depth_frequency_map(dosed, "hair_density", 24),
    ]  # fmt: skip
    for answer in found:
        json.dumps(answer.to_json(), allow_nan=False)
    rows = [*by_depth.levels, *response.courses, *depth_frequency_map(dosed, "hair_density", 24).cells]
    assert {row.reason for row in rows if row.reason} <= {*REASONS, *ESTIMATION}
