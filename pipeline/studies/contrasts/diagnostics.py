"""What must hold before an adjusted estimate may be believed, as numbers, a verdict, and plain sentences."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.contract.methods import NOT_ADJUSTED
from pipeline.contract.results import Arm, Estimate, Gate
from pipeline.contract.spoken import characteristic
from pipeline.studies.contrasts.adjusted import Pair
from pipeline.studies.contrasts.caveats import RETENTION_GAP
from pipeline.studies.contrasts.headline import Method
from pipeline.studies.estimators.balance import standardised_differences
from pipeline.studies.estimators.dropout import skipped_share
from pipeline.studies.estimators.effect import Array, Effect, Withheld
from pipeline.studies.estimators.power import smallest_detectable_of
from pipeline.studies.estimators.sensitivity import delta_table, e_values, e_values_of_difference, tipping_point
from pipeline.studies.estimators.weighting import effective_n

BALANCED, UNBALANCED = 0.10, 0.25
"""Largest standardised mean difference after weighting: up to the first passes, beyond the second fails
(Austin 2009, Statistics in Medicine 28, 3083-3107; Stuart 2010, Statistical Science 25, 1-21)."""

MIN_EFFECTIVE, MIN_EFFECTIVE_SHARE = 30, 0.10
"""People an arm must be worth after weighting, and the share of its own size (judgement)."""

LEFT_OUT = 0.20
"""Above this share of people of a kind that only one arm has, the answer is about rather few (judgement)."""

BETWEEN_CLINICS = 0.80
"""Share of the exposure's variance between clinics from which on clinics and exposure cannot be told apart."""

FEW_CLINICS = 5
"""An arm that rests on fewer clinics of its own than this shares its fate with theirs."""

SIMPSON = 0.50
"""Relative change from the crude to the adjusted difference from which on it is pointed out."""

_SHIFTS = (0.0, -0.5, -1.0, -2.0)
"""Margins by which those who left may have done worse than those like them, in the tipping-point table."""


@dataclass(frozen=True)
class Diagnosis:
    """The verdict on one pair: `fails`, `thin` and `cautions` are sentences; `numbers` is what they rest on.

    `thin` fails too: the arms could be compared, if there were more people in them.
    """

    numbers: dict[str, Any]
    fails: tuple[str, ...]
    thin: tuple[str, ...]
    cautions: tuple[str, ...]

    @property
    def gate(self) -> Gate:
        return "fail" if self.fails or self.thin else "caution" if self.cautions else "pass"

    @property
    def reason(self) -> str | None:
        """Code for the headline that is withheld; None where it is not."""
        return "failed_diagnostics" if self.fails else "too_few_effective" if self.thin else None


def diagnose(pair: Pair, method: Method, arms: tuple[Arm, Arm]) -> Diagnosis:
    """Balance, overlap, effective people, who was left out, retention and clinics. `arms` are arm and reference."""
    fails, thin, cautions = list[str](), list[str](), list[str]()
    numbers: dict[str, Any] = {
        "n_left_out": pair.n_alone,
        "outside_overlap": None,
        "skipped_a_visit": skipped_share(pair.y),
        "not_adjusted_for": [{"covariate": name, "reason": reason} for name, reason in pair.given.left_out],
        "balance": [],
        "effective": [],
    }
    weight = pair.weight("ato" if method == "seq_dr_overlap" else "ate")
    if method in NOT_ADJUSTED:
        cautions.append("There are too few people to adjust for anything, so the arms are compared as they are.")
    elif isinstance(weight, Withheld):
        fails.append(weight.sentence)
    else:
        numbers |= {"outside_overlap": pair.outside, **_weighted(pair, weight)}
        fails += _unbalanced(numbers["balance"], UNBALANCED, "still differ too much")
        thin += _too_few(numbers["effective"])
        cautions += [] if fails else _unbalanced(numbers["balance"], BALANCED, "still differ a little")
    cautions += [] if method in NOT_ADJUSTED else _not_adjusted(pair)
    if method not in NOT_ADJUSTED and not pair.given.names:
        cautions.append("Nothing is adjusted for: the protocol names nothing, or nothing in which people differ.")
    cautions += _left_out(pair)
    cautions += _retention(arms)
    numbers["clinic_confounded"] = clinic_confounded(pair)
    if numbers["clinic_confounded"]:
        cautions.append("Who is in which arm depends largely on the clinic, so a difference may be the clinics'.")
    return Diagnosis(numbers, tuple(fails), tuple(thin), tuple(cautions))


def _weighted(pair: Pair, weight: Array) -> dict[str, Any]:
    before = standardised_differences(pair.x, pair.arm)
    after = standardised_differences(pair.x, pair.arm, weight)
    effective = [{"n": int((pair.arm == a).sum()), "n_effective": effective_n(weight[pair.arm == a])} for a in (1, 0)]
    balance = [
        {"covariate": name, "before": _finite(b), "after": _finite(a)}
        for name, b, a in zip(pair.given.names, before, after, strict=True)
    ]
    return {"balance": balance, "effective": effective}


def _finite(number: float) -> float | None:
    return float(number) if np.isfinite(number) else None


def _unbalanced(balance: Sequence[dict[str, Any]], limit: float, words: str) -> Iterator[str]:
    worst = [row for row in balance if row["after"] is None or abs(row["after"]) > limit]
    if worst:
        names = ", ".join(characteristic(row["covariate"]) for row in worst[:3])
        more = f" and {len(worst) - 3} more" if len(worst) > 3 else ""
        yield f"After weighting the arms {words} in {names}{more}: standardised difference above {limit:g}."


def is_worth_enough(weight: Array) -> bool:
    """Whether these people of one arm, so weighted, know enough."""
    return effective_n(weight) >= max(MIN_EFFECTIVE, MIN_EFFECTIVE_SHARE * len(weight))


def _too_few(effective: Sequence[dict[str, Any]]) -> Iterator[str]:
    for row in effective:
        if row["n_effective"] < max(MIN_EFFECTIVE, MIN_EFFECTIVE_SHARE * row["n"]):
            yield (
                f"Weighted so that the arms resemble each other, {row['n']} people are worth {row['n_effective']:.0f}; "
                f"at least {MIN_EFFECTIVE} and a tenth of the arm are needed."
            )


def _not_adjusted(pair: Pair) -> Iterator[str]:
    names = [name for name, reason in pair.given.left_out if reason in ("too_few_of_a_kind", "too_many_levels")]
    if names:
        told = ", ".join(map(characteristic, names))
        yield f"Could not be adjusted for, with too few people of a kind in one of the arms: {told}."


def _left_out(pair: Pair) -> Iterator[str]:
    everybody = len(pair.arm) + pair.n_alone
    if pair.n_alone > LEFT_OUT * everybody:
        yield f"{pair.n_alone} of {everybody} people are of a kind that not all compared arms have, and were left out."


def _retention(arms: tuple[Arm, Arm]) -> Iterator[str]:
    one, zero = (arm.retention for arm in arms)
    if one is not None and zero is not None and abs(one - zero) > RETENTION_GAP:
        yield f"{one:.0%} of one arm and {zero:.0%} of the other have a result: who stayed may differ between them."


def clinic_confounded(pair: Pair) -> bool:
    """Whether clinics and arms can hardly be told apart. A single clinic or app confounds nothing by itself.

    Clinics of one or two people settle the arm by chance alone, so what chance explains is taken off, as in an
    adjusted R squared.
    """
    here = pair.clinic.people > 0
    if here.sum() < 2:
        return False
    people = pair.clinic.people[here].astype(np.float64)
    share = np.bincount(pair.clinic.code, weights=pair.arm, minlength=len(here))[here] / people
    overall = pair.arm.mean()
    between = float((people * (share - overall) ** 2).sum() / (len(pair.arm) * overall * (1 - overall)))
    apart = len(pair.arm) - len(people)  # people beyond the first of each clinic
    between = 1 - (1 - between) * (len(pair.arm) - 1) / apart if apart else 0.0
    return between > BETWEEN_CLINICS or any(_rests_on_few(people, share, one) for one in (True, False))


def _rests_on_few(people: Array, share: Array, one: bool) -> bool:
    """Most of an arm comes from a few clinics that the other arm does not have."""
    alone = share == (1 if one else 0)
    size = people * (share if one else 1 - share)
    return bool(size[alone].sum() > size.sum() / 2 and alone.sum() < FEW_CLINICS)


def sensitivity(effect: Effect, pair: Pair, margin: float | None) -> dict[str, Any]:
    """How much would have to be wrong: E-value, what those who left would have had to do, what could be detected."""
    deviation = float(np.sqrt(np.mean([pair.y[pair.seen & (pair.arm == a), -1].var(ddof=1) for a in (0, 1)])))
    arm, other = int((pair.arm == 1).sum()), int((pair.arm == 0).sum())
    missing, missing_other = 1 - pair.n[1] / arm, 1 - pair.n[0] / other
    unit = margin if margin is not None else deviation / 2
    table = delta_table(effect, missing, missing_other, tuple(unit * shift for shift in _SHIFTS), (arm, other))
    value, detectable = e_values_of_difference(effect, deviation), smallest_detectable_of(effect)
    return {
        "e_value": None if value is None else {"estimate": value.estimate, "limit": value.limit},
        "tipping_point": tipping_point(effect, missing),
        "detectable_difference": None if isinstance(detectable, Withheld) else detectable,
        "if_leavers_did_worse": [
            {"arm": row.delta, "reference": row.delta_reference, "estimate": row.effect.estimate,
             "ci_lower": row.effect.interval()[0], "ci_upper": row.effect.interval()[1]}
            for row in table
        ],
    }  # fmt: skip


def beside_odds(main: Effect) -> dict[str, Any]:
    """What stands beside an odds ratio, of which `main` is the logarithm: the E-value, for which its root is taken for
    a ratio of risks, as a better result is common (VanderWeele and Ding 2017); and the odds ratio that could be
    detected."""
    low, high = main.interval()
    ratios = e_values(*(math.exp(value / 2) for value in (main.estimate, low, high)))
    detectable = smallest_detectable_of(main)
    return {
        "e_value": {"estimate": ratios.estimate, "limit": ratios.limit},
        "detectable_difference": None if isinstance(detectable, Withheld) else math.exp(detectable),
    }


def simpson(crude: Estimate, adjusted: float) -> bool:
    """Whether adjusting turned the sign or moved the difference by more than half, and out of the crude interval.

    Where there is no difference either happens by chance alone: without the interval it was said of 4 in 10
    comparisons in which a coin had settled the arm (docs/operating-characteristics.md).
    """
    if crude.estimate is None or crude.ci_lower is None or crude.ci_upper is None:
        return False
    is_moved = crude.estimate * adjusted < 0 or abs(adjusted - crude.estimate) > SIMPSON * abs(crude.estimate)
    return is_moved and not crude.ci_lower <= adjusted <= crude.ci_upper
