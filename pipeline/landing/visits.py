"""Visits that were due, and the people of whom no outcome came: by the line on which their sender knows them.

Days are counted from the first needling within the longest landmark, else from enrolment, as in the marts.
"""

import duckdb

from pipeline.contract import reference
from pipeline.landing import sql

VISIT_WEEKS = (12, 24, 52)
"""The visits that are followed up (contract, section 4)."""

LEFT = ("lost", "moved", "withdrew_consent", "died")
"""Events after which nobody is waited for."""


def overdue(con: duckdb.DuckDBPyConnection, source: str) -> tuple[dict[int, int], list[tuple[int, int, list[int]]]]:
    """(visits that were due, by week; (week, file, lines of its people) where no outcome came).

    A visit is due once its window had closed when the source took its data out. Needs the views of landing.
    """
    found = con.execute(_query(), [source]).fetchall()
    n_due: dict[int, int] = {}
    for week, _, n, _ in found:
        n_due[week] = n_due.get(week, 0) + n
    return n_due, [(week, file, lines) for week, file, _, lines in found if lines]


def _query() -> str:
    latest_start = max(int(row["days"]) for row in reference.rows("landmarks"))
    time_zero = f"CASE WHEN s.day <= {latest_start} THEN s.day ELSE 0 END"
    return f"""
WITH people AS (
  SELECT participant, enrolled_day, file, line,
    observed_until_day - coalesce(enrolled_day, 0) AS observed_until FROM landing_participants WHERE source = ?
),
started AS (
  SELECT participant, min(day) AS day FROM (
    {_placed("sessions", "performed_day")} UNION ALL {_placed("courses", "started_day")}
  ) WHERE day >= 0 GROUP BY participant
),
due AS (
  SELECT p.participant, p.file, p.line, v.week, v.opens, v.closes, {time_zero} AS time_zero
  FROM people p LEFT JOIN started s ON s.participant = p.participant CROSS JOIN ({_windows()}) v
  WHERE p.observed_until - ({time_zero}) >= v.closes
),
seen AS (
  SELECT DISTINCT d.participant, d.week FROM due d JOIN ({_placed("outcomes", "assessed_day")}) o
  ON o.participant = d.participant AND o.day - d.time_zero BETWEEN d.opens AND d.closes
),
gone AS (
  SELECT DISTINCT d.participant, d.week FROM due d
  JOIN ({_placed("events", "occurred_day", f"event IN {sql.texts(LEFT)}")}) e
  ON e.participant = d.participant AND e.day - d.time_zero <= d.closes
),
expected AS (SELECT * FROM due ANTI JOIN gone USING (participant, week))
SELECT e.week, e.file, count(*), coalesce(list(e.line ORDER BY e.line) FILTER (s.participant IS NULL), [])
FROM expected e LEFT JOIN seen s ON s.participant = e.participant AND s.week = e.week
GROUP BY e.week, e.file ORDER BY e.week, e.file
"""


def _windows() -> str:
    """The days after time zero on which each visit's window opens and closes."""
    rows = [(int(row["week"]), int(row["half_width_weeks"])) for row in reference.rows("visits")]
    values = ", ".join(f"({w}, {7 * (w - half)}, {7 * (w + half)})" for w, half in rows if w in VISIT_WEEKS)
    return f"SELECT * FROM (VALUES {values}) AS t(week, opens, closes)"


def _placed(table: str, day: str, condition: str = "true") -> str:
    """(participant, day from enrolment) of every record of a table."""
    return (
        f"SELECT r.participant, CASE WHEN r.relative_days THEN r.{day} ELSE r.{day} - p.enrolled_day END AS day "
        f"FROM landing_{table} r JOIN people p ON p.participant = r.participant WHERE {condition}"
    )
