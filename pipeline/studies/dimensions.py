"""The exposure dimensions people can be compared by: which arm somebody is in, and who has one at all."""

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.contract import reference
from pipeline.errors import UsageError

NOT_NEEDLING = "none"
"""The arm of people who did not needle; in the adjunct dimension, of those who used nothing besides."""

_NOT_NEEDLING_LABEL = "Not needling"


@dataclass(frozen=True)
class Dimension:
    """One way to divide people. `arm` is SQL over `p` (participants) and `e` (exposure).

    `requires` are further steps of the attrition, (sentence, SQL), beyond a settled exposure.
    `labels` gives the arms in their natural order. `why_arms_differ` opens the sentence that warns
    that nothing is adjusted.
    """

    code: str
    label: str
    arm: str
    labels: Callable[[], dict[str, str]]
    definition: str
    why_arms_differ: str
    requires: tuple[tuple[str, str], ...] = ()


def _bands(name: str) -> Callable[[], dict[str, str]]:
    """Not needling first, then the rows of a band table as they stand there."""
    return lambda: {NOT_NEEDLING: _NOT_NEEDLING_LABEL} | {r["code"]: _capital(r["label"]) for r in reference.rows(name)}


def _words(vocabulary: str, **first: str) -> Callable[[], dict[str, str]]:
    return lambda: first | {t.code: t.label for t in reference.vocabulary(vocabulary) if t.code not in first}


def _stages() -> dict[str, str]:
    """Early and later first, then every stage of every scale, for when one scale was chosen."""
    stages = {f"{r['scale']}_{r['code']}": r["label"] for r in reference.rows("stages")}
    return {"early": "Early stage", "later": "Later stage"} | stages


def _schedules() -> dict[str, str]:
    return _bands("schedules")() | {"other": "Any other schedule"}


def _adjuncts() -> dict[str, str]:
    return _words("treatment", none="Needling alone")() | {"several": "Several other treatments"}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


_NEEDLING = ("needling", "coalesce(e.is_needling, false)")
_EARLY_OR_LATER = "CASE p.is_early WHEN true THEN 'early' WHEN false THEN 'later' END"
_STAGE_ON_SCALE = "p.staging_scale || '_' || p.stage"

DIMENSIONS: dict[str, Dimension] = {
    d.code: d
    for d in (
        Dimension("depth", "Needle depth", "e.depth_band", _bands("depth_bands"),
                  "needle length on most session days up to the landmark, in bands",
                  "People choose how deep they needle"),
        Dimension("frequency", "Sessions per week", "e.frequency_band", _bands("frequency_bands"),
                  "sessions per week up to the landmark, in bands",
                  "People choose how often they needle"),
        Dimension("schedule", "Schedule", "e.schedule", _schedules,
                  "needle length and sessions per week together, up to the landmark",
                  "People choose their own schedule"),
        Dimension("adjunct", "Other treatment", "e.adjunct", _adjuncts,
                  "treatments used besides needling at its start, among people asked about them",
                  "People choose what they use besides needling",
                  (_NEEDLING, ("asked about other treatments", "coalesce(e.adjuncts_asked, false)"))),
        Dimension("device", "Device", "e.device", _words("device", none=_NOT_NEEDLING_LABEL),
                  "device on most session days up to the landmark",
                  "People and clinics choose the device"),
        Dimension("setting", "Setting", "e.setting", _words("setting", none=_NOT_NEEDLING_LABEL),
                  "where most sessions took place up to the landmark",
                  "People choose where they needle"),
        Dimension("stage", "Stage", _EARLY_OR_LATER, _stages,
                  "stage at enrolment among people who needle; early is Norwood I to III, Ludwig I, Sinclair 1 to 2",
                  "People at different stages choose different treatments",
                  (_NEEDLING,)),
    )
}  # fmt: skip
"""In the order in which they are offered."""


def find_dimension(code: str) -> Dimension:
    """The dimension of that code; UsageError naming the others where there is none."""
    if code not in DIMENSIONS:
        raise UsageError(f"cannot compare by {code!r}; choose one of {', '.join(DIMENSIONS)}")
    return DIMENSIONS[code]


def arm_of(dimension: Dimension, staging_scales: tuple[str, ...]) -> str:
    """SQL of the arm. Single stages are told apart only where one staging scale was asked for:
    a stage of one scale is no stage of another."""
    if dimension.code == "stage" and len(staging_scales) == 1:
        return _STAGE_ON_SCALE
    return dimension.arm
