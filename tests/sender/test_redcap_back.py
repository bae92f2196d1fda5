"""A REDCap export goes back as the CSV file it is, with its dictionary; a corrected copy is taken."""

from pathlib import Path

from pipeline import flow
from tests.sender.conftest import Desk, Row, marked_lines, mend, rows_of

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "samples" / "trial-east"
SOURCE = "sample-trial-east"


def mend_row(row: Row) -> Row | None:
    """What somebody at the trial would do with each marked row; those who only wait stay as they are."""
    by_record: dict[str, Row] = {"27": {"diagnosis": "1"}, "28": {"sex": "0"}}
    if row["redcap_event_name"] == "enrolment_arm_1":
        return {**row, **by_record.get(row["record_id"], {})}
    changes: dict[tuple[str, str], Row] = {
        ("pain", "11"): {"pain": "1"},
        ("place", "7"): {"place": "1"},
        ("session_date", "2026-09-01"): {"session_date": "2026-04-01"},
        ("seen___2", "maybe"): {"seen___2": "1"},
        ("density", "thick"): {"density": "140"},
        ("density", "9000"): {"density": "90"},
    }
    for (header, cell), change in changes.items():
        if row.get(header) == cell:
            return {**row, **change}
    return row


def test_the_export_comes_back_whole_with_its_dictionary_and_in_its_words(desk: Desk) -> None:
    flow.ingest(desk.home.settings, [SAMPLE])
    out, document = desk.hand_back(SAMPLE, SOURCE)
    assert document["open"] == document["marked"] == len(desk.entries(SOURCE))
    (file,) = document["files"]
    assert file["written"] == ["marked/data.csv"]
    assert document["warnings"] == [
        "data.csv: its rejected records do not go back alone, for a row takes from other rows of its record what is "
        "asked once; mend the copy"
    ]
    assert document["refused"] == []
    assert sorted(path.name for path in (out / "marked").iterdir()) == ["data.csv", "dictionary.csv", "source.toml"]
    sent, back = (rows_of(path / "data.csv") for path in (SAMPLE, out / "marked"))
    full = [row for row in sent if len(row) == len(sent[0])]
    assert [row[:-1] for row in back if row[: len(sent[0])] in full] == full
    assert len(marked_lines(out / "marked" / "data.csv")) == file["lines"]
    said = "\n".join(row[-1] for row in back)
    assert "diagnosis: '9' is not known; known are: 1, 2, 3, androgenetic_alopecia" in said
    assert "device: it is empty, and it is required" in said
    assert "pain: 11 lies outside 0 to 10" in said


def test_the_corrected_copy_is_taken_and_what_is_asked_once_is_found_again(desk: Desk) -> None:
    flow.ingest(desk.home.settings, [SAMPLE])
    out, _ = desk.hand_back(SAMPLE, SOURCE)
    mend(out / "marked" / "data.csv", mend_row)
    again = desk.ask("ingest", str(out / "marked"))
    assert again["refused"] == []
    # records 27 and 28 are people now, and everything that waited for them is taken; the line cut short has no date yet
    assert again["quarantine"] == {"before_time": 1, "minor": 1, "missing_required": 11, "unknown_participant": 1}
    assert again["tables"]["participants"]["admitted"] == 2
    assert again["tables"]["sessions"]["admitted"] > 3  # those that were mended, and those of the two
    assert again["tables"]["sessions"]["superseding"] == 0
