"""Who of a population stopped needling or reporting, by arm, and what they said why."""

import duckdb

from pipeline.contract.curves import Leaving
from pipeline.studies.people.population import Population, passed
from pipeline.studies.people.reading import fetch

RECORDED = (12, 24, 52)
"""Visits for which the mart `retention` tells who stopped."""


def leaving_by_arm(con: duckdb.DuckDBPyConnection, population: Population) -> dict[str, Leaving]:
    """By arm, at the last recorded visit up to the horizon; empty where there is none. Of people whose horizon has
    passed, seen then or not."""
    week = max((w for w in RECORDED if w <= population.window.week), default=None)
    if week is None:
        return {}
    sql = f"""{population.sql}, due AS (
SELECT c.arm, coalesce(r.stopped_needling, false) AS stopped_needling,
  coalesce(r.stopped_reporting, false) AS stopped_reporting, r.reason
FROM person c JOIN retention r ON r.participant_id = c.participant_id AND r.visit_week = $recorded
WHERE r.is_due AND {passed(len(population.steps) - 2)})
SELECT arm, CASE WHEN stopped_reporting THEN reason END AS reason, count(*), count(*) FILTER (stopped_needling),
  count(*) FILTER (stopped_reporting)
FROM due GROUP BY ALL ORDER BY 1, 5 DESC, 2 NULLS LAST"""
    found = dict[str, Leaving]()
    for arm, reason, n, needling, reporting in fetch(con, sql, population.parameters | {"recorded": week}):
        so_far = found.get(arm, Leaving(week, 0, 0, 0, ()))
        told = ((reason, reporting),) if reporting else ()
        found[arm] = Leaving(
            week, so_far.n_due + n, so_far.n_stopped_needling + needling, so_far.n_stopped_reporting + reporting,
            so_far.reasons + told,
        )  # fmt: skip
    return found
