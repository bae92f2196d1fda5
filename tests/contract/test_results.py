"""Results as JSON: no number that is none, a reason for what is missing."""

import json
import math

from pipeline.contract.results import REASONS, Arm, Comparison, Distribution, Estimate


def test_what_is_no_number_is_null() -> None:
    document = Estimate("mean", "welch", "a", None, "%", math.nan, math.inf, -math.inf, 1.0).to_json()
    assert (document["estimate"], document["std_error"], document["ci_lower"], document["ci_upper"]) == (
        None, None, None, 1.0,
    )  # fmt: skip
    json.dumps(document, allow_nan=False)


def test_a_contrast_names_both_arms() -> None:
    assert Estimate("mean", "welch", "a", None, "%").contrast == "a"
    assert Estimate("difference", "welch", "a", "b", "%").contrast == "a vs b"


def test_retention_is_unknown_where_nobody_was_due() -> None:
    assert Arm("a", "A", 5, 0, 0).retention is None
    assert Arm("a", "A", 5, 4, 3).retention == 0.75


def test_estimates_are_found_by_quantity() -> None:
    mean, pair = Estimate("mean", "welch", "a", None, "%"), Estimate("difference", "welch", "a", "b", "%")
    result = Comparison("v", None, {}, (), (), (mean, pair), (Distribution("a", 0, 1, (1, 2)),))
    assert result.of("mean") == {"a": mean}
    assert result.to_json()["diagnostics"]["distribution"] == [{"arm": "a", "start": 0, "width": 1, "counts": [1, 2]}]


def test_every_number_that_is_missing_has_a_reason() -> None:
    given = Estimate("difference", "ancova", "a", "b", "%", 1.0, 0.5, 0.0, 2.0, 0.04, role="sensitivity")
    assert given.to_json()["reason"] == "no_multiplicity"
    ratio = Estimate("rate_ratio", "count_model", "a", "b", "ratio", 0.9, None, 0.8, 1.01, 0.1, 0.1, role="headline")
    assert ratio.to_json()["reason"] == "no_standard_error"
    whole = Estimate("difference", "mmrm", "a", "b", "%", 1.0, 0.5, 0.0, 2.0, 0.04, 0.04, role="headline")
    assert whole.to_json()["reason"] is None
    assert {"no_multiplicity", "no_standard_error"} <= set(REASONS)
