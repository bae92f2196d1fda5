"""Safety, a view with every session: asked, not asked and none must stay three things."""

from expectations.safety_answers import COLUMNS
from pipeline.validate.rules import Drift, HasColumns, Measure, Rule, Suite

FEWEST_ASKED = 0.5
"""Under half asked, side effects are not answerable from such data (product, C5)."""

_ASKED_SHARE = "SELECT count(DISTINCT session_id) / nullif((SELECT count(*) FROM {sessions}), 0) FROM safety_answers"

SUITE = Suite(
    "safety",
    (
        Rule(
            "safety.columns",
            "critical",
            "safety has the columns that its readers need.",
            HasColumns((*COLUMNS, ("was_asked", "BOOLEAN"))),
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
    ),
    is_mart=True,
)
