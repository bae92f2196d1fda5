"""One line of a sender's CSV with the reason in its last cell; the sender's own cells are never touched."""

import re
from dataclasses import dataclass
from functools import cached_property

from pipeline.contract.staged import REFERENCE, TextLayout, is_why_not_taken

_FORMULA = ("=", "+", "-", "@", "\t")
"""What a spreadsheet takes for the start of a formula. Guarded against in our own column only."""


def unformed(text: str) -> str:
    """A cell of ours that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


@dataclass(frozen=True)
class Line:
    """How a line of that layout takes a reason. What its codec lacks of the reason becomes a question mark."""

    layout: TextLayout
    codec: str

    @cached_property
    def place(self) -> int | None:
        """Where the column stands already, in a file that goes back for the second time."""
        return next((i for i, h in enumerate(self.layout.headers) if is_why_not_taken(h)), None)

    def header(self, text: str, name: str) -> str:
        """The header with the column's name."""
        return text if self.place is not None else f"{text}{self.layout.delimiter}{name}"

    def record(self, text: str, why: str) -> str:
        """A record with the reason, or with an empty cell.

        `text` may run over several lines; then delimiters in the reason could make one of them look like a record.
        """
        cell = self._plain(why) if "\n" in text or "\r" in text else self._cell(why)
        if self.place is None:
            return f"{text}{self.layout.delimiter}{cell}"
        begin = 0
        for _ in range(self.place):
            begin = self._end(text, begin) + 1
        return f"{text[:begin]}{cell}{text[self._end(text, begin) :]}"

    def broken(self, text: str, why: str) -> str:
        """A line that is no record, with the reason. It stays broken until somebody mends it.

        A line that is too short is filled up, so that the reason stands in its column, and gets an empty cell too
        many: filled up alone it would be a record, with cells that nobody has written. The reason itself holds no
        delimiter and no quote, which would move the line's cells or open and close quoted ones.
        """
        d = self.layout.delimiter
        plain = self._plain(why)
        if self.place is not None and re.search(REFERENCE, text):
            return re.sub(f"(?<![^{_one(d)}])[^{_one(d)}]*{REFERENCE}", lambda _: plain, text, count=1)
        short = len(self.layout.headers) - 1 - text.count(d)
        if short <= 0 or not why or self.place is not None or (self.layout.quote and self.layout.quote in text):
            return f"{text}{d}{plain}"
        return f"{text}{d * (short + 1)}{plain}{d}"

    def _known(self, why: str) -> str:
        return " ".join(why.split()).encode(self.codec, "replace").decode(self.codec)

    def _plain(self, why: str) -> str:
        """The reason without delimiters and quotes."""
        d, q = self.layout.delimiter, self.layout.quote
        return unformed(self._known(why.translate({ord(d): " ", ord(q or d): " "})))

    def _cell(self, why: str) -> str:
        text = unformed(self._known(why))
        q, d = self.layout.quote, self.layout.delimiter
        if q and (d in text or q in text):
            return f"{q}{text.replace(q, q + q)}{q}"
        return text.replace(d, " ")

    @cached_property
    def _field(self) -> re.Pattern[str]:
        d = _one(self.layout.delimiter)
        if not self.layout.quote:
            return re.compile(f"[^{d}]*")
        q = _one(self.layout.quote)
        return re.compile(f" *{q}(?:[^{q}]|{q}{q})*{q} *|[^{q}{d}]*")

    def _end(self, text: str, begin: int) -> int:
        found = self._field.match(text, begin)
        return found.end() if found else begin


def _one(character: str) -> str:
    return f"\\x{ord(character):02x}"
