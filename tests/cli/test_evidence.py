"""Published trials beside a study, as a user meets them: the command as JSON and as text, the notebook, the page."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from docs import published
from pipeline import ledger
from pipeline.api import open_home
from pipeline.cli import main
from pipeline.contract.evidence import reviews, trials
from pipeline.evidence_text import evidence
from pipeline.studies.claims.evidence import NOTHING_FOUND, beside
from pipeline.studies.protocols.catalogue import find_study
from tests.studies import small_version
from tests.studies.claims.test_evidence import invented, pooled

STUDY = "c3-density-week-24"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    small_version.publish(tmp_path)
    ledger.start_run(tmp_path, "run")
    return tmp_path


def run(home: Path, *words: str) -> str:
    done = CliRunner().invoke(main, ["studies", "run", STUDY, "--home", str(home), *words])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_a_study_ends_with_what_was_published(home: Path) -> None:
    (study,) = json.loads(run(home, "--json"))["studies"]
    assert study["evidence"] == json.loads(json.dumps(beside(find_study(STUDY))))
    assert list(study)[:9] == ["version", "study", "estimand", "attrition", "arms", "estimates", "diagnostics", "gate",
                               "warnings"]  # fmt: skip
    text = run(home)
    assert "Published trials of needling against no needling" in text
    assert "Kumar 2018" in text
    assert "Shown, not pooled: none of these can be brought together" in text
    with open_home(home) as opened:
        assert opened.evidence(STUDY) == beside(find_study(STUDY))
        everything = opened.evidence()
    assert [row["row"] for row in everything["trials"]] == [row.row for row in trials()]
    assert {row["name"] for row in everything["reviews"]} == {row.name for row in reviews()}


def lines(headers: object, rows: object) -> str:
    return f"{headers} {list(rows)}"  # type: ignore[call-overload]


def test_text_tells_a_pooled_figure_and_that_there_is_nothing() -> None:
    told = evidence(pooled(invented("a", 4.0), invented("b", 12.0), invented("c", 20.0)), lines)
    assert "Pooled, random effects (Paule and Mandel), interval by Hartung and Knapp: +12.00 (-7.87 to +31.87)" in told
    assert "between trials 7.75" in told
    assert evidence(beside(find_study("c2-ketoconazole-together")), lines) == f"Published: {NOTHING_FOUND}"


def test_the_page_has_every_trial_review_and_doubt() -> None:
    page = published.render()
    for row in (*trials(), *reviews()):
        assert f"| {row.name}" in page
        assert row.disagreement in page
    assert "change 12.52 /inch2 [1.94 /cm2]" in page
    assert "does not hold: A percentage of people is a whole number of people" in page
    cells = {line.replace("\\\\|", "").count("|") for line in page.splitlines() if line.startswith("| Bao")}
    assert len(cells) == 1
