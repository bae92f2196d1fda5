"""Looks at studies through the commands: each counts once, changes no answer, and never stands in the way of one."""

import json
import shutil
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from pipeline import ledger, store, study_ledger
from pipeline.cli import main
from pipeline.studies.protocols.catalogue import paths
from tests.studies import small_version

STUDY = "c3-density-week-24"
FIRST, SECOND, THIRD = (f"20261{month}01T000000Z-1a2b3c" for month in (0, 1, 2))


def run_on(home: Path, version: str, study: str = STUDY) -> tuple[str, int]:
    """What a run prints, and on how many versions it says the study was looked at."""
    done = CliRunner().invoke(main, ["studies", "run", study, "--version", version, "--home", str(home), "--json"])
    assert (done.exit_code, done.stderr) == (0, "")
    return done.stdout, json.loads(done.stdout)["verdicts"][0]["n_looks"]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Versions of three months, none of them looked at; to be copied."""
    home = tmp_path_factory.mktemp("published")
    folder = small_version.publish(home, name=FIRST)
    for name in (SECOND, THIRD):
        shutil.copytree(folder, folder.with_name(name))
        manifest = (folder / "manifest.json").read_text().replace(FIRST, name)
        (folder.with_name(name) / "manifest.json").write_text(manifest)
    (home / "current.json").write_text((home / "current.json").read_text().replace(FIRST, THIRD))
    ledger.start_run(home, "run")
    return home


@pytest.fixture
def three(published: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(published, tmp_path / "home"))


def test_a_look_counts_once_a_version(three: Path) -> None:
    assert [run_on(three, version)[1] for version in (FIRST, FIRST, SECOND, SECOND, THIRD)] == [1, 1, 2, 2, 3]


def test_looks_change_no_answer_that_was_given(three: Path) -> None:
    """Not by later versions, and not by an earlier one that is looked at afterwards."""
    second = run_on(three, SECOND)
    assert second[1] == 1
    run_on(three, THIRD)
    assert run_on(three, SECOND) == second
    assert run_on(three, FIRST)[1] == 1
    assert run_on(three, SECOND) == second
    assert run_on(three, THIRD)[1] == 2


def test_another_protocol_was_not_looked_at_and_a_comparison_of_a_study_is_a_look(three: Path) -> None:
    run_on(three, FIRST)
    done = CliRunner().invoke(main, ["compare", "--study", STUDY, "--home", str(three)])
    assert done.exit_code == 0
    assert run_on(three, THIRD)[1] == 2
    folder = three / "studies"
    folder.mkdir()
    text = paths(None)[STUDY].read_text(encoding="utf-8")
    (folder / "own.toml").write_text(text, encoding="utf-8")
    assert run_on(three, THIRD, "own")[1] == 1


def test_a_study_without_any_figure_was_not_looked_at(three: Path) -> None:
    run_on(three, FIRST, "c7-areata")
    with ledger.opened(three, read_only=True) as book:
        assert study_ledger.looked_at(book, FIRST) == frozenset()


@pytest.mark.parametrize("obstacle", ["locked", "not writable", "no ledger"])
def test_a_look_that_cannot_be_noted_is_told_and_answered_all_the_same(three: Path, obstacle: str) -> None:
    words = ["studies", "run", STUDY, "--version", FIRST, "--home", str(three), "--json"]
    match obstacle:
        case "locked":
            with store.lock(three):
                done = CliRunner().invoke(main, words)
        case "not writable":
            (three / ".lock").mkdir()  # nobody may open a folder for writing, root included
            done = CliRunner().invoke(main, words)
            (three / ".lock").rmdir()
        case _:
            (three / ledger.LEDGER).rename(three / "elsewhere")
            done = CliRunner().invoke(main, words)
            (three / "elsewhere").rename(three / ledger.LEDGER)
    assert done.exit_code == 0
    assert done.stderr.startswith(f"Warning: that version {FIRST} was looked at could not be noted")
    assert run_on(three, FIRST) == (done.stdout, 1)


def test_a_home_of_an_earlier_ledger_was_never_looked_at(three: Path) -> None:
    with duckdb.connect(str(three / ledger.LEDGER)) as con:
        con.execute("DROP TABLE looks")
    assert [run_on(three, version)[1] for version in (FIRST, SECOND)] == [1, 2]


def test_the_interval_for_many_looks_stands_beside_a_headline(three: Path) -> None:
    (found,) = json.loads(run_on(three, THIRD)[0])["studies"]
    (contrast,) = found["diagnostics"]["contrasts"]
    headline = next(row for row in found["estimates"] if row["role"] == "headline")
    wide = contrast["always_valid"]
    assert wide["ci_lower"] < headline["ci_lower"] < headline["ci_upper"] < wide["ci_upper"]
    text = CliRunner().invoke(main, ["studies", "run", STUDY, "--home", str(three)]).stdout
    assert f"Right however often one looks, needling vs none: {wide['ci_lower']:+.2f} to" in text
