"""The unadjusted comparison on a version whose means are known by construction."""

import json
import math

import duckdb
import numpy as np
import pytest

from pipeline.contract.results import REASONS, Comparison, Estimate
from pipeline.errors import UsageError
from pipeline.studies.contrasts.compare import compare
from pipeline.studies.people.facets import facets

DEPTH_ARMS = ["none", "0_45_to_0_60", "0_90_to_1_39", "1_40_to_1_60"]


@pytest.fixture(scope="module")
def by_depth(con: duckdb.DuckDBPyConnection) -> Comparison:
    return compare(con, "depth", "hair_density", 24, version="v1")


def pair(result: Comparison, arm: str) -> Estimate:
    return next(e for e in result.estimates if e.arm == arm and e.reference)


def test_people_are_counted_once_and_in_order(by_depth: Comparison) -> None:
    assert [a.arm for a in by_depth.arms] == DEPTH_ARMS
    assert [(a.n, a.n_due, a.n_observed) for a in by_depth.arms] == [
        (40, 40, 40),
        (74, 70, 60),
        (6, 6, 6),
        (90, 90, 48),
    ]


def test_attrition_names_every_step_and_ends_at_the_results(by_depth: Comparison) -> None:
    assert [n for _, n in by_depth.attrition] == [236, 233, 222, 217, 210, 210, 206, 154]
    assert by_depth.attrition[-1][1] == sum(a.n_observed for a in by_depth.arms)
    assert by_depth.diagnostics["unsettled"] == {"too_few_sessions": 7}


def test_means_are_those_of_the_arms(by_depth: Comparison) -> None:
    means = by_depth.of("mean")
    assert means["none"].estimate == pytest.approx(-2)
    assert means["0_45_to_0_60"].estimate == pytest.approx(5)
    assert means["0_45_to_0_60"].std_error == pytest.approx(math.sqrt(32 * 60 / 59 / 60))


def test_the_largest_arm_is_the_reference(by_depth: Comparison) -> None:
    assert by_depth.estimand["reference"] == "1_40_to_1_60"
    assert pair(by_depth, "none").estimate == pytest.approx(-11.25)  # two had a transplant before it
    assert pair(by_depth, "none").contrast == "none vs 1_40_to_1_60"
    assert "1_40_to_1_60" not in by_depth.of("difference")


def test_a_mean_of_six_is_withheld_with_its_reason(by_depth: Comparison) -> None:
    withheld = by_depth.of("mean")["0_90_to_1_39"]
    assert (withheld.estimate, withheld.ci_lower, withheld.reason) == (None, None, "too_few")
    assert pair(by_depth, "0_90_to_1_39").reason == "too_few"
    assert {d.arm: sum(d.counts) for d in by_depth.distributions}["0_90_to_1_39"] == 0


def test_unequal_follow_up_is_said(by_depth: Comparison) -> None:
    assert any("Unequal follow-up" in w for w in by_depth.warnings)
    assert by_depth.warnings[0].startswith("Not adjusted.")


def test_the_document_is_that_of_the_contract(by_depth: Comparison) -> None:
    document = json.loads(json.dumps(by_depth.to_json(), allow_nan=False))
    assert list(document) == [
        "version", "study", "estimand", "attrition", "arms", "estimates", "diagnostics", "gate", "warnings",
    ]  # fmt: skip
    assert document["version"] == "v1"
    assert document["gate"] == "caution"
    for estimate in document["estimates"]:
        assert list(estimate) == [
            "method", "role", "contrast", "estimate", "std_error", "ci_lower", "ci_upper", "p_value", "p_adjusted",
            "unit", "reason",
        ]  # fmt: skip
        assert estimate["reason"] in REASONS
        assert estimate["p_adjusted"] is None


def test_every_histogram_holds_every_result(by_depth: Comparison) -> None:
    observed = {a.arm: a.n_observed for a in by_depth.arms if a.n_observed >= 10}
    assert {d.arm: sum(d.counts) for d in by_depth.distributions if d.counts} == observed


def test_same_answer_on_one_thread_and_many(con: duckdb.DuckDBPyConnection, by_depth: Comparison) -> None:
    con.execute("SET threads = 1")
    assert compare(con, "depth", "hair_density", 24, version="v1") == by_depth
    con.execute("RESET threads")


@pytest.mark.parametrize(
    ("by", "arms"),
    [
        ("frequency", ["none", "weekly", "twice_weekly"]),
        ("schedule", ["none", "half_mm_twice_weekly", "one_and_half_mm_weekly", "other"]),
        ("adjunct", ["none", "minoxidil_topical"]),
        ("device", ["none", "dermaroller", "dermastamp"]),
        ("setting", ["none", "home", "clinic"]),
        ("stage", ["early", "later"]),
    ],
)
def test_every_dimension_has_its_arms(con: duckdb.DuckDBPyConnection, by: str, arms: list[str]) -> None:
    assert [a.arm for a in compare(con, by, "hair_density", 24).arms] == arms


def test_adjuncts_count_only_people_who_needle_and_were_asked(con: duckdb.DuckDBPyConnection) -> None:
    result = compare(con, "adjunct", "hair_density", 24)
    steps = dict(result.attrition)
    assert steps["needling"] == 210 - 40
    assert steps["asked about other treatments"] == sum(a.n for a in result.arms)


def test_single_stages_only_on_one_scale(con: duckdb.DuckDBPyConnection) -> None:
    result = compare(con, "stage", "hair_density", 24, where=["staging_scale=norwood"])
    assert [a.arm for a in result.arms] == ["norwood_II", "norwood_IV"]


def test_an_ordered_scale_gives_chances_not_means(con: duckdb.DuckDBPyConnection) -> None:
    result = compare(con, "depth", "sinclair", 24, reference="none")
    assert {e.reason for e in result.of("mean").values()} == {"ordinal_instrument"}
    chance = pair(result, "0_45_to_0_60")
    assert (chance.quantity, chance.unit) == ("win_probability", "probability")
    assert chance.estimate is not None
    assert chance.ci_upper is not None
    assert chance.estimate < chance.ci_upper < 0.5


def test_a_change_needs_no_baseline(con: duckdb.DuckDBPyConnection) -> None:
    result = compare(con, "depth", "ga_participant", 24)
    assert [(a.arm, a.n, a.n_observed) for a in result.arms] == [("0_45_to_0_60", 11, 11)]


def test_everybody_equal_has_no_interval(con: duckdb.DuckDBPyConnection) -> None:
    result = compare(con, "depth", "hair_density", 24, where=["region=hairline"])
    assert result.of("mean")["0_45_to_0_60"].reason == "no_variation"
    assert result.estimand["measured_as"]["region"] == "hairline"


def test_one_column_twice_means_or_and_two_columns_and(con: duckdb.DuckDBPyConnection) -> None:
    def people(*where: str) -> int:
        return compare(con, "depth", "hair_density", 24, where=where).attrition[-1][1]

    both = people("source=north", "source=south")
    assert both == people() == people("source=north") + people("source=south")
    assert people("source=north", "sex=female") + people("source=north", "sex=male") == people("source=north")
    assert people("device=dermaroller") + people("device=dermastamp") == 154 - 40


def test_an_arm_can_be_chosen_as_reference(con: duckdb.DuckDBPyConnection) -> None:
    result = compare(con, "depth", "hair_density", 24, reference="none")
    assert pair(result, "1_40_to_1_60").estimate == pytest.approx(11.25)


def test_an_empty_reference_is_said(con: duckdb.DuckDBPyConnection) -> None:
    result = compare(con, "depth", "hair_density", 24, reference="over_1_60")
    assert {e.reason for e in result.estimates if e.reference} == {"no_reference"}
    assert result.gate == "fail"


@pytest.mark.parametrize(
    ("instrument", "week", "where", "reason"),
    [
        ("hair_density", 4, [], "before_landmark"),
        ("salt", 24, ["diagnosis=androgenetic_alopecia"], "not_for_diagnosis"),
        ("shaft_diameter", 24, [], "instrument_absent"),
        ("hair_density", 24, ["device=rf_fractional"], "no_arm"),
    ],
)
def test_no_answer_says_why(
    con: duckdb.DuckDBPyConnection, instrument: str, week: int, where: list[str], reason: str
) -> None:
    result = compare(con, "depth", instrument, week, where=where)
    assert (result.reason, result.gate, result.arms) == (reason, "fail", ())
    assert [e.reason for e in result.estimates] == [reason]
    assert result.estimand.keys() >= {"treatment", "population", "variable", "intercurrent_events", "summary"}


@pytest.mark.parametrize(
    ("instrument", "week", "last"),
    [("shaft_diameter", 24, "measured with Shaft diameter"), ("hair_density", 4, "match the filters on people")],
)
def test_who_is_left_at_each_step_is_told_without_an_answer_too(
    con: duckdb.DuckDBPyConnection, instrument: str, week: int, last: str
) -> None:
    given = compare(con, "depth", "hair_density", 24, where=["sex=female"]).attrition
    found = compare(con, "depth", instrument, week, where=["sex=female"]).attrition
    assert found[:3] == given[:3]
    assert found[-1] == (last, 0 if instrument == "shaft_diameter" else given[2][1])


def test_salt_is_about_areata(con: duckdb.DuckDBPyConnection) -> None:
    assert compare(con, "depth", "salt", 24).estimand["diagnosis"] == "alopecia_areata"


@pytest.mark.parametrize(("week", "landmark"), [(8, 28), (12, 56), (24, 84), (52, 84)])
def test_the_landmark_is_the_last_before_the_visit_opens(
    con: duckdb.DuckDBPyConnection, week: int, landmark: int
) -> None:
    assert compare(con, "depth", "hair_density", week).estimand["landmark_days"] == landmark


def test_a_landmark_after_the_visit_has_no_answer(con: duckdb.DuckDBPyConnection) -> None:
    assert compare(con, "depth", "hair_density", 12, landmark=84).reason == "before_landmark"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"by": "moon"}, "cannot compare by 'moon'; choose one of depth, frequency"),
        ({"instrument": "ruler"}, "instrument 'ruler' is not known to this version; it knows hair_density"),
        ({"week": 25}, "week 25 is no visit; choose one of 4, 8, 12"),
        ({"landmark": 30}, "landmark 30 is not known; choose one of 28, 56, 84"),
        ({"reference": "deepest"}, "no arm of depth is called 'deepest'; choose from none, under_0_45"),
        ({"where": ["sex"]}, "filter 'sex' is not COLUMN=VALUE"),
        ({"where": ["name=x"]}, "cannot filter on 'name'; choose one of diagnosis, clinic_id"),
        ({"where": "sex=male"}, r"where is the text 'sex=male'; give a list, such as \['sex=male'\]"),
        ({"where": ["sex=1' OR '1'='1"]}, "no sex is called"),
        ({"where": ["diagnosis=alopecia_areata", "diagnosis=other"]}, "2 diagnoses were given"),
    ],
)
def test_what_does_not_exist_is_named(
    con: duckdb.DuckDBPyConnection, arguments: dict[str, object], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        compare(con, **({"by": "depth", "instrument": "hair_density", "week": 24} | arguments))  # type: ignore[arg-type]


def test_values_are_counted_at_a_landmark_that_there_is(con: duckdb.DuckDBPyConnection) -> None:
    assert sum(facets(con, [], 84)["device"].values()) > 0
    with pytest.raises(UsageError, match="landmark 30 is not known; choose one of 28, 56, 84 days"):
        facets(con, [], 30)


def test_a_week_may_be_a_whole_number_of_numpy_and_no_other(con: duckdb.DuckDBPyConnection) -> None:
    plain = compare(con, "depth", "hair_density", 24, landmark=84)
    assert compare(con, "depth", "hair_density", np.int64(24), landmark=np.int64(84)) == plain  # type: ignore[arg-type]
    for wrong in (24.0, "24", None):
        with pytest.raises(UsageError, match="is no whole number"):
            compare(con, "depth", "hair_density", wrong)  # type: ignore[arg-type]
