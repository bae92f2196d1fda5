"""Kept answers: the very answers that running gives, and nothing once protocol or code is another one."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from pipeline.studies import kept
from pipeline.studies.protocols.catalogue import find_study
from pipeline.studies.protocols.protocol import Protocol
from pipeline.studies.study import run_study
from tests.studies import world

STUDY = find_study("c3-density-week-24")
STUDIES = (STUDY, find_study("c3-shedding-week-12"), find_study("c2-minoxidil-together"))


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        world.build(connection, 400)
        yield connection


@pytest.fixture
def folder(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> Path:
    entries = {p.id: kept.entry(p, run_study(con, p, "v1")) for p in STUDIES}
    (tmp_path / kept.FILE).write_bytes(kept.to_bytes(entries))
    return tmp_path


@pytest.mark.parametrize("protocol", STUDIES, ids=lambda p: p.id)
def test_what_is_read_is_what_running_gives(con: duckdb.DuckDBPyConnection, folder: Path, protocol: Protocol) -> None:
    found = run_study(con, protocol, "v1")
    read = kept.read(folder, protocol)
    assert read is not None
    assert read == found
    assert json.dumps(read.to_json()) == json.dumps(found.to_json())


def test_another_protocol_or_other_code_reads_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert kept.read(folder, STUDY) is not None
    assert kept.read(folder, replace(STUDY, landmark_days=56)) is None
    assert kept.read(folder, replace(STUDY, id="mine")) is None
    monkeypatch.setattr(kept, "code_digest", lambda: "changed")
    assert kept.read(folder, STUDY) is None


def test_the_code_is_known_by_its_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "one.py").write_text("LIMIT = 1")
    monkeypatch.setattr(kept, "_SOURCES", (tmp_path,))
    before = kept.code_digest.__wrapped__()
    assert kept.code_digest.__wrapped__() == before
    (tmp_path / "one.py").write_text("LIMIT = 2")
    assert kept.code_digest.__wrapped__() != before


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b'{"code": 1}', b'{"code": "x", "studies": []}'])
def test_what_cannot_be_read_is_found_anew(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / kept.FILE).write_bytes(content)
    assert kept.read(tmp_path, STUDY) is None
    few = STUDIES[1]
    assert kept.answer(con, tmp_path, few, "v1") == run_study(con, few, "v1")


def test_nothing_is_run_where_an_answer_is_kept(folder: Path) -> None:
    with duckdb.connect() as empty:  # it has no table that a study could read
        assert kept.answer(empty, folder, STUDY, "v1").version == "v1"
