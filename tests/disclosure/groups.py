"""The groups of people that an attacker goes for: every set of cells of a table, whenever anything of it is told."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from pipeline.disclosure.partitions import PARTITIONS, Partition
from tests.disclosure.attacker import FIXED, Key
from tests.disclosure.years import Year

Weights = Mapping[Key, float]


@dataclass(frozen=True)
class Found:
    """A group that was worked out: its months, table and cells, how many they are, and what is known of it."""

    group: tuple[Key, ...]
    people: int
    least: float
    most: float


def worked_out(year: Year, few: int) -> Iterator[Found]:
    """Groups of 1 to `few` people, and growths by so many, that are shown to be small, or known to a person or two."""
    for weights in _small(year, few):
        if year.attacker.most(weights) < few + 1.5:  # else neither can be
            found = _attacked(year, weights)
            if (found.least > 0.5 and found.most < few + 0.5) or found.most - found.least < 1.5:
                yield found


def zeros_found(year: Year) -> list[Found]:
    """Cells of nobody that are shown to be of nobody; those of a table that are told neither then nor as 0 together."""
    targets = [
        dict.fromkeys(cells, 1.0)
        for partition in PARTITIONS
        for month in _months(year, partition)
        if (cells := [key for key in _keys(partition, month) if not year.counts.get(key) and not _is_told(year, key)])
    ]
    return [found for weights in targets for found in [_attacked(year, weights)] if found.most < 0.5]


def _attacked(year: Year, weights: Weights) -> Found:
    least, most = year.attacker.limits(weights)
    truth = sum(weight * year.counts.get(key, 0) for key, weight in weights.items())
    assert least - 1e-6 <= truth <= most + 1e-6, "the attacker knows something that is not so"
    return Found(tuple(weights), int(truth), least, most)


def _small(year: Year, few: int) -> Iterator[Weights]:
    for partition in PARTITIONS:
        months = _months(year, partition)
        people_in = {
            code: [year.counts.get((m, partition.code, code), 0) for m in months] for code, _ in partition.cells()
        }
        codes = [code for code, people in people_in.items() if any(people)]
        for cells in (chosen for n in range(len(codes)) for chosen in combinations(codes, n + 1)):
            people = dict(zip(months, map(sum, zip(*(people_in[code] for code in cells), strict=True)), strict=True))
            weights = {m: {(m, partition.code, code): 1.0 for code in cells} for m in months}
            yield from (weights[m] for m in months if 0 < people[m] <= few)
            if partition.code in FIXED:
                yield from (
                    weights[later] | dict.fromkeys(weights[month], -1.0)
                    for month, later in combinations(months, 2)
                    if 0 < people[later] - people[month] <= few
                )


def _months(year: Year, partition: Partition) -> list[int]:
    """Those in which anything of the table is told anew."""
    told = [{table for table, _ in release.figures} for release in year.releases]
    return [month for month, tables in enumerate(told) if partition.code in tables]


def _keys(partition: Partition, month: int) -> list[Key]:
    return [(month, partition.code, code) for code, _ in partition.cells()]


def _is_told(year: Year, key: Key) -> bool:
    month, *at = key
    return (at[0], at[1]) in year.releases[month].figures
