"""People: what must hold of each, and of all of them together."""

from pipeline.contract import reference
from pipeline.validate.recurring import missing_share, row_count_drift, same_as_landing
from pipeline.validate.rules import Groups, Measure, Rows, Rule, Suite

_STAGES = ", ".join(f"('{row['scale']}', '{row['code']}')" for row in reference.rows("stages"))
_UNKNOWN_STAGE = f"""
    b.stage IS NOT NULL AND (
        b.staging_scale IS NULL
        OR b.staging_scale = 'salt' AND coalesce(try_cast(b.stage AS DOUBLE) NOT BETWEEN 0 AND 100, true)
        OR b.staging_scale <> 'salt' AND (b.staging_scale, b.stage) NOT IN ({_STAGES}))
"""

MOST_UNKNOWN_DIAGNOSIS = 0.5
"""Above it, comparisons by diagnosis speak of a minority; judgement of this project."""

SUITE = Suite(
    "participants",
    (
        Rule(
            "participants.quarter_known",
            "critical",
            "Everybody has a calendar quarter of enrolment; it is the only calendar time that is kept.",
            Rows("b.enrolled_quarter IS NULL OR NOT regexp_full_match(b.enrolled_quarter, '[0-9]{4}Q[1-4]')"),
        ),
        Rule(
            "participants.stage_on_its_scale",
            "critical",
            "A stage is one of its own scale; the same word means another thing on another scale.",
            Rows(_UNKNOWN_STAGE),
        ),
        Rule(
            "participants.no_calendar_dates",
            "critical",
            "No table of the candidate has a column of calendar dates: people are kept in days from enrolment only.",
            Groups(
                "SELECT column_name FROM duckdb_columns() WHERE NOT internal "
                "AND (data_type = 'DATE' OR data_type LIKE 'TIMESTAMP%')"
            ),
            only="research",
        ),
        Rule(
            "participants.stage_has_rank",
            "critical",
            "Every stage of a ranked scale has its rank, or the person falls out of the early and late groups.",
            Rows("b.stage IS NOT NULL AND b.staging_scale <> 'salt' AND b.stage_rank IS NULL"),
            only="research",
        ),
        Rule(
            "participants.observed_after_enrolment",
            "warning",
            "Nobody was enrolled after their data were taken out; the dates of a drop may be wrong.",
            Rows("b.observed_until_day < 0"),
            only="research",
        ),
        Rule(
            "participants.unknown_diagnosis_share",
            "warning",
            f"At most {MOST_UNKNOWN_DIAGNOSIS:.0%} have no known diagnosis; kinds of hair loss must not be pooled.",
            Measure("SELECT avg((diagnosis = 'unknown')::INTEGER) FROM {batch}", high=MOST_UNKNOWN_DIAGNOSIS),
        ),
        missing_share("participants", "stage", 0.5, "claims about early stages rest on it."),
        missing_share("participants", "clinic_id", 0.5, "people of one clinic resemble each other."),
        missing_share("participants", "prior_microneedling", 0.5, "without it, prevalent users cannot be told apart."),
        row_count_drift("participants"),
        *same_as_landing("participants", n_records="n_participants", counted="DISTINCT participant"),
    ),
)
