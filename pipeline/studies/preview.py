"""What may be known of a study before anybody looks at its outcome."""

import math
from collections.abc import Sequence
from typing import Any

import duckdb

from pipeline.studies.compare import ask_study, people_of
from pipeline.studies.estimators.effect import Withheld
from pipeline.studies.estimators.power import smallest_detectable
from pipeline.studies.estimators.welch import Moments
from pipeline.studies.frame import read_frame
from pipeline.studies.kinds import PREVIEWS
from pipeline.studies.moments import Tally, tally
from pipeline.studies.protocol import Protocol
from pipeline.studies.table_one import contrasts_of, overlap, table_one

SHOWS_SPREAD = 2
"""A single person has no spread."""


def preview(con: duckdb.DuckDBPyConnection, protocol: Protocol) -> dict[str, Any]:
    """Attrition up to the visit, people by arm and who they are at the start (`table_1`), whether like could be
    compared with like (`overlap`), and the smallest difference that the primary contrast could show
    (`detectable_differences`: of each pair, where each other arm is compared with the reference).

    The last rests on the spread of everybody's results and on the share who came back, both taken together and not by
    arm, so it stays blind to what the arms differ in (Kieser and Friede 2003, Statistics in Medicine 22, 3571-3581).
    """
    if protocol.aim in PREVIEWS:
        return PREVIEWS[protocol.aim](con, protocol)
    population = people_of(con, ask_study(con, protocol))
    if isinstance(population, str):
        return {
            "attrition": [],
            "arms": [],
            "table_1": [],
            "overlap": [],
            "detectable_difference": None,
            "detectable_differences": [],
            "reason": population,
        }
    counted = tally(con, population)
    arms = [
        {"arm": arm.id, "label": arm.label, "n": sums.n if sums else 0, "n_due": sums.n_due if sums else 0}
        for arm in protocol.arms
        for sums in (counted.arms.get(arm.id),)
    ]
    detectable, frame = _detectable(counted, protocol), read_frame(con, population)
    return {
        "attrition": [{"step": step, "n": n} for step, n in counted.attrition[:-1]],
        "arms": arms,
        "table_1": table_one(frame, protocol),
        "overlap": [overlap(frame, contrast) for contrast in contrasts_of(protocol)],
        "detectable_difference": detectable,
        "detectable_differences": _detectable_of_each(counted, protocol) if _has_several(protocol) else [],
        "reason": None if detectable is not None else "several_arms" if _has_several(protocol) else "too_few",
    }


def _detectable(counted: Tally, protocol: Protocol) -> float | None:
    """In the instrument's unit; for a ratio of variances the smallest ratio, as normal values would show it."""
    compared = [one for one in (protocol.contrast, protocol.against) if one is not None]
    codes = [code for one in compared for code in (one.arm, one.reference) if code]
    if _has_several(protocol):
        return None
    n = [arm.n_due for arm in (counted.arms.get(code) for code in codes) if arm is not None]
    if not codes or len(n) < len(codes) or min(n) < SHOWS_SPREAD:
        return None
    if protocol.aim == "variation":
        expected = [counted.retention * each for each in n]
        if min(expected, default=0.0) < SHOWS_SPREAD:
            return None
        found = smallest_detectable(math.sqrt(sum(2 / (each - 1) for each in expected)), math.inf)
        return None if isinstance(found, Withheld) else math.exp(found)
    return _of_sizes(counted, n)


def _has_several(protocol: Protocol) -> bool:
    """Whether each other arm is compared with the reference, so that no one difference is the primary one."""
    return any(one is not None and one.reference and not one.arm for one in (protocol.contrast, protocol.against))


def _detectable_of_each(counted: Tally, protocol: Protocol) -> list[dict[str, Any]]:
    """Of each pair of arms, in the instrument's unit; None where an arm has hardly anybody."""
    rows = []
    for pair in contrasts_of(protocol):
        n = [counted.arms[code].n_due if code in counted.arms else 0 for code in (pair.arm, pair.reference)]
        least = _of_sizes(counted, n) if min(n) >= SHOWS_SPREAD else None
        rows.append({"contrast": f"{pair.arm} vs {pair.reference}", "detectable_difference": least})
    return rows


def _of_sizes(counted: Tally, n: Sequence[int]) -> float | None:
    spread = _deviation(counted.everybody)
    if spread is None:
        return None
    found = smallest_detectable(spread * math.sqrt(sum(1 / (counted.retention * each) for each in n)), math.inf)
    return None if isinstance(found, Withheld) else found


def _deviation(everybody: Moments | None) -> float | None:
    return None if everybody is None or everybody.variance is None else math.sqrt(everybody.variance)
