"""What may be known of a study before anybody looks at its outcome."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from pipeline.studies.contrasts.compare import ask_study, attrition_to, people_of
from pipeline.studies.contrasts.table_one import contrasts_of, overlap, table_one
from pipeline.studies.estimators.effect import Withheld
from pipeline.studies.estimators.power import smallest_detectable
from pipeline.studies.kinds import PREVIEWS
from pipeline.studies.people.frame import read_frame
from pipeline.studies.people.moments import Tally, tally, values_by_arm
from pipeline.studies.people.population import Population
from pipeline.studies.protocols.protocol import Protocol

SHOWS_SPREAD = 2
"""A single person has no spread."""

VARIANCE = math.sqrt(2)
"""The same of the logarithm of a variance, as normal values would show it."""


def preview(con: duckdb.DuckDBPyConnection, protocol: Protocol) -> dict[str, Any]:
    """Attrition up to the visit, people by arm and who they are at the start (`table_1`), whether like could be
    compared with like (`overlap`), and the smallest difference that the primary contrast could show
    (`detectable_difference`, in `detectable_unit`; `detectable_differences`: of each pair, where each other arm is
    compared with the reference).

    The last rests on the spread of everybody's results and on the share who came back, both taken together and not by
    arm, so it stays blind to what the arms differ in (Kieser and Friede 2003, Statistics in Medicine 22, 3571-3581).
    """
    if protocol.aim in PREVIEWS:
        return PREVIEWS[protocol.aim](con, protocol)
    question = ask_study(con, protocol)
    population = people_of(con, question)
    if isinstance(population, str):
        return {
            "attrition": [{"step": step, "n": n} for step, n in attrition_to(con, question, population)],
            "arms": [],
            "table_1": [],
            "overlap": [],
            "detectable_difference": None,
            "detectable_differences": [],
            "detectable_unit": None,
            "reason": population,
        }
    counted = tally(con, population)
    arms = [
        {"arm": arm.id, "label": arm.label, "n": sums.n if sums else 0, "n_due": sums.n_due if sums else 0}
        for arm in protocol.arms
        for sums in (counted.arms.get(arm.id),)
    ]
    power = _Power.of(con, population, counted)
    detectable, frame, several = power.of_study(), read_frame(con, population), _has_several(protocol)
    return {
        "attrition": [{"step": step, "n": n} for step, n in counted.attrition[:-1]],
        "arms": arms,
        "table_1": table_one(frame, protocol),
        "overlap": [overlap(frame, contrast) for contrast in contrasts_of(protocol)],
        "detectable_difference": detectable,
        "detectable_differences": power.of_each() if several else [],
        "detectable_unit": power.unit,
        "reason": None if detectable is not None else _why_none(protocol),
    }


def _why_none(protocol: Protocol) -> str:
    if protocol.contrast is None:
        return "nothing_compared"
    return "several_arms" if _has_several(protocol) else "too_few"


def _has_several(protocol: Protocol) -> bool:
    """Whether each other arm is compared with the reference, so that no one difference is the primary one."""
    return any(one is not None and one.reference and not one.arm for one in (protocol.contrast, protocol.against))


@dataclass(frozen=True)
class _Power:
    """What could be detected, in `unit`. `deviation` is what one person adds to the uncertainty of a mean, or of a log
    odds ratio; None where the results have no spread."""

    protocol: Protocol
    counted: Tally
    deviation: float | None
    unit: str

    @classmethod
    def of(cls, con: duckdb.DuckDBPyConnection, population: Population, counted: Tally) -> "_Power":
        protocol, instrument = population.protocol, population.instrument
        if protocol.aim == "variation":
            return cls(protocol, counted, VARIANCE if counted.everybody else None, "ratio of variances")
        if instrument.is_ordinal:
            return cls(protocol, counted, _of_odds(values_by_arm(con, population)), "odds ratio")
        variance = counted.everybody.variance if counted.everybody else None
        return cls(protocol, counted, None if variance is None else math.sqrt(variance), instrument.unit)

    def of_study(self) -> float | None:
        """Of the primary contrast, which may be of four arms, or of one."""
        compared = [one for one in (self.protocol.contrast, self.protocol.against) if one is not None]
        codes = [code for one in compared for code in (one.arm, one.reference) if code]
        return None if _has_several(self.protocol) or not codes else self._among(codes)

    def of_each(self) -> list[dict[str, Any]]:
        """Of each pair of arms; None where an arm has hardly anybody."""
        return [
            {
                "contrast": f"{pair.arm} vs {pair.reference}",
                "detectable_difference": self._among([pair.arm, pair.reference]),
            }
            for pair in contrasts_of(self.protocol)
        ]

    def _among(self, codes: Sequence[str]) -> float | None:
        arms = [self.counted.arms[code].n_due for code in codes if code in self.counted.arms]
        expected = [self.counted.retention * n for n in arms]
        if self.deviation is None or len(arms) < len(codes) or min(expected) < SHOWS_SPREAD:
            return None
        found = smallest_detectable(self.deviation * math.sqrt(sum(1 / n for n in expected)), math.inf)
        if isinstance(found, Withheld):
            return None
        return math.exp(found) if self.unit in ("ratio of variances", "odds ratio") else found


def _of_odds(values: Mapping[str, Mapping[int, int]]) -> float | None:
    """Whitehead (1993), Sample size calculations for ordered categorical data, Statistics in Medicine 12, 2257-2271:
    the variance of a log odds ratio is 3 / (1 - sum of cubed shares) times the sum of 1 / n."""
    together = Counter[int]()
    for counts in values.values():
        together.update(counts)
    n = together.total()
    left = 1 - sum((count / n) ** 3 for count in together.values())
    return math.sqrt(3 / left) if n and left > 0 else None
