"""Adjunct treatments: periods that make sense, and answers that do not contradict each other."""

from pipeline.validate.recurring import late_entry, missing_share, row_count_drift, same_as_landing, same_sum
from pipeline.validate.rules import Rows, Rule, Suite

_USED_THAT_DAY = """
    b.treatment = 'none' AND EXISTS (
        SELECT 1 FROM (SELECT * FROM {treatments}) AS t
        WHERE t.{person} = b.{person} AND t.treatment <> 'none' AND t.started_to_day < b.asked_day
          AND (t.stopped_from_day > b.asked_day OR t.stopped_from_day IS NULL AND t.ongoing))
"""

SUITE = Suite(
    "treatments",
    (
        Rule(
            "treatments.start_known",
            "critical",
            "A treatment has a start, be it a year; without it nobody knows whether it came before time zero.",
            Rows("b.treatment <> 'none' AND b.started_from_day IS NULL"),
        ),
        Rule(
            "treatments.intervals_in_order",
            "critical",
            "The earliest possible day of a start or stop is not after the latest possible one.",
            Rows(
                "b.started_from_day > b.started_to_day OR b.stopped_from_day > b.stopped_to_day "
                "OR (b.started_from_day IS NULL) <> (b.started_to_day IS NULL) "
                "OR (b.stopped_from_day IS NULL) <> (b.stopped_to_day IS NULL)"
            ),
        ),
        Rule(
            "treatments.stops_after_start",
            "warning",
            "A treatment does not stop before it can have started; otherwise two dates were swapped.",
            Rows("b.stopped_to_day < b.started_from_day"),
        ),
        Rule(
            "treatments.ongoing_or_stopped",
            "warning",
            "A treatment that is still used has no day on which it stopped; one of the two is wrong.",
            Rows("b.ongoing AND b.stopped_from_day IS NOT NULL"),
        ),
        Rule(
            "treatments.none_was_asked",
            "warning",
            "The answer none has the day on which it was given; otherwise it cannot be placed before "
            "or after time zero.",
            Rows("b.treatment = 'none' AND b.asked_day IS NULL"),
        ),
        Rule(
            "treatments.none_means_none",
            "warning",
            "Nobody answers none on a day on which another of their records says that a treatment was used.",
            Rows(_USED_THAT_DAY),
        ),
        missing_share("treatments", "strength", 0.9, "a dose cannot be compared."),
        late_entry("treatments"),
        row_count_drift("treatments"),
        *same_as_landing("treatments"),
        same_sum("treatments", "strength * 1000"),
    ),
)
