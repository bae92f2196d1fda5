"""What one pass over a population gives: the attrition, and per arm how many, and the sums of their results."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from pipeline.contract.results import Distribution
from pipeline.studies.estimators.welch import Moments
from pipeline.studies.people.population import SETTLED, Population, passed
from pipeline.studies.people.reading import fetch

MILLI = 1000
"""Results are stored in thousandths of the instrument's unit."""

_BINS_PER_SD = 2
_SD_SHOWN = 4
_STEPS = (1, 2, 2.5, 5, 10)
"""Bins are half a standard deviation wide, rounded to one of these times a power of ten, so that a bin
rarely holds a single person; what lies beyond four standard deviations counts in the outermost bins."""


@dataclass(frozen=True)
class ArmSums:
    """One arm: people in it, due, with a result, clinics they come from, and moments of the results."""

    n: int
    n_due: int
    n_observed: int
    n_clinics: int
    moments: Moments | None


@dataclass(frozen=True)
class Tally:
    """The whole pass. `unsettled` counts, by reason, those whose exposure was not settled."""

    attrition: tuple[tuple[str, int], ...]
    arms: Mapping[str, ArmSums]
    everybody: Moments | None
    unsettled: Mapping[str, int]

    @property
    def retention(self) -> float:
        """Share (0-1) of the people due, of all arms together, who have a result; 0 where nobody was due."""
        (_, due), (_, seen) = self.attrition[-2:]
        return seen / due if due else 0.0


def tally(con: duckdb.DuckDBPyConnection, population: Population) -> Tally:
    """Attrition, arm counts and integer sums in one pass."""
    last = len(population.steps) - 1
    counts = ", ".join(f"count(*) FILTER ({passed(i)})" for i in range(last + 1))
    settled = next(i for i, (_, condition) in enumerate(population.steps) if condition == SETTLED)
    sql = f"""{population.sql}
SELECT grouping(arm, unsettled_reason), arm, unsettled_reason,
  count(*) FILTER (step = {settled}),
  count(DISTINCT clinic_id) FILTER ({passed(last - 2)}),
  coalesce(sum(improvement) FILTER ({passed(last)}), 0)::HUGEINT,
  coalesce(sum(improvement::HUGEINT * improvement) FILTER ({passed(last)}), 0)::HUGEINT, {counts}
FROM person GROUP BY GROUPING SETS ((arm), (unsettled_reason), ()) ORDER BY ALL"""
    rows = fetch(con, sql, population.parameters)
    whole = next(row for row in rows if row[0] == _EVERYBODY)
    return Tally(
        attrition=tuple((sentence, whole[7 + i]) for i, (sentence, _) in enumerate(population.steps)),
        arms={row[1]: _sums(row) for row in rows if row[0] == _BY_ARM and row[1] is not None and row[-3]},
        everybody=_moments(whole),
        unsettled={row[2] or "unknown": row[3] for row in rows if row[0] == _BY_REASON and row[3]},
    )


_BY_ARM, _BY_REASON, _EVERYBODY = 1, 2, 3
"""What `grouping(arm, unsettled_reason)` says: a bit is set where the column was rolled up."""


def _sums(row: tuple[object, ...]) -> ArmSums:
    n, due, observed = (int(str(x)) for x in row[-3:])
    return ArmSums(n, due, observed, int(str(row[4])), _moments(row))


def _moments(row: tuple[object, ...]) -> Moments | None:
    observed, total, squares = int(str(row[-1])), int(str(row[5])), int(str(row[6]))
    return Moments.from_sums(observed, total, squares, MILLI) if observed else None


def values_by_arm(con: duckdb.DuckDBPyConnection, population: Population) -> dict[str, dict[int, int]]:
    """People by result, in thousandths, for each arm. For scales of few steps only."""
    return _counted(con, population, "improvement")


def distributions(
    con: duckdb.DuckDBPyConnection, population: Population, everybody: Moments, at_least: int
) -> dict[str, Distribution]:
    """Histogram of each arm on common bins; without counts where fewer than `at_least` have a result."""
    width = bin_width_milli(everybody, population.instrument.step_milli, population.instrument.is_ordinal)
    spread = _SD_SHOWN * math.sqrt(everybody.variance or 0) * MILLI
    first = math.floor((everybody.mean * MILLI - spread) / width)
    last = max(first, math.floor((everybody.mean * MILLI + spread) / width))
    index = f"greatest({first}, least({last}, floor(improvement / {width}.0)::BIGINT))"
    found = _counted(con, population, index)
    return {
        arm: Distribution(arm, first * width / MILLI, width / MILLI, _dense(counts, first, last, at_least))
        for arm, counts in found.items()
    }


def bin_width_milli(everybody: Moments, step_milli: int, is_ordinal: bool) -> int:
    """A round bin width in thousandths; a scale of steps has one bin a step."""
    if is_ordinal:
        return MILLI
    wanted = max(math.sqrt(everybody.variance or 0) / _BINS_PER_SD, step_milli / MILLI)
    magnitude = 10.0 ** math.floor(math.log10(wanted))
    nearest = min(_STEPS, key=lambda step: abs(step * magnitude - wanted))
    return max(step_milli, round(nearest * magnitude * MILLI))


def _counted(con: duckdb.DuckDBPyConnection, population: Population, by: str) -> dict[str, dict[int, int]]:
    """People with a result by arm and by an expression over `improvement`."""
    last = len(population.steps) - 1
    sql = (
        f"{population.sql} SELECT arm, {by} AS at, count(*) FROM person WHERE {passed(last)} GROUP BY ALL ORDER BY ALL"
    )
    found: dict[str, dict[int, int]] = {}
    for arm, at, n in fetch(con, sql, population.parameters):
        found.setdefault(arm, {})[int(at)] = n
    return found


def _dense(counts: Mapping[int, int], first: int, last: int, at_least: int) -> tuple[int, ...]:
    if sum(counts.values()) < at_least:
        return ()
    return tuple(counts.get(i, 0) for i in range(first, last + 1))
