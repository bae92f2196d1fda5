"""The data dictionary of a REDCap project: what the codes of each field are called."""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipeline.errors import RefusedError

_NAMES = (
    ("Variable / Field Name", "Field Type", "Choices, Calculations, OR Slider Labels"),
    ("field_name", "field_type", "select_choices_or_calculations"),
)
"""Headers of name, type and choices: as the designer page writes them, and as the API does."""

_DELIMITERS = ",;\t"
"""What REDCap offers for a dictionary that is taken out."""

_CHOSEN = ("radio", "dropdown", "checkbox")
_FIXED = {"yesno": (("1", "Yes"), ("0", "No")), "truefalse": (("1", "True"), ("0", "False"))}
_MARKUP = re.compile(r"<[^<>]*>")
_MAX_BYTES = 1 << 25
"""A larger file is no dictionary: a project has some thousand fields."""


@dataclass(frozen=True)
class Field:
    """One field. `choices` are (code, label) in order; a field without choices has none."""

    kind: str
    choices: tuple[tuple[str, str], ...]


def find_dictionary(root: Path, name: str) -> bytes:
    """The bytes of the dictionary that a mapping names. Raises RefusedError where it is not a file of the drop."""
    what = f"[redcap] dictionary: {name!r}"
    path = root / PurePosixPath(name.replace("\\", "/"))
    try:
        if not path.resolve().is_relative_to(root.resolve()):
            raise RefusedError(f"{what} leads out of the drop; put the dictionary into it")
        if path.stat().st_size > _MAX_BYTES:
            raise RefusedError(f"{what} has over {_MAX_BYTES >> 20} MB, no data dictionary has; name the right file")
        return path.read_bytes()
    except FileNotFoundError:
        raise RefusedError(f"{what} is not in the drop; put it there, or take the line out") from None
    except (OSError, RuntimeError):
        raise RefusedError(f"{what} cannot be read; name a file of the drop that can") from None


def read_dictionary(name: str, raw: bytes, encoding: str) -> Mapping[str, Field]:
    """The fields by name. Raises RefusedError where the bytes are no data dictionary."""
    what = f"[redcap] dictionary: {name!r}"
    text = _decoded(raw, encoding)
    if text is None:
        known = " nor ".join(dict.fromkeys(("utf-8", encoding)))
        raise RefusedError(f"{what} is not {known}; save it so, or set encoding")
    try:
        rows, names = next(filter(None, (_rows(text, delimiter) for delimiter in _DELIMITERS)), ([], ()))
    except csv.Error:
        raise RefusedError(f"{what} has a quote that is never closed; export it from REDCap again") from None
    if not names:
        raise RefusedError(f"{what} is no data dictionary; expected the columns {', '.join(_NAMES[0])}")
    places = [rows[0].index(column) for column in names]
    full = (row for row in rows[1:] if len(row) > max(places))
    return dict(_field(*(row[place].strip() for place in places)) for row in full)


def _decoded(raw: bytes, encoding: str) -> str | None:
    """The text: as UTF-8, which REDCap writes whatever the data are saved in, else in the encoding of the drop."""
    for codec in ("utf-8-sig", encoding):
        try:
            return raw.decode(codec)
        except UnicodeDecodeError:
            continue
    return None


def _rows(text: str, delimiter: str) -> tuple[list[list[str]], tuple[str, ...]] | None:
    """The rows and the headers that matter, where the delimiter is the one that parts them."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header = [cell.strip() for cell in next(reader, [])]
    names = next((names for names in _NAMES if set(names) <= set(header)), None)
    return None if names is None else ([header, *reader], names)


def _field(name: str, kind: str, choices: str) -> tuple[str, Field]:
    if kind in _FIXED:
        return name, Field(kind, _FIXED[kind])
    return name, Field(kind, tuple(_choices(choices.split("|"))) if kind in _CHOSEN else ())


def _choices(parts: Iterable[str]) -> Iterable[tuple[str, str]]:
    """Code and label of each choice; the first comma parts them, and markup in the label is for the screen only."""
    for part in parts:
        code, _, label = part.partition(",")
        if code.strip():
            yield code.strip(), " ".join(_MARKUP.sub(" ", label).split())
