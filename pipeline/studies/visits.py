"""What each person showed at each visit up to the horizon, as SQL: one row a person, whatever the landmark.

A result at the horizon counts from the landmark on; what comes after an event that the protocol takes for hypothetical
is taken as missing. Both hang on the landmark, so they are asked of the row when it is read.
"""

from collections.abc import Sequence

from pipeline.contract import reference
from pipeline.studies.instrument import Instrument

STRATUM = ("region", "side", "rater", "method")


def same_stratum(alias: str) -> str:
    """SQL: the row was measured as the comparison asks."""
    return " AND ".join(f"{alias}.{column} IS NOT DISTINCT FROM $at_{column}" for column in STRATUM)


def weeks_until(horizon: int) -> tuple[int, ...]:
    """Every visit up to the horizon."""
    return tuple(week for week in sorted(int(row["week"]) for row in reference.rows("visits")) if week <= horizon)


def visits_sql(instrument: Instrument, horizon: int, among: str = "") -> str:
    """SELECT: w<week> the improvement at each visit, d<week> its day, and what was counted at the horizon.

    `among` is one more condition on o.
    """
    sign = "-" if instrument.direction == "lower" else "+"
    counted = f"max(o.baseline_milli {sign} o.improvement_milli) FILTER (o.visit_week = {horizon})"
    shown = ", ".join(
        f"max(o.improvement_milli) FILTER (o.visit_week = {week}) AS w{week}, "
        f"max(o.visit_day) FILTER (o.visit_week = {week}) AS d{week}"
        for week in weeks_until(horizon)
    )
    return f"""
  SELECT o.participant_id, {shown}, {counted if instrument.is_count else "NULL::BIGINT"} AS counted
  FROM outcome_change o
  WHERE o.instrument = $instrument AND o.visit_week <= $week AND o.improvement_milli IS NOT NULL AND {same_stratum("o")}
    {among}
  GROUP BY o.participant_id"""


STOPPED = """
  SELECT participant_id, min(first_day) AS day FROM intercurrent
  WHERE list_contains($hypothetical, event) GROUP BY participant_id"""
"""The day of the first event after which nothing counts."""


def shown_sql(horizon: int, hypothetical: Sequence[str]) -> str:
    """The same columns as they count, of p (visits) and t (stopped); and `improvement`, the result at the horizon,
    which is there even after such an event."""
    columns = [f"CASE WHEN p.d{horizon} > $landmark THEN p.w{horizon} END AS improvement"]
    for week in weeks_until(horizon):
        counts = [f"p.d{week} > $landmark"] if week == horizon else []
        counts += [f"NOT coalesce(t.day <= p.d{week}, false)"] if hypothetical else []
        shown = [f"w{week}", "counted"] if week == horizon else [f"w{week}"]
        columns += [f"{_where(counts, f'p.{name}')} AS {name}" for name in shown]
    return ", ".join(columns)


def _where(conditions: Sequence[str], column: str) -> str:
    return f"CASE WHEN {' AND '.join(conditions)} THEN {column} END" if conditions else column
