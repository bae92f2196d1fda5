"""Changes at the back of the head: of nobody who was needled there, and the same figures as everywhere else."""

from expectations.baseline import STRATUM
from pipeline.contract.study_tables import BACK_OF_HEAD
from pipeline.validate.recurring import row_count_drift
from pipeline.validate.rules import HasColumns, Measure, NotNull, Rows, Rule, Suite, Unique

_NEEDLED_THERE = """
    EXISTS (SELECT 1 FROM {sessions} AS s WHERE s.participant_id = b.participant_id
            AND (s.region IS NULL OR s.region IN ('occipital', 'whole_scalp')))
"""
_SHARED = (*(name for name in STRATUM if name != "region"), "visit_week", "visit_day", "improvement_milli")
_A_CHANGE = f"""
    EXISTS (SELECT 1 FROM outcome_change AS o WHERE o.region = 'occipital'
            AND {" AND ".join(f"o.{name} IS NOT DISTINCT FROM b.{name}" for name in _SHARED)})
"""

SUITE = Suite(
    BACK_OF_HEAD.name,
    (
        Rule(
            "back_of_head.columns",
            "critical",
            "back_of_head has the columns that negative controls read.",
            HasColumns(tuple((name, kind) for name, kind, _ in BACK_OF_HEAD.columns)),
        ),
        Rule(
            "back_of_head.grain",
            "critical",
            "There is one row per participant, instrument, side, rater, method and visit.",
            Unique(BACK_OF_HEAD.key),
        ),
        *(
            Rule(
                f"back_of_head.{name}.present",
                "critical",
                f"Every change says {name}; a control rests on it.",
                NotNull(name),
            )
            for name in ("participant_id", "instrument", "visit_week", "visit_day", "improvement_milli")
        ),
        Rule(
            "back_of_head.nobody_needled_there",
            "critical",
            "Nobody here had a session at the back of the head, on the whole scalp, or on a part that was not told.",
            Rows(_NEEDLED_THERE),
        ),
        Rule(
            "back_of_head.a_change_of_outcome_change",
            "critical",
            "Every row is one of outcome_change at the back of the head.",
            Rows(f"NOT {_A_CHANGE}"),
        ),
        Rule(
            "back_of_head.everybody_spared",
            "critical",
            "Everybody measured there whom no session touched there is here; a control of some of them is chosen.",
            Measure(
                """SELECT (SELECT count(*) FROM {batch}) - count(*) FROM outcome_change AS o
JOIN instruments AS i ON i.code = o.instrument AND NOT i.is_change
WHERE o.region = 'occipital' AND o.improvement_milli IS NOT NULL AND o.participant_id NOT IN (
    SELECT s.participant_id FROM {sessions} AS s WHERE s.region IS NULL OR s.region IN ('occipital', 'whole_scalp'))""",
                low=0,
                high=0,
            ),
        ),
        row_count_drift("back_of_head"),
    ),
    is_mart=True,
)
