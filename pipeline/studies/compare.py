"""The unadjusted comparison: how far arms of one exposure dimension improved, side by side.

It does not adjust for anything and says so. Arms are settled by a landmark before the visit, everybody
counts once, and people without a result are left out (and counted).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from pipeline.contract import reference
from pipeline.contract.results import Arm, Comparison, Estimate
from pipeline.errors import UsageError
from pipeline.studies.caveats import caveats
from pipeline.studies.contrasts import MIN_OBSERVED, contrasts
from pipeline.studies.dimensions import Dimension, find_dimension
from pipeline.studies.filters import Filters, parse_filters
from pipeline.studies.instrument import Instrument, find_instrument
from pipeline.studies.moments import ArmSums, Tally, distributions, tally, values_by_arm
from pipeline.studies.population import Population, Window, choose_stratum

USUAL_DIAGNOSIS = "androgenetic_alopecia"
"""Compared where no diagnosis is asked for, if the instrument is meant for it: kinds of hair loss are never pooled."""


@dataclass(frozen=True)
class _Question:
    dimension: Dimension
    instrument: Instrument
    week: int
    diagnosis: str
    filters: Filters
    reference: str | None
    landmark: int | None
    version: str | None


def compare(
    con: duckdb.DuckDBPyConnection,
    by: str,
    instrument: str,
    week: int,
    where: Sequence[str] = (),
    landmark: int | None = None,
    reference: str | None = None,
    version: str | None = None,
) -> Comparison:
    """Mean improvement per arm with 95% intervals, and each arm against one of them.

    Args:
        con: read-only connection on a version's research.duckdb.
        by: exposure dimension, a key of `DIMENSIONS`.
        week: visit, a row of `visits`.
        where: filters COLUMN=VALUE.
        landmark: day by which arms are settled; the latest before the visit opens if left out.
        reference: arm to compare against; the largest if left out.

    Raises UsageError for names that do not exist. What the data cannot answer is no error: the result
    says why.
    """
    filters = parse_filters(con, where)
    chosen = find_instrument(con, instrument)
    diagnosis = _diagnosis(filters, chosen)
    window = _window(week, landmark)
    question = _Question(
        find_dimension(by), chosen, week, diagnosis, filters, reference, window.landmark if window else None, version
    )
    _check_reference(question)
    if not chosen.is_for(diagnosis):
        return _without_answer(question, "not_for_diagnosis")
    if window is None:
        return _without_answer(question, "before_landmark")
    stratum = choose_stratum(con, chosen, week, diagnosis, filters)
    if stratum is None:
        return _without_answer(question, "instrument_absent")
    measured_as, n_strata = stratum
    return _answer(
        con, question, Population(question.dimension, chosen, window, diagnosis, filters, measured_as), n_strata
    )


def _answer(con: duckdb.DuckDBPyConnection, question: _Question, population: Population, n_strata: int) -> Comparison:
    counted = tally(con, population)
    labels = question.dimension.labels()
    sums = {code: counted.arms[code] for code in sorted(counted.arms, key=_order(labels))}
    if not sums:
        return _without_answer(question, "no_arm", counted)
    against = question.reference or max(sums, key=lambda code: sums[code].n)
    values = values_by_arm(con, population) if question.instrument.is_ordinal else {}
    shown = distributions(con, population, counted.everybody, MIN_OBSERVED) if counted.everybody else {}
    arms = tuple(Arm(code, labels.get(code, code), s.n, s.n_due, s.n_observed) for code, s in sums.items())
    estimates = contrasts(question.instrument, sums, values, against)
    return Comparison(
        version=question.version,
        study=None,
        estimand=_estimand(question, population, against),
        attrition=counted.attrition,
        arms=arms,
        estimates=estimates,
        distributions=tuple(shown[code] for code in sums if code in shown),
        diagnostics=_diagnostics(question.instrument, arms, sums, counted),
        # nothing was checked for balance, so an unadjusted look never passes
        gate="caution" if any(e.is_given for e in estimates if e.reference) else "fail",
        warnings=caveats(question.instrument, question.dimension, question.week, question.diagnosis, arms, n_strata,
                         "diagnosis" not in question.filters.values),
    )  # fmt: skip


def _diagnosis(filters: Filters, instrument: Instrument) -> str:
    asked = filters.values.get("diagnosis", ())
    if len(asked) > 1:
        raise UsageError(f"{len(asked)} diagnoses were given; kinds of hair loss are never pooled, choose one of them")
    if asked:
        return asked[0]
    return USUAL_DIAGNOSIS if instrument.is_for(USUAL_DIAGNOSIS) else instrument.diagnoses[0]


def _window(week: int, landmark: int | None) -> Window | None:
    """The visit with its landmark; None where no landmark ends before the visit opens."""
    halves = {int(row["week"]): int(row["half_width_weeks"]) for row in reference.rows("visits")}
    if week not in halves:
        raise UsageError(f"week {week} is no visit; choose one of {', '.join(map(str, halves))}")
    landmarks = [int(row["days"]) for row in reference.rows("landmarks")]
    if landmark is not None and landmark not in landmarks:
        raise UsageError(f"landmark {landmark} is not known; choose one of {', '.join(map(str, landmarks))} days")
    opens = 7 * (week - halves[week])
    fitting = [days for days in landmarks if days < opens and landmark in (None, days)]
    return Window(week, halves[week], max(fitting)) if fitting else None


def _check_reference(question: _Question) -> None:
    labels = question.dimension.labels()
    if question.reference is not None and question.reference not in labels:
        raise UsageError(
            f"no arm of {question.dimension.code} is called {question.reference!r}; choose from {', '.join(labels)}"
        )


def _order(labels: dict[str, str]) -> Any:
    """Natural order of the arms; unknown ones last, by name."""
    places = {code: place for place, code in enumerate(labels)}
    return lambda code: (places.get(code, len(places)), code)


def _estimand(question: _Question, population: Population | None, against: str | None) -> dict[str, Any]:
    return {
        "by": question.dimension.code,
        "definition": question.dimension.definition,
        "instrument": question.instrument.code,
        "week": question.week,
        "unit": question.instrument.unit,
        "quantity": "chance of a better result"
        if question.instrument.is_ordinal
        else "mean improvement, above 0 is better",
        "diagnosis": question.diagnosis,
        "where": question.filters.texts(),
        "landmark_days": question.landmark,
        "measured_as": population.stratum if population else None,
        "reference": against,
        "people_without_a_result": "left out",
    }


def _diagnostics(
    instrument: Instrument, arms: tuple[Arm, ...], sums: dict[str, ArmSums], counted: Tally
) -> dict[str, Any]:
    return {
        "retention": [
            {"arm": a.arm, "n_due": a.n_due, "n_observed": a.n_observed, "retention": a.retention} for a in arms
        ],
        "clinics": [{"arm": code, "n_clinics": s.n_clinics} for code, s in sums.items()],
        "unsettled": dict(counted.unsettled),
        "detectable_change": instrument.detectable_change,
        "adjusted_for": [],
    }


def _without_answer(question: _Question, reason: str, counted: Tally | None = None) -> Comparison:
    """A comparison that the data, or the question itself, leave without any number."""
    withheld = Estimate("difference", "welch", question.dimension.code, None, question.instrument.unit, reason=reason)
    attrition = counted.attrition if counted else ()
    nobody = Tally(attrition, {}, None, counted.unsettled if counted else {})
    diagnostics = _diagnostics(question.instrument, (), {}, nobody)
    return Comparison(
        question.version, None, _estimand(question, None, question.reference), attrition, (), (withheld,),
        diagnostics=diagnostics, gate="fail", reason=reason,
    )  # fmt: skip
