"""Every hard part that real data has is there, seen in the rows as they were written."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from .conftest import Reader

DAYS_OF_52_WEEKS = 364


@pytest.fixture(scope="session")
def sessions(with_days: Reader) -> pl.DataFrame:
    frame = with_days("sessions").filter(
        pl.col("enrolled").is_not_null() & pl.col("performed_day").is_between(-90, 600)
    )
    return frame.with_columns(pl.col("needle_length_mm").cast(pl.Float64, strict=False).alias("mm"))


@pytest.fixture(scope="session")
def first_depth(sessions: pl.DataFrame) -> pl.DataFrame:
    return (
        sessions.drop_nulls("mm").sort("performed_day").group_by("participant_id").agg(pl.col("mm").first(), pl.len())
    )


def norwood_at_clinics(read: Reader) -> pl.DataFrame:
    people = read("participants").filter(
        pl.col("staging_scale") == "norwood", pl.col("source").str.starts_with("clinic")
    )
    return people.with_columns(pl.col("stage").is_in(["I", "II", "III", "III-vertex"]).alias("is_early"))


def test_worse_stages_get_deeper_needles_and_more_minoxidil(read: Reader, first_depth: pl.DataFrame) -> None:
    people = norwood_at_clinics(read)
    depth = people.join(first_depth, on="participant_id").group_by("is_early").agg(pl.col("mm").mean())
    by_stage = dict(depth.iter_rows())
    assert by_stage[False] > by_stage[True] + 0.2
    users = read("treatments").filter(pl.col("treatment").str.starts_with("minoxidil"))["participant_id"]
    share = dict(people.group_by("is_early").agg(pl.col("participant_id").is_in(users.to_list()).mean()).iter_rows())
    assert share[False] > share[True] + 0.05


def test_baseline_is_noisy_and_measured_twice(read: Reader) -> None:
    density = read("outcomes").filter(
        pl.col("instrument") == "hair_density", pl.col("unit") == "/cm2", pl.col("method").str.starts_with("photo")
    )
    pair = density.with_columns(pl.col("value").cast(pl.Float64)).pivot(
        "replicate", index=["participant_id", "assessed_on"], values="value", aggregate_function="first"
    )
    spread = pair.select((pl.col("2") - pl.col("1")).std() / 2**0.5).item()
    assert 6.5 < spread < 8.7  # the reading error behind a smallest detectable change of 21


def test_low_baselines_regress_to_the_mean(read: Reader) -> None:
    """Within a stage, who measured low at first gains more: the error of the first reading does not come back."""
    density = read("outcomes").filter(pl.col("instrument") == "hair_density", pl.col("unit") == "/cm2")
    first_reading = density.filter(pl.col("replicate") == "1").with_columns(pl.col("value").cast(pl.Float64))
    values = first_reading.sort("assessed_on").group_by("participant_id", maintain_order=True).agg(
        pl.col("value").first().alias("before"),
        (pl.col("value").last() - pl.col("value").first()).alias("gain"),
        pl.len(),
    )  # fmt: skip
    stages = read("participants").select("participant_id", "staging_scale", "stage")
    within = [pl.col(c) - pl.col(c).mean().over("staging_scale", "stage") for c in ("before", "gain")]
    followed = values.filter(pl.col("len") > 1).join(stages, on="participant_id").select(within)
    assert followed.select(pl.corr("before", "gain")).item() < -0.05


def test_people_leave_and_skip_and_are_not_yet_due(with_days: Reader, truth: dict[str, Any]) -> None:
    people = with_days("participants")
    observed = (pl.lit(truth["extracted_on"]).str.to_date() - pl.col("enrolled")).dt.total_days()
    lengths = people.select(observed.alias("days"))["days"]
    assert lengths.min() >= 14
    assert lengths.max() <= 548
    assert 0.2 < (lengths < DAYS_OF_52_WEEKS).mean() < 0.7
    retention = truth["dropout"]["still_reporting_of_those_due"]
    assert retention["clinic/deep/24"] < retention["clinic/other/24"] < 0.9
    assert retention["app/other/52"] < retention["app/other/12"]
    visits = with_days("outcomes").filter(pl.col("instrument") == "ga_participant", pl.col("assessed_day") > 0)
    weeks = visits.with_columns((pl.col("assessed_day") / 7).alias("week")).group_by("participant_id").agg(
        pl.col("week").is_between(9.5, 14).any().alias("at_12"), (pl.col("week") > 20).any().alias("later")
    )  # fmt: skip
    assert weeks.filter(pl.col("later") & ~pl.col("at_12")).height > 0.03 * weeks.height


def test_prevalent_users_have_sessions_before_day_0(sessions: pl.DataFrame) -> None:
    early = sessions.filter(pl.col("performed_day") < 0)
    assert early["participant_id"].n_unique() > 100
    assert early["prior_microneedling"].unique().to_list() == ["within_90d"]


def test_untreated_and_minoxidil_only_people_are_there(read: Reader, truth: dict[str, Any]) -> None:
    needled = set(read("sessions")["participant_id"]) | set(read("courses")["participant_id"])
    idle = read("participants").filter(~pl.col("participant_id").is_in(list(needled)))["participant_id"].to_list()
    users = read("treatments").filter(
        pl.col("participant_id").is_in(idle), pl.col("treatment").str.starts_with("minoxidil")
    )
    assert len(idle) > 400
    assert 100 < users["participant_id"].n_unique() < len(idle) - 100
    assert truth["people"]["minoxidil_unrecorded"] > 100
    assert truth["people"]["started_needling_later"] > 0


def test_density_is_clinical_and_self_report_is_from_apps(read: Reader) -> None:
    kinds = read("outcomes").group_by(pl.col("source").str.split("-").list.first()).agg(pl.col("instrument").unique())
    found = {kind: set(instruments) for kind, instruments in kinds.iter_rows()}
    assert found["clinic"] == {"hair_density", "ga_investigator", "salt"}
    assert found["app"] == {"ga_participant", "comb_count_60s", "satisfaction_nrs", "shedding_visual", "norwood"}
    units = read("outcomes").filter(pl.col("instrument") == "hair_density").drop_nulls("unit")
    assert set(units["unit"]) == {"/cm2", "/inch2"}


def test_values_are_heaped(read: Reader) -> None:
    counts = read("outcomes").filter(pl.col("instrument") == "comb_count_60s")["value"].cast(pl.Int64)
    assert (counts % 5 == 0).mean() > 0.4
    by_eye = read("outcomes").filter(pl.col("method") == "visual_count", pl.col("unit") == "/cm2")["value"].drop_nulls()
    assert (by_eye.cast(pl.Float64) % 5 == 0).all()


def test_clinics_lean_on_one_device(read: Reader) -> None:
    used = read("sessions").filter(pl.col("setting") == "clinic").group_by("source", "device").len()
    shares = used.group_by("source").agg(
        pl.col("len").max() / pl.col("len").sum(), pl.col("device").sort_by("len").last()
    )
    assert shares["len"].median() > 0.75
    assert shares["device"].n_unique() > 1


def test_who_says_none_takes_nothing_yet(with_days: Reader) -> None:
    treatments = with_days("treatments")
    takers = treatments.filter(pl.col("treatment") != "none", pl.col("started_day") <= 0)["participant_id"]
    said_none = treatments.filter(pl.col("treatment") == "none")["participant_id"]
    assert said_none.is_in(takers.to_list()).sum() == 0


def test_adjuncts_asked_about_without_any_and_remembered_vaguely(read: Reader) -> None:
    treatments = read("treatments")
    none = treatments.filter(pl.col("treatment") == "none")
    assert none.height > 500
    assert none.select(pl.coalesce("asked_on", "asked_day").is_not_null().all()).item()
    lengths = treatments["started_on"].drop_nulls().str.len_chars().value_counts()
    assert dict(lengths.iter_rows()).keys() == {4, 7, 10}


def test_side_effects_are_asked_about_unequally_and_pass(read: Reader) -> None:
    effects, sessions = read("side_effects"), read("sessions")
    is_clinic = pl.col("source").str.starts_with("clinic")
    asked = {k: effects.filter(w)["session_id"].n_unique() / sessions.filter(w).height for k, w in
             (("clinic", is_clinic), ("app", ~is_clinic))}  # fmt: skip
    assert asked["clinic"] > 4 * asked["app"]
    with_effect = {
        k: (effects.filter(w)["effect"] != "none").mean() for k, w in (("clinic", is_clinic), ("app", ~is_clinic))
    }
    assert with_effect["app"] > with_effect["clinic"]  # who has something to tell speaks up
    hours = effects["resolved_after_hours"].drop_nulls().cast(pl.Float64)
    assert hours.median() < 48
    assert hours.max() <= 168
    assert effects["still_present_at_hours"].drop_nulls().len() > 100


def test_costs_settings_and_devices(read: Reader) -> None:
    costs = read("costs")
    assert {"device", "cartridge", "session_fee"} <= set(costs["item"])
    assert costs.filter(pl.col("item") == "session_fee")["lasts_months"].null_count() > 0
    assert {"home", "salon", "clinic"} == set(read("sessions")["setting"])
    assert {"rf_fractional", "nano_patch"} <= set(read("sessions")["device"].drop_nulls())


def test_needling_stops_apart_from_reporting(with_days: Reader, sessions: pl.DataFrame) -> None:
    last_session = sessions.group_by("participant_id").agg(pl.col("performed_day").max())
    reports = with_days("outcomes").filter(pl.col("assessed_day").is_between(-30, 600))
    last_report = reports.group_by("participant_id").agg(pl.col("assessed_day").max())
    both = last_session.join(last_report, on="participant_id")
    assert both.filter(pl.col("assessed_day") > pl.col("performed_day") + 60).height > 0.08 * both.height
    events = set(with_days("events")["event"])
    assert {"course_completed", "lost", "moved", "stopped_no_effect", "stopped_side_effect", "stopped_cost"} <= events


def test_courses_plan_gaps_and_switches(read: Reader, sessions: pl.DataFrame) -> None:
    courses = read("courses")
    assert courses["source"].n_unique() == 5
    assert courses["end_reason"].drop_nulls().n_unique() >= 4
    summarised = set(courses["course_id"]) - set(read("sessions")["course_id"].drop_nulls())
    assert len(summarised) > 20
    weekly = sessions.filter(pl.col("performed_day") >= 0).sort("participant_id", "performed_day")
    gaps = weekly.select(pl.col("performed_day").diff().over("participant_id").alias("gap"), "mm", "participant_id")
    assert gaps.filter(pl.col("gap").is_between(21, 60)).height > 100
    assert gaps.group_by("participant_id").agg(pl.col("mm").n_unique() > 1)["mm"].mean() > 0.03


def test_exposures_hold_the_schedules_in_question(truth: dict[str, Any], first_depth: pl.DataFrame) -> None:
    assert {0.25, 0.5, 1.0, 1.5, 2.0} <= set(first_depth["mm"])
    assert {"half_mm_twice_weekly", "one_and_half_mm_weekly"} <= {arm["code"] for arm in truth["arms"]}


def test_every_drop_says_that_it_is_invented(out: Path) -> None:
    manifests = [path.read_text() for path in out.glob("*/source.toml")]
    assert len(manifests) == 12
    assert all("simulated = true" in text for text in manifests)
    formats = {line for text in manifests for line in text.splitlines() if line.startswith("format")}
    assert formats == {'format = "csv"', 'format = "ndjson"', 'format = "parquet"'}
    assert "Nobody here exists" in json.loads((out / "truth.json").read_text())["note"]


def test_one_app_counts_in_study_days(out: Path) -> None:
    header = (out / "app-02" / "sessions.csv").read_text().splitlines()[0].split(",")
    assert "performed_day" in header
    assert "performed_on" not in header


def test_serious_side_effects_are_as_rare_as_in_trials(read: Reader) -> None:
    graded = read("side_effects").with_columns(pl.col("ctcae_grade").cast(pl.Float64, strict=False))
    severe = graded.filter(pl.col("ctcae_grade") >= 3)
    assert graded.filter(pl.col("ctcae_grade") == 2).height > 0
    assert set(severe["effect"].unique()) <= {"infection"}
    assert severe.height < 0.001 * graded.height
