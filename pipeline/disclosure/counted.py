"""Who is in which cell of which table, and how many of them changed since it was last released."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Literal

import duckdb

from pipeline.disclosure.guard import Cell, Put
from pipeline.disclosure.memory import Released
from pipeline.disclosure.partitions import DIVIDED, PARTITIONS, Partition
from pipeline.engine.duckdb import quote_text

Reference = Literal["clinics", "any"]
"""What a release is held against: the last for clinics, or the last of whatever profile. They are one where a clinic
never had figures for its own eyes."""

_Place = tuple[str, str]
_Row = tuple[int, int, bool, Put, Put]
_UNKNOWN: _Row = (0, 0, False, Put(), Put())


@dataclass(frozen=True)
class Counted:
    """One clinic's exact counts by table and cell, for each thing that a release is held against."""

    clinic: str
    rows: Mapping[Reference, Mapping[_Place, _Row]]

    @property
    def has_own_history(self) -> bool:
        """Whether the clinic was ever shown figures for its own eyes."""
        return "any" in self.rows

    def cell(self, partition: str, code: str, reference: Reference, elsewhere: Reference) -> Cell:
        """The cell as the guard wants it, held against `reference` first and against `elsewhere` besides."""
        n, changed, was_shown, whole, change = self._row(reference, (partition, code))
        _, changed_elsewhere, was_elsewhere, _, _ = self._row(elsewhere, (partition, code))
        is_divided = (partition, code) in DIVIDED
        other = changed_elsewhere if was_elsewhere else None
        return Cell(code, n, was_shown, changed, other, whole, change, is_divided)

    def _row(self, reference: Reference, at: _Place) -> _Row:
        held = self.rows.get(reference) or self.rows.get("clinics", {})
        return held.get(at, _UNKNOWN)


def count(con: duckdb.DuckDBPyConnection, remembered: Released) -> Iterator[Counted]:
    """Every clinic's counts. Leaves the tables `now` (who is where) and `counted` behind for the figures.

    `con` sees the tables of a version.
    """
    place_people(con)
    con.register("remembered_cells", remembered.cells)
    con.register("remembered_members", remembered.members)
    con.register("remembered_gone", remembered.gone)
    con.execute(_BEFORE)
    con.execute(_COUNTED)
    for clinic, group in groupby(con.execute(_CELLS).fetchall(), key=lambda row: row[0]):
        rows: dict[Reference, dict[_Place, _Row]] = {}
        for _, reference, partition, cell, n, changed, was_shown, *puts in group:
            rows.setdefault(reference, {})[partition, cell] = (n, changed, was_shown, Put(*puts[:3]), Put(*puts[3:]))
        yield Counted(clinic, rows)


def place_people(con: duckdb.DuckDBPyConnection) -> None:
    """The table `now`: who is in which cell of which table, with the value that is added up there."""
    select = (Path(__file__).parent / "clinic_people.sql").read_text(encoding="utf-8")
    con.execute(f"CREATE TEMP TABLE person AS {select}")
    con.execute(f"CREATE TEMP TABLE now AS {' UNION ALL '.join(map(_members, PARTITIONS))}")


def _members(partition: Partition) -> str:
    known = ", ".join(quote_text(code) for code, _ in partition.cells())
    column = partition.column or partition.code
    return (
        f"SELECT clinic_id, {quote_text(partition.code)} AS partition, "
        f"CASE WHEN {column} IN ({known}) THEN {column} ELSE 'unknown' END AS cell, "
        f"CAST(pseudonym AS VARCHAR) AS pseudonym, CAST({partition.value or 'NULL'} AS BIGINT) AS value "
        f"FROM person WHERE {_among(partition)}"
    )


def _among(partition: Partition) -> str:
    """The people whom a table divides: of its parent's cell, and of the cell that this one is in, and so on."""
    above = {p.code: p for p in PARTITIONS}
    words = ["true"]
    while partition.parent is not None:
        code, cell = partition.parent
        partition = above[code]
        words.append(f"{partition.column or code} = {quote_text(cell)}")
    return " AND ".join(words)


_BEFORE = """
CREATE TEMP TABLE reference AS
SELECT clinic_id, 'clinics' AS reference FROM now UNION SELECT clinic_id, 'clinics' FROM remembered_cells
UNION SELECT clinic_id, 'any' FROM remembered_cells WHERE audience = 'own_clinic';
CREATE TEMP TABLE before AS
SELECT 'clinics' AS reference, * FROM remembered_cells WHERE audience = 'clinics'
UNION ALL
SELECT r.reference, c.* FROM (
  FROM remembered_cells
  QUALIFY row_number() OVER (PARTITION BY clinic_id, partition, cell ORDER BY version DESC, audience DESC) = 1
) c JOIN reference r ON r.clinic_id = c.clinic_id AND r.reference = 'any'"""
"""Every cell as it was last released, for what a release is held against."""

_COUNTED = """
CREATE TEMP TABLE counted AS
WITH is_now AS (SELECT r.reference, n.* FROM now n JOIN reference r USING (clinic_id)),
was AS (
  SELECT b.reference, m.clinic_id, m.partition, m.cell, m.pseudonym, m.value
  FROM before b JOIN remembered_members m USING (audience, version, clinic_id, partition, cell)
), paired AS (
  SELECT reference, clinic_id, partition, cell, n.pseudonym AS is_there, n.value,
    n.pseudonym IS NULL OR m.pseudonym IS NULL OR n.value IS DISTINCT FROM m.value AS is_changed,
    abs(n.value) AS size, abs(coalesce(n.value, 0) - coalesce(m.value, 0)) AS step
  FROM is_now n FULL JOIN was m USING (reference, clinic_id, partition, cell, pseudonym)
)
SELECT reference, clinic_id, partition, cell, count(is_there) AS n, count(*) FILTER (is_changed) AS changed,
  count(value) AS n_values, coalesce(sum(value), 0)::HUGEINT AS total,
  coalesce(sum(value::HUGEINT * value), 0)::HUGEINT AS squares,
  sum(size) AS sizes, max(size, 2) AS largest, sum(step) AS steps, max(step, 2) AS largest_steps
FROM paired GROUP BY ALL"""

_CELLS = """
SELECT clinic_id, reference, partition, cell, coalesce(c.n, 0), coalesce(c.changed, 0) + coalesce(g.n, 0),
  b.version IS NOT NULL,
  coalesce(c.sizes, 0)::DOUBLE, coalesce(c.largest[1], 0)::DOUBLE, coalesce(c.largest[2], 0)::DOUBLE,
  coalesce(c.steps, 0)::DOUBLE, coalesce(c.largest_steps[1], 0)::DOUBLE, coalesce(c.largest_steps[2], 0)::DOUBLE
FROM counted c FULL JOIN before b USING (reference, clinic_id, partition, cell)
LEFT JOIN remembered_gone g USING (audience, version, clinic_id, partition, cell) ORDER BY clinic_id"""
