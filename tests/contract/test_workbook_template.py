"""The workbook to fill in: its headers, lists, examples and help, and that a filled one needs no mapping."""

import io
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from openpyxl import Workbook, load_workbook

from pipeline.cli import main
from pipeline.contract import reference
from pipeline.contract.tables import TABLES
from pipeline.contract.templates import template_names
from pipeline.contract.workbook_template import HELP, LISTS, MINIMAL, workbook, write_workbooks
from pipeline.errors import UsageError

Cells = dict[str, object]
DAY = date(2025, 9, 1)


@pytest.fixture(scope="module")
def whole() -> Workbook:
    return load_workbook(io.BytesIO(workbook({name: template_names(table) for name, table in TABLES.items()})))


def ask(*words: str) -> dict[str, Any]:
    result = CliRunner().invoke(main, [*words, "--json"])
    assert result.exit_code == 0, result.output
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def fill(path: Path, records: dict[str, list[Cells]]) -> None:
    """Write records below the example rows, each cell under the header that begins with its column's name."""
    book = load_workbook(path)
    for table, rows in records.items():
        sheet = book[table]
        places = {str(cell.value).split(" ")[0]: cell.column for cell in sheet[1]}
        for line, row in enumerate(rows, start=3):
            for name, value in row.items():
                sheet.cell(line, places[name], value)
    book.save(path)


def people(n: int) -> list[Cells]:
    return [
        {"participant_id": f"00{k}", "enrolled_on": DAY, "age_years": 30 + k, "sex": "female",
         "diagnosis": "androgenetic_alopecia", "consent": "yes"}
        for k in range(n)
    ]  # fmt: skip


def sessions(n: int) -> list[Cells]:
    return [
        {"participant_id": f"00{k}", "performed_on": DAY + timedelta(days=7 * week), "device": "dermaroller",
         "needle_length_mm": 1.5, "setting": "home"}
        for k in range(n) for week in range(4)
    ]  # fmt: skip


def test_every_table_has_its_sheet_and_every_header_its_unit(whole: Workbook) -> None:
    assert whole.sheetnames == [HELP, *TABLES, LISTS]
    assert [s.sheet_state for s in whole.worksheets] == [*["visible"] * (len(TABLES) + 1), "hidden"]
    headers = [cell.value for cell in whole["sessions"][1]]
    assert [str(header).split(" ")[0] for header in headers] == list(template_names(TABLES["sessions"]))
    assert {"needle_length_mm (mm)", "area_cm2 (cm2)", "device"} <= set(headers)
    assert "strength" in [cell.value for cell in whole["treatments"][1]]


def test_the_examples_are_marked_and_of_the_right_type(whole: Workbook) -> None:
    for name in TABLES:
        cells = {
            str(head.value).split(" ")[0]: cell for head, cell in zip(*whole[name].iter_rows(max_row=2), strict=True)
        }
        assert cells["participant_id"].value == "example"
        assert cells["recorded_on"].is_date
        assert cells["recorded_on"].number_format == "yyyy-mm-dd"
    assert whole["sessions"]["E2"].value == 1.5


def test_cells_offer_the_words_of_their_vocabulary_and_say_what_they_take(whole: Workbook) -> None:
    sheet = whole["sessions"]
    letters = {str(cell.value).split(" ")[0]: cell.column_letter for cell in sheet[1]}
    rules = {str(rule.sqref).split("2:")[0]: rule for rule in sheet.data_validations.dataValidation}
    assert list(rules) == list(letters.values())
    device = rules[letters["device"]]
    first, last = device.formula1.removeprefix(f"{LISTS}!").replace("$", "").split(":")
    offered = [row[0].value for row in whole[LISTS][f"{first}:{last}"]]
    assert (device.type, offered) == ("list", [term.code for term in reference.vocabulary("device")])
    assert (device.errorStyle, str(device.sqref)) == ("warning", f"{letters['device']}2:{letters['device']}1048576")
    needle = rules[letters["needle_length_mm"]]
    assert (needle.type, needle.operator, needle.formula1, needle.formula2) == ("decimal", "between", "0.1", "5")
    assert needle.prompt == (
        "Needle length; above 3.00 admitted with a flag, above 5.00 refused. Expected: 0.1 to 5 mm. Required."
    )
    assert rules[letters["performed_on"]].type == "date"
    assert all(len(rule.prompt) <= 255 and len(rule.promptTitle) <= 32 for rule in rules.values())
    assert all(len(rule.error) <= 255 for name in TABLES for rule in whole[name].data_validations.dataValidation)


def test_columns_are_as_wide_as_their_headers_and_the_header_stays(whole: Workbook) -> None:
    for name in TABLES:
        sheet = whole[name]
        assert sheet.freeze_panes == "B2"
        assert all(sheet.column_dimensions[c.column_letter].width > len(str(c.value)) for c in sheet[1])


def test_the_help_explains_every_column_and_every_word(whole: Workbook) -> None:
    rows = [tuple(cell.value or "" for cell in row) for row in whole[HELP].iter_rows()]
    told = {row[:2]: row for row in rows}
    for name, table in TABLES.items():
        for column in template_names(table):
            assert told[name, column][3]
            assert (told[name, column][2] == "yes") == table.column(column).required
    assert "dermaroller" in told["sessions", "device"][5]
    assert {row["code"] for row in reference.rows("instruments")} <= {row[0] for row in rows}


def test_the_minimal_set_has_twelve_columns() -> None:
    assert len({name for names in MINIMAL.values() for name in names}) == 12
    small = load_workbook(io.BytesIO(workbook(MINIMAL)))
    assert small.sheetnames == [HELP, *MINIMAL, LISTS]
    assert [cell.value for cell in small["outcomes"][1]] == ["participant_id", "assessed_on", "hair_density (/cm2)"]


def test_templates_never_overwrite_what_somebody_has_filled_in(tmp_path: Path) -> None:
    write_workbooks(tmp_path)
    with pytest.raises(UsageError, match=r"source\.toml is there already"):
        write_workbooks(tmp_path)


def test_an_empty_template_admits_nothing_and_is_no_error(tmp_path: Path) -> None:
    ask("template", "--format", "xlsx", "--out", str(tmp_path / "mine"))
    document = ask("ingest", str(tmp_path / "mine"), "--home", str(tmp_path / "home"))
    assert {n for table in document["tables"].values() for n in table.values()} == {0}
    assert document["refused"] == document["warnings"] == []


def test_a_filled_template_is_published_without_any_mapping(tmp_path: Path) -> None:
    mine, home = tmp_path / "mine", str(tmp_path / "home")
    ask("template", "--format", "xlsx", "--out", str(mine))
    assert "[tables" not in (mine / "source.toml").read_text(encoding="utf-8")
    density = [
        {"participant_id": p["participant_id"], "assessed_on": DAY + timedelta(weeks=w), "instrument": "hair_density",
         "value": 120.5 + w, "unit": "/cm2", "rater": "software"}
        for p in people(3) for w in (0, 12)
    ]  # fmt: skip
    used: Cells = {"participant_id": "001", "treatment": "minoxidil_topical", "started_on": "2024-03", "strength": 5,
                   "strength_unit": "percent", "as_prescribed_pct": 80}  # fmt: skip
    fill(
        mine / "tables.xlsx",
        {"participants": people(3), "sessions": sessions(3), "outcomes": density, "treatments": [used]},
    )
    checked = ask("check", str(mine), "--home", home)
    assert (checked["quarantine"], checked["warnings"], checked["rejects"]["n"]) == ({}, [], 0)
    document = ask("run", str(mine), "--home", home)
    admitted = {name: table["admitted"] for name, table in document["tables"].items() if table["read"]}
    assert admitted == {"participants": 3, "sessions": 12, "treatments": 1, "outcomes": 6}
    assert document["gate"]["passed"]


def test_a_filled_minimal_template_is_taken_as_it_is(tmp_path: Path) -> None:
    mine, home = tmp_path / "mine", str(tmp_path / "home")
    ask("template", "--format", "xlsx", "--out", str(mine))
    density = [
        {"participant_id": p["participant_id"], "assessed_on": DAY + timedelta(weeks=w), "hair_density": 120.5 + w}
        for p in people(3)
        for w in (0, 12)
    ]
    fill(mine / "minimal" / "minimal.xlsx", {"participants": people(3), "sessions": sessions(3), "outcomes": density})
    document = ask("ingest", str(mine / "minimal"), "--home", home)
    admitted = {name: table["admitted"] for name, table in document["tables"].items()}
    assert admitted == {"participants": 3, "sessions": 12, "outcomes": 6}
    assert (document["warnings"], document["quarantine"]) == ([], {})
