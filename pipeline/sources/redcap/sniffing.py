"""How an export of REDCap without a mapping is known, and the data dictionary beside it."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path

from pipeline.errors import RefusedError
from pipeline.sources.redcap.dictionary import Field, find_dictionary, read_dictionary
from pipeline.sources.redcap.settings import BOX, EVENTS, OF_REDCAP, REPEATS

_DESCRIBED = 0.5
"""A dictionary describes at least this share of the columns of its export; the rest came with another version of it."""

_MOST_BESIDE = 50
"""Among more tables in one folder no dictionary is looked for: it is no folder of one project."""


def is_export(path: Path, headers: Sequence[str]) -> bool:
    """True for columns that only REDCap writes, and for a file with its data dictionary beside."""
    return not {*EVENTS, *REPEATS}.isdisjoint(headers) or dictionary_beside(path, headers) is not None


def dictionary_beside(path: Path, headers: Sequence[str]) -> tuple[str, Mapping[str, Field]] | None:
    """The name and the fields of the dictionary in the folder of an export; None where none describes it."""
    own = [h for h in headers if not OF_REDCAP.fullmatch(h) and h not in (*EVENTS, *REPEATS)]
    for other in _tables_beside(path):
        fields = _fields(other)
        if fields and sum(h.split(BOX)[0] in fields for h in own) >= max(1, _DESCRIBED * len(own)):
            return other.name, fields
    return None


def is_dictionary(path: Path) -> bool:
    """True for a data dictionary itself."""
    return path.suffix.lower() == ".csv" and bool(_fields(path))


def _tables_beside(path: Path) -> Iterable[Path]:
    others = [other for other in islice(path.parent.glob("*.csv"), _MOST_BESIDE + 2) if other.name != path.name]
    return sorted(other for other in others if other.is_file()) if len(others) <= _MOST_BESIDE else ()


def _fields(path: Path) -> Mapping[str, Field]:
    try:
        return read_dictionary(path.name, find_dictionary(path.parent, path.name), "cp1252")
    except RefusedError:  # it is another kind of table
        return {}
