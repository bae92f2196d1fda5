"""The course before the start: history alone, and far enough apart to be a course."""

from expectations.baseline import OF_INSTRUMENT
from pipeline.contract.study_tables import BEFORE_START
from pipeline.validate.recurring import row_count_drift
from pipeline.validate.rules import HasColumns, NotNull, Rows, Rule, Suite, Unique

APART_DAYS = 28
"""Two values before the start tell a course from this many days apart on (judgement)."""
SINCE_DAY = -730
"""Values older than two years before the start tell another course (judgement)."""


SUITE = Suite(
    BEFORE_START.name,
    (
        Rule(
            "before_start.columns",
            "critical",
            "before_start has the columns that negative controls read.",
            HasColumns(tuple((name, kind) for name, kind, _ in BEFORE_START.columns)),
        ),
        Rule(
            "before_start.grain",
            "critical",
            "There is one row per participant, instrument, region, side, rater and method.",
            Unique(BEFORE_START.key),
        ),
        Rule(
            "before_start.participant.exists",
            "critical",
            "Every course belongs to a participant.",
            Rows("NOT EXISTS (SELECT 1 FROM {participants} AS p WHERE p.participant_id = b.participant_id)"),
        ),
        *(
            Rule(
                f"before_start.{name}.present",
                "critical",
                f"Every course says {name}; a control rests on it.",
                NotNull(name),
            )
            for name in ("instrument", "first_day", "last_day", "first_milli", "last_milli")
        ),
        Rule(
            "before_start.history_only",
            "critical",
            "Both days lie in the two years up to time zero; what comes later may be what needling did.",
            Rows(f"b.first_day < {SINCE_DAY} OR b.last_day > 0"),
        ),
        Rule(
            "before_start.apart",
            "critical",
            f"The two days are {APART_DAYS} days apart or more; values of the same month are no course.",
            Rows(f"b.last_day - b.first_day < {APART_DAYS}"),
        ),
        Rule(
            "before_start.none_of_a_change",
            "critical",
            "An instrument that is itself a change tells no course before the start.",
            Rows(OF_INSTRUMENT + "i.is_change)"),
        ),
        Rule(
            "before_start.value_on_scale",
            "critical",
            "Values lie on the instrument's scale (counts are by area and may leave it).",
            Rows(
                OF_INSTRUMENT + "NOT i.needs_area AND NOT (b.first_milli BETWEEN 1000 * i.low AND 1000 * i.high "
                "AND b.last_milli BETWEEN 1000 * i.low AND 1000 * i.high))"
            ),
        ),
        row_count_drift("before_start"),
    ),
    is_mart=True,
)
