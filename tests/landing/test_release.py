"""Quarantined records that heal."""

from pipeline import flow, ledger
from pipeline.landing.release import ORPHAN_DAYS
from tests.landing.conftest import PEOPLE, SESSIONS, Home

HEAD = "session_id,participant_id,performed_on,device,needle_length_mm,setting\n"


def test_orphans_are_admitted_when_their_person_arrives(home: Home) -> None:
    home.send({"sessions.csv": SESSIONS})
    document = home.send({"participants.csv": PEOPLE})
    assert document["tables"]["sessions"]["released"] == 2
    assert home.quarantined() == {}
    assert home.rows("sessions", "day") == [(2,), (9,)]


def test_a_released_orphan_sent_again_is_unchanged(home: Home) -> None:
    home.send({"sessions.csv": SESSIONS})
    home.send({"participants.csv": PEOPLE})
    assert home.send({"sessions.csv": SESSIONS})["tables"]["sessions"]["unchanged"] == 2


def test_an_orphan_does_not_replace_a_newer_record(home: Home) -> None:
    home.send({"sessions.csv": HEAD + "S1,P1,2025-01-12,dermaroller,0.5,home\n"}, on="2026-01-31")
    newer = HEAD + "S1,P1,2025-01-12,dermaroller,1.5,home\n"
    home.send({"sessions.csv": newer, "participants.csv": PEOPLE}, on="2026-02-28")
    assert home.rows("sessions", "CAST(needle_length_mm AS VARCHAR)") == [("1.50",)]
    assert home.quarantined() == {}


def test_an_orphan_that_proves_too_early_stays(home: Home) -> None:
    home.send({"sessions.csv": HEAD + "S1,P1,2020-01-12,dermaroller,0.5,home\n"})
    assert home.send({"participants.csv": PEOPLE})["tables"].get("sessions", {}).get("released", 0) == 0
    assert home.rows("sessions") == []


def test_flags_are_raised_on_release(home: Home) -> None:
    home.send({"sessions.csv": HEAD + "S1,P1,2025-01-12,dermaroller,2.5,home\n"})
    home.send({"participants.csv": PEOPLE})
    assert home.rows("sessions", "flags") == [(["home_over_1_5mm"],)]


def test_retry_admits_what_was_ahead_of_its_extraction_and_nothing_else(home: Home) -> None:
    rows = (
        "S1,P1,2026-03-01,dermaroller,0.5,home\nS2,P1,2025-01-12,rake,0.5,home\nS3,P1,2025-01-12,dermaroller,9,home\n"
    )
    home.send({"participants.csv": PEOPLE, "sessions.csv": HEAD + rows}, on="2026-01-31")
    assert home.quarantined() == {"in_future": 1, "out_of_range": 1, "unknown_value": 1}
    # another source's later drop does not release it: only a steward's look does
    home.send({"participants.csv": PEOPLE}, source="south", on="2026-06-30")
    assert home.quarantined()["in_future"] == 1
    document = flow.quarantine_retry(home.settings)
    assert document["tables"] == {"sessions": {"released": 1}}
    assert document["quarantine"] == {"out_of_range": 1, "unknown_value": 1}


def test_orphans_are_removed_in_the_end_with_a_count(home: Home) -> None:
    home.send({"sessions.csv": SESSIONS})
    with ledger.opened(home.settings.home) as book:
        book.execute("UPDATE drops SET arrived_at = arrived_at - to_days(?)", [ORPHAN_DAYS + 1])
    document = home.send({"participants.csv": PEOPLE.replace("P1", "P7")})
    assert any("2 records removed" in w for w in document["warnings"])
    assert home.quarantined() == {}
