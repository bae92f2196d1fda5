"""Needle length and sessions per week together: every cell against the commonest one.

Each cell has its adjusted difference, an interval that holds for all cells at once, and a point drawn towards the other
cells (partial pooling). The drawn points have no interval and make no ranking: the interval of the best-looking cell
covered 62% in simulation.
"""

from collections.abc import Sequence
from dataclasses import replace

import duckdb
from threadpoolctl import threadpool_limits

from pipeline.contract import reference
from pipeline.contract.curves import DepthFrequencyMap
from pipeline.studies.contrasts.compare import Question, ask, people_of
from pipeline.studies.curves.levels import ASSOCIATION, attrition_of, levels_of
from pipeline.studies.people.frame import read_frame
from pipeline.studies.people.population import Population
from pipeline.studies.protocols.protocol import ProtocolArm


def depth_frequency_map(
    con: duckdb.DuckDBPyConnection,
    instrument: str,
    week: int,
    where: Sequence[str] = (),
    landmark: int | None = None,
    version: str | None = None,
) -> DepthFrequencyMap:
    """The map among people who needle. Raises UsageError for names that do not exist.

    What the data cannot answer is no error: the result, or the cell, says why.
    """
    asked = ask(con, "depth", instrument, week, where, landmark, None, version)
    arms = _arms()
    question = replace(asked, protocol=replace(asked.protocol, arms=arms))
    attrition, reason = attrition_of(con, question)
    people = people_of(con, question)
    if reason is None and question.instrument.scale != "ratio":
        reason = "no_curve_of_means"
    if reason is not None or not isinstance(people, Population):
        return DepthFrequencyMap(version, _estimand(question, None, None), attrition, (), reason)
    with threadpool_limits(1, "blas"):
        found = levels_of(read_frame(con, people), {arm.id: arm.label for arm in arms})
    method, against = (found.joint.method, found.joint.arms[0]) if found.joint else (None, None)
    estimand = _estimand(question, method, against)
    return DepthFrequencyMap(version, estimand, attrition, (ASSOCIATION,), found.reason, found.levels)


def _arms() -> tuple[ProtocolArm, ...]:
    depths, frequencies = reference.rows("depth_bands"), reference.rows("frequency_bands")
    return tuple(
        ProtocolArm(
            f"{depth['code']} {weekly['code']}",
            f"{depth['label']}, {weekly['label']}",
            {"depth_band": (depth["code"],), "frequency_band": (weekly["code"],)},
        )
        for depth in depths
        for weekly in frequencies
    )


def _estimand(question: Question, method: str | None, against: str | None) -> dict[str, object]:
    return {
        "by": "depth and frequency",
        "instrument": question.instrument.code,
        "unit": question.instrument.unit,
        "week": question.protocol.outcome.week,
        "landmark_days": question.protocol.landmark_days,
        "diagnosis": question.protocol.people.diagnosis,
        "where": list(question.protocol.people.where),
        "quantity": "difference of mean improvement from the commonest cell, above 0 is better",
        "reference": against,
        "method": method,
        "people_without_a_result": "taken as those like them who stayed",
    }
