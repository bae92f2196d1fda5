"""What the cells of a column look like, counted in one query: numbers, dates, words.

Of the cells themselves only a short list of distinct words is kept, for columns that hold few. It may
name people: nothing of it is shown but what `words.tellable` lets through.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipeline.contract.words import MISSING_TOKENS
from pipeline.engine.duckdb import quote_name, quote_text
from pipeline.proposal.dates import Dates, date_counts

SAMPLE = 20_000
"""Records of a file that are looked at; what holds for so many holds for the file, or shows in the account."""

MAX_WORDS = 60
"""A column with more distinct words holds no codes."""

_NUMBER = "^([-+]?[0-9]{1,9}(?:[.,][0-9]{1,9})?)[ \u00a0]*([^-+0-9.,:/ ][^0-9]{0,11})?$"
_BLANK = " \t\u00a0\ufeff"
_DAMAGE = "Ã[\u0080-\u00bf]|â€|Â[°²µ]|\ufffd|[\u0080-\u009f]"
"""UTF-8 read as a Western code page, letters that were lost before, and control signs that stand for letters."""


@dataclass(frozen=True)
class Word:
    """One distinct cell, with the number of cells and of people that have it."""

    text: str
    n: int
    n_people: int


@dataclass(frozen=True)
class Profile:
    """One column. `n` counts the cells that say something; `low` to `high` hold nine in ten of the numbers."""

    header: str
    n: int
    n_distinct: int
    n_numbers: int
    n_whole: int
    n_commas: int
    n_points: int
    n_damaged: int
    low: float | None
    high: float | None
    median: float | None
    suffix: str | None
    dates: Dates
    words: tuple[Word, ...]

    @property
    def is_numeric(self) -> bool:
        return self.n > 0 and self.n_numbers >= 0.6 * self.n

    @property
    def is_whole(self) -> bool:
        return self.is_numeric and self.n_whole >= 0.9 * self.n_numbers

    @property
    def is_dates(self) -> bool:
        return self.n > 0 and self.dates.n_best >= 0.6 * self.n


@dataclass(frozen=True)
class Sample:
    """The first records of one staged file as a table of `con`, one column per header, cells trimmed or NULL."""

    con: duckdb.DuckDBPyConnection
    table: str
    headers: tuple[str, ...]

    def profile(self, header: str, person: str | None = None) -> Profile:
        """What the cells of one column look like; `person` is the header that tells people apart."""
        cell = quote_name(header)
        counts = self.con.execute(_COUNTS.format(cell=cell, table=self.table), [_NUMBER, _NUMBER, _DAMAGE]).fetchall()
        *tallies, low, median, high, suffix = counts[0]
        n, n_distinct, numbers, whole, commas, points, damaged = (int(tally or 0) for tally in tallies)
        return Profile(
            header, n, n_distinct, numbers, whole, commas, points, damaged, low, high, median, suffix,
            date_counts(self.con, self.table, cell), self._words(cell, person) if n_distinct <= MAX_WORDS else (),
        )  # fmt: skip

    def _words(self, cell: str, person: str | None) -> tuple[Word, ...]:
        people = f"count(DISTINCT {quote_name(person)})" if person else "0"
        found = self.con.execute(
            f"SELECT {cell}, count(*) AS n, {people} FROM {self.table} WHERE {cell} IS NOT NULL GROUP BY ALL "
            f"ORDER BY n DESC, {cell}"
        ).fetchall()
        return tuple(Word(*row) for row in found)

    def distinct(self, headers: Sequence[str]) -> int:
        """How many different combinations these columns hold."""
        cells = ", ".join(map(quote_name, headers))
        found = self.con.execute(f"SELECT count(*) FROM (SELECT DISTINCT {cells} FROM {self.table})").fetchall()
        return int(found[0][0])


_COUNTS = """
WITH c AS (SELECT {cell} AS t, regexp_extract({cell}, ?, 1) AS figure, regexp_extract({cell}, ?, 2) AS suffix
  FROM {table} WHERE {cell} IS NOT NULL),
x AS (SELECT *, TRY_CAST(replace(nullif(figure, ''), ',', '.') AS DOUBLE) AS value FROM c)
SELECT count(*), count(DISTINCT t), count(value), count_if(value = round(value)),
  count_if(value IS NOT NULL AND contains(figure, ',')), count_if(value IS NOT NULL AND contains(figure, '.')),
  count_if(regexp_matches(t, ?)),
  quantile_cont(value, 0.05), quantile_cont(value, 0.5), quantile_cont(value, 0.95),
  CASE WHEN count(nullif(suffix, '')) > count(value) / 2 THEN mode(nullif(suffix, '')) END
FROM x"""


def sample(
    con: duckdb.DuckDBPyConnection, data: Path, headers: Sequence[str], name: str, where: str = "true"
) -> Sample:
    """Read the first records of a staged file into a temporary table. `where` is SQL over its headers."""
    missing = ", ".join(map(quote_text, MISSING_TOKENS))
    cells = ", ".join(
        f"CASE WHEN lower({trimmed}) IN ({missing}) THEN NULL ELSE {trimmed} END AS {quote_name(header)}"
        for header in headers
        for trimmed in [f"trim({quote_name(header)}, {quote_text(_BLANK)})"]
    )
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT {cells or 'NULL AS nothing'} "
        f"FROM read_parquet({quote_text(str(data))}) WHERE {where} LIMIT {SAMPLE}"
    )
    return Sample(con, name, tuple(headers))
