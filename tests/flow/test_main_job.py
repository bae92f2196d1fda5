"""The main job, from drops to a version: what comes out is what is known to be in them."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from pipeline import flow, simulate, store
from pipeline.api import open_home
from pipeline.studies import kept
from tests.landing.conftest import Home

SAMPLES = sorted(p.parent for p in (Path(__file__).parents[2] / "data" / "samples").glob("*/expected.json"))
FATES = ("read", "admitted", "unchanged", "superseding", "quarantined", "not_consented")


@pytest.mark.parametrize("sample", SAMPLES, ids=[s.name for s in SAMPLES])
def test_a_sample_gives_the_account_it_says(sample: Path, home: Home) -> None:
    expected = json.loads((sample / "expected.json").read_text(encoding="utf-8"))["tables"]
    document, code = flow.ingest(home.settings, [sample])
    assert code == 0
    assert {t: {f: n[f] for f in FATES} for t, n in document["tables"].items()} == {
        t: {f: n[f] for f in FATES} for t, n in expected.items()
    }
    reasons = Counter[str]()
    for table in expected.values():
        reasons.update(table["quarantine"])
    assert Counter(document["quarantine"]) == reasons


def test_invented_drops_are_published_and_again_the_same(home: Home, tmp_path: Path) -> None:
    out = tmp_path / "drops"
    simulate.simulate(150, 11, out, sources=2)
    drops = sorted(p.parent for p in out.glob("*/source.toml"))
    document, code = flow.run(home.settings, drops)
    assert code == 0
    assert document["gate"]["passed"]
    first = published(home)
    again, _ = flow.run(home.settings, drops)
    assert all(n["admitted"] == n["superseding"] == n["withdrawn"] == 0 for n in again["tables"].values())
    assert published(home) == first
    answers = json.dumps(flow.studies_run(home.settings)[0])
    (current(home).path / kept.FILE).unlink()
    assert json.dumps(flow.studies_run(home.settings)[0]) == answers
    with open_home(home.settings.home) as opened:
        assert opened.table("participants", as_="polars").height == first["tables"]["participants"]


def current(home: Home) -> store.Version:
    version = store.current_version(home.settings.home)
    assert version is not None
    return version


def published(home: Home) -> dict[str, Any]:
    manifest = store.read_manifest(current(home))
    return {key: manifest[key] for key in ("tables", "fingerprint")}
