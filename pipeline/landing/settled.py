"""Records of long files about which nothing is in doubt, most of them: one fate for all, found without a look at each.

A plain record (`pipeline.landing.plain`) is in doubt where it comes twice in its drop, where an open entry of the
quarantine has its id, and where it stands otherwise with the home than most of its file: that is new to it, or is what
the home holds already, as of an earlier day.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import duckdb

from pipeline.landing.plain import Plain

_BEGINNING = 5_000
"""So many records of a file tell whether the home holds most of them already."""


@dataclass(frozen=True)
class Held:
    """SELECTs of what records are held against: `current` (record, said, as_of) of what the home holds, `open` (record)
    of the open entries. `said` is SQL for what a typed record says."""

    current: str
    open: str
    said: str


@dataclass(frozen=True)
class Settled:
    """Records of one fate: the number of their file, how many there are, a SELECT of them as typed ones."""

    fate: Literal["admitted", "unchanged"]
    file: int
    n: int
    records: str


def find(con: duckdb.DuckDBPyConnection, plain: Plain, held: Held, as_of: date) -> tuple[Settled | None, str]:
    """(what is settled of the plain records of a file, a SELECT of those in doubt). `as_of` is the day of the drop."""
    is_again = _is_again(con, plain, held)
    typed = f"(SELECT place, record, {held.said} AS said FROM ({plain.records()}))"
    if is_again:
        older = f"(SELECT record, said FROM ({held.current}) WHERE as_of < DATE '{as_of}')"
        others = f"SELECT place FROM {typed} t ANTI JOIN {older} k ON k.record = t.record AND k.said = t.said"
    else:
        others = f"SELECT place FROM {typed} t SEMI JOIN ({held.current}) k ON k.record = t.record"
    special = f"SELECT place FROM {typed} WHERE hash(record) IN (SELECT hash FROM doubles) OR record IN ({held.open})"
    doubt = f"{plain.name}_doubt"
    n_doubt = _create(con, f"{doubt}_places", f"{others} UNION {special}")
    if 2 * n_doubt > plain.n:
        return None, plain.records()
    _create(con, doubt, f"FROM ({plain.records()}) SEMI JOIN {doubt}_places USING (place)")
    rest = f"FROM ({plain.records()}) ANTI JOIN {doubt}_places USING (place)"
    return Settled("unchanged" if is_again else "admitted", plain.file, plain.n - n_doubt, rest), f"FROM {doubt}"


def _is_again(con: duckdb.DuckDBPyConnection, plain: Plain, held: Held) -> bool:
    beginning = f"(SELECT record FROM {plain.name} LIMIT {_BEGINNING})"
    query = f"SELECT count(*) FROM {beginning} b SEMI JOIN ({held.current}) k ON k.record = b.record"
    return 2 * int(con.execute(query).fetchall()[0][0]) > min(_BEGINNING, plain.n)


def _create(con: duckdb.DuckDBPyConnection, name: str, query: str) -> int:
    return int(con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}").fetchall()[0][0])
