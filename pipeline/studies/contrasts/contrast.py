"""One contrast, answered: the headline first, the other methods beside it, and what speaks for and against it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pipeline.contract import instruments as known
from pipeline.contract.methods import NOT_ADJUSTED
from pipeline.contract.results import Arm, Estimate, Gate, Quantity, Role
from pipeline.studies.contrasts.adjusted import Pair, as_ratio, effects, headline_of
from pipeline.studies.contrasts.counted import beside_counts, count_effects, headline_of_counts, quantity_of
from pipeline.studies.contrasts.diagnostics import Diagnosis, beside_odds, diagnose, sensitivity, simpson
from pipeline.studies.contrasts.headline import MIN_SHOWN, Method
from pipeline.studies.contrasts.looking_often import always_valid
from pipeline.studies.estimators.effect import Effect, Result, Withheld
from pipeline.studies.estimators.equivalence import equivalence
from pipeline.studies.protocols.instrument import Instrument
from pipeline.studies.protocols.protocol import Aim, Contrast


@dataclass(frozen=True)
class Answer:
    """Estimates, the headline first; `numbers` is what the verdict rests on, `warnings` says it in sentences."""

    estimates: tuple[Estimate, ...]
    numbers: Mapping[str, Any]
    gate: Gate
    warnings: tuple[str, ...] = ()

    @property
    def headline(self) -> Estimate:
        return self.estimates[0]

    def with_p_adjusted(self, p_adjusted: float) -> "Answer":
        """The same, the headline's p-value corrected for the number of contrasts, so that none is missing any more."""
        corrected = replace(self.headline, p_adjusted=p_adjusted, reason=None)
        return replace(self, estimates=(corrected, *self.estimates[1:]))


@dataclass(frozen=True)
class Asked:
    """A contrast with what is known of it before anything is adjusted: `crude` is its unadjusted figure, `arms` are
    arm and reference."""

    contrast: Contrast
    crude: Estimate
    arms: tuple[Arm, Arm]
    instrument: Instrument
    aim: Aim


def refused(contrast: Contrast, instrument: Instrument, reason: str, *warnings: str) -> Answer:
    """An empty headline with its reason."""
    numbers = {**_named(contrast, instrument), "headline": None, "gate": "fail", "adjusted_for": []}
    return Answer((_withheld(instrument, contrast, _PLAIN[instrument.scale], reason),), numbers, "fail", warnings)


_PLAIN = {"ratio": "welch", "count": "count_ratio", "ordinal": "brunner_munzel"}
"""By scale the method that needs least, which is the one that stands where nothing is given."""


def answer(
    pair: Pair, contrast: Contrast, crude: Estimate, arms: tuple[Arm, Arm], instrument: Instrument, aim: Aim
) -> Answer:
    """The contrast by the rule of the headline, about the people of its own two arms. `crude` is the same one
    unadjusted, `arms` are arm and reference."""
    if min(pair.n) < MIN_SHOWN:
        return refused(contrast, instrument, "no_overlap", _alone(pair))
    asked = Asked(contrast, crude, arms, instrument, aim)
    if pair.counted is not None:
        return answered(pair, headline_of_counts(pair), count_effects(pair, pair.counted, instrument), asked)
    is_ordinal = instrument.is_ordinal
    return answered(pair, headline_of(pair, is_ordinal=is_ordinal), effects(pair, is_ordinal=is_ordinal), asked)


def answered(pair: Pair, method: Method, found: Mapping[str, Result], asked: Asked) -> Answer:
    """The contrast with these results by method, `method` for the headline."""
    contrast, crude, instrument = asked.contrast, asked.crude, asked.instrument
    seen, main = diagnose(pair, method, asked.arms), found.get(method)
    gate: Gate = "fail" if isinstance(main, Withheld) else seen.gate
    numbers: dict[str, Any] = {
        **_named(contrast, instrument), **seen.numbers, "headline": method, "gate": gate,
        "n": len(pair.arm), "n_observed": sum(pair.n), "adjusted_for": list(pair.given.names) if found else [],
        "always_valid": None,
    }  # fmt: skip
    as_difference = found.get("count_model_difference") if instrument.is_count else main
    turned: tuple[str, ...] = ()
    if isinstance(as_difference, Effect) and not instrument.is_ordinal:
        turned = (_TURNED,) if simpson(crude, as_difference.estimate) else ()
    if isinstance(main, Effect) and seen.reason is None:  # what rests on a figure is withheld with it
        numbers |= _beside(main, as_difference, pair, asked, numbers["margin_in_unit"])
        same = _alike(as_difference, asked.aim, numbers["margin_in_unit"])
        numbers["always_valid"] = always_valid(main, same, is_logarithm=_is_logarithm(method, instrument))
    given = _estimates(crude, found, method, seen, instrument, contrast)
    return Answer(given, numbers, gate, (*seen.fails, *seen.thin, *turned, *seen.cautions))


_TURNED = (
    "Adjusting turned the difference or moved it by more than half: "
    "who chose which arm, or who left, matters much here."
)


def _named(contrast: Contrast, instrument: Instrument) -> dict[str, Any]:
    own = known.instruments().get(instrument.code)
    margin = contrast.margin if contrast.margin is not None else own.margin if own else None
    return {
        "contrast": f"{contrast.arm} vs {contrast.reference}",
        "margin": None if instrument.is_ordinal else margin,  # steps say nothing of an odds ratio
        "margin_in_unit": margin,
    }


def _beside(
    main: Effect, as_difference: Result | None, pair: Pair, asked: Asked, margin: float | None
) -> dict[str, Any]:
    """What stands beside the headline: sensitivity, and the verdict on sameness where that is the question."""
    if asked.instrument.is_ordinal:
        return beside_odds(main)
    if asked.instrument.is_count:
        return beside_counts(main, as_difference, pair, asked.instrument, asked.aim, margin)
    numbers = sensitivity(main, pair, margin)
    if asked.aim == "equivalence" and margin is not None:
        same = equivalence(main, -margin, margin)
        if not isinstance(same, Withheld):
            numbers["equivalence"] = {
                "ci_lower": same.ci_lower, "ci_upper": same.ci_upper, "level": 0.90, "p_value": same.p_value,
                "is_same": same.is_same,
            }  # fmt: skip
    return numbers


def _alike(as_difference: Result | None, aim: Aim, margin: float | None) -> tuple[Effect, float] | None:
    """Where sameness is asked about: the difference, and the margin in its unit."""
    if aim != "equivalence" or margin is None or not isinstance(as_difference, Effect):
        return None
    return as_difference, margin


def _estimates(
    crude: Estimate,
    found: Mapping[str, Result],
    method: Method,
    seen: Diagnosis,
    instrument: Instrument,
    contrast: Contrast,
) -> tuple[Estimate, ...]:
    """The headline, then the other methods, then the unadjusted figure."""
    if method not in found:  # too few to adjust: the unadjusted contrast is all there is
        return (replace(crude, role="headline"),)
    role: Mapping[str, Role] = {
        code: "headline" if code == method else "unadjusted" if code in NOT_ADJUSTED else "sensitivity"
        for code in found
    }
    made = {code: estimate_of(result, code, role[code], instrument, contrast) for code, result in found.items()}
    if seen.reason is not None:  # withheld from the headline; a researcher may open it among the others
        opened = made | {method: replace(made[method], role="sensitivity")}
        return (_withheld(instrument, contrast, method, seen.reason), *opened.values(), crude)
    return (made[method], *(e for code, e in made.items() if code != method), crude)


def _withheld(instrument: Instrument, contrast: Contrast, method: str, reason: str) -> Estimate:
    quantity, unit = _quantity(method, instrument)
    return Estimate(quantity, method, contrast.arm, contrast.reference, unit, reason=reason, role="headline")


def _quantity(method: str, instrument: Instrument) -> tuple[Quantity, str]:
    if method == "brunner_munzel":
        return "win_probability", "probability"
    if instrument.is_count:
        return quantity_of(method, instrument)
    return ("odds_ratio", "odds ratio") if instrument.is_ordinal else ("difference", instrument.unit)


def _is_logarithm(method: str, instrument: Instrument) -> bool:
    """Whether a method's effect is the logarithm of what is shown."""
    return _quantity(method, instrument)[0] in ("odds_ratio", "rate_ratio")


def estimate_of(result: Result, method: str, role: Role, instrument: Instrument, contrast: Contrast) -> Estimate:
    """A result in the quantity that its method estimates for this instrument."""
    arms, (quantity, unit) = (contrast.arm, contrast.reference), _quantity(method, instrument)
    if isinstance(result, Withheld):
        return Estimate(quantity, method, *arms, unit, reason=result.reason, role=role)
    p_value = result.p_value()
    if _is_logarithm(method, instrument):
        ratio, low, high = as_ratio(result)
        return Estimate(quantity, method, *arms, unit, ratio, None, low, high, p_value, role=role)
    low, high = result.interval()
    return Estimate(quantity, method, *arms, unit, result.estimate, result.std_error, low, high, p_value, role=role)


def _alone(pair: Pair) -> str:
    return (
        f"{pair.n_alone} people are of a kind that only one of the arms has; without them fewer than {MIN_SHOWN} "
        "have a result in an arm, and nothing is compared."
    )
