"""Publishing: all or nothing, and the same data is known again."""

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipeline import clinic_ledger, ledger, publish, store
from pipeline.config import Settings, load
from pipeline.contract.gate import GateReport, RuleResult
from pipeline.disclosure.policy import PROFILES
from pipeline.errors import GateError, NeedlingError, UsageError
from pipeline.publish import Facts, measure
from tests.marts.landing_text import Landing


def rule(*, success: bool) -> RuleResult:
    return RuleResult("sessions.depth", "sessions", "critical", "Depth is plausible.", success)


PASSED = Facts("0.1.0", "1", simulated=True, extracted_until=date(2026, 11, 1), gate=GateReport((rule(success=True),)))
FAILED = Facts("0.1.0", "1", simulated=True, extracted_until=None, gate=GateReport((rule(success=False),)))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = load(tmp_path / "home", {"NEEDLING_SCRATCH": "/var/tmp", "NEEDLING_MEMORY_MB": "256"})
    settings.home.mkdir()
    ledger.start_run(settings.home, "run")
    return settings


def candidate(home: Path, depth: str = "0.50", *, backwards: bool = False) -> Path:
    """A candidate as the marts build it, from one person's three sessions."""
    folder = store.new_candidate(home)
    folder.rmdir()
    landing = Landing(folder)
    landing.people("ann")
    for day in ("0", "7", "14"):
        landing.add_row("sessions", {"who": "ann", "performed_day": day, "needle_length_mm": depth})
    landing.build(lambda rows: rows[::-1] if backwards else rows)
    landing.con.close()
    return folder


def test_a_published_version_is_current_whole_and_says_what_it_is(settings: Settings) -> None:
    manifest = publish.publish(settings, candidate(settings.home), PASSED)
    current = store.current_version(settings.home)
    assert current is not None
    assert sorted(file.name for file in current.path.iterdir()) == ["clinic.duckdb", "manifest.json", "research.duckdb"]
    document = json.loads(current.manifest.read_text())
    assert document == manifest.document
    assert list(document) == [
        "version", "published_at", "tables", "fingerprint", "code_version", "contract_version", "simulated",
        "extracted_until", "disclosure", "gate",
    ]  # fmt: skip
    assert document["version"] == current.name
    assert document["tables"]["sessions"] == 3
    assert document["gate"] == {"passed": True, "failed": [], "n_rules": 1}
    assert document["extracted_until"] == "2026-11-01"
    assert store.read_manifest(current) == document


def test_a_failed_gate_publishes_nothing_and_leaves_the_old_version(settings: Settings) -> None:
    first = publish.publish(settings, candidate(settings.home), PASSED)
    with pytest.raises(GateError, match=r"sessions\.depth"):
        publish.publish(settings, candidate(settings.home), FAILED)
    current = store.current_version(settings.home)
    assert current is not None
    assert current.name == first.version
    assert store.versions(settings.home) == (current,)


def test_the_fingerprint_knows_the_data_and_not_the_order_it_came_in(settings: Settings) -> None:
    one, again, other = (
        measure(candidate(settings.home), 256)[1],
        measure(candidate(settings.home, backwards=True), 256)[1],
        measure(candidate(settings.home, depth="0.51"), 256)[1],
    )
    assert one == again
    assert one != other


def test_rows_lost_on_the_way_to_the_disk_stop_the_publication(settings: Settings) -> None:
    folder = candidate(settings.home)
    with duckdb.connect(str(folder / "research.duckdb")) as con:
        con.execute("DELETE FROM sessions WHERE session_id = 1")
    with pytest.raises(NeedlingError, match="tables sessions lost rows"):
        publish.publish(settings, folder, PASSED)
    assert store.current_version(settings.home) is None


def test_a_file_cut_short_is_not_published(settings: Settings) -> None:
    folder = candidate(settings.home)
    file = folder / "research.duckdb"
    file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(NeedlingError, match=r"run again|publish again"):
        publish.publish(settings, folder, PASSED)
    assert store.current_version(settings.home) is None


def test_a_damaged_manifest_is_an_error_with_a_way_out(settings: Settings) -> None:
    publish.publish(settings, candidate(settings.home), PASSED)
    current = store.current_version(settings.home)
    assert current is not None
    current.manifest.write_text("{}")
    with pytest.raises(NeedlingError, match="needling rollback"):
        store.read_manifest(current)


def test_a_version_says_by_which_profile_clinics_figures_are_made(settings: Settings) -> None:
    (settings.home / "disclosure.toml").write_text('profile = "ukllc"\n')
    standing = clinic_ledger.record_profile(settings.home, "north", "own_clinic", "contract of 1 October")
    clinic_ledger.record_profile(settings.home, "west", "own_clinic", "contract of 2 October")
    clinic_ledger.record_profile(settings.home, "west", "standard", "contract ended")
    manifest = publish.publish(settings, candidate(settings.home), PASSED)
    assert manifest.document["disclosure"] == {
        "profile": "ukllc", "rule": "ukllc: 0 to 9 suppressed", "source": PROFILES["ukllc"].source,
        "own_clinic": [asdict(standing)],
    }  # fmt: skip
    with duckdb.connect(str(settings.home / "versions" / manifest.version / "clinic.duckdb"), read_only=True) as con:
        rules = con.execute("SELECT DISTINCT clinic_id, rule FROM clinic_cells ORDER BY ALL").fetchall()
    assert rules == [("north", "own_clinic: 1 to 4 suppressed"), ("north", "ukllc: 0 to 9 suppressed")]


@pytest.mark.parametrize(
    "content", ['profile = "strickt"', 'profile = "own_clinic"', "profile = 5", 'profile = "cms"\nx = 1', "profile ="]
)
def test_a_profile_that_is_none_publishes_nothing(content: str, settings: Settings) -> None:
    (settings.home / "disclosure.toml").write_text(content)
    with pytest.raises(UsageError, match=r"disclosure\.toml"):
        publish.publish(settings, candidate(settings.home), PASSED)
    assert store.current_version(settings.home) is None
