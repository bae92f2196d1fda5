"""The commands on a real home, from invented people to a comparison: answers, exit codes, streams."""

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pipeline import simulate, store
from pipeline.api import open_home
from pipeline.cli import main

pytestmark = pytest.mark.slow

PEOPLE = 200
COUNTS = ("admitted", "unchanged", "superseding", "quarantined", "not_consented")
NEEDLING = [sys.executable, "-c", "from pipeline.cli import main; main()"]


def call(home: Path, *words: str, text: str | None = None) -> Result:
    return CliRunner().invoke(main, [*words, "--home", str(home)], input=text)


def ask(home: Path, *words: str, code: int = 0, text: str | None = None) -> dict[str, Any]:
    """The one JSON document of a command that ends with `code`."""
    result = call(home, *words, "--json", text=text)
    assert result.exit_code == code, result.output
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def folders(drops: Path) -> list[str]:
    return [str(path.parent) for path in sorted(drops.glob("*/source.toml"))]


@pytest.fixture(scope="module")
def drops(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("invented") / "drops"
    simulate.simulate(PEOPLE, 7, out, sources=3)
    return out


def test_people_are_invented_without_a_home(tmp_path: Path) -> None:
    out = tmp_path / "drops"
    assert ask(tmp_path / "no-home", "simulate", "--participants", "12", "--seed", "7", "--out", str(out))
    assert (out / "truth.json").is_file()
    assert folders(out)
    assert not (tmp_path / "no-home").exists()


@pytest.fixture(scope="module")
def first_run(drops: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A home after its first run, and what that run answered. Tests that change the home take `home` instead."""
    home = tmp_path_factory.mktemp("first") / "home"
    return home, ask(home, "run", *folders(drops))


@pytest.fixture
def home(first_run: tuple[Path, dict[str, Any]], tmp_path: Path) -> Path:
    return Path(shutil.copytree(first_run[0], tmp_path / "home", copy_function=shutil.copy2))


def test_run_accounts_for_every_record_and_publishes(first_run: tuple[Path, dict[str, Any]]) -> None:
    home, document = first_run
    assert {"run_id", "files", "tables", "quarantine", "refused", "warnings", "gate", "version"} <= set(document)
    assert document["refused"] == []
    assert document["gate"]["passed"] is True
    current = store.current_version(home)
    assert current is not None
    assert document["version"] == current.name
    for account in (*document["tables"].values(), *document["files"]):
        assert account["read"] == sum(account[count] for count in COUNTS)
    assert document["tables"]["participants"]["read"] >= PEOPLE


def test_the_same_again_changes_nothing(home: Path, drops: Path) -> None:
    before = ask(home, "status")["tables"]
    again = ask(home, "ingest", *folders(drops))
    assert all(account["admitted"] == account["superseding"] == 0 for account in again["tables"].values())
    assert ask(home, "status")["tables"] == before


def test_status_counts_what_is_there(first_run: tuple[Path, dict[str, Any]]) -> None:
    home, document = first_run
    status = ask(home, "status")
    assert status["version"] == document["version"]
    assert status["quarantine"] == document["quarantine"]
    assert [run["run_id"] for run in status["runs"]] == [document["run_id"]]
    assert status["tables"]["participants"] > 0


@pytest.mark.parametrize(
    "words",
    [
        ["status"],
        ["quarantine", "list"],
        ["compare", "--by", "depth", "--instrument", "hair_density", "--week", "24"],
        ["compare", "--by", "adjunct", "--instrument", "norwood", "--week", "52", "--where", "sex=male"],
        ["doctor"],
    ],
    ids=" ".join,
)
def test_reading_commands_answer_in_words_too_and_change_nothing(
    words: list[str], first_run: tuple[Path, dict[str, Any]]
) -> None:
    home, _ = first_run
    before = {path: path.stat().st_mtime_ns for path in home.rglob("*") if path.is_file()}
    result = call(home, *words)
    assert result.exit_code == 0, result.output
    assert result.stdout.strip()
    assert {path: path.stat().st_mtime_ns for path in home.rglob("*") if path.is_file()} == before


NUMBERS = ("estimate", "std_error", "ci_lower", "ci_upper", "p_value", "p_adjusted")


def test_compare_gives_numbers_or_reasons(first_run: tuple[Path, dict[str, Any]]) -> None:
    document = ask(first_run[0], "compare", "--by", "depth", "--instrument", "hair_density", "--week", "24")
    assert document["arms"]
    assert all((row["estimate"] is None) == (row["ci_lower"] is None) for row in document["estimates"])
    assert all(row["reason"] for row in document["estimates"] if None in (row[number] for number in NUMBERS))
    headlines = [row["contrast"] for row in document["estimates"] if row["role"] == "headline"]
    assert headlines == [row["contrast"] for row in document["diagnostics"]["contrasts"]]
    assert len(headlines) == len(document["arms"]) - 1


def test_the_notebook_gives_what_the_command_gives(first_run: tuple[Path, dict[str, Any]]) -> None:
    home, _ = first_run
    with open_home(home) as opened:
        answer = opened.compare("setting", instrument="hair_density", week=24).to_json()
        assert opened.status() == ask(home, "status")
        assert opened.table("participants").num_rows == opened.version["tables"]["participants"]
    assert answer == ask(home, "compare", "--by", "setting", "--instrument", "hair_density", "--week", "24")


def test_a_name_that_is_not_known_is_usage(first_run: tuple[Path, dict[str, Any]]) -> None:
    words = ("compare", "--by", "depth", "--instrument", "nosuch", "--week", "24")
    assert ask(first_run[0], *words, code=2)["error"]["kind"] == "usage"


def test_an_empty_home_is_usage_for_who_wants_to_read(tmp_path: Path) -> None:
    words = ("compare", "--by", "depth", "--instrument", "hair_density", "--week", "24")
    assert ask(tmp_path / "home", *words, code=2)["error"]["kind"] == "usage"
    assert not (tmp_path / "home").exists()


def test_no_usable_drop_is_usage_and_one_bad_drop_is_refused(home: Path, drops: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad"
    bad.mkdir()
    (bad / "source.toml").write_text("[source\n", encoding="utf-8")
    assert call(home, "ingest", str(bad)).exit_code == 2
    nothing = ask(home, "run", str(bad), code=2)
    assert (nothing["gate"], nothing["version"]) == (None, None)
    assert "Version: none published" in call(home, "run", str(bad)).stdout
    document = ask(home, "ingest", str(bad), folders(drops)[0], code=3)
    (refusal,) = document["refused"]
    assert Path(refusal["path"]).name in {"bad", "source.toml"}
    assert refusal["reason"]


def test_a_locked_home_is_5(home: Path, drops: Path) -> None:
    with store.lock(home):
        assert ask(home, "run", folders(drops)[0], code=5)["error"]["kind"] == "locked"


def test_publish_and_rollback_move_the_version(home: Path) -> None:
    first = ask(home, "status")["version"]
    ask(home, "publish")
    second = ask(home, "status")["version"]
    assert second != first
    ask(home, "rollback")
    assert ask(home, "status")["version"] == first
    ask(home, "rollback", second)
    assert ask(home, "status")["version"] == second
    assert ask(home, "rollback", "nosuch", code=2)["error"]["kind"] == "usage"


def test_validate_publishes_nothing(home: Path) -> None:
    before = ask(home, "status")["version"]
    ask(home, "validate")
    assert ask(home, "status")["version"] == before


def test_quarantine_shows_reasons_and_no_identifier(first_run: tuple[Path, dict[str, Any]], drops: Path) -> None:
    home, document = first_run
    shown = ask(home, "quarantine", "list", "--limit", "5")
    text = json.dumps(shown)
    assert any(reason in text for reason in document["quarantine"])
    source = Path(folders(drops)[0]).name
    assert ask(home, "quarantine", "list", "--source", source)
    mistyped = ask(home, "quarantine", "list", "--source", f"{source}x", code=2)
    assert f"{source}x has sent nothing to this home" in mistyped["error"]["message"]


def test_retry_answers_with_an_account(home: Path) -> None:
    assert isinstance(ask(home, "quarantine", "retry"), dict)


def test_template_makes_a_drop_that_runs(tmp_path: Path) -> None:
    ask(tmp_path / "home", "template", "--out", str(tmp_path / "mine"))
    examples = next(path.parent for path in tmp_path.glob("mine/examples/source.toml"))
    document = ask(tmp_path / "home", "ingest", str(examples))
    assert document["tables"]["participants"]["admitted"] == 1
    assert document["quarantine"] == {}


def test_forget_erases_the_person_that_standard_input_names(home: Path, drops: Path) -> None:
    truth = first_participant(drops)
    before = ask(home, "status")["tables"]["participants"]
    ask(home, "forget", "--source", truth[0], "--participant", "-", text=f"{truth[1]}\n")
    assert ask(home, "status")["tables"]["participants"] == before - 1


def first_participant(drops: Path) -> tuple[str, str]:
    """Source and id of somebody who was admitted: the first adult with consent in a CSV drop."""
    import polars as pl

    file = next(iter(sorted(drops.glob("*/participants.csv"))))
    people = pl.read_csv(file, infer_schema=False).filter(
        pl.col("consent").str.to_lowercase().is_in(["true", "yes", "1"])
        & (pl.col("age_years").cast(pl.Float64, strict=False) >= 18)
    )
    return file.parent.name, people["participant_id"][0]


@pytest.mark.faults
def test_ctrl_c_ends_a_run_with_130_and_the_next_run_completes(drops: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    drop = folders(drops)[0]
    words = [*NEEDLING, "run", "--home", str(home), "--json", drop]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while not (home / ".lock").exists():
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 130, stderr
    assert json.loads(stdout)["error"]["kind"] == "interrupted"
    assert "Traceback" not in stderr
    assert ask(home, "run", drop)["gate"]["passed"] is True


def test_a_clinic_is_granted_its_own_figures_and_they_are_taken_back(home: Path) -> None:
    clinic = ask(home, "clinics", "list")["clinics"][0]
    words = ("clinics", "profile", clinic, "--profile")
    assert ask(home, *words, "own_clinic", "--basis", " ", code=2)["error"]["kind"] == "usage"
    assert ask(home, *words, "standard", "--basis", "not granted before", code=2)["error"]["kind"] == "usage"
    assert ask(home, "clinics", "profile", "nowhere", "--profile", "own_clinic", "--basis", "x", code=2)
    granted = ask(home, *words, "own_clinic", "--basis", "contract of 1 October")
    assert (granted["clinic"], granted["profile"], granted["basis"]) == (clinic, "own_clinic", "contract of 1 October")
    assert granted["takes_effect"].endswith(f"make one now with: needling publish --home {home}")
    assert [standing["clinic"] for standing in ask(home, "status")["own_clinic"]] == [clinic]
    assert "contract of 1 October" in call(home, "status").stdout
    ask(home, *words, "standard", "--basis", "contract ended")
    document = ask(home, "clinics", "list")
    assert document["own_clinic"] == []
    assert [standing["basis"] for standing in document["history"]] == ["contract of 1 October", "contract ended"]
    assert ask(home, "status")["runs"][0]["command"] == "clinics profile"
