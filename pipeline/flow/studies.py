"""One comparison; and the catalogue of studies: list, look at without the outcome, fix, run."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import Any

import duckdb

from pipeline import ledger, store, study_ledger
from pipeline.config import Settings
from pipeline.contract.asked import Asked
from pipeline.contract.results import Comparison
from pipeline.errors import NeedlingError, RefusedError, UsageError
from pipeline.flow.saving import save_protocol
from pipeline.studies import kept
from pipeline.studies.certificate import certified
from pipeline.studies.claims.claims import verdicts
from pipeline.studies.claims.evidence import beside
from pipeline.studies.preview import preview
from pipeline.studies.protocols import catalogue
from pipeline.studies.protocols.protocol import Protocol

Document = dict[str, Any]


def compare(
    settings: Settings,
    asked: Asked,
    version: str | None = None,
    save: str | None = None,
    *,
    sensitivity: bool = True,
    warn: Callable[[Sequence[str]], None] = lambda _: None,
) -> Document:
    """One comparison, adjusted and unadjusted; with `save` its protocol is written down under that name, too. Without
    `sensitivity` not with exposure settled on other days, and it says so."""
    from pipeline.api import open_home  # noqa: PLC0415  # api offers flow.status: importing it above would be a circle

    with open_home(settings.home, version) as home:
        found = home.compare(**asdict(asked), sensitivity=sensitivity)
        if save is None:
            return found.to_json()
        reference = found.estimand["reference"]
        if reference is None:
            raise UsageError("no arm has anybody in it, so there is none to compare with; name one with --against")
        protocol = home.protocol_of(**asdict(replace(asked, reference=reference)))
        seen = home.version["version"]
    saved = save_protocol(settings, protocol, save)
    if _shows(found):  # whoever fixes it later has seen what it found
        warn(_note_looks(settings, [(saved["study"], saved["digest"])], seen))
    return {**found.to_json(), "saved": saved}


def studies_list(settings: Settings) -> tuple[Document, int]:
    """Every study with its question, and the exit code: one wrong file of a home's own is refused, the others go on.
    Needs no home."""
    frozen = study_ledger.frozen(settings.home)
    found, refused = _all(settings)
    return {"studies": [_line(protocol, frozen) for protocol in found], "refused": refused}, _code(refused)


def studies_show(
    settings: Settings,
    study: str,
    version: str | None = None,
    warn: Callable[[Sequence[str]], None] = lambda _: None,
) -> Document:
    """The protocol, and what can be known before the outcome is looked at: attrition, people by arm, who they are at
    the start, overlap, what could be detected.

    `outcome`, what each arm showed by itself, is null until the protocol is fixed; from then on it is a look as any
    other, and where the ledger cannot keep that, `warn` is told.
    """
    protocol = catalogue.find_study(study, settings.home)
    frozen, found = study_ledger.frozen(settings.home).get(_asked(protocol)), None
    with _reader(settings, version) as (con, read):
        seen = preview(con, protocol)
        if frozen:
            found = kept.answer(con, read.path, protocol, read.name)
    if found and _shows(found):
        warn(_note_looks(settings, [_asked(protocol)], read.name))
    return {
        "study": protocol.id,
        "version": read.name,
        "digest": protocol.digest,
        "frozen_at": frozen.frozen_at if frozen else None,
        "protocol": protocol.document,
        **seen,
        "outcome": found and _by_arm(found),
    }


def _by_arm(found: Comparison) -> list[Document]:
    """What each arm showed by itself."""
    seen = {arm.arm: arm.n_observed for arm in found.arms}
    alone = [(own, own.to_json()) for own in found.estimates if own.reference is None]
    columns = ("method", "estimate", "ci_lower", "ci_upper", "unit")
    return [
        {
            "arm": own.arm,
            "n_observed": seen.get(own.arm),
            **{name: row[name] for name in columns},
            "reason": None if own.is_given else own.reason,
        }
        for own, row in alone
    ]


def studies_run(
    settings: Settings,
    studies: Sequence[str] = (),
    version: str | None = None,
    warn: Callable[[Sequence[str]], None] = lambda _: None,
) -> tuple[Document, int]:
    """Run these studies, or all, on the current or a named version; the answer is the document and the exit code. The
    same ones on the same version give the same bytes. What the data cannot answer is an answer with a reason.

    Where all are asked for, one that is wrong is refused and the others go on; where it was named, it is the error.
    The ledger keeps that they were looked at. Where it cannot, `warn` is told and the answer is the same.
    """
    named = [catalogue.find_study(name, settings.home) for name in dict.fromkeys(studies)]
    protocols, refused = (named, []) if named else _all(settings)
    found = []
    with _reader(settings, version) as (con, read):
        for protocol in protocols:
            try:
                found.append((protocol, kept.answer(con, read.path, protocol, read.name)))
            except NeedlingError as mistake:  # it names what this version does not know
                if named:
                    raise
                refused.append({"study": protocol.id, "reason": str(mistake)})
    warn(_note_looks(settings, [_asked(protocol) for protocol, comparison in found if _shows(comparison)], read.name))
    looks, frozen = _looks(settings, [protocol for protocol, _ in found], read), study_ledger.frozen(settings.home)
    documents = [_result(frozen, read, protocol, comparison) for protocol, comparison in found]
    judged = [asdict(verdict) for verdict in verdicts(found, looks)]
    return {"version": read.name, "studies": documents, "verdicts": judged, "refused": refused}, _code(refused)


def study(
    settings: Settings,
    name: str,
    version: str | None = None,
    warn: Callable[[Sequence[str]], None] = lambda _: None,
) -> Document:
    """One study's comparison, as `compare --json` gives it. It is a look as any other."""
    document: Document = studies_run(settings, [name], version, warn)[0]["studies"][0]
    return document


def _all(settings: Settings) -> tuple[list[Protocol], list[Document]]:
    """Every study that can be read; and those that cannot, with what is wrong."""
    found, refused = list[Protocol](), list[Document]()
    for name in catalogue.paths(settings.home):
        try:
            found.append(catalogue.find_study(name, settings.home))
        except RefusedError as mistake:
            refused.append({"study": name, "reason": str(mistake)})
    return found, refused


def _code(refused: Sequence[Document]) -> int:
    return RefusedError.exit_code if refused else 0


def _asked(protocol: Protocol) -> study_ledger.Asked:
    return protocol.id, protocol.digest


def _shows(found: Comparison) -> bool:
    """Whether there is any figure to be seen; a look at none is no look."""
    return any(estimate.is_given for estimate in found.estimates)


def _note_looks(settings: Settings, asked: Sequence[study_ledger.Asked], version: str) -> list[str]:
    """Keep that these were looked at; where that cannot be done, the warning. Reading goes before the note."""
    try:
        with ledger.opened(settings.home, read_only=True) as book:
            new = [study for study in asked if study not in study_ledger.looked_at(book, version)]
        if new:
            with store.lock(settings.home):
                study_ledger.record_looks(settings.home, new, version)
    except NeedlingError as obstacle:
        return [f"Warning: that version {version} was looked at could not be noted, so later verdicts will not "
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
    return {
        "study": study,
        "digest": frozen.digest,
        "version": frozen.version,
        "frozen_at": frozen.frozen_at,
        "results_seen_before": frozen.seen_on,
    }


def _result(frozen: study_ledger.Frozen, version: store.Version, protocol: Protocol, found: Comparison) -> Document:
    fixed = frozen.get(_asked(protocol))
    own = certified(found, protocol, store.read_manifest(version), fixed)
    return {**own.to_json(), "evidence": beside(protocol)}


def _line(protocol: Protocol, frozen: study_ledger.Frozen) -> Document:
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


@contextmanager
def _reader(settings: Settings, name: str | None = None) -> Iterator[tuple[duckdb.DuckDBPyConnection, store.Version]]:
    version = store.find_version(settings.home, name)
    with store.open_reader(version.path) as con:
        yield con, version
