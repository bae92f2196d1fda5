"""The tables of a comparison, as text: every number with its n and its interval."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pandas as pd

from dashboard.contrasts import Contrast, contrasts
from dashboard.words.answer import detectable, digits_of
from dashboard.words.numbers import SHARES, amount, estimate_digits, interval, number, p_value, signed, unit
from pipeline.api import explained
from pipeline.contract.methods import METHODS
from pipeline.contract.results import RATIOS, Comparison, Estimate
from pipeline.contract.spoken import capital

WITHHELD = "withheld"
REFERENCE = "reference"


def arms_table(result: Comparison) -> list[dict[str, str]]:
    """One row per arm: people, results, mean with interval, as they are."""
    means, digits = result.of("mean"), digits_of(result)
    own = unit(str(result.estimand.get("unit", "")))
    rows = []
    for arm in result.arms:
        mean = means.get(arm.arm)
        row = {
            "Arm": arm.label,
            "People": f"{arm.n:,}",
            "Visit passed": f"{arm.n_due:,}",
            "With a result": f"{arm.n_observed:,}" + (f" ({arm.retention:.0%})" if arm.retention is not None else ""),
        }
        if mean is not None and mean.reason != "ordinal_instrument":
            row[f"Mean improvement, {own}, not adjusted (95% interval)"] = _figure(mean, digits)
        rows.append(row)
    return rows


def contrasts_table(result: Comparison) -> list[dict[str, str]]:
    """One row per contrast: adjusted and unadjusted side by side, and what could have been seen."""
    digits = digits_of(result)
    return [
        {
            "Compared": contrast.label + (f" against {contrast.against}" if contrast.against else ""),
            "With a result": " and ".join(f"{arm.n_observed:,}" for arm in contrast.arms),
            "Adjusted (95% interval)": _with_unit(contrast.adjusted, digits),
            "p, corrected": _p(contrast.headline),
            "Not adjusted (95% interval)": _with_unit(contrast.as_people_are, digits),
            "Smallest detectable": _least(contrast, digits),
        }
        for contrast in contrasts(result)
    ]


def methods_table(contrast: Contrast) -> list[dict[str, str]]:
    """One row per method of a contrast, the headline first."""
    estimates = [e for e in (contrast.headline, *contrast.others, contrast.unadjusted) if e is not None]
    return [
        {
            "Method": METHODS.get(e.method, e.method.replace("_", " ")),
            "Figure (95% interval)": _with_unit(e, estimate_digits([e])),
            "p": _p(e),
            "Stands as": _ROLES[e.role],
        }
        for e in estimates
        if e.is_given
    ]


_ROLES = {"headline": "headline", "sensitivity": "beside it", "unadjusted": "not adjusted"}


def why_not(contrast: Contrast) -> list[str]:
    """Methods of a contrast that give nothing, by reason."""
    gaps: dict[str, list[str]] = {}
    for estimate in contrast.others:
        if not estimate.is_given:
            gaps.setdefault(estimate.reason or "", []).append(
                METHODS.get(estimate.method, estimate.method.replace("_", " "))
            )
    return [f"{'; '.join(methods)}. {explained(reason)}" for reason, methods in gaps.items()]


def leavers_table(contrast: Contrast, digits: int) -> pd.DataFrame | None:
    """The difference if those who left did worse, arm by reference; None where nothing was supposed."""
    rows: list[dict[str, Any]] = list(contrast.numbers.get("if_leavers_did_worse") or ())
    if not rows:
        return None
    names = {delta: "no worse" if delta == 0 else f"{number(-delta, 2)} worse" for delta in
             sorted({float(r[k]) for r in rows for k in ("arm", "reference")}, reverse=True)}  # fmt: skip
    cells = {name: dict.fromkeys(names.values(), "") for name in names.values()}
    for row in rows:
        figure = f"{signed(row['estimate'], digits)} ({interval(row['ci_lower'], row['ci_upper'], digits)})"
        cells[names[float(row["reference"])]][names[float(row["arm"])]] = figure
    return pd.DataFrame(cells)


def attrition_table(attrition: Sequence[tuple[str, int]]) -> list[dict[str, str]]:
    """One row per step: who is left, and who was left out there."""
    counts = [n for _, n in attrition]
    left_out = ["", *(f"{before - n:,}" for before, n in pairwise(counts))]
    return [
        {"Step": capital(step), "People": f"{n:,}", "Left out here": left}
        for (step, n), left in zip(attrition, left_out, strict=True)
    ]


def reasons(result: Comparison) -> list[str]:
    """The sentence behind every `withheld` of the tables."""
    shown = [e for e in result.estimates if e.role != "sensitivity" and not e.is_given]
    return sorted({explained(e.reason) for e in shown if e.reason and e.reason != "ordinal_instrument"})


def _figure(estimate: Estimate, digits: int) -> str:
    return amount(estimate, digits) if estimate.is_given else WITHHELD


def _with_unit(estimate: Estimate | None, digits: int) -> str:
    if estimate is None or not estimate.is_given:
        return "" if estimate is None else WITHHELD
    if estimate.quantity in SHARES:
        return amount(estimate, digits)
    shown = 2 if estimate.quantity in RATIOS else digits
    named = {"odds_ratio": "odds ratio", "rate_ratio": "times", "variance_ratio": "times"}
    return f"{amount(estimate, shown)} {named.get(estimate.quantity, unit(estimate.unit))}"


def _least(contrast: Contrast, digits: int) -> str:
    return detectable(contrast, digits) if contrast.headline is not None and contrast.headline.is_given else ""


def _p(estimate: Estimate | None) -> str:
    if estimate is None:
        return ""
    p = estimate.p_adjusted if estimate.p_adjusted is not None else estimate.p_value
    return "" if p is None else p_value(p)
