"""Protocols: what a file may say, how its mistakes are told, and that arms cannot share anybody."""

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from pipeline.errors import RefusedError, UsageError
from pipeline.studies.contrasts.compare import ask_study, compare, unadjusted
from pipeline.studies.protocols.arms import COLUMNS, can_overlap
from pipeline.studies.protocols.catalogue import find_study, paths
from pipeline.studies.protocols.protocol import ProtocolArm, Range
from pipeline.studies.protocols.protocol_file import read_protocol

GOOD = """
title = "Does it matter?"
aim = "difference"
landmark_days = 84
[people]
diagnosis = "androgenetic_alopecia"
[arms.half]
label = "0.5 mm"
depth_band = "0_45_to_0_60"
[arms.none]
label = "Not needling"
needling = false
[outcome]
instrument = "hair_density"
week = 24
[contrast]
arm = "half"
reference = "none"
"""


def write(folder: Path, text: str, name: str = "mine") -> Path:
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def mistakes(folder: Path, text: str) -> str:
    with pytest.raises(RefusedError) as refused:
        read_protocol(write(folder, text))
    return str(refused.value)


@pytest.mark.parametrize("study", paths(None))
def test_every_study_of_the_catalogue_can_be_read(study: str) -> None:
    protocol = find_study(study)
    assert protocol.id == study
    assert protocol.claim is not None
    assert study.startswith(protocol.claim.lower())
    assert protocol.title.endswith("?")
    if protocol.aim == "recovery":
        assert (protocol.contrast, protocol.arms) == (None, ())
        return
    contrasts = [one for one in (protocol.contrast, protocol.against) if one is not None]
    named = {code for one in contrasts for code in (one.arm, one.reference)} - {""}
    assert named == {arm.id for arm in protocol.arms}


def test_no_two_studies_ask_the_same() -> None:
    digests = [find_study(study).digest for study in paths(None)]
    assert len(set(digests)) == len(digests)


@pytest.mark.parametrize(
    ("was", "becomes", "message"),
    [
        ('diagnosis = "androgenetic_alopecia"', "", "[people] diagnosis: is missing"),
        ('diagnosis = "androgenetic_alopecia"', 'diagnosis = "baldness"', "found 'baldness'"),
        ("landmark_days = 84", "landmark_days = 83", "landmark_days: found 83; expected one of 28, 56, 84"),
        ("week = 24", "week = 12", "84 lies in or after the visit's window, which opens on day 63"),
        ("week = 24", "week = 25", "[outcome] week: found 25; expected one of 4, 8, 12"),
        ('instrument = "hair_density"', 'instrument = "salt"', "salt is not meant for androgenetic_alopecia"),
        ('instrument = "hair_density"', 'instrument = "hair_densty"', "did you mean 'hair_density'?"),
        ("needling = false", 'depth_band = ["none", "0_45_to_0_60"]', "somebody could belong to it and to 'none'"),
        ("needling = false", "needle_length_mm = [0.6, 0.5]", "expected two numbers, the lower first"),
        ("needling = false", 'device = "hammer"', "found 'hammer'; allowed: none, dermaroller"),
        ("needling = false", "", "[arms.none] : has no condition"),
        ("needling = false", "needing = false", "there is no such key; did you mean 'needling'?"),
        ('reference = "none"', 'reference = "half"', "expected arm and reference, two of half, none"),
        ('reference = "none"', 'reference = "none"\nmargin = -1', "[contrast] margin: found -1"),
        (
            'reference = "none"',
            'reference = "none"\nmargin = inf',
            "[contrast] margin: found inf; hair_density runs from",
        ),
        (
            'reference = "none"',
            'reference = "none"\nmargin = 401',
            "[contrast] margin: found 401; hair_density runs from",
        ),
        ('aim = "difference"', 'aim = "proof"', "aim: found 'proof'"),
        ("week = 24", "week = 24.0", "[outcome] week: found 24.0; expected one of 4, 8, 12"),
        ("needling = false", "needle_length_mm = [0.7, inf]", "expected two numbers, the lower first"),
        ("needling = false", "needle_length_mm = [false, true]", "expected two numbers, the lower first"),
        (
            "[arms.half]",
            'where = ["diagnosis=other"]\n[arms.half]',
            "and the people are those with androgenetic_alopecia",
        ),
        ('aim = "difference"', 'covariates = ["luck"]', "covariates: found 'luck'"),
        ('aim = "difference"', 'covariates = ["sex", "sex"]', "covariates: 'sex' stands twice"),
        ("needling = false", "needling = false\nneedle_length_mm = [0.1, 0.2]", "[arms.none] needling: is false, and"),
        ("needling = false", 'needling = false\ndevice = "dermaroller"', "[arms.none] needling: is false, and"),
        ("[outcome]", '[strategies]\npregnancy = "ignore"\n[outcome]', "[strategies] pregnancy: found 'ignore'"),
        ('aim = "difference"', "aim = ", "is no TOML file"),
    ],
)
def test_a_mistake_names_its_key_and_what_is_allowed(tmp_path: Path, was: str, becomes: str, message: str) -> None:
    assert was in GOOD
    assert message in mistakes(tmp_path, GOOD.replace(was, becomes))


def test_an_ordered_scale_has_no_margin_and_is_not_called_the_same(tmp_path: Path) -> None:
    steps = GOOD.replace('instrument = "hair_density"', 'instrument = "ga_investigator"')
    assert read_protocol(write(tmp_path, steps)).outcome.instrument == "ga_investigator"
    told = mistakes(tmp_path, steps.replace('reference = "none"', 'reference = "none"\nmargin = 1'))
    assert "[contrast] margin: ga_investigator is an ordered scale" in told
    same = mistakes(tmp_path, steps.replace('aim = "difference"', 'aim = "equivalence"'))
    assert "[outcome] instrument: ga_investigator is an ordered scale, which has no mean" in same


def test_what_follows_from_a_mistake_is_not_told_beside_it(tmp_path: Path) -> None:
    assert "opens on day" not in mistakes(tmp_path, GOOD.replace("landmark_days = 84", "").replace("24", "4"))
    assert "opens on day" not in mistakes(tmp_path, GOOD.replace("week = 24", "week = 24.0"))


def test_the_digest_is_of_the_question_not_of_its_words(tmp_path: Path) -> None:
    protocol = read_protocol(write(tmp_path, GOOD))
    assert replace(protocol, title="Otherwise", note="said").digest == protocol.digest
    assert replace(protocol, landmark_days=56).digest != protocol.digest


def test_arms_overlap_unless_something_shuts_it_out() -> None:
    def arm(**conditions: object) -> ProtocolArm:
        return ProtocolArm("a", "A", conditions)  # type: ignore[arg-type]

    half, deep = arm(needle_length_mm=Range(0.45, 0.61)), arm(needle_length_mm=Range(1.4, 1.61))
    assert not can_overlap(half, deep)
    assert can_overlap(half, arm(needle_length_mm=Range(0.6, 1.0)))
    assert not can_overlap(half, arm(needle_length_mm=Range(0.61, 1.0)))
    assert not can_overlap(half, arm(needling=False))
    assert not can_overlap(arm(device=("dermaroller",)), arm(needling=False))
    assert can_overlap(arm(device=("none",)), arm(needling=False))
    assert can_overlap(half, arm(device=("dermaroller",)))
    assert can_overlap(arm(**{"with": ("prp",)}), arm(**{"with": ("lllt",)}))  # somebody may use both


def test_a_home_has_studies_of_its_own_but_none_of_the_same_name(tmp_path: Path) -> None:
    folder = tmp_path / "studies"
    folder.mkdir()
    write(folder, GOOD)
    assert find_study("mine", tmp_path).title == "Does it matter?"
    with pytest.raises(UsageError, match=r"there is no study 'mime'.*mine"):
        find_study("mime", tmp_path)
    write(folder, GOOD, "c9-half-mm")
    with pytest.raises(RefusedError, match="give yours another name"):
        find_study("mine", tmp_path)


def test_a_study_counts_the_same_people_as_the_question_in_words(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    study = unadjusted(con, ask_study(con, read_protocol(write(tmp_path, GOOD)), "v1"))
    asked = compare(con, "depth", "hair_density", 24, reference="none", version="v1")
    assert (study.study, study.estimand["reference"], study.gate) == ("mine", "none", "caution")
    counted = {a.arm: (a.n, a.n_due, a.n_observed) for a in asked.arms}
    assert {a.arm: (a.n, a.n_due, a.n_observed) for a in study.arms} == {
        "half": counted["0_45_to_0_60"],
        "none": counted["none"],
    }
    difference = next(e for e in study.estimates if e.reference)
    assert difference.estimate == asked.of("difference")["0_45_to_0_60"].estimate


def test_an_arm_with_nobody_is_told(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    text = GOOD.replace("needling = false", 'device = "nano_patch"').replace(
        "depth_band", "needling = true\ndepth_band"
    )
    text = text.replace('depth_band = "0_45_to_0_60"', 'device = "dermaroller"')
    found = unadjusted(con, ask_study(con, read_protocol(write(tmp_path, text))))
    assert [a.arm for a in found.arms] == ["half"]
    assert {e.reason for e in found.estimates if e.reference} == {"no_reference"}


@pytest.mark.parametrize("column", [c for c in COLUMNS if c != "needling"])
def test_every_condition_is_sql_that_runs(con: duckdb.DuckDBPyConnection, tmp_path: Path, column: str) -> None:
    words = COLUMNS[column].words()
    value = "[0.1, 9.0]" if COLUMNS[column].kind == "range" else f'"{words[-1]}"'
    text = GOOD.replace('depth_band = "0_45_to_0_60"', f"needling = true\n{column} = {value}")
    found = unadjusted(con, ask_study(con, read_protocol(write(tmp_path, text))))
    assert sum(arm.n for arm in found.arms) == next(n for step, n in found.attrition if step == "arm known")
