"""Numbers as people read them: a true minus sign, no more digits than the uncertainty allows."""

import math
from collections.abc import Iterable

from pipeline.contract import spoken
from pipeline.contract.results import RATIOS, Estimate

MINUS = "\N{MINUS SIGN}"
_MOST_DECIMALS = 2
_COARSE = 5
"""A standard error under this leaves room for one decimal."""

SHARES = frozenset({"win_probability", "share"})


def decimals(std_errors: Iterable[float | None]) -> int:
    """Decimals at which the smallest standard error shows a digit or two; 0 to 2."""
    known = [error for error in std_errors if error]
    if not known:
        return 1
    least = min(known)
    return min(_MOST_DECIMALS, max(int(least < _COARSE), -math.floor(math.log10(least))))


def estimate_digits(estimates: Iterable[Estimate]) -> int:
    """Decimals for these estimates: by the smallest standard error, and two for ratios."""
    shown = list(estimates)
    if any(e.quantity in RATIOS for e in shown):
        return _MOST_DECIMALS
    return decimals(e.std_error for e in shown if e.quantity not in SHARES)


def number(value: float, digits: int) -> str:
    """With thousands set apart and a true minus."""
    text = f"{abs(value):,.{digits}f}"
    return MINUS + text if value < 0 and float(text.replace(",", "")) else text


def signed(value: float, digits: int) -> str:
    """With a plus before gains, so that a change is never taken for a level."""
    text = number(value, digits)
    return text if text.startswith(MINUS) or not any(c in "123456789" for c in text) else f"+{text}"


def interval(lower: float, upper: float, digits: int) -> str:
    """`lower to upper`; a dash would be read as a minus."""
    return f"{number(lower, digits)} to {number(upper, digits)}"


def amount(estimate: Estimate, digits: int) -> str:
    """A given estimate with its interval, without a unit but percent: `+5.0 (3.5 to 6.5)`, `62% (55 to 69)`."""
    value, lower, upper = estimate.estimate, estimate.ci_lower, estimate.ci_upper
    if value is None:
        return ""
    if estimate.quantity in SHARES:
        limits = "" if lower is None or upper is None else f" ({interval(100 * lower, 100 * upper, 0)})"
        return f"{number(100 * value, 0)}%{limits}"
    limits = "" if lower is None or upper is None else f" ({interval(lower, upper, digits)})"
    return (number(value, digits) if estimate.quantity in RATIOS else signed(value, digits)) + limits


def p_value(value: float) -> str:
    """Three decimals, never a bare 0."""
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def unit(code: str) -> str:
    """A unit in words, with its raised figures; what is counted per area are hairs."""
    return raised({"um": "µm"}.get(code, spoken.unit(code)))


def raised(text: str) -> str:
    """A text with the squares of its units raised."""
    return text.replace("cm2", "cm²").replace("mm2", "mm²")


def people(n: int) -> str:
    """A count of people in words."""
    return "1 person" if n == 1 else f"{n:,} people"
