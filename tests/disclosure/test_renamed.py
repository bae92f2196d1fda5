"""A clinic by another name, split, or joined by some of another's people."""

import polars as pl

from pipeline.config import Settings
from pipeline.disclosure.policy import PROFILES, STRICT
from tests.disclosure.months import People
from tests.disclosure.releases import LATE, cell, joining, release


def renamed(everybody: People, name: str, n: int) -> People:
    """So many of the people of clinic north stand under another name."""
    moved = pl.col("pseudonym").is_in(everybody.frame.filter(clinic_id="north").head(n)["pseudonym"].to_list())
    return People(
        everybody.frame.with_columns(pl.when(moved).then(pl.lit(name)).otherwise("clinic_id").alias("clinic_id"))
    )


def test_a_clinic_by_another_name_is_held_against_what_it_was_told_before(
    settings: Settings, everybody: People
) -> None:
    release(settings, everybody, LATE, "v1")
    more = People(pl.concat([everybody.frame, joining(everybody, 6)]))
    few = cell(release(settings, renamed(more, "nord", 86), LATE, "v2"), "nord", "people", "people")
    assert (few["state"], few["n_shown"]) == ("suppressed", None)
    same = cell(release(settings, renamed(everybody, "nord", 80), LATE, "v3"), "nord", "people", "people")
    assert (same["state"], same["n_shown"]) == ("shown", 80)
    many = People(pl.concat([everybody.frame, joining(everybody, 11)]))
    anew = cell(release(settings, renamed(many, "nord", 91), LATE, "v4"), "nord", "people", "people")
    assert (anew["state"], anew["n_shown"]) == ("shown", 90)


def test_another_name_and_another_profile_at_once_tell_no_finer_count(settings: Settings, everybody: People) -> None:
    release(settings, everybody, LATE, "v1")
    moved = release(settings, renamed(everybody, "nord", 80), LATE, "v2", policy=PROFILES["acro"])
    assert cell(moved, "nord", "people", "people")["state"] == "suppressed"
    assert cell(moved, "south", "people", "people")["rule"] == STRICT.rule


def test_two_halves_of_a_clinic_do_not_tell_together_how_few_joined(settings: Settings, everybody: People) -> None:
    release(settings, everybody, LATE, "v1")
    more = People(pl.concat([everybody.frame, joining(everybody, 6)]))
    split = release(settings, renamed(more, "nord", 40), LATE, "v2")
    assert cell(split, "nord", "people", "people")["state"] == "suppressed"
    assert cell(split, "north", "people", "people")["state"] == "kept"
    many = People(pl.concat([everybody.frame, joining(everybody, 12)]))
    split = release(settings, renamed(many, "nord", 40), LATE, "v3")
    assert cell(split, "nord", "people", "people")["n_shown"] == 40


def test_a_few_who_go_to_another_clinic_make_it_no_heir(settings: Settings, everybody: People) -> None:
    release(settings, everybody, LATE, "v1")
    moved = release(settings, renamed(everybody, "south", 12), LATE, "v2")
    assert cell(moved, "south", "people", "people")["released_in"] == "v2"
    assert cell(moved, "north", "people", "people")["released_in"] == "v2"
