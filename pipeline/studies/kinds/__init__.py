"""Questions that are no contrast of two means: one module for each aim, each answering with a Comparison."""

from collections.abc import Callable, Mapping

import duckdb

from pipeline.contract.results import Comparison
from pipeline.studies.kinds.interaction import answer_interaction
from pipeline.studies.kinds.minimal import answer_minimal
from pipeline.studies.kinds.variation import answer_variation
from pipeline.studies.protocol import Aim, Protocol

Answering = Callable[[duckdb.DuckDBPyConnection, Protocol, str | None], Comparison]

KINDS: Mapping[Aim, Answering] = {
    "interaction": answer_interaction,
    "minimal": answer_minimal,
    "variation": answer_variation,
}
"""Who answers an aim; any other one is a contrast."""
