"""Needling sessions: flags, days, habits of logging, drift."""

from pipeline.contract.tables import EARLIEST_DAY
from pipeline.validate.recurring import late_entry, missing_share, row_count_drift, same_as_landing, same_sum
from pipeline.validate.rules import Drift, Groups, Measure, Rows, Rule, Suite

HOME_DEPTH_MM = 1.5
"""Home use beyond it is flagged (contract, sessions)."""
FLAGGED_DEPTH_MM = 3
MOST_SESSIONS_A_DAY = 8
"""More on one day than there are regions and a second device would explain; judgement."""
MOST_DEPTH_SHIFT_MM = 0.25
"""About half the step between the usual needle lengths 0.5, 1.0, 1.5 mm; judgement."""
STRAIGHT_LINE_SESSIONS = 5
MOST_STRAIGHT_LINERS = 0.5
"""Pain that never differs over five sessions is filled in, not felt, if most people do it; judgement."""

_STRAIGHT_LINERS = f"""
    SELECT avg((lowest = highest)::INTEGER) FROM (
        SELECT min(pain_nrs) AS lowest, max(pain_nrs) AS highest FROM {{batch}} WHERE pain_nrs > 0
        GROUP BY {{person}} HAVING count(*) >= {STRAIGHT_LINE_SESSIONS})
"""


def _flagged(name: str, condition: str, what: str) -> Rule:
    sentence = f"{what} carries a flag, so that the safety figures can show it."
    return Rule(f"sessions.{name}", "critical", sentence, Rows(f"({condition}) AND coalesce(len(b.flags), 0) = 0"))


SUITE = Suite(
    "sessions",
    (
        _flagged(
            "home_depth_flagged",
            f"b.setting = 'home' AND b.needle_length_mm > {HOME_DEPTH_MM}",
            "Home use above 1.5 mm",
        ),
        _flagged("home_rf_flagged", "b.setting = 'home' AND b.device = 'rf_fractional'", "Home use of radiofrequency"),
        _flagged("shared_device_flagged", "b.shared_device", "A shared device"),
        _flagged("deep_flagged", f"b.needle_length_mm > {FLAGGED_DEPTH_MM}", "A needle above 3 mm"),
        Rule(
            "sessions.day_admitted",
            "warning",
            "No session lies more than 365 days before enrolment; a corrected enrolment may have moved old ones.",
            Rows(f"b.performed_day < {EARLIEST_DAY}"),
            only="research",
        ),
        Rule(
            "sessions.course_exists",
            "critical",
            "A session that names a course names one that is there, or its plan cannot be read.",
            Rows(
                "b.course_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {courses} AS c WHERE c.course_id = b.course_id)"
            ),
            only="research",
        ),
        Rule(
            "sessions.within_observation",
            "warning",
            "No session lies after the day on which the person's data were taken out.",
            Rows(
                "EXISTS (SELECT 1 FROM {participants} AS p WHERE p.participant_id = b.participant_id "
                "AND b.performed_day > p.observed_until_day)"
            ),
            only="research",
        ),
        Rule(
            "sessions.number_a_day",
            "warning",
            f"Nobody logs over {MOST_SESSIONS_A_DAY} sessions on one day; otherwise a log was sent "
            "under several names.",
            Groups(
                "SELECT {person} FROM {batch} GROUP BY {person}, performed_day "
                f"HAVING count(*) > {MOST_SESSIONS_A_DAY}"
            ),
            only="research",  # the candidate holds the same rows as landing, and is counted in a third of the time
        ),
        Rule(
            "sessions.pain_straight_lining",
            "warning",
            "Most people who log pain over five or more sessions log more than one value; otherwise it is filled in.",
            Measure(_STRAIGHT_LINERS, high=MOST_STRAIGHT_LINERS),
            only="research",
        ),
        missing_share("sessions", "region", 0.8, "hairline and crown are compared apart."),
        missing_share("sessions", "depth_basis", 0.8, "a dial and a nominal length are not the same depth."),
        late_entry("sessions"),
        row_count_drift("sessions"),
        Rule(
            "sessions.depth_drift",
            "warning",
            f"Mean needle length has moved by at most {MOST_DEPTH_SHIFT_MM} mm since the last "
            "version; a unit may have changed.",
            Drift("SELECT avg(needle_length_mm) FROM {batch}", shift=MOST_DEPTH_SHIFT_MM),
            only="research",
        ),
        *same_as_landing("sessions"),
        same_sum("sessions", "needle_length_mm * 100"),
    ),
)
