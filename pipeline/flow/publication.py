"""From landing to a version: views, marts, gate, swap; and the way back when somebody must be forgotten."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import Any

from pipeline import clinic_ledger, ledger, store
from pipeline import publish as publishing
from pipeline.contract.gate import GateReport
from pipeline.contract.tables import CONTRACT_VERSION
from pipeline.disclosure import memory
from pipeline.disclosure.chosen import chosen
from pipeline.engine.duckdb import open_scratch
from pipeline.errors import NeedlingError, UsageError
from pipeline.flow import figures
from pipeline.landing import current, steward
from pipeline.landing.bench import Bench
from pipeline.marts.build import build

Document = dict[str, Any]


def check(bench: Bench, run: str) -> GateReport:
    """Build a candidate, hold it against the expectations, and throw it away."""
    _, verdict = _candidate(bench, run)
    store.sweep(bench.settings.home)
    return verdict


def publish(bench: Bench, run: str) -> tuple[GateReport, str | None, list[str]]:
    """Build a candidate and, if the gate lets it pass, answer the catalogue on it and make it the current version.

    Versions that hold somebody who has been erased go, even if the new one fails its gate or cannot be built.
    The answer is the verdict, the version's name, or None where nothing was published, and what failed beside it.
    """
    home, holding = bench.settings.home, _clear(bench)
    try:
        chosen(home)  # a mistake in it is told before the work, not after it
        candidate, verdict = _candidate(bench, run)
        if not verdict.passed:
            store.sweep(home)
            return verdict, None, []
        from pipeline.flow import answers  # noqa: PLC0415  # what studies stand on takes a second to import

        told = answers.keep(bench.settings, candidate, bench.folder)
        manifest = publishing.publish(bench.settings, candidate, _facts(bench, verdict))
        ledger.record_release(home, manifest.version, "publish", run)
    finally:
        _remove(home, holding)
    return verdict, manifest.version, told


def assemble(bench: Bench, made: Callable[[str], None] = lambda name: None) -> tuple[Path, Path]:
    """Build the marts of all that landing holds; the answer is the candidate's folder and landing's views.

    `made` is told each table as soon as it is there. Raises UsageError where there is nobody.
    """
    if not steward.has_people(bench):
        raise UsageError(nobody(bench.settings.home))
    home, landing = bench.settings.home, current.write_views(bench)
    candidate = store.new_candidate(home)
    con = open_scratch(bench.settings, bench.folder)
    try:
        current.attach(con, landing)
        build(con, candidate, made=made)
    finally:
        con.close()
    return candidate, landing


def _candidate(bench: Bench, run: str) -> tuple[Path, GateReport]:
    from pipeline.validate import gate  # noqa: PLC0415  # Great Expectations takes seconds to import

    home = bench.settings.home
    candidate, landing = assemble(bench)
    before = store.current_version(home)
    verdict = gate.run(
        candidate / "research.duckdb",
        landing,
        before.research if before else None,
        home / "docs",
        memory_mb=bench.settings.memory_mb,
        spill=bench.folder,
    )
    results = [
        (
            r.rule,
            r.table,
            r.severity,
            r.success,
            r.n_unexpected,
            r.n_rows,
            None if r.observed is None else str(r.observed),
            r.error,
        )
        for r in verdict.results
    ]
    ledger.record_gate(home, run, store.candidate_name(candidate), results)
    return candidate, verdict


def nobody(home: Path) -> str:
    """The sentence for a home in which nobody has been admitted."""
    return f"there is nobody in {home} to publish; ingest a drop with participants first"


def _facts(bench: Bench, verdict: GateReport) -> publishing.Facts:
    with ledger.opened(bench.settings.home) as book:
        return publishing.Facts(
            code_version=metadata.version("microneedling-outcomes"),
            contract_version=CONTRACT_VERSION,
            simulated=ledger.get_meta(book, "simulated") == "true",
            extracted_until=ledger.latest_extraction(book),
            gate=verdict,
        )


def describe(home: Path) -> Document:
    """The current version, when it was published, whether its people are invented, and which others are kept."""
    version = store.current_version(home)
    manifest = {} if version is None else store.read_manifest(version)
    return {
        "version": None if version is None else version.name,
        "published_at": manifest.get("published_at"),
        "simulated": manifest.get("simulated"),
        "versions": [v.name for v in store.versions(home)],
        "clinic_tables": manifest.get("disclosure"),
        "own_clinic": [asdict(standing) for standing in clinic_ledger.granted(home).values()],
    }


def withdraw(bench: Bench, run: str, *, with_damaged: bool = False) -> Document:
    """Remove every version that holds somebody on the refusal list; where there is one, publish without them.

    `with_damaged` removes those too of which nobody can tell, for they cannot be read. A run that was killed
    between erasure and this is completed by the next one.
    """
    home, holding = bench.settings.home, _holding(bench, with_damaged=with_damaged)
    passed, told = True, list[str]()
    try:
        if holding and steward.has_people(bench):
            verdict, _, told = publish(bench, run)
            passed = verdict.passed
    finally:
        _clear(bench)
        _remove(home, holding)
    now = store.current_version(home)
    return {
        "versions_withdrawn": list(holding),
        "gate_passed": passed,
        "version": None if now is None else now.name,
        "warnings": told,
    }


def take_away(bench: Bench, run: str) -> list[str]:
    """`withdraw` at the end of a run that does not publish; the answer is what the user should know of it."""
    gone = withdraw(bench, run)
    if not gone["versions_withdrawn"]:
        return []
    now = f"version {gone['version']} is current" if gone["version"] else "there is no current version"
    n = len(gone["versions_withdrawn"])
    held = "1 published version held" if n == 1 else f"{n} published versions held"
    told = f"{held} somebody who took consent back, and can be read no longer; {now}"
    return [told if gone["gate_passed"] else f"{told}: the gate failed, see `needling validate`", *gone["warnings"]]


def _holding(bench: Bench, *, with_damaged: bool = False) -> tuple[str, ...]:
    """Names of the versions that hold somebody on the refusal list.

    One that cannot be read is left alone, for it must not stop a nightly run, or counted `with_damaged`.
    """
    refused = steward.refused(bench)
    if not refused:
        return ()
    found = []
    for version in store.versions(bench.settings.home):
        try:
            is_holding = _holds(version, refused)
        except NeedlingError:
            is_holding = with_damaged
        if is_holding:
            found.append(version.name)
    return tuple(found)


def _clear(bench: Bench) -> tuple[str, ...]:
    """Erase what gates measured while somebody was there who has been erased since; the answer is `_holding`."""
    home, holding = bench.settings.home, _holding(bench)
    was_remembered = memory.forget(home)
    if was_remembered or holding or figures.is_open(home):
        figures.erase(home)
    return holding


def _remove(home: Path, holding: tuple[str, ...]) -> None:
    """Remove those versions that are still there, and where the current was among them point to the newest left."""
    there = tuple(version.name for version in store.versions(home) if version.name in holding)
    if not there:
        return
    store.withdraw(home, there)
    for name in there:
        ledger.record_release(home, name, "withdraw", "somebody in it was erased")
    if store.current_version(home) is None and store.versions(home):
        now = store.rollback(home)
        ledger.record_release(home, now.name, "rollback", "the newer versions held somebody who was erased")


def _holds(version: store.Version, people: Sequence[str]) -> bool:
    con = store.open_reader(version.path)
    try:
        found = con.execute(
            "SELECT count(*) FROM participants WHERE pseudonym IN (SELECT CAST(unnest(?) AS UUID))", [list(people)]
        ).fetchall()
        return bool(found[0][0])
    finally:
        con.close()


def prove(bench: Bench, person: str) -> Document:
    """Search every landing and quarantine file and every version for one pseudonym."""
    files, found = steward.remaining(bench, person)
    versions = store.versions(bench.settings.home)
    found += sum(_holds(v, [person]) for v in versions)
    return {"files_searched": files, "versions_searched": len(versions), "found": found}
