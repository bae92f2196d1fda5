"""Retention, one row per participant and visit: not yet due is not dropped out."""

from pipeline.contract import reference
from pipeline.validate.recurring import row_count_drift
from pipeline.validate.rules import Drift, HasColumns, InSet, Measure, NotNull, Rows, Rule, Suite, Unique

VISIT_WEEKS = (12, 24, 52)
"""Visits of which a version says who was due (contract, section 4)."""
FEWEST_SEEN = 0.3
"""Below it those who report are a selection that no weighting mends; judgement of this project."""
MOST_DUE_UNKNOWN = 0.5
"""Above it nobody can tell dropout from the calendar; judgement of this project."""
MOST_SEEN_SHIFT = 0.2
"""Points of the share seen: the retention gap that calls for caution between arms (statistics, gates)."""

_COLUMNS = (
    ("participant_id", "INTEGER"),
    ("visit_week", "INTEGER"),
    ("is_due", "BOOLEAN"),
    ("is_seen", "BOOLEAN"),
    ("last_session_day", "INTEGER"),
    ("last_report_day", "INTEGER"),
    ("stopped_needling", "BOOLEAN"),
    ("stopped_reporting", "BOOLEAN"),
    ("reason", "VARCHAR"),
)
_ORPHAN = "NOT EXISTS (SELECT 1 FROM {participants} AS p WHERE p.participant_id = b.participant_id)"
_SEEN_SHARE = f"SELECT avg(is_seen::INTEGER) FROM {{batch}} WHERE is_due AND visit_week = {VISIT_WEEKS[0]}"

SUITE = Suite(
    "retention",
    (
        Rule("retention.columns", "critical", "retention has the columns that its readers need.", HasColumns(_COLUMNS)),
        Rule(
            "retention.grain",
            "critical",
            "There is one row per participant and visit.",
            Unique(("participant_id", "visit_week")),
        ),
        Rule(
            "retention.everyone_at_every_visit",
            "critical",
            "Every participant has a row at every visit, those who never came too: dropout is counted from them.",
            Measure(
                f"SELECT count(*) - {len(VISIT_WEEKS)} * (SELECT count(*) FROM {{participants}}) FROM {{batch}}",
                low=0,
                high=0,
            ),
        ),
        Rule("retention.participant.exists", "critical", "Every row belongs to a participant.", Rows(_ORPHAN)),
        Rule(
            "retention.visit.vocabulary",
            "critical",
            "Visits are those at weeks 12, 24 and 52.",
            InSet("visit_week", VISIT_WEEKS),
        ),
        Rule(
            "retention.due_unknown_share",
            "warning",
            f"Whether a visit was due is unknown for at most {MOST_DUE_UNKNOWN:.0%}; drops should say "
            "when they were taken out.",
            Measure("SELECT avg((is_due IS NULL)::INTEGER) FROM {batch}", high=MOST_DUE_UNKNOWN),
        ),
        Rule(
            "retention.is_seen.present",
            "critical",
            "It is known of everybody whether they were seen.",
            NotNull("is_seen"),
        ),
        Rule(
            "retention.reason.vocabulary",
            "critical",
            "A reason is an event of the vocabulary.",
            InSet("reason", tuple(term.code for term in reference.vocabulary("event"))),
        ),
        Rule(
            "retention.not_due_not_lost",
            "critical",
            "Nobody has stopped reporting at a visit that is not due yet: that is the calendar, not dropout.",
            Rows("NOT b.is_due AND b.stopped_reporting"),
        ),
        Rule(
            "retention.seen_share",
            "warning",
            f"At least {FEWEST_SEEN:.0%} of those due at week {VISIT_WEEKS[0]} were seen; below it, "
            "results are of a selection.",
            Measure(_SEEN_SHARE, low=FEWEST_SEEN),
        ),
        Rule(
            "retention.seen_share_drift",
            "warning",
            "The share seen at the first visit has moved by at most 20 points since the last version.",
            Drift(_SEEN_SHARE, shift=MOST_SEEN_SHIFT),
        ),
        row_count_drift("retention"),
    ),
    is_mart=True,
)
