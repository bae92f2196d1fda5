"""How dates are written: the pattern most of them follow, and those that two patterns read differently.

Only counts leave this module; no date is ever quoted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import duckdb

from pipeline.engine.duckdb import quote_text

ISO = "ISO 8601"
DAY_FIRST = ("%d/%m/%Y", "%d-%m-%Y", "%d/%m/%y", "%d-%m-%y")
MONTH_FIRST = ("%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y", "%m-%d-%y")
_OTHERS = (
    "%d.%m.%Y", "%d.%m.%y", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d %B %Y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y",
    "%b %d, %Y", "%B %d, %Y",
)  # fmt: skip
PATTERNS = (*_OTHERS, *DAY_FIRST, *MONTH_FIRST)
_CLOCKS = {"": "", r" \d{1,2}:\d{2}": " %H:%M", r" \d{1,2}:\d{2}:\d{2}": " %H:%M:%S"}

_LIKE_A_DATE = (
    r"^([0-9]{1,4}[-./ ][0-9A-Za-z]{1,9}[-./ ][0-9]{1,4}|[0-9]{8}|[A-Za-z]{3,9} [0-9]{1,2}, [0-9]{4})([T ][0-9:]|$)"
)
_YEARS = "BETWEEN 1900 AND 2100"
_SERIAL = (25_000, 60_000)
"""Dates of 1968 to 2064 as the day numbers of a spreadsheet."""


@dataclass(frozen=True)
class Dates:
    """Cells of a column by the pattern that reads them. `n_both` are those that day-first and month-first read
    differently, `serials` whole numbers that a spreadsheet would show as dates, `partial` years and months."""

    fits: Mapping[str, int] = field(default_factory=dict)
    n_both: int = 0
    n_serial: int = 0
    n_partial: int = 0

    @property
    def best(self) -> str | None:
        """The pattern that reads most cells; of two that read equally many, day first."""
        found = [pattern for pattern, n in self.fits.items() if n]
        return max(found, key=lambda p: (self.fits[p], p == ISO, p not in MONTH_FIRST), default=None)

    @property
    def n_best(self) -> int:
        """How many cells the best pattern reads, years and months alone included."""
        return self.fits[self.best] + self.n_partial if self.best else 0

    @property
    def twin(self) -> str | None:
        """The pattern that reads day and month the other way round, where it reads just as many cells."""
        other = turned(self.best) if self.best else None
        return other if other and self.best and self.fits.get(other, 0) == self.fits[self.best] else None


def turned(pattern: str) -> str | None:
    """A pattern with day and month exchanged, where both orders are in use; else None.

    >>> turned("%d/%m/%Y %H:%M"), turned("%d.%m.%Y")
    ('%m/%d/%Y %H:%M', None)
    """
    date, blank, clock = pattern.partition(" ")
    for one, other in zip(DAY_FIRST, MONTH_FIRST, strict=True):
        if date in (one, other):
            return (other if date == one else one) + blank + clock
    return None


def date_counts(con: duckdb.DuckDBPyConnection, table: str, cell: str) -> Dates:
    """How many cells of a column each pattern reads."""
    serial = f"TRY_CAST({cell} AS INTEGER) BETWEEN {_SERIAL[0]} AND {_SERIAL[1]}"
    partial = f"regexp_full_match({cell}, '(19|20)[0-9]{{2}}(-[0-9]{{2}})?')"
    shaped = f"regexp_matches({cell}, {quote_text(_LIKE_A_DATE)})"
    clocks = ", ".join(f"count_if(regexp_matches({cell}, '[^ ]{clock}$'))" for clock in list(_CLOCKS)[1:])
    found = con.execute(
        f"SELECT count_if({shaped}), count_if({serial}), count_if({partial}), {clocks} FROM {table}"
    ).fetchall()
    n_shaped, n_serial, n_partial, *n_clocks = (int(n or 0) for n in found[0])  # of no cell DuckDB counts NULL
    if not n_shaped:
        return Dates({}, 0, n_serial, n_partial)
    clock = next((c for c, n in zip(list(_CLOCKS.values())[1:], n_clocks, strict=True) if n > n_shaped / 2), "")
    return _fits(con, table, cell, clock, (n_serial, n_partial))


def _fits(con: duckdb.DuckDBPyConnection, table: str, cell: str, clock: str, counted: tuple[int, int]) -> Dates:
    patterns = [pattern + clock for pattern in PATTERNS]
    iso = f"regexp_matches({cell}, '^[0-9]{{4}}-') AND TRY_CAST(left({cell}, 10) AS DATE) IS NOT NULL"
    counts = ", ".join(f"count_if({_reads(cell, pattern)})" for pattern in patterns)
    both = " OR ".join(
        f"({_reads(cell, a + clock)} AND {_reads(cell, b + clock)} "
        f"AND {_parsed(cell, a + clock)} <> {_parsed(cell, b + clock)})"
        for a, b in zip(DAY_FIRST, MONTH_FIRST, strict=True)
    )
    found = con.execute(f"SELECT count_if({iso}), count_if({both}), {counts} FROM {table}").fetchall()
    n_iso, n_both, *fits = (int(n or 0) for n in found[0])
    return Dates({ISO: n_iso, **dict(zip(patterns, fits, strict=True))}, n_both, *counted)


def count(con: duckdb.DuckDBPyConnection, table: str, cell: str, pattern: str) -> int:
    """How many cells a pattern reads that is not among those that are tried."""
    found = con.execute(f"SELECT count_if({_reads(cell, pattern)}) FROM {table}").fetchall()
    return int(found[0][0] or 0)


def _parsed(cell: str, pattern: str) -> str:
    return f"try_strptime({cell}, {quote_text(pattern)})"


def _reads(cell: str, pattern: str) -> str:
    return f"coalesce(year({_parsed(cell, pattern)}) {_YEARS}, false)"


def agreed(columns: Iterable[Dates], *, are_real: bool = False) -> tuple[str | None, str | None]:
    """(the one pattern for all date columns of a drop, the other one that reads just as many): a drop has one.

    The first is None where all are ISO 8601, or there is no date at all. `are_real`: the format keeps dates as such,
    and they are written in whatever pattern is agreed; only those that somebody typed as text have a say.
    """
    total: dict[str, int] = {}
    for dates in columns:
        for pattern, n in dates.fits.items():
            total[pattern] = total.get(pattern, 0) + n
    if are_real and any(n for pattern, n in total.items() if pattern != ISO):
        total.pop(ISO, None)
    together = Dates(total)
    best = together.best
    return (None, None) if best in (None, ISO) else (best, together.twin)
