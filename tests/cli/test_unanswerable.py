"""Data and protocols that cannot carry an answer, through the command line: a reason and a sentence, never a crash.

A library's warning would be an error here, as everywhere in the tests.
"""

from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner

from pipeline import ledger
from pipeline.cli import main
from pipeline.contract.results import REASONS
from pipeline.studies.contrasts.caveats import NO_COMPARISON
from pipeline.studies.estimators.reasons import REASONS as ESTIMATION
from tests.cli.test_studies import ask
from tests.studies import small_version, world

PEOPLE = 200
SENTENCES = {**ESTIMATION, **REASONS}
PROTOCOL = """
title = "Does needling do more than none?"
aim = "difference"
landmark_days = 84
[people]
diagnosis = "androgenetic_alopecia"
[arms.needling]
label = "Needling"
needling = true
[arms.none]
label = "Not needling"
needling = false
[outcome]
instrument = "hair_density"
week = 24
[contrast]
arm = "needling"
reference = "none"
"""
NEEDLES = "participant_id IN (SELECT participant_id FROM exposure WHERE is_needling)"
ONLY = "UPDATE exposure SET is_needling = {0}, depth_band = CASE WHEN {0} THEN '0_45_to_0_60' ELSE 'none' END"


def home_of(folder: Path, *spoil: str, protocol: str = PROTOCOL) -> Path:
    """A home with the world of `tests/studies/world.py`, spoilt, and a study of its own."""

    def fill(con: duckdb.DuckDBPyConnection) -> None:
        world.build(con, PEOPLE, confounding=0.5)
        for statement in spoil:
            con.execute(statement)

    small_version.publish(folder, fill=fill)
    ledger.start_run(folder, "run")
    (folder / "studies").mkdir()
    (folder / "studies" / "own.toml").write_text(protocol, encoding="utf-8")
    return folder


def sound(document: dict[str, Any]) -> None:
    """A number with a p-value that is neither nought nor one, or a reason with a sentence and nothing else."""
    for estimate in document["estimates"]:
        numbers = [estimate[key] for key in ("estimate", "std_error", "ci_lower", "ci_upper", "p_value", "p_adjusted")]
        if estimate["estimate"] is None:
            assert numbers == [None] * 6
            assert SENTENCES[estimate["reason"]].endswith(".")
        else:
            assert estimate["ci_lower"] < estimate["estimate"] < estimate["ci_upper"]
            assert estimate["p_value"] is None or 0 < estimate["p_value"] < 1


WITHHELD = {
    "nobody": ([ONLY.format("false")], "no_arm", "not answerable"),
    "one person": ([ONLY.format("participant_id = 5")], "too_few", "not enough people"),
    "all the same": (["UPDATE outcome_change SET improvement_milli = 4000"], "no_variation", "failed diagnostics"),
    "the same within each arm": (
        [f"UPDATE outcome_change SET improvement_milli = CASE WHEN {NEEDLES} THEN 5000 ELSE 1000 END"],
        "no_variation", "failed diagnostics"),
    "a word tells the arm": (
        [f"UPDATE participants SET sex = CASE WHEN {NEEDLES} THEN 'female' ELSE 'male' END"],
        "no_overlap", "not answerable"),
    "a number tells the arm": (
        [f"UPDATE participants SET years_since_onset = participant_id % 4 + CASE WHEN {NEEDLES} THEN 20 ELSE 0 END"],
        "failed_diagnostics", "failed diagnostics"),
    "no overlap": (
        ["UPDATE participants SET years_since_onset = (hash(participant_id) % 1000) / 66.0 "
         f"+ CASE WHEN {NEEDLES} THEN 20 ELSE 5 END"],
        "failed_diagnostics", "failed diagnostics"),
    "all of an arm left": (
        [f"DELETE FROM outcome_change WHERE visit_week = 24 AND {NEEDLES}"], "too_few", "not enough people"),
    "all left": (["DELETE FROM outcome_change WHERE visit_week = 24"], "too_few", "not enough people"),
    "no baseline": (
        ["DELETE FROM baseline", "UPDATE outcome_change SET baseline_milli = NULL, improvement_milli = NULL"],
        "no_baseline", "not answerable"),
    "never measured": (
        ["DELETE FROM baseline", "DELETE FROM outcome_change"], "instrument_absent", "not answerable"),
    "not yet due": (["UPDATE participants SET observed_until_day = 60"], "not_yet_due", "not enough people"),
    "a source for every person": (
        ["UPDATE participants SET source = 'source ' || participant_id"], "no_overlap", "not answerable"),
    "no participants": (["DELETE FROM participants"], "instrument_absent", "not answerable"),
}  # fmt: skip


@pytest.mark.parametrize("case", WITHHELD)
def test_what_the_data_cannot_answer_has_its_reason(tmp_path: Path, case: str) -> None:
    spoil, reason, judgement = WITHHELD[case]
    home = home_of(tmp_path, *spoil)
    ran = ask(home, "studies", "run", "own")
    (study,), (verdict,) = ran["studies"], ran["verdicts"]
    (main_figure,) = (e for e in study["estimates"] if e["role"] == "headline")
    assert (main_figure["estimate"], main_figure["reason"]) == (None, reason)
    assert (study["gate"], verdict["judgement"]) == ("fail", judgement)
    sound(study)
    sound(ask(home, "compare", "--by", "depth", "--instrument", "hair_density", "--week", "24"))
    shown = CliRunner().invoke(main, ["compare", "--study", "own", "--home", str(home)])
    assert (shown.exit_code, SENTENCES[reason] in " ".join(shown.stdout.split())) == (0, True)


@pytest.mark.parametrize("aim", ["difference", "course"])
def test_one_arm_alone_is_before_and_after_and_no_comparison(tmp_path: Path, aim: str) -> None:
    head, rest = PROTOCOL.split("[arms.none]")
    course = head + rest[rest.index("[outcome]") : rest.index("[contrast]")]
    protocol = PROTOCOL if aim == "difference" else course.replace('"difference"', '"course"')
    home = home_of(tmp_path, ONLY.format("true"), protocol=protocol)
    (study,), (verdict,) = (ask(home, "studies", "run", "own")[part] for part in ("studies", "verdicts"))
    assert (verdict["judgement"], verdict["because"]) == ("not answerable", NO_COMPARISON)
    assert [warning for warning in study["warnings"] if warning.startswith(NO_COMPARISON)]
    assert not [warning for warning in study["warnings"] if "A difference here" in warning]
    assert [e["contrast"] for e in study["estimates"] if e["estimate"] is not None] == ["needling"]
    shown = ask(home, "studies", "show", "own")
    assert shown["reason"] == ("too_few" if aim == "difference" else "nothing_compared")
    assert SENTENCES[shown["reason"]]


ANSWERED = {
    "one visit": ["DELETE FROM outcome_change WHERE visit_week = 12"],
    "every covariate of one level": [
        "UPDATE participants SET sex = 'female', age_band = '30-39', stage_rank = 3, years_since_onset = 4",
        "UPDATE outcome_change SET baseline_milli = 150000",
    ],
    "a covariate of sixty words": ["UPDATE participants SET prior_minoxidil_response = 'word ' || participant_id % 60"],
    "nothing known of anybody": [
        "UPDATE participants SET sex = NULL, age_band = NULL, stage_rank = NULL, years_since_onset = NULL, "
        "clinic_id = NULL"
    ],
    "hardly anybody differs within an arm": [
        f"UPDATE outcome_change SET improvement_milli = CASE WHEN {NEEDLES} THEN 300000 ELSE 0 END "
        "+ CASE WHEN participant_id % 97 = 0 THEN 100 ELSE 0 END"
    ],
    "twelve people in an arm": [ONLY.format("participant_id < 30")],
}


@pytest.mark.parametrize("case", ANSWERED)
def test_what_is_merely_poor_is_answered_with_a_caution(tmp_path: Path, case: str) -> None:
    home = home_of(tmp_path, *ANSWERED[case])
    (study,) = ask(home, "studies", "run", "own")["studies"]
    assert study["gate"] == "caution"
    assert [e["estimate"] is not None for e in study["estimates"] if e["role"] == "headline"] == [True]
    sound(study)
    sound(ask(home, "compare", "--by", "depth", "--instrument", "hair_density", "--week", "24"))


CONTRADICTIONS = [
    ('reference = "none"', 'reference = "needling"', "expected arm and reference, two of needling, none"),
    ('reference = "none"', 'reference = "deep"', "found 'deep'; allowed: needling, none"),
    ("needling = false", "needling = true", "somebody could belong to it and to 'none'"),
    ("week = 24", "week = 4", "84 lies in or after the visit's window"),
    ("week = 24", "week = 23", "found 23; expected one of 4, 8, 12, 24, 36, 52"),
    ("hair_density", "salt", "salt is not meant for androgenetic_alopecia"),
    ("hair_density", "guess", "found 'guess'; allowed: hair_density"),
    ("androgenetic_alopecia", "mange", "found 'mange'; allowed: androgenetic_alopecia"),
    ("landmark_days = 84", 'landmark_days = 84\ncovariates = ["horoscope"]', "found 'horoscope'; allowed: baseline"),
    ("landmark_days = 84", "landmark_days = 30", "found 30; expected one of 28, 56, 84"),
    ("needling = true", "needle_length_mm = [0.61, 0.45]", "expected two numbers, the lower first"),
    ('reference = "none"', 'reference = "none"\nmargin = -1', "found -1; expected a number above 0"),
    ("[arms.needling]", 'where = ["sex=martian"]\n[arms.needling]', "no sex is called 'martian'"),
    ("[contrast]", "[[[", "is no TOML file"),
    (PROTOCOL, "", "found 0 arms; expected at least 2"),
]


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return home_of(tmp_path_factory.mktemp("home"))


@pytest.mark.parametrize(("old", "new", "told"), CONTRADICTIONS)
def test_a_protocol_that_contradicts_itself_is_refused(untouched: Path, old: str, new: str, told: str) -> None:
    (untouched / "studies" / "own.toml").write_text(PROTOCOL.replace(old, new, 1), encoding="utf-8")
    for words in (("studies", "run", "own"), ("compare", "--study", "own")):
        ended = CliRunner().invoke(main, [*words, "--home", str(untouched)])
        assert ended.exit_code in (2, 3)
        assert told in ended.output
        assert "Traceback" not in ended.output


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--instrument", "guess", "instrument 'guess' is not known to this version; it knows hair_density"),
        ("--week", "5", "week 5 is no visit; choose one of 4, 8, 12, 24, 36, 52"),
        ("--landmark", "-1", "landmark -1 is not known; choose one of 28, 56, 84 days"),
        ("--where", "sex=martian", "no sex is called 'martian'"),
    ],
)
def test_a_question_that_makes_no_sense_says_what_would(untouched: Path, option: str, value: str, told: str) -> None:
    asked = {"--by": "depth", "--instrument": "hair_density", "--week": "24", option: value}
    words = [word for pair in asked.items() for word in pair]
    assert told in ask(untouched, "compare", *words, code=2)["error"]["message"]
