"""Why a record is quarantined: the closed list of reason codes, each with its plain sentence."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reason:
    """One reason code. `heals`: `quarantine retry` can admit the record without the file being sent again."""

    code: str
    sentence: str
    heals: bool = False


REASONS: dict[str, Reason] = {
    reason.code: reason
    for reason in (
        Reason("missing_required", "A required column is empty."),
        Reason(
            "wrong_type",
            "The value is not of the column's type: a number, a date or yes/no was expected.",
        ),
        Reason(
            "out_of_range",
            "The value lies outside the range that the column or the instrument allows.",
        ),
        Reason("unknown_value", "The word is not in the column's vocabulary.", heals=True),
        Reason(
            "unknown_participant",
            "No participant of this id has arrived yet; the record waits for one.",
            heals=True,
        ),
        Reason("before_time", "The day lies more than 365 days before enrolment."),
        Reason(
            "in_future",
            "The day lies after the day on which the data were taken out.",
            heals=True,
        ),
        Reason(
            "duplicate_id",
            "Several records of one drop have the same identity but differ; nobody can say which is true.",
        ),
        Reason(
            "ambiguous",
            "The value can be read in more than one way, such as a range of stages or the word biweekly.",
        ),
        Reason("unit_missing", "The instrument knows more than one unit and none is given."),
        Reason("area_missing", "A hair count needs the area that was counted."),
        Reason(
            "instrument_not_for_diagnosis",
            "The instrument is not meant for the person's diagnosis.",
        ),
        Reason("minor", "The person is under 18; nothing but this reason is kept."),
        Reason(
            "malformed_line",
            "The line does not have the columns of its header, or a line break stands inside a value.",
        ),
        Reason("encoding", "The line cannot be read in the declared character encoding."),
    )
}
"""In the order of the contract. Landing raises them, the quarantine views show their sentences."""
