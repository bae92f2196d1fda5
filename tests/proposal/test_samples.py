"""The samples, mapped by the program alone, against the mappings that were written by hand."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from pipeline import config, flow

SAMPLES = Path(__file__).parents[2] / "data" / "samples"


def proposed(name: str, tmp_path: Path) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """(text, what it says, what the hand-written one says)."""
    document = flow.propose_mapping(config.load(tmp_path / "home"), [SAMPLES / name])
    by_hand = tomllib.loads((SAMPLES / name / "source.toml").read_text(encoding="utf-8"))
    return document["toml"], tomllib.loads(document["toml"]), by_hand


def tried(text: str, name: str, tmp_path: Path) -> dict[str, Any]:
    """What check says once the sender has given what only they know: the day, the clinic."""
    drop = tmp_path / "drop"
    drop.mkdir()
    for path in (SAMPLES / name).iterdir():
        if path.suffix not in (".toml", ".json"):
            (drop / path.name).write_bytes(path.read_bytes())
    text = text.replace('# extracted_on = "2026-11-01"', 'extracted_on = "2026-06-30"')
    (drop / "source.toml").write_text(text.replace("# default_clinic", "default_clinic"), encoding="utf-8")
    return flow.check(config.load(tmp_path / "home"), drop)[0]


def expected(name: str) -> dict[str, Any]:
    tables: dict[str, Any] = json.loads((SAMPLES / name / "expected.json").read_text(encoding="utf-8"))["tables"]
    return tables


def test_the_german_clinic_is_understood_as_by_hand(tmp_path: Path) -> None:
    _, found, by_hand = proposed("clinic-nord", tmp_path)
    for key in ("format", "dates", "encoding", "delimiter", "decimal"):
        assert found["source"][key] == by_hand["source"][key]
    assert set(found["tables"]) == set(by_hand["tables"])
    for name, table in by_hand["tables"].items():
        ours = found["tables"][name]
        assert ours["files"] == table["files"]
        assert ours["columns"] == table["columns"], name
        for key in ("units", "effects", "asked"):
            assert ours.get(key) == table.get(key), (name, key)
    assert found["tables"]["treatments"]["constants"] == {"strength_unit": "percent"}
    assert found["tables"]["participants"]["values"]["consent"] == {"ja": "yes", "nein": "no"}
    assert found["tables"]["sessions"]["values"]["region"] == {"Tonsur": "crown"}
    ours, theirs = found["tables"]["outcomes"]["instruments"], by_hand["tables"]["outcomes"]["instruments"]
    assert {h: w["instrument"] for h, w in ours.items()} == {h: w["instrument"] for h, w in theirs.items()}
    assert ours["Dichte"]["unit"] == theirs["Dichte"]["unit"]
    assert ours["Haarzahl"]["area_column"] == theirs["Haarzahl"]["area_column"]
    self_rated = {h for h, w in theirs.items() if w["rater"] == "participant"}
    assert {h for h, w in ours.items() if "rater" in w} == self_rated


ONLY_THE_SENDER_KNOWS = {
    "clinic-nord": {"outcomes": ["rater"]},
    "registry-west": {},
    "app-haar": {"sessions": ["setting"], "outcomes": ["rater"]},
}


@pytest.mark.parametrize("name", ONLY_THE_SENDER_KNOWS)
def test_a_proposal_is_admitted_but_for_what_only_the_sender_knows(name: str, tmp_path: Path) -> None:
    document = flow.propose_mapping(config.load(tmp_path / "home"), [SAMPLES / name])
    open_questions = {table: found["missing"] for table, found in document["tables"].items() if found["missing"]}
    assert open_questions == ONLY_THE_SENDER_KNOWS[name]
    told = tried(document["toml"], name, tmp_path)["tables"]
    for table, account in expected(name).items():
        assert told[table]["read"] == account["read"], table
        if table not in open_questions:
            assert told[table]["admitted"] == account["admitted"], table


def test_what_the_sender_must_say_stands_as_a_question(tmp_path: Path) -> None:
    text, _, _ = proposed("app-haar", tmp_path)
    assert "# setting: which header holds it?" in text
    assert '#   the same for all rows: constants = { setting = "home" }, one of home, salon, clinic' in text
    assert "# rater: which header holds it?" in text
