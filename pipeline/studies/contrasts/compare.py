"""The unadjusted comparison: how far arms of one exposure dimension improved, side by side.

It does not adjust for anything and says so. Arms are settled by a landmark before the visit, everybody
counts once, and people without a result are left out (and counted).
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import duckdb

from pipeline.contract.results import Arm, Comparison, Estimate
from pipeline.studies.contrasts.arm_estimates import MIN_OBSERVED, contrasts
from pipeline.studies.contrasts.caveats import caveats
from pipeline.studies.people.frame import Fetched
from pipeline.studies.people.gathering import gathered, start_at_hand
from pipeline.studies.people.moments import ArmSums, Tally, distributions, tally, values_by_arm
from pipeline.studies.people.other_days import people_of_other_days
from pipeline.studies.people.population import Population, attrition_without_answer, choose_stratum, is_measured
from pipeline.studies.protocols.ad_hoc import ad_hoc_protocol
from pipeline.studies.protocols.dimensions import STUDY, Wording, find_dimension
from pipeline.studies.protocols.filters import Filters, parse_filters
from pipeline.studies.protocols.instrument import Instrument, find_instrument
from pipeline.studies.protocols.protocol import Protocol
from pipeline.studies.protocols.window import find_window


@dataclass(frozen=True)
class Question:
    """A protocol, its names looked up in one version. `study` is its id where it is written down."""

    protocol: Protocol
    instrument: Instrument
    filters: Filters
    wording: Wording
    version: str | None
    study: str | None


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
    return unadjusted(con, ask(con, by, instrument, week, where, landmark, reference, version))


def ask(
    con: duckdb.DuckDBPyConnection,
    by: str,
    instrument: str,
    week: int,
    where: Sequence[str] = (),
    landmark: int | None = None,
    reference: str | None = None,
    version: str | None = None,
) -> Question:
    """A question about one dimension, its names looked up. Arguments and errors as for `compare`."""
    filters, dimension = parse_filters(con, where), find_dimension(by)
    chosen = find_instrument(con, instrument)
    protocol = ad_hoc_protocol(dimension, chosen, week, filters, landmark, reference)
    return Question(protocol, chosen, filters, dimension, version, None)


def ask_study(con: duckdb.DuckDBPyConnection, protocol: Protocol, version: str | None = None) -> Question:
    """A protocol as a question. Raises UsageError where it names what this version does not know."""
    measured_as = (f"{column}={value}" for column, value in protocol.outcome.measured_as.items())
    filters = parse_filters(con, (*protocol.people.where, *measured_as))
    instrument = find_instrument(con, protocol.outcome.instrument)
    return Question(protocol, instrument, filters, STUDY, version, protocol.id)


@dataclass(frozen=True)
class Found:
    """Whom a question is about in one version, and in how many ways they were measured; `days` are the people of the
    same question with exposure settled on other days, where they were asked for."""

    population: Population
    n_strata: int
    days: dict[int, Fetched] = field(default_factory=dict)


def unadjusted(con: duckdb.DuckDBPyConnection, question: Question, found: Found | str | None = None) -> Comparison:
    """The answer without any adjustment. `found` is what `find_people` gave, where that is known."""
    found = find_people(con, question) if found is None else found
    if isinstance(found, str):
        return _without_answer(question, found, Tally(attrition_to(con, question, found), {}, None, {}))
    return _answer(con, question, found)


def attrition_to(con: duckdb.DuckDBPyConnection, question: Question, reason: str) -> tuple[tuple[str, int], ...]:
    """Who is left at each step of a question that this reason stands against."""
    return attrition_without_answer(con, question.protocol, question.instrument, question.filters, reason)


def people_of(con: duckdb.DuckDBPyConnection, question: Question) -> Population | str:
    """Whom the question is about in this version; without anybody, the reason code."""
    found = find_people(con, question)
    return found if isinstance(found, str) else found.population


@contextmanager
def people_at_hand(
    con: duckdb.DuckDBPyConnection, question: Question, *, other_days: bool = False
) -> Iterator[Found | str]:
    """The same people put together once, for whoever reads them several times; with `other_days` those of these too."""
    found = find_people(con, question)
    if isinstance(found, str):
        yield found
        return
    with start_at_hand(con, found.population) as people, gathered(con, people) as ready:
        days = people_of_other_days(con, people) if other_days else {}
        yield replace(found, population=ready, days=days)


def find_people(con: duckdb.DuckDBPyConnection, question: Question) -> Found | str:
    """Whom the question is about and in how many ways they were measured, or the code of what stands against it."""
    protocol, instrument = question.protocol, question.instrument
    week, diagnosis = protocol.outcome.week, protocol.people.diagnosis
    window = find_window(week, protocol.landmark_days)
    if not instrument.is_for(diagnosis):
        return "not_for_diagnosis"
    if window is None:
        return "before_landmark"
    stratum = choose_stratum(con, instrument, week, diagnosis, question.filters)
    if stratum is None:
        return "no_baseline" if is_measured(con, instrument, diagnosis, question.filters) else "instrument_absent"
    measured_as, n_strata = stratum
    known = f"{question.wording.label.lower()} known"
    return Found(Population(protocol, instrument, window, question.filters, measured_as, known), n_strata)


def _answer(con: duckdb.DuckDBPyConnection, question: Question, found: Found) -> Comparison:
    population, protocol = found.population, question.protocol
    counted = tally(con, population)
    labels = {arm.id: arm.label for arm in protocol.arms}
    sums = {code: counted.arms[code] for code in labels if code in counted.arms}
    if not sums:
        return _without_answer(question, "no_arm", counted)
    against = protocol.contrast.reference if protocol.contrast else max(sums, key=lambda code: sums[code].n)
    values = values_by_arm(con, population) if question.instrument.is_ordinal else {}
    shown = distributions(con, population, counted.everybody, MIN_OBSERVED) if counted.everybody else {}
    arms = tuple(Arm(code, labels[code], s.n, s.n_due, s.n_observed) for code, s in sums.items())
    estimates = contrasts(question.instrument, sums, values, against)
    return Comparison(
        version=question.version,
        study=question.study,
        estimand={**_estimand(question, population, against), "treatment": [arm.label for arm in arms]},
        attrition=counted.attrition,
        arms=arms,
        estimates=estimates,
        distributions=tuple(shown[code] for code in sums if code in shown),
        diagnostics=_diagnostics(question.instrument, arms, sums, counted),
        # nothing was checked for balance, so an unadjusted look never passes
        gate="caution" if any(e.is_given for e in estimates if e.reference) else "fail",
        warnings=caveats(question.instrument, question.wording, protocol.outcome.week, protocol.people.diagnosis, arms,
                         found.n_strata, question.study is None and "diagnosis" not in question.filters.values),
    )  # fmt: skip


def _estimand(question: Question, population: Population | None, against: str | None) -> dict[str, Any]:
    """What is asked, and its five attributes (ICH E9(R1), 2019) as the unadjusted look has them."""
    protocol, instrument = question.protocol, question.instrument
    quantity = "chance of a better result" if instrument.is_ordinal else "mean improvement, above 0 is better"
    return {
        "by": question.wording.code,
        "definition": question.wording.definition,
        "instrument": instrument.code,
        "week": protocol.outcome.week,
        "unit": instrument.unit,
        "quantity": quantity,
        "diagnosis": protocol.people.diagnosis,
        "where": list(protocol.people.where),
        "landmark_days": protocol.landmark_days,
        "measured_as": population.stratum if population else None,
        "reference": against,
        "people_without_a_result": "left out",
        "treatment": [arm.label for arm in protocol.arms],
        "population": "people of the arms whose visit has passed",
        "variable": instrument.at_week(protocol.outcome.week),
        "intercurrent_events": dict(protocol.strategies),
        "summary": quantity if instrument.is_ordinal else "difference of means" if len(protocol.arms) > 1 else "mean",
    }


def _diagnostics(
    instrument: Instrument, arms: tuple[Arm, ...], sums: Mapping[str, ArmSums], counted: Tally
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


def _without_answer(question: Question, reason: str, counted: Tally) -> Comparison:
    """A comparison that the data, or the question itself, leave without any number."""
    contrast = question.protocol.contrast
    against = contrast.reference if contrast else None
    arm = contrast.arm if contrast and contrast.arm else question.wording.code
    withheld = Estimate("difference", "welch", arm, None, question.instrument.unit, reason=reason)
    return Comparison(
        question.version, question.study, _estimand(question, None, against), counted.attrition, (), (withheld,),
        diagnostics=_diagnostics(question.instrument, (), {}, counted), gate="fail", reason=reason,
    )  # fmt: skip
