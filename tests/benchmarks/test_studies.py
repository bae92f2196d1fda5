"""The people and tasks of the benchmark of studies, few: they are what they say, and the picture holds the figures."""

import xml.etree.ElementTree as ET
from pathlib import Path

import duckdb
import pytest

from benchmarks import chart, page, study_people, study_tasks

PEOPLE = 3000


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    study_tasks.publish(home, PEOPLE)
    return home


def test_people_are_the_same_every_time_and_have_as_many_rows_as_said(tmp_path: Path, home: Path) -> None:
    again = study_people.write(tmp_path / "again", PEOPLE)
    with duckdb.connect(str(again), read_only=True) as con, study_tasks.research(home) as published:
        query = "SELECT count(*), bit_xor(hash(o)) FROM outcome_change o"
        rows = con.execute(query).fetchall()
        assert rows == published.execute(query).fetchall()
    assert rows[0][0] / PEOPLE == pytest.approx(study_people.ROWS_PER_PERSON, rel=0.03)


def test_every_way_finds_what_needling_adds(home: Path) -> None:
    found = {}
    for name in ("sums", "mmrm", "seq-dr", "ols", "ancova"):
        ready, timed = study_tasks.TASKS[name]
        found[name] = timed(ready(home))
        assert abs(found[name]["estimate"] - 5) < 4 * found[name]["std_error"]
    assert found["sums"] == found["mmrm"]
    assert found["ancova"]["std_error"] == pytest.approx(found["ols"]["std_error"], rel=1e-8)
    people, rows, *_ = study_tasks.scan(home)
    assert 0 < people < rows
    assert study_tasks.answer(home) == "pass"


def test_the_picture_has_a_line_for_each_way_and_the_table_its_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    growth = {"scan": {"1000": 0.01, "10000": 0.1}, "mmrm": {"1000": 0.2, "10000": 0.2}}
    picture = ET.fromstring(chart.lines(growth, "people", "seconds"))
    shown = [e for e in picture.iter() if e.tag.endswith("path") and e.get("fill") == "none"]
    assert len(shown) == 2
    level = shown[1].get("d", "").replace("M", "").split("L")
    assert level[0].split()[1] == level[1].split()[1]  # as costly for ten times as many
    told = page._growth({"studies": {"growth": growth}})
    assert "| 1,000 people | 10,000 people |" in told
    assert "0.010 | 0.100" in told
    assert page._growth({}) == ""
