"""What makes a line of a CSV file a record, as SQL: the regular expressions are RE2's, linear in the line's length."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipeline.sources.staged import literal
from pipeline.sources.text.plain_text import NUL, UNDECODABLE
from pipeline.sources.titles import Title

_NEVER = "\n\n"
"""Read as NULL by DuckDB: no cell is, for an empty one is an empty text, and is left to admission."""

_MAX_REPEAT = 200
"""Columns up to which the regular expression counts them itself; RE2 allows 1000 repeats and little memory."""


NOT_READ = (duckdb.InvalidInputException, duckdb.NotImplementedException)
"""What DuckDB's reader raises where a line is no record, or longer than its buffers."""


@dataclass(frozen=True)
class Layout:
    """How a CSV file is laid out. `header_end` is the header's last physical line; `used` goes with `headers`.

    `title`: what stands above the header without being asked for.
    """

    delimiter: str
    quote: str
    headers: tuple[str, ...]
    used: tuple[bool, ...]
    header_end: int
    skip_footer: int
    title: Title | None = None

    @property
    def n_columns(self) -> int:
        return len(self.headers)

    @property
    def _field(self) -> str:
        """A cell: quoted as a whole with quotes doubled inside, or free of quotes."""
        q, d = _one(self.quote), _one(self.delimiter)
        return f"(?: *{q}(?:[^{q}]|{q}{q})*{q} *|[^{q}{d}]*)" if self.quote else f"[^{d}]*"

    @property
    def _open_cell(self) -> str:
        q = _one(self.quote)
        return f" *{q}(?:[^{q}]|{q}{q})*"

    @property
    def _more(self) -> str:
        return f"(?:{_one(self.delimiter)}{self._field})*"

    @property
    def has_quote(self) -> str:
        """True for a line in which a quote stands."""
        return f"contains(text, {literal(self.quote)})" if self.quote else "false"

    @property
    def is_record(self) -> str:
        """True for a text of whole cells, as many as there are headers."""
        n = self.n_columns
        if n <= _MAX_REPEAT:
            whole = _matches(f"{self._field}(?:{_one(self.delimiter)}{self._field}){{{n - 1}}}")
        else:
            whole = f"{_matches(f'{self._field}{self._more}')} AND len({self.cells}) = {n}"
        return f"CASE WHEN {self.has_quote} THEN {whole} ELSE {self.n_delimiters} = {n - 1} END"

    @property
    def may_open(self) -> str:
        """False for every line that leaves the state of quoting as it is: an even number of quotes stands in it."""
        return f"(len(text) - len(replace(text, {literal(self.quote)}, ''))) % 2 = 1" if self.quote else "false"

    @property
    def opens(self) -> str:
        """True for a line that begins outside quotes and ends inside a quoted cell."""
        return _matches(f"(?:{self._field}{_one(self.delimiter)})*{self._open_cell}")

    @property
    def stays(self) -> str:
        """True for a line that begins inside a quoted cell and does not close it."""
        q = _one(self.quote)
        return _matches(f"(?:[^{q}]|{q}{q})*")

    @property
    def closes(self) -> str:
        """True for a line that begins inside a quoted cell, closes it and ends the record."""
        q = _one(self.quote)
        return _matches(f"(?:[^{q}]|{q}{q})*{q} *{self._more}")

    @property
    def reopens(self) -> str:
        """True for a line that begins inside a quoted cell, closes it and ends inside a later one."""
        q, d = _one(self.quote), _one(self.delimiter)
        return _matches(f"(?:[^{q}]|{q}{q})*{q} *{self._more}{d}{self._open_cell}")

    @property
    def cells(self) -> str:
        """The cells of a text that is a record, as a list."""
        plain = f"string_split(text, {literal(self.delimiter)})"
        if not self.quote:
            return plain
        q = literal(self.quote)
        every = literal(f"{_one(self.delimiter)}({self._field})")
        bare = f"replace(trim(cell, ' ')[2:-2], {q} || {q}, {q})"
        return f"""
            CASE WHEN contains(text, {q}) THEN list_transform(
                regexp_extract_all({literal(self.delimiter)} || text, {every}, 1),
                lambda cell: CASE WHEN starts_with(ltrim(cell, ' '), {q}) THEN {bare} ELSE cell END)
            ELSE {plain} END"""

    @property
    def n_delimiters(self) -> str:
        """How often the delimiter stands in a line, quoted or not."""
        return f"(len(text) - len(replace(text, {literal(self.delimiter)}, '')))"


IS_UNDECODABLE = f"contains(text, {literal(UNDECODABLE)})"
IS_MARKED = f"({IS_UNDECODABLE} OR contains(text, {literal(NUL)}))"
IS_BLANK = "(text = '' OR (text[1] = ' ' AND trim(text, ' ') = ''))"


def _one(character: str) -> str:
    """A character as a regular expression, inside and outside of classes."""
    return f"\\x{ord(character):02x}" if character else ""


def read_sql(layout: Layout, path: Path, columns: Sequence[str], skip: int, newline: str) -> str:
    """A strict read of a clean file by DuckDB as text, nothing guessed."""
    kinds = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in columns)
    marks = f"delim = {literal(layout.delimiter)}, quote = {literal(layout.quote)}, escape = {literal(layout.quote)}"
    strict = "strict_mode = true, null_padding = false, encoding = 'utf-8'"
    return f"""read_csv({literal(str(path))}, auto_detect = false, columns = {{{kinds}}}, header = false, {marks},
        skip = {skip}, nullstr = [{literal(_NEVER)}], new_line = {literal(newline)}, {strict})"""


def _matches(pattern: str) -> str:
    return f"regexp_full_match(text, {literal(pattern)})"
