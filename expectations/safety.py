"""Safety, one row per session and effect: asked, not asked and none must stay three things."""

from pipeline.contract import reference
from pipeline.contract.ddl import coded_types
from pipeline.contract.tables import SESSIONS
from pipeline.validate.recurring import row_count_drift
from pipeline.validate.rules import Drift, HasColumns, InSet, Measure, NotNull, Rows, Rule, Suite, Unique

FEWEST_ASKED = 0.5
"""Under half asked, side effects are not answerable from such data (product, C5)."""

_COLUMNS = (
    ("session_id", "INTEGER"),
    ("participant_id", "INTEGER"),
    ("was_asked", "BOOLEAN"),
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
_ASKED_SHARE = (
    "SELECT count(DISTINCT session_id) FILTER (was_asked) / nullif((SELECT count(*) FROM {sessions}), 0) FROM {batch}"
)

SUITE = Suite(
    "safety",
    (
        Rule("safety.columns", "critical", "safety has the columns that its readers need.", HasColumns(_COLUMNS)),
        Rule("safety.grain", "critical", "There is one row per session and effect.", Unique(("session_id", "effect"))),
        Rule(
            "safety.was_asked.present",
            "critical",
            "It is known of every session whether anybody asked; what was told unasked makes no session an asked one.",
            NotNull("was_asked"),
        ),
        Rule(
            "safety.session.exists", "critical", "Every row belongs to a session of the same person.", Rows(_NO_SESSION)
        ),
        Rule(
            "safety.every_session",
            "critical",
            "Every session is counted, asked or not; a rate needs all of those asked below the line.",
            # a session after which nobody asked has one row, by the grain
            Measure(
                "SELECT count(*) FILTER (NOT was_asked) + count(DISTINCT session_id) FILTER (was_asked) "
                "- (SELECT count(*) FROM {sessions}) FROM {batch}",
                low=0,
                high=0,
            ),
        ),
        Rule(
            "safety.effect.vocabulary",
            "critical",
            "Effects are those of the vocabulary, or none.",
            InSet("effect", tuple(term.code for term in reference.vocabulary("effect"))),
        ),
        Rule("safety.severity.range", "critical", "Severity is 0 to 4.", Rows("b.severity NOT BETWEEN 0 AND 4")),
        Rule("safety.ctcae_grade.range", "critical", "A grade is 1 to 5.", Rows("b.ctcae_grade NOT BETWEEN 1 AND 5")),
        Rule(
            "safety.asked_or_unknown",
            "critical",
            "Asked means an answer, none included; not asked means no answer. No record is not the answer none.",
            Rows("b.was_asked = (b.effect IS NULL)"),
        ),
        Rule(
            "safety.none_alone",
            "critical",
            "The answer none stands alone; a session with an effect and with none would be on both sides of a rate.",
            Rows(
                "b.effect = 'none' AND EXISTS (SELECT 1 FROM safety AS o WHERE o.session_id = "
                "b.session_id AND o.effect <> 'none')"
            ),
        ),
        Rule(
            "safety.asked_share",
            "warning",
            f"Side effects were asked about after at least {FEWEST_ASKED:.0%} of sessions; under it, "
            "rates are not answerable.",
            Measure(_ASKED_SHARE, low=FEWEST_ASKED),
        ),
        Rule(
            "safety.asked_share_drift",
            "warning",
            "The share of sessions asked about has moved by at most a fifth since the last version.",
            Drift(_ASKED_SHARE, shift=0.2),
        ),
        row_count_drift("safety"),
    ),
    is_mart=True,
)
