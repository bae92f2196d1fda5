"""The suites, in the order in which they are judged: a file per table and mart, and one for all summaries."""

from expectations import (
    back_of_head,
    baseline,
    before_start,
    cost,
    costs,
    courses,
    events,
    exposure,
    intercurrent,
    outcome_change,
    outcomes,
    participants,
    retention,
    safety,
    sessions,
    side_effects,
    summaries,
    treatments,
)
from pipeline.validate.rules import Suite

SUITES: tuple[Suite, ...] = (
    participants.SUITE,
    courses.SUITE,
    sessions.SUITE,
    treatments.SUITE,
    outcomes.SUITE,
    side_effects.SUITE,
    events.SUITE,
    costs.SUITE,
    exposure.SUITE,
    baseline.SUITE,
    outcome_change.SUITE,
    back_of_head.SUITE,
    before_start.SUITE,
    intercurrent.SUITE,
    safety.SUITE,
    retention.SUITE,
    cost.SUITE,
    *summaries.SUITES,
)
