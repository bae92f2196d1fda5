"""What lies in a drop like data and is read by no table. It is told, for nothing else would show that it is missing."""

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from pipeline.contract.staged import LISTING_ENDING
from pipeline.contract.template_words import HELP
from pipeline.errors import RefusedError
from pipeline.sources.table_mapping import ENDINGS
from pipeline.sources.xlsx.package import opened

_LIKE_DATA = (*(ending for endings in ENDINGS.values() for ending in endings), ".zip", ".xls", ".xlsb", ".ods", ".tsv")
"""Ends of names that tables of measurements have, readable or not."""

_NAMED = 8
"""So many are named (judgement); the rest is counted."""


def files(root: Path, read: Collection[str | None]) -> list[str]:
    """A warning where files beside `source.toml` are read by no table; `read` are the names of those that are."""
    beside = sorted(path.name for path in root.iterdir() if path.name.lower().endswith(_LIKE_DATA))
    left = [name for name in beside if name not in read and not name.startswith((".", "~$")) and _is_data(name)]
    packed = "; unpack a .zip first" if any(name.lower().endswith(".zip") for name in left) else ""
    return [f"{root}: files not read, no table names them: {_named(left)}{packed}"] if left else []


def sheets(path: Path, name: str, read: Iterable[str | None]) -> list[str]:
    """A warning where sheets that a workbook shows are read by no table, its page of help apart."""
    known = {*read, HELP}
    if None in known:  # it cannot be opened, or nobody can tell its sheets: reading gives the reason
        return []
    try:
        with opened(path, name) as book:
            left = [sheet for sheet in book.shown if sheet not in known]
    except RefusedError:
        return []
    return [f"{name}: sheets not read, no table names them: {_named(left)}"] if left else []


def _is_data(name: str) -> bool:
    """False for the list of faults that came back to a sender with their file."""
    return not name.endswith(LISTING_ENDING)


def _named(names: Sequence[str]) -> str:
    rest = len(names) - _NAMED
    return ", ".join(map(_writable, names[:_NAMED])) + (f" and {rest} more" if rest > 0 else "")


def _writable(name: str) -> str:
    """A name as it can be written: what is no text in UTF-8 is escaped."""
    return name.encode(errors="backslashreplace").decode()
