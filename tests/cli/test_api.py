"""The notebook's door: what is published comes out as Arrow, Polars and pandas; nothing goes in."""

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from pipeline import store
from pipeline.api import Home, open_home
from pipeline.errors import UsageError


@pytest.fixture
def published(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    publish(home, "a")
    return home


def publish(home: Path, device: str) -> str:
    candidate = store.new_candidate(home)
    with duckdb.connect(str(candidate / "research.duckdb")) as con:
        con.execute("CREATE TABLE sessions AS SELECT 1::INTEGER AS session_id, ?::VARCHAR AS device", [device])
        con.execute("CREATE TABLE costs(cost_id INTEGER)")
    (candidate / "manifest.json").write_text(json.dumps({"version": store.candidate_name(candidate)}))
    version = store.finish_candidate(candidate)
    store.point_to(home, version)
    return version.name


def test_an_empty_home_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nothing is published in .* yet; run: needling run"):
        open_home(tmp_path / "home")
    assert not (tmp_path / "home").exists()


def test_the_home_of_the_environment_is_opened(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEEDLING_HOME", str(published))
    with open_home() as home:
        assert home.version["version"]
        assert home.tables() == ("costs", "sessions")


def test_a_table_comes_as_all_three(published: Path) -> None:
    with open_home(str(published)) as home:
        assert home.table("sessions").to_pylist() == [{"session_id": 1, "device": "a"}]
        assert isinstance(home.table("sessions"), pa.Table)
        assert home.table("sessions", as_="polars").to_dicts() == [{"session_id": 1, "device": "a"}]
        assert isinstance(home.table("sessions", as_="polars"), pl.DataFrame)
        assert isinstance(home.table("sessions", as_="pandas"), pd.DataFrame)


def test_a_script_ends_without_a_word_of_a_library(published: Path) -> None:
    script = (
        f"from pipeline.api import open_home\nwith open_home({str(published)!r}) as home:\n    home.table('sessions')"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)
    assert (done.stdout, done.stderr) == ("", "")


def test_another_kind_of_table_is_no_table(published: Path) -> None:
    with open_home(published) as home, pytest.raises(UsageError, match="as_ is 'excel', expected arrow, polars or"):
        home.table("sessions", as_="excel")  # type: ignore[call-overload]  # a kind that there is not, on purpose


def test_parameters_are_bound(published: Path) -> None:
    with open_home(published) as home:
        assert home.sql("SELECT ? AS word", ["'; DROP TABLE sessions; --"], as_="polars")["word"].item().startswith("'")


def test_an_unknown_table_names_those_there_are(published: Path) -> None:
    with open_home(published) as home, pytest.raises(UsageError, match=r"'nosuch'.*costs, sessions"):
        home.table("nosuch")


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine AS SELECT 1",
        "DELETE FROM sessions",
        "COPY sessions TO 'out.csv'",
        "FROM read_csv('/etc/passwd')",
        "ATTACH 'other.duckdb'",
    ],
)
def test_nothing_is_written_and_no_other_file_is_read(published: Path, statement: str) -> None:
    before = sorted(path.name for path in published.rglob("*"))
    with open_home(published) as home, pytest.raises(duckdb.Error):
        home.sql(statement)
    assert sorted(path.name for path in published.rglob("*")) == before


def test_an_open_home_keeps_its_version_while_another_is_published(published: Path) -> None:
    with open_home(published) as home:
        later = publish(published, "b")
        assert home.table("sessions").to_pylist()[0]["device"] == "a"
        assert home.version["version"] != later
    with open_home(published) as home:
        assert home.table("sessions").to_pylist()[0]["device"] == "b"


def test_a_closed_home_is_closed(published: Path) -> None:
    home: Home = open_home(published)
    home.close()
    with pytest.raises(duckdb.Error):
        home.tables()
