"""Corrections, repeats, stale drops, snapshots: which version of a record holds."""

import pytest

from pipeline import flow
from tests.landing.conftest import PEOPLE, SESSIONS, Home

HEAD = "session_id,participant_id,performed_on,device,needle_length_mm,setting\n"
DEPTHS = "CAST(needle_length_mm AS VARCHAR)"


def counts(document: dict[str, dict[str, dict[str, int]]], table: str = "sessions") -> dict[str, int]:
    return {name: n for name, n in document["tables"][table].items() if n and name != "read"}


def test_the_same_drop_again_changes_nothing(filled: Home) -> None:
    again = filled.send({"participants.csv": PEOPLE, "sessions.csv": SESSIONS}, on="2026-01-31")
    assert counts(again) == {"unchanged": 2}
    assert counts(again, "participants") == {"unchanged": 2}
    assert len(filled.rows("sessions")) == 2


def test_a_later_drop_corrects_and_an_older_one_does_not(filled: Home) -> None:
    later = filled.send({"sessions.csv": HEAD + "S1,P1,2025-01-12,dermaroller,1.5,home\n"}, on="2026-02-28")
    assert counts(later) == {"superseding": 1}
    stale = filled.send({"sessions.csv": HEAD + "S1,P1,2025-01-12,dermaroller,1.0,home\n"}, on="2026-02-01")
    assert counts(stale) == {"unchanged": 1}
    assert filled.rows("sessions", DEPTHS, "day") == [("1.50",), ("0.50",)]


def test_a_record_confirmed_later_is_not_changed_by_a_drop_in_between(filled: Home) -> None:
    confirmed = HEAD + "S1,P1,2025-01-12,dermaroller,0.5,home\n"
    assert counts(filled.send({"sessions.csv": confirmed}, on="2026-03-31")) == {"unchanged": 1}
    between = HEAD + "S1,P1,2025-01-12,dermaroller,1.0,home\n"
    assert counts(filled.send({"sessions.csv": between}, on="2026-02-28")) == {"unchanged": 1}
    assert filled.rows("sessions", DEPTHS, "day") == [("0.50",), ("0.50",)]


def test_two_versions_in_one_drop_are_both_quarantined(home: Home) -> None:
    clash = "S1,P1,2025-01-12,dermaroller,0.5,home\nS1,P1,2025-01-12,dermaroller,1.5,home\n"
    sessions = HEAD + clash + "S2,P1,2025-01-13,dermaroller,1.5,home\n"
    document = home.send({"participants.csv": PEOPLE, "sessions.csv": sessions})
    assert counts(document) == {"admitted": 1, "quarantined": 2}
    assert document["quarantine"] == {"duplicate_id": 2}


def test_equal_repeats_in_one_drop_count_once(home: Home) -> None:
    row = "S1,P1,2025-01-12,dermaroller,0.5,home\n"
    document = home.send({"participants.csv": PEOPLE, "sessions.csv": HEAD + row * 3})
    assert counts(document) == {"admitted": 1, "unchanged": 2}


def test_repeats_over_two_files_of_a_drop_count_once(home: Home) -> None:
    row = "S1,P1,2025-01-12,dermaroller,0.5,home\n"
    extra = '[tables.participants]\nfiles = ["participants.csv"]\n[tables.sessions]\nfiles = ["s*.csv"]\n'
    document = home.send({"participants.csv": PEOPLE, "s1.csv": HEAD + row, "s2.csv": HEAD + row}, extra=extra)
    assert counts(document) == {"admitted": 1, "unchanged": 1}


def test_without_an_id_day_region_and_device_identify_a_session(home: Home) -> None:
    head = "participant_id,performed_on,device,needle_length_mm,setting,region\n"
    home.send(
        {"participants.csv": PEOPLE, "sessions.csv": head + "P1,2025-01-12,dermaroller,0.5,home,crown\n"},
        on="2026-01-31",
    )
    rows = "P1,2025-01-12,dermaroller,0.6,home,crown\nP1,2025-01-12,dermaroller,0.5,home,hairline\n"
    assert counts(home.send({"sessions.csv": head + rows}, on="2026-02-28")) == {"admitted": 1, "superseding": 1}


def test_a_key_of_the_mapping_makes_corrections_corrections(home: Home) -> None:
    extra = """[tables.sessions]
files = ["log.csv"]
key = ["No"]
columns = { "P" = "participant_id", "D" = "performed_on", "L" = "needle_length_mm" }
constants = { device = "dermaroller", setting = "home" }
"""
    home.send({"participants.csv": PEOPLE})
    home.send({"log.csv": "No,P,D,L\n1,P1,2025-01-12,0.5\n"}, extra=extra, on="2026-01-31")
    moved = home.send({"log.csv": "No,P,D,L\n1,P1,2025-01-14,0.5\n"}, extra=extra, on="2026-02-28")
    assert counts(moved) == {"superseding": 1}
    assert home.rows("sessions", "day") == [(4,)]


def test_a_withdrawn_record_goes_and_stays_away_from_older_drops(filled: Home) -> None:
    gone = filled.send({"sessions.csv": "session_id,participant_id,withdrawn\nS1,P1,true\n"}, on="2026-03-31")
    assert counts(gone) == {"superseding": 1, "withdrawn": 1}
    late = filled.send({"sessions.csv": HEAD + "S1,P1,2025-01-12,dermaroller,1.0,home\n"}, on="2026-02-28")
    assert counts(late) == {"unchanged": 1}
    assert len(filled.rows("sessions")) == 1
    back = filled.send({"sessions.csv": HEAD + "S1,P1,2025-01-12,dermaroller,1.0,home\n"}, on="2026-04-30")
    assert counts(back) == {"superseding": 1}
    assert len(filled.rows("sessions")) == 2


def test_a_bad_correction_leaves_the_record_and_flags_it(filled: Home) -> None:
    bad = filled.send({"sessions.csv": HEAD + "S1,P1,2025-01-12,dermaroller,9,home\n"}, on="2026-02-28")
    assert counts(bad) == {"quarantined": 1}
    assert filled.rows("sessions", f"{DEPTHS}, flags", "day") == [("0.50", ["correction_pending"]), ("0.50", [])]
    filled.send({"sessions.csv": HEAD + "S1,P1,2025-01-12,dermaroller,0.9,home\n"}, on="2026-03-31")
    assert filled.rows("sessions", f"{DEPTHS}, flags", "day") == [("0.90", []), ("0.50", [])]
    assert filled.quarantined() == {}


def test_the_same_bad_record_again_is_the_same_entry(home: Home) -> None:
    files = {"participants.csv": PEOPLE, "sessions.csv": HEAD + "S1,P1,2025-01-12,dermaroller,9,home\n"}
    assert home.send(files)["quarantine"] == {"out_of_range": 1}
    assert home.send(files)["quarantine"] == {"out_of_range": 1}
    assert home.quarantined() == {"out_of_range": 1}


def test_a_changed_enrolment_moves_every_day_and_is_reported(filled: Home) -> None:
    moved = filled.send({"participants.csv": PEOPLE.replace("2025-01-10", "2025-01-08")}, on="2026-02-28")
    assert any("changed their enrolment date" in w for w in moved["warnings"])
    assert filled.rows("sessions", "day") == [(4,), (11,)]


SNAPSHOT = """[tables.participants]
files = ["participants.csv"]
[tables.sessions]
files = ["sessions.csv"]
mode = "snapshot"
"""


def rows(*days: int) -> str:
    return HEAD + "".join(f"S{d},P1,2025-01-{d:02d},dermaroller,0.5,home\n" for d in days)


def test_a_snapshot_withdraws_what_it_does_not_hold(home: Home) -> None:
    home.send({"participants.csv": PEOPLE, "sessions.csv": rows(*range(11, 21))}, extra=SNAPSHOT, on="2026-01-31")
    second = home.send({"sessions.csv": rows(*range(11, 20))}, extra=SNAPSHOT, on="2026-02-28")
    assert counts(second) == {"unchanged": 9, "withdrawn": 1}
    assert len(home.rows("sessions")) == 9
    # a record that only an older delivery holds was already gone when the snapshot was taken
    assert counts(home.send({"sessions.csv": rows(25)}, on="2026-02-01")) == {"unchanged": 1}
    assert len(home.rows("sessions")) == 9


def test_a_snapshot_that_shrinks_too_much_is_refused(home: Home) -> None:
    home.send({"participants.csv": PEOPLE, "sessions.csv": rows(*range(11, 21))}, extra=SNAPSHOT, on="2026-01-31")
    path = home.drop({"sessions.csv": rows(11, 12)}, extra=SNAPSHOT, on="2026-02-28")
    document, code = flow.ingest(home.settings, [path])
    assert code == 3
    assert "would withdraw 8 of 10" in document["refused"][0]["reason"]
    assert len(home.rows("sessions")) == 10
    allowed = SNAPSHOT + "allow_shrink = true\n"
    assert counts(home.send({"sessions.csv": rows(11, 12)}, extra=allowed, on="2026-02-28")) == {
        "unchanged": 2,
        "withdrawn": 8,
    }
    assert len(home.rows("sessions")) == 2


def test_a_snapshot_does_not_withdraw_a_record_whose_correction_failed(home: Home) -> None:
    home.send({"participants.csv": PEOPLE, "sessions.csv": rows(*range(11, 21))}, extra=SNAPSHOT, on="2026-01-31")
    text = rows(*range(11, 21)).replace("S11,P1,2025-01-11,dermaroller,0.5", "S11,P1,2025-01-11,dermaroller,9")
    assert counts(home.send({"sessions.csv": text}, extra=SNAPSHOT, on="2026-02-28")) == {
        "unchanged": 9,
        "quarantined": 1,
    }
    assert len(home.rows("sessions")) == 10


@pytest.mark.parametrize("first", ["north", "south"])
def test_two_sources_of_one_namespace_speak_of_the_same_people(home: Home, first: str) -> None:
    shared = 'people = "registry"\n'
    second = {"north": "south", "south": "north"}[first]
    home.send({"participants.csv": PEOPLE}, source=first, extra=shared)
    assert counts(home.send({"sessions.csv": SESSIONS}, source=second, extra=shared)) == {"admitted": 2}
    assert counts(home.send({"sessions.csv": SESSIONS}, source="stranger")) == {"quarantined": 2}
