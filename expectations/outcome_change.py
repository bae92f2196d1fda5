"""Change of outcomes at visits: right windows, right sums, right direction."""

from expectations.baseline import BASELINE_FROM_DAY, DAYS_A_WEEK, OF_INSTRUMENT, STRATUM
from pipeline.contract import reference
from pipeline.validate.recurring import row_count_drift
from pipeline.validate.rules import Drift, HasColumns, InSet, Measure, NotNull, Rows, Rule, Suite, Unique

MOST_WITHOUT_BASELINE = 0.5
"""Above it the change of a minority is shown for all; judgement of this project."""
MOST_IMPROVEMENT_SHIFT = 13_000
"""Thousandths of hairs/cm2: 13 is where a result stops being called minimal (product, margins)."""

_KEY = (*STRATUM, "visit_week")
_COLUMNS = (
    ("participant_id", "INTEGER"),
    *((name, "VARCHAR") for name in STRATUM[1:]),
    *((name, "INTEGER") for name in ("visit_week", "baseline_day", "visit_day")),
    *((name, "BIGINT") for name in ("baseline_milli", "value_milli", "change_milli", "improvement_milli")),
)
_ORPHAN = "NOT EXISTS (SELECT 1 FROM {participants} AS p WHERE p.participant_id = b.participant_id)"
_WINDOWS = ", ".join(f"({r['week']}, {r['half_width_weeks']})" for r in reference.rows("visits"))
_OUTSIDE_WINDOW = f"""
    NOT EXISTS (SELECT 1 FROM (VALUES {_WINDOWS}) AS w(week, half) WHERE w.week = b.visit_week
                AND abs(b.visit_day - {DAYS_A_WEEK} * w.week) <= {DAYS_A_WEEK} * w.half)
"""
_THE_BASELINE = f"""
    EXISTS (SELECT 1 FROM baseline AS o
            WHERE {" AND ".join(f"o.{name} IS NOT DISTINCT FROM b.{name}" for name in STRATUM)}
              AND o.baseline_day IS NOT DISTINCT FROM coalesce(b.baseline_day, o.baseline_day)
              AND o.baseline_milli IS NOT DISTINCT FROM coalesce(b.baseline_milli, o.baseline_milli))
"""


def _present(column: str) -> Rule:
    return Rule(
        f"outcome_change.{column}.present",
        "critical",
        f"Every change says {column}; it belongs to the grain or the sum.",
        NotNull(column),
    )


SUITE = Suite(
    "outcome_change",
    (
        Rule(
            "outcome_change.columns",
            "critical",
            "outcome_change has the columns that studies read.",
            HasColumns(_COLUMNS),
        ),
        Rule(
            "outcome_change.grain",
            "critical",
            "There is one row per participant, instrument, region, side, rater, method and visit.",
            Unique(_KEY),
        ),
        Rule("outcome_change.participant.exists", "critical", "Every change belongs to a participant.", Rows(_ORPHAN)),
        *(
            _present(name)
            for name in ("participant_id", "instrument", "rater", "visit_week", "visit_day", "value_milli")
        ),
        Rule(
            "outcome_change.instrument.vocabulary",
            "critical",
            "Instruments are those of the reference table, which knows unit, direction and margin.",
            InSet("instrument", tuple(row["code"] for row in reference.rows("instruments"))),
        ),
        Rule(
            "outcome_change.visit_within_window",
            "critical",
            "The day of a visit lies in the window of its week; a value of another time is no answer for this one.",
            Rows(_OUTSIDE_WINDOW),
        ),
        Rule(
            "outcome_change.visit_after_zero",
            "critical",
            "A visit comes after time zero; what was before is history, never an effect.",
            Rows("b.visit_day <= 0"),
        ),
        Rule(
            "outcome_change.baseline_in_window",
            "critical",
            "A baseline lies within the six weeks before time zero or before the visit, never after it.",
            Rows(f"b.baseline_day < {BASELINE_FROM_DAY} OR b.baseline_day >= b.visit_day"),
        ),
        Rule(
            "outcome_change.baseline_whole",
            "critical",
            "A baseline has both its day and its value.",
            Rows("(b.baseline_day IS NULL) <> (b.baseline_milli IS NULL)"),
        ),
        Rule(
            "outcome_change.baseline_of_the_mart",
            "critical",
            "The baseline is the one that the table baseline tells, or neither has one: there is one rule for it.",
            Rows(f"(b.baseline_milli IS NULL) = {_THE_BASELINE}"),
        ),
        Rule(
            "outcome_change.difference_adds_up",
            "critical",
            "The change is the value less the baseline, and unknown without one.",
            Rows(
                OF_INSTRUMENT + "NOT i.is_change AND b.change_milli IS DISTINCT FROM b.value_milli - b.baseline_milli)"
            ),
        ),
        Rule(
            "outcome_change.change_has_no_baseline",
            "critical",
            "An instrument that is itself a change has no baseline, and its value is the change.",
            Rows(
                OF_INSTRUMENT + "i.is_change AND (b.baseline_milli IS NOT NULL "
                "OR b.change_milli IS DISTINCT FROM b.value_milli))"
            ),
        ),
        Rule(
            "outcome_change.improvement_direction",
            "critical",
            "Improvement is the change turned so that more is better; a wrong sign turns harm into benefit.",
            Rows(
                OF_INSTRUMENT + "b.improvement_milli IS DISTINCT FROM "
                "CASE i.direction WHEN 'higher' THEN b.change_milli ELSE -b.change_milli END)"
            ),
        ),
        Rule(
            "outcome_change.value_on_scale",
            "critical",
            "Values lie on the instrument's scale (counts are by area and may leave it).",
            Rows(OF_INSTRUMENT + "NOT i.needs_area AND b.value_milli NOT BETWEEN 1000 * i.low AND 1000 * i.high)"),
        ),
        Rule(
            "outcome_change.without_baseline_share",
            "warning",
            f"At most {MOST_WITHOUT_BASELINE:.0%} of visits lack a baseline, not counting instruments that need none.",
            Measure("SELECT avg((change_milli IS NULL)::INTEGER) FROM {batch}", high=MOST_WITHOUT_BASELINE),
        ),
        Rule(
            "outcome_change.improvement_drift",
            "warning",
            "Mean improvement of density has moved by at most 13 hairs/cm2 since the last version.",
            Drift(
                "SELECT avg(improvement_milli) FROM {batch} WHERE instrument = 'hair_density'",
                shift=MOST_IMPROVEMENT_SHIFT,
            ),
        ),
        row_count_drift("outcome_change"),
    ),
    is_mart=True,
)
