"""The catalogue of studies on the current version: list, look at without the outcome, fix, run."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from importlib import metadata
from typing import Any

import duckdb

from pipeline import ledger, store, study_ledger
from pipeline.config import Settings
from pipeline.contract.results import Comparison
from pipeline.errors import NeedlingError, UsageError
from pipeline.studies import catalogue, kept
from pipeline.studies.claims import verdicts
from pipeline.studies.evidence import beside
from pipeline.studies.preview import preview
from pipeline.studies.protocol import Protocol

Document = dict[str, Any]
Frozen = dict[study_ledger.Asked, study_ledger.Freeze]
"""Fixed protocols by study and digest."""


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
    frozen = _frozen(settings).get(_asked(protocol))
    return {
        "study": protocol.id,
        "version": version.name,
        "digest": protocol.digest,
        "frozen_at": frozen.frozen_at if frozen else None,
        "protocol": protocol.document,
        **seen,
    }


def studies_run(
    settings: Settings,
    studies: Sequence[str] = (),
    version: str | None = None,
    warn: Callable[[Sequence[str]], None] = lambda _: None,
) -> Document:
    """Run these studies, or all, on the current or a named version. The same ones on the same version give the
    same bytes. What the data cannot answer is an answer with a reason.

    The ledger keeps that they were looked at. Where it cannot, `warn` is told and the answer is the same.
    """
    names = list(dict.fromkeys(studies)) or list(catalogue.paths(settings.home))
    protocols = [catalogue.find_study(name, settings.home) for name in names]
    with _reader(settings, version) as (con, read):
        found = [(protocol, kept.answer(con, read.path, protocol, read.name)) for protocol in protocols]
    warn(_note_looks(settings, [_asked(protocol) for protocol, comparison in found if _shows(comparison)], read))
    looks, frozen = _looks(settings, protocols, read), _frozen(settings)
    documents = [_result(frozen, read, protocol, comparison) for protocol, comparison in found]
    judged = [asdict(verdict) for verdict in verdicts(found, looks)]
    return {"version": read.name, "studies": documents, "verdicts": judged}


def study(settings: Settings, name: str, warn: Callable[[Sequence[str]], None] = lambda _: None) -> Document:
    """One study's comparison, as `compare --json` gives it. It is a look as any other."""
    document: Document = studies_run(settings, [name], warn=warn)["studies"][0]
    return document


def _asked(protocol: Protocol) -> study_ledger.Asked:
    return protocol.id, protocol.digest


def _shows(found: Comparison) -> bool:
    """Whether there is any figure to be seen; a look at none is no look."""
    return any(estimate.is_given for estimate in found.estimates)


def _note_looks(settings: Settings, asked: Sequence[study_ledger.Asked], version: store.Version) -> list[str]:
    """Keep that these were looked at; where that cannot be done, the warning. Reading goes before the note."""
    try:
        with ledger.opened(settings.home, read_only=True) as book:
            new = [study for study in asked if study not in study_ledger.looked_at(book, version.name)]
        if new:
            with store.lock(settings.home):
                study_ledger.record_looks(settings.home, new, version.name)
    except NeedlingError as obstacle:
        return [f"Warning: that version {version.name} was looked at could not be noted, so later verdicts will not "
                f"count this look: {obstacle}"]  # fmt: skip
    return []


def _looks(settings: Settings, protocols: Sequence[Protocol], version: store.Version) -> Mapping[str, int]:
    """By study, on how many versions it was looked at, from the first to this one."""
    if not (settings.home / ledger.LEDGER).exists():
        return {}
    with ledger.opened(settings.home, read_only=True) as book:
        counted = study_ledger.looks_by(book, version.name)
    return {protocol.id: counted[_asked(protocol)] for protocol in protocols if _asked(protocol) in counted}


def studies_freeze(settings: Settings, study: str) -> Document:
    """Fix a protocol, so that what it finds from now on was asked for in advance."""
    protocol = catalogue.find_study(study, settings.home)
    with _reader(settings) as (_, version), store.lock(settings.home):
        frozen = study_ledger.record_freeze(settings.home, protocol.id, protocol.digest, version.name)
    return {"study": study, "digest": frozen.digest, "version": frozen.version, "frozen_at": frozen.frozen_at}


EXPLORATORY = (
    "Exploratory: this protocol was not fixed with `needling studies freeze` before its results could be seen. Read it "
    "as a hint for the next study, not as a test."
)


def _result(frozen: Frozen, version: store.Version, protocol: Protocol, found: Comparison) -> Document:
    document: Document = found.to_json()
    document["diagnostics"]["certificate"] = certificate(version, protocol)
    document["evidence"] = beside(protocol)
    if _asked(protocol) not in frozen:
        return {**document, "warnings": [EXPLORATORY, *document["warnings"]]}
    return document


def certificate(version: store.Version, protocol: Protocol) -> Document:
    """What an estimate rests on: with the same of all of these, it comes out the same to the last bit.

    No step of a study throws dice, so there is no seed to keep.
    """
    manifest = store.read_manifest(version)
    return {
        "version": version.name,
        "data_fingerprint": manifest["fingerprint"],
        "protocol_digest": protocol.digest,
        "code_version": metadata.version("microneedling-outcomes"),
        "contract_version": manifest["contract_version"],
        "seed": None,
    }


def _line(protocol: Protocol, frozen: Frozen) -> Document:
    found = frozen.get(_asked(protocol))
    return {
        "study": protocol.id,
        "claim": protocol.claim,
        "title": protocol.title,
        "aim": protocol.aim,
        "instrument": protocol.outcome.instrument,
        "week": protocol.outcome.week,
        "frozen_at": found.frozen_at if found else None,
    }


def _frozen(settings: Settings) -> Frozen:
    if not (settings.home / ledger.LEDGER).exists():
        return {}
    with ledger.opened(settings.home, read_only=True) as book:
        return {(f.study, f.digest): f for f in study_ledger.freezes(book)}


@contextmanager
def _reader(settings: Settings, name: str | None = None) -> Iterator[tuple[duckdb.DuckDBPyConnection, store.Version]]:
    version = store.current_version(settings.home) if name is None else _named(settings, name)
    if version is None:
        raise UsageError(
            f"nothing is published in {settings.home} yet; run: needling run DROP... --home {settings.home}"
        )
    with store.open_reader(version.path) as con:
        yield con, version


def _named(settings: Settings, name: str) -> store.Version:
    there = {version.name: version for version in store.versions(settings.home)}
    if name not in there:
        raise UsageError(
            f"version_pruned: version {name!r} is not kept in {settings.home}, so its figures cannot be made again; "
            f"kept are {', '.join(there) or 'none'}"
        )
    return there[name]
