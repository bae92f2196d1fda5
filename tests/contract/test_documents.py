"""What is generated from the contract: the data dictionary, the templates, and the reasons it prints."""

import csv
from pathlib import Path

import pytest

from pipeline.contract import dictionary, reference
from pipeline.contract.reasons import REASONS
from pipeline.contract.tables import TABLES
from pipeline.contract.templates import EXAMPLES, csv_example, csv_template, write_templates
from pipeline.errors import UsageError
from pipeline.sources import open_drop

PROMISED_REASONS = """missing_required wrong_type out_of_range unknown_value unknown_participant before_time in_future
    duplicate_id ambiguous unit_missing area_missing instrument_not_for_diagnosis minor malformed_line encoding"""


def test_reasons_are_exactly_those_promised() -> None:
    assert list(REASONS) == PROMISED_REASONS.split()
    assert all(reason.code == code and reason.sentence.endswith(".") for code, reason in REASONS.items())


def test_only_the_promised_reasons_heal() -> None:
    assert {code for code, reason in REASONS.items() if reason.heals} == {
        "unknown_participant",
        "unknown_value",
        "in_future",
    }


def test_the_committed_dictionary_is_not_stale(capsys: pytest.CaptureFixture[str]) -> None:
    assert dictionary.main(["--check"]) == 0, capsys.readouterr().err


def test_a_stale_dictionary_is_told_and_not_touched(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "data-dictionary.md"
    assert dictionary.main(["--check"], page) == 1
    page.write_text("old", encoding="utf-8")
    assert dictionary.main(["--check"], page) == 1
    assert page.read_text(encoding="utf-8") == "old"
    assert "stale" in capsys.readouterr().err
    assert dictionary.main([], page) == 0
    assert dictionary.main(["--check"], page) == 0


def test_the_dictionary_explains_every_column_code_instrument_and_reason() -> None:
    page = dictionary.render()
    words = [name for table in TABLES.values() for name in table.names]
    words += [row["code"] for name in ("vocabularies", "instruments") for row in reference.rows(name)]
    words += list(REASONS)
    assert not [word for word in words if f"`{word}`" not in page]


def test_every_link_of_the_dictionary_has_its_heading() -> None:
    page = dictionary.render()
    linked = {c.vocabulary for t in TABLES.values() for c in t.columns if c.vocabulary}
    assert not [name for name in linked if f"\n### {name}\n" not in page and f'<a id="{name}">' not in page]


def test_every_row_of_a_grid_has_as_many_cells_as_its_head() -> None:
    cells = 0
    for line in dictionary.render().splitlines():
        if not line.startswith("| "):
            cells = 0
            continue
        found = line.replace("\\|", "").count("|")
        cells = cells or found
        assert found == cells, line


@pytest.mark.parametrize("name", TABLES)
def test_a_template_is_one_header_line_of_native_names(name: str) -> None:
    (header,) = csv.reader(csv_template(TABLES[name]).splitlines())
    required = {column.name for column in TABLES[name].columns if column.required}
    assert required <= set(header) <= set(TABLES[name].names)
    assert len(set(header)) == len(header)


@pytest.mark.parametrize("name", TABLES)
def test_an_example_fills_the_required_columns_with_known_words(name: str) -> None:
    (row,) = csv.DictReader(csv_example(TABLES[name]).splitlines())
    assert set(EXAMPLES[name]) <= set(row)
    for column in TABLES[name].columns:
        if column.required:
            assert row[column.name], column.name
        if column.vocabulary and column.vocabulary != "instrument" and row[column.name]:
            assert row[column.name] in {term.code for term in reference.vocabulary(column.vocabulary)}


def test_written_templates_are_two_drops_that_open_as_they_are(tmp_path: Path) -> None:
    written = write_templates(tmp_path / "mine")
    assert len(written) == len(set(written)) == 2 * (len(TABLES) + 1)
    for folder, is_simulated in ((tmp_path / "mine", False), (tmp_path / "mine" / "examples", True)):
        drop = open_drop(folder)
        assert {file.name for file in drop.files} == {f"{name}.csv" for name in TABLES}
        assert drop.manifest.simulated is is_simulated
        assert drop.warnings == ()


def test_templates_never_overwrite_what_somebody_has_filled_in(tmp_path: Path) -> None:
    mine = tmp_path / "costs.csv"
    mine.write_text("filled in", encoding="utf-8")
    with pytest.raises(UsageError, match=r"costs\.csv is there already"):
        write_templates(tmp_path)
    assert mine.read_text(encoding="utf-8") == "filled in"
    assert [path.name for path in tmp_path.iterdir()] == ["costs.csv"]


def test_a_folder_that_cannot_be_written_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    with pytest.raises(UsageError, match=r"cannot be written \(.*\); give another folder to --out"):
        write_templates(tmp_path / "file" / "mine")


def test_a_format_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="expected csv"):
        write_templates(tmp_path, "docx")  # type: ignore[arg-type]
