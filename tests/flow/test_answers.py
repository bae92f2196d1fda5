"""The catalogue is answered before a version is published, and a study that fails holds nothing back."""

import json
import shutil
from pathlib import Path

import pytest

from pipeline import flow
from pipeline.api import open_home
from pipeline.config import Settings, load
from pipeline.contract.results import Comparison
from pipeline.errors import UsageError
from pipeline.flow import answers
from pipeline.studies import kept
from pipeline.studies.estimators.effect import Effect
from pipeline.studies.protocols import catalogue
from tests.studies import small_version

OWN = """
title = "Again"
aim = "difference"
landmark_days = 84
[people]
diagnosis = "androgenetic_alopecia"
[arms.a]
label = "Needling"
needling = true
[arms.b]
label = "Not needling"
needling = false
[outcome]
instrument = "hair_density"
week = 24
[contrast]
arm = "a"
reference = "b"
"""


STUDIES = ("c1-schedules", "c3-density-week-24", "c3-shedding-week-12", "c4-minimal")
"""One that is refused for its people, one with an answer, one about an instrument nobody has, one of one arm."""


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A home with a version, and a catalogue of a few studies."""
    own = tmp_path / "catalog"
    own.mkdir()
    for study in STUDIES:
        shutil.copy(catalogue.OWN / f"{study}.toml", own)
    monkeypatch.setattr(catalogue, "OWN", own)
    small_version.publish(tmp_path / "home")
    return load(tmp_path / "home", {"NEEDLING_SCRATCH": "/var/tmp"})


def version(settings: Settings) -> Path:
    return settings.home / "versions" / small_version.VERSION


def test_an_answer_that_is_read_is_the_one_that_is_computed(settings: Settings) -> None:
    computed = json.dumps(flow.studies_run(settings)[0])
    assert answers.keep(settings, version(settings)) == []
    assert set(json.loads((version(settings) / kept.FILE).read_bytes())["studies"]) == set(STUDIES)
    assert json.dumps(flow.studies_run(settings)[0]) == computed
    (version(settings) / kept.FILE).unlink()
    assert json.dumps(flow.studies_run(settings)[0]) == computed


def test_command_and_notebook_read_what_is_kept(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    answers.keep(settings, version(settings))
    monkeypatch.setattr(kept, "run_study", lambda *_: pytest.fail("it is kept"))
    with open_home(settings.home) as home:
        found = home.study("c3-density-week-24")
    document = flow.study(settings, "c3-density-week-24")
    assert document["estimates"] == found.to_json()["estimates"]


def test_a_study_that_fails_is_told_and_the_others_are_kept(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = answers.run_study

    def failing(con: object, protocol: object, name: str) -> Comparison:
        if protocol.id == "c1-schedules":  # type: ignore[attr-defined]
            raise ZeroDivisionError("somebody's value")
        return run(con, protocol, name)  # type: ignore[arg-type]

    monkeypatch.setattr(answers, "run_study", failing)
    (told,) = answers.keep(settings, version(settings))
    assert told.startswith("study c1-schedules could not be answered")
    assert "ZeroDivisionError in tests" in told
    assert "somebody" not in told
    assert set(STUDIES) - set(json.loads((version(settings) / kept.FILE).read_bytes())["studies"]) == {"c1-schedules"}


def test_a_study_of_the_homes_own_is_kept_too_and_a_wrong_one_told(settings: Settings) -> None:
    own = settings.home / "studies"
    own.mkdir()
    (own / "again.toml").write_text(OWN)
    (own / "broken.toml").write_text('title = "Broken"')
    (told,) = answers.keep(settings, version(settings))
    assert told.startswith("study broken could not be answered")
    assert "again" in json.loads((version(settings) / kept.FILE).read_bytes())["studies"]


def test_a_study_of_the_homes_own_under_a_name_of_the_catalogue_stops_no_publication(settings: Settings) -> None:
    (settings.home / "studies").mkdir()
    (settings.home / "studies" / "c1-schedules.toml").write_text(OWN)
    (told,) = answers.keep(settings, version(settings))
    assert told.startswith("no study was answered beforehand")
    assert not (version(settings) / kept.FILE).exists()


def test_a_version_that_is_gone_says_so(settings: Settings) -> None:
    with pytest.raises(UsageError, match="version_pruned"):
        flow.studies_run(settings, ["c1-schedules"], "20200101T000000Z-000000")


def test_sums_are_kept_and_give_the_figures_of_the_answer(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_home(settings.home) as home:
        added_up = home.sums("c3-density-week-24")
    answers.keep(settings, version(settings))
    monkeypatch.setattr(kept, "study_sums", lambda *_: pytest.fail("they are kept"))
    with open_home(settings.home) as home:
        read, answer = home.sums("c3-density-week-24"), home.study("c3-density-week-24")
    assert (read.mmrm(), read.ancova()) == (added_up.mmrm(), added_up.ancova())
    by_method = {e.method: e for e in answer.estimates if e.reference}
    for method, found in (("mmrm", read.mmrm()), ("ancova", read.ancova())):
        assert isinstance(found, Effect)
        assert by_method[method].estimate == pytest.approx(found.estimate, rel=1e-10)
        assert by_method[method].std_error == pytest.approx(found.std_error, rel=1e-10)


def test_a_study_without_two_arms_or_people_has_no_sums(settings: Settings) -> None:
    with open_home(settings.home) as home:
        with pytest.raises(UsageError, match="compares no two arms"):
            home.sums("c4-minimal")
        with pytest.raises(UsageError, match="Nobody among these people"):
            home.sums("c3-shedding-week-12")
