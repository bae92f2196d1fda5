"""Hand back, correct, send again: exactly the mended rows are taken, and nothing else changes."""

import csv
import shutil
from pathlib import Path

import pytest

from pipeline import flow
from pipeline.contract.staged import WHY_NOT_TAKEN
from tests.landing.conftest import PEOPLE, Home
from tests.sender.conftest import Desk, Row, marked_lines, mend, rows_of

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "samples" / "clinic-nord"
SOURCE = "sample-clinic-nord"
GERMAN = ("cp1252", ";")


def mend_people(row: Row) -> Row | None:
    if row["Alter"] == "17":
        return None  # nobody can mend that
    fixed = {
        "N-038": ("Geschlecht", "m"),
        "N-037": ("Stadium", "2"),
        "N-036": ("Alter", "40"),
        "N-035": ("Diagnose", "AGA"),
    }
    column, value = fixed[row["Patient"]]
    return {**row, column: value}


def mend_session(row: Row) -> Row | None:
    start = {"Patient": "N-001", "Datum": "10.10.2025", "Gerät": "Roller", "Nadel (µm)": "1500", "Ort": "Praxis"}
    start |= {"Areal": "Tonsur", "Schmerz": "3", WHY_NOT_TAKEN: row[WHY_NOT_TAKEN]}
    match row["Sitzung"], row["Nadel (µm)"]:
        case ("B-8", "1500") | ("B-11", _):
            return None
        case (("B-10" | "B-12") as number, _):
            return {**start, "Sitzung": number, "Datum": f"{number[2:]}.12.2025"}
        case (("B-1" | "B-2" | "B-3" | "B-4" | "B-5" | "B-6" | "B-7") as number, _):
            return {**start, "Sitzung": number, "Datum": f"0{number[2:]}.11.2025"}
        case _:
            return row  # B-8 is the only one of its number now; the others wait for their person


def mend_follow_up(row: Row) -> Row | None:
    if row["Patient"] != "N-002":
        return row
    changes: dict[str, Row] = {
        "02.11.2025": {"Dichte": "120,5"}, "03.11.2025": {"Dichte": "142,3"}, "04.11.2025": {"Feld cm²": "0,8"},
        "05.11.2025": {"Norwood": "III"}, "06.11.2025": {"SALT": "", "Norwood": "2"},
        "31.02.2026": {"Datum": "28.02.2026"},
    }  # fmt: skip
    return {**row, **changes[row["Datum"]]}


def mend_treatment(row: Row) -> Row | None:
    return {**row, **({"je Woche": "2"} if row["je Woche"] == "biweekly" else {"Beginn": row["Beginn"] or "2024"})}


def mend_cost(row: Row) -> Row | None:
    changes = {"-25,00": {"Betrag": "25,00"}, "40,00": {"Währung": "EUR"}}
    return {**row, **changes.get(row["Betrag"], {})}


MENDING = {
    "patienten": mend_people, "sitzungen": mend_session, "verlauf": mend_follow_up, "therapien": mend_treatment,
    "kosten": mend_cost, "nebenwirkungen": lambda row: {**row, "Schwellung": row["Schwellung"].replace("?", "x")},
}  # fmt: skip
N_MENDED = {"participants": 4, "sessions": 9 + 1, "outcomes": 6, "side_effects": 1, "treatments": 2, "costs": 2}
"""Rows that are mended by hand, and B-8 whose twin is gone."""

N_WAITED = {"participants": 0, "sessions": 34, "outcomes": 56, "side_effects": 12, "treatments": 4, "costs": 4}
"""Records of the four people whose own rows are mended."""


@pytest.fixture
def ingested(desk: Desk, tmp_path: Path) -> Desk:
    flow.ingest(desk.home.settings, [SAMPLE])
    return desk


@pytest.mark.parametrize("folder", ["marked", "rejected"])
def test_the_german_clinic_corrects_its_files(ingested: Desk, folder: str) -> None:
    before = {table: n for table, n in flow.status(ingested.home.settings)["tables"].items() if n}
    out, document = ingested.hand_back(SAMPLE, SOURCE)
    assert document["open"] == document["marked"] == 138
    assert document["refused"] == document["warnings"] == []
    for name, change in MENDING.items():
        assert mend(out / folder / f"{name}.csv", change, *GERMAN)
    again = ingested.ask("ingest", str(out / folder))
    assert again["warnings"] == again["refused"] == []
    assert again["quarantine"] == {}
    # a row that is left out of the rejected rows is no answer; one that is left out of the whole copy is
    left = [entry["reasons"] for entry in ingested.entries(SOURCE)]
    assert left == ([] if folder == "marked" else [["minor"], ["malformed_line"]])
    for table in before:
        counts = again["tables"][table]
        assert counts["admitted"] == N_MENDED[table] + N_WAITED[table], table
        assert counts["superseding"] == counts["quarantined"] == counts["withdrawn"] == 0
        assert counts["unchanged"] + counts["not_consented"] == counts["read"] - counts["admitted"]
    after = flow.status(ingested.home.settings)["tables"]
    assert {table: after[table] - n for table, n in before.items()} == {t: N_MENDED[t] + N_WAITED[t] for t in before}


def test_the_files_come_back_as_they_were_with_one_cell_more(ingested: Desk) -> None:
    out, _ = ingested.hand_back(SAMPLE, SOURCE)
    by_file: dict[str, set[int]] = {}
    for entry in ingested.entries(SOURCE):
        by_file.setdefault(entry["file"], set()).add(entry["line"])
    for path in sorted(SAMPLE.glob("*.csv")):
        lines, marked = path.read_bytes().splitlines(), (out / "marked" / path.name).read_bytes().splitlines()
        assert all(new.startswith(old) for old, new in zip(lines, marked, strict=True))
        assert {n for n, (old, new) in enumerate(zip(lines, marked, strict=True), start=1) if new != old + b";"} == {
            1,
            *by_file[path.name],
        }
        assert marked_lines(out / "marked" / path.name, *GERMAN) == by_file[path.name]
        assert len((out / "rejected" / path.name).read_bytes().splitlines()) == 1 + len(by_file[path.name])
    sentences = {row[0]: row[-1] for row in rows_of(out / "rejected" / "sitzungen.csv", *GERMAN)}
    assert sentences["B-1"].startswith("Nadel (µm): 15000 lies outside 0.10 to 5.00 mm (100 to 5000 um) [ref ")
    assert sentences["B-3"].startswith("Gerät: 'Schröpfglas' is not known; known are: Roller, Pen, dermaroller")
    assert (out / "marked" / "source.toml").read_bytes() == (SAMPLE / "source.toml").read_bytes()


@pytest.mark.parametrize("folder", ["marked", "rejected"])
def test_a_copy_that_comes_back_as_it_was_changes_nothing(ingested: Desk, folder: str) -> None:
    out, _ = ingested.hand_back(SAMPLE, SOURCE)
    before, tables = ingested.entries(SOURCE), flow.status(ingested.home.settings)["tables"]
    again = ingested.ask("ingest", str(out / folder))
    assert all(n["admitted"] == n["superseding"] == 0 for n in again["tables"].values())
    assert flow.status(ingested.home.settings)["tables"] == tables
    after = ingested.entries(SOURCE)
    assert sorted(e["reasons"] for e in after) == sorted(e["reasons"] for e in before)
    if folder == "rejected":
        assert {e["reference"] for e in after} == {e["reference"] for e in before}


def test_half_of_the_work_takes_half_of_the_rows_and_the_rest_comes_back(ingested: Desk) -> None:
    out, _ = ingested.hand_back(SAMPLE, SOURCE)
    mend(out / "marked" / "patienten.csv", mend_people, *GERMAN)
    ingested.ask("ingest", str(out / "marked"))
    assert {e["reasons"][0] for e in ingested.entries(SOURCE)} >= {
        "malformed_line",
        "wrong_type",
        "unknown_participant",
    }
    second, document = ingested.hand_back(out / "marked", SOURCE)
    assert document["open"] == document["marked"] == len(ingested.entries(SOURCE)) == 138 - 5 - 110
    header = rows_of(second / "marked" / "sitzungen.csv", *GERMAN)[0]
    assert header.count(WHY_NOT_TAKEN) == 1
    for name, change in MENDING.items():
        if name != "patienten":
            mend(second / "marked" / f"{name}.csv", change, *GERMAN)
    ingested.ask("ingest", str(second / "marked"))
    assert ingested.entries(SOURCE) == []


HEAD = "session_id,participant_id,performed_on,device,needle_length_mm,setting\n"


def test_a_corrected_row_supersedes_what_an_earlier_delivery_said(desk: Desk, home: Home) -> None:
    home.send(
        {"participants.csv": PEOPLE, "sessions.csv": HEAD + "S1,P1,2025-01-12,dermaroller,0.5,home\n"}, on="2026-01-31"
    )
    drop = home.drop(
        {"sessions.csv": HEAD + "S1,P1,2025-01-12,dermaroller,9,home\nS2,P1,2025-01-13,dermaroller,1,home\n"}
    )
    flow.ingest(home.settings, [drop])
    out, _ = desk.hand_back(drop)
    mend(out / "marked" / "sessions.csv", lambda row: {**row, "needle_length_mm": "0.9"})
    counts = desk.ask("ingest", str(out / "marked"))["tables"]["sessions"]
    assert (counts["superseding"], counts["unchanged"], counts["admitted"]) == (1, 1, 0)
    assert home.rows("sessions", "CAST(needle_length_mm AS VARCHAR), flags", "day") == [("0.90", []), ("1.00", [])]


def test_the_column_may_stand_where_the_sender_puts_it_and_is_never_reported(desk: Desk, home: Home) -> None:
    text = (
        HEAD.replace("device", f"{WHY_NOT_TAKEN.title()},device")
        + "S1,P1,2025-01-12,anything at all,dermaroller,1,home\n"
    )
    document = home.send({"participants.csv": PEOPLE, "sessions.csv": text})
    assert document["warnings"] == []
    assert document["tables"]["sessions"]["admitted"] == 1
    other = home.send({"sessions.csv": text.replace("Why Not Taken", "why_not_taken")})
    assert "why_not_taken" in other["warnings"][0]


def test_a_mended_mapping_takes_back_what_the_file_never_said_wrong(desk: Desk, home: Home) -> None:
    extra = '[tables.participants]\nfiles = ["participants.csv"]\n[tables.sessions]\nfiles = ["sessions.csv"]\n'
    rows = HEAD + "S1,P1,2025-01-12,Walze,1,home\n"
    drop = home.drop({"participants.csv": PEOPLE, "sessions.csv": rows}, extra=extra)
    flow.ingest(home.settings, [drop])
    out, _ = desk.hand_back(drop)
    with (out / "marked" / "source.toml").open("a", encoding="utf-8") as handle:
        handle.write('values = { device = { "Walze" = "dermaroller" } }\n')
    assert desk.ask("ingest", str(out / "marked"))["tables"]["sessions"]["admitted"] == 1
    assert desk.entries() == []


def test_what_a_spreadsheet_program_saves_is_read_too(ingested: Desk, tmp_path: Path) -> None:
    """Every row as wide as the widest, every cell quoted, another line end: what programs make of a file."""
    out, _ = ingested.hand_back(SAMPLE, SOURCE)
    path = out / "marked" / "kosten.csv"
    mend(path, mend_cost, *GERMAN, end="\r\n")
    rows = rows_of(path, *GERMAN)
    width = max(map(len, rows))
    with path.open("w", encoding="cp1252", newline="") as handle:
        csv.writer(handle, delimiter=";", quoting=csv.QUOTE_ALL).writerows(
            [*row, *[""] * (width - len(row))] for row in rows
        )
    alone = tmp_path / "alone"
    alone.mkdir()
    for name in ("source.toml", "kosten.csv"):
        shutil.copyfile(out / "marked" / name, alone / name)
    assert ingested.ask("ingest", str(alone))["tables"]["costs"]["admitted"] == 2
