"""Who responded: beyond the measurement error at the study's visit, and still so at the next one."""

from dataclasses import replace

import duckdb
import numpy as np

from pipeline.contract.instruments import instruments
from pipeline.contract.methods import MIN_DOUBLY_ROBUST
from pipeline.studies.contrasts.adjusted import Pair, pair_of
from pipeline.studies.contrasts.compare import ask_study, people_of
from pipeline.studies.contrasts.headline import MIN_ADJUSTED
from pipeline.studies.estimators.effect import Array, Result, Withheld
from pipeline.studies.estimators.linear import ancova
from pipeline.studies.estimators.propensity import clipped
from pipeline.studies.estimators.sequential_doubly_robust import sequential_doubly_robust
from pipeline.studies.people.frame import Frame, read_frame
from pipeline.studies.people.population import Population
from pipeline.studies.protocols.protocol import Protocol
from pipeline.studies.protocols.window import visit_half_widths


def more_responders(con: duckdb.DuckDBPyConnection, protocol: Protocol) -> Result | str:
    """Share of responders (0-1) in the contrast's arm less that in its reference, adjusted; else a reason code.

    Doubly robust where there are people enough, else a linear model of those seen at both visits.
    """
    week, contrast = protocol.outcome.week, protocol.contrast
    later = [other for other in visit_half_widths() if other > week]
    threshold = instruments()[protocol.outcome.instrument].responder_threshold
    if contrast is None or not later or threshold is None:
        return "no_confirmation"
    confirming = replace(protocol, outcome=replace(protocol.outcome, week=min(later)))
    population = people_of(con, ask_study(con, confirming))
    if not isinstance(population, Population):
        return population
    frame = read_frame(con, population)
    if week not in frame.weeks:
        return "no_confirmation"
    pair = pair_of(_responding(frame, week, threshold), contrast.arm, contrast.reference)
    return "too_few" if min(pair.n) < MIN_ADJUSTED else _adjusted(pair)


def _adjusted(pair: Pair) -> Result:
    if min(pair.n) < MIN_DOUBLY_ROBUST:
        return ancova(pair.y[pair.seen, -1], pair.arm[pair.seen], pair.x.chosen(pair.seen))
    if isinstance(pair.chance, Withheld):
        return pair.chance
    means = sequential_doubly_robust(pair.y, pair.arm, pair.x, clipped(pair.chance))
    return means if isinstance(means, Withheld) else means.difference(1, 0)


def _responding(frame: Frame, week: int, threshold: float) -> Frame:
    """The same people; the last visit says 1 for a responder, 0 for somebody who was seen twice and is none."""
    first, last = frame.visits[:, frame.weeks.index(week)], frame.visits[:, -1]
    return replace(frame, visits=np.column_stack([frame.visits[:, :-1], _both(first, last, threshold)]))


def _both(first: Array, last: Array, threshold: float) -> Array:
    responded = (first >= threshold) & (last >= threshold)
    return np.where(np.isfinite(first) & np.isfinite(last), responded.astype(np.float64), np.nan)
