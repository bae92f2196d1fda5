"""The published trials beside a study: what each found, in the study's unit, and whether they can be pooled.

Trials are matched by diagnosis, by what the arms differ in and by the instrument. One that cannot be pooled is shown
with the reason. Nothing here ranks anything.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from pipeline.contract import evidence as tables
from pipeline.contract.evidence import COUNTED, PER_AREA, ReviewRow, TrialRow
from pipeline.contract.evidence_checks import SENTENCES
from pipeline.contract.instruments import instruments
from pipeline.studies.claims.evidence_contrast import Published, published
from pipeline.studies.estimators.effect import Withheld
from pipeline.studies.estimators.partial_pooling import MIN_CELLS
from pipeline.studies.estimators.random_effects import random_effects
from pipeline.studies.protocols.comparison_kind import IN_WORDS, Comparing, of_study
from pipeline.studies.protocols.protocol import Protocol

NOTHING_FOUND = "No published trial of this comparison is known to the project."
NOTHING_COMPARED = "This study compares nothing, so no trial is put beside it."
OTHER_QUESTION = "Trials tell how far means of arms differ, which is not what this study asks; none is put beside it."

_ABOUT_MEANS = ("difference", "equivalence")
"""Aims of studies that a published difference of means speaks to."""

_NOTHING: dict[str, Any] = {"compares": None, "unit": None, "trials": [], "reviews": [], "pooled": None}


def beside(
    protocol: Protocol, trials: Sequence[TrialRow] | None = None, reviews: Sequence[ReviewRow] | None = None
) -> dict[str, Any]:
    """What was published on a study's question, as plain values; the tables of the project where none are given.

    `trials` lists each contrast (difference: above 0 is better, in `unit`), `pooled` is None where `why` says so.
    """
    asked, own = of_study(protocol), instruments().get(protocol.outcome.instrument)
    if asked is None or own is None:
        return {**_NOTHING, "why": NOTHING_COMPARED}
    if protocol.aim not in _ABOUT_MEANS:
        return {**_NOTHING, "why": OTHER_QUESTION}
    unit = PER_AREA if own.code in COUNTED else own.unit
    rows = tables.trials() if trials is None else trials
    found = _contrasts([row for row in rows if row.diagnosis == protocol.people.diagnosis], asked, protocol)
    about = _reviews(tables.reviews() if reviews is None else reviews, asked, protocol)
    pooled, why = _pooled([contrast for contrast in found if not contrast.reasons], unit)
    return {
        "compares": IN_WORDS[asked.kind],
        "unit": unit,
        "trials": [contrast.to_json(unit) for contrast in found],
        "reviews": [_review(row) for row in about],
        "pooled": pooled,
        "why": f"{why}{_span(found, unit)}"
        if found
        else "No published trial of this comparison is known to the project.",
    }


def _contrasts(rows: Sequence[TrialRow], asked: Comparing, protocol: Protocol) -> list[Published]:
    """Those with a difference first, then those of this instrument, then the others; each in the order of the file."""
    trials = dict.fromkeys(row.trial for row in rows)
    found = [c for name in trials for c in published([r for r in rows if r.trial == name], asked, protocol.outcome)]
    return sorted(found, key=lambda c: (c.difference is None, "other_instrument" in c.reasons))


def _pooled(usable: Sequence[Published], unit: str) -> tuple[dict[str, Any] | None, str]:
    """One figure of several trials, and the sentence about it."""
    if len(usable) < MIN_CELLS:
        return None, (
            f"Shown, not pooled: {len(usable) or 'none'} of these can be brought together, and {MIN_CELLS} are needed."
        )
    estimates, errors = (np.array([getattr(c, name) for c in usable]) for name in ("difference", "std_error"))
    found = random_effects(estimates, errors, sum(contrast.people for contrast in usable))
    if isinstance(found, Withheld):
        return None, f"Shown, not pooled: {found.sentence}"
    low, high = found.effect.interval()
    return {
        "method": "random effects (Paule and Mandel), interval by Hartung and Knapp",
        "n_trials": len(usable), "trials": [contrast.arm.trial for contrast in usable],
        "estimate": found.effect.estimate, "std_error": found.effect.std_error, "ci_lower": low, "ci_upper": high,
        "unit": unit, "between_trials_sd": found.between, "i_squared": found.i_squared,
    }, f"{len(usable)} trials are pooled; {found.i_squared:.0%} of their scatter is more than chance."  # fmt: skip


def _span(found: Sequence[Published], unit: str) -> str:
    """How far what was published lies apart."""
    same = [contrast for contrast in found if "not_comparable" not in contrast.reasons]
    known = [contrast.difference for contrast in same if contrast.difference is not None]
    if len(known) < 2:
        return ""
    return f" Published differences of this comparison run from {min(known):+.1f} to {max(known):+.1f} {unit}."


def _reviews(rows: Sequence[ReviewRow], asked: Comparing, protocol: Protocol) -> list[ReviewRow]:
    """Figures of reviews on this question and instrument, and on needle length, which they disagree about."""
    instrument = protocol.outcome.instrument
    alike = COUNTED if instrument in COUNTED else (instrument,)
    return [
        row
        for row in rows
        if row.diagnosis == protocol.people.diagnosis
        and row.instrument in alike
        and any(asked.is_near(Comparing(kind, row.added)) for kind in sorted(row.comparisons))
    ]


def _review(row: ReviewRow) -> dict[str, Any]:
    doubts = [f"what should hold does not: {SENTENCES[code]}" for code in sorted(row.known_failures)]
    return {
        "review": row.review, "name": row.name, "year": row.year, "design": row.design, "about": row.subgroup,
        "outcome": row.outcome, "n_studies": row.n_studies, "n_people": row.n_people, "measure": row.measure or None,
        "value": row.value, "ci_lower": row.ci_lower, "ci_upper": row.ci_upper, "i2_pct": row.i2_pct,
        "unit": row.unit or None, "note": row.note, "doubts": [*doubts, *filter(None, [row.disagreement])],
        "verified_fulltext": row.verified_fulltext, "source": row.source,
    }  # fmt: skip
