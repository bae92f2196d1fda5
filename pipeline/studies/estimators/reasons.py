"""Why an estimator gives no number, by code, as a plain sentence."""

from typing import Literal

Reason = Literal[
    "all_dropped_out", "beyond_follow_up", "few_clusters", "follows_from_others", "missing_values", "no_arm",
    "no_events", "no_overlap", "no_variation", "not_converged", "one_level", "one_person",
    "one_person_decides", "separation", "skipped_visits", "too_few_of_a_kind", "too_few_results", "too_many_covariates",
    "too_many_levels", "unordered_limits",
]  # fmt: skip

REASONS: dict[Reason, str] = {
    "all_dropped_out": "Nobody in one of the arms has a result at this visit, so nothing can be said about it.",
    "beyond_follow_up": "Nobody in one of the arms was followed as long as this; choose an earlier day.",
    "few_clusters": "All results come from one clinic or source, so the spread between clinics cannot be estimated.",
    "follows_from_others": "In one of the arms this characteristic follows from the others, so it adds nothing.",
    "missing_values": "A value needed for the calculation is missing or not a number.",
    "no_arm": "Nobody among these people belongs to this arm.",
    "no_events": "What was counted never happened in one of the arms, so no ratio can be calculated.",
    "no_overlap": "The arms hold different kinds of people, and weighting cannot make them resemble each other.",
    "no_variation": "Everybody in the arm has the same value, so no uncertainty can be estimated.",
    "not_converged": "The calculation did not settle on an answer; the data do not determine it.",
    "one_level": "Everybody has the same value of this characteristic, so nothing can be adjusted for.",
    "one_person": "An arm has a single person, so no uncertainty can be estimated.",
    "one_person_decides": "The answer would rest on one person whom no other resembles.",
    "separation": "A characteristic tells without exception who is in which arm, so like cannot be compared with like.",
    "skipped_visits": "Over 10% of those seen at the end had skipped an earlier visit; "
    "this method needs people who stay until they leave.",
    "too_few_of_a_kind": "One of the arms has too few people with any but the commonest value of this characteristic.",
    "too_few_results": "Nothing can be pooled: there are fewer than three results with an uncertainty.",
    "too_many_covariates": "There are too few people for so many characteristics to adjust for.",
    "too_many_levels": "This characteristic has too many different values to adjust for.",
    "unordered_limits": "The lower margin must lie below the upper one.",
}
"""Codes of withheld results and their sentences."""
