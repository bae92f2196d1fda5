"""What truth.json says is what the people were made from, and the naive answer misses it in known directions."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from pipeline.simulate import sites
from pipeline.simulate.assumptions import ARMS, DEFAULT, NOTE, Assumptions
from pipeline.simulate.contrasts import mixtures
from pipeline.simulate.draws import generator
from pipeline.simulate.generate import draw_world
from pipeline.simulate.people import ANDROGENETIC
from pipeline.simulate.response import change, expected_change
from pipeline.simulate.truth import Tally

WEEK = 24
WEEK_24 = 3  # its place among the visits
SHALLOW, DEEP = "0_45_to_0_60", "1_40_to_1_60"
RANDOMISED = replace(DEFAULT, confounding=0.0, outcome_dropout=0.0)


def clinics(assumptions: Assumptions, participants: int = 60_000) -> tuple[pl.DataFrame, dict[str, Any]]:
    """Everybody eligible at the clinics, with what happened and what was seen, and the truth about them."""
    tally, frames = Tally(), []
    for site in sites.plan(participants, 12, 5, assumptions):
        world, seen = draw_world(generator(5, site.index + 1, 1), site, 1, site.people, date(2026, 6, 30), assumptions)
        tally.add(world, seen)
        people = world.people
        frame = pl.DataFrame(
            {
                "arm": world.exposure.arm,
                "severity": people.severity,
                "change": change(world, np.full(people.n, float(WEEK))),
                "gain": seen.reading[:, WEEK_24] - people.measured,
                "is_seen": seen.is_seen[:, WEEK_24],
                "own": world.assumptions.response_sd * people.deviation,
            }
        )
        eligible = (people.diagnosis == ANDROGENETIC) & people.is_admissible & ~people.is_prevalent & site.is_clinic
        frames.append(frame.filter(pl.Series(eligible)))
    told = tally.told(seed=5, participants=participants, extracted_on=date(2026, 6, 30), drops=[], a=assumptions)
    return pl.concat(frames).with_columns(
        pl.col("arm").replace_strict(dict(enumerate(a.band for a in ARMS))).alias("band")
    ), told


def naive(frame: pl.DataFrame) -> tuple[float, float]:
    """Completers' difference between deep and shallow needles at week 24, with its standard error."""
    seen = frame.filter("is_seen")
    deep, shallow = (seen.filter(pl.col("band") == band)["gain"].to_numpy() for band in (DEEP, SHALLOW))
    error = np.sqrt(deep.var() / len(deep) + shallow.var() / len(shallow))
    return float(deep.mean() - shallow.mean()), float(error)


def true_difference(told: dict[str, Any]) -> float:
    return float(told["effects"]["clinics"]["depth_band_against_0_45_to_0_60"][DEEP][str(WEEK)])


def test_without_the_hard_parts_the_naive_difference_is_the_truth() -> None:
    frame, told = clinics(RANDOMISED)
    estimate, error = naive(frame)
    assert error < 0.6
    assert abs(estimate - true_difference(told)) < 3 * error


def test_confounding_alone_biases_downwards_and_dropout_alone_upwards() -> None:
    confounded, told = clinics(replace(DEFAULT, outcome_dropout=0.0))
    estimate, error = naive(confounded)
    assert estimate < true_difference(told) - 3 * error
    selected, told = clinics(replace(DEFAULT, confounding=0.0))
    estimate, error = naive(selected)
    assert estimate > true_difference(told) + 2 * error


def test_with_all_hard_parts_completers_understate_the_difference() -> None:
    frame, told = clinics(DEFAULT)
    estimate, error = naive(frame)
    assert estimate < true_difference(told) - 2 * error


def test_potential_outcomes_are_recovered_from_what_happened_in_a_randomised_world() -> None:
    frame, told = clinics(RANDOMISED)
    means = told["potential_outcomes"]["clinics"]["all"]["as_followed"]
    for number, arm in enumerate(ARMS):
        taken = frame.filter(pl.col("arm") == number)["change"].to_numpy()
        error = taken.std() / np.sqrt(len(taken))
        assert abs(taken.mean() - means[arm.code][str(WEEK)]) < 4 * error


def test_standardising_by_stage_recovers_them_in_the_confounded_world() -> None:
    """Choice depends on stage and measured baseline, so the true change standardised by stage is the truth."""
    frame, told = clinics(DEFAULT)
    means = told["potential_outcomes"]["clinics"]["all"]["as_followed"]
    weights = frame.group_by("severity").agg((pl.len() / len(frame)).alias("weight"))
    for band, code in ((DEEP, "one_and_half_mm_weekly"), (SHALLOW, "half_mm_twice_weekly")):
        arm = [a.code for a in ARMS].index(code)
        taken = frame.filter(pl.col("arm") == arm).with_columns((pl.col("change") - pl.col("own")).alias("expected"))
        by_stage = taken.group_by("severity").agg(pl.col("expected").mean())
        standardised = (
            by_stage.join(weights, on="severity").select((pl.col("expected") * pl.col("weight")).sum()).item()
        )
        assert abs(standardised - means[code][str(WEEK)]) < 0.6, band


def test_the_effect_is_smaller_at_worse_stages_and_needling_that_goes_on_does_more(truth: dict[str, Any]) -> None:
    clinic = truth["potential_outcomes"]["clinics"]
    for code in ("half_mm_twice_weekly", "one_and_half_mm_weekly"):
        gain = {
            s: clinic[s]["as_followed"][code]["24"] - clinic[s]["as_followed"]["no_needling"]["24"]
            for s in ("early", "later")
        }
        assert gain["early"] > 1.3 * gain["later"]
        assert clinic["all"]["had_nobody_ended_needling"][code]["52"] > clinic["all"]["as_followed"][code]["52"]


def test_everybody_not_needling_has_no_effect_of_needling() -> None:
    site = sites.plan(200, 1, 1, DEFAULT)[0]
    world, _ = draw_world(generator(1, 1, 1), site, 1, 200, date(2026, 6, 30), DEFAULT)
    nothing, week = np.zeros(200, dtype=np.int64), np.full(200, 24.0)
    untreated = ~world.adjuncts.uses
    assert (expected_change(world, nothing, week)[untreated] - site.effect < 0).all()


def test_a_band_is_the_mixture_of_its_arms() -> None:
    means = {arm.code: {"12": 0.0, "24": 0.0, "52": 0.0} for arm in ARMS}
    means["one_and_half_mm_fortnightly"]["24"], means["one_and_half_mm_weekly"]["24"] = 10.0, 20.0
    mixed = mixtures(means, (DEEP,), lambda k: ARMS[k].band, lambda k: ARMS[k].share)
    assert mixed[DEEP]["24"] == pytest.approx(0.35 * 10 + 0.65 * 20)


def test_every_magnitude_is_called_an_assumption_and_has_a_source(truth: dict[str, Any]) -> None:
    for entry in truth["assumptions"].values():
        assert entry["note"] == NOTE
        assert entry["source"]
        assert entry["meaning"]
    assert all(arm["note"] == NOTE for arm in truth["arms"])
    assert all(effect["note"] == NOTE for effect in truth["side_effects"].values())
    assert "assumption" in truth["note"]


def test_every_source_is_on_the_evidence_list_and_in_the_document(truth: dict[str, Any]) -> None:
    text = (Path(__file__).parents[2] / "docs" / "simulation.md").read_text(encoding="utf-8")
    entries = [*truth["assumptions"].values(), *truth["side_effects"].values(), *truth["arms"]]
    named = {mark for entry in entries for mark in entry["source"].split() if entry["source"] != "judgement"}
    assert len(named) > 10
    assert named <= set(truth["evidence"])
    assert all(f"- {mark}: {address}" in text for mark, address in truth["evidence"].items())


def test_the_document_states_the_arms_as_they_are() -> None:
    text = (Path(__file__).parents[2] / "docs" / "simulation.md").read_text(encoding="utf-8")
    for arm in ARMS[1:]:
        lengths = ", ".join(f"{mm:g}" for mm in arm.lengths_mm)
        row = f"| {arm.code} | {arm.band} | {lengths} | {arm.interval_days:.3g} | {arm.share:g} | {arm.gain:g} |"
        assert row in text


def test_shares_inside_a_band_add_up() -> None:
    for band in {arm.band for arm in ARMS}:
        assert sum(arm.share for arm in ARMS if arm.band == band) == pytest.approx(1.0)


def test_arms_lie_in_the_bands_they_name() -> None:
    from pipeline.contract.reference import rows

    limits = {r["code"]: (float(r["low_mm"]), float(r["high_mm"])) for r in rows("depth_bands")}
    weekly = {r["code"]: (float(r["low_per_week"]), float(r["high_per_week"])) for r in rows("frequency_bands")}
    for arm in ARMS[1:]:
        low, high = limits[arm.band]
        assert all(low <= mm < high for mm in arm.lengths_mm)
        low, high = weekly[arm.frequency]
        assert low <= 7 / arm.interval_days < high


def test_side_effect_rates_are_those_asked_about_at_clinics(read: Any, truth: dict[str, Any]) -> None:
    """Clinics ask whether or not something happened, so the share among those asked is the true one."""
    sessions = read("sessions").filter(pl.col("needle_length_mm") == "1.5", pl.col("setting") == "clinic")
    asked = read("side_effects").filter(pl.col("session_id").is_in(sessions["session_id"].to_list()))
    n = asked["session_id"].n_unique()
    share = asked.filter(pl.col("effect") == "redness").height / n
    expected = truth["side_effects"]["redness"]["chance_per_session_by_needle_length_mm"]["1.5"]
    assert abs(share - expected) < 4 * (expected * (1 - expected) / n) ** 0.5
