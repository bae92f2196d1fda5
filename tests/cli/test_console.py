"""Documents as text: nothing left out, nothing invented."""

from typing import Any

import pytest

from pipeline import console, document_text
from pipeline.contract.reasons import REASONS as QUARANTINE_REASONS
from pipeline.contract.results import REASONS

COUNTS = {"read": 1200, "admitted": 1190, "unchanged": 0, "superseding": 4, "quarantined": 5, "not_consented": 1}


def account(**changes: Any) -> dict[str, Any]:
    document = {
        "run_id": "r1",
        "files": [],
        "tables": {"sessions": {**COUNTS, "withdrawn": 2}},
        "quarantine": {"minor": 1, "out_of_range": 4},
        "refused": [],
        "warnings": [],
    }
    return {**document, **changes}


def rule(**changes: Any) -> dict[str, Any]:
    failure = {"rule": "sessions.depth", "table": "sessions", "severity": "critical", "sentence": "Why it matters."}
    return {**failure, "n_unexpected": None, "observed": None, "error": None, **changes}


def estimate(**changes: Any) -> dict[str, Any]:
    row = {
        "method": "welch", "role": "unadjusted", "contrast": "a vs b", "estimate": 3.256, "std_error": 1.0,
        "ci_lower": 1.2, "ci_upper": 5.3, "p_value": 0.0002, "p_adjusted": None, "unit": "/cm2", "reason": None,
    }  # fmt: skip
    return {**row, **changes}


def comparison(*estimates: dict[str, Any]) -> dict[str, Any]:
    return {
        "version": "v1",
        "study": None,
        "estimand": {"by": "depth", "week": 24},
        "attrition": [{"step": "everybody", "n": 5000}],
        "arms": [{"arm": "a", "n": 1200, "n_observed": 900}],
        "estimates": list(estimates),
        "diagnostics": {},
        "gate": "caution",
        "warnings": ["These figures are not adjusted."],
    }


def test_account_shows_every_count_and_reason() -> None:
    text = console.account(account())
    head, row, *rest = text.splitlines()
    assert head.split("  ")[0] == "table"
    assert row.split() == ["sessions", "1,200", "1,190", "0", "4", "5", "1", "2", "0"]
    assert rest == ["Quarantined: out_of_range 4, minor 1. `needling quarantine list` shows the records."]


def test_account_shows_refusals_warnings_gate_and_version() -> None:
    failed = {"passed": False, "failed": [rule(n_unexpected=1204), rule(observed=0.283), rule(error="no such column")]}
    text = console.account(
        account(
            tables={},
            refused=[{"path": "a.csv", "reason": "not UTF-8"}],
            warnings=["Bar is not stored"],
            gate=failed,
            version=None,
        )
    )
    assert text.splitlines() == [
        "No record was read.",
        "Quarantined: out_of_range 4, minor 1. `needling quarantine list` shows the records.",
        "Refused: a.csv: not UTF-8",
        "Warning: Bar is not stored",
        "Gate: failed, nothing was published",
        "  critical sessions.depth (1,204 rows): Why it matters.",
        "  critical sessions.depth (found 0.283): Why it matters.",
        "  critical sessions.depth: the check is broken: no such column",
        "Version: none published",
    ]


def test_a_verdict_is_the_gate_and_the_version_if_there_is_one() -> None:
    passed = {"passed": True, "failed": [], "n_rules": 9}
    assert console.verdict({"run_id": "r", "gate": passed, "version": "v1"}) == "Gate: passed\nVersion: v1"
    assert console.verdict({"run_id": "r", "gate": passed}) == "Gate: passed"


def test_a_rule_that_fails_in_landing_and_in_the_marts_is_told_once() -> None:
    failure = {
        "severity": "warning",
        "rule": "a.b",
        "error": None,
        "n_unexpected": 3,
        "observed": None,
        "sentence": "S.",
    }
    text = console.gate({"passed": True, "failed": [failure, dict(failure)]})
    assert text == "Gate: passed\n  warning a.b (3 rows): S."


def test_comparison_shows_n_estimate_interval_and_warning() -> None:
    text = console.comparison(comparison(estimate()))
    assert "a vs b    +3.26     +1.20 to +5.30  /cm2  <0.001  welch" in text
    assert "1,200" in text
    assert "Warning: These figures are not adjusted." in text


def test_a_number_that_cannot_be_given_says_why_and_shows_no_zero() -> None:
    nothing = dict.fromkeys(("estimate", "std_error", "ci_lower", "ci_upper", "p_value"))
    text = console.comparison(comparison(estimate(**nothing, reason="too_few")))
    row = next(line for line in text.splitlines() if line.startswith("a vs b"))
    assert row.split() == ["a", "vs", "b", "not", "given", "(too_few)", "-", "/cm2", "-", "welch", "unadjusted"]
    assert f"too_few: {REASONS['too_few']}" in text


@pytest.mark.parametrize(
    ("unit", "contrast", "figure", "limits"),
    [
        ("ratio of mean counts", "a vs b", "1.20", "0.90 to 1.60"),
        ("odds ratio", "a vs b", "1.20", "0.90 to 1.60"),
        ("probability", "a vs b", "1.20", "0.90 to 1.60"),
        ("share of sessions asked", "a", "1.20", "0.90 to 1.60"),
        ("share of responders", "a vs b", "+1.20", "+0.90 to +1.60"),
        ("ratio", "a vs b", "+1.20", "+0.90 to +1.60"),  # of terminal to vellus hairs: a difference of means
    ],
)
def test_a_gain_is_signed_and_a_ratio_a_chance_or_a_share_is_not(
    unit: str, contrast: str, figure: str, limits: str
) -> None:
    row = estimate(role="headline", unit=unit, contrast=contrast, estimate=1.2, ci_lower=0.9, ci_upper=1.6)
    wide = {"contrast": contrast, "always_valid": {"ci_lower": 0.9, "ci_upper": 1.6}}
    text = console.comparison({**comparison(row), "diagnostics": {"contrasts": [wide]}})
    assert f" {figure} " in text
    assert text.count(f" {limits}") == 2


def test_the_interval_that_sameness_rests_on_is_shown() -> None:
    same = {"ci_lower": -3.6, "ci_upper": 2.5, "level": 0.9, "p_value": 0.001, "is_same": True}
    asked = {**comparison(estimate()), "estimand": {"unit": "/cm2"}}
    text = console.comparison(
        {**asked, "diagnostics": {"contrasts": [{"contrast": "a vs b", "margin_in_unit": 4.3, "equivalence": same}]}}
    )
    assert "90% interval, a vs b: -3.60 to +2.50; the margin is 4.3 /cm2" in text


def test_what_rounds_to_nought_has_no_minus() -> None:
    text = console.comparison(comparison(estimate(estimate=-0.004, ci_lower=-0.9, ci_upper=-0.001)))
    assert "+0.00     -0.90 to +0.00" in text


def test_comparison_without_anybody_says_so() -> None:
    text = console.comparison({**comparison(), "arms": [], "attrition": []})
    assert "No arm has anybody in it." in text


def test_quarantine_shows_the_place_and_explains_each_reason_once() -> None:
    entry = {
        "source": "north", "file": "s.csv", "line": 1204, "table": "sessions", "columns": ["needle_length_mm"],
        "reasons": ["out_of_range"], "sentence": "long", "tokens": ["9.5"],
    }  # fmt: skip
    text = console.quarantine({"n": 300, "shown": 2, "entries": [entry, {**entry, "line": 7, "tokens": []}]})
    assert text.splitlines() == [
        "source  file   line  table     columns           reasons       tokens",
        "north   s.csv  1204  sessions  needle_length_mm  out_of_range  9.5",
        "north   s.csv  7     sessions  needle_length_mm  out_of_range  none",
        "",
        f"out_of_range: {QUARANTINE_REASONS['out_of_range'].sentence}",
        "2 of 300 shown.",
    ]
    assert console.quarantine({"n": 0, "shown": 0, "entries": []}) == "Nothing is in quarantine."


def test_findings_give_advice_below_the_trouble() -> None:
    checks = [
        {"check": "python", "status": "ok", "found": "3.11", "advice": ""},
        {"check": "key", "status": "fail", "found": "readable by others", "advice": "chmod 600 it"},
    ]
    assert console.findings({"ok": False, "checks": checks}).splitlines() == [
        "ok    python: 3.11",
        "fail  key: readable by others",
        "      -> chmod 600 it",
        "Something must be mended before this works.",
    ]


def test_plain_shows_single_values_then_what_is_nested() -> None:
    document = {
        "version": None,
        "is_ok": True,
        "share": 0.12345,
        "tables": {"sessions": 12000},
        "runs": [{"run_id": "r1", "exit_code": 0}, {"run_id": "r2", "exit_code": None, "refused": ["a", "b"]}],
        "gates": {"first": {"passed": True, "failed": {}}},
        "names": ["x", "y"],
        "nothing": [],
    }
    assert document_text.plain(document).splitlines() == [
        "version  -",
        "is ok    yes",
        "share    0.123",
        "nothing  none",
        "",
        "tables",
        "  sessions  12,000",
        "",
        "runs",
        "  run id  exit code  refused",
        "  r1              0  -",
        "  r2              -  a, b",
        "",
        "gates",
        "         passed  failed",
        "  first  yes     none",
        "",
        "names",
        "  x",
        "  y",
    ]
