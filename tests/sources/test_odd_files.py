"""Files that are no ordinary files, that change under the reader, or that have odd names."""

import os
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipeline.errors import RefusedError
from pipeline.sources import open_drop, stage
from tests.sources.conftest import MakeDrop

HEAD = "session_id,participant_id,performed_on,device,needle_length_mm,setting\n"
ROW = "S1,P1,2025-01-12,dermaroller,0.5,home\n"
ALL = '[tables.sessions]\nfiles = ["*.csv"]\n'


def test_pipes_folders_and_devices_are_no_files(make_drop: MakeDrop, tmp_path: Path) -> None:
    """A pipe that nobody writes into would keep its reader for ever."""
    drop = make_drop({"a.csv": (HEAD + ROW).encode()}, tables=ALL)
    os.mkfifo(drop / "pipe.csv")
    (drop / "folder.csv").mkdir()
    assert [file.name for file in open_drop(drop).files] == ["a.csv"]
    (drop / "device.csv").symlink_to("/dev/zero")
    with pytest.raises(RefusedError, match=r"device\.csv leads out of the drop"):
        open_drop(drop)


def test_a_drop_with_nothing_but_a_pipe_is_refused(make_drop: MakeDrop) -> None:
    drop = make_drop({})
    os.mkfifo(drop / "sessions.csv")
    with pytest.raises(RefusedError, match="holds none of the files"):
        open_drop(drop)


def test_a_name_that_is_no_text_is_named_and_refused(make_drop: MakeDrop) -> None:
    drop = make_drop({"a.csv": (HEAD + ROW).encode()}, tables=ALL)
    (drop / os.fsdecode(b"b\xff.csv")).write_text(HEAD + ROW, encoding="utf-8")
    with pytest.raises(RefusedError, match=r"b\\udcff\.csv' has a name that is no text"):
        open_drop(drop)


@pytest.mark.parametrize("form", ["csv", "ndjson", "parquet"])
@pytest.mark.parametrize(
    "name", ["s*[1]", "s?{a,b}", "s'q\"u", "s\nline", "s\u202e\u00e9", "-s", "$(s)", "s%20;--", "s 1"]
)
def test_a_name_is_a_name_and_no_pattern(
    con: duckdb.DuckDBPyConnection, make_drop: MakeDrop, tmp_path: Path, form: str, name: str
) -> None:
    cells = dict(zip(HEAD.strip().split(","), ROW.strip().split(","), strict=True))
    folder = make_drop({}, tables=f'[tables.sessions]\nfiles = ["*.{form}"]\n', form=form)
    folder = folder.rename(tmp_path / "drop [a]*'")
    for file, session in ((name, "S1"), ("s2[1]", "S2"), ("s1", "S3")):
        frame = pl.DataFrame({column: [value] for column, value in (cells | {"session_id": session}).items()})
        with (folder / f"{file}.{form}").open("wb") as out:
            {"csv": frame.write_csv, "ndjson": frame.write_ndjson, "parquet": frame.write_parquet}[form](out)
    drop = open_drop(folder)
    (file,) = [file for file in drop.files if file.name == f"{name}.{form}"]
    staged = stage(con, file, drop.manifest, tmp_path)
    assert con.execute("SELECT session_id FROM read_parquet(?)", [str(staged.data)]).fetchall() == [("S1",)]


@pytest.mark.parametrize("form", ["csv", "ndjson", "parquet"])
def test_a_file_that_is_gone_by_now_is_refused(
    con: duckdb.DuckDBPyConnection, make_drop: MakeDrop, tmp_path: Path, form: str
) -> None:
    drop = open_drop(make_drop({f"sessions.{form}": b"anything"}, form=form))
    drop.files[0].path.unlink()
    with pytest.raises(RefusedError, match="is not there; put it into the drop again"):
        stage(con, drop.files[0], drop.manifest, tmp_path)


def test_a_file_that_grows_meanwhile_is_refused(
    con: duckdb.DuckDBPyConnection, make_drop: MakeDrop, tmp_path: Path
) -> None:
    drop = open_drop(make_drop({"sessions.csv": (HEAD + ROW).encode()}))
    with drop.files[0].path.open("a", encoding="utf-8") as more:
        more.write(ROW.replace("S1", "S2"))
    with pytest.raises(RefusedError, match="was changed while it was read"):
        stage(con, drop.files[0], drop.manifest, tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_refused(con: duckdb.DuckDBPyConnection, make_drop: MakeDrop, tmp_path: Path) -> None:
    folder = make_drop({"sessions.csv": (HEAD + ROW).encode()})
    (folder / "sessions.csv").chmod(0)
    drop = open_drop(folder)
    with pytest.raises(RefusedError, match="may not be read"):
        stage(con, drop.files[0], drop.manifest, tmp_path)
    (folder / "source.toml").chmod(0)
    with pytest.raises(RefusedError, match="cannot be read"):
        open_drop(folder)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match=r"source\.toml is not there"):
        open_drop(tmp_path)
