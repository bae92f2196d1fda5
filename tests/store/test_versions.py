"""Versions never change once published; the pointer always names one that is whole."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from pipeline import store
from pipeline.errors import NeedlingError, UsageError


def publish_empty(home: Path, now: datetime | None = None) -> store.Version:
    candidate = store.new_candidate(home, now)
    (candidate / "manifest.json").write_text("{}")
    version = store.finish_candidate(candidate)
    store.point_to(home, version)
    return version


def make_old(version: store.Version, seconds: int = store.READER_GRACE_SECONDS + 60) -> None:
    moment = version.path.stat().st_mtime - seconds
    os.utime(version.path, (moment, moment))


def test_before_the_first_publication_there_is_no_current_version(tmp_path: Path) -> None:
    assert store.current_version(tmp_path) is None
    assert store.versions(tmp_path) == ()


def test_a_candidate_is_no_version(tmp_path: Path) -> None:
    store.new_candidate(tmp_path)
    assert store.versions(tmp_path) == ()


def test_the_pointer_names_the_version_and_its_path(tmp_path: Path) -> None:
    version = publish_empty(tmp_path)
    pointer = json.loads((tmp_path / "current.json").read_text())
    assert pointer == {"version": version.name, "path": f"versions/{version.name}"}
    assert store.current_version(tmp_path) == version


@pytest.mark.parametrize("shift", [0, -3600])
def test_versions_sort_as_published_even_where_the_clock_stands_or_goes_back(tmp_path: Path, shift: int) -> None:
    now = datetime(2026, 11, 23, 9, 15, 0, tzinfo=UTC)
    first = publish_empty(tmp_path, now)
    second = publish_empty(tmp_path, now + timedelta(seconds=shift))
    assert [v.name for v in store.versions(tmp_path)] == [first.name, second.name]
    assert second.name.startswith("20261123T091501Z-")


def test_the_next_run_sweeps_what_a_killed_run_left(tmp_path: Path) -> None:
    leftover = store.new_candidate(tmp_path)
    (leftover / "research.duckdb").write_bytes(b"half")
    (tmp_path / ".writing-abc").write_bytes(b"half")
    fresh = store.new_candidate(tmp_path)
    assert not leftover.exists()
    assert not (tmp_path / ".writing-abc").exists()
    assert list(fresh.iterdir()) == []


def test_rollback_goes_one_version_back_and_then_refuses(tmp_path: Path) -> None:
    first, _ = publish_empty(tmp_path), publish_empty(tmp_path)
    assert store.rollback(tmp_path) == first
    assert store.current_version(tmp_path) == first
    with pytest.raises(UsageError, match="no version before the current one"):
        store.rollback(tmp_path)


def test_rollback_before_the_first_publication_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="needling publish"):
        store.rollback(tmp_path)


def test_rollback_to_a_named_version_may_go_forward(tmp_path: Path) -> None:
    publish_empty(tmp_path)
    second = publish_empty(tmp_path)
    store.rollback(tmp_path)
    assert store.rollback(tmp_path, second.name) == second


def test_rollback_to_an_unknown_version_says_which_there_are(tmp_path: Path) -> None:
    version = publish_empty(tmp_path)
    with pytest.raises(UsageError, match=version.name):
        store.rollback(tmp_path, "20200101T000000Z-aaaaaa")


def test_rollback_mends_a_broken_pointer(tmp_path: Path) -> None:
    version = publish_empty(tmp_path)
    (tmp_path / "current.json").write_text("{")
    with pytest.raises(UsageError, match="needling rollback"):
        store.current_version(tmp_path)
    assert store.rollback(tmp_path) == version


def test_a_pointer_to_a_missing_version_is_reported(tmp_path: Path) -> None:
    version = publish_empty(tmp_path)
    (version.path / "manifest.json").unlink()
    version.path.rmdir()
    with pytest.raises(UsageError, match="is not there"):
        store.current_version(tmp_path)


def test_prune_keeps_the_newest_and_whatever_readers_may_still_hold(tmp_path: Path) -> None:
    made = [publish_empty(tmp_path) for _ in range(5)]
    make_old(made[0])
    assert store.prune(tmp_path, keep=3) == (made[0].name,)
    assert store.versions(tmp_path) == tuple(made[1:])


def test_prune_never_removes_the_current_version(tmp_path: Path) -> None:
    made = [publish_empty(tmp_path) for _ in range(5)]
    store.rollback(tmp_path, made[0].name)
    for version in made:
        make_old(version)
    assert store.prune(tmp_path, keep=3) == (made[1].name,)
    assert store.current_version(tmp_path) == made[0]


def test_the_grace_starts_when_a_version_stops_being_current(tmp_path: Path) -> None:
    old = publish_empty(tmp_path)
    make_old(old, seconds=30 * 86400)
    for _ in range(3):
        publish_empty(tmp_path)
    assert store.prune(tmp_path, keep=3) == ()


def test_withdraw_removes_the_current_version_and_its_pointer(tmp_path: Path) -> None:
    first, second = publish_empty(tmp_path), publish_empty(tmp_path)
    store.withdraw(tmp_path, (second.name,))
    assert store.versions(tmp_path) == (first,)
    assert store.current_version(tmp_path) is None
    assert not (tmp_path / "current.json").exists()
    assert store.rollback(tmp_path) == first


def test_withdraw_of_an_older_version_leaves_the_current_one(tmp_path: Path) -> None:
    first, second = publish_empty(tmp_path), publish_empty(tmp_path)
    store.withdraw(tmp_path, (first.name,))
    assert store.current_version(tmp_path) == second


def test_a_reader_cannot_write_reach_other_files_or_spill_into_the_home(tmp_path: Path) -> None:
    candidate = store.new_candidate(tmp_path)
    with duckdb.connect(str(candidate / "research.duckdb")) as con:
        con.execute("CREATE TABLE t AS SELECT 1 AS a")
    version = store.finish_candidate(candidate)
    other = tmp_path / "other.csv"
    other.write_text("a\n1\n")
    with store.open_reader(version.path) as reader:
        assert reader.execute("SELECT a FROM t").fetchall() == [(1,)]
        assert reader.execute("SELECT current_setting('temp_directory')").fetchall() == [("",)]
        with pytest.raises(duckdb.InvalidInputException, match="read-only"):
            reader.execute("CREATE TABLE u AS SELECT 1 AS a")
        with pytest.raises(duckdb.PermissionException):
            reader.execute("SELECT * FROM read_csv(?)", [str(other)])


def test_a_version_without_its_file_is_an_error_with_a_way_out(tmp_path: Path) -> None:
    with pytest.raises(NeedlingError, match="needling rollback"):
        store.open_reader(publish_empty(tmp_path).path)
