"""Every connection has a memory limit, and spills only where it was told to."""

from pathlib import Path

import duckdb
import pytest

from pipeline.config import Settings, load
from pipeline.engine.duckdb import open_reader, open_scratch, quote_name, quote_text
from pipeline.errors import NeedlingError


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    environ = {"NEEDLING_SCRATCH": "/var/tmp", "NEEDLING_MEMORY_MB": "200", "NEEDLING_THREADS": "1"}
    return load(tmp_path / "home", environ)


def setting(con: duckdb.DuckDBPyConnection, name: str) -> str:
    return str(con.execute("SELECT current_setting(?)", [name]).fetchall()[0][0])


@pytest.mark.parametrize("folder", [None, "spill"])
def test_a_scratch_connection_keeps_to_its_limits(settings: Settings, tmp_path: Path, folder: str | None) -> None:
    spill = None if folder is None else tmp_path / folder
    with open_scratch(settings, spill) as con:
        assert setting(con, "memory_limit") == "200.0 MiB"
        assert setting(con, "threads") == "1"
        assert setting(con, "temp_directory") == ("" if spill is None else str(spill))


def test_a_reader_keeps_to_its_limits_and_cannot_be_talked_out_of_them(tmp_path: Path) -> None:
    file = tmp_path / "it's.duckdb"
    duckdb.connect(str(file)).close()
    with open_reader(file, memory_mb=100, threads=1, spill=tmp_path / "spill") as con:
        assert setting(con, "memory_limit") == "100.0 MiB"
        assert setting(con, "temp_directory") == str(tmp_path / "spill")
        with pytest.raises(duckdb.InvalidInputException, match="locked"):
            con.execute("SET memory_limit = '8GB'")


def test_two_readers_of_one_process_are_both_closed_off(tmp_path: Path) -> None:
    path = tmp_path / "research.duckdb"
    duckdb.connect(str(path)).close()
    with open_reader(path) as first, open_reader(path) as second:
        for con in (first, second):
            with pytest.raises(duckdb.Error):
                con.execute("FROM read_csv('/etc/hosts')")
            with pytest.raises(duckdb.InvalidInputException):
                con.execute("SET enable_external_access = true")


def test_what_is_no_database_is_reported_with_a_way_out(tmp_path: Path) -> None:
    file = tmp_path / "research.duckdb"
    file.write_text("no database")
    with pytest.raises(NeedlingError, match="needling rollback"):
        open_reader(file)


def test_names_and_texts_are_quoted() -> None:
    with duckdb.connect() as con:
        name, text = 'a"b; DROP', "it's; --"
        assert con.execute(f"SELECT {quote_text(text)} AS {quote_name(name)}").fetchall() == [(text,)]
        assert con.description is not None
        assert con.description[0][0] == name
