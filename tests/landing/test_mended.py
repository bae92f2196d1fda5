"""When an entry of the quarantine closes: once its record has come again in order, and not before."""

import pytest

from pipeline import flow
from pipeline.contract.staged import WHY_NOT_TAKEN
from pipeline.landing import overview
from tests.landing.conftest import PEOPLE, Home

HEAD = "session_id,participant_id,performed_on,device,needle_length_mm,setting\n"
KEYLESS = "participant_id,performed_on,device,needle_length_mm,setting\n"


def rows(*days: int) -> str:
    return "".join(f"P1,2025-01-{day:02d},dermaroller,0.5,home\n" for day in days)


def lines(home: Home) -> list[tuple[str, int]]:
    found, _ = overview.entries(home.settings, None, 100)
    return [(e["reasons"][0], e["line"]) for e in found]


def reference(home: Home, reason: str) -> str:
    """The reference of the one open entry with that reason, as it is handed back."""
    found = [
        entry["reference"] for entry in overview.entries(home.settings, "north", 100)[0] if reason in entry["reasons"]
    ]
    assert len(found) == 1
    return f"[ref {found[0]}]"


BAD_DATE = "P1,2025-02-31,dermaroller,0.5,home\n"
BROKEN = "P1,2025-01-28\n"


@pytest.mark.parametrize("bad", [BAD_DATE, BROKEN], ids=["date", "line"])
def test_a_row_without_a_key_closes_with_the_copy_that_mends_it(home: Home, bad: str) -> None:
    home.send({"participants.csv": PEOPLE, "sessions.csv": KEYLESS + rows(11, 12, 13) + bad})
    assert len(lines(home)) == 1
    home.send({"sessions.csv": KEYLESS + rows(11, 12, 13, 28)})
    assert lines(home) == []
    assert len(home.rows("sessions")) == 4


@pytest.mark.parametrize("bad", [BAD_DATE, BROKEN], ids=["date", "line"])
def test_the_next_delivery_under_the_same_name_mends_nothing(home: Home, bad: str) -> None:
    home.send({"participants.csv": PEOPLE, "sessions.csv": KEYLESS + rows(11, 12, 13) + bad}, on="2026-01-31")
    home.send({"sessions.csv": KEYLESS + rows(18, 19, 20, 21)}, on="2026-02-28")
    home.send({"sessions.csv": KEYLESS + rows(25, 26)}, on="2026-03-31")
    assert len(lines(home)) == 1


def test_a_sliding_window_mends_nothing_either(home: Home) -> None:
    first = KEYLESS + BAD_DATE + rows(*range(1, 11))
    home.send({"participants.csv": PEOPLE, "sessions.csv": first}, on="2026-01-31")
    home.send({"sessions.csv": KEYLESS + rows(*range(6, 16))}, on="2026-02-28")
    assert len(lines(home)) == 1


def test_what_is_still_wrong_in_a_copy_stays_open_once(home: Home) -> None:
    text = KEYLESS + rows(11, 12) + BAD_DATE + BROKEN
    home.send({"participants.csv": PEOPLE, "sessions.csv": text})
    home.send({"sessions.csv": text.replace(BROKEN, rows(28))})
    assert [reason for reason, _ in lines(home)] == ["wrong_type"]
    home.send({"sessions.csv": KEYLESS + rows(11, 12, 28) + BAD_DATE + "P1\n"})
    assert sorted(reason for reason, _ in lines(home)) == ["malformed_line", "wrong_type"]


def test_of_equal_rows_as_many_stay_open_as_are_still_wrong(home: Home) -> None:
    home.send({"participants.csv": PEOPLE, "sessions.csv": KEYLESS + rows(11, 12) + 3 * BAD_DATE})
    home.send({"sessions.csv": KEYLESS + rows(11, 12, 28) + 2 * BAD_DATE})
    assert len(lines(home)) == 2


def test_a_key_that_changes_with_the_mending_closes_too(home: Home) -> None:
    bad = "P1,2025-01-28,rake,0.5,home\n"
    home.send({"participants.csv": PEOPLE, "sessions.csv": KEYLESS + rows(11, 12) + bad})
    assert home.quarantined() == {"unknown_value": 1}
    home.send({"sessions.csv": KEYLESS + rows(11, 12, 28)})
    assert home.quarantined() == {}


def test_the_same_bytes_read_by_a_mended_mapping_close_what_they_mend(home: Home) -> None:
    mapping = '[tables.participants]\nfiles = ["participants.csv"]\n[tables.sessions]\nfiles = ["log.csv"]\n'
    text = KEYLESS.replace("setting", "where") + rows(11, 12)
    home.send({"participants.csv": PEOPLE, "log.csv": text}, extra=mapping)
    assert home.quarantined() == {"missing_required": 2}
    home.send({"log.csv": text}, extra=mapping + 'columns = { "where" = "setting" }\n')
    assert home.quarantined() == {}


def test_a_file_that_was_wholly_wrong_closes_when_it_comes_again_at_its_length(home: Home) -> None:
    home.send({"participants.csv": PEOPLE, "sessions.csv": KEYLESS + 2 * BROKEN})
    home.send({"sessions.csv": KEYLESS + rows(11)})
    assert home.quarantined() == {"malformed_line": 2}
    home.send({"sessions.csv": KEYLESS + rows(11, 12)})
    assert home.quarantined() == {}


def test_an_older_drop_closes_nothing_and_opens_nothing(home: Home) -> None:
    home.send({"participants.csv": PEOPLE, "sessions.csv": HEAD + "S1,P1,2025-01-12,dermaroller,9,home\n"})
    good = HEAD + "S1,P1,2025-01-12,dermaroller,0.5,home\n"
    home.send({"sessions.csv": good}, on="2026-01-31")
    assert home.quarantined() == {"out_of_range": 1}
    assert home.rows("sessions", "flags") == [(["correction_pending"],)]
    home.send({"sessions.csv": good}, on="2026-07-31")
    older = home.send({"sessions.csv": HEAD + "S1,P1,2025-01-12,dermaroller,9,home\n"}, on="2026-06-30")
    assert older["tables"]["sessions"]["unchanged"] == 1
    assert home.quarantined() == {}


WHY = f",{WHY_NOT_TAKEN}\n"


def test_rows_sent_alone_close_by_their_reference(home: Home) -> None:
    text = KEYLESS + rows(11, 12) + BAD_DATE + "P1,2025-01-27,rake,0.5,home\n" + BROKEN
    home.send({"participants.csv": PEOPLE, "sessions.csv": text})
    date, line = reference(home, "wrong_type"), reference(home, "malformed_line")
    answer = KEYLESS.replace("\n", WHY) + f"P1,2025-01-26,dermaroller,0.5,home,no date {date}\n"
    document = home.send({"sessions.csv": answer})
    assert document["warnings"] == []
    assert document["tables"]["sessions"]["admitted"] == 1
    assert home.quarantined() == {"malformed_line": 1, "unknown_value": 1}
    home.send({"sessions.csv": KEYLESS.replace("\n", WHY) + f"P1,2025-01-28,dermaroller,0.5,home,broken {line}\n"})
    assert home.quarantined() == {"unknown_value": 1}


def test_a_row_that_comes_back_as_it_was_stays_the_same_entry(home: Home) -> None:
    home.send({"participants.csv": PEOPLE, "sessions.csv": KEYLESS + rows(11) + BAD_DATE})
    before = reference(home, "wrong_type")
    answer = KEYLESS.replace("\n", WHY) + BAD_DATE.replace("\n", f",no date {before}\n")
    home.send({"sessions.csv": answer})
    assert reference(home, "wrong_type") == before


def test_a_reference_of_another_source_closes_nothing(home: Home) -> None:
    home.send({"participants.csv": PEOPLE, "sessions.csv": KEYLESS + BAD_DATE})
    mine = reference(home, "wrong_type")
    answer = KEYLESS.replace("\n", WHY) + f"P1,2025-01-26,dermaroller,0.5,home,{mine}\n"
    flow.ingest(home.settings, [home.drop({"participants.csv": PEOPLE, "sessions.csv": answer}, source="south")])
    assert home.quarantined() == {"wrong_type": 1}


def test_a_broken_line_that_comes_back_broken_stays_the_same_entry(home: Home) -> None:
    home.send({"participants.csv": PEOPLE, "sessions.csv": KEYLESS + rows(11) + BROKEN})
    named = reference(home, "malformed_line")
    alone = KEYLESS.replace("\n", WHY) + f"P1,2025-01-28,,,,broken {named},\n"
    home.send({"sessions.csv": alone})
    assert reference(home, "malformed_line") == named
    home.send({"sessions.csv": KEYLESS.replace("\n", WHY) + f"P1,2025-01-28,dermaroller,0.5,home,broken {named}\n"})
    assert home.quarantined() == {}
