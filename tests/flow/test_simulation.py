"""Invented people: what the simulation spoiled on purpose is what quarantine holds, and nothing else."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from pipeline import config, flow, simulate
from pipeline.config import Settings

PEOPLE = 400
ALL_ENTRIES = 1_000_000

Landed = tuple[Settings, dict[str, Any], dict[str, Any]]


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Landed:
    """Settings of a home, the account of its ingest, and the truth of what was sent."""
    folder = tmp_path_factory.mktemp("simulation")
    (folder / "scratch").mkdir()
    settings = config.load(folder / "home", {"NEEDLING_SCRATCH": str(folder / "scratch")})
    made = simulate.simulate(PEOPLE, 17, folder / "drops", sources=4)
    document, code = flow.ingest(settings, [Path(drop) for drop in made["drops"]])
    assert code == 0
    return settings, document, json.loads(Path(made["truth"]).read_text(encoding="utf-8"))


def test_every_row_written_is_accounted_for(landed: Landed) -> None:
    _, document, truth = landed
    assert {table: account["read"] for table, account in document["tables"].items()} == truth["rows"]
    assert document["refused"] == []


def test_quarantine_holds_what_was_spoiled_by_table_and_reason(landed: Landed) -> None:
    settings, document, truth = landed
    found: dict[str, Counter[str]] = {table: Counter() for table in truth["bad_rows"]}
    for entry in flow.quarantine_list(settings, limit=ALL_ENTRIES)["entries"]:
        found[entry["table"]].update(entry["reasons"])
    assert {table: dict(sorted(reasons.items())) for table, reasons in found.items()} == truth["bad_rows"]
    for table, account in document["tables"].items():
        assert account["quarantined"] == sum(truth["bad_rows"][table].values())


def test_of_people_without_consent_nothing_is_taken(landed: Landed) -> None:
    _, document, truth = landed
    tables = document["tables"]
    assert {table: tables[table]["not_consented"] for table in truth["not_consented"]} == truth["not_consented"]


def test_what_is_left_is_admitted(landed: Landed) -> None:
    settings, document, _ = landed
    records = flow.status(settings)["tables"]
    for table, account in document["tables"].items():
        assert account["unchanged"] == account["superseding"] == 0
        assert records[table] == account["admitted"]
