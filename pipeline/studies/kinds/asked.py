"""What every kind of question over an instrument starts from: the people, who has a result, and the unadjusted look."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import duckdb

from pipeline.contract.results import Arm, Comparison, Estimate, Quantity
from pipeline.studies.contrasts.compare import Question, ask_study, find_people, unadjusted
from pipeline.studies.contrasts.headline import MIN_SHOWN
from pipeline.studies.contrasts.negative_control import Controls
from pipeline.studies.people.frame import Frame, read_frame
from pipeline.studies.protocols.protocol import Contrast, Protocol

NOBODY = Contrast("", "")
"""Stands for a contrast that a protocol does not name: an arm that nobody belongs to."""


@dataclass(frozen=True)
class Asked:
    """One protocol put to one version. `contrast` is its own; `crude` the answer without any adjustment."""

    question: Question
    contrast: Contrast
    crude: Comparison
    frame: Frame
    controls: Controls

    @property
    def arms(self) -> Mapping[str, Arm]:
        return {arm.arm: arm for arm in self.crude.arms}

    def missing(self, codes: Sequence[str]) -> str | None:
        """Why these arms cannot be spoken of: nobody in one, nobody due, too few results; None where they can."""
        if any(code not in self.arms for code in codes):
            return "no_arm"
        if min(self.arms[code].n_due for code in codes) == 0:
            return "not_yet_due"
        return "too_few" if min(self.arms[code].n_observed for code in codes) < MIN_SHOWN else None


def ask_kind(
    con: duckdb.DuckDBPyConnection, protocol: Protocol, version: str | None, quantity: Quantity
) -> Asked | Comparison:
    """The people and their results; a Comparison that says why where the version has nobody to ask."""
    contrast = protocol.contrast or NOBODY
    # an arm that is held against a number has no reference to be compared with unadjusted
    shown = protocol if contrast.reference else replace(protocol, contrast=None)
    question = ask_study(con, shown, version)
    people = find_people(con, question)
    crude = unadjusted(con, question, people)
    if isinstance(people, str):
        unit, arm = question.instrument.unit, contrast.arm
        empty = withheld(quantity, arm, contrast.reference or None, unit, crude.reason or "too_few")
        return replace(crude, estimates=(empty,))
    population = people.population
    return Asked(question, contrast, crude, read_frame(con, population), Controls(con, population))


def withheld(quantity: Quantity, arm: str, reference: str | None, unit: str, reason: str) -> Estimate:
    """An empty headline with its reason."""
    return Estimate(quantity, "welch", arm, reference, unit, reason=reason, role="headline")


def without(asked: Asked, empty: Estimate) -> Comparison:
    """The crude look with an empty headline before it."""
    rest = [e for e in asked.crude.estimates if e.reference is None]
    return replace(asked.crude, estimates=(empty, *rest), gate="fail", reason=empty.reason)


def estimand(asked: Asked, codes: Sequence[str], summary: str, people_without: str) -> dict[str, Any]:
    """The five attributes of the estimand (ICH E9(R1), 2019), beside what the unadjusted look says of itself."""
    protocol, instrument = asked.question.protocol, asked.question.instrument
    labels = {arm.id: arm.label for arm in protocol.arms}
    return {
        **asked.crude.estimand,
        "quantity": summary,
        "treatment": [labels[code] for code in codes],
        "population": "people of the arms whose visit has passed",
        "variable": instrument.at_week(protocol.outcome.week),
        "intercurrent_events": dict(protocol.strategies),
        "summary": summary,
        "people_without_a_result": people_without,
    }
