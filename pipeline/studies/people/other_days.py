"""The people of the same question with exposure settled on other days."""

from dataclasses import replace

import duckdb

from pipeline.contract import reference
from pipeline.studies.people.frame import Fetched, fetched
from pipeline.studies.people.population import Population
from pipeline.studies.protocols.protocol import Protocol
from pipeline.studies.protocols.window import Window, find_window

_NOT_BY_EXPOSURE = frozenset(("stage", "early_or_later"))


def is_told_by_exposure(protocol: Protocol) -> bool:
    """Whether arms are told by what somebody did, so that the day by which it is settled matters."""
    return not {column for arm in protocol.arms for column in arm.conditions} <= _NOT_BY_EXPOSURE


def people_of_other_days(con: duckdb.DuckDBPyConnection, population: Population) -> dict[int, Fetched]:
    """By landmark, those after which the visit opens; nobody where arms are not told by what somebody did."""
    if not is_told_by_exposure(population.protocol):
        return {}
    days = (int(row["days"]) for row in reference.rows("landmarks"))
    windows = (find_window(population.window.week, day) for day in days if day != population.protocol.landmark_days)
    return {
        window.landmark: fetched(con, _settled_by(population, window), doses=False)
        for window in windows
        if window is not None
    }


def _settled_by(population: Population, window: Window) -> Population:
    protocol = replace(population.protocol, landmark_days=window.landmark)
    return replace(population, protocol=protocol, window=window, gathered=None)
