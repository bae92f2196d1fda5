"""Where another table begins below the first one, in the same file or on the same sheet: all of it would be refused."""

from collections.abc import Iterator

import duckdb

from pipeline.contract.staged import StagedFile
from pipeline.engine.duckdb import quote_name
from pipeline.proposal.look import Guess

MOST_RECORDS = 100_000
"""A longer file comes from a program, which writes one table into it (judgement)."""

_COLUMNS_LOOKED_AT = 50
_LEAST_NAMES = 2
_FIRST_LINE = """
WITH rows AS (
  SELECT __line AS line, list_filter([{cells}], lambda c: trim(coalesce(c, '')) <> '') AS cells FROM read_parquet($data)
), every AS (
  SELECT line, cells FROM rows WHERE len(cells) > 0{malformed}
), steps AS (
  SELECT line, cells, line - lag(line) OVER (ORDER BY line) > 1 AS is_apart,
    count(*) OVER (ORDER BY line ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS n_below,
    max(CASE WHEN cells IS NOT NULL THEN line END) OVER () AS last_row
  FROM every
)
SELECT line, n_below FROM steps WHERE is_apart AND CASE WHEN cells IS NULL THEN n_below >= 2 AND line > last_row
  ELSE n_below >= 1 AND len(cells) >= {least} AND NOT regexp_matches(array_to_string(cells, ' '), '[0-9]') END
ORDER BY line LIMIT 1
"""
"""The first line after an empty one that holds nothing but words, as a header does and no dated record; or from which
on no line has the cells of this table's header."""


def find(con: duckdb.DuckDBPyConnection, file: StagedFile) -> Iterator[Guess]:
    """A guess where another table seems to begin; it tells lines, never what stands in them."""
    if not 0 < file.records <= MOST_RECORDS or not file.headers:
        return
    cells = ", ".join(map(quote_name, file.headers[:_COLUMNS_LOOKED_AT]))
    malformed = " UNION ALL SELECT __line, NULL FROM read_parquet($malformed)" if file.malformed else ""
    query = _FIRST_LINE.format(cells=cells, malformed=malformed, least=_LEAST_NAMES)
    told = {"data": str(file.data)} | ({"malformed": str(file.malformed)} if file.malformed else {})
    for line, n_below in con.execute(query, told).fetchall():
        sentence = (
            f"from line {line} on another table seems to begin, for an empty line stands above it and it reads like a "
            f"header or fits no header above; its records cannot be read here: send it as a file or sheet of its own. "
            f"If it is a footer, skip_footer = {n_below + 1} leaves it out"
        )
        yield Guess("second_table", file.name, None, None, None, n_below, sentence, None)
