"""Arithmetic that published figures must obey. A figure that does not is kept, shown, and named as doubtful.

Each row lists in `known_failures` the checks that it is known to fail: the list and what fails must be the same.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pipeline.contract.evidence import ReviewRow, TrialRow, native_factor
from pipeline.contract.instruments import instruments

Row = TypeVar("Row")

SMD_LIMIT = 5.0
"""Standardised differences beyond it are taken for raw ones: hardly anybody of one arm would overlap with the other's
(judgement)."""

NEEDLE_MM = (0.1, 5.0)
"""Needles of microneedling of the scalp: 0.25 to 5.00 mm by definition (English 2022), shorter with patches."""

INTERVAL_DAYS = (1.0, 60.0)


@dataclass(frozen=True)
class TrialCheck:
    """One expectation of the rows of one trial: `failing` names the rows that do not meet it."""

    code: str
    sentence: str
    failing: Callable[[Sequence[TrialRow]], Iterable[TrialRow]]


@dataclass(frozen=True)
class ReviewCheck:
    """One expectation of the rows of one review."""

    code: str
    sentence: str
    failing: Callable[[Sequence[ReviewRow]], Iterable[ReviewRow]]


def _percent_not_whole(rows: Sequence[TrialRow]) -> Iterator[TrialRow]:
    for row in rows:
        if row.quantity == "responders_pct" and row.value is not None and row.n:
            half = 0.5 * 10.0 ** -_decimals(row.printed)
            nearest = 100 * round(row.value * row.n / 100) / row.n
            if abs(nearest - row.value) > half + 1e-9:
                yield row


def _arms_do_not_add_up(rows: Sequence[TrialRow]) -> Iterator[TrialRow]:
    arms = {row.arm for row in rows if row.arm}
    people = {arm: max((row.n for row in rows if row.arm == arm and row.n is not None), default=0) for arm in arms}
    known, total, is_split = people.values(), rows[0].n_total, rows[0].design == "split_scalp"
    if total is None or 0 in known:
        return
    if any(n != total for n in known) if is_split else sum(known) != total:
        yield from (row for row in rows if row.n is not None)


def _more_than_everybody(rows: Sequence[TrialRow]) -> Iterator[TrialRow]:
    yield from (r for r in rows if r.quantity == "responders" and r.value is not None and r.n and r.value > r.n)


def _per_cm2(rows: Sequence[TrialRow]) -> Iterator[TrialRow]:
    for row in rows:
        factor = native_factor(row)
        if row.per_cm2 and (row.value is None or factor is None or not _prints_as(row.value * factor, row.per_cm2)):
            yield row


def _out_of_range(rows: Sequence[TrialRow]) -> Iterator[TrialRow]:
    for row in rows:
        instrument, factor = instruments().get(row.instrument), native_factor(row)
        if instrument is None or row.value is None or row.quantity not in ("start", "end", "change"):
            continue
        low, high = instrument.low, instrument.high
        value = row.value if factor is None else row.value * factor
        lowest = low - high if row.quantity == "change" else low
        if not lowest <= value <= high or not 0 <= (row.spread or 0) <= high - low:
            yield row


def _change_not_end_less_start(rows: Sequence[TrialRow]) -> Iterator[TrialRow]:
    figures: dict[tuple[str, str], dict[str, TrialRow]] = defaultdict(dict)
    for row in rows:
        if row.value is not None and row.copy == "first":
            figures[row.arm, row.outcome][row.quantity] = row
    for found in figures.values():
        if {"start", "end", "change"} <= found.keys():
            start, end = (found[quantity].value or 0.0 for quantity in ("start", "end"))
            if not _prints_as(end - start, found["change"].printed):
                yield found["change"]


def _copies_disagree(rows: Sequence[TrialRow]) -> Iterator[TrialRow]:
    copies: dict[tuple[object, ...], list[TrialRow]] = defaultdict(list)
    for row in rows:
        if row.value is not None:
            copies[row.arm, row.outcome, row.quantity, row.weeks].append(row)
    for found in copies.values():
        if len({row.value for row in found}) > 1:
            yield from found


def _implausible_protocol(rows: Sequence[TrialRow]) -> Iterator[TrialRow]:
    for row in rows:
        if not (_within(row.needle_mm, NEEDLE_MM) and _within(row.interval_days, INTERVAL_DAYS)):
            yield row


def _word_taken_for_a_number(rows: Sequence[TrialRow]) -> Iterator[TrialRow]:
    for row in rows:
        is_ambiguous = "biweekly" in row.interval_in_words.lower()
        if is_ambiguous and row.interval_days is not None and "interval_days" not in row.unread:
            yield row


def _unread_called_verified(rows: Sequence[TrialRow]) -> Iterator[TrialRow]:
    yield from (row for row in rows if row.unread and row.verified_fulltext)


TRIAL_CHECKS: tuple[TrialCheck, ...] = (
    TrialCheck("percent_not_whole", "A percentage of people is a whole number of people.", _percent_not_whole),
    TrialCheck("arms_do_not_add_up", "The arms add up to the people of the trial.", _arms_do_not_add_up),
    TrialCheck("more_than_everybody", "No more people respond than there are.", _more_than_everybody),
    TrialCheck("per_cm2_not_reproduced", "Hairs per square inch, converted, are those per cm2.", _per_cm2),
    TrialCheck("out_of_range", "A mean and its spread lie within the instrument's range.", _out_of_range),
    TrialCheck("change_not_reproduced", "The change is the end less the start.", _change_not_end_less_start),
    TrialCheck("copies_disagree", "Copies of one trial print the same figure.", _copies_disagree),
    TrialCheck("implausible_protocol", "Needle lengths and intervals are possible ones.", _implausible_protocol),
    TrialCheck("word_taken_for_a_number", "Biweekly is not read as a number of days.", _word_taken_for_a_number),
    TrialCheck("unread_called_verified", "What was not read is not called verified.", _unread_called_verified),
)


def _smd_impossible(rows: Sequence[ReviewRow]) -> Iterator[ReviewRow]:
    """Beyond the limit, or outside what its own subgroups span."""
    for row in rows:
        if row.measure != "SMD" or row.value is None or row.subgroup:
            continue
        parts = [r.value for r in rows if r.measure == "SMD" and r.subgroup and r.outcome == row.outcome and r.value]
        if abs(row.value) > SMD_LIMIT or (parts and not min(parts) <= row.value <= max(parts)):
            yield row


def _not_centred(rows: Sequence[ReviewRow]) -> Iterator[ReviewRow]:
    for row in rows:
        if row.value is None or row.ci_lower is None or row.ci_upper is None:
            continue
        low, high = row.ci_lower, row.ci_upper
        middle = math.sqrt(low * high) if row.measure == "RR" else (low + high) / 2
        if not low <= row.value <= high or abs(middle - row.value) > CENTRE * (high - low):
            yield row


CENTRE = 0.02
"""Share of an interval's width by which its middle may miss the figure: limits are printed rounded."""


def _parts_exceed_the_whole(rows: Sequence[ReviewRow]) -> Iterator[ReviewRow]:
    whole, parts = rows[0], [row for row in rows[1:] if row.diagnosis != rows[0].diagnosis]
    for count in ("n_studies", "n_people"):
        total, sizes = getattr(whole, count), [getattr(row, count) or 0 for row in parts]
        if total is not None and sum(sizes) > total:
            yield from parts


def _not_a_percentage(rows: Sequence[ReviewRow]) -> Iterator[ReviewRow]:
    for row in rows:
        shares = (row.i2_pct, row.value if row.measure == "SUCRA" else None)
        if any(share is not None and not 0 <= share <= 100 for share in shares):
            yield row


REVIEW_CHECKS: tuple[ReviewCheck, ...] = (
    ReviewCheck("smd_impossible", "A standardised difference lies among its own subgroups.", _smd_impossible),
    ReviewCheck("interval_not_centred", "A figure lies in the middle of its interval.", _not_centred),
    ReviewCheck("parts_exceed_the_whole", "Parts are no more than the whole.", _parts_exceed_the_whole),
    ReviewCheck("not_a_percentage", "Shares lie between 0 and 100%.", _not_a_percentage),
)

SENTENCES: Mapping[str, str] = {
    **{check.code: check.sentence for check in TRIAL_CHECKS},
    **{check.code: check.sentence for check in REVIEW_CHECKS},
}
"""What should hold, by the code of the check that a figure fails."""


def failures(trials: Sequence[TrialRow], reviews: Sequence[ReviewRow]) -> dict[str, frozenset[str]]:
    """The checks that each row fails, by the row's id; a row that fails none is not named."""
    found: dict[str, set[str]] = defaultdict(set)
    for rows in _grouped(trials, lambda row: row.trial):
        for check in TRIAL_CHECKS:
            for row in check.failing(rows):
                found[row.row].add(check.code)
    for group in _grouped(reviews, lambda row: row.review):
        for expectation in REVIEW_CHECKS:
            for failing in expectation.failing(group):
                found[failing.row].add(expectation.code)
    return {row: frozenset(codes) for row, codes in found.items()}


def _grouped(rows: Sequence[Row], key: Callable[[Row], str]) -> Iterable[list[Row]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups.values()


def _decimals(printed: str) -> int:
    return len(printed.partition(".")[2])


def _prints_as(value: float, printed: str) -> bool:
    return abs(value - float(printed)) <= 0.5 * 10.0 ** -_decimals(printed) + 1e-9


def _within(pair: tuple[float, float] | None, limits: tuple[float, float]) -> bool:
    return pair is None or limits[0] <= pair[0] <= pair[1] <= limits[1]
