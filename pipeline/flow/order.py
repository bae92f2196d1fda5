"""The whole order, and the only file that knows it: sources, landing, marts, gate, publication."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline import ledger, store
from pipeline.config import Settings
from pipeline.contract.alerts import LISTED
from pipeline.contract.templates import write_templates
from pipeline.errors import GateError, NeedlingError, UsageError
from pipeline.flow import publication
from pipeline.flow.intake import Progress, for_ledger, take_in
from pipeline.landing import bench as landing
from pipeline.landing import overview, steward

Document = dict[str, Any]

RUNS_SHOWN = 10


def _silent(label: str, done: int, total: int) -> None:
    """Progress for nobody."""


@contextmanager
def _run(settings: Settings, command: str, *, create: bool = False) -> Iterator[str]:
    """One locked run, written into the ledger however it ends. Only where `create` may it make a home."""
    if not create:
        ledger.require(settings.home)
    with store.lock(settings.home):
        run = ledger.start_run(settings.home, command)
        try:
            yield run
        except NeedlingError as problem:
            ledger.finish_run(settings.home, run, problem.exit_code, {"error": str(problem)})
            raise
        except BaseException:
            ledger.finish_run(settings.home, run, NeedlingError.exit_code, {"error": "unexpected"})
            raise


def run(settings: Settings, drops: Sequence[Path], progress: Progress = _silent) -> tuple[Document, int]:
    """Ingest, validate and publish in one locked run; the answer is the document and the exit code."""
    with _run(settings, "run", create=True) as name, landing.opened(settings, create=True) as bench:
        intake = take_in(bench, name, drops, progress)
        document, code = intake.document() | {"gate": None, "version": None}, intake.exit_code
        if intake.usable and not steward.has_people(bench):
            document["warnings"] += [publication.nobody(settings.home), *publication.take_away(bench, name)]
            code = code or UsageError.exit_code
        elif intake.usable:
            progress("build and check the new version", 0, 1)
            verdict, version, told = publication.publish(bench, name)
            document["warnings"] += told
            document |= {"gate": verdict.to_json(), "version": version}
            code = code if verdict.passed else GateError.exit_code
        ledger.finish_run(settings.home, name, code, for_ledger(document, intake))
    return document, code


def ingest(settings: Settings, drops: Sequence[Path], progress: Progress = _silent) -> tuple[Document, int]:
    """Take drops into landing; the answer is the account and the exit code."""
    with _run(settings, "ingest", create=True) as name, landing.opened(settings, create=True) as bench:
        intake = take_in(bench, name, drops, progress)
        document, code = intake.document(), intake.exit_code
        document["warnings"] += publication.take_away(bench, name)
        ledger.finish_run(settings.home, name, code, for_ledger(document, intake))
    return document, code


def validate(settings: Settings) -> Document:
    """Build a candidate and hold it against the expectations; publishes nothing. Raises GateError."""
    with _run(settings, "validate") as name, landing.opened(settings) as bench:
        verdict = publication.check(bench, name)
        document = {"run_id": name, "gate": verdict.to_json()}
        ledger.finish_run(settings.home, name, 0 if verdict.passed else GateError.exit_code, document)
    return _passed(document, verdict.passed)


def publish(settings: Settings) -> Document:
    """Build, validate and make the result the current version. Raises GateError."""
    with _run(settings, "publish") as name, landing.opened(settings) as bench:
        verdict, version, told = publication.publish(bench, name)
        document = {"run_id": name, "gate": verdict.to_json(), "version": version, "warnings": told}
        ledger.finish_run(settings.home, name, 0 if verdict.passed else GateError.exit_code, document)
    return _passed(document, verdict.passed)


def _passed(document: Document, passed: bool) -> Document:
    if passed:
        return document
    rules = ", ".join(f["rule"] for f in document["gate"]["failed"] if f["severity"] == "critical")
    raise GateError(
        f"critical expectations failed: {rules}; nothing was published. Read the Data Docs under docs/ of the home"
    )


def rollback(settings: Settings, version: str | None = None) -> Document:
    """Point to the previous version, or to the named one."""
    with _run(settings, "rollback") as name:
        chosen = store.rollback(settings.home, version)
        ledger.record_release(settings.home, chosen.name, "rollback", "asked for")
        document = {"run_id": name, "version": chosen.name}
        ledger.finish_run(settings.home, name, 0, document)
    return document


def status(settings: Settings, n_files: int = 0) -> Document:
    """What the home holds: version, records, quarantine, alerts, runs, and the last `n_files` files."""
    with ledger.opened(settings.home, read_only=True) as book:
        runs = ledger.runs(book, RUNS_SHOWN)
        extracted = ledger.latest_extraction(book)
    return {
        **publication.describe(settings.home),
        "data_until": None if extracted is None else extracted.isoformat(),
        "tables": overview.records(settings),
        "quarantine": overview.open_reasons(settings),
        "alerts": overview.alerts(settings, LISTED),
        "runs": runs,
        **({"files": overview.files(settings, n_files)} if n_files else {}),
    }


def quarantine_list(settings: Settings, source: str | None = None, limit: int = 100) -> Document:
    """The open entries of the quarantine, by source, file and line; and how many, by source and reason.

    Raises UsageError where the source has sent nothing: a word mistyped is no empty quarantine.
    """
    if source is not None:
        with ledger.opened(settings.home, read_only=True) as book:
            ledger.namespace_of(book, source)
    entries, total = overview.entries(settings, source, limit)
    return {"n": total, "shown": len(entries), "entries": entries, "counts": overview.counts(settings, source)}


def quarantine_retry(settings: Settings) -> Document:
    """Admit what has healed: a person has come, a word is known now, a day has passed."""
    with _run(settings, "quarantine retry") as name, landing.opened(settings) as bench:
        released = steward.retry(bench)
        landing.commit(bench, None, ())
        tables = {table: {"released": n} for table, n in released.items()}
        document = {"run_id": name, "tables": tables, "quarantine": overview.open_reasons(settings)}
        ledger.finish_run(settings.home, name, 0, document)
    return document


_NOBODY = (
    "nothing was held under this id; see that it is written as this source writes it. Whatever comes under it is "
    "refused from now on"
)


def forget(settings: Settings, source: str, participant: str) -> Document:
    """Erase one person from landing, quarantine and versions, for good, and prove it."""
    with _run(settings, "forget") as name, landing.opened(settings) as bench:
        person = steward.pseudonym_of(bench, source, participant)
        erased = steward.forget(bench, person)
        landing.commit(bench, None, ())
        document = {"run_id": name, "erased": erased, **publication.withdraw(bench, name, with_damaged=True)}
        document["proof"] = publication.prove(bench, person)
        if not erased:
            document["warnings"] = [*document["warnings"], _NOBODY]
        ledger.finish_run(settings.home, name, 0, document)
    return document


def simulate(participants: int, seed: int, out: Path) -> Document:
    """Write drops of invented people with a known truth."""
    from pipeline import simulate as simulation  # noqa: PLC0415  # what it draws with takes its time to import

    return simulation.simulate(participants, seed, out)


def template(out: Path, fmt: str = "csv") -> Document:
    """Write empty tables with the contract's headers. Raises UsageError for a format that is neither csv nor xlsx."""
    if fmt == "xlsx":
        from pipeline.contract.workbook_template import write_workbooks  # noqa: PLC0415  # openpyxl is slow to import

        return {"files": [str(p) for p in write_workbooks(out)]}
    return {"files": [str(p) for p in write_templates(out, fmt)]}
