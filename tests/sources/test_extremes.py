"""Input far beyond what anybody keeps: read or refused with a sentence, in bounded time and memory."""

import errno
import gzip
import json
from collections import namedtuple
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipeline.errors import RefusedError
from pipeline.sources import Staged, room
from pipeline.sources.text import plain_text
from tests.sources.conftest import StageOne

HEAD = "session_id,participant_id,performed_on,device,needle_length_mm,setting"
ROW = "S1,P1,2025-01-12,dermaroller,0.5,home"
OBJECT = dict(zip(HEAD.split(","), ROW.split(","), strict=True))
MANY = 1_000_000

Disk = namedtuple("Disk", "total used free")  # the shape of shutil.disk_usage's answer


def cells(staged: Staged, column: str) -> list[str | None]:
    query = f'SELECT "{column}" FROM read_parquet(?) ORDER BY __line'
    return [row[0] for row in duckdb.execute(query, [str(staged.data)]).fetchall()]


def test_a_million_columns_are_refused(stage_one: StageOne, tmp_path: Path) -> None:
    told = "has 1000006 columns, expected at most 10000"
    with pytest.raises(RefusedError, match=told):
        stage_one(f"{HEAD},{','.join(map(str, range(MANY)))}\n{ROW}\n".encode())
    wide = json.dumps(OBJECT | dict.fromkeys(map(str, range(MANY)), 1))
    with pytest.raises(RefusedError, match=told):
        stage_one(wide.encode(), form="ndjson", name="sessions.ndjson")


def test_a_parquet_file_of_many_columns_is_refused(stage_one: StageOne, tmp_path: Path) -> None:
    pl.DataFrame({f"c{n}": [1] for n in range(20_000)}).write_parquet(tmp_path / "wide")
    with pytest.raises(RefusedError, match="has 20000 columns"):
        stage_one((tmp_path / "wide").read_bytes(), form="parquet", name="sessions.parquet")


def test_as_many_columns_as_are_allowed_are_read(stage_one: StageOne) -> None:
    more = 9_000
    staged = stage_one(f"{HEAD},{','.join(f'c{n}' for n in range(more))}\n{ROW}{',' * more}\n".encode())
    assert (staged.records, len(staged.headers), cells(staged, "device")) == (1, more + 6, ["dermaroller"])


def test_a_key_of_its_own_on_every_line_does_not_take_the_memory(stage_one: StageOne) -> None:
    """Spread over all keys, a few thousand such lines took over 8 GB."""
    lines = [json.dumps(OBJECT | {f"k{n}": "x"}) for n in range(1_500)]
    staged = stage_one("\n".join(lines).encode(), form="ndjson", name="sessions.ndjson")
    assert staged.records == len(lines)
    assert set(cells(staged, "device")) == {"dermaroller"}
    assert set(cells(staged, "k7")) == {None}


def test_deep_nesting_costs_its_own_line_at_most(stage_one: StageOne) -> None:
    good = json.dumps(OBJECT)
    deep = [good[:-1] + f', "x": {"[" * n + "]" * n}}}' for n in (100, 5_000)]
    broken = '{"a":' * 100_000
    staged = stage_one("\n".join([good, *deep, broken, good]).encode(), form="ndjson", name="sessions.ndjson")
    assert staged.records == 5
    assert len(cells(staged, "device")) in (2, 3, 4)  # how deep the parser goes is its own affair
    assert staged.malformed is not None


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1e999", "9" * 400, "-0", "1E-400"])
def test_numbers_that_no_computer_holds_are_one_records_affair(stage_one: StageOne, value: str) -> None:
    good = json.dumps(OBJECT)
    staged = stage_one(
        f"{good}\n{good.replace(chr(34) + '0.5' + chr(34), value)}\n".encode(), form="ndjson", name="sessions.ndjson"
    )
    assert staged.records == 2
    assert cells(staged, "device")[0] == "dermaroller"


def test_a_cell_longer_than_the_engines_buffers_is_read(stage_one: StageOne) -> None:
    """DuckDB says of such a file that its reader does not support it."""
    cell = "x" * 40_000_000
    staged = stage_one(f"{HEAD}\n{ROW}\n{ROW.replace('dermaroller', cell)}\n{ROW}\n".encode())
    assert [len(device or "") for device in cells(staged, "device")] == [11, 40_000_000, 11]


def test_a_longer_line_is_refused(stage_one: StageOne, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_text, "MAX_LINE_BYTES", 1 << 20)
    cell = "x" * 40_000_000
    with pytest.raises(RefusedError, match="has a line of over"):
        stage_one(f'{HEAD}\n{ROW}\n"{ROW.replace("dermaroller", cell)}\n{ROW}\n'.encode())


def test_line_ends_of_every_kind_in_one_file(stage_one: StageOne) -> None:
    rows = [ROW.replace("S1", f"S{n}") for n in range(4)]
    staged = stage_one(f"{HEAD}\r{rows[0]}\n{rows[1]}\r\n{rows[2]}\r{rows[3]}".encode())
    assert cells(staged, "session_id") == ["S0", "S1", "S2", "S3"]
    assert staged.malformed is None


@pytest.mark.parametrize(("encoding", "mark"), [("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")])
def test_both_kinds_of_utf_16_with_a_mark_and_with_a_word(stage_one: StageOne, encoding: str, mark: bytes) -> None:
    text = f"{HEAD}\n{ROW.replace('home', 'häuslich')}\n".encode(encoding)
    told = f'encoding = "{encoding}"'
    assert cells(stage_one(mark + text), "setting") == cells(stage_one(text, source=told), "setting") == ["häuslich"]
    with pytest.raises(RefusedError, match=told):
        stage_one(text)


def test_a_bomb_stops_where_the_disk_gets_short(stage_one: StageOne, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = gzip.compress(f"{HEAD}\n{ROW}\n".encode() + bytes(64 << 20))
    disks = iter([Disk(100 << 30, 90 << 30, 10 << 30)] * 5)
    monkeypatch.setattr(room.shutil, "disk_usage", lambda _: next(disks, Disk(100 << 30, 99 << 30, 1 << 20)))
    with pytest.raises(RefusedError, match=r"unpacks to over 2\d MB, more than the scratch disk has room for"):
        stage_one(bomb, name="sessions.csv.gz")


def test_a_file_that_shrinks_to_a_thousandth_is_no_bomb(stage_one: StageOne) -> None:
    packed = gzip.compress(f"{HEAD}\n".encode() + f"{ROW}\n".encode() * 50_000)
    assert len(packed) < 10_000
    assert stage_one(packed, name="sessions.csv.gz").records == 50_000


@pytest.mark.parametrize(
    ("problem", "told"),
    [
        (duckdb.OutOfMemoryException("failed to allocate"), "needs more memory than the run may use"),
        (MemoryError(), "needs more memory than the run may use"),
        (duckdb.IOException("Could not write: No space left on device"), "needs more room than the scratch disk has"),
        (OSError(errno.ENOSPC, "No space left on device"), "needs more room than the scratch disk has"),
    ],
)
def test_one_file_that_is_too_large_for_the_machine_is_refused(
    stage_one: StageOne, monkeypatch: pytest.MonkeyPatch, problem: Exception, told: str
) -> None:
    def fail(*_: object) -> None:
        raise problem

    monkeypatch.setattr("pipeline.sources.text.csv_file.open_text", fail)
    with pytest.raises(RefusedError, match=told):
        stage_one(f"{HEAD}\n{ROW}\n".encode())


def test_a_disk_that_is_full_is_not_the_files_fault(stage_one: StageOne, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(plain_text, "keep_reserve", full)
    with pytest.raises(RefusedError, match="needs more room"):
        stage_one(gzip.compress(f"{HEAD}\n{ROW}\n".encode()), name="sessions.csv.gz")
