"""What each person showed at each visit up to the horizon, as SQL: one row a person, whatever the landmark.

What comes after an event that the protocol takes for hypothetical is taken as missing, in the unadjusted look as in
every other. A result at the horizon counts from the landmark on, which is asked of the row when it is read.
"""

from collections.abc import Sequence

from pipeline.studies.protocols.instrument import STRATUM, Instrument
from pipeline.studies.protocols.window import weeks_until


def same_stratum(alias: str) -> str:
    """SQL: the row was measured as the comparison asks."""
    return " AND ".join(f"{alias}.{column} IS NOT DISTINCT FROM $at_{column}" for column in STRATUM)


def visits_sql(instrument: Instrument, horizon: int, hypothetical: Sequence[str], among: str = "") -> str:
    """SELECT: w<week> the improvement at each visit as it counts, what was counted at the horizon, and the day of the
    last row there, `result_day`.

    `among` is one more condition on o, with its AND.
    """
    sign = "-" if instrument.direction == "lower" else "+"
    counts = " AND NOT coalesce(t.day <= o.visit_day, false)" if hypothetical else ""
    counted = f"max(o.baseline_milli {sign} o.improvement_milli) FILTER (o.visit_week = {horizon}{counts})"
    shown = ", ".join(
        f"max(o.improvement_milli) FILTER (o.visit_week = {week}{counts}) AS w{week}" for week in weeks_until(horizon)
    )
    return f"""
  SELECT o.participant_id, {shown}, {counted if instrument.is_count else "NULL::BIGINT"} AS counted,
    max(o.visit_day) FILTER (o.visit_week = {horizon}) AS result_day
  FROM outcome_change o {f"LEFT JOIN ({_STOPPED}) t ON t.participant_id = o.participant_id" if hypothetical else ""}
  WHERE o.instrument = $instrument AND o.visit_week <= $week AND o.improvement_milli IS NOT NULL AND {same_stratum("o")}
    {among}
  GROUP BY o.participant_id"""


_STOPPED = """
  SELECT participant_id, min(first_day) AS day FROM intercurrent
  WHERE list_contains($hypothetical, event) GROUP BY participant_id"""
"""The day of the first event after which nothing counts."""


def shown_sql(horizon: int) -> str:
    """The same columns of p (visits) as they count after the landmark, and `improvement`, the result at the horizon."""
    earlier = "".join(f", p.w{week}" for week in weeks_until(horizon) if week < horizon)
    shown = {"improvement": f"w{horizon}", f"w{horizon}": f"w{horizon}", "counted": "counted"}
    after = (f"CASE WHEN p.result_day > $landmark THEN p.{column} END AS {name}" for name, column in shown.items())
    return ", ".join(after) + earlier
