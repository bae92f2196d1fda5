"""How a file is written, seen from its beginning."""

import gzip
from pathlib import Path

import pytest

from pipeline.errors import RefusedError
from pipeline.sources import Sniffed, readable, sniff

TEXT = "Patient;Größe\nP1;1,5\nP2;2,5\n"


def sniffed(tmp_path: Path, content: bytes, name: str = "a.csv") -> Sniffed:
    (tmp_path / name).write_bytes(content)
    return sniff(tmp_path / name)


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        ("utf-8", "utf-8"),
        ("cp1252", "cp1252"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
def test_the_encoding_is_found(tmp_path: Path, encoding: str, expected: str) -> None:
    found = sniffed(tmp_path, TEXT.encode(encoding))
    assert (found.encoding, found.delimiter, found.is_ascii) == (expected, ";", False)


def test_plain_letters_tell_no_encoding(tmp_path: Path) -> None:
    assert sniffed(tmp_path, b"a,b\n1,2\n") == Sniffed("csv", "utf-8", ",", 1, is_ascii=True)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_among_decimal_commas_and_quotes(tmp_path: Path, delimiter: str) -> None:
    decimal = "1.5" if delimiter == "," else "1,5"
    rows = [["a", "b", "c"], ["x", decimal, '"one, two; three"'], ["y", decimal, '"four"']]
    text = "\n".join(delimiter.join(row) for row in rows)
    assert sniffed(tmp_path, text.encode()).delimiter == delimiter


def test_titles_above_the_header_are_skipped(tmp_path: Path) -> None:
    found = sniffed(tmp_path, b"Practice, all sessions\n\nPatient;Date;Device\nP1;2025-01-01;roller\nP2;x;y\n")
    assert (found.delimiter, found.header_row) == (";", 3)


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("Clinic North;;\nPatient;Date;Device\nP1;2025-01-01;roller\n", 2),
        ('"North; all";;\n;;\n"Patient";"Date; day";"Device"\nP1;2025-01-01;roller\n', 3),
        ('"Patient";"Date; day";"Device"\nP1;;\nP2;;\n', 1),
        ("Patient;\nP1;\nP2;\n", 1),
    ],
)
def test_a_title_with_empty_cells_behind_it_is_no_header(tmp_path: Path, text: str, row: int) -> None:
    found = sniffed(tmp_path, text.encode())
    assert (found.delimiter, found.header_row) == (";", row)


def test_one_column_needs_no_delimiter(tmp_path: Path) -> None:
    assert sniffed(tmp_path, b"Patient\nP1\nP2\n").header_row == 1


def test_packed_files_are_looked_into(tmp_path: Path) -> None:
    assert sniffed(tmp_path, gzip.compress(TEXT.encode()), "a.csv.gz").delimiter == ";"


@pytest.mark.parametrize(
    ("name", "form"), [("a.tsv", "csv"), ("a.TXT", "csv"), ("a.jsonl", "ndjson"), ("a.parquet", "parquet")]
)
def test_the_name_tells_the_format(tmp_path: Path, name: str, form: str) -> None:
    assert sniffed(tmp_path, b"a\tb\n1\t2\n", name).format == form


def test_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match=r"a\.docx: no mapping can be proposed.*\.csv"):
        sniffed(tmp_path, b"x", "a.docx")
    with pytest.raises(RefusedError, match="is not there"):
        sniff(tmp_path / "nowhere.csv")
    assert [path.name for path in readable(tmp_path)] == []


def test_a_letter_cut_by_the_probes_end_is_no_other_encoding(tmp_path: Path) -> None:
    head = "a,b\n"
    filler = "x" * ((1 << 20) - len(head) - 3)
    assert sniffed(tmp_path, f"{head}{filler},ü\nü,1\n".encode()).encoding == "utf-8"


def test_a_header_that_is_no_header_is_left_to_the_reader(tmp_path: Path) -> None:
    assert sniffed(tmp_path, b"a," + b"x" * 200_000 + b"\n1,2\n").format == "csv"


def test_among_many_tables_no_dictionary_is_looked_for(tmp_path: Path) -> None:
    header = b'Variable / Field Name,Field Type,"Choices, Calculations, OR Slider Labels"\n'
    (tmp_path / "dictionary.csv").write_bytes(header + b"record_id,text,\nage,text,\n")
    assert sniffed(tmp_path, b"record_id,age\n1,34\n").format == "redcap"
    for n in range(60):
        (tmp_path / f"more-{n}.csv").write_bytes(b"a,b\n1,2\n")
    assert sniffed(tmp_path, b"record_id,age\n1,34\n").format == "csv"


def test_an_export_of_redcap_is_known_by_its_columns(tmp_path: Path) -> None:
    assert sniffed(tmp_path, b'record_id,"redcap_event_name",age\n1,base_arm_1,34\n').format == "redcap"
    assert sniffed(tmp_path, b"Record ID;Event Name;Age\n1;Base;34\n").format == "redcap"
