"""The exposure dimensions people can be compared by: which arm somebody is in, and who has one at all."""

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.contract import reference
from pipeline.contract.spoken import capital
from pipeline.errors import UsageError
from pipeline.studies.protocols.arms import EARLY_AND_LATER, EARLY_OR_LATER
from pipeline.studies.protocols.protocol import ProtocolArm

NOT_NEEDLING = "none"
"""The arm of people who did not needle; in the adjunct dimension, of those who used nothing besides."""

_NOT_NEEDLING_LABEL = "Not needling"


@dataclass(frozen=True)
class Wording:
    """How arms are spoken of. `why_arms_differ` opens the sentence that warns of what was not adjusted for."""

    code: str
    label: str
    definition: str
    why_arms_differ: str


STUDY = Wording("study", "Arm", "the arms of the study's protocol", "People choose how they treat themselves")
"""The arms of a protocol, which may differ in anything."""


@dataclass(frozen=True)
class Dimension(Wording):
    """One way to divide people: `column` tells the arms apart, `labels` gives them in their natural order.

    `needling` and `adjuncts_asked` say whom it concerns at all.
    """

    column: str
    labels: Callable[[], dict[str, str]]
    needling: bool = False
    adjuncts_asked: bool = False


def _bands(name: str) -> Callable[[], dict[str, str]]:
    """Not needling first, then the rows of a band table as they stand there."""
    return lambda: {NOT_NEEDLING: _NOT_NEEDLING_LABEL} | {r["code"]: capital(r["label"]) for r in reference.rows(name)}


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


DIMENSIONS: dict[str, Dimension] = {
    d.code: d
    for d in (
        Dimension("depth", "Needle depth", "needle length on most session days up to the landmark, in bands",
                  "People choose how deep they needle", "depth_band", _bands("depth_bands")),
        Dimension("frequency", "Sessions per week", "sessions per week up to the landmark, in bands",
                  "People choose how often they needle", "frequency_band", _bands("frequency_bands")),
        Dimension("schedule", "Schedule", "needle length and sessions per week together, up to the landmark",
                  "People choose their own schedule", "schedule", _schedules),
        Dimension("adjunct", "Other treatment",
                  "treatments used besides needling at its start, among people asked about them",
                  "People choose what they use besides needling", "adjunct", _adjuncts,
                  needling=True, adjuncts_asked=True),
        Dimension("device", "Device", "device on most session days up to the landmark",
                  "People and clinics choose the device", "device", _words("device", none=_NOT_NEEDLING_LABEL)),
        Dimension("setting", "Setting", "where most sessions took place up to the landmark",
                  "People choose where they needle", "setting", _words("setting", none=_NOT_NEEDLING_LABEL)),
        Dimension("stage", "Stage",
                  "stage at enrolment among people who needle; early is Norwood I to III, Ludwig I, Sinclair 1 to 2",
                  "People at different stages choose different treatments", EARLY_OR_LATER, _stages, needling=True),
    )
}  # fmt: skip
"""In the order in which they are offered."""


def find_dimension(code: str) -> Dimension:
    """The dimension of that code; UsageError naming the others where there is none."""
    if code not in DIMENSIONS:
        raise UsageError(f"cannot compare by {code!r}; choose one of {', '.join(DIMENSIONS)}")
    return DIMENSIONS[code]


def arms_of(dimension: Dimension, staging_scales: tuple[str, ...]) -> tuple[ProtocolArm, ...]:
    """The arms of a dimension. Single stages are told apart only where one staging scale was asked for:
    a stage of one scale is no stage of another."""
    column, codes = dimension.column, dimension.labels()
    if column == EARLY_OR_LATER:
        is_one_scale = len(staging_scales) == 1
        column = "stage" if is_one_scale else EARLY_OR_LATER
        codes = {code: label for code, label in codes.items() if (code in EARLY_AND_LATER) is not is_one_scale}
    return tuple(ProtocolArm(code, label, {column: (code,)}) for code, label in codes.items())
