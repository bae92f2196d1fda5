"""A long CSV file whose plain lines are told by their bytes holds what the same file holds taken apart line by line."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.errors import RefusedError
from pipeline.sources.text import csv_sieve, line_sieve, plain_text
from pipeline.sources.text.csv_rules import Layout
from pipeline.sources.text.text_rows import TextRows
from tests.sources.staged_rows import cells, malformed, staged_alone

HEADER = b"participant_id,note,device\n"
PLAIN = b"P1,fine,roller\n"
LINES = [
    PLAIN, PLAIN, PLAIN, b"P2,\xc3\xa4,pen\n", b",,\n", b"\n", b"   \n", b"P3,only two\n", b"P4,one,too,many\n",
    b'P5,"quoted, whole",pen\n', b'P6,"opens here\n', b'closes here",pen\n', b'P7,as"tray,pen\n', b'"P8","all","of"\n',
    b"P9,\xff\xfe,pen\n", b"P10,\0,pen\n", b"P11,\xef\xb7\x90,pen\n", b'P12,"br\n', b'eak",pen\n', b'"\n', b'","\n',
    b"\x1c,,\n", b"P13,\x1c,pen\n", b"\xef\xbb\xbfP14,marked,pen\n", b"null,null,null\n",
]  # fmt: skip


@contextmanager
def chunks_of(n: int, least: int, most_odd: float) -> Iterator[None]:
    """The sieve for files of any length, in pieces of `n` bytes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(line_sieve, "LEAST_BYTES", least)
        patch.setattr(line_sieve, "MOST_ODD", most_odd)
        patch.setattr(plain_text, "_CHUNK", n)
        patch.setattr(plain_text, "_LOOK", n)
        patch.setattr(csv_sieve, "_PIECE", n)
        yield


def read(content: bytes, chunk: int, least: int, most_odd: float = 2.0) -> Any:
    with TemporaryDirectory() as name, chunks_of(chunk, least, most_odd):
        try:
            staged = staged_alone(Path(name), "sessions.csv", content)
        except RefusedError as problem:
            return str(problem)
        return staged.records, sorted(cells(staged)), malformed(staged)


@settings(max_examples=settings.default.max_examples // 3, deadline=None)
@given(body=st.lists(st.sampled_from(LINES), max_size=25), chunk=st.sampled_from([1, 7, 40, 4096]), ends=st.booleans())
@example(body=[PLAIN, b'P6,"opens here\n', PLAIN, PLAIN], chunk=40, ends=True)
@example(body=[b'P6,"opens here\n', PLAIN, b'closes here",pen\n', PLAIN], chunk=40, ends=True)
def test_the_sieve_changes_nothing(body: list[bytes], chunk: int, ends: bool) -> None:
    content = HEADER + b"".join(body)
    content = content if ends else content[:-1]
    whole = read(content, chunk, least=1 << 40)
    assert read(content, chunk, least=0) == whole


def test_a_file_of_odd_lines_is_taken_apart_line_by_line() -> None:
    content = HEADER + 50 * b'"P1","fine","pen"\n' + b"P2,too few\n"
    records, rows, lost = read(content, 64, least=0, most_odd=0.1)
    assert (records, len(rows), lost) == (51, 50, [(52, "malformed_line")])


def test_the_sieve_leaves_the_odd_lines_and_the_place_of_each(tmp_path: Path) -> None:
    """That a file was sieved at all is seen by what lies in the scratch folder."""
    layout = Layout(",", '"', ("a", "b"), (True, True), 1, 0)
    path, out = tmp_path / "x.csv", tmp_path / "rows.parquet"
    path.write_bytes(b'a,b\n1,2\n1\n3,4\n"5",6\n')
    assert csv_sieve.sieve(path, layout, tmp_path, TextRows(out, ("a", "b"))) is None  # two of five lines are odd
    path.write_bytes(b"a,b\n" + 30 * b"1,2\n" + b"1\n3,4\n")
    rows = TextRows(out, ("a", "b"))
    assert csv_sieve.sieve(path, layout, tmp_path, rows) == line_sieve.Sieved(
        last=33, n_plain=31, first={("a", "b"): 2}
    )
    rows.close()
    read = duckdb.sql(f"FROM read_parquet('{out}')").fetchall()
    assert read == [*((n, "1", "2") for n in range(2, 32)), (33, "3", "4")]
    odd = duckdb.sql(f"SELECT * FROM read_parquet('{tmp_path / line_sieve.ODD}')").fetchall()
    assert odd == [(32, "1")]


def test_what_has_few_values_is_kept_as_a_dictionary_in_every_piece(tmp_path: Path) -> None:
    """The first piece decides, and a later one in which it is otherwise says the same."""
    rows = TextRows(tmp_path / "rows.parquet", ("id", "word"))
    for first, lines in ((1, b"a,x\nb,x\n"), (3, b"c,y\nc,z\n")):
        rows.write(np.arange(first, first + 2), rows.cut(lines, ","))
    rows.close()
    read = pq.read_table(tmp_path / "rows.parquet")
    assert read["word"].type == pa.dictionary(pa.int32(), pa.string())
    assert [list(row.values()) for row in read.to_pylist()] == [
        [1, "a", "x"],
        [2, "b", "x"],
        [3, "c", "y"],
        [4, "c", "z"],
    ]
