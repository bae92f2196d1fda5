"""Where a clinic stands among the others: made of what was released of all of them, and of nothing else.

So it adds nothing to what is shown. A clinic is never part of what it is held against.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.contract.clinic_standing import Side, Standing
from pipeline.disclosure import funnel
from pipeline.disclosure.funnel import Numbers
from pipeline.disclosure.partitions import CASE_MIX, MEASURED
from pipeline.disclosure.policy import FEWEST_CLINICS, Policy

FEWEST_FOR_LIMITS = 5
"""Other clinics from which it can be told how much clinics differ anyway (judgement)."""

COVERED = 0.8
"""Share of the people measured whose stage is told, below which a result cannot be standardised (judgement)."""

FOLLOW_UP_GAP = 0.2
"""By how much fewer may have been seen than elsewhere: a clinic that loses the dissatisfied looks better. The gap at
which studies become cautious about retention."""

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Visit:
    """What was released of every clinic at one visit, NaN where nothing was; clinics along the first axis.

    `n` and `mean` are by clinic and stage. `half`: half of the interval of the mean of all who were measured.
    """

    week: int
    clinics: tuple[str, ...]
    n: Numbers
    mean: Numbers
    measured: Numbers
    half: Numbers
    seen: Numbers
    not_seen: Numbers


def visit(figures: pl.DataFrame, week: int) -> Visit:
    """The released figures of one visit, from cells of clinics with `n_shown`, `mean`, `ci_lower` and `ci_upper`."""
    clinics = tuple(figures["clinic_id"].unique().sort())

    def column(table: str, cell: str, value: str) -> Numbers:
        found = figures.filter(partition=table, cell=cell).select("clinic_id", pl.col(value).cast(pl.Float64))
        told = dict(found.iter_rows())
        return np.array([np.nan if told.get(clinic) is None else told[clinic] for clinic in clinics])

    stages, density, follow_up = [code for code, _ in CASE_MIX], f"density_{week}", f"follow_up_{week}"
    n, mean = (np.stack([column(f"case_mix_{week}", stage, v) for stage in stages], 1) for v in ("n_shown", "mean"))
    return Visit(
        week, clinics, np.where(np.isnan(mean), np.nan, n), mean, column(density, MEASURED, "n_shown"),
        column(density, MEASURED, "ci_upper") - column(density, MEASURED, "mean"),
        column(follow_up, "seen", "n_shown"), column(follow_up, "not_seen", "n_shown"),
    )  # fmt: skip


def stand(at: Visit, own: int, policy: Policy) -> Standing:
    """The clinic at the place `own` among the others. Follow-up comes first."""
    others = np.arange(len(at.clinics)) != own
    own_followed, others_followed = _followed(at, ~others, 1), _followed(at, others, _fewest(policy))
    reference = _reference(at, others, policy)
    differences, n = _differences(at, reference)
    peers = others & ~np.isnan(differences) & (at.measured > 1)
    standing = Standing(at.clinics[own], at.week, own_followed, others_followed)
    if own_followed is None or others_followed is None:
        return replace(standing, reason="no_result" if np.isnan(at.half[own]) else "follow_up_hidden")
    if reason := _why_not(at, own, differences, int(peers.sum())):
        return replace(standing, reason=reason)
    deviation = funnel.pooled_deviation(at.measured[peers], at.half[peers])
    dispersion = funnel.over_dispersion(differences[peers] / (deviation / np.sqrt(n[peers])))
    narrow, wide = (float(funnel.half_width(n[[own]], deviation, dispersion, level)[0]) for level in funnel.LEVELS)
    is_told, difference = ~np.isnan(at.n[own]) & ~np.isnan(reference), float(differences[own])
    side: Side = "above" if difference > wide else "below" if difference < -wide else "within"
    is_lost = others_followed - own_followed > FOLLOW_UP_GAP
    return replace(
        standing, n=round(float(n[own])), difference=round(difference, 1), n_clinics=int(peers.sum()),
        observed=round(funnel.expected(at.n[own][is_told], at.mean[own][is_told]), 1),
        expected=round(funnel.expected(at.n[own][is_told], reference[is_told]), 1),
        over_dispersion=round(dispersion, 2), lower_95=round(-narrow, 1), upper_95=round(narrow, 1),
        lower_998=round(-wide, 1), upper_998=round(wide, 1),
        side=None if is_lost else side, reason="follow_up_gap" if is_lost else None,
    )  # fmt: skip


def _why_not(at: Visit, own: int, differences: Numbers, n_peers: int) -> str | None:
    if np.isnan(at.half[own]):
        return "no_result"
    if n_peers < FEWEST_FOR_LIMITS:
        return "few_clinics"
    return "case_mix_hidden" if np.isnan(differences[own]) else None


def _fewest(policy: Policy) -> int:
    return max(policy.min_clinics, FEWEST_CLINICS)


def _followed(at: Visit, among: Flags, fewest: int) -> float | None:
    """Share of those due who were seen, of the clinics that tell both."""
    told = among & ~np.isnan(at.seen) & ~np.isnan(at.not_seen)
    seen, due = at.seen[told].sum(), (at.seen + at.not_seen)[told].sum()
    return round(float(seen / due), 2) if told.sum() >= fewest and due > 0 else None


def _reference(at: Visit, others: Flags, policy: Policy) -> Numbers:
    """Mean of the others by stage, NaN where there are too few of them or one holds too much."""
    n = np.nan_to_num(np.where(others[:, None], at.n, 0.0))
    total = n.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = (n * np.nan_to_num(at.mean)).sum(axis=0) / total
        is_told = ((n > 0).sum(axis=0) >= _fewest(policy)) & (n.max(axis=0) <= policy.max_share * total)
    return np.where(is_told, mean, np.nan)


def _differences(at: Visit, reference: Numbers) -> tuple[Numbers, Numbers]:
    """Observed less expected of every clinic, and of how many people: over the stages that are told of it and of the
    others. NaN where these are too small a part of whom it measured."""
    n = np.where(np.isnan(reference), 0.0, np.nan_to_num(at.n))
    total = n.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = (n * (np.nan_to_num(at.mean) - np.nan_to_num(reference))).sum(axis=1) / total
        is_covered = total / at.measured >= COVERED
    return np.where(is_covered, found, np.nan), total
