"""The quality letter: counts of what one source sent, in plain words, nobody named."""

import csv
import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from pipeline import flow
from pipeline.contract.quality import Delivery, Filled, Lag, Overdue, Quality
from pipeline.contract.reasons import REASONS
from pipeline.landing import bench, quality
from pipeline.sender import advice, letter
from tests.landing.conftest import Home
from tests.sender.conftest import Desk

PEOPLE = """participant_id,enrolled_on,age_years,sex,diagnosis,consent,skin_type,recorded_on
anna,2025-01-10,34,female,androgenetic_alopecia,yes,II,2025-01-10
bert,2025-01-10,41,male,androgenetic_alopecia,yes,,2025-01-11
carl,2025-01-10,52,male,androgenetic_alopecia,yes,,2025-03-11
dora,2025-01-10,29,female,androgenetic_alopecia,yes,III,
emil,2025-01-10,61,male,androgenetic_alopecia,yes,,
"""
ENROLLED = date(2025, 1, 10)


def day(days: int) -> str:
    return (ENROLLED + timedelta(days=days)).isoformat()


def outcomes(*rows: tuple[str, int]) -> str:
    head = "participant_id,assessed_on,instrument,value,unit,rater\n"
    return head + "".join(f"{who},{day(n)},hair_density,150,/cm2,software\n" for who, n in rows)


def sessions(*rows: tuple[str, int]) -> str:
    head = "participant_id,performed_on,device,needle_length_mm,setting\n"
    return head + "".join(f"{who},{day(n)},dermaroller,0.5,home\n" for who, n in rows)


def measured(home: Home, source: str = "north") -> Quality:
    with bench.opened(home.settings) as work:
        return quality.measure(work, source)


def late(found: Quality) -> dict[int, tuple[int, ...]]:
    return {overdue.week: overdue.lines for overdue in found.overdue}


def test_visits_are_overdue_by_line_once_their_window_has_closed(home: Home) -> None:
    seen = outcomes(("anna", 84), ("anna", 170), ("bert", 63), ("carl", 106))
    home.send({"participants.csv": PEOPLE, "outcomes.csv": seen}, on=day(7 * 28))
    found = measured(home)
    assert found.n_due == {12: 5, 24: 5}
    # carl's outcome came a day after the window of week 12 had closed
    assert late(found) == {12: (4, 5, 6), 24: (3, 4, 5, 6)}
    assert {(o.file, o.taken_out_on) for o in found.overdue} == {
        ("participants.csv", ENROLLED + timedelta(days=7 * 28))
    }


def test_a_window_that_is_open_is_not_overdue(home: Home) -> None:
    home.send({"participants.csv": PEOPLE}, on=day(7 * 15 - 1))
    assert measured(home).n_due == {}
    home.send({"participants.csv": PEOPLE}, on=day(7 * 15))
    assert late(measured(home)) == {12: (2, 3, 4, 5, 6)}


def test_visits_count_from_the_first_needling_within_the_longest_landmark(home: Home) -> None:
    files = {"participants.csv": PEOPLE, "sessions.csv": sessions(("anna", 30), ("bert", 85), ("carl", -3))}
    home.send({**files, "outcomes.csv": outcomes(("anna", 30 + 84))}, on=day(30 + 7 * 15))
    found = measured(home)
    assert found.n_due == {12: 5}
    assert late(found) == {12: (3, 4, 5, 6)}


def test_nobody_waits_for_who_has_left(home: Home) -> None:
    head = "participant_id,occurred_on,event\n"
    events = (
        head + f"anna,{day(50)},lost\nbert,{day(50)},stopped_no_effect\ncarl,{day(150)},moved\ndora,{day(10)},died\n"
    )
    home.send({"participants.csv": PEOPLE, "events.csv": events}, on=day(7 * 15))
    found = measured(home)
    assert found.n_due == {12: 3}
    assert late(found) == {12: (3, 4, 6)}


def test_days_from_enrolment_and_quarters_serve_as_well(home: Home) -> None:
    people = "participant_id,enrolled_quarter,age_years,sex,diagnosis,consent\n"
    people += "".join(f"{who},2025Q1,40,male,androgenetic_alopecia,yes\n" for who in ("anna", "bert"))
    assessed = "participant_id,assessed_day,instrument,value,unit,rater\nanna,84,hair_density,150,/cm2,software\n"
    files = {"participants.csv": people, "outcomes.csv": assessed}
    home.send(files, on="2025-07-13")
    assert measured(home).n_due == {}  # of a quarter its last day counts
    home.send(files, on="2025-07-14")
    assert late(measured(home)) == {12: (3,)}


def test_filled_cells_are_counted_among_what_could_be_read(home: Home) -> None:
    people = PEOPLE.replace("dora,2025-01-10,29", "dora,2025-01-10,old").replace(
        "emil,2025-01-10,61,male", "emil,2025-01-10,61,"
    )
    people += "broken\nfred,2025-01-10,17,male,androgenetic_alopecia,yes,II,2025-01-10\n"
    home.send({"participants.csv": people})
    found = {f.column: (f.n_filled, f.n_records) for f in measured(home).filled}
    assert found["age_years"] == (5, 5)  # `old` was filled in, though it could not be read
    assert found["sex"] == (4, 5)
    assert found["skin_type"] == (2, 5)
    assert found["years_since_onset"] == (0, 5)
    assert not {"participant_id", "enrolled_quarter", "consent"} & set(found)


def test_lag_reasons_and_trend_are_the_sources_own(home: Home) -> None:
    home.send({"participants.csv": PEOPLE}, on=day(60))
    home.send({"participants.csv": PEOPLE, "sessions.csv": sessions(("anna", 10), ("nobody", 11)) + "x\n"}, on=day(90))
    home.send({"participants.csv": PEOPLE.replace("male", "mal")}, source="south", on=day(70))
    found = measured(home)
    assert found.lags == (Lag("participants", 3, 1, 60),)
    assert found.reasons == {"malformed_line": 1, "unknown_participant": 1}
    assert found.n_open == {"sessions": 2}
    assert found.n_taken == {"participants": 5, "sessions": 1}
    assert found.data_until == ENROLLED + timedelta(days=90)
    assert found.deliveries == (
        Delivery(ENROLLED + timedelta(days=60), 5, 0),
        Delivery(ENROLLED + timedelta(days=90), 8, 2),
    )


def test_the_letter_names_nobody_and_loads_nothing(desk: Desk, home: Home) -> None:
    drop = home.drop({"participants.csv": PEOPLE, "sessions.csv": sessions(("anna", 10), ("emil", 400))}, on=day(200))
    flow.ingest(home.settings, [drop])
    out, _ = desk.hand_back(drop)
    text, page = ((out / name).read_text(encoding="utf-8") for name in ("letter.md", "letter.html"))
    for told in (text, page):
        assert not any(name in told for name in ("anna", "bert", "carl", "dora", "emil"))
        assert "participants.csv as taken out on" in told
        assert "marked/" in told
        assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}", told)
    assert "http" not in page
    assert page.count("<h1>") == 1
    with (out / "overdue.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert [(row["file"], row["week"]) for row in rows[:2]] == [("participants.csv", "12"), ("participants.csv", "12")]


def test_a_letter_without_copies_says_where_to_look(desk: Desk, home: Home) -> None:
    home.send({"participants.csv": PEOPLE.replace("female", "fehlt")})
    text = (desk.hand_back(None)[0] / "letter.md").read_text(encoding="utf-8")
    assert "not-taken.csv names file, line and column" in text
    assert "marked/" not in text


def quality_of(**changed: object) -> Quality:
    plain: dict[str, object] = {
        "source": "north", "data_until": date(2026, 1, 31), "n_taken": {"sessions": 1000}, "n_open": {}, "reasons": {},
        "filled": (), "n_due": {}, "overdue": (), "lags": (), "deliveries": (),
    }  # fmt: skip
    return Quality(**{**plain, **changed})  # type: ignore[arg-type]


def test_what_concerns_most_comes_first_and_the_list_is_short() -> None:
    reasons = {"out_of_range": 3, "missing_required": 20, "unknown_participant": 9, "wrong_type": 2, "encoding": 1}
    overdue = (Overdue(12, "people.csv", date(2026, 1, 31), tuple(range(2, 9))),)
    said = advice.first(quality_of(reasons=reasons, n_open={"participants": 4, "sessions": 31}, overdue=overdue))
    assert [re.search(r"\((\d+)\)", text) and re.search(r"\((\d+)\)", text)[1] for text in said] == [
        "20",
        "4",
        "7",
        "3",
    ]
    assert said[1] == "Mend the rows of people first (4): 9 records wait for somebody who is not there."
    assert advice.first(quality_of(reasons={"unknown_participant": 1}))[0].endswith(
        "one record waits for somebody who is not there."
    )
    assert advice.first(quality_of()) == []
    slow = quality_of(lags=(Lag("sessions", 10, 3, 45),))
    assert advice.first(slow) == ["Write records down within 30 days where that is possible."]


def test_every_reason_has_its_advice() -> None:
    for reason in REASONS:
        assert advice.first(quality_of(reasons={reason: 2})), reason


@pytest.mark.parametrize(
    ("n", "of", "told"), [(0, 10, "0%"), (1, 3000, "0.1%"), (1, 9, "11%"), (2999, 3000, "99.9%"), (10, 10, "100%")]
)
def test_a_share_is_never_rounded_to_all_or_none(n: int, of: int, told: str) -> None:
    deliveries = (Delivery(date(2026, 1, 31), of, n),)
    text, _ = letter.render(quality_of(deliveries=deliveries), has_copies=False)
    assert f"| {told} |" in re.sub(" +", " ", text)


def test_a_long_list_is_cut_and_counted() -> None:
    overdue = (Overdue(24, "people.csv", date(2026, 1, 31), tuple(range(2, 102))),)
    filled = tuple(Filled("sessions", f"column_{i}", False, 10, 0) for i in range(9))
    deliveries = tuple(Delivery(date(2025, 1, 1) + timedelta(days=i), 10, 1) for i in range(12))
    text, page = letter.render(
        quality_of(overdue=overdue, n_due={24: 120}, filled=filled, deliveries=deliveries), has_copies=True
    )
    assert "39, 40, 41 and 60 more (overdue.csv)" in text
    assert "column_5 and 3 more" in text
    assert "4 earlier ones are not shown." in text
    assert text.count("2025-01-") == page.count("2025-01-") == 8


def test_headers_of_the_sender_cannot_break_the_page() -> None:
    overdue = (Overdue(24, "<b>people|.csv", date(2026, 1, 31), (2,)),)
    text, page = letter.render(quality_of(overdue=overdue, n_due={24: 3}), has_copies=True)
    assert "<b>" not in page
    assert "line 2" in text


def test_the_sample_letter_fits_a_page(desk: Desk) -> None:
    sample = Path(__file__).resolve().parents[2] / "data" / "samples" / "clinic-nord"
    flow.ingest(desk.home.settings, [sample])
    text = (desk.hand_back(sample, "sample-clinic-nord")[0] / "letter.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) < 75
    assert "Mend the rows of people first (5): 111 records wait for somebody who is not there." in text
