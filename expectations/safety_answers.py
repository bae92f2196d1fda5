"""What was answered of side effects, one row per session that somebody asked about and effect."""

from pipeline.contract import reference
from pipeline.contract.ddl import coded_types
from pipeline.contract.tables import SESSIONS
from pipeline.validate.recurring import row_count_drift
from pipeline.validate.rules import HasColumns, InSet, NotNull, Rows, Rule, Suite, Unique

COLUMNS = (
    ("session_id", "INTEGER"),
    ("participant_id", "INTEGER"),
    ("effect", "VARCHAR"),
    ("severity", "INTEGER"),
    ("ctcae_grade", "INTEGER"),
    ("serious", "BOOLEAN"),
    *((name, kind) for name, kind in coded_types(SESSIONS).items() if name in ("device", "setting")),
)
_NO_SESSION = """
    NOT EXISTS (SELECT 1 FROM {sessions} AS s
                WHERE s.session_id = b.session_id AND s.participant_id = b.participant_id)
"""

SUITE = Suite(
    "safety_answers",
    (
        Rule(
            "safety_answers.columns",
            "critical",
            "safety_answers has the columns that its readers need.",
            HasColumns(COLUMNS),
        ),
        Rule(
            "safety_answers.grain",
            "critical",
            "There is one row per session and effect.",
            Unique(("session_id", "effect")),
        ),
        Rule(
            "safety_answers.session.exists",
            "critical",
            "Every row belongs to a session of the same person.",
            Rows(_NO_SESSION),
        ),
        Rule(
            "safety_answers.effect.present",
            "critical",
            "Asked means an answer, none included. No record is not the answer none.",
            NotNull("effect"),
        ),
        Rule(
            "safety_answers.effect.vocabulary",
            "critical",
            "Effects are those of the vocabulary, or none.",
            InSet("effect", tuple(term.code for term in reference.vocabulary("effect"))),
        ),
        Rule(
            "safety_answers.severity.range", "critical", "Severity is 0 to 4.", Rows("b.severity NOT BETWEEN 0 AND 4")
        ),
        Rule(
            "safety_answers.ctcae_grade.range",
            "critical",
            "A grade is 1 to 5.",
            Rows("b.ctcae_grade NOT BETWEEN 1 AND 5"),
        ),
        Rule(
            "safety_answers.none_alone",
            "critical",
            "The answer none stands alone; a session with an effect and with none would be on both sides of a rate.",
            Rows(
                "b.effect = 'none' AND EXISTS (SELECT 1 FROM safety_answers AS o WHERE o.session_id = "
                "b.session_id AND o.effect <> 'none')"
            ),
        ),
        row_count_drift("safety_answers"),
    ),
    is_mart=True,
)
