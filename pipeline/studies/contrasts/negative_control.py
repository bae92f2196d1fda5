"""Negative controls: differences that needling cannot have made. Where there is one all the same, people differ.

Two are looked for. Density at the back of the head, which pattern hair loss and needles spare, among people none of
whose sessions went there; and the course before the start, where somebody was measured twice by then. Either is judged
by its size against the margin, never by a p-value, and never clears a comparison: a control passed in 88 of 100
simulated studies whose hidden cause took the interval's coverage from 95% to 90%.

Lipsitch, M., Tchetgen Tchetgen, E. and Cohen, T. (2010). Negative controls. Epidemiology 21, 383-388.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import numpy as np

from pipeline.studies.contrasts.adjusted import pair_of
from pipeline.studies.contrasts.contrast import Answer
from pipeline.studies.contrasts.headline import MIN_ADJUSTED, MIN_SHOWN
from pipeline.studies.estimators.effect import Array, Effect, Result, Withheld
from pipeline.studies.estimators.linear import ancova
from pipeline.studies.estimators.once import once
from pipeline.studies.estimators.welch import Moments, difference
from pipeline.studies.people.frame import Frame
from pipeline.studies.people.person_rows import MILLI
from pipeline.studies.people.population import Population, passed
from pipeline.studies.people.reading import bound, fetch
from pipeline.studies.people.visits import same_stratum
from pipeline.studies.protocols.protocol import Contrast

LIMIT = 1.0
"""A control beyond so many margins is a caution; it never fails a comparison by itself, for it errs too (judgement)."""

PRECISE = 1.0
"""A control whose 95% interval reaches further than so many margins to either side says nothing (judgement)."""

BACK, BEFORE = "back_of_the_head", "before_the_start"

_SENTENCES = {
    BACK: "at the back of the head, where no session went",
    BEFORE: "in the course before the start, carried on to the visit",
}


@dataclass(frozen=True)
class Controls:
    """The controls of one study's people: `frame` is theirs, read by whoever needs it."""

    con: duckdb.DuckDBPyConnection
    population: Population

    @once
    def values(self) -> Mapping[str, Array]:
        """Per control a value a person, in the order of the frame, NaN where there is none; improvements in the
        instrument's unit. Empty where nobody has any."""
        if not fetch(self.con, _ANYBODY, self.population.parameters)[0][0]:
            return {}
        sql = f"""{self.population.sql}, back AS ({_BACK}), before AS ({_BEFORE})
SELECT b.milli AS back, f.per_day * 7 * $week AS before
FROM person c LEFT JOIN back b USING (participant_id) LEFT JOIN before f USING (participant_id)
WHERE {passed(len(self.population.steps) - 2)} ORDER BY c.participant_id"""
        found = self.con.execute(*bound(self.con, sql, self.population.parameters)).fetchnumpy()
        worse = -1.0 if self.population.instrument.direction == "lower" else 1.0
        return {BACK: _numbers(found["back"]) / MILLI, BEFORE: worse * _numbers(found["before"]) / MILLI}

    def of(self, frame: Frame, contrast: Contrast, margin: float | None) -> dict[str, Any]:
        """What stands in the diagnostics of a contrast: each control, or why there is none."""
        return {name: _control(name, self.values, frame, contrast, margin) for name in (BACK, BEFORE)}

    def beside(self, answer: Answer, frame: Frame, contrast: Contrast) -> Answer:
        """The answer with its controls, and with the cautions that they are."""
        found = self.of(frame, contrast, answer.numbers["margin_in_unit"])
        warnings = tuple(cautions(found))
        gate = "caution" if warnings and answer.gate == "pass" else answer.gate
        numbers = {**answer.numbers, "negative_control": found, "gate": gate}
        return replace(answer, numbers=numbers, gate=gate, warnings=(*answer.warnings, *warnings))


def none_looked_for(answer: Answer) -> Answer:
    """The answer of a contrast that is refused: there is nothing that a control could speak for or against."""
    nothing = {name: {"estimate": None, "reason": "no_negative_control"} for name in (BACK, BEFORE)}
    return replace(answer, numbers={**answer.numbers, "negative_control": nothing})


def cautions(found: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """A sentence for each control that lies beyond the limit."""
    for name, control in found.items():
        if control.get("exceeds"):
            yield (
                f"The arms differ by {control['estimate']:.3g} {_SENTENCES[name]}: more than the "
                f"{control['margin']:.3g} that matters, and needling cannot have done it. "
                "People in the arms differ in something else."
            )


_ANYBODY = """
SELECT EXISTS (FROM back_of_head WHERE instrument = $instrument)
  OR EXISTS (FROM before_start WHERE instrument = $instrument)"""
"""Whether it is worth looking person by person."""

_BACK = """
  SELECT participant_id, avg(improvement_milli) AS milli FROM back_of_head
  WHERE instrument = $instrument AND visit_week = $week AND visit_day > $landmark
    AND $at_region IS DISTINCT FROM 'occipital'
    AND rater IS NOT DISTINCT FROM $at_rater AND method IS NOT DISTINCT FROM $at_method
  GROUP BY participant_id"""

_BEFORE = f"""
  SELECT o.participant_id, (o.last_milli - o.first_milli) / (o.last_day - o.first_day) AS per_day FROM before_start o
  WHERE o.instrument = $instrument AND {same_stratum("o")}"""


def _control(
    name: str, values: Mapping[str, Array], frame: Frame, contrast: Contrast, margin: float | None
) -> dict[str, Any]:
    """One control: its difference, adjusted as far as its people allow."""
    if name not in values or not np.isfinite(values[name]).any():
        return {"estimate": None, "reason": "no_negative_control"}
    found, n = _difference(name, values[name], frame, contrast)
    if isinstance(found, Withheld) or found is None:
        return {"estimate": None, "reason": "too_few" if found is None else found.reason, "n": n}
    low, high = found.interval()
    control = {"estimate": found.estimate, "ci_lower": low, "ci_upper": high, "n": n, "margin": margin}
    if margin is None:
        return {**control, "exceeds": None, "reason": "no_margin"}
    if (high - low) / 2 > PRECISE * margin:
        return {**control, "exceeds": None, "reason": "control_imprecise"}
    return {**control, "exceeds": abs(found.estimate) > LIMIT * margin, "reason": None}


def _difference(name: str, values: Array, frame: Frame, contrast: Contrast) -> tuple[Result | None, int]:
    """Among like people where there are people enough. The course before the start ends in the baseline, so that is
    not adjusted for there."""
    kept = {key: column for key, column in frame.covariates.items() if name != BEFORE or not key.startswith("baseline")}
    own = replace(frame, weeks=frame.weeks[-1:], visits=values[:, None], covariates=kept, counted=None)
    pair = pair_of(own, contrast.arm, contrast.reference)
    n = int(pair.seen.sum())
    if min(pair.n) < MIN_SHOWN:
        return None, n
    if min(pair.n) >= MIN_ADJUSTED:
        return ancova(pair.y[pair.seen, -1], pair.arm[pair.seen], pair.x.chosen(pair.seen)), n
    here, there = (pair.y[pair.seen & (pair.arm == a), -1] for a in (1, 0))
    found = difference(_moments(here), _moments(there))
    return Withheld("no_variation") if found is None else Effect(found.estimate, found.std_error, found.df, n, n), n


def _moments(values: Array) -> Moments:
    return Moments(len(values), float(values.mean()), float(values.var(ddof=1)))


def _numbers(column: Any) -> Array:
    """Floats, NaN where NULL stood."""
    return np.asarray(np.ma.filled(np.ma.asarray(column).astype(np.float64), np.nan))
