"""A workbook mapped by the program alone: sheets, header rows and footers are found, and read as by hand."""

import json
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli import main
from pipeline.errors import UsageError
from tests.proposal.conftest import Desk
from tests.sources.workbooks import written

SAMPLE = Path(__file__).parents[2] / "data" / "samples" / "clinic-sud"
HEAD: list[object] = ["Patient", "Date", "Device", "Needle (mm)", "Setting"]
ROWS: list[list[object]] = [[f"P{i}", f"2025-02-1{i}", "roller", 0.5, "home"] for i in range(6)]


def test_the_french_clinic_is_understood_as_by_hand(desk: Desk) -> None:
    document = desk.map({"registre.xlsx": (SAMPLE / "registre.xlsx").read_bytes()})
    by_hand = tomllib.loads((SAMPLE / "source.toml").read_text(encoding="utf-8"))
    found = document["mapping"]
    assert found["source"]["format"] == "xlsx"
    assert found["source"]["dates"] == by_hand["source"]["dates"]
    assert set(found["tables"]) == set(by_hand["tables"])
    for name, table in by_hand["tables"].items():
        for key in ("files", "sheet", "header_row", "skip_footer", "effects"):
            assert found["tables"][name].get(key) == table.get(key), (name, key)
        wanted = {h: native for h, native in table["columns"].items() if native != "sex"}
        assert found["tables"][name]["columns"] == wanted, name
    assert found["tables"]["side_effects"]["asked"] == {"Interrogé": "true"}
    assert document["tables"]["participants"]["missing"] == ["sex", "staging_scale"]  # what H means, the clinic knows
    assert document["unknown"] == {
        "registre.xlsx, sheet Patients": ["Sexe"], "registre.xlsx, sheet Séances": ["Délai (jours)"],
    }  # fmt: skip


def test_what_is_proposed_is_taken_once_the_clinic_has_answered(desk: Desk) -> None:
    text = str(desk.map({"registre.xlsx": (SAMPLE / "registre.xlsx").read_bytes()})["toml"])
    for question, answer in {
        '# extracted_on = "2026-11-01"': 'extracted_on = "2026-06-30"',
        '# default_clinic = "main"': 'default_clinic = "sud"',
        "[tables.participants.columns]": '[tables.participants.constants]\nsex = "male"\nstaging_scale = "norwood"\n\n'
        "[tables.participants.columns]",
        'unit = "/cm2" }': 'unit = "/cm2", rater = "software" }',
        'unit = "um" }': 'unit = "um", rater = "software" }',
    }.items():
        assert question in text
        text = text.replace(question, answer)
    told = desk.check(text)["tables"]
    expected = json.loads((SAMPLE / "expected.json").read_text(encoding="utf-8"))["tables"]
    for name, account in expected.items():
        assert told[name]["read"] == account["read"], name
    assert told["participants"]["admitted"] == expected["participants"]["admitted"] + 1  # whose sex was not written


def test_a_plain_workbook_needs_no_frame(desk: Desk) -> None:
    document = desk.map({"log.xlsx": written([HEAD, *ROWS], "Tabelle1")})
    table = document["mapping"]["tables"]["sessions"]
    assert (table["files"], table["sheet"]) == (["log.xlsx"], "Tabelle1")
    assert not {"header_row", "skip_footer"} & set(table)
    assert "dates" not in document["mapping"]["source"]
    assert desk.check(str(document["toml"]))["quarantine"] == {"unknown_participant": 6}


def test_dates_typed_as_text_give_the_pattern_for_all(desk: Desk) -> None:
    mixed = [[*row[:1], f"1{i}/02/2025" if i else "25/02/2025", *row[2:]] for i, row in enumerate(ROWS)]
    assert desk.map({"log.xlsx": written([HEAD, *mixed], "Log")})["mapping"]["source"]["dates"] == "%d/%m/%Y"


def test_a_second_sheet_of_the_same_table_is_told(desk: Desk) -> None:
    from openpyxl import Workbook

    book = Workbook()
    for title in ("2024", "2025"):
        sheet = book.create_sheet(title)
        for row in (HEAD, *ROWS):
            sheet.append(row)
    book.remove(book.worksheets[0])
    book.save(desk.folder / "log.xlsx")
    text = desk.map({"log.xlsx": (desk.folder / "log.xlsx").read_bytes()})["toml"]
    assert (
        "log.xlsx, sheet 2025 looks like sessions too, in another sheet: where all have the same headers, a pattern"
        in str(text)
    )


def test_a_workbook_without_a_table_is_refused(desk: Desk) -> None:
    with pytest.raises(UsageError, match="no sheet has a line of column names with records below it"):
        desk.map({"log.xlsx": written([["only a remark"]])})


def test_the_command_takes_a_workbook(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["map", str(SAMPLE / "registre.xlsx"), "--out", str(tmp_path / "source.toml")])
    assert result.exit_code == 0
    assert "sessions: 8 headers of registre.xlsx, sheet Séances" in result.stdout
    assert 'sheet = "Séances"\nheader_row = 3\nskip_footer = 2' in (tmp_path / "source.toml").read_text(
        encoding="utf-8"
    )
