"""How many are in which cell of which table, and how many of them changed since it was last released."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import duckdb

from pipeline.disclosure import kin
from pipeline.disclosure.earlier import Releases, releases
from pipeline.disclosure.guard import NOTHING, Cell, Put
from pipeline.disclosure.memory import CLINICS, Released
from pipeline.disclosure.partitions import DIVIDED, EVERYBODY
from pipeline.disclosure.placed import place_people
from pipeline.disclosure.policy import OWN_CLINIC, Policy, named
from pipeline.disclosure.side_by_side import Earlier

Reference = Literal["clinics", "any"]
"""What a release is held against: those for clinics, or those of whatever profile. They are one where a clinic never
had figures for its own eyes."""

_Place = tuple[str, str]


@dataclass(frozen=True)
class _Row:
    """People and sum of a cell now, and what changed since each release of it, the last first, by whatever rule."""

    n: int = 0
    whole: Put = NOTHING
    since: tuple[tuple[int, Put], ...] = ()
    rules: tuple[str, ...] = ()
    is_kins: bool = False


_UNKNOWN = _Row()
_Rows = dict[Reference, dict[_Place, _Row]]


@dataclass(frozen=True)
class Counted:
    """One clinic's exact counts by table and cell, for each thing that a release is held against."""

    clinic: str
    rows: Mapping[Reference, Mapping[_Place, _Row]]
    releases: Releases
    kin: Sequence[str] = ()

    @property
    def has_own_history(self) -> bool:
        """Whether the clinic was ever shown figures for its own eyes."""
        return "any" in self.rows

    def earlier(self, partition: str, reference: Reference, policy: Policy) -> list[Earlier]:
        """The earlier releases of a table that one by this policy is held against, group by group: not where figures of
        both are rounded so much that it tells no more."""
        return [
            release
            for clinic in (self.clinic, *filter(kin.is_alone, self.kin))
            for audience, is_blurred, release in self.releases.get((clinic, partition), ())
            if (reference == "any" or audience == CLINICS) and not (is_blurred and policy.blurs_differences)
        ]

    def cell(self, partition: str, code: str, reference: Reference, elsewhere: Reference, policy: Policy) -> Cell:
        """The cell as the guard wants it, held against `reference` first and against `elsewhere` besides."""
        row, other = (self._row(of, (partition, code)) for of in (reference, elsewhere))
        changed, change = row.since[0] if row.since else (0, NOTHING)
        people_elsewhere = [people for people, _ in other.since]
        return Cell(
            code, row.n, bool(row.since), changed, people_elsewhere[0] if people_elsewhere else None, row.whole, change,
            is_divided=(partition, code) in DIVIDED,
            earlier=row.since[1:], earlier_elsewhere=tuple(people_elsewhere[1:]),
            by_another_rule=min(_by_another_rule(row, policy), default=None), is_kins=row.is_kins,
        )  # fmt: skip

    def _row(self, reference: Reference, at: _Place) -> _Row:
        held = self.rows.get(reference) or self.rows.get("clinics", {})
        return held.get(at, _UNKNOWN)


def _by_another_rule(row: _Row, policy: Policy) -> Iterator[int]:
    """People by whom a cell differs from each release of it that another profile of the home made."""
    for (people, _), rule in zip(row.since, row.rules, strict=True):
        made_by = named(rule)
        if policy is not OWN_CLINIC and (made_by is None or made_by.name not in (policy.name, OWN_CLINIC.name)):
            yield people


def count(con: duckdb.DuckDBPyConnection, remembered: Released) -> Iterator[Counted]:
    """Every clinic's counts. Leaves the tables `now` (who is where) and `counted` behind for the figures.

    `con` sees the tables of a version.
    """
    place_people(con)
    relatives = kin.register(con, remembered)
    for statement in (_BEFORE, _SPANS, _SINCE, _COUNTED):
        con.execute(statement)
    earlier = releases(con)
    found: dict[str, _Rows] = {}
    for clinic, reference, partition, cell, n, whole, since in con.execute(_CELLS).fetchall():
        changes = tuple((people, Put(*put)) for people, put, _ in since)
        rules = tuple(rule for *_, rule in since)
        at = found.setdefault(clinic, {}).setdefault(reference, {})
        at[partition, cell] = _Row(n, Put(*whole), changes, rules)
    names = kin.names(relatives)
    for clinic in sorted(clinic for clinic in found if not kin.is_kin(clinic)):
        rows = found[clinic]
        everybody = rows.get("clinics", {}).get((EVERYBODY, EVERYBODY), _UNKNOWN)
        if not everybody.n:  # nobody is there any more, and no figure stands for nobody
            rows = {}
        for name in names.get(clinic, ()) if rows else ():
            _bring_history(rows, found.get(name, {}))
        yield Counted(clinic, rows, earlier, names.get(clinic, ()))


def _bring_history(rows: _Rows, of_kin: _Rows) -> None:
    """Hold the cells of a clinic against what its kin were told, after what it was told itself."""
    for reference, cells in of_kin.items():
        own = rows.setdefault(reference, dict(rows["clinics"]))
        for at, held in cells.items():
            row = own.get(at, _UNKNOWN)
            own[at] = replace(
                row, since=row.since + held.since, rules=row.rules + held.rules, is_kins=not row.since or row.is_kins
            )


_BEFORE = """
CREATE TEMP TABLE reference AS
SELECT clinic_id, 'clinics' AS reference FROM now UNION SELECT clinic_id, 'clinics' FROM remembered_cells
UNION SELECT clinic_id, 'any' FROM remembered_every WHERE audience = 'own_clinic';
CREATE TEMP TABLE before AS
SELECT 'clinics' AS reference, * FROM remembered_cells WHERE audience = 'clinics'
UNION ALL
SELECT r.reference, c.* FROM (
  FROM remembered_cells
  QUALIFY row_number() OVER (PARTITION BY clinic_id, partition, cell ORDER BY version DESC, audience DESC) = 1
) c JOIN reference r ON r.clinic_id = c.clinic_id AND r.reference = 'any'"""
"""Every cell as it was last released, for what a release is held against."""

_SPANS = """
CREATE TEMP TABLE spans AS
WITH told AS (SELECT audience, clinic_id, partition, cell, min(version) AS first FROM remembered_every GROUP BY ALL),
other AS (  -- whoever was there all along, as now, makes no release differ
  SELECT m.* FROM remembered_members m JOIN told t USING (audience, clinic_id, partition, cell)
  LEFT JOIN now n USING (clinic_id, partition, cell, pseudonym)
  WHERE m.version > t.first OR m.until IS NOT NULL OR n.pseudonym IS NULL OR n.value IS DISTINCT FROM m.value
), chain AS (
  SELECT audience, clinic_id, partition, cell, pseudonym, value, version AS since, until,
    lag(until, 1, '') OVER one AS gone_since, row_number() OVER one = count(*) OVER whole AS is_last
  FROM other
  WINDOW whole AS (PARTITION BY audience, clinic_id, partition, cell, pseudonym), one AS (whole ORDER BY version)
)
SELECT * EXCLUDE (gone_since, is_last), true AS was FROM chain
UNION ALL BY NAME
SELECT audience, clinic_id, partition, cell, pseudonym, gone_since AS since, since AS until, false AS was
FROM chain WHERE gone_since < chain.since
UNION ALL BY NAME
SELECT audience, clinic_id, partition, cell, pseudonym, until AS since, false AS was
FROM chain WHERE is_last AND until IS NOT NULL
UNION ALL BY NAME
SELECT audience, clinic_id, partition, cell, pseudonym, '' AS since, false AS was
FROM told JOIN now USING (clinic_id, partition, cell)
ANTI JOIN remembered_members USING (audience, clinic_id, partition, cell, pseudonym)"""
"""Of everybody who is or was in a cell, from which of its releases on and until which they were in it, or not."""

_SINCE = """
CREATE TEMP TABLE since AS
WITH different AS (
  SELECT s.audience, s.clinic_id, s.partition, s.cell, s.since, s.until, count(*) AS people,
    count(*) FILTER (NOT s.was) AS joined, 0 AS gone,
    sum(abs(coalesce(n.value, 0) - coalesce(s.value, 0))) AS steps,
    max(abs(coalesce(n.value, 0) - coalesce(s.value, 0)), 2) AS largest,
    sum(abs(coalesce(n.value::HUGEINT * n.value, 0) - coalesce(s.value::HUGEINT * s.value, 0))) AS squares,
    max(abs(coalesce(n.value::HUGEINT * n.value, 0) - coalesce(s.value::HUGEINT * s.value, 0)), 2) AS largest_squares
  FROM spans s LEFT JOIN now n USING (clinic_id, partition, cell, pseudonym)
  WHERE s.was IS DISTINCT FROM (n.pseudonym IS NOT NULL) OR n.value IS DISTINCT FROM s.value
  GROUP BY ALL
  UNION ALL BY NAME
  SELECT audience, clinic_id, partition, cell, version AS since, until, n AS people, n AS gone FROM remembered_gone
)
SELECT e.audience, e.version, e.clinic_id, e.partition, e.cell, e.policy,
  CASE WHEN coalesce(sum(d.gone), 0) = 0 THEN coalesce(sum(d.people), 0)
    ELSE greatest(sum(d.people) - 2 * least(sum(d.gone), coalesce(sum(d.joined), 0)), 1) END::BIGINT AS changed,
  coalesce(sum(d.steps), 0)::DOUBLE AS steps,
  list_reverse_sort(flatten(coalesce(list(d.largest) FILTER (d.largest IS NOT NULL), [])))[1:2] AS largest,
  coalesce(sum(d.squares), 0)::DOUBLE AS squares,
  list_reverse_sort(flatten(coalesce(list(d.largest_squares) FILTER (d.largest_squares IS NOT NULL), [])))[1:2]
    AS largest_squares
FROM remembered_every e LEFT JOIN different d ON d.audience = e.audience AND d.clinic_id = e.clinic_id
  AND d.partition = e.partition AND d.cell = e.cell AND d.since <= e.version AND coalesce(e.version < d.until, true)
GROUP BY ALL"""
"""By how many people, and by what of a sum, each release of each cell differs from now.

Whoever was erased and consented again cannot be told from somebody new: both as gone and as joined they would count,
though nothing differs. So as many as may have come back count as neither, and it is never said that nobody changed.
"""

_COUNTED = """
CREATE TEMP TABLE counted AS
SELECT coalesce(r.reference, b.reference) AS reference, coalesce(c.clinic_id, b.clinic_id) AS clinic_id,
  coalesce(c.partition, b.partition) AS partition,
  coalesce(c.cell, b.cell) AS cell, coalesce(c.n, 0) AS n, coalesce(s.changed, 0) AS changed,
  coalesce(c.n_values, 0) AS n_values, coalesce(c.total, 0) AS total, coalesce(c.squares, 0) AS squares,
  coalesce(c.sizes, 0) AS sizes, c.largest
FROM (
  SELECT clinic_id, partition, cell, count(*) AS n, count(value) AS n_values, sum(value)::HUGEINT AS total,
    sum(value::HUGEINT * value)::HUGEINT AS squares, sum(abs(value)) AS sizes, max(abs(value), 2) AS largest
  FROM now GROUP BY ALL
) c JOIN reference r USING (clinic_id)
FULL JOIN before b USING (reference, clinic_id, partition, cell)
LEFT JOIN since s USING (audience, version, clinic_id, partition, cell)"""
"""Every cell's people and sum now; `changed` since it was last released."""

_CELLS = """
WITH history AS (
  SELECT 'clinics' AS reference, * FROM since WHERE audience = 'clinics'
  UNION ALL
  SELECT r.reference, s.* FROM since s JOIN reference r ON r.clinic_id = s.clinic_id AND r.reference = 'any'
)
SELECT c.clinic_id, c.reference, c.partition, c.cell, any_value(c.n),
  [any_value(c.sizes)::DOUBLE, coalesce(any_value(c.largest[1]), 0), coalesce(any_value(c.largest[2]), 0)],
  coalesce(list((h.changed, [h.steps, coalesce(h.largest[1], 0), coalesce(h.largest[2], 0),
      h.squares, coalesce(h.largest_squares[1], 0)::DOUBLE, coalesce(h.largest_squares[2], 0)::DOUBLE], h.policy)
    ORDER BY h.version DESC, h.audience DESC) FILTER (h.version IS NOT NULL), [])
FROM counted c LEFT JOIN history h USING (reference, clinic_id, partition, cell)
GROUP BY c.clinic_id, c.reference, c.partition, c.cell ORDER BY c.clinic_id"""
