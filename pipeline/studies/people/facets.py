"""How many people each value of a filter would leave, the other filters being as they are: for whoever narrows down."""

from collections.abc import Mapping, Sequence

import duckdb

from pipeline.studies.people.reading import fetch
from pipeline.studies.protocols.ad_hoc import known_landmark
from pipeline.studies.protocols.filters import COLUMNS, Filters, parse_filters

FACETS = ("diagnosis", "sex", "age_band", "clinic_id", "setting", "device", "adjunct")
"""The filters that are counted, each describing a person or their exposure."""


def facets(con: duckdb.DuckDBPyConnection, where: Sequence[str], landmark: int) -> Mapping[str, Mapping[str, int]]:
    """People by value of each column of `FACETS`, among those whom all filters on other columns leave.

    `where` holds COLUMN=VALUE, `landmark` is the day by which exposure is settled; whose is not counts in no value of
    it. Raises UsageError for filters and landmarks that do not exist.
    """
    filters, day = parse_filters(con, where), known_landmark(landmark)
    return {column: _counted(con, filters, column, day) for column in FACETS}


def _counted(con: duckdb.DuckDBPyConnection, filters: Filters, column: str, landmark: int) -> Mapping[str, int]:
    alias = "e" if COLUMNS[column] == "exposure" else "p"
    sql = f"""
SELECT {alias}.{column}::VARCHAR, count(*) FROM participants p
LEFT JOIN exposure e ON e.participant_id = p.participant_id AND e.landmark_days = $landmark
WHERE {alias}.{column} IS NOT NULL AND {filters.sql("person", "exposure", besides=(column,))}
GROUP BY 1 ORDER BY 1"""
    return dict(fetch(con, sql, {"landmark": landmark, **filters.parameters}))
