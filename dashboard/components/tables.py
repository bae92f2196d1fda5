"""The tables of a comparison, as text: every number with its n and its interval."""

from itertools import pairwise

import pandas as pd

from dashboard.components.answer import shown_decimals
from dashboard.numbers import interval, p_value, signed, unit
from pipeline.contract.results import REASONS, Comparison, Estimate

WITHHELD = "withheld"
REFERENCE = "reference"


def results_table(result: Comparison) -> pd.DataFrame:
    """One row per arm: people, results, mean with interval, difference with interval."""
    means, pairs = result.of("mean"), result.of("difference") | result.of("win_probability")
    digits = shown_decimals(result)
    is_ordinal = bool(result.of("win_probability")) or any(e.reason == "ordinal_instrument" for e in means.values())
    raised = unit(str(result.estimand["unit"]))
    rows = []
    for arm in result.arms:
        row = {
            "Arm": arm.label,
            "People": f"{arm.n:,}",
            "Visit passed": f"{arm.n_due:,}",
            "With a result": f"{arm.n_observed:,}" + (f" ({arm.retention:.0%})" if arm.retention is not None else ""),
        }
        if not is_ordinal:
            row[f"Mean improvement, {raised} (95% interval)"] = _mean(means[arm.arm], digits)
        heading = "Chance of a better result" if is_ordinal else f"Difference, {raised}"
        row[f"{heading} (95% interval)"] = _pair(pairs.get(arm.arm), digits)
        row["p"] = _p(pairs.get(arm.arm))
        rows.append(row)
    return pd.DataFrame(rows)


def attrition_table(result: Comparison) -> pd.DataFrame:
    """One row per step: who is left, and who was left out there."""
    counts = [n for _, n in result.attrition]
    left_out = [None, *(before - n for before, n in pairwise(counts))]
    return pd.DataFrame(
        {
            "Step": [step[:1].upper() + step[1:] for step, _ in result.attrition],
            "People": [f"{n:,}" for n in counts],
            "Left out here": ["" if n is None else f"{n:,}" for n in left_out],
        }
    )


def results_csv(result: Comparison) -> bytes:
    """Everything the page shows, one estimate a row, numbers unrounded; what is missing has its reason."""
    arms = {arm.arm: arm for arm in result.arms}
    records = [
        {
            "version": result.version,
            **{key: result.estimand[key] for key in ("by", "instrument", "week", "diagnosis")},
            "filters": " & ".join(result.estimand["where"]),
            "n": arms[e.arm].n if e.arm in arms else None,
            "n_due": arms[e.arm].n_due if e.arm in arms else None,
            "n_observed": arms[e.arm].n_observed if e.arm in arms else None,
            "quantity": e.quantity,
            **e.to_json(),
        }
        for e in result.estimates
    ]
    return pd.DataFrame(records).to_csv(index=False).encode()


def reasons(result: Comparison) -> list[str]:
    """The sentence behind every `withheld` of the table."""
    missing = {e.reason for e in result.estimates if not e.is_given and e.reason and e.reason != "ordinal_instrument"}
    return [REASONS[reason] for reason in sorted(missing)]


def _mean(estimate: Estimate, digits: int) -> str:
    if estimate.estimate is None or estimate.ci_lower is None or estimate.ci_upper is None:
        return WITHHELD
    return f"{signed(estimate.estimate, digits)} ({interval(estimate.ci_lower, estimate.ci_upper, digits)})"


def _pair(estimate: Estimate | None, digits: int) -> str:
    if estimate is None:
        return REFERENCE
    if estimate.quantity == "difference":
        return _mean(estimate, digits)
    if estimate.estimate is None or estimate.ci_lower is None or estimate.ci_upper is None:
        return WITHHELD
    return f"{estimate.estimate:.0%} ({estimate.ci_lower:.0%} to {estimate.ci_upper:.0%})"


def _p(estimate: Estimate | None) -> str:
    return "" if estimate is None or estimate.p_value is None else p_value(estimate.p_value)
