"""Who the people of each arm are at the start, and whether like could be compared with like; no result is looked at."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from pipeline.studies.contrasts.adjusted import pair_of
from pipeline.studies.estimators.balance import standardised_differences
from pipeline.studies.estimators.effect import Array, Withheld
from pipeline.studies.estimators.inputs import Column
from pipeline.studies.estimators.propensity import clipped
from pipeline.studies.estimators.weighting import balancing_weights, effective_n
from pipeline.studies.estimators.words import Words
from pipeline.studies.people.frame import KNOWN, Flags, Frame
from pipeline.studies.protocols.protocol import Contrast, Protocol

MIN_PEOPLE = 2
"""A single person has no spread to stand a difference against."""

Row = dict[str, Any]


def table_one(frame: Frame, protocol: Protocol) -> list[Row]:
    """One row per characteristic, level of it, and arm, among people whose visit has passed.

    A number has `mean` and `sd` of those who gave it, a word `share` (0-1); `n_missing` counts who did not.
    `standardised_difference` is from the reference, in standard deviations; None where there is none.
    """
    against = protocol.contrast.reference if protocol.contrast else ""
    return [row for name, values in frame.covariates.items() if not _tells_missing(name, frame)
            for row in _characteristic(frame, name, values, against)]  # fmt: skip


def contrasts_of(protocol: Protocol) -> tuple[Contrast, ...]:
    """Every pair of arms that the protocol compares."""
    found: list[Contrast] = []
    for one in (protocol.contrast, protocol.against):
        if one is not None and one.reference:
            codes = [one.arm] if one.arm else [arm.id for arm in protocol.arms if arm.id != one.reference]
            found += [Contrast(code, one.reference, one.margin) for code in codes]
    return tuple(found)


def overlap(frame: Frame, contrast: Contrast) -> Row:
    """Share (0-1) of two arms' people outside the overlap, who is left out, and what the arms are worth weighted."""
    told: Row = {"contrast": f"{contrast.arm} vs {contrast.reference}", "n_left_out": None, "outside_overlap": None,
                 "effective": [], "reason": "no_overlap"}  # fmt: skip
    pair = pair_of(frame, contrast.arm, contrast.reference)
    told["n_left_out"] = pair.n_alone
    people = [int((pair.arm == a).sum()) for a in (1, 0)]
    if min(people) < MIN_PEOPLE:
        return told
    if isinstance(pair.chance, Withheld):
        return told | {"reason": pair.chance.reason}
    weight = balancing_weights(clipped(pair.chance), pair.arm, "ate")
    worth = [effective_n(weight[pair.arm == a]) for a in (1, 0)]
    named = zip((contrast.arm, contrast.reference), people, worth, strict=True)
    effective = [{"arm": code, "n": n, "n_effective": n_effective} for code, n, n_effective in named]
    return told | {"outside_overlap": pair.outside, "effective": effective, "reason": None}


def _tells_missing(name: str, frame: Frame) -> bool:
    return name.endswith("_known") and name.removesuffix("_known") in frame.covariates


def _characteristic(frame: Frame, name: str, values: Column, against: str) -> Iterator[Row]:
    known = _known(frame, name)
    if isinstance(values, Words):
        for place, level in enumerate(values.levels):
            if (values.code == place).any():
                yield from _of_each_arm(frame, name, level, (values.code == place).astype(np.float64), known, against)
    else:
        yield from _of_each_arm(frame, name, None, values, known, against)


def _known(frame: Frame, name: str) -> Flags:
    told = frame.covariates.get(f"{name}_known")
    if not isinstance(told, Words):
        return np.ones(len(frame.arm), dtype=bool)
    return np.asarray(told.code == told.levels.index(KNOWN[1]))


def _of_each_arm(
    frame: Frame, name: str, level: str | None, values: Array, known: Flags, against: str
) -> Iterator[Row]:
    for place, code in enumerate(frame.arms):
        own = frame.arm == place
        if not own.any():
            continue
        seen = values[own & known]
        is_word = level is not None
        yield {
            "covariate": name,
            "level": level,
            "arm": code,
            "n": int(seen.sum()) if is_word else len(seen),
            "share": float(seen.mean()) if is_word and len(seen) else None,
            "mean": float(seen.mean()) if not is_word and len(seen) else None,
            "sd": float(seen.std(ddof=1)) if not is_word and len(seen) >= MIN_PEOPLE else None,
            "n_missing": int((own & ~known).sum()),
            "standardised_difference": _difference(frame, values, known, code, against),
        }


def _difference(frame: Frame, values: Array, known: Flags, code: str, against: str) -> float | None:
    if code == against or against not in frame.arms:
        return None
    one, zero = (frame.arm == frame.arms.index(arm) for arm in (code, against))
    kept = (one | zero) & known
    if min((kept & one).sum(), (kept & zero).sum()) < MIN_PEOPLE:
        return None
    found = float(standardised_differences(values[kept][:, None], one[kept].astype(np.int64))[0])
    return found if np.isfinite(found) else None
