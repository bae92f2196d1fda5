"""Codes of the data in words: for pages, commands and warnings alike."""

from typing import Literal

from pipeline.contract import reference

_NAMES = {
    "age_band": "age (years)",
    "baseline": "result at the start",
    "log_baseline": "logarithm of the result at the start",
    "stage_rank": "stage (steps above the mean of its scale)",
}
"""Characteristics whose name in the data says too little, or lacks its unit."""


def characteristic(covariate: str) -> str:
    """What is known of people at the start, or one value of it.

    >>> characteristic("age_band=18-29"), characteristic("prior_minoxidil_response=yes")
    ('age (years): 18 to 29', 'prior minoxidil response: Responded')
    """
    name, _, value = covariate.partition("=")
    words = _NAMES.get(name, name.replace("_", " "))
    return f"{words}: {_level(name, value)}" if value else words


def unit(code: str) -> str:
    """A unit as it follows a change or a difference; what is counted per area are hairs.

    A share that falls from 40% to 30% falls by 10 points, and not by 10%.

    >>> unit("/cm2"), unit("mm"), unit("%")
    ('hairs/cm2', 'mm', 'percentage points')
    """
    if code == "%":
        return "percentage points"
    return f"hairs{code}" if code.startswith("/") else code


def sign(unit: str, contrast: str) -> Literal["z", "+z"]:
    """How a figure of this unit is signed, as a flag of a format: a ratio of 1.2 is not a gain of 1.2, nor is a chance,
    nor an arm's own share. What rounds to nought has no minus.

    >>> f"{1.2:{sign('ratio of hairs', 'a vs b')}.2f}", f"{1.2:{sign('/cm2', 'a vs b')}.2f}"
    ('1.20', '+1.20')
    """
    is_level = unit.startswith(("ratio of", "odds ratio", "probability"))
    return "z" if is_level or (unit.startswith("share") and " vs " not in contrast) else "+z"


def capital(text: str) -> str:
    """A text that begins a line."""
    return text[:1].upper() + text[1:]


def years(band: str) -> str:
    """A band of ages, such as 18-29, without its unit."""
    return band.replace("-", " to ")


def _level(name: str, value: str) -> str:
    if name == "age_band":
        return years(value)
    known = {term.code: term.label for term in reference.vocabulary(name)}
    return known.get(value, value.replace("_", " "))
