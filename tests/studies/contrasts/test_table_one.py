"""Who the people of a study are, before anybody looks at a result."""

from dataclasses import replace

import duckdb
import pytest

from pipeline.studies.preview import preview
from pipeline.studies.protocols.catalogue import find_study
from pipeline.studies.protocols.protocol import Outcome
from pipeline.studies.study import run_study
from tests.studies import world
from tests.studies.contrasts.test_ordered import IN_STEPS

STUDY = find_study("c3-density-week-24")


def of(rows: list[dict[str, object]], **wanted: object) -> dict[str, object]:
    (only,) = (row for row in rows if all(row[key] == value for key, value in wanted.items()))
    return only


@pytest.fixture(scope="module")
def seen() -> dict[str, object]:
    with duckdb.connect() as con:
        world.build(con, 600)
        con.execute("UPDATE participants SET years_since_onset = NULL WHERE participant_id % 10 = 0")
        return preview(con, STUDY)


def test_each_arm_is_told_with_its_difference(seen: dict[str, object]) -> None:
    rows = seen["table_1"]
    assert isinstance(rows, list)
    needling = of(rows, covariate="stage_rank", arm="needling", level=None)
    assert needling["standardised_difference"] > 0.5  # who is worse off needles more
    assert of(rows, covariate="stage_rank", arm="none", level=None)["standardised_difference"] is None
    women = of(rows, covariate="sex", level="female", arm="none")
    assert 0 < women["share"] < 1
    assert women["mean"] is None


def test_what_is_missing_is_counted_and_takes_no_part(seen: dict[str, object]) -> None:
    rows = seen["table_1"]
    assert isinstance(rows, list)
    arms = [of(rows, covariate="years_since_onset", arm=arm, level=None) for arm in ("needling", "none")]
    assert sum(row["n_missing"] for row in arms) == 60
    assert sum(row["n"] for row in arms) == 540
    assert not any(row["covariate"] == "years_since_onset_known" for row in rows)


def test_overlap_tells_what_the_arms_are_worth(seen: dict[str, object]) -> None:
    (found,) = seen["overlap"]  # type: ignore[misc]
    assert found["contrast"] == "needling vs none"
    assert 0 <= found["outside_overlap"] < 0.5
    assert [row["arm"] for row in found["effective"]] == ["needling", "none"]
    assert all(0 < row["n_effective"] <= row["n"] for row in found["effective"])


def test_results_may_be_anything(seen: dict[str, object]) -> None:
    with duckdb.connect() as con:
        world.build(con, 600)
        con.execute("UPDATE participants SET years_since_onset = NULL WHERE participant_id % 10 = 0")
        con.execute("UPDATE outcome_change SET improvement_milli = -improvement_milli")
        again = preview(con, STUDY)
    assert (again["table_1"], again["overlap"]) == (seen["table_1"], seen["overlap"])


def test_what_could_be_seen_allows_for_who_does_not_come_back() -> None:
    """Nearly half of this world's people leave: with everybody due it would promise 1.3."""
    with duckdb.connect() as con:
        world.build(con, 1000)
        before = preview(con, STUDY)["detectable_difference"]
        (numbers,) = run_study(con, STUDY, sensitivity=False).diagnostics["contrasts"]
    assert before == pytest.approx(numbers["detectable_difference"], rel=0.15)


def test_of_an_ordered_scale_an_odds_ratio_could_be_seen() -> None:
    ordered = replace(STUDY, outcome=Outcome("ga_participant", 24))
    with duckdb.connect() as con:
        world.build(con, 1000)
        con.execute(IN_STEPS)
        before = preview(con, ordered)
        (numbers,) = run_study(con, ordered, sensitivity=False).diagnostics["contrasts"]
        con.execute("UPDATE outcome_change SET improvement_milli = 1000")
        alike = preview(con, ordered)
    assert before["detectable_unit"] == "odds ratio"
    assert before["detectable_difference"] == pytest.approx(numbers["detectable_difference"], rel=0.15)
    assert alike["detectable_difference"] is None
