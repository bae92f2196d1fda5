"""Courses as planned: what a sender may get wrong."""

from pipeline.validate.recurring import late_entry, missing_share, row_count_drift, same_as_landing, same_sum
from pipeline.validate.rules import Rows, Rule, Suite

SUITE = Suite(
    "courses",
    (
        Rule(
            "courses.ends_after_start",
            "warning",
            "A course ends on or after the day it starts; otherwise two dates were swapped.",
            Rows("b.ended_day < b.started_day"),
        ),
        Rule(
            "courses.done_within_reason",
            "warning",
            "No more than twice the planned sessions were done; otherwise the plan or the count is wrong.",
            Rows("b.done_sessions > 2 * b.planned_sessions"),
        ),
        missing_share("courses", "needle_length_mm", 0.5, "a plan without depth assigns nobody to an arm."),
        missing_share("courses", "planned_interval_days", 0.5, "a plan without interval assigns nobody to a schedule."),
        late_entry("courses"),
        row_count_drift("courses"),
        *same_as_landing("courses"),
        same_sum("courses", "needle_length_mm * 100"),
    ),
)
