"""What a reader of an unadjusted comparison must know, in plain sentences."""

from collections.abc import Iterable, Iterator

from pipeline.contract import reference
from pipeline.contract.results import Arm
from pipeline.studies.protocols.dimensions import Wording
from pipeline.studies.protocols.instrument import Instrument

RETENTION_GAP = 0.20
"""From this difference in retention between arms on, what is left of them may differ by who stayed alone."""


NO_COMPARISON = "Before and after, no comparison: nobody is there to compare with."
"""What is said wherever one arm stands alone."""

_NOT_ADJUSTED = "Not adjusted."
_LEFT_OUT = "People who stopped reporting are left out."


def caveats(
    instrument: Instrument,
    wording: Wording,
    week: int,
    diagnosis: str,
    arms: tuple[Arm, ...],
    n_strata: int,
    is_usual: bool,
) -> tuple[str, ...]:
    """The sentences that apply, the weightiest first. `is_usual`: nobody asked for this diagnosis."""
    return (
        _alone_or_unalike(wording, arms),
        f"{_LEFT_OUT} If those who saw less gain stopped sooner, the figures flatter.",
        *_retention(arms),
        *_instrument(instrument, week),
        *([f"Only {reference.label('diagnosis', diagnosis)}: kinds of hair loss are never pooled."]
          if is_usual else []),
        *([f"Of {n_strata} ways this was measured (part of the scalp, rater, method) the commonest alone is compared."]
          if n_strata > 1 else []),
    )  # fmt: skip


def _alone_or_unalike(wording: Wording, arms: tuple[Arm, ...]) -> str:
    if len(arms) == 1:
        return f"{NO_COMPARISON} What changed may have come by itself, from other treatments or from the measuring."
    others = "age" if wording.code == "stage" else "age, stage"
    return (
        f"{_NOT_ADJUSTED} {wording.why_arms_differ}, so the arms can differ in other ways too, such as {others} and "
        "other treatments. A difference here is an association, not an effect."
    )


def _retention(arms: tuple[Arm, ...]) -> Iterator[str]:
    known = sorted((arm.retention, arm.label) for arm in arms if arm.retention is not None)
    if known and known[-1][0] - known[0][0] > RETENTION_GAP:
        (low, fewest), (high, most) = known[0], known[-1]
        yield (
            f"Unequal follow-up: {high:.0%} of the people due have a result in “{most}”, {low:.0%} in “{fewest}”. "
            "With such a gap the arms may differ by who stayed alone."
        )


def _instrument(instrument: Instrument, week: int) -> Iterator[str]:
    if instrument.detectable_change is not None:
        least = f"{instrument.detectable_change:.2g} {instrument.unit_in_words}"
        yield f"In one person, a change under {least} cannot be told from measurement error; a mean of many people can."
    if instrument.scale == "count":
        yield "These counts are skewed: a few people with high counts move a mean."
    if week < instrument.min_follow_up_weeks:
        floor = instrument.min_follow_up_weeks
        yield f"{instrument.label} needs at least {floor} weeks to show a change; this is week {week}."


def adjusted_caveats(crude: Iterable[str], is_adjusted: bool) -> tuple[str, ...]:
    """What adjusting does and does not mend, in place of the sentences of the unadjusted look that it answers."""
    sentences = tuple(crude)
    if not is_adjusted:
        return sentences
    return (
        "Adjusted for what was recorded at the start. What nobody recorded, such as how hard somebody tries, is not "
        "adjusted for: a difference is an association.",
        "People who stopped reporting are taken as those like them who stayed. Nothing in the data can show that "
        "they are; how much worse they would have to be is given.",
        *(sentence for sentence in sentences if not sentence.startswith((_NOT_ADJUSTED, _LEFT_OUT, NO_COMPARISON))),
    )
