"""How the plain lines of an NDJSON file are written: their keys, one after the other, and what stands between values.

A value is plain where it is a text without commas, or a number, a truth value or null in the very spelling in which
the JSON parser (`pipeline.sources.text.ndjson`) gives it back. A test holds the two against each other.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.engine import arrow
from pipeline.sections import clean_header
from pipeline.sources.text.line_bytes import Array

MOST_KEYS = 500
"""Of a file with more keys than that only the mapped ones are read, by the parser: every line would be spread over all
of them, which for 9,000 lines with a key of their own each took over 8 GB."""

LEAST_SHARE = 0.01
"""A shape in which fewer of the lines are written is not worth a look of its own at all others."""

_LOOKS = 16
_LOOK = 1 << 15
_LONGEST = 1 << 16
"""The file is looked at in so many places, evenly spread, at so many bytes in each; a line so long is passed over."""

_TEXT = r'"[^"]*"'
_DECIMAL = r"-?(?:0|[1-9][0-9]{0,9})\.(?:0|[0-9]{0,3}[1-9])0*"
"""At most 14 digits that count, none below a ten-thousandth: such a number is its own shortest text."""

_PLAIN = rf"(?:{_TEXT}|null|true|false|{_DECIMAL}|0|-?[1-9][0-9]{{0,17}})"
_PAIR = re.compile(rf'( *(?:{{ *)?"([^"\\]+)" *: *){_PLAIN}( *(?:}} *)?)')
_ENDLESS = r"^(-?[0-9]+\.[0-9]+?)0+$"
"""A decimal with zeros at its end that say nothing."""

_FAR = 1 << 30
"""Behind the end of every cell; to slice to the end itself makes pyarrow reckon with more bytes than there can be."""


@dataclass(frozen=True)
class Pair:
    """A key, and what stands `before` and `after` its value: `{"a": ` and nothing, or `"z":` and `}`."""

    key: str
    before: str
    after: str

    def values(self, cells: pa.StringArray) -> tuple[Array | None, pa.StringArray]:
        """(which cells are written like this, None of all; the value of each of these as text, NULL of null)."""
        if (inner := self._texts(cells)) is not None:
            return None, inner
        fits = pc.match_substring_regex(cells, rf"\A{re.escape(self.before)}{_PLAIN}{re.escape(self.after)}\z")
        is_whole = pc.all(fits).as_py()
        if not is_whole:
            cells = pc.if_else(fits, cells, _scalar(f"{self.before}null{self.after}"))
        end = -len(self.after.encode()) or _FAR
        written = pc.binary_slice(cells.cast(pa.binary()), len(self.before.encode()), end).cast(pa.string())
        if pc.any(pc.ends_with(written, "0")).as_py():
            written = pc.replace_substring_regex(written, _ENDLESS, r"\1")
        is_null = pc.equal(written, _scalar("null"))
        values = pc.ascii_trim(written, '"')
        if pc.any(is_null).as_py():
            values = pc.if_else(is_null, pa.nulls(1, pa.string())[0], values)
        return None if is_whole else arrow.flags(fits), values

    def _texts(self, cells: pa.StringArray) -> pa.StringArray | None:
        """The texts between the quotes, told without a pattern; None where not all cells are texts.

        Such a cell begins and ends as it must, and has just so many quotes.
        """
        before, after = self.before + '"', '"' + self.after
        whole = cells.cast(pa.binary())
        starts, ends = pc.starts_with(whole, before.encode()), pc.ends_with(whole, after.encode())
        shortest = pc.min(pc.binary_length(whole)).as_py() or 0
        if shortest < len((before + after).encode()) or not (pc.all(starts).as_py() and pc.all(ends).as_py()):
            return None
        n_quotes = np.count_nonzero(arrow.content(cells) == ord('"'))
        if n_quotes != len(cells) * (before + after).count('"'):
            return None
        return pc.binary_slice(whole, len(before.encode()), -len(after.encode())).cast(pa.string())


def _scalar(text: str) -> pa.StringScalar:
    """A text as pyarrow's own; to make one of Python's it imports pandas if it finds it."""
    return arrow.texts([text])[0]


Shape = tuple[Pair, ...]


def find_shapes(path: Path) -> list[Shape]:
    """The shapes in which the lines of a file are written, the most frequent one first, as far as a few looks tell."""
    seen = Counter(map(_shape, _looks(path)))
    least = LEAST_SHARE * seen.total()
    return [shape for shape, n in seen.most_common() if shape is not None and n >= least]


def _looks(path: Path) -> Iterator[str]:
    n_bytes = path.stat().st_size
    with path.open("rb") as handle:
        for place in range(0, n_bytes, max(_LOOK, n_bytes // _LOOKS)):
            handle.seek(place)
            if place:
                handle.readline(_LONGEST)
            piece = handle.read(_LOOK)
            yield from piece[: piece.rfind(b"\n") + 1].decode(errors="replace").split("\n")[:-1]


def _shape(line: str) -> Shape | None:
    """How a line is written; None of one that is not plain."""
    cells = line.split(",", MOST_KEYS)
    found = [_PAIR.fullmatch(cell) for cell in cells]
    shape = tuple(Pair(m[2], m[1], m[3]) for m in found if m)
    opened = [pair.before.lstrip(" ").startswith("{") for pair in shape]
    closed = ["}" in pair.after for pair in shape]
    keys = {pair.key for pair in shape}
    inner = [False] * (len(shape) - 1)
    is_plain = len(keys) == len(cells) > 1 and opened == [True, *inner] and closed == [*inner, True]
    return shape if is_plain and all(key == clean_header(key) for key in keys) else None
