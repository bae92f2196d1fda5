"""CSV files: every way of writing the same table reads the same, and what cannot be read says why."""

import gzip
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from pipeline.errors import RefusedError
from pipeline.sources import DataFile, open_drop, stage
from tests.sources.conftest import MakeDrop, StageOne
from tests.sources.staged_rows import cells, malformed

TABLE = "participant_id,device,Größe\n1,pen,ä\n2,,µ\n"
ROWS = [(2, "1", "pen", "ä"), (3, "2", "", "µ")]
UTF_16_LE = TABLE.encode("utf-16-le")


def zstd(content: bytes) -> bytes:
    packed: bytes = pa.compress(content, codec="zstd", asbytes=True)
    return packed


@pytest.mark.parametrize(
    ("content", "source", "name"),
    [
        (TABLE.encode(), "", "sessions.csv"),
        (TABLE.strip().encode(), "", "sessions.csv"),
        (b"\xef\xbb\xbf" + TABLE.encode(), "", "sessions.csv"),
        (TABLE.encode("cp1252"), 'encoding = "cp1252"', "sessions.csv"),
        (TABLE.encode("cp1252"), 'encoding = "Windows-1252"', "sessions.csv"),
        (TABLE.encode("latin-1"), 'encoding = "iso-8859-1"', "sessions.csv"),
        (TABLE.encode("utf-16"), "", "sessions.csv"),
        (b"\xff\xfe" + UTF_16_LE, 'encoding = "utf-16"', "sessions.csv"),
        (b"\xfe\xff" + TABLE.encode("utf-16-be"), 'encoding = "cp1252"', "sessions.csv"),
        (UTF_16_LE, 'encoding = "utf-16-le"', "sessions.csv"),
        (gzip.compress(TABLE.encode(), mtime=0), "", "sessions.csv.gz"),
        (b"".join(gzip.compress(part.encode(), mtime=0) for part in (TABLE[:20], TABLE[20:])), "", "sessions.csv.gz"),
        (gzip.compress(TABLE.encode("cp1252"), mtime=0), 'encoding = "cp1252"', "sessions.csv.gz"),
        (zstd(TABLE.encode()), "", "sessions.csv.zst"),
        (gzip.compress(TABLE.encode(), mtime=0), "", "sessions.csv"),
        (TABLE.replace("\n", "\r\n").encode(), "", "sessions.csv"),
        (TABLE.replace("\n", "\r").encode(), "", "sessions.csv"),
        (TABLE.replace("\n", "\r\n", 1).replace("pen,ä\n", "pen,ä\r").encode(), "", "sessions.csv"),
        (TABLE.replace(",", ";").encode(), "", "sessions.csv"),
        (TABLE.replace(",", "\t").encode(), "", "sessions.csv"),
        (TABLE.replace(",", "|").encode(), "", "sessions.csv"),
        (TABLE.replace(",", "^").encode(), 'delimiter = "^"', "sessions.csv"),
        (TABLE.replace("pen", '"pen"').encode(), "", "sessions.csv"),
        (TABLE.replace("pen", "'pen'").encode(), "quote = \"'\"", "sessions.csv"),
        (TABLE.replace("participant_id", '" participant_id"').encode(), "", "sessions.csv"),
        (TABLE.replace("Größe", "Gro\u0308ße".replace("o\u0308", "o\u0308")).encode(), "", "sessions.csv"),
    ],
)  # fmt: skip
def test_every_way_of_writing_a_table_reads_the_same(
    stage_one: StageOne, content: bytes, source: str, name: str
) -> None:
    staged = stage_one(content, source, name=name)
    assert staged.headers == ("participant_id", "device", "Größe")
    assert (cells(staged), staged.malformed, staged.records) == (ROWS, None, 2)


def test_cells_are_kept_as_they_were_written(stage_one: StageOne) -> None:
    staged = stage_one(b'participant_id,a,b,c\n 01 ,NA,"x, ""y""",\\n\n2,"",1.50,#\n')
    assert cells(staged) == [(2, " 01 ", "NA", 'x, "y"', "\\n"), (3, "2", "", "1.50", "#")]


def test_without_quoting_a_quote_is_a_character_like_any_other(stage_one: StageOne) -> None:
    staged = stage_one(b'participant_id,a\n1,5" needle\n2,"x\n', 'quote = ""')
    assert cells(staged) == [(2, "1", '5" needle'), (3, "2", '"x')]


def test_header_row_and_footer_are_told_apart_from_records(stage_one: StageOne) -> None:
    content = b'Export of "North"\n\nparticipant_id,device\n1,pen\n\n2,pen\nTotal,2\nprinted by x\n\n'
    staged = stage_one(content, tables='[tables.sessions]\nfiles = ["*.csv"]\nheader_row = 3\nskip_footer = 2\n')
    assert (cells(staged), malformed(staged)) == ([(4, "1", "pen"), (6, "2", "pen")], [])


@pytest.mark.parametrize(
    "first", [b"sep=;\n", b"SEP=;\r\n", b'"sep=;"\n', b"sep=;;\n", b"\xef\xbb\xbfsep=;\n", b"sep=;\n\n"]
)
def test_the_delimiter_that_a_first_line_declares_is_taken(stage_one: StageOne, first: bytes) -> None:
    end = b"\r\n" if first.endswith(b"\r\n") else b"\n"
    staged = stage_one(first + b"participant_id;device,or;lot" + end + b"1;pen;2" + end)
    assert staged.headers == ("participant_id", "device,or", "lot")
    assert [row[1:] for row in cells(staged)] == [("1", "pen", "2")]


def test_a_mapping_that_names_the_delimiter_has_the_last_word(stage_one: StageOne) -> None:
    staged = stage_one(b"sep=;\nparticipant_id|device\n1|pen\n", 'delimiter = "|"')
    assert (staged.headers, cells(staged)) == (("participant_id", "device"), [(3, "1", "pen")])


@pytest.mark.parametrize(
    ("title", "row"),
    [
        (b"Log of the practice;;\n;;\n", 3),
        (b"Log, as of 1;5.2026\n", 2),
        (b'"Log\nof needling"\nparticipant_id: the id of the card\n', 4),
    ],
)
def test_a_title_is_skipped_where_the_header_stands_below_for_certain(
    stage_one: StageOne, title: bytes, row: int
) -> None:
    staged = stage_one(title + b"participant_id;device;lot\n1;pen;2\n")
    assert (staged.headers, cells(staged)) == (("participant_id", "device", "lot"), [(row + 1, "1", "pen", "2")])
    assert any(f"line {row} does" in warning for warning in staged.warnings)


@pytest.mark.parametrize("below", [b"participant_id;lot\n", b"device;setting\n", b"Patient;Geraet\n"])
def test_nothing_is_skipped_where_it_is_not_certain_but_said(stage_one: StageOne, below: bytes) -> None:
    staged = stage_one(b"Log;of\n" + below + b"1;pen\n")
    assert staged.headers == ("Log", "of")
    assert any("none of its headers is known" in warning and "header_row" in warning for warning in staged.warnings)


def test_a_known_header_is_the_header_whatever_stands_below(stage_one: StageOne) -> None:
    staged = stage_one(b"device,x\nparticipant_id,device\n")
    assert (staged.headers, staged.warnings) == (("device", "x"), ())


def test_a_file_without_headers_is_told_so(stage_one: StageOne) -> None:
    (warning,) = stage_one(b"P-014,03.03.2026,1.5\nP-015,04.03.2026,1.5\n").warnings
    assert "looks like a record" in warning
    assert "P-014" not in warning


def test_a_footer_longer_than_the_file_leaves_no_record(stage_one: StageOne) -> None:
    staged = stage_one(b"participant_id,device\n1,pen\n", tables="[tables.sessions]\nskip_footer = 5\n")
    assert (cells(staged), staged.records) == ([], 0)


def test_a_header_may_break_its_lines_inside_quotes(stage_one: StageOne) -> None:
    staged = stage_one(b'participant_id,"Needle\n(mm)"\n1,0.5\n')
    assert (staged.headers, cells(staged)) == (("participant_id", "Needle\n(mm)"), [(3, "1", "0.5")])


def test_blank_lines_are_no_records_and_keep_line_numbers_true(stage_one: StageOne) -> None:
    staged = stage_one(b"\nparticipant_id,device\n\n1,pen\n   \n2,pen\n\n")
    assert (cells(staged), malformed(staged), staged.records) == ([(4, "1", "pen"), (6, "2", "pen")], [], 2)


def test_a_single_column_reads_line_by_line(stage_one: StageOne) -> None:
    staged = stage_one(b'participant_id\n1\n\n"2"\n')
    assert cells(staged) == [(2, "1"), (4, "2")]


@pytest.mark.parametrize(
    "content", [b"participant_id,device\n", b"participant_id,device", b"participant_id,device\n\n"]
)
def test_a_header_alone_is_a_file_without_records(stage_one: StageOne, content: bytes) -> None:
    staged = stage_one(content)
    assert (staged.records, staged.malformed, cells(staged)) == (0, None, [])


def test_a_column_without_a_name_keeps_its_place(stage_one: StageOne) -> None:
    staged = stage_one(b"participant_id,,device,\n1,x,pen,\n")
    assert staged.headers == ("participant_id", "(column 2 has no name)", "device", "(column 4 has no name)")
    assert cells(staged) == [(2, "1", "x", "pen", "")]


def test_two_headers_alike_keep_their_places_where_nothing_is_read_from_them(stage_one: StageOne) -> None:
    staged = stage_one(b"participant_id,Remark,device,remark\n1,x,pen,y\n")
    assert staged.headers == ("participant_id", "Remark", "device", "(column 4: remark again)")
    assert cells(staged) == [(2, "1", "x", "pen", "y")]


@pytest.mark.parametrize(
    ("content", "source", "name", "message"),
    [
        (b"", "", "sessions.csv", "is empty"),
        (b"\xef\xbb\xbf", "", "sessions.csv", "is empty"),
        (b"\n\n", "", "sessions.csv", "no header in line 1"),
        (b"participant_id,device,device\n1,2,3\n", "", "sessions.csv", "stand twice (device"),
        (b"participant_id,Device,device\n1,2,3\n", "", "sessions.csv", "stand twice (Device, device"),
        (b"participant_id,__LINE\n1,2\n", "", "sessions.csv", "uses itself"),
        (b"participant_id,__File\n1,2\n", "", "sessions.csv", "uses itself"),
        (b"performed_on,performed_day\n", "", "sessions.csv", "performed_on and performed_day stand side by side"),
        (b'participant_id,"a\n1,2\n', "", "sessions.csv", "unbalanced quote"),
        (b"participant_id,a\0\n1,2\n", "", "sessions.csv", "NUL bytes in its header"),
        (b"PK\x03\x04\x14\0\0\0", "", "sessions.csv", 'a workbook or a zip archive, not text; set format = "xlsx"'),
        (b"\0" * 999, "", "sessions.csv", "nothing but NUL bytes"),
        (UTF_16_LE, "", "sessions.csv", 'set encoding = "utf-16-le"'),
        (TABLE.encode("utf-16-be"), "", "sessions.csv", 'set encoding = "utf-16-be"'),
        (TABLE.encode(), 'encoding = "utf-16"', "sessions.csv", "one byte a letter"),
        (TABLE.encode("cp1252"), "", "sessions.csv", 'header that is not utf-8; set encoding = "cp1252"'),
        (b"a,b\n1,\xe4\n2,\xfc\n3,x\n", "", "sessions.csv", "2 of 3 data lines that are not utf-8"),
        (b"a,b\n1,\x81\n", "", "sessions.csv", 'set encoding = "latin-1"'),
        (gzip.compress(TABLE.encode(), mtime=0)[:-9], "", "sessions.csv.gz", "ends in the middle"),
        (zstd(TABLE.encode())[:-5], "", "sessions.csv.zst", "ends in the middle"),
        (TABLE.encode(), "", "sessions.csv.gz", "is damaged or not what its name says"),
        (b"no zstd at all", "", "sessions.csv.zst", "is damaged or not what its name says"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_reason(
    stage_one: StageOne, content: bytes, source: str, name: str, message: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        stage_one(content, source, name=name)
    assert message in str(refused.value)
    assert str(refused.value).startswith(name)


def test_no_refusal_repeats_what_a_row_holds(stage_one: StageOne) -> None:
    with pytest.raises(RefusedError) as refused:
        stage_one(b"participant_id,a\nJane Doe,\xe4\nJohn Roe,\xe4\n")
    assert not {"Jane", "Roe"} & set(str(refused.value).split())


def test_a_file_that_went_away_is_refused_alone(
    con: duckdb.DuckDBPyConnection, make_drop: MakeDrop, tmp_path: Path
) -> None:
    drop = open_drop(make_drop({"sessions.csv": b"participant_id\n"}))
    drop.files[0].path.unlink()
    with pytest.raises(RefusedError, match="is not there"):
        stage(con, drop.files[0], drop.manifest, tmp_path)


def test_a_folder_in_place_of_a_file_is_refused(
    con: duckdb.DuckDBPyConnection, make_drop: MakeDrop, tmp_path: Path
) -> None:
    drop = open_drop(make_drop({"sessions.csv": b"participant_id\n"}))
    file = DataFile(tmp_path, "sessions.csv", drop.files[0].tables)
    with pytest.raises(RefusedError, match="cannot be unpacked or read"):
        stage(con, file, drop.manifest, tmp_path)


def test_tables_that_frame_one_file_differently_are_refused(stage_one: StageOne) -> None:
    tables = '[tables.sessions]\nfiles = ["a.csv"]\n[tables.events]\nfiles = ["a.csv"]\nheader_row = 2\n'
    with pytest.raises(RefusedError, match="sessions, events with different header_row"):
        stage_one(b"a\nb\n", tables=tables, name="a.csv")


@pytest.mark.parametrize("setting", ['where = { Arm = "1" }', 'key = ["Arm"]'])
def test_a_header_that_decides_about_rows_must_be_there(stage_one: StageOne, setting: str) -> None:
    with pytest.raises(RefusedError, match="names the header 'Arm', which the file lacks; did you mean 'Arms'"):
        stage_one(b"participant_id,Arms\n1,2\n", tables=f'[tables.sessions]\nfiles = ["*.csv"]\n{setting}\n')


def test_a_mapped_header_that_is_missing_is_told(stage_one: StageOne) -> None:
    tables = '[tables.sessions]\nfiles = ["*.csv"]\ncolumns = { "Needle (µm)" = "needle_length_mm" }\n'
    staged = stage_one(b"participant_id,Needle (um)\n1,2\n", tables=tables)
    assert staged.records == 1
    assert "names the header 'Needle (µm)', which the file lacks; did you mean 'Needle (um)'?" in staged.warnings[0]


def test_scratch_holds_nothing_but_the_results(stage_one: StageOne, tmp_path: Path) -> None:
    staged = stage_one(gzip.compress(b'participant_id,a\n1,"x\n2,y\n', mtime=0), name="sessions.csv.gz")
    assert staged.malformed is not None
    assert {p.name for p in (tmp_path / "scratch").iterdir()} == {staged.data.name, staged.malformed.name}
