"""A workbook goes back with marked cells, is corrected in its cells, and comes again."""

import re
import zipfile
from pathlib import Path

import pytest

from pipeline import flow
from tests.landing.conftest import Home
from tests.sender import workbooks
from tests.sender.conftest import Desk
from tests.sender.workbooks import cells, change

PEOPLE: list[workbooks.Row] = [
    ["participant_id", "enrolled_on", "age_years", "sex", "diagnosis", "consent"],
    ["P1", "2025-01-10", 34, "male", "androgenetic_alopecia", "yes"],
]
LOG: list[workbooks.Row] = [
    ["Praxis Nord"],
    [],
    ["Patient", "Datum", "Gerät", "Nadel (µm)", "Ort", "Notiz"],
    ["P1", "2025-01-12", "Roller", 500, "clinic", "fine"],
    ["P1", "2025-01-19", "Roller", 9000, "clinic"],
    [],
    ["P1", "2025-01-26", "Roller", 500, None, "no place"],
    ["P1", "2025-02-02", "Roller", 500, "clinic"],
]
EXTRA = """format = "xlsx"
[tables.participants]
files = ["book.xlsx"]
sheet = "People"
[tables.sessions]
files = ["book.xlsx"]
sheet = "Log"
header_row = 3
units = { needle_length_mm = "um" }
values = { device = { "Roller" = "dermaroller" } }
[tables.sessions.columns]
"Patient" = "participant_id"
"Datum" = "performed_on"
"Gerät" = "device"
"Nadel (µm)" = "needle_length_mm"
"Ort" = "setting"
"""


@pytest.fixture
def drop(home: Home) -> Path:
    path = home.drop({}, extra=EXTRA)
    workbooks.write(path / "book.xlsx", {"People": PEOPLE, "Log": LOG})
    document = flow.ingest(home.settings, [path])[0]
    assert document["quarantine"] == {"missing_required": 1, "out_of_range": 1}
    return path


def styles(folder: Path) -> set[str]:
    """The cells of the log that stand in colour."""
    with zipfile.ZipFile(folder / "marked" / "book.xlsx") as archive:
        sheet = archive.read("xl/worksheets/sheet2.xml").decode()
        n_styles = archive.read("xl/styles.xml").decode().count("<xf ") - 1
    assert n_styles == 4
    found = re.findall(r"<c ([^>]*?)/?>", sheet)
    return {place[1] for c in found if (place := re.search(r'r="([A-Z]+\d+)"', c)) and re.search(r's="[23]"', c)}


def test_reasons_stand_in_the_sheet_beside_coloured_cells(desk: Desk, drop: Path) -> None:
    out, document = desk.hand_back(drop)
    assert (document["open"], document["marked"], document["refused"]) == (2, 2, [])
    assert {tuple(file["written"]) for file in document["files"]} == {("marked/book.xlsx",)}
    book = out / "marked" / "book.xlsx"
    assert cells(book, 1) == cells(drop / "book.xlsx", 1)
    log = cells(book, 2)
    assert log.pop("G3") == "why not taken"
    assert log.pop("G5").startswith("Nadel (µm): 9000 lies outside 0.10 to 5.00 mm (100 to 5000 um) [ref ")
    assert log.pop("G7").startswith("Ort: it is empty, and it is required [ref ")
    assert log == cells(drop / "book.xlsx", 2)
    assert not (out / "rejected").exists()


def test_a_corrected_workbook_admits_the_mended_rows_and_no_others(desk: Desk, home: Home, drop: Path) -> None:
    out, _ = desk.hand_back(drop)
    book = out / "marked" / "book.xlsx"
    change(book, 2, "<v>9000</v>", "<v>900</v>")
    again = desk.ask("ingest", str(out / "marked"))
    assert again["warnings"] == [w for w in again["warnings"] if "Notiz" in w]
    counts = again["tables"]["sessions"]
    assert (counts["admitted"], counts["unchanged"], counts["quarantined"]) == (1, 2, 1)
    second, document = desk.hand_back(out / "marked")
    assert document["marked"] == 1
    log = cells(second / "marked" / "book.xlsx", 2)
    assert log["G3"] == "why not taken"
    assert "G5" not in log
    assert log["G7"].count("[ref ") == 1
    assert (styles(second), styles(out)) == ({"E7", "G7"}, {"D5", "G5", "E7", "G7"})
    change(second / "marked" / "book.xlsx", 2, '<c r="E7" s="2"/>', '<c r="E7" t="inlineStr"><is><t>home</t></is></c>')
    assert desk.ask("ingest", str(second / "marked"))["tables"]["sessions"]["admitted"] == 1
    assert desk.entries() == []
    assert len(home.rows("sessions")) == 4


def test_a_workbook_with_nothing_to_mend_goes_back_as_it_is(desk: Desk, home: Home) -> None:
    drop = home.drop({}, extra=EXTRA)
    workbooks.write(drop / "book.xlsx", {"People": PEOPLE, "Log": LOG[:4]})
    flow.ingest(home.settings, [drop])
    out, document = desk.hand_back(drop)
    assert document["open"] == 0
    assert (out / "marked" / "book.xlsx").read_bytes() == (drop / "book.xlsx").read_bytes()
