"""A table of the connection's own whose rows are read once, for all who need them."""

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from pipeline.studies.estimators.once import once
from pipeline.studies.estimators.words import Words, together
from pipeline.studies.people.arrow_columns import words_of
from pipeline.studies.people.reading import read_arrow


@dataclass(frozen=True, eq=False)
class AtHand:
    """`select` is what is read of the table `name`, in no order; those of its columns that are words are named."""

    con: duckdb.DuckDBPyConnection
    name: str
    select: str
    named: tuple[str, ...]

    @once
    def rows(self) -> pa.Table:
        return read_arrow(self.con, f"SELECT {self.select} FROM temp.{self.name}", {})

    @once
    def words(self) -> Mapping[str, Words]:
        """On common rows."""
        return together({name: words_of(self.rows[name]) for name in self.named})
