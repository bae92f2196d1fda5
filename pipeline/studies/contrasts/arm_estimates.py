"""From sums per arm to estimates: each arm alone, and each against the reference."""

from collections.abc import Mapping

from pipeline.contract.results import Estimate, Quantity
from pipeline.studies.estimators.welch import Interval, difference, mean_interval
from pipeline.studies.estimators.win_probability import win_probability
from pipeline.studies.people.moments import ArmSums
from pipeline.studies.protocols.instrument import Instrument

MIN_OBSERVED = 10
"""Below this many results an arm's mean is withheld (Welch covers from 10 a side on; 20,000 simulated
samples of skewed change scores)."""


def contrasts(
    instrument: Instrument, arms: Mapping[str, ArmSums], values: Mapping[str, Mapping[int, int]], reference: str
) -> tuple[Estimate, ...]:
    """The mean of every arm, then every other arm against the reference.

    An ordered scale has no means: there the second kind is the chance of a better result. `values`
    counts people by result for those scales.
    """
    against = _win_probability if instrument.is_ordinal else _difference
    others = [code for code in arms if code != reference]
    return (
        *(_mean(instrument, code, arms[code]) for code in arms),
        *(against(instrument, code, reference, arms, values) for code in others),
    )


def _mean(instrument: Instrument, code: str, arm: ArmSums) -> Estimate:
    if instrument.is_ordinal:
        return Estimate("mean", "welch", code, None, instrument.unit, reason="ordinal_instrument")
    reason = _too_few(arm)
    found = mean_interval(arm.moments) if arm.moments and not reason else None
    return _estimate("mean", "welch", code, None, instrument.unit, found, reason)


def _difference(
    instrument: Instrument, code: str, reference: str, arms: Mapping[str, ArmSums], _: Mapping[str, Mapping[int, int]]
) -> Estimate:
    reason = _either(arms, code, reference)
    here, there = arms[code].moments, arms[reference].moments if reference in arms else None
    found = difference(here, there) if here and there and not reason else None
    return _estimate("difference", "welch", code, reference, instrument.unit, found, reason)


def _win_probability(
    _: Instrument, code: str, reference: str, arms: Mapping[str, ArmSums], values: Mapping[str, Mapping[int, int]]
) -> Estimate:
    reason = _either(arms, code, reference)
    found = None if reason else win_probability(values[code], values[reference])
    return _estimate("win_probability", "brunner_munzel", code, reference, "probability", found, reason)


def _either(arms: Mapping[str, ArmSums], code: str, reference: str) -> str | None:
    if reference not in arms:
        return "no_reference"
    return _too_few(arms[code]) or _too_few(arms[reference])


def _too_few(arm: ArmSums) -> str | None:
    if arm.n_due == 0:
        return "not_yet_due"
    return "too_few" if arm.n_observed < MIN_OBSERVED else None


def _estimate(
    quantity: Quantity,
    method: str,
    arm: str,
    reference: str | None,
    unit: str,
    found: Interval | None,
    reason: str | None,
) -> Estimate:
    if found is None:
        return Estimate(quantity, method, arm, reference, unit, reason=reason or "no_variation")
    p_value = None if reference is None else found.p_value
    missing = "no_test" if reference is None else "no_multiplicity"
    return Estimate(
        quantity, method, arm, reference, unit,
        found.estimate, found.std_error, found.ci_lower, found.ci_upper, p_value, reason=missing,
    )  # fmt: skip
