"""Where the people of every earlier release of a table are now."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import duckdb

from pipeline.disclosure.policy import named
from pipeline.disclosure.side_by_side import REST, Earlier, withholds_sql

Table = tuple[str, str]
"""Clinic and table."""

Releases = Mapping[Table, Sequence[tuple[str, bool, Earlier]]]
"""Of each table its earlier releases, each with whom it was for and whether its rounding `blurs_differences`."""

_Tie = tuple[str | None, str | None]


def releases(con: duckdb.DuckDBPyConnection) -> Releases:
    """Every earlier release of every table. `con` has what is remembered, and the table `now`."""
    if not con.execute("SELECT 1 FROM remembered_cells LIMIT 1").fetchall():
        return {}
    now: dict[Table, dict[str, int]] = defaultdict(dict)
    for clinic, partition, cell, n in con.execute(_NOW).fetchall():
        now[clinic, partition][cell] = n
    found: dict[Table, list[tuple[str, bool, Earlier]]] = defaultdict(list)
    for audience, clinic, partition, rule, rows in con.execute(_TIES).fetchall():
        policy = named(rule)
        is_blurred = policy is not None and policy.blurs_differences
        one = audience, is_blurred, _earlier(rows, now[clinic, partition])
        if one not in found[clinic, partition]:
            found[clinic, partition].append(one)
    return found


def _earlier(rows: Sequence[tuple[str, str | None, int, int, int]], now: Mapping[str, int]) -> Earlier:
    """From (group then, cell now, people, of whom with another result, of whom erased) and people by cell now.

    Whoever was erased and consents again cannot be told from somebody new: see `counted`.
    """
    people: dict[_Tie, int] = defaultdict(int)
    joined = dict(now)
    for then, cell, n, other, _ in rows:
        if cell is not None:
            joined[cell] -= n
            people[then, cell] += n - other
            people[then, None] += other
    gone, came = sum(erased for *_, erased in rows), sum(joined.values())
    for then, cell, n, _, erased in rows:
        if cell is None and n:
            people[then, None] += n - erased + (max(erased - came, 1) if erased else 0)
    for cell, n in joined.items():
        if n:
            people[None, cell] += max(n - gone, 1)
    return Earlier({tie: n for tie, n in people.items() if n})


_NOW = "SELECT clinic_id, partition, cell, count(*) FROM now GROUP BY ALL"

_TIES = f"""
WITH told AS (
  SELECT audience, version, clinic_id, partition, policy FROM remembered_every
  UNION SELECT audience, version, clinic_id, partition, policy FROM remembered_rests
), spans AS (
  SELECT m.audience, m.clinic_id, m.partition, m.cell AS was_in, m.version AS since, m.until, n.cell,
    count(*) AS people, count(*) FILTER (n.cell IS NOT NULL AND n.value IS DISTINCT FROM m.value) AS other, 0 AS erased
  FROM remembered_members m LEFT JOIN now n USING (clinic_id, partition, pseudonym) GROUP BY ALL
  UNION ALL BY NAME
  SELECT audience, clinic_id, partition, cell AS was_in, version AS since, until, NULL AS cell, n AS people, 0 AS other,
    n AS erased
  FROM remembered_gone
), ties AS (
  SELECT t.audience, t.version, t.clinic_id, t.partition, t.policy, s.was_in, s.cell, sum(s.people)::BIGINT AS people,
    sum(s.other)::BIGINT AS other, sum(s.erased)::BIGINT AS erased
  FROM told t LEFT JOIN remembered_rests r USING (audience, version, clinic_id, partition)
  JOIN spans s ON s.audience = t.audience AND s.clinic_id = t.clinic_id AND s.partition = t.partition
    AND s.since <= t.version AND coalesce(t.version < s.until, true)
    AND CASE WHEN starts_with(s.was_in, '{REST}') THEN s.was_in IS NOT DISTINCT FROM r.cell
      ELSE r.cell IS NULL OR NOT {withholds_sql("r.cell", "s.was_in")} END
  GROUP BY ALL
)
SELECT audience, clinic_id, partition, policy, list((was_in, cell, people, other, erased))
FROM ties GROUP BY audience, version, clinic_id, partition, policy ORDER BY ALL"""
"""Of each release its groups: what it withheld together, and every other cell as it was last told."""
