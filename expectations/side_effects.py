"""Side effects: tied to a session, in an order of time that can be, graded with a version."""

from pipeline.validate.recurring import late_entry, missing_share, row_count_drift, same_as_landing, same_sum
from pipeline.validate.rules import Rows, Rule, Suite

_NO_SESSION = {
    "landing": "b.session IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {sessions} AS s WHERE s.record = b.session)",
    "research": "b.session_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {sessions} AS s WHERE "
    "s.session_id = b.session_id)",
}
_OTHER_PERSON = {
    "landing": "EXISTS (SELECT 1 FROM {sessions} AS s WHERE s.record = b.session AND s.participant <> b.participant)",
    "research": "EXISTS (SELECT 1 FROM {sessions} AS s WHERE s.session_id = b.session_id AND "
    "s.participant_id <> b.participant_id)",
}
_OTHERS_SESSION = "A side effect and the session it followed belong to one person; otherwise a session id was mistyped."

SUITE = Suite(
    "side_effects",
    (
        Rule(
            "side_effects.session_exists",
            "critical",
            "A side effect's session is there, or the link is empty; a dangling link would drop it from every rate.",
            Rows(_NO_SESSION["research"]),
            only="research",
        ),
        Rule(
            "side_effects.session_arrived",
            "warning",
            "The session that a side effect names has arrived; one that never does leaves the effect "
            "without depth or device.",
            Rows(_NO_SESSION["landing"]),
            only="landing",
        ),
        Rule("side_effects.own_session", "warning", _OTHERS_SESSION, Rows(_OTHER_PERSON["landing"]), only="landing"),
        Rule("side_effects.own_session", "critical", _OTHERS_SESSION, Rows(_OTHER_PERSON["research"]), only="research"),
        Rule(
            "side_effects.resolves_after_onset",
            "warning",
            "An effect does not end before it begins; otherwise hours were taken for days.",
            Rows("b.resolved_after_hours < b.onset_hours OR b.still_present_at_hours < b.onset_hours"),
        ),
        Rule(
            "side_effects.resolved_or_present",
            "warning",
            "An effect is not known to be present after it was resolved.",
            Rows("b.still_present_at_hours > b.resolved_after_hours"),
        ),
        Rule(
            "side_effects.none_has_no_severity",
            "warning",
            "The answer none has neither severity nor grade nor duration; otherwise the effect's name is missing.",
            Rows(
                "b.effect = 'none' AND (b.severity > 0 OR b.ctcae_grade IS NOT NULL OR b.onset_hours IS NOT NULL "
                "OR b.resolved_after_hours IS NOT NULL OR b.serious)"
            ),
        ),
        Rule(
            "side_effects.grade_has_version",
            "warning",
            "A clinician's grade names the version of its scale; grades differ between versions.",
            Rows("b.ctcae_grade IS NOT NULL AND b.ctcae_version IS NULL"),
        ),
        missing_share("side_effects", "solicited", 0.5, "effects that were asked for are found more often."),
        late_entry("side_effects"),
        row_count_drift("side_effects"),
        *same_as_landing("side_effects"),
        same_sum("side_effects", "severity"),
    ),
)
