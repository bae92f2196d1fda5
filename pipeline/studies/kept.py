"""The answers of the catalogue as a version keeps them: found when it was published, read instead of found again.

An answer belongs to one version, one protocol and one state of the code. Where any of them is another one, nothing is
read and the study runs: what is kept is only ever a copy of what would be found.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any, TypeVar

import duckdb

from pipeline.contract import reference
from pipeline.contract.results import Arm, Comparison, Distribution, Estimate
from pipeline.studies.protocols.protocol import Protocol
from pipeline.studies.study import run_study
from pipeline.studies.sums.pair_sums import PairSums
from pipeline.studies.sums.study_sums import from_document, study_sums, to_document

FILE, SUMS = "studies.json", "sums.json"
"""In a version's folder: the answers, and the sums of those that linear models had a part in."""

_SOURCES = (Path(__file__).parent, Path(reference.__file__).parent)
_LIBRARIES = ("duckdb", "numpy", "scipy")

Document = dict[str, Any]
Kept = TypeVar("Kept")


@cache
def code_digest() -> str:
    """SHA-256 of everything but data and protocol that an answer depends on: sources, reference tables, libraries.

    The number of a release would not do: code changes between releases.
    """
    files = [file for folder in _SOURCES for file in sorted(folder.rglob("*.py"))]
    files += sorted(reference.REFERENCE.glob("*.csv"))
    seen = hashlib.sha256("".join(f"{name} {metadata.version(name)};" for name in _LIBRARIES).encode())
    for file in files:
        seen.update(hashlib.sha256(file.read_bytes()).digest())
    return seen.hexdigest()


def entry(protocol: Protocol, found: Comparison) -> str:
    """One study's part of the file."""
    return json.dumps({"digest": protocol.digest, "answer": asdict(found)})


def sums_entry(protocol: Protocol, sums: PairSums) -> str:
    """The same of the file of sums."""
    return json.dumps({"digest": protocol.digest, "sums": to_document(sums)})


def to_bytes(entries: Mapping[str, str]) -> bytes:
    """Either file, from its parts by study."""
    studies = ",\n".join(f"{json.dumps(study)}: {part}" for study, part in entries.items())
    return f'{{"code": "{code_digest()}", "studies": {{\n{studies}\n}}}}\n'.encode()


def read(folder: Path, protocol: Protocol) -> Comparison | None:
    """The answer that the version in this folder keeps to exactly this protocol, by exactly this code; else None.

    A file that is not there or cannot be read keeps nothing.
    """
    return _read(folder / FILE, protocol, "answer", _comparison)


def read_sums(folder: Path, protocol: Protocol) -> PairSums | None:
    """The sums of its two arms, on the same terms."""
    return _read(folder / SUMS, protocol, "sums", from_document)


def _read(file: Path, protocol: Protocol, what: str, made: Callable[[Document], Kept]) -> Kept | None:
    try:
        document: Document = json.loads(file.read_bytes())
        kept = document["studies"].get(protocol.id)
        if kept is None or (document["code"], kept["digest"]) != (code_digest(), protocol.digest):
            return None
        return made(kept[what])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def answer(con: duckdb.DuckDBPyConnection, folder: Path, protocol: Protocol, version: str) -> Comparison:
    """The study's answer in the version that lies in `folder` and that `con` reads: kept, or found now.

    Raises UsageError where the protocol names what this version does not know.
    """
    found = read(folder, protocol)
    return run_study(con, protocol, version) if found is None else found


def sums(con: duckdb.DuckDBPyConnection, folder: Path, protocol: Protocol) -> PairSums:
    """The sums of the study's two arms: kept, or added up now. Raises UsageError as `study_sums` does."""
    found = read_sums(folder, protocol)
    return study_sums(con, protocol) if found is None else found


def _comparison(document: Document) -> Comparison:
    """From plain values, as they were before."""
    return Comparison(
        **{
            **document,
            "attrition": tuple((step, n) for step, n in document["attrition"]),
            "arms": tuple(Arm(**arm) for arm in document["arms"]),
            "estimates": tuple(Estimate(**estimate) for estimate in document["estimates"]),
            "distributions": tuple(Distribution(**{**d, "counts": tuple(d["counts"])})
                                   for d in document["distributions"]),
            "warnings": tuple(document["warnings"]),
        }
    )  # fmt: skip
