"""What the data say today about each claim of the field, by a rule that was written before anybody looked.

supported           the interval lies on the side of the claim, after correction for the claim's other studies;
                    where sameness is claimed, the 90% interval lies inside the margin; where a limit is named, the
                    interval lies on its claimed side
contradicted        the interval lies on the other side, or there are enough people and it leaves no room for a
                    difference that matters, even where it shows a smaller one; for sameness, it lies outside the margin
inconclusive        enough people, and the interval holds both
not enough people   the smallest difference that could be seen exceeds the margin
failed diagnostics  the arms hold too different people
not answerable      such data cannot answer it: nobody was measured so, or nobody is there to compare with
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.contract.methods import NOT_ADJUSTED
from pipeline.contract.results import REASONS, Comparison, Estimate
from pipeline.studies.claims.judging import Judged, Judgement, judge, p_value
from pipeline.studies.contrasts.caveats import NO_COMPARISON
from pipeline.studies.contrasts.looking_often import told, widened
from pipeline.studies.estimators.effect import Array
from pipeline.studies.estimators.multiplicity import benjamini_hochberg, holm
from pipeline.studies.protocols.protocol import Protocol

NOT_ANSWERABLE = frozenset(
    ("before_landmark", "instrument_absent", "no_arm", "no_baseline", "no_overlap", "no_reference", "not_for_diagnosis")
)
OF_SUCH_DATA = frozenset(("no_costs", "no_measurement_error", "nobody_asked", "under_half_asked", "under_half_timed"))
"""Reasons that say themselves why such data cannot answer."""
TOO_FEW = frozenset(
    (
        "too_few", "too_few_amounts", "too_few_for_spread", "too_few_effective", "not_yet_due", "one_person",
        "too_many_covariates", "all_dropped_out",
    )
)  # fmt: skip
"""Reasons of an empty headline; any other one means that the diagnostics failed."""


@dataclass(frozen=True)
class Verdict:
    """One study's verdict with the sentence that led to it. `p_adjusted` is within the claim, None without a test.

    `n_looks` counts the versions on which the study was looked at up to this one. `q_value` is the p-value corrected
    for every tested study of the list that was asked for: of those below 0.05, at most 5% are expected to be false.
    """

    study: str
    claim: str | None
    judgement: Judgement
    because: str
    p_adjusted: float | None = None
    n_looks: int = 1
    q_value: float | None = None


def verdicts(found: Sequence[tuple[Protocol, Comparison]], looks: Mapping[str, int] | None = None) -> list[Verdict]:
    """One verdict a study, in the given order; the studies of one claim are one family.

    `looks` says by study on how many versions it was looked at, this one included; once where it is not named.
    From the second on, the interval decides that allows for it. A study that compares several arms with the reference
    says nothing single, and gets no verdict.
    """
    found = [(protocol, it) for protocol, it in found if protocol.contrast is None or protocol.contrast.arm]
    often = {protocol.id: (looks or {}).get(protocol.id, 1) for protocol, _ in found}
    found = [(protocol, widened(it) if often[protocol.id] > 1 else it) for protocol, it in found]
    families: dict[str, list[int]] = {}
    for place, (protocol, _) in enumerate(found):
        families.setdefault(protocol.claim or protocol.id, []).append(place)
    tested = {place: p for place, pair in enumerate(found) if (p := _p_value(*pair)) is not None}
    listed, adjusted = _corrected(tested, list(tested), benjamini_hochberg), dict[int, float]()
    for places in families.values():
        adjusted |= _corrected(tested, places, holm)
    return [
        _verdict(*pair, adjusted.get(place), often[pair[0].id], listed.get(place)) for place, pair in enumerate(found)
    ]


def _corrected(
    tested: Mapping[int, float], places: Sequence[int], correction: Callable[[Array], Array]
) -> dict[int, float]:
    """The p-values of those of these places that have one, corrected for how many they are."""
    here = [place for place in places if place in tested]
    corrected = correction(np.array([tested[place] for place in here])).tolist() if here else []
    return dict(zip(here, corrected, strict=True))


def _headline(found: Comparison) -> Estimate | None:
    return next((e for e in found.estimates if e.role == "headline"), None)


def _p_value(protocol: Protocol, found: Comparison) -> float | None:
    """Of the test that the study's aim asks for, if its headline may be judged at all."""
    headline = _headline(found)
    if headline is None or not headline.is_given or headline.method in NOT_ADJUSTED:
        return None
    return p_value(protocol.aim, headline, found)


def _verdict(
    protocol: Protocol, found: Comparison, p_adjusted: float | None, n_looks: int, q_value: float | None
) -> Verdict:
    judgement, because = _judge(protocol, found, p_adjusted)
    because = because if p_adjusted is None else told(because, found, n_looks)
    return Verdict(protocol.id, protocol.claim, judgement, because, p_adjusted, n_looks, q_value)


def _judge(protocol: Protocol, found: Comparison, p_adjusted: float | None) -> Judged:
    headline = _headline(found)
    reason = found.reason or (headline.reason if headline and not headline.is_given else None)
    if reason in OF_SUCH_DATA:
        return "not answerable", REASONS[reason]
    if (protocol.aim == "course" and reason is None) or (reason == "no_arm" and len(found.arms) == 1):
        return "not answerable", NO_COMPARISON
    if reason in NOT_ANSWERABLE:
        return "not answerable", "Nobody was measured so, or nobody is there to compare with."
    if headline is None or reason in TOO_FEW or headline.method in NOT_ADJUSTED:
        return "not enough people", "Too few people have a result for an adjusted comparison."
    if reason is not None or found.gate == "fail":
        return "failed diagnostics", "The people of the arms are too different to be compared."
    return judge(protocol.aim, headline, found, p_adjusted)
