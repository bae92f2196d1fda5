"""The state of every cell of a clinic, for what is told of several together and for the clinic's own eyes."""

from collections.abc import Iterable, Iterator

from pipeline.contract.clinic_profiles import OWN
from pipeline.disclosure.counted import Counted, Reference
from pipeline.disclosure.guard import State, decide
from pipeline.disclosure.memory import CLINICS
from pipeline.disclosure.partitions import PARTITIONS, has_sum_above
from pipeline.disclosure.policy import OWN_CLINIC, Policy
from pipeline.disclosure.side_by_side import rest_of

Decided = tuple[str, str, str, str, State]
"""Audience, clinic, table, cell, state."""

Rest = tuple[str, str, str, str]
"""Audience, clinic, table, and the name of what is withheld of it."""

_States = dict[tuple[str, str], State]


def decided(counted: Counted, policy: Policy, *, is_own_enabled: bool) -> Iterator[Decided]:
    """Every cell by the home's `policy`; where it is enabled, besides by the profile for the clinic's own eyes.

    What is told by the home's policy is told by the other too, so that the two together are no more than the second:
    a count and the same count rounded. While it is enabled, two releases may differ by as few as it allows; once it is
    taken back, all that was ever released is held to the home's policy again.
    """
    is_over = counted.has_own_history and not is_own_enabled
    first: tuple[Reference, Reference] = ("any", "clinics") if is_over else ("clinics", "any")
    fewest = OWN_CLINIC.threshold if is_own_enabled else policy.threshold
    for_clinics = _states(counted, policy, first, fewest, {})
    yield from ((CLINICS, counted.clinic, *at, state) for at, state in for_clinics.items())
    if is_own_enabled:
        own = _states(counted, OWN_CLINIC, ("any", "clinics"), OWN_CLINIC.threshold, for_clinics)
        yield from ((OWN, counted.clinic, *at, state) for at, state in own.items())


def rests(decided_cells: Iterable[Decided]) -> Iterator[Rest]:
    """What is withheld of each table, taken together: where its total is told and something besides, the total less the
    rest tells how many they are."""
    states: dict[tuple[str, str], _States] = {}
    for audience, clinic, *at, state in decided_cells:
        states.setdefault((audience, clinic), {})[at[0], at[1]] = state
    for (audience, clinic), of in states.items():
        for partition in PARTITIONS:
            codes = {code for code, _ in partition.cells()}
            withheld = {code for code in codes if of[partition.code, code] != "shown"}
            if withheld and withheld != codes and (partition.parent is None or of[partition.parent] == "shown"):
                yield audience, clinic, partition.code, rest_of(withheld)


def _states(
    counted: Counted, policy: Policy, held: tuple[Reference, Reference], fewest_elsewhere: int, already: _States
) -> _States:
    """Every table after the one whose cell it divides. `held`: what releases are held against, and what besides."""
    states: _States = {}
    for partition in PARTITIONS:
        cells = [counted.cell(partition.code, code, *held, policy) for code, _ in partition.cells()]
        found = decide(
            cells, policy,
            is_released_above=partition.parent is None or states[partition.parent] == "shown",
            fewest_elsewhere=fewest_elsewhere,
            already={code for code, _ in partition.cells() if already.get((partition.code, code)) == "shown"},
            has_sum_above=has_sum_above(partition),
            earlier=[
                (one, fewest)
                for of, fewest in zip(held, (policy.threshold, fewest_elsewhere), strict=True)
                for one in counted.earlier(partition.code, of, policy)
            ],
        )  # fmt: skip
        states |= {(partition.code, code): state for code, state in found.items()}
    return states
