"""Events after the start: each person's first of its kind, and none from before."""

from pipeline.contract.study_tables import INTERCURRENT
from pipeline.validate.recurring import row_count_drift
from pipeline.validate.rules import HasColumns, NotNull, Rows, Rule, Suite, Unique

_FIRST = """
    (SELECT min(e.occurred_day - z.time_zero_day) FROM {events} AS e
     INNER JOIN (SELECT DISTINCT participant_id, time_zero_day FROM exposure) AS z
         ON z.participant_id = e.participant_id
     WHERE e.participant_id = b.participant_id AND e.event = b.event AND e.occurred_day >= z.time_zero_day)
"""

SUITE = Suite(
    INTERCURRENT.name,
    (
        Rule(
            "intercurrent.columns",
            "critical",
            "intercurrent has the columns that studies read.",
            HasColumns(tuple((name, kind) for name, kind, _ in INTERCURRENT.columns)),
        ),
        Rule(
            "intercurrent.grain",
            "critical",
            "There is one row per participant and event.",
            Unique(INTERCURRENT.key),
        ),
        *(
            Rule(
                f"intercurrent.{name}.present",
                "critical",
                f"Every event says {name}; results after it may not count.",
                NotNull(name),
            )
            for name in ("participant_id", "event", "first_day")
        ),
        Rule(
            "intercurrent.the_first_from_time_zero",
            "critical",
            "It is the person's first event of its kind from time zero on; a later one would let results count that do "
            "not.",
            Rows(f"b.first_day IS DISTINCT FROM {_FIRST}"),
        ),
        row_count_drift("intercurrent"),
    ),
    is_mart=True,
)
