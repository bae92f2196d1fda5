"""Verdicts where each kind of claim is true, false, undecidable and unanswerable; `make verdicts` draws many worlds."""

import json
from pathlib import Path

import pytest

from benchmarks.verdicts import page
from benchmarks.verdicts.__main__ import judged
from benchmarks.verdicts.questions import KINDS, RIGHT, State
from pipeline.studies.protocols.catalogue import find_study, paths

SEED = 20
"""Of the one world that is drawn here of each kind and state."""


@pytest.mark.parametrize("state", RIGHT)
@pytest.mark.parametrize("kind", [kind.name for kind in KINDS])
def test_each_kind_of_claim_is_judged_as_its_world_is(kind: str, state: State) -> None:
    assert judged(kind, state, SEED) in RIGHT[state]


def test_every_study_but_the_counts_is_of_one_kind() -> None:
    drawn = [study for kind in KINDS for study in kind.studies]
    counts = [study for study in paths(None) if find_study(study).outcome.instrument == "comb_count_60s"]
    assert sorted([*drawn, *counts]) == sorted(paths(None))


def test_the_kept_worlds_are_right_as_often_as_was_promised() -> None:
    rows = json.loads(page.RESULTS.read_text(encoding="utf-8"))["rows"]
    assert {(row["kind"], row["state"]) for row in rows} == {(kind.name, state) for kind in KINDS for state in RIGHT}
    for kind in KINDS:
        own = [row for row in rows if row["kind"] == kind.name]
        assert sum(map(page.right, own)) >= page.PROMISE * sum(row["n"] for row in own)


def test_a_page_says_which_rows_fall_short(tmp_path: Path) -> None:
    told = json.loads(page.RESULTS.read_text(encoding="utf-8"))
    told["rows"][0]["verdicts"] = {"contradicted": told["rows"][0]["n"]}
    (tmp_path / "found.json").write_text(json.dumps(told), encoding="utf-8")
    text = page.render(tmp_path / "found.json")
    assert "Under 95% over its worlds: a difference in density." in text
    assert f"- a difference in density, true: contradicted {told['rows'][0]['n']}" in text
