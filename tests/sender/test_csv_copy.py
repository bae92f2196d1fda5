"""The sender's CSV with one column more: nothing of theirs changes, and it is read as before."""

import csv
import gzip
import tempfile
from pathlib import Path

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.contract.staged import WHY_NOT_TAKEN
from pipeline.errors import RefusedError
from pipeline.sender.csv_copy import Marks, write_copy
from pipeline.sources import Drop, Staged, lay_out, open_drop, stage
from tests.sources.staged_rows import cells, malformed

HEAD = "participant_id,note,device\n"
WHY = "device: 'x' is not known; [ref 0123456789ab]"


def opened(folder: Path, content: bytes, extra: str = "", name: str = "sessions.csv") -> Drop:
    folder.mkdir(exist_ok=True)
    (folder / "source.toml").write_text(f'[source]\nid = "north"\nformat = "csv"\n{extra}', encoding="utf-8")
    (folder / name).write_bytes(content)
    return open_drop(folder)


def read(drop: Drop, folder: Path) -> Staged:
    with duckdb.connect() as con:
        return stage(con, drop.files[0], drop.manifest, folder)


def copied(
    folder: Path, content: bytes, why: dict[int, str], extra: str = "", name: str = "sessions.csv"
) -> tuple[bytes, bytes]:
    """(the whole copy, the rejected records alone)."""
    drop = opened(folder, content, extra, name)
    staged = read(drop, folder)
    broken = frozenset(int(str(row[0])) for row in malformed(staged))
    whole, rejected = folder / "out" / name, folder / "few" / name
    (folder / "work").mkdir()
    write_copy(lay_out(drop.files[0], drop.manifest, folder / "work"), Marks(why, broken), whole, rejected)
    return whole.read_bytes(), rejected.read_bytes()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16-le"])
def test_bytes_stay_and_one_cell_is_added(tmp_path: Path, end: str, encoding: str) -> None:
    text = f'participant_id;"Gerät ""alt""";device{end}P1; "a;b" ;Größe{end}P2;;{end}P3;x;y'
    said = "" if encoding == "utf-8-sig" else f'encoding = "{encoding}"\n'
    whole, rejected = copied(tmp_path, text.encode(encoding), {3: "is; empty"}, said + 'delimiter = ";"\n')
    header, first, second, third = text.split(end)
    expected = [f"{header};why not taken", f"{first};", f'{second};"is; empty"', f"{third};"]
    assert whole == end.join(expected).encode(encoding)
    assert rejected == "".join(line + end for line in (expected[0], expected[2])).encode(encoding)


def test_broken_bytes_and_short_and_long_lines_stay_and_stay_broken(tmp_path: Path) -> None:
    body = b"P1,a\nP2,a,b,c\nP3,\xff,b\nP4,a,b\n"
    whole, rejected = copied(tmp_path, HEAD.encode() + body, {2: "Too, short", 3: "Too long", 4: "damaged"})
    lines = whole.split(b"\n")
    # in its column, and with a cell too many: filled up alone it would pass for a record
    assert lines[1] == b"P1,a,,Too short,"
    assert lines[2:5] == [b"P2,a,b,c,Too long", b"P3,\xff,b,damaged", b"P4,a,b,"]
    assert rejected.split(b"\n") == [*lines[:4], b""]
    again = read(opened(tmp_path / "again", whole), tmp_path)
    assert [row[0] for row in malformed(again)] == [2, 3, 4]


def test_a_record_over_several_lines_gets_its_cell_at_its_end(tmp_path: Path) -> None:
    extra = '[tables.sessions]\nfiles = ["sessions.csv"]\ncolumns = { "Id" = "participant_id" }\n'
    content = b'Id,Remark,device\nP1,"one\n\ntwo",pen\nP2,plain,pen\n'
    whole, _ = copied(tmp_path, content, {2: "first line counts"}, extra)
    assert whole == b'Id,Remark,device,why not taken\nP1,"one\n\ntwo",pen,first line counts\nP2,plain,pen,\n'


def test_lines_around_the_records_and_blank_ones_stay_as_they_are(tmp_path: Path) -> None:
    extra = '[tables.sessions]\nfiles = ["sessions.csv"]\nheader_row = 2\nskip_footer = 2\n'
    content = b"Clinic North\nparticipant_id,note,device\nP1,a,b\n\nP2,a,b\nTotal 2\n \nend\n"
    whole, rejected = copied(tmp_path, content, {5: "why"}, extra)
    assert whole == content.replace(b"device\n", b"device,why not taken\n").replace(b"P1,a,b", b"P1,a,b,").replace(
        b"P2,a,b", b"P2,a,b,why"
    )
    assert rejected == b"Clinic North\nparticipant_id,note,device,why not taken\nP2,a,b,why\nTotal 2\n \nend\n"


@pytest.mark.parametrize("packing", ["gz", "zst"])
def test_a_packed_file_comes_back_packed(tmp_path: Path, packing: str) -> None:
    extra = f'[tables.sessions]\nfiles = ["sessions.csv.{packing}"]\n'
    text = HEAD.encode() + b"P1,a,b\n"
    if packing == "gz":
        content = gzip.compress(text)
    else:
        import pyarrow as pa

        content = pa.compress(text, codec="zstd", asbytes=True)
    whole, _ = copied(tmp_path, content, {2: "why"}, extra, f"sessions.csv.{packing}")
    drop = opened(tmp_path / "again", whole, extra, f"sessions.csv.{packing}")
    assert cells(read(drop, tmp_path))[0][-1] == "why"


def test_only_our_own_cell_is_guarded_against_formulas(tmp_path: Path) -> None:
    content = b"participant_id,note,=device\n=1+1,@a,-b\n"
    extra = '[tables.sessions]\nfiles = ["sessions.csv"]\ncolumns = { "=device" = "device" }\n'
    whole, _ = copied(tmp_path, content, {2: "=device: '-b' is not known"}, extra)
    assert whole == b"participant_id,note,=device,why not taken\n=1+1,@a,-b,'=device: '-b' is not known\n"


@pytest.mark.parametrize("place", [0, 1, 3])
def test_a_file_that_goes_back_again_keeps_its_one_column(tmp_path: Path, place: int) -> None:
    rows = [["participant_id", "note", "device"], ["P1", 'a "b"', "c"], ["P2", "a,b", "c"], ["P3", "", "c"]]
    for row, cell in zip(rows, [WHY_NOT_TAKEN.upper(), "old, reason", "", "other"], strict=True):
        row.insert(place, cell)
    path = tmp_path / "before.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, lineterminator="\n").writerows(rows)
    whole, _ = copied(tmp_path, path.read_bytes() + b"P4,short\n", {3: "new", 5: f"again {WHY}"})
    found = list(csv.reader(whole.decode().splitlines()))
    assert [row[place] for row in found[1:4]] == ["", "new", ""]
    assert [[c for i, c in enumerate(row) if i != place] for row in found[:4]] == [
        [c for i, c in enumerate(row) if i != place] for row in rows
    ]
    assert found[4][:2] == ["P4", "short"]


def test_a_broken_line_that_goes_back_again_carries_one_reason(tmp_path: Path) -> None:
    once, _ = copied(tmp_path / "one", HEAD.encode() + b"P1,a\nP2,a,b,c\n", {2: f"short {WHY}", 3: f"long {WHY}"})
    twice, _ = copied(tmp_path / "two", once, {2: f"still short {WHY}", 3: f"still long {WHY}"})
    assert twice.count(b"[ref") == 2
    assert [row[0] for row in malformed(read(opened(tmp_path / "again", twice), tmp_path))] == [2, 3]


def test_letters_that_the_encoding_lacks_become_question_marks_in_our_cell(tmp_path: Path) -> None:
    whole, _ = copied(tmp_path, HEAD.encode() + b"P1,a,b\n", {2: "Δ: ü"}, 'encoding = "cp1252"\n')
    assert whole.decode("cp1252").splitlines()[1] == "P1,a,b,?: ü"


def test_damaged_utf_16_is_refused(tmp_path: Path) -> None:
    content = (HEAD + "P1,a,b\nP2,a,b\n").encode("utf-16-le") + b"x"
    with pytest.raises(RefusedError, match="damaged utf-16-le"):
        copied(tmp_path, content, {}, 'encoding = "utf-16-le"\n')


FRAGMENTS = [b"a", b"1", b",", b",", b'"', b'"', b'""', b"\n", b"\n", b"\r\n", b"\r", b" ", b"\xe4", b"\0", b";"]


@settings(max_examples=settings.default.max_examples // 4)
@given(
    st.lists(st.sampled_from(FRAGMENTS), max_size=60).map(b"".join), st.sampled_from([WHY, "x", 'a"b", c', "a, b, c"])
)
@example(b'a,"b,1\n1,"x",2\n1,2,3\n', WHY)
@example(b'a,b,"c\nd"\n', WHY)
@example(b'a,"b\nc",d\n', "one, two")
@example(b'"a, b","c\nd",e\n', WHY)
@example(b'a,b,"c\nd,e,f"\n', WHY)
@example(b"a,b\r\n\xe4,,\n", WHY)
def test_whatever_the_bytes_the_copy_is_read_as_the_file_was(body: bytes, why: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        drop = opened(folder, HEAD.encode() + body)
        try:
            before = read(drop, folder)
        except RefusedError:
            return
        rows, lost = cells(before), malformed(before)
        marks = {int(str(row[0])): why for row in (*rows[::2], *lost)}
        (folder / "work").mkdir()
        layout = lay_out(drop.files[0], drop.manifest, folder / "work")
        write_copy(layout, Marks(marks, frozenset(int(str(line)) for line, _ in lost)), folder / "copy.csv", None)
        after = read(opened(folder / "again", (folder / "copy.csv").read_bytes()), folder)
        assert [row[:2] for row in malformed(after)] == lost
        assert [row[:4] for row in cells(after)] == rows
        told = [str(row[4]).replace(",", "").replace('"', "") for row in cells(after)]
        plain = why.replace(",", "").replace('"', "")
        assert told == [plain if i % 2 == 0 else "" for i in range(len(rows))]
