"""The same contrasts with exposure settled on other days and without tied depths, and what people changed afterwards.

Headline methods only, and no diagnostics: these rows say whether an answer hangs on the day by which arms are settled.
Nothing that somebody did after the landmark ever assigns an arm; it is described.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import duckdb
import numpy as np

from pipeline.contract.results import Estimate
from pipeline.studies.contrasts.adjusted import effect_of, headline_of, pair_of
from pipeline.studies.contrasts.contrast import Answer, estimate_of
from pipeline.studies.contrasts.counted import count_effects, headline_of_counts
from pipeline.studies.contrasts.headline import MIN_ADJUSTED
from pipeline.studies.contrasts.joint import MIN_ARMS, joint_with
from pipeline.studies.contrasts.joint_results import headline_means
from pipeline.studies.estimators.effect import Result, Withheld
from pipeline.studies.people.frame import Fetched, Frame
from pipeline.studies.people.other_days import is_told_by_exposure
from pipeline.studies.people.population import Population, passed
from pipeline.studies.people.reading import fetch
from pipeline.studies.protocols.instrument import Instrument
from pipeline.studies.protocols.protocol import Contrast

_BY_DEPTH = frozenset(("depth_band", "needle_length_mm", "schedule"))


@dataclass(frozen=True)
class Row:
    """One contrast at one landmark. Without an estimate, `reason` says why."""

    landmark_days: int
    without_depth_ties: bool
    estimate: Estimate
    n: int

    def to_json(self) -> dict[str, Any]:
        shown = ("contrast", "method", "estimate", "ci_lower", "ci_upper", "unit", "reason")
        given = self.estimate.to_json()
        return {
            "landmark_days": self.landmark_days,
            "without_depth_ties": self.without_depth_ties,
            "n": self.n,
            **{key: given[key] for key in shown},
        }


NOT_REPEATED = (
    "Whether the answer hangs on the day by which arms are settled was not looked at: ask for its sensitivity."
)


def adjusted_contrasts(answers: Sequence[Answer]) -> list[Contrast]:
    """Those that are looked at on other days: in which something is adjusted for."""
    return [Contrast(a.headline.arm, a.headline.reference or "") for a in answers if a.numbers["adjusted_for"]]


def exposure_sensitivity(
    con: duckdb.DuckDBPyConnection,
    population: Population,
    frame: Frame,
    answers: Sequence[Answer],
    elsewhere: Sequence[Row],
) -> dict[str, Any]:
    """Rows of `sensitivity_landmarks`, and `switching`; nothing where arms are not told by what somebody did.

    `elsewhere` are the rows of the other days.
    """
    told = {column for arm in population.protocol.arms for column in arm.conditions}
    contrasts = adjusted_contrasts(answers)
    if not is_told_by_exposure(population.protocol) or not contrasts:
        return {}
    own, instrument = population.protocol.landmark_days, population.instrument
    rows = [*_own(own, answers), *elsewhere]
    if told & _BY_DEPTH and frame.tied is not None and frame.tied.any():
        rows += _rows(frame.of(~frame.tied), own, instrument, contrasts, without_ties=True)
    rows.sort(key=lambda row: (row.estimate.contrast, row.without_depth_ties, row.landmark_days))
    return {"sensitivity_landmarks": [row.to_json() for row in rows], "switching": _switching(con, population)}


def _own(landmark: int, answers: Sequence[Answer]) -> Iterator[Row]:
    """As compared: the headline's method, also where diagnostics keep it from the headline."""
    for answer in answers:
        if answer.numbers["adjusted_for"]:
            given = [e for e in answer.estimates if e.method == answer.numbers["headline"]]
            best = next((e for e in given if e.is_given), given[0])
            yield Row(landmark, False, best, int(answer.numbers["n_observed"]))


def rows_of_days(
    days: dict[int, Fetched], instrument: Instrument, contrasts: Sequence[Contrast]
) -> list[Callable[[], list[Row]]]:
    """The contrasts on each of the other days, to be asked for once: `days` is emptied, so that nobody stands in memory
    longer than need be."""

    def on(day: int) -> list[Row]:
        return list(_rows(days.pop(day).frame(), day, instrument, contrasts)) if contrasts else []

    return [partial(on, day) for day in days]


def _rows(
    frame: Frame, landmark: int, instrument: Instrument, contrasts: Sequence[Contrast], *, without_ties: bool = False
) -> Iterator[Row]:
    together = _together(frame, contrasts) if instrument.scale == "ratio" else {}
    for contrast in contrasts:
        method, found, n = together.get(contrast.arm) or _alone(frame, contrast, instrument)
        shown = estimate_of(found, method, "sensitivity", instrument, contrast)
        yield Row(landmark, without_ties, shown, n)


Found = tuple[str, Result, int]
"""Method, effect, people with a result."""


def _together(frame: Frame, contrasts: Sequence[Contrast]) -> Mapping[str, Found]:
    """Contrasts by arm in the common population, by the rule of the comparison itself."""
    seen = np.bincount(frame.arm[np.isfinite(frame.horizon)], minlength=len(frame.arms))
    codes = [contrasts[0].reference, *(contrast.arm for contrast in contrasts)]
    enough = [code for code in codes if seen[frame.arms.index(code)] >= MIN_ADJUSTED]
    if codes[0] not in enough or len(enough) < MIN_ARMS:
        return {}
    joint, _ = joint_with(frame, enough)
    if joint is None:
        return {}
    means = headline_means(joint)
    return {
        code: (joint.method, means if isinstance(means, Withheld) else means.difference(a, 0), joint.n[a] + joint.n[0])
        for a, code in enumerate(joint.arms)
        if a
    }


def _alone(frame: Frame, contrast: Contrast, instrument: Instrument) -> Found:
    pair = pair_of(frame, contrast.arm, contrast.reference)
    if min(pair.n) < MIN_ADJUSTED:
        return "welch", Withheld("too_few_of_a_kind"), sum(pair.n)
    if pair.counted is not None:
        method = headline_of_counts(pair)
        return method, count_effects(pair, pair.counted, instrument)[method], sum(pair.n)
    method = headline_of(pair, is_ordinal=instrument.is_ordinal)
    return method, effect_of(pair, method), sum(pair.n)


def _switching(con: duckdb.DuckDBPyConnection, people: Population) -> list[dict[str, Any]]:
    """By arm, of the people whose visit has passed: who changed the needle length or began something else."""
    sql = f"""{people.sql}
SELECT c.arm, count(*), count(*) FILTER (e.n_depth_switches > 0), count(*) FILTER (e.started_needling_later),
  count(*) FILTER (len(e.adjuncts_started_later) > 0)
FROM person c JOIN exposure e ON e.participant_id = c.participant_id AND e.landmark_days = $landmark
WHERE {passed(len(people.steps) - 2)} GROUP BY ALL"""
    found = {row[0]: row[1:] for row in fetch(con, sql, people.parameters)}
    names = ("n", "n_changed_needle_length", "n_began_needling", "n_began_another_treatment")
    return [
        {"arm": arm.id, **dict(zip(names, found[arm.id], strict=True))}
        for arm in people.protocol.arms
        if arm.id in found
    ]
