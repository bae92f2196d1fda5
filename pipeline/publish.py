"""Publishing: a candidate that passed the gate becomes the version that readers open.

In this order, so that a run killed anywhere leaves the old version current and whole: the aggregates, the
manifest, the ledger's entry of what they release, one rename, the pointer, and only then the removal of versions
nobody needs.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from pipeline import clinic_ledger, store
from pipeline.config import Settings
from pipeline.contract.gate import GateReport
from pipeline.disclosure import memory
from pipeline.disclosure.chosen import chosen
from pipeline.disclosure.policy import Policy
from pipeline.engine.duckdb import open_reader, quote_name
from pipeline.errors import GateError, NeedlingError


@dataclass(frozen=True)
class Facts:
    """What a version says of itself that its data does not; `extracted_until` is the latest day data were taken out."""

    code_version: str
    contract_version: str
    simulated: bool
    extracted_until: date | None
    gate: GateReport


@dataclass(frozen=True)
class VersionManifest:
    """The content of manifest.json. `tables` are numbers of rows; the same data has the same `fingerprint`.

    `policy` is what the figures of clinics were made by; `own_clinics` have figures for their own eyes besides.
    """

    version: str
    published_at: str
    tables: Mapping[str, int]
    fingerprint: str
    facts: Facts
    policy: Policy
    own_clinics: Sequence[clinic_ledger.Standing]

    @property
    def document(self) -> dict[str, Any]:
        """As it stands in the file."""
        facts = self.facts
        return {
            "version": self.version,
            "published_at": self.published_at,
            "tables": dict(self.tables),
            "fingerprint": self.fingerprint,
            "code_version": facts.code_version,
            "contract_version": facts.contract_version,
            "simulated": facts.simulated,
            "extracted_until": None if facts.extracted_until is None else facts.extracted_until.isoformat(),
            "disclosure": {
                "profile": self.policy.name,
                "rule": self.policy.rule,
                "source": self.policy.source,
                "own_clinic": [asdict(standing) for standing in self.own_clinics],
            },
            "gate": facts.gate.to_json(),
        }


def publish(settings: Settings, candidate: Path, facts: Facts) -> VersionManifest:
    """Turn the built `candidate` into the current version of `settings.home`. Call it under the lock.

    Raises GateError where the gate did not pass, NeedlingError where the disk does not take the files.
    """
    if not facts.gate.passed:
        rules = ", ".join(r.rule for r in facts.gate.failed)
        raise GateError(f"the gate failed ({rules}); nothing was published, see `needling status`")
    policy, own = chosen(settings.home), clinic_ledger.granted(settings.home)
    try:
        name, there = store.candidate_name(candidate), [version.name for version in store.versions(settings.home)]
        remembered = memory.recall(settings.home, there)
        from pipeline.disclosure import clinic, standings  # noqa: PLC0415  # SciPy takes its time to import

        quarter = standings.quarter_of(facts.extracted_until or datetime.now(UTC).date())  # today, where nobody said
        released = clinic.write(settings, candidate, name, remembered, policy, own.keys(), quarter)
        tables, fingerprint = measure(candidate, settings.memory_mb)
        manifest = VersionManifest(
            version=name,
            published_at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            tables=tables,
            fingerprint=fingerprint,
            facts=facts,
            policy=policy,
            own_clinics=[own[name] for name in sorted(own)],
        )
        store.write_atomic(candidate / "manifest.json", json.dumps(manifest.document, indent=2).encode() + b"\n")
        memory.record(settings.home, released, there)
        store.point_to(settings.home, store.finish_candidate(candidate))
    except (OSError, duckdb.IOException, duckdb.FatalException) as error:
        raise NeedlingError(
            f"the new version could not be written below {settings.home}; make room on the disk and run again"
        ) from error
    store.prune(settings.home)
    return manifest


def measure(candidate: Path, memory_mb: int) -> tuple[dict[str, int], str]:
    """Rows by table, and a fingerprint of all rows that does not depend on their order.

    Read back from the closed file, so that a write the disk lost is noticed before anybody relies on it.
    """
    with open_reader(candidate / "research.duckdb", memory_mb=memory_mb) as con:
        logged = {name: int(n) for name, n in con.execute("SELECT table_name, n_rows FROM build_log").fetchall()}
        found = {name: _aggregate(con, name) for name in sorted(logged)}
    tables = {name: n_rows for name, (n_rows, _, _) in found.items()}
    if tables != logged:
        wrong = sorted(name for name in logged if tables[name] != logged[name])
        raise NeedlingError(f"tables {', '.join(wrong)} lost rows on the way to the disk; check the disk and run again")
    return tables, hashlib.sha256(json.dumps(sorted(found.items())).encode()).hexdigest()


def _aggregate(con: duckdb.DuckDBPyConnection, table: str) -> tuple[int, int, int]:
    statement = (
        f"SELECT count(*), coalesce(bit_xor(hash(t)), 0), coalesce(sum(hash(t)), 0) FROM {quote_name(table)} AS t"
    )
    rows, mixed, total = con.execute(statement).fetchall()[0]
    return int(rows), int(mixed), int(total)
