"""One contrast of a published trial, in a study's unit: its difference if there is one, and why it is not pooled."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.contract.evidence import COUNTED, Quantity, TrialRow, native_factor
from pipeline.contract.instruments import instruments
from pipeline.studies.estimators.student import LEVEL, quantile
from pipeline.studies.protocols.comparison_kind import IN_WORDS, Comparing, of_trial
from pipeline.studies.protocols.protocol import Outcome
from pipeline.studies.protocols.window import visit_half_widths

REASONS: Mapping[str, str] = {
    "other_instrument": "Nothing was published that was measured as in this study.",
    "no_figure": "No figure of both arms could be read.",
    "responders_only": "Only shares of responders are known, and they are no differences of this instrument.",
    "area_not_stated": "Hairs were counted in an area that is not stated, so they cannot be brought to one cm2.",
    "change_or_end": "It is not said whether the figures are changes or values at the end.",
    "spread_not_known": "How far people differ is not known, so the figure has no interval.",
    "spread_not_said": "The spread is printed without saying of what.",
    "people_not_known": "How many people were analysed in each arm is not known.",
    "same_head": "Both treatments were on the same head, and how alike the two sides are is not known.",
    "not_drawn_by_lot": "It is not known that arms were drawn by lot.",
    "unread": "Figures that it would rest on were not read in a source.",
    "contradicted": "Its figures contradict each other or another copy.",
    "not_comparable": "It compares something else than this study does.",
    "other_follow_up": "It looked at another week than this study does.",
    "follow_up_not_known": "When it looked is not known.",
}
"""Why a published contrast takes no part in a pooled figure, by code, as a sentence."""

_TOLD_ONCE = ("change", "change_or_end", "end")
"""What a difference between arms may be taken of, the best first."""

_DECIDING = ("n", "value", "arm", "weeks", "needle_mm")
"""Columns that a pooled figure rests on: not read, they shut a contrast out."""


_DECIMALS = 6
"""Of a difference: published figures have fewer, and the rest is rounding."""


@dataclass(frozen=True)
class Published:
    """A contrast of a trial. `difference` is arm minus reference, turned so that positive is better, in the study's
    unit; `std_error` where spread and people are known; `reasons` is empty where it may be pooled."""

    arm: TrialRow
    reference: TrialRow
    comparing: Comparing
    printed: tuple[str, ...]
    notes: tuple[str, ...]
    difference: float | None
    std_error: float | None
    reasons: tuple[str, ...]

    @property
    def people(self) -> int:
        return (self.arm.n or 0) + (self.reference.n or 0)

    def _interval(self) -> dict[str, float | None]:
        """The 95% interval where spread and people are known, from the normal distribution."""
        if self.difference is None or self.std_error is None:
            return {"ci_lower": None, "ci_upper": None}
        half = quantile((1 + LEVEL) / 2, math.inf) * self.std_error
        return {"ci_lower": self.difference - half, "ci_upper": self.difference + half}

    def to_json(self, unit: str) -> dict[str, Any]:
        """As plain values, sources and doubts included."""
        arm, doubts = self.arm, {self.arm.disagreement, self.reference.disagreement} - {""}
        return {
            "trial": arm.trial, "name": arm.name, "year": arm.year, "design": arm.design, "arm": arm.arm,
            "reference": self.reference.arm, "compares": IN_WORDS[self.comparing.kind], "n_arm": arm.n,
            "n_reference": self.reference.n, "needle_length_mm": list(arm.needle_mm) if arm.needle_mm else None,
            "adjuncts": sorted(arm.adjuncts), "weeks": arm.weeks, "printed": list(self.printed),
            "notes": list(self.notes),
            "difference": self.difference, "std_error": self.std_error, **self._interval(),
            "unit": unit if self.difference is not None else None,
            "is_poolable": not self.reasons,
            "reasons": [{"code": code, "sentence": REASONS[code]} for code in self.reasons],
            "unread": sorted(arm.unread | self.reference.unread),
            "verified_fulltext": arm.verified_fulltext and self.reference.verified_fulltext,
            "disagreement": sorted(doubts), "source": arm.source, "source_locator": arm.source_locator,
        }  # fmt: skip


def published(rows: Sequence[TrialRow], study: Comparing, outcome: Outcome) -> Iterator[Published]:
    """The contrasts of one trial that belong beside a study, each with what was published of the study's outcome."""
    arms = {row.arm: row for row in reversed(rows) if row.arm and row.copy == "first"}
    pairs = {(row.arm, other): None for row in rows if row.kind == "arm" for other in row.comparators}
    for code, other in pairs:
        comparing = of_trial(arms[code], arms[other])
        if study.is_near(comparing):
            yield _published(rows, (arms[code], arms[other]), comparing, study, outcome)


def _published(
    rows: Sequence[TrialRow], pair: tuple[TrialRow, TrialRow], comparing: Comparing, study: Comparing, outcome: Outcome
) -> Published:
    arm, reference = pair
    told = [row for row in rows if _measured_alike(row.instrument, outcome.instrument)]
    here, there = (_of_arm(told, code) for code in (arm.arm, reference.arm))
    one, other = _chosen(here, there)
    shown = [*here, *there, *(row for row in told if row.kind == "contrast" and row.arm == arm.arm)]
    printed = [text for row in shown if (text := _printed(row, reference.arm))]
    notes = [row.note for row in shown if row.note and not _of_another(row, reference.arm)]
    difference = _difference(one, other, outcome) if one and other else None
    reasons = [] if study.kind == comparing.kind else ["not_comparable"]
    if one is None or other is None:
        reasons.append(_why_nothing(told, here))
    else:
        reasons += _doubts(one, other, difference)
    reasons += _when(one or arm, outcome.week)
    std_error = _std_error(one, other, outcome) if one and other and difference is not None else None
    return Published(one or arm, other or reference, comparing, tuple(dict.fromkeys(printed)),
                     tuple(dict.fromkeys(notes)), difference, std_error, tuple(dict.fromkeys(reasons)))  # fmt: skip


def _of_arm(rows: Sequence[TrialRow], arm: str) -> list[TrialRow]:
    return [row for row in rows if row.kind == "arm" and row.arm == arm]


def _measured_alike(published: str, ours: str) -> bool:
    return published == ours or (published in COUNTED and ours in COUNTED)


def _chosen(here: Sequence[TrialRow], there: Sequence[TrialRow]) -> tuple[TrialRow | None, TrialRow | None]:
    """The rows of both arms that a difference can be taken of."""
    for quantity in _TOLD_ONCE:
        one, other = (_first(rows, quantity) for rows in (here, there))  # type: ignore[arg-type]  # they are quantities
        if one and other:
            return one, other
    return None, None


def _first(rows: Sequence[TrialRow], quantity: Quantity) -> TrialRow | None:
    return next((r for r in rows if r.quantity == quantity and r.value is not None and r.copy == "first"), None)


def _why_nothing(told: Sequence[TrialRow], here: Sequence[TrialRow]) -> str:
    if not told:
        return "other_instrument"
    return "responders_only" if any(row.quantity.startswith("responders") for row in here) else "no_figure"


def _difference(one: TrialRow, other: TrialRow, outcome: Outcome) -> float | None:
    factors = native_factor(one), native_factor(other)
    if factors[0] is None or factors[1] is None or one.value is None or other.value is None:
        return None
    sign = -1.0 if instruments()[outcome.instrument].direction == "lower" else 1.0
    return round(sign * (one.value * factors[0] - other.value * factors[1]), _DECIMALS)


def _std_error(one: TrialRow, other: TrialRow, outcome: Outcome) -> float | None:
    """Of a difference between two arms of different people."""
    variances = [_variance(row) for row in (one, other)]
    if one.design == "split_scalp" or None in variances:
        return None
    return math.sqrt(sum(v for v in variances if v is not None))


def _variance(row: TrialRow) -> float | None:
    """Of an arm's mean, in the instrument's unit; None where spread or people are not known for what they are."""
    factor = native_factor(row)
    if factor is None or row.spread is None:
        return None
    if row.spread_kind == "se":
        return (row.spread * factor) ** 2
    return (row.spread * factor) ** 2 / row.n if row.spread_kind == "sd" and row.n else None


def _doubts(one: TrialRow, other: TrialRow, difference: float | None) -> Iterator[str]:
    both = (one, other)
    spreads = [row.spread is not None for row in both]
    found = {
        "contradicted": any(row.known_failures or row.disagreement for row in both),
        "unread": any(row.unread & set(_DECIDING) for row in both),
        "area_not_stated": difference is None,
        "change_or_end": one.quantity == "change_or_end",
        "spread_not_known": not all(spreads),
        "spread_not_said": all(spreads) and any(row.spread_kind not in ("sd", "se") for row in both),
        "people_not_known": any(row.n is None for row in both),
        "same_head": one.design == "split_scalp",
        "not_drawn_by_lot": one.design not in ("split_scalp", "randomised"),
    }
    yield from (code for code, is_so in found.items() if is_so)


def _when(row: TrialRow, week: int) -> Iterator[str]:
    if row.weeks is None:
        yield "follow_up_not_known"
    elif abs(row.weeks - week) > visit_half_widths().get(week, 0):
        yield "other_follow_up"


def _printed(row: TrialRow, reference: str) -> str:
    """The figure as it was printed, unconverted."""
    if row.kind == "contrast":
        return f"{row.outcome}: p {row.p_value}" if row.p_value and not _of_another(row, reference) else ""
    if row.value is None:
        return ""
    spread = f" ± {row.spread:g}" if row.spread is not None else ""
    area = f" in {row.area_cm2:g} cm2" if row.area_cm2 else ""
    copy = ", another copy" if row.copy == "other" else ""
    return f"{row.arm}: {_QUANTITY[row.quantity]} {row.printed}{spread} {row.unit}{area}{copy}"


def _of_another(row: TrialRow, reference: str) -> bool:
    """Whether a contrast's row is about another reference than this one."""
    return row.kind == "contrast" and reference not in row.comparators


_QUANTITY: Mapping[Quantity, str] = {
    "": "", "start": "start", "end": "end", "change": "change", "change_or_end": "change or end",
    "percent_change": "change", "responders": "responders", "responders_pct": "responders",
}  # fmt: skip
