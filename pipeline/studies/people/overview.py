"""What a version holds: people, records, who was followed up, and who sent them. Reads no row of sessions."""

import math
from typing import Any

import duckdb

from pipeline.contract.overview import Contents, FollowUp, Overview, Sender
from pipeline.studies.estimators.clustered_share import Share
from pipeline.studies.people.reading import fetch

SENDERS_WEEK = 24
"""The visit by which senders are set beside each other: most studies of the catalogue ask about it."""


def overview(con: duckdb.DuckDBPyConnection) -> Overview:
    """Raises UsageError where the version was published by an earlier release."""
    return Overview(
        contents=tuple(Contents(*row) for row in fetch(con, _CONTENTS, {})),
        follow_up=tuple(_follow_up(*row) for row in fetch(con, _FOLLOW_UP, {})),
        senders=tuple(Sender(*row) for row in fetch(con, _SENDERS, {"week": SENDERS_WEEK})),
        quarters=tuple(fetch(con, _QUARTERS, {})),
    )


_CONTENTS = "SELECT table_name, n_records, n_participants FROM landing_account ORDER BY table_name"

_FOLLOW_UP = """
SELECT visit_week, count(*), count(*) FILTER (is_due), count(*) FILTER (is_due AND is_seen)
FROM retention GROUP BY visit_week ORDER BY visit_week"""

_SENDERS = """
SELECT p.source, p.clinic_id, count(*), $week, count(*) FILTER (r.is_due), count(*) FILTER (r.is_due AND r.is_seen)
FROM participants p LEFT JOIN retention r ON r.participant_id = p.participant_id AND r.visit_week = $week
GROUP BY p.source, p.clinic_id ORDER BY count(*) DESC, p.source, p.clinic_id"""

_QUARTERS = """
SELECT enrolled_quarter, count(*) FROM participants WHERE enrolled_quarter IS NOT NULL GROUP BY ALL ORDER BY 1"""


def _follow_up(week: int, n: int, n_due: int, n_seen: int) -> FollowUp:
    limits: Any = (None, None, None)
    if n_due:
        share = n_seen / n_due  # everybody counts once, so the share is worth as many as there are
        limits = (share, *Share(share, math.sqrt(share * (1 - share) / n_due), n_due, n_due, n_due).interval())
    return FollowUp(week, n, n_due, n_seen, *limits)
