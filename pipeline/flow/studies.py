"""The catalogue of studies on the current version: list, look at without the outcome, fix, run."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb

from pipeline import ledger, store
from pipeline.config import Settings
from pipeline.errors import UsageError
from pipeline.studies import catalogue
from pipeline.studies.preview import preview
from pipeline.studies.protocol import Protocol
from pipeline.studies.study import run_study

Document = dict[str, Any]


def studies_list(settings: Settings) -> Document:
    """Every study with its question. Needs no home."""
    frozen = _frozen(settings)
    found = [catalogue.find_study(study, settings.home) for study in catalogue.paths(settings.home)]
    return {"studies": [_line(protocol, frozen) for protocol in found]}


def studies_show(settings: Settings, study: str) -> Document:
    """The protocol, and what can be known before the outcome is looked at: attrition, people by arm, what could
    be detected. No result of any arm is read."""
    protocol = catalogue.find_study(study, settings.home)
    with _reader(settings) as (con, version):
        seen = preview(con, protocol)
    frozen = _frozen(settings).get((protocol.id, protocol.digest))
    return {
        "study": protocol.id,
        "version": version,
        "digest": protocol.digest,
        "frozen_at": frozen.frozen_at if frozen else None,
        "protocol": protocol.document,
        **seen,
    }


def studies_run(settings: Settings, studies: Sequence[str] = ()) -> Document:
    """Run these studies, or all. What the data cannot answer is an answer with a reason."""
    names = list(dict.fromkeys(studies)) or list(catalogue.paths(settings.home))
    protocols = [catalogue.find_study(name, settings.home) for name in names]
    with _reader(settings) as (con, version):
        return {"version": version, "studies": [_result(settings, con, version, protocol) for protocol in protocols]}


def study(settings: Settings, name: str) -> Document:
    """One study's comparison, as `compare --json` gives it."""
    document: Document = studies_run(settings, [name])["studies"][0]
    return document


def studies_freeze(settings: Settings, study: str) -> Document:
    """Fix a protocol, so that what it finds from now on was asked for in advance."""
    protocol = catalogue.find_study(study, settings.home)
    with _reader(settings) as (_, version), store.lock(settings.home):
        frozen = ledger.record_freeze(settings.home, protocol.id, protocol.digest, version)
    return {"study": study, "digest": frozen.digest, "version": frozen.version, "frozen_at": frozen.frozen_at}


EXPLORATORY = (
    "Exploratory: this protocol was not fixed with `needling studies freeze` before its results could be seen. Read it "
    "as a hint for the next study, not as a test."
)


def _result(settings: Settings, con: duckdb.DuckDBPyConnection, version: str, protocol: Protocol) -> Document:
    document = run_study(con, protocol, version).to_json()
    frozen = _frozen(settings).get((protocol.id, protocol.digest))
    if frozen is None:
        return {**document, "warnings": [EXPLORATORY, *document["warnings"]]}
    return document


def _line(protocol: Protocol, frozen: dict[tuple[str, str], ledger.Freeze]) -> Document:
    found = frozen.get((protocol.id, protocol.digest))
    return {
        "study": protocol.id,
        "claim": protocol.claim,
        "title": protocol.title,
        "aim": protocol.aim,
        "instrument": protocol.outcome.instrument,
        "week": protocol.outcome.week,
        "frozen_at": found.frozen_at if found else None,
    }


def _frozen(settings: Settings) -> dict[tuple[str, str], ledger.Freeze]:
    if not (settings.home / ledger.LEDGER).exists():
        return {}
    with ledger.opened(settings.home, read_only=True) as book:
        return {(f.study, f.digest): f for f in ledger.freezes(book)}


@contextmanager
def _reader(settings: Settings) -> Iterator[tuple[duckdb.DuckDBPyConnection, str]]:
    version = store.current_version(settings.home)
    if version is None:
        raise UsageError(
            f"nothing is published in {settings.home} yet; run: needling run DROP... --home {settings.home}"
        )
    with store.open_reader(version.path) as con:
        yield con, version.name
