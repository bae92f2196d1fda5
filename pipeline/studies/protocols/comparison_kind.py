"""What a comparison is about, in the same words for a study of ours and for a published trial."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipeline.contract.evidence import Kind, TrialRow
from pipeline.studies.protocols.arms import with_needling
from pipeline.studies.protocols.protocol import Condition, Protocol, ProtocolArm

IN_WORDS: Mapping[Kind, str] = {
    "needling_added": "needling against no needling",
    "needling_instead": "needling, where the other arm was treated differently in more than that",
    "adjunct_added": "needling with another treatment against needling without it",
    "adjunct_instead": "needling with one treatment against needling with another",
    "depth": "one needle length against another",
    "frequency": "needling more often against less often",
    "depth_and_frequency": "one needle length and frequency against another",
    "device": "one device against another",
    "setting": "one place of needling against another",
    "other_route": "a treatment brought in by needling against the same one brought in otherwise",
    "stage": "early stages against later ones",
    "other": "arms that differ in several things",
}

NEAR: Mapping[Kind, tuple[Kind, ...]] = {
    "needling_added": ("needling_instead",),
    "depth_and_frequency": ("depth", "frequency"),
}
"""Published comparisons that are shown beside a study's own kind, and never pooled with it."""


@dataclass(frozen=True)
class Comparing:
    """The kind, and the treatments that only the arm asked about has."""

    kind: Kind
    added: frozenset[str] = frozenset()

    def is_near(self, other: "Comparing") -> bool:
        """Whether a published comparison belongs beside this one at all."""
        if other.kind == self.kind:
            return self.kind != "adjunct_added" or self.added == other.added
        return other.kind in NEAR.get(self.kind, ())


def of_study(protocol: Protocol) -> Comparing | None:
    """What the primary contrast compares; None where a study compares nothing."""
    if protocol.contrast is None:
        return None
    arms = {arm.id: arm for arm in protocol.arms}
    if not {protocol.contrast.arm, protocol.contrast.reference} <= arms.keys():
        return None
    one, other = (_told(arms[code], protocol) for code in (protocol.contrast.arm, protocol.contrast.reference))
    differ = {
        _SUBJECT.get(column, "other") for column in one.keys() | other.keys() if one.get(column) != other.get(column)
    }
    if "needling" in differ:
        return Comparing("needling_added") if differ <= _COMES_WITH_NEEDLING else Comparing("other")
    if differ == {"adjunct"}:
        added = _treatments(one) - _treatments(other)
        return Comparing("adjunct_added" if _treatments(other) <= _treatments(one) else "adjunct_instead", added)
    return Comparing(_KINDS.get(frozenset(differ), "other"))


def of_trial(arm: TrialRow, reference: TrialRow) -> Comparing:
    """What two arms of a published trial differ in."""
    added = arm.adjuncts - reference.adjuncts
    if arm.needling != reference.needling:
        if arm.adjuncts != reference.adjuncts or (reference.adjunct_detail and not reference.adjuncts):
            return Comparing("needling_instead", added)
        routes = {arm.adjunct_route, reference.adjunct_route}
        return Comparing("other_route" if len(routes) > 1 else "needling_added")
    if arm.adjuncts != reference.adjuncts:
        return Comparing("adjunct_added" if reference.adjuncts < arm.adjuncts else "adjunct_instead", added)
    return Comparing("depth" if arm.needle_mm != reference.needle_mm else "other")


_SUBJECT: Mapping[str, str] = {
    "needling": "needling", "needle_length_mm": "depth", "depth_band": "depth", "sessions_per_week": "frequency",
    "frequency_band": "frequency", "schedule": "schedule", "device": "device", "setting": "setting",
    "adjunct": "adjunct", "with": "adjunct", "with_over_6_months": "adjunct", "with_under_6_months": "adjunct",
    "early_or_later": "stage", "stage": "stage",
}  # fmt: skip

_KINDS: Mapping[frozenset[str], Kind] = {
    frozenset({"depth"}): "depth",
    frozenset({"frequency"}): "frequency",
    frozenset({"depth", "frequency"}): "depth_and_frequency",
    frozenset({"schedule"}): "depth_and_frequency",
    frozenset({"device"}): "device",
    frozenset({"setting"}): "setting",
    frozenset({"stage"}): "stage",
}

_COMES_WITH_NEEDLING = frozenset({"needling", "depth", "frequency", "schedule", "device", "setting"})
"""What can only differ where one arm needles and the other does not."""


def _told(arm: ProtocolArm, protocol: Protocol) -> dict[str, Condition]:
    told = with_needling(arm)
    return {"needling": True, **told} if protocol.people.needling else told


def _treatments(arm: Mapping[str, Condition]) -> frozenset[str]:
    return frozenset(_named(arm)) - {"none"}


def _named(arm: Mapping[str, Condition]) -> Iterator[str]:
    for column, condition in arm.items():
        if _SUBJECT.get(column) == "adjunct" and isinstance(condition, tuple):
            yield from (str(word) for word in condition)
