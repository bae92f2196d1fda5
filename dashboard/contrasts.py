"""A comparison as the page reads it: contrast by contrast, the headline apart from the figures beside it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.contract.methods import AS_PEOPLE_ARE
from pipeline.contract.results import RATIOS, Arm, Comparison, Estimate
from pipeline.contract.spoken import capital

NO_DIFFERENCE = {"win_probability": 0.5} | dict.fromkeys(RATIOS, 1.0)
"""The value of a quantity at which arms do the same; 0 for every other one."""

Numbers = Mapping[str, Any]


@dataclass(frozen=True)
class Contrast:
    """What one headline is about: an arm against the reference, or what else a study asks.

    `place` is the arm's place among all, which picks its colour and shape; `arms` are those that take part, the one
    asked about first. `headline` is the adjusted figure, empty with a reason where it is withheld, None where nothing
    was adjusted. `numbers` is what the diagnostics say of it; empty where there are none.
    """

    name: str
    label: str
    against: str | None
    place: int
    arms: tuple[Arm, ...]
    headline: Estimate | None
    unadjusted: Estimate | None
    others: tuple[Estimate, ...]
    numbers: Numbers

    @property
    def shown(self) -> Estimate | None:
        """The figure that is spoken of: the headline, or where nothing was adjusted the unadjusted one."""
        return self.headline if self.headline is not None else self.unadjusted

    @property
    def adjusted(self) -> Estimate | None:
        """The adjusted figure; None where nothing could be adjusted for."""
        return None if self.headline is None or self.headline.method in AS_PEOPLE_ARE else self.headline

    @property
    def as_people_are(self) -> Estimate | None:
        """The figure that is not adjusted; it stands in the headline where there is no other."""
        return self.unadjusted if self.headline is None or self.headline is self.adjusted else self.headline

    @property
    def is_withheld(self) -> bool:
        return self.headline is not None and not self.headline.is_given

    @property
    def opened(self) -> Estimate | None:
        """The figure of a withheld headline, for whoever opens it."""
        if self.headline is None or not self.is_withheld:
            return None
        return next((e for e in self.others if e.method == self.headline.method and e.is_given), None)


def contrasts(result: Comparison) -> tuple[Contrast, ...]:
    """Every contrast of the comparison, in the order of its arms."""
    found: dict[str, list[Estimate]] = {}
    for estimate in result.estimates:
        found.setdefault(estimate.contrast, []).append(estimate)
    asked = {name: own for name, own in found.items() if any(_is_asked(e) for e in own)}
    numbers = _numbers(result, list(asked))
    made = [_contrast(result.arms, name, own, numbers.get(name, {})) for name, own in asked.items()]
    return tuple(sorted(made, key=lambda contrast: contrast.place))


def _is_asked(estimate: Estimate) -> bool:
    """A headline, or an unadjusted difference; not an arm's own mean, nor a part of what was asked."""
    return estimate.role == "headline" or (estimate.role == "unadjusted" and estimate.reference is not None)


def _numbers(result: Comparison, names: Sequence[str]) -> Mapping[str, Numbers]:
    """What the diagnostics say, by contrast."""
    rows: Sequence[Numbers] = result.diagnostics.get("contrasts", ())
    if len(rows) == 1 and len(names) == 1:
        return {names[0]: rows[0]}
    return {str(row.get("contrast")): row for row in rows}


def _contrast(arms: Sequence[Arm], name: str, own: Sequence[Estimate], numbers: Numbers) -> Contrast:
    first = own[0]
    codes = [arm.arm for arm in arms]
    spoken = f"{first.arm} {first.reference or ''}".split()
    return Contrast(
        name=name,
        label=_label(arms, first.arm),
        against=None if first.reference is None else _label(arms, first.reference),
        place=codes.index(first.arm) if first.arm in codes else 0,
        arms=tuple(arms[codes.index(code)] for code in spoken if code in codes),
        headline=next((e for e in own if e.role == "headline"), None),
        unadjusted=next((e for e in own if e.role == "unadjusted"), None),
        others=tuple(e for e in own if e.role == "sensitivity"),
        numbers=numbers,
    )


def _label(arms: Sequence[Arm], code: str) -> str:
    """An arm's name; of several arms in one code (`early less later`) each one's."""
    labels = {arm.arm: arm.label for arm in arms} | {"less": "minus"}  # needling less is another thing
    if code in labels:
        return labels[code]
    words = " ".join(labels.get(word, word) for word in code.split()).replace("_", " ")
    return capital(words)


def no_difference(quantity: str) -> float:
    """The value at which arms do the same."""
    return NO_DIFFERENCE.get(quantity, 0.0)


def is_apart(estimate: Estimate) -> bool:
    """Whether the 95% interval leaves out no difference."""
    lower, upper = estimate.ci_lower, estimate.ci_upper
    return lower is not None and upper is not None and not lower <= no_difference(estimate.quantity) <= upper
