"""A drop: which files belong to it, and that none of them lies elsewhere."""

import hashlib
from pathlib import Path

import duckdb
import pytest

from pipeline.errors import RefusedError
from pipeline.sources import open_drop, stage
from pipeline.sources.drop import UNREADABLE
from tests.sources.conftest import MakeDrop


def test_files_are_known_by_name_digest_and_tables(make_drop: MakeDrop) -> None:
    tables = '[tables.events]\nfiles = ["deep/*.csv"]\n[tables.sessions]\nfiles = ["**/*.csv", "b.csv"]\n'
    folder = make_drop({"b.csv": b"x\n", "deep/a.csv": b"y\n", "notes.txt": b"z"}, tables=tables)
    drop = open_drop(folder)
    assert [file.name for file in drop.files] == ["b.csv", "deep/a.csv"]
    assert [[t.table for t in file.tables] for file in drop.files] == [["sessions"], ["sessions", "events"]]
    assert drop.files[0].digest == hashlib.sha256(b"x\n").hexdigest()
    assert drop.manifest_digest == hashlib.sha256((folder / "source.toml").read_bytes()).hexdigest()
    assert drop.warnings == ()


def test_a_native_drop_is_found_by_name(make_drop: MakeDrop) -> None:
    drop = open_drop(make_drop({"sessions.csv.gz": b"", "participants.csv": b"", "notes.txt": b""}))
    assert [(file.name, file.tables[0].table) for file in drop.files] == [
        ("participants.csv", "participants"),
        ("sessions.csv.gz", "sessions"),
    ]
    assert drop.warnings == ()


def test_files_like_data_that_no_table_reads_are_told(make_drop: MakeDrop) -> None:
    beside = ("Sessions-May.csv", "old.zip", "log.XLSX", ".hidden.csv", "~$log.xlsx", "a.ndjson.why-not-taken.csv")
    folder = make_drop({"sessions.csv": b"", **dict.fromkeys(beside, b"")})
    told = "files not read, no table names them: Sessions-May.csv, log.XLSX, old.zip; unpack a .zip first"
    assert open_drop(folder).warnings == (f"{folder}: {told}",)
    many = make_drop({"sessions.csv": b"", **{f"{n:02}.csv": b"" for n in range(11)}})
    assert (
        open_drop(many)
        .warnings[0]
        .endswith("00.csv, 01.csv, 02.csv, 03.csv, 04.csv, 05.csv, 06.csv, 07.csv and 3 more")
    )


def test_a_glob_without_a_file_is_told(make_drop: MakeDrop) -> None:
    drop = open_drop(make_drop({"a.csv": b""}, tables='[tables.sessions]\nfiles = ["a.csv", "b*.csv"]\n'))
    assert drop.warnings == ("[tables.sessions] files: 'b*.csv' matches no file",)


@pytest.mark.parametrize(
    "pattern",
    ["../x/*.csv", "a/../../*.csv", "/etc/*.csv", "~/a.csv", "C:\\\\a.csv", "\\\\\\\\host\\\\a.csv", "..\\\\a.csv"],
)
def test_a_path_that_leads_out_of_the_drop_is_refused(make_drop: MakeDrop, pattern: str) -> None:
    folder = make_drop({"a.csv": b""}, tables=f'[tables.sessions]\nfiles = ["a.csv", "{pattern}"]\n')
    with pytest.raises(RefusedError, match="leads out of the drop; expected a path or glob inside it"):
        open_drop(folder)


def test_links_that_lead_out_are_refused_and_inner_ones_are_not(make_drop: MakeDrop, tmp_path: Path) -> None:
    folder = make_drop({"a.csv": b"x\n"}, tables='[tables.sessions]\nfiles = ["*.csv", "in/*.csv"]\n')
    (folder / "b.csv").symlink_to("a.csv")
    assert [file.name for file in open_drop(folder).files] == ["a.csv", "b.csv"]
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "c.csv").write_text("x\n")
    (folder / "in").symlink_to(outside)
    (folder / "d.csv").symlink_to(outside / "c.csv")
    with pytest.raises(RefusedError) as refused:
        open_drop(folder)
    assert "2 mistakes" in str(refused.value)
    assert "d.csv leads out of the drop through a link" in str(refused.value)
    assert "in/c.csv leads out of the drop" in str(refused.value)


def test_links_in_a_circle_are_refused(make_drop: MakeDrop) -> None:
    folder = make_drop({"a.csv": b""}, tables='[tables.sessions]\nfiles = ["*.csv"]\n')
    (folder / "b.csv").symlink_to("c.csv")
    (folder / "c.csv").symlink_to("b.csv")
    with pytest.raises(RefusedError, match=r"b\.csv, c\.csv leads out of the drop"):
        open_drop(folder)


def test_a_file_without_bytes_is_refused_when_it_is_read_and_the_others_go_on(
    make_drop: MakeDrop, tmp_path: Path
) -> None:
    folder = make_drop({"a.csv": b"participant_id,side\n1,left\n"}, tables='[tables.sessions]\nfiles = ["*.csv"]\n')
    (folder / "b.csv").symlink_to("gone.csv")
    drop = open_drop(folder)
    assert [file.digest == UNREADABLE for file in drop.files] == [False, True]
    with duckdb.connect() as con:
        assert stage(con, drop.files[0], drop.manifest, tmp_path).records == 1
        with pytest.raises(RefusedError, match=r"b\.csv: is not there"):
            stage(con, drop.files[1], drop.manifest, tmp_path)


def test_what_is_no_drop_is_refused(make_drop: MakeDrop, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="is no folder"):
        open_drop(tmp_path / "nowhere")
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(RefusedError, match=r"source\.toml is not there; every drop needs one"):
        open_drop(empty)
    (empty / "source.toml").mkdir()
    with pytest.raises(RefusedError, match=r"source\.toml cannot be read"):
        open_drop(empty)
    with pytest.raises(RefusedError, match=r"holds none of the files its mapping names .*participants\.csv"):
        open_drop(make_drop({"other.csv": b""}))


def test_a_glob_that_means_nothing_is_refused(make_drop: MakeDrop) -> None:
    with pytest.raises(RefusedError, match=r"'a[*][*]b/x' is no usable glob"):
        open_drop(make_drop({"a.csv": b""}, tables='[tables.sessions]\nfiles = ["a**b/x"]\n'))
    with pytest.raises(RefusedError, match=r"'[.]' leads out of the drop"):
        open_drop(make_drop({"a.csv": b""}, tables='[tables.sessions]\nfiles = ["."]\n'))
