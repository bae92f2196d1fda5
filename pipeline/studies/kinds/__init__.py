"""Questions that are no contrast of two means: one module for each aim, each answering with a Comparison."""

from collections.abc import Callable, Mapping
from typing import Any

import duckdb

from pipeline.contract.results import Comparison
from pipeline.studies.kinds.cost import answer_cost, preview_cost
from pipeline.studies.kinds.interaction import answer_interaction
from pipeline.studies.kinds.minimal import answer_minimal
from pipeline.studies.kinds.recovery import answer_recovery, preview_recovery
from pipeline.studies.kinds.variation import answer_variation
from pipeline.studies.protocols.protocol import Aim, Protocol

Answering = Callable[[duckdb.DuckDBPyConnection, Protocol, str | None], Comparison]

KINDS: Mapping[Aim, Answering] = {
    "cost": answer_cost,
    "interaction": answer_interaction,
    "minimal": answer_minimal,
    "recovery": answer_recovery,
    "variation": answer_variation,
}
"""Who answers an aim; any other one is a contrast."""

PREVIEWS: Mapping[Aim, Callable[[duckdb.DuckDBPyConnection, Protocol], dict[str, Any]]] = {
    "cost": preview_cost,
    "recovery": preview_recovery,
}
"""Who tells what may be known before the outcome is looked at; every other aim asks for a measured change."""
