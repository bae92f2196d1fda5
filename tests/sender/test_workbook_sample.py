"""The French clinic's workbook, from its first delivery to the corrected copy, by the commands a person would type."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from pipeline.contract.staged import WHY_NOT_TAKEN
from tests.sender.conftest import Desk

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "samples" / "clinic-sud"
SOURCE = "sample-clinic-sud"
HEADER_ROWS = {"Patients": 4, "Séances": 3, "Suivi": 4, "Effets": 3, "Traitements": 3}
AMBER = "FFFFE699"

MENDED: Mapping[str, Mapping[str, object]] = {
    "Patients": {"E24": "alopécie androgénétique", "C25": 40, "D26": "H"},
    "Séances": {
        "D161": 1.5, "H162": 1, "C163": "Stylo", "B164": datetime(2026, 3, 4), "B165": datetime(2026, 3, 5),
        "E166": "Cabinet", "D167": 1.5, "D168": 1.5, "B169": datetime(2026, 3, 9),
        **{f"{letter}171": None for letter in "ABCDEFGHIJ"},  # its twin in row 170 is the true one
    },
    "Suivi": {"C77": 150, "C78": 142.3, "B79": datetime(2026, 3, 1), "C80": 140, "B81": datetime(2026, 3, 3)},
    "Effets": {"D87": True},
    "Traitements": {"F28": 2024},
}  # fmt: skip
N_MENDED = {"participants": 3, "sessions": 10, "outcomes": 5, "side_effects": 1, "treatments": 1}
N_STILL_UNKNOWN = {"sessions": 1}
"""S-999, whom nobody knows."""


@pytest.fixture
def ingested(desk: Desk) -> Desk:
    desk.ask("ingest", str(SAMPLE))
    return desk


def read(path: Path, *, values: bool = False) -> Workbook:
    return load_workbook(path, data_only=values)


def expected() -> dict[str, dict[str, dict[str, int]]]:
    found: dict[str, dict[str, dict[str, int]]] = json.loads((SAMPLE / "expected.json").read_text(encoding="utf-8"))[
        "tables"
    ]
    return found


def test_a_check_tells_rejects_by_sheet_and_row(desk: Desk) -> None:
    document = desk.ask("check", str(SAMPLE), "--limit", "1000")
    assert document["rejects"]["n"] == sum(table["quarantined"] for table in expected().values())
    told = {(e["file"], e["line"]): (e["columns"], e["reasons"]) for e in document["rejects"]["entries"]}
    assert told["registre.xlsx[Patients]", 26] == (["sex"], ["missing_required"])
    assert told["registre.xlsx[Séances]", 167] == (["needle_length_mm"], ["wrong_type"])
    assert told["registre.xlsx[Suivi]", 81] == (["assessed_on"], ["wrong_type"])
    assert {file for file, _ in told} == {f"registre.xlsx[{sheet}]" for sheet in HEADER_ROWS}
    assert all(
        file["records"] == file["read"] for file in document["files"] if file["table"] in ("participants", "sessions")
    )
    assert not desk.home.settings.home.exists()
    boxes = [row[2] for row in read(SAMPLE / "registre.xlsx")["Effets"].iter_rows(min_row=4, values_only=True)]
    ignored = {file["table"]: (file["records"], file["ignored"]) for file in document["files"] if file["ignored"]}
    assert ignored == {"side_effects": (len(boxes), boxes.count(False))}  # nobody was asked
    assert {file["malformed"] for file in document["files"]} == {0}


def test_the_clinics_own_workbook_comes_back_with_reasons_and_colours(ingested: Desk) -> None:
    out, document = ingested.hand_back(SAMPLE, SOURCE)
    assert document["open"] == document["marked"] == 89
    assert document["refused"] == document["warnings"] == []
    assert sorted(p.name for p in (out / "marked").iterdir()) == ["registre.xlsx", "source.toml"]
    own, marked = read(SAMPLE / "registre.xlsx"), read(out / "marked" / "registre.xlsx")
    assert marked.sheetnames == own.sheetnames
    by_sheet: dict[str, set[int]] = {name: set() for name in HEADER_ROWS}
    for entry in ingested.entries(SOURCE):
        by_sheet[entry["file"].split("[")[1].rstrip("]")].add(entry["line"])
    for name, header in HEADER_ROWS.items():
        sheet, was = marked[name], own[name]
        place = was.max_column + 1
        assert sheet.cell(header, place).value == WHY_NOT_TAKEN
        assert {r for r in range(header + 1, sheet.max_row + 1) if sheet.cell(r, place).value} == by_sheet[name]
        assert [[c.value for c in row] for row in was.iter_rows()] == [
            [c.value for c in row][: place - 1] for row in sheet.iter_rows(max_row=was.max_row)
        ]
        assert sheet.merged_cells.ranges == was.merged_cells.ranges
    log = marked["Séances"]
    assert str(log["J161"].value).startswith("Aiguille (mm): 15 lies outside 0.10 to 5.00 mm [ref ")
    assert str(log["J167"].value).startswith("Aiguille (mm): '#formula without a value' is no number")
    assert {c.coordinate for c in log[161] if c.fill.fgColor.rgb == AMBER} == {"D161", "J161"}
    assert log["B161"].number_format == own["Séances"]["B161"].number_format


def test_the_corrected_copy_admits_exactly_the_mended_rows(ingested: Desk) -> None:
    out, _ = ingested.hand_back(SAMPLE, SOURCE)
    path = out / "marked" / "registre.xlsx"
    book = read(path, values=True)  # a spreadsheet program keeps the values of formulas, and so does this
    for name, cells in MENDED.items():
        for reference, value in cells.items():
            book[name][reference].value = value
    book.save(path)
    again = ingested.ask("ingest", str(out / "marked"))
    assert again["refused"] == []
    assert again["quarantine"] == {"minor": 1, "unknown_participant": 1}
    for table, account in expected().items():
        waited = account["quarantine"].get("unknown_participant", 0) - N_STILL_UNKNOWN.get(table, 0)
        counts = again["tables"][table]
        assert counts["admitted"] == N_MENDED[table] + waited, table
        assert counts["superseding"] == counts["withdrawn"] == 0
        assert counts["unchanged"] == account["admitted"]
    left = [(e["file"], e["line"], e["reasons"]) for e in ingested.entries(SOURCE)]
    assert left == [
        ("registre.xlsx[Patients]", 27, ["minor"]), ("registre.xlsx[Séances]", 172, ["unknown_participant"]),
    ]  # fmt: skip
