"""A table of the connection's own whose rows are read once, for all who need them."""

from dataclasses import dataclass

import duckdb
import pyarrow as pa

from pipeline.studies.estimators.once import once
from pipeline.studies.reading import read_arrow


@dataclass(frozen=True, eq=False)
class AtHand:
    """`select` is what is read of the table `name`, in no order."""

    con: duckdb.DuckDBPyConnection
    name: str
    select: str

    @once
    def rows(self) -> pa.Table:
        return read_arrow(self.con, f"SELECT {self.select} FROM temp.{self.name}", {})
