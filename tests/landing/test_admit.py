"""What becomes of a record, by what it holds."""

from collections.abc import Mapping, Sequence

from pipeline import flow
from tests.landing.conftest import PEOPLE, Home

KNOWN = {"participants.csv": PEOPLE}
OUTCOMES = "participant_id,assessed_on,instrument,value,unit,area_cm2,rater,region\n"
SESSIONS = "participant_id,performed_on,device,needle_length_mm,setting,region,passes\n"


def judged(
    home: Home, table: str, head: str, rows: Sequence[tuple[str, str | None]], beside: Mapping[str, str] = KNOWN
) -> list[str | None]:
    """The reasons of each row of one file, joined; None for an admitted row. Rows get an id, so that none clash."""
    ids = "" if table == "participants" else f"{table[:-1]}_id,"
    lines = [f"{f'R{i},' if ids else ''}{row}" for i, (row, _) in enumerate(rows)]
    home.send({**beside, f"{table}.csv": ids + head + "\n".join(lines) + "\n"})
    entries = flow.quarantine_list(home.settings, limit=1000)["entries"]
    found = {e["line"]: "+".join(sorted(e["reasons"])) for e in entries if e["table"] == table}
    return [found.get(line) for line in range(2, len(rows) + 2)]


def sent(home: Home, table: str, text: str, extra: str = "") -> dict[str, int]:
    """Reasons of one file sent beside two known people."""
    document = home.send({"participants.csv": PEOPLE, f"{table}.csv": text}, extra=extra)
    assert document["tables"][table]["read"] == sum(
        document["tables"][table][c] for c in ("admitted", "unchanged", "superseding", "quarantined", "not_consented")
    )
    reasons: dict[str, int] = document["quarantine"]
    return reasons


SESSION_ROWS = (
    ("P1,2025-01-12,dermaroller,0.5,home,crown,4", None),
    ("P1,2025-01-12,Derma Roller,0.5 mm,HOME,crown,4", None),
    ("P1,2025-01-12T23:10:00,dermaroller,0.50mm,home,,", None),
    ("P1,2025-01-12,dermaroller,,home,crown,4", "missing_required"),
    ("P1,2025-01-12,dermaroller,NA,home,crown,4", "missing_required"),
    (",2025-01-12,dermaroller,0.5,home,crown,4", "missing_required"),
    ("P1,,dermaroller,0.5,home,crown,4", "missing_required"),
    ("P1,2025-01-12,dermaroller,deep,home,crown,4", "wrong_type"),
    ('P1,2025-01-12,dermaroller,"0,5",home,crown,4', "wrong_type"),
    ("P1,2025-01-12,dermaroller,0.5,home,crown,4.5", "wrong_type"),
    ("P1,12.01.2025,dermaroller,0.5,home,crown,4", "wrong_type"),
    ("P1,2025-02-30,dermaroller,0.5,home,crown,4", "wrong_type"),
    ("P1,2025-01-12,dermaroller,0.05,home,crown,4", "out_of_range"),
    ("P1,2025-01-12,dermaroller,5.01,home,crown,4", "out_of_range"),
    ("P1,2025-01-12,dermaroller,0.5,home,crown,51", "out_of_range"),
    ("P1,0025-01-12,dermaroller,0.5,home,crown,4", "out_of_range"),
    ("P1,2025-01-12,garden rake,0.5,home,crown,4", "unknown_value"),
    ("P1,2025-01-12,dermaroller,biweekly,home,crown,4", "ambiguous"),
    ("P9,2025-01-12,dermaroller,0.5,home,crown,4", "unknown_participant"),
    ("P1,2024-01-10,dermaroller,0.5,home,crown,4", "before_time"),
    ("P1,2024-01-11,dermaroller,0.5,home,crown,4", None),
    ("P1,2026-07-01,dermaroller,0.5,home,crown,4", "in_future"),
    ("P1,2026-06-30,dermaroller,0.5,home,crown,4", None),
)


def test_reasons_of_sessions(home: Home) -> None:
    assert judged(home, "sessions", SESSIONS, SESSION_ROWS) == [reason for _, reason in SESSION_ROWS]


OUTCOME_ROWS = (
    ("P1,2025-01-12,hair_density,142.3,/cm2,,software,crown", None),
    ("P1,2025-01-12,hair_density,918,/inch2,,software,crown", None),
    ("P1,2025-01-12,hair_density,142 /cm2,,,software,crown", None),
    ("P1,2025-01-12,hair_density,142,,,software,crown", "unit_missing"),
    ("P1,2025-01-12,hair_density,142,/acre,,software,crown", "unknown_value"),
    ("P1,2025-01-12,hair_density,401,/cm2,,software,crown", "out_of_range"),
    ("P1,2025-01-12,hair_count,142,,1.5,clinician,crown", None),
    ("P1,2025-01-12,hair_count,142,,,clinician,crown", "area_missing"),
    ("P1,2025-01-12,norwood,NW3V,,,clinician,", None),
    ("P1,2025-01-12,norwood,II-III,,,clinician,", "ambiguous"),
    ("P1,2025-01-12,norwood,banana,,,clinician,", "unknown_value"),
    ("P1,2025-01-12,ga_participant,1.5,,,participant,", "wrong_type"),
    ("P1,2025-01-12,ga_participant,4,,,participant,", "out_of_range"),
    ("P1,2025-01-12,salt,40,,,clinician,", "instrument_not_for_diagnosis"),
    ("P2,2025-02-12,salt,40,,,clinician,", None),
    ("P1,2025-01-12,happiness,40,,,participant,", "unknown_value"),
    ("P1,2025-01-12,ga_participant,1,,,,", "missing_required"),
)


def test_reasons_of_outcomes(home: Home) -> None:
    assert judged(home, "outcomes", OUTCOMES, OUTCOME_ROWS) == [reason for _, reason in OUTCOME_ROWS]


PARTICIPANT_ROWS = (
    ("P3,2025-01-10,34,m,aga,norwood,IIIv,yes", None),
    ("P3,2025-01-10,17,m,aga,,,yes", "minor"),
    ("P3,2025-01-10,111,m,aga,,,yes", "out_of_range"),
    ("P3,2025-01-10,34,m,aga,norwood,II-III,yes", "ambiguous"),
    ("P3,2025-01-10,34,m,aga,,III,yes", "missing_required"),
    ("P3,2025-01-10,34,m,aga,norwood,III,", "missing_required"),
    ("P3,2025-01-10,34,m,aga,norwood,III,maybe", "wrong_type"),
    ("P3,2027-01-10,34,m,aga,,,yes", "in_future"),
    ("P3,,34,m,aga,,,yes", "missing_required"),
)


def test_reasons_of_participants(home: Home) -> None:
    rows = [(row.replace("P3", f"P{3 + i}"), reason) for i, (row, reason) in enumerate(PARTICIPANT_ROWS)]
    head = "participant_id,enrolled_on,age_years,sex,diagnosis,staging_scale,stage,consent\n"
    assert judged(home, "participants", head, rows, beside={}) == [reason for _, reason in rows]


def test_a_record_may_bear_several_reasons(home: Home) -> None:
    reasons = sent(home, "sessions", SESSIONS + "P9,2027-01-01,rake,77,home,crown,0\n")
    assert reasons == {"in_future": 1, "out_of_range": 1, "unknown_participant": 1, "unknown_value": 1}


def test_values_are_converted_and_kept_on_the_instruments_scale(home: Home) -> None:
    rows = "P1,2025-01-12,hair_density,100,/inch2,,software,crown\nP1,2025-01-12,norwood,3V,,,clinician,\n"
    assert sent(home, "outcomes", OUTCOMES + rows) == {}
    assert home.rows("outcomes", "instrument, value, unit", "instrument") == [
        ("hair_density", 155, "/cm2"),
        ("norwood", 6, "stage"),
    ]


def test_units_values_and_decimal_comma_of_the_mapping(home: Home) -> None:
    text = "Patient;Datum;Geraet;Nadel;Ort\nP1;12.01.2025;Roller;1500;daheim\nP1;13.01.2025;DP;0500,5;daheim\n"
    extra = """dates = "%d.%m.%Y"
delimiter = ";"
decimal = ","
[tables.sessions]
files = ["log.csv"]
units = { needle_length_mm = "um" }
values = { device = { "Roller" = "dermaroller", "DP" = "pen_motorised" }, setting = { daheim = "home" } }
[tables.sessions.columns]
"Patient" = "participant_id"
"Datum" = "performed_on"
"Geraet" = "device"
"Nadel" = "needle_length_mm"
"Ort" = "setting"
"""
    home.send({"participants.csv": PEOPLE})
    document = home.send({"log.csv": text}, extra=extra)
    assert document["quarantine"] == {}
    found = home.rows("sessions", "day, device, CAST(needle_length_mm AS VARCHAR), setting", "day")
    assert found == [(2, "dermaroller", "1.50", "home"), (3, "pen_motorised", "0.50", "home")]


def test_days_from_enrolment_and_dates_give_the_same_day(home: Home) -> None:
    home.send({"participants.csv": PEOPLE})
    head = "participant_id,performed_day,device,needle_length_mm,setting\n"
    home.send(
        {
            "sessions.csv": head
            + "P1,14,dermaroller,0.5,home\nP1,-366,dermaroller,0.5,home\nP1,9999,dermaroller,0.5,home\n"
        }
    )
    assert home.rows("sessions", "day") == [(14,)]
    assert home.quarantined() == {"before_time": 1, "in_future": 1}


def test_an_offset_moves_the_clock_to_the_sources_zone(home: Home) -> None:
    home.send({"participants.csv": PEOPLE})
    head = "participant_id,performed_on,device,needle_length_mm,setting\n"
    home.send(
        {
            "sessions.csv": head
            + "P1,2025-06-01T23:30:00Z,dermaroller,0.5,home\nP1,2025-06-01T23:30:00,nano_patch,0.5,home\n"
        },
        extra='timezone = "Europe/Berlin"\n',
    )
    assert home.rows("sessions", "device, day", "device") == [("dermaroller", 143), ("nano_patch", 142)]


def test_a_year_or_month_of_a_treatment_is_an_interval(home: Home) -> None:
    head = "participant_id,treatment,started_on\n"
    sent(home, "treatments", head + "P1,minoxidil_topical,2024\nP1,finasteride_oral,2025-02\nP1,prp,2025-01-12\n")
    widths = "treatment, started_to_day - started_from_day"
    assert home.rows("treatments", widths, "treatment") == [
        ("finasteride_oral", 27),
        ("minoxidil_topical", 365),
        ("prp", 0),
    ]


def test_none_needs_the_day_it_was_asked_and_others_their_start(home: Home) -> None:
    head = "participant_id,treatment,asked_on,started_on\n"
    assert sent(home, "treatments", head + "P1,none,,\nP1,prp,,\nP2,none,2025-03-01,\n") == {"missing_required": 2}


def test_unknown_columns_are_named_and_not_stored(home: Home) -> None:
    head = "participant_id,performed_on,device,needle_length_mm,setting,diary\n"
    text = head + "P1,2025-01-12,dermaroller,0.5,home,met Anna\n"
    document = home.send({"participants.csv": PEOPLE, "sessions.csv": text})
    assert any("diary" in w for w in document["warnings"])
    assert b"met Anna" not in home.bytes_of()


def test_flags_are_raised_and_the_record_kept(home: Home) -> None:
    head = "participant_id,performed_on,device,needle_length_mm,setting,shared_device\n"
    rows = "P1,2025-01-12,rf_fractional,3.5,home,yes\nP1,2025-01-13,dermaroller,0.5,home,no\n"
    assert sent(home, "sessions", head + rows) == {}
    assert home.rows("sessions", "flags", "day") == [
        (["home_over_1_5mm", "home_rf", "shared_device", "needle_over_3mm"],),
        ([],),
    ]


def test_a_quarter_may_stand_for_the_enrolment_date(home: Home) -> None:
    head = "participant_id,enrolled_quarter,age_band,sex,diagnosis,consent\n"
    people = head + "P1,2025Q3,30-39,male,androgenetic_alopecia,yes\n"
    sessions = "participant_id,performed_day,device,needle_length_mm,setting\nP1,3,dermaroller,0.5,home\n"
    document = home.send({"participants.csv": people, "sessions.csv": sessions})
    assert document["quarantine"] == {}
    assert home.rows("participants", "enrolled_quarter, age_band") == [("2025Q3", "30-39")]
    assert home.rows("sessions", "day") == [(3,)]
