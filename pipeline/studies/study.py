"""A study: the unadjusted comparison of its protocol, and beside it the adjusted one with what speaks for and
against it. The headline is withheld where the diagnostics fail."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import duckdb
from threadpoolctl import threadpool_limits

from pipeline.contract import instruments as known
from pipeline.contract.results import Arm, Comparison, Estimate, Quantity, Role
from pipeline.studies.adjusted import Pair, as_odds_ratio, effects, headline_of, pair_of
from pipeline.studies.caveats import adjusted_caveats
from pipeline.studies.compare import question_of, unadjusted_study
from pipeline.studies.diagnostics import Diagnosis, diagnose, sensitivity, simpson
from pipeline.studies.estimators.effect import Effect, Result, Withheld
from pipeline.studies.estimators.equivalence import equivalence
from pipeline.studies.frame import read_frame
from pipeline.studies.headline import MIN_SHOWN, Method
from pipeline.studies.instrument import Instrument
from pipeline.studies.population import Population
from pipeline.studies.protocol import Contrast, Protocol


def run_study(con: duckdb.DuckDBPyConnection, protocol: Protocol, version: str | None = None) -> Comparison:
    """The primary contrast of a protocol in the version that `con` reads, adjusted and unadjusted.

    Raises UsageError where the protocol names what this version does not know. What the data cannot
    answer is no error: the result says why.
    """
    crude = unadjusted_study(con, protocol, version)
    population, _ = question_of(con, protocol)
    arms = {arm.arm: arm for arm in crude.arms}
    contrast = protocol.contrast
    if contrast is None:
        return crude
    if population is None:
        return replace(crude, estimates=tuple(replace(e, role="headline") for e in crude.estimates))
    if not {contrast.arm, contrast.reference} <= arms.keys():
        return _refused(crude, population.instrument, contrast, "no_arm")
    here, there = arms[contrast.arm], arms[contrast.reference]
    if min(here.n_observed, there.n_observed) < MIN_SHOWN:
        return _refused(crude, population.instrument, contrast, "too_few")
    pair = pair_of(read_frame(con, population), contrast.arm, contrast.reference)
    with threadpool_limits(1, "blas"):  # the matrices are small: 0.7 s of computing took 5 s with two threads
        return _answer(crude, population, pair, contrast, (here, there))


def _answer(
    crude: Comparison, population: Population, pair: Pair, contrast: Contrast, arms: tuple[Arm, Arm]
) -> Comparison:
    instrument, protocol = population.instrument, population.protocol
    if min(pair.n) < MIN_SHOWN:
        refused = _refused(crude, instrument, contrast, "no_overlap")
        return replace(refused, warnings=(_alone(pair), *crude.warnings))
    method = headline_of(pair, is_ordinal=instrument.is_ordinal)
    found = effects(pair, is_ordinal=instrument.is_ordinal)
    seen = diagnose(pair, method, arms)
    main = found.get(method)
    given = _estimates(crude, found, method, seen, instrument, contrast)
    gate = "fail" if seen.gate == "fail" or isinstance(main, Withheld) else seen.gate
    numbers: dict[str, Any] = {**crude.diagnostics, **seen.numbers, "headline": method,
                               "adjusted_for": list(pair.given.names) if found else []}  # fmt: skip
    if isinstance(main, Effect) and not instrument.is_ordinal:
        numbers |= _beside(main, pair, protocol, instrument)
    crude_difference = next((e.estimate for e in crude.estimates if e.reference and e.arm == contrast.arm), None)
    turned = isinstance(main, Effect) and not instrument.is_ordinal and simpson(crude_difference, main.estimate)
    return replace(
        crude,
        estimand={**crude.estimand, **_attributes(protocol, population, pair)},
        estimates=given,
        diagnostics=numbers,
        gate=gate,
        warnings=(
            *seen.fails,
            *seen.thin,
            *adjusted_caveats(crude.warnings, numbers["adjusted_for"], turned),
            *seen.cautions,
        ),
    )


def _beside(main: Effect, pair: Pair, protocol: Protocol, instrument: Instrument) -> dict[str, Any]:
    """What stands beside the headline: sensitivity, and the verdict on sameness where that is the question."""
    contrast = protocol.contrast
    own = known.instruments()[instrument.code].margin if instrument.code in known.instruments() else None
    margin = contrast.margin if contrast and contrast.margin is not None else own
    numbers = sensitivity(main, pair, margin) | {"margin": margin}
    if protocol.aim == "equivalence" and margin is not None:
        same = equivalence(main, -margin, margin)
        if not isinstance(same, Withheld):
            numbers["equivalence"] = {
                "ci_lower": same.ci_lower, "ci_upper": same.ci_upper, "level": 0.90, "p_value": same.p_value,
                "is_same": same.is_same,
            }  # fmt: skip
    return numbers


def _estimates(
    crude: Comparison,
    found: Mapping[str, Result],
    method: Method,
    seen: Diagnosis,
    instrument: Instrument,
    contrast: Contrast,
) -> tuple[Estimate, ...]:
    """The headline first, then the other methods, then the unadjusted figures."""
    if method not in found:  # too few to adjust: the unadjusted contrast is all there is
        return tuple(replace(e, role="headline") if e.reference else e for e in crude.estimates)
    role: Mapping[str, Role] = {code: "headline" if code == method else "sensitivity" for code in found}
    made = {code: _estimate(result, code, role[code], instrument, contrast) for code, result in found.items()}
    if seen.reason is not None:
        opened = made | {method: replace(made[method], role="sensitivity")}
        withheld = _withheld(instrument, contrast, method, seen.reason)
        return (withheld, *opened.values(), *crude.estimates)
    return (made[method], *(e for code, e in made.items() if code != method), *crude.estimates)


def _refused(crude: Comparison, instrument: Instrument, contrast: Contrast, reason: str) -> Comparison:
    """The comparison with an empty headline."""
    return replace(
        crude,
        estimates=(_withheld(instrument, contrast, "welch", reason), *crude.estimates),
        gate="fail",
        reason=reason,
    )


def _withheld(instrument: Instrument, contrast: Contrast, method: str, reason: str) -> Estimate:
    quantity, unit = _quantity(instrument)
    return Estimate(quantity, method, contrast.arm, contrast.reference, unit, reason=reason, role="headline")


def _quantity(instrument: Instrument) -> tuple[Quantity, str]:
    return ("odds_ratio", "odds ratio") if instrument.is_ordinal else ("difference", instrument.unit)


def _estimate(result: Result, method: str, role: Role, instrument: Instrument, contrast: Contrast) -> Estimate:
    arms, (quantity, unit) = (contrast.arm, contrast.reference), _quantity(instrument)
    if isinstance(result, Withheld):
        return Estimate(quantity, method, *arms, unit, reason=result.reason, role=role)
    p_value = result.p_value()  # one contrast: nothing to correct it for
    if instrument.is_ordinal:
        ratio, low, high = as_odds_ratio(result)
        return Estimate(quantity, method, *arms, unit, ratio, None, low, high, p_value, p_value, role=role)
    low, high = result.interval()
    return Estimate(
        quantity, method, *arms, unit, result.estimate, result.std_error, low, high, p_value, p_value, role=role
    )


def _attributes(protocol: Protocol, population: Population, pair: Pair) -> dict[str, Any]:
    """The five attributes of the estimand (ICH E9(R1), 2019)."""
    labels = {arm.id: arm.label for arm in protocol.arms}
    contrast = protocol.contrast
    return {
        "treatment": [labels[contrast.arm], labels[contrast.reference]] if contrast else list(labels.values()),
        "population": f"people of both kinds, {len(pair.arm)} of {len(pair.arm) + pair.n_alone} in the two arms",
        "variable": f"{population.instrument.label} at week {protocol.outcome.week}, change from the start",
        "intercurrent_events": dict(protocol.strategies),
        "summary": "odds ratio of a better step" if population.instrument.is_ordinal else "difference of means",
        "people_without_a_result": "taken as those like them who stayed",
    }


def _alone(pair: Pair) -> str:
    return (
        f"{pair.n_alone} people are of a kind that only one of the arms has; without them fewer than {MIN_SHOWN} "
        "have a result in an arm, and nothing is compared."
    )
