"""The reference tables of `data/reference/`, read once. A new adjunct, device or instrument is a row there."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.errors import UsageError

_BESIDE = Path(__file__).parent / "reference"  # where a wheel carries the files
REFERENCE = _BESIDE if _BESIDE.is_dir() else Path(__file__).resolve().parents[2] / "data" / "reference"


@dataclass(frozen=True)
class Term:
    """One word of a vocabulary. `synonyms` are matched after trimming and ignoring case."""

    vocabulary: str
    code: str
    label: str
    synonyms: tuple[str, ...]
    explanation: str
    source: str


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """All rows of `data/reference/<name>.csv` as text, in file order.

    Raises UsageError where the file is not there: the installation is broken.
    """
    return read(REFERENCE / f"{name}.csv")


def read(path: Path) -> tuple[dict[str, str], ...]:
    """All rows of a table that comes with the project, as text. Raises UsageError where it is not there."""
    if not path.is_file():
        raise UsageError(f"reference table {path} is missing; install the project again")
    with path.open(encoding="utf-8", newline="") as handle:
        return tuple(csv.DictReader(handle))


@cache
def vocabulary(name: str) -> tuple[Term, ...]:
    """The terms of a vocabulary, in file order; empty where there is no such vocabulary."""
    return tuple(
        Term(
            r["vocabulary"],
            r["code"],
            r["label"],
            tuple(s for s in r["synonyms"].split("|") if s),
            r["explanation"],
            r["source"],
        )
        for r in rows("vocabularies")
        if r["vocabulary"] == name
    )


def label(vocabulary_name: str, code: str) -> str:
    """The plain label of a code, or the code itself where the vocabulary does not know it."""
    return next((term.label for term in vocabulary(vocabulary_name) if term.code == code), code)
