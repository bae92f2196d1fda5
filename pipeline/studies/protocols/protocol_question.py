"""What a protocol file asks: outcome and contrast, which differ from aim to aim."""

import math
from collections.abc import Sequence

from pipeline.contract import reference
from pipeline.contract.instruments import instruments
from pipeline.sections import Section
from pipeline.studies.protocols.instrument import STRATUM
from pipeline.studies.protocols.protocol import Aim, Contrast, Outcome, Recovery
from pipeline.studies.protocols.window import visit_half_widths

AIMS = ("difference", "equivalence", "course", "minimal", "variation", "interaction", "recovery", "cost")

SIDE_EFFECTS = "side_effects"
"""What stands for the instrument where side effects are asked about."""

LONGEST_HOURS = 24 * 28
"""Side effects that are expected to be over later than this are no longer called temporary (judgement)."""

_WITH_MARGIN = ("difference", "equivalence", "interaction")

_NUMERIC = ("equivalence", "minimal", "variation", "interaction", "cost")
"""Aims that calculate with the instrument's values, which the steps of an ordered scale do not allow."""


def at_least(aim: Aim) -> int:
    """Arms that an aim needs."""
    return {"course": 1, "minimal": 1, "variation": 1, "interaction": 4, "recovery": 0}.get(aim, 2)


def read_outcome(section: Section, diagnosis: str, aim: Aim) -> tuple[Outcome, Recovery | None]:
    """The outcome, and of a recovery what is asked of it."""
    week = _week(section)
    if aim == "recovery":
        section.only(("side_effects", "week", "within_hours", "more_than"))
        return Outcome(SIDE_EFFECTS, week), _recovery(section)
    section.only(("instrument", "week", *STRATUM))
    measured = {key: section.text(key) or "" for key in STRATUM if key in section.content}
    return Outcome(_instrument(section, diagnosis, aim), week, measured), None


def _week(section: Section) -> int:
    weeks = list(visit_half_widths())
    week = section.content.get("week")
    if not isinstance(week, int) or week not in weeks:
        section.note("week", f"found {week!r}; expected one of {', '.join(map(str, weeks))}")
    return week if isinstance(week, int) else 0


def _instrument(section: Section, diagnosis: str, aim: Aim) -> str:
    known = instruments()
    code = section.choice("instrument", known)
    if code is None:
        if "instrument" not in section.content:
            section.note("instrument", "is missing; `needling compare` lists them")
        return ""
    if known[code].diagnoses and diagnosis not in known[code].diagnoses:
        section.note("instrument", f"{code} is not meant for {diagnosis}")
    if aim in _NUMERIC and known[code].scale == "ordinal":
        section.note("instrument", f'{code} is an ordered scale, which has no mean; aim = "{aim}" calculates with one')
    if aim == "variation" and known[code].measurement_error is None:
        section.note("instrument", f"the measurement error of {code} is not known, so nothing can be held against it")
    if aim == "cost" and known[code].responder_threshold is None:
        section.note("instrument", f"{code} has no rule that says who responded, so nothing is paid per responder")
    return code


def _recovery(section: Section) -> Recovery:
    effects = section.texts("side_effects")
    allowed = [term.code for term in reference.vocabulary("effect") if term.code != "none"]
    for effect in effects:
        if effect not in allowed:
            section.note("side_effects", f"found {effect!r}; allowed: {', '.join(allowed)}")
    if not effects:
        section.note("side_effects", f"names none; expected some of {', '.join(allowed)}")
    hours = section.integer("within_hours", None, 1, LONGEST_HOURS)
    if "within_hours" not in section.content:
        section.note("within_hours", f"is missing; expected a whole number from 1 to {LONGEST_HOURS}")
    share = section.content.get("more_than")
    if not (isinstance(share, float) and 0 < share < 1):
        section.note("more_than", f"found {share!r}; expected a share between 0 and 1, such as 0.5 for most of them")
        share = 0.5
    return Recovery(effects, hours or 1, float(share))


def read_contrasts(top: Section, arms: Sequence[str], aim: Aim) -> tuple[Contrast | None, Contrast | None]:
    """The primary contrast, and the second pair of an interaction."""
    section = top.child("contrast")
    if aim in ("course", "recovery"):
        if section.content:
            section.note("", f'has no meaning where aim = "{aim}"; take it out')
        return None, None
    if aim == "minimal":
        return _limit(section, arms), None
    if aim == "variation":
        return _spread(section, arms), None
    margin, against = aim in _WITH_MARGIN, aim == "interaction"
    section.only(("arm", "reference", *(["margin"] if margin else []), *(["against"] if against else [])))
    if aim == "difference" and "arm" not in section.content:
        return Contrast("", _reference(section, arms), _margin(section)), None
    arm, other = _pair(section, arms)
    return Contrast(arm, other, _margin(section)), _against(
        section, arms, {arm, other}
    ) if aim == "interaction" else None


def _pair(section: Section, arms: Sequence[str]) -> tuple[str, str]:
    arm, other = section.choice("arm", arms), section.choice("reference", arms)
    if arm is None or other is None or arm == other:
        section.note("", f"expected arm and reference, two of {', '.join(arms)}")
    return arm or "", other or ""


def _reference(section: Section, arms: Sequence[str]) -> str:
    """The reference of a contrast of each other arm."""
    other = section.choice("reference", arms)
    if "reference" not in section.content:
        section.note("", f"expected arm and reference, two of {', '.join(arms)}, or reference alone for each other arm")
    return other or ""


def _limit(section: Section, arms: Sequence[str]) -> Contrast:
    section.only(("arm", "limit"))
    arm = section.choice("arm", arms)
    if arm is None:
        section.note("arm", f"is missing; expected one of {', '.join(arms)}")
    if "limit" not in section.content:
        section.note("limit", "is missing: the change, in the instrument's unit, from which on it is not minimal")
    return Contrast(arm or "", "", _margin(section, "limit"))


def _spread(section: Section, arms: Sequence[str]) -> Contrast:
    section.only(("arm", "reference"))
    if "reference" in section.content:
        return Contrast(*_pair(section, arms))
    arm = section.choice("arm", arms)
    if arm is None:
        section.note("arm", f"is missing; expected one of {', '.join(arms)}")
    return Contrast(arm or "", "")


def _against(section: Section, arms: Sequence[str], taken: set[str]) -> Contrast:
    inner = section.child("against")
    inner.only(("arm", "reference"))
    arm, other = _pair(inner, arms)
    if {arm, other} & taken:
        inner.note("", "must name two other arms than [contrast] does: the difference among other people")
    return Contrast(arm, other)


def _margin(section: Section, key: str = "margin") -> float | None:
    margin = section.content.get(key)
    if margin is None:
        return None
    if isinstance(margin, bool) or not (isinstance(margin, int | float) and margin > 0):
        section.note(key, f"found {margin!r}; expected a number above 0 in the instrument's unit")
        return None
    return float(margin) if margin < math.inf else math.inf


def check_margin(section: Section, instrument: str, margin: float | None) -> None:
    """A margin that no change can reach, or in steps of a scale that is not compared by means, says nothing."""
    known = instruments().get(instrument)
    if margin is None or known is None:
        return
    key = "limit" if "limit" in section.content else "margin"
    if known.scale == "ordinal":
        section.note(key, f"{instrument} is an ordered scale, compared by odds and not by steps; take it out")
    elif margin > known.high - known.low:
        section.note(key, f"found {margin:g}; {instrument} runs from {known.low:g} to {known.high:g}")
