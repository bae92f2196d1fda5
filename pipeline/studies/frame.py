"""One row per person whose visit has come: arm, what was known at time zero, and the results at each visit.

What the adjusted estimators need and sums cannot give. Nobody's id leaves this file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from pipeline.contract import reference
from pipeline.studies.estimators.effect import Array, Codes
from pipeline.studies.population import Population, passed, same_stratum
from pipeline.studies.protocol import CHOSEN_STRATEGIES
from pipeline.studies.reading import bound

MIN_VISIT_SHARE = 0.5
"""An earlier visit counts as one if at least this share as many were seen then as at the horizon. Rarer ones are
visits that only some clinics keep, and would make everybody else a person who skipped (judgement)."""

MILLI = 1000.0
HALF = 0.5
"""Added to a count before its logarithm is taken: half of the smallest one, so that none has a logarithm too."""

UNKNOWN = "unknown"

Column = Array | Sequence[str]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Frame:
    """People in the order of the version's own numbering.

    `arm` indexes `arms`. `visits` is people x weeks: improvement in the instrument's unit, NaN where nobody
    saw the person; the last week is the horizon. `covariates` hold no missing value. `clinic` is the cluster.
    `counted` is what was counted at the horizon, where the instrument counts; None elsewhere. `tied` tells who needled
    two lengths equally often up to the landmark.
    """

    arms: tuple[str, ...]
    arm: Codes
    weeks: tuple[int, ...]
    visits: Array
    covariates: Mapping[str, Column]
    clinic: tuple[str, ...]
    counted: Array | None = None
    tied: Flags | None = None

    @property
    def horizon(self) -> Array:
        return np.asarray(self.visits[:, -1])

    def of(self, kept: Flags) -> "Frame":
        """Some of the people."""
        return Frame(
            self.arms,
            self.arm[kept],
            self.weeks,
            self.visits[kept],
            {name: chosen(values, kept) for name, values in self.covariates.items()},
            tuple(str(name) for name in chosen(self.clinic, kept)),
            None if self.counted is None else self.counted[kept],
            None if self.tied is None else self.tied[kept],
        )


def chosen(values: Column, kept: Flags) -> Column:
    """A column's values for some of the people."""
    return values[kept] if isinstance(values, np.ndarray) else [v for v, k in zip(values, kept, strict=True) if k]


def read_frame(con: duckdb.DuckDBPyConnection, population: Population) -> Frame:
    """The people of the protocol's arms for whom the visit has passed, seen then or not."""
    weeks = _weeks(con, population)
    columns = {name: sql for name in _covariates(population) for name, sql in _COLUMNS[name].items()}
    if population.instrument.is_count and "baseline" in columns:
        columns["log_baseline"] = f"ln({columns['baseline']} + {HALF})"
    picked = ", ".join(f"{sql} AS {name}" for name, sql in columns.items())
    visits = ", ".join(f"max(v.improvement_milli) FILTER (v.visit_week = {week}) AS w{week}" for week in weeks)
    sign = "-" if population.instrument.direction == "lower" else "+"
    counted = f"max(v.baseline_milli {sign} v.improvement_milli) FILTER (v.visit_week = {weeks[-1]})"
    sql = f"""{population.sql}, visit AS ({_VISITS.format(stratum=same_stratum("o"))}),
start AS ({_BASELINE.format(stratum=same_stratum("o"))}),
seen AS (SELECT participant_id, any_value(v.baseline_milli) AS baseline_milli, {counted} AS counted, {visits}
  FROM visit v GROUP BY ALL)
SELECT c.arm, coalesce(c.clinic_id, p.source) AS clinic, s.counted,
  coalesce(e.is_depth_tied, false) AS tied,  {", ".join(f"s.w{week}" for week in weeks)}, {picked or "0"}
FROM person c JOIN participants p USING (participant_id)
LEFT JOIN exposure e ON e.participant_id = c.participant_id AND e.landmark_days = $landmark
LEFT JOIN seen s ON s.participant_id = c.participant_id LEFT JOIN start b ON b.participant_id = c.participant_id
WHERE {passed(len(population.steps) - 2)} ORDER BY c.participant_id"""
    found = con.execute(*bound(con, sql, _parameters(population))).fetchnumpy()
    arms = tuple(arm.id for arm in population.protocol.arms)
    return Frame(
        arms=arms,
        arm=np.array([arms.index(code) for code in found["arm"]], dtype=np.int64),
        weeks=weeks,
        visits=np.column_stack([_numbers(found[f"w{week}"]) / MILLI for week in weeks]),
        covariates=_complete({name: found[name] for name in columns}),
        clinic=tuple(str(name) for name in found["clinic"]),
        counted=_numbers(found["counted"]) / MILLI if population.instrument.is_count else None,
        tied=np.asarray(found["tied"], dtype=np.bool_),
    )


_COLUMNS: Mapping[str, Mapping[str, str]] = {
    "baseline": {"baseline": "coalesce(s.baseline_milli, b.baseline_milli) / 1000.0"},
    "age_band": {"age_band": "p.age_band"},
    "sex": {"sex": "p.sex"},
    "stage": {
        "staging_scale": "p.staging_scale",
        "stage_rank": "p.stage_rank - avg(p.stage_rank) OVER (PARTITION BY p.staging_scale)",
    },
    "years_since_onset": {"years_since_onset": "p.years_since_onset::DOUBLE"},
    "prior_minoxidil_response": {"prior_minoxidil_response": "p.prior_minoxidil_response"},
    "prior_microneedling": {"prior_microneedling": "p.prior_microneedling"},
    "minoxidil": {
        "minoxidil": "CASE WHEN NOT coalesce(e.adjuncts_asked, false) THEN 'not asked' "
        "WHEN list_has_any(e.adjuncts_at_zero, ['minoxidil_topical', 'minoxidil_oral']) THEN 'yes' ELSE 'no' END"
    },
    "source": {"source": "p.source"},
}
"""Per covariate of a protocol, the columns it becomes, over p (participants), e (exposure), s and b (baselines)."""

_SETTLED_BY_ARM = {
    "minoxidil": ("adjunct", "with", "with_over_6_months", "with_under_6_months"),
    "stage": ("stage", "early_or_later"),
}
"""A characteristic that makes the arms cannot be adjusted for."""


def _covariates(population: Population) -> list[str]:
    told = population.protocol.told_by
    return [
        name
        for name in population.protocol.covariates
        if not told & set(_SETTLED_BY_ARM.get(name, ())) and (name != "baseline" or not population.instrument.is_change)
    ]


_VISITS = """
  SELECT o.participant_id, o.visit_week, o.improvement_milli, o.baseline_milli FROM outcome_change o
  WHERE o.instrument = $instrument AND o.visit_week <= $week AND o.improvement_milli IS NOT NULL
    AND (o.visit_week < $week OR o.visit_day > $landmark) AND {stratum}
    AND NOT EXISTS (
      SELECT 1 FROM events x JOIN exposure z ON z.participant_id = x.participant_id AND z.landmark_days = $landmark
      WHERE x.participant_id = o.participant_id AND list_contains($hypothetical, x.event)
        AND x.occurred_day BETWEEN z.time_zero_day AND z.time_zero_day + o.visit_day)"""
# What follows an event under the hypothetical strategy is taken as missing.

# Somebody who never came back has no row of change: the value nearest to time zero stands for the baseline.
_BASELINE = """
  SELECT participant_id, arg_min(milli, (abs(day), day)) AS baseline_milli FROM (
    SELECT o.participant_id, o.assessed_day - z.time_zero_day AS day,
      avg(o.value * power(10, 3 - i.decimals::INTEGER)
        / CASE WHEN i.needs_area::BOOLEAN THEN nullif(o.area_cm2, 0) ELSE 1 END) AS milli
    FROM outcomes o JOIN instruments i ON i.code = o.instrument
    JOIN exposure z ON z.participant_id = o.participant_id AND z.landmark_days = $landmark
    WHERE o.instrument = $instrument AND o.assessed_day - z.time_zero_day BETWEEN $from_day AND $to_day AND {stratum}
    GROUP BY ALL) GROUP BY participant_id"""


def _parameters(population: Population) -> dict[str, Any]:
    chosen = population.protocol.strategies
    return population.parameters | {"hypothetical": [e for e in CHOSEN_STRATEGIES if chosen[e] == "hypothetical"]}


def _weeks(con: duckdb.DuckDBPyConnection, population: Population) -> tuple[int, ...]:
    """The horizon, and before it each visit at which enough of the people were seen."""
    horizon = population.window.week
    sql = f"""{population.sql} SELECT o.visit_week, count(*) FROM ({_VISITS.format(stratum=same_stratum("o"))}) o
JOIN person USING (participant_id) WHERE {passed(len(population.steps) - 2)} GROUP BY ALL"""
    seen = dict(con.execute(*bound(con, sql, _parameters(population))).fetchall())
    known = [int(row["week"]) for row in reference.rows("visits")]
    least = MIN_VISIT_SHARE * seen.get(horizon, 0)
    return (*(w for w in known if w < horizon and seen.get(w, 0) >= max(least, 1)), horizon)


def _complete(columns: Mapping[str, object]) -> dict[str, Column]:
    """Missing words are a word of their own; a missing number is the mean, and a column tells that it was missing."""
    complete: dict[str, Column] = {}
    for name, values in columns.items():
        column: np.ma.MaskedArray[Any, Any] = np.ma.asarray(values)
        if column.dtype == object:
            gaps = np.ma.getmaskarray(column)
            complete[name] = [UNKNOWN if gap else str(value) for value, gap in zip(column.data, gaps, strict=True)]
            continue
        numbers = _numbers(column)
        missing = ~np.isfinite(numbers)
        complete[name] = np.where(missing, numbers[~missing].mean() if not missing.all() else 0.0, numbers)
        if missing.any():
            complete[f"{name}_known"] = ["no" if gone else "yes" for gone in missing]
    return complete


def _numbers(column: Any) -> Array:
    """Floats, NaN where NULL stood."""
    return np.asarray(np.ma.filled(np.ma.asarray(column).astype(np.float64), np.nan))
