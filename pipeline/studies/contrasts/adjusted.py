"""The adjusted estimates of one pair of arms, side by side: each method on the same people."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from pipeline.studies.contrasts.completers import completers, difference
from pipeline.studies.contrasts.headline import MIN_ADJUSTED, Method, headline
from pipeline.studies.estimators.design import Design
from pipeline.studies.estimators.dropout import Seen, skipped_share, staying_until_left
from pipeline.studies.estimators.effect import Array, Codes, Effect, Result, Withheld
from pipeline.studies.estimators.gram import adds_to_others
from pipeline.studies.estimators.inputs import Column, Covariates, covariates
from pipeline.studies.estimators.linear import ancova
from pipeline.studies.estimators.mmrm import repeated_measures
from pipeline.studies.estimators.once import once
from pipeline.studies.estimators.propensity import clipped, outside_overlap, propensity
from pipeline.studies.estimators.proportional_odds import log_odds_ratio
from pipeline.studies.estimators.sequential_doubly_robust import Influences, influences
from pipeline.studies.estimators.weighting import Target, balancing_weights
from pipeline.studies.estimators.words import Words, grouped, together
from pipeline.studies.people.frame import Frame, chosen_of

MIN_LEVEL = 10
"""People with a result that each arm must have of a word, for the word to be adjusted for by itself (judgement; ten
observations a parameter is the usual rule of thumb)."""

RARER = "rarer"


@dataclass(frozen=True)
class Pair:
    """Two arms: `arm` is 1 for the arm asked about and 0 for the reference; `y` is people x visits, NaN not seen.

    `n_alone` people were left out, being of a kind that only one of the arms has. `counted` is what was counted at the
    last visit, where the instrument counts.
    """

    arm: Codes
    y: Array
    given: Covariates
    clinic: Words
    n_alone: int
    counted: Array | None = field(default=None, kw_only=True)

    @property
    def x(self) -> Design:
        """What is adjusted for."""
        return self.given.design

    @once
    def seen(self) -> Seen:
        return np.isfinite(self.y[:, -1])

    @once
    def n(self) -> tuple[int, int]:
        """People with a result: reference, arm."""
        return int(self.seen[self.arm == 0].sum()), int(self.seen[self.arm == 1].sum())

    @once
    def chance(self) -> Array | Withheld:
        """Propensity, people x 2, unclipped."""
        return propensity(self.arm, self.x)

    @once
    def influences(self) -> Influences | Withheld:
        """What each person says about the mean of both arms, had nobody stopped reporting."""
        chance = self.chance
        return chance if isinstance(chance, Withheld) else influences(self.y, self.arm, self.x, clipped(chance))

    def weight(self, target: Target) -> Array | Withheld:
        """What each person counts for where the arms are to resemble each other."""
        chance = self.chance
        return chance if isinstance(chance, Withheld) else balancing_weights(clipped(chance), self.arm, target)

    @property
    def outside(self) -> float:
        """Share of people outside the overlap; all of them where a characteristic tells the arm."""
        return 1.0 if isinstance(self.chance, Withheld) else outside_overlap(self.chance)


def pair_of(frame: Frame, arm: str, reference: str) -> Pair:
    """The people of two arms, without those of a kind that only one of the arms has: nobody is there to compare
    them with, and a model would make somebody up. Covariates are coded among the people left."""
    one, zero = frame.arms.index(arm), frame.arms.index(reference)
    own = (frame.arm == one) | (frame.arm == zero)
    kept = own & of_all(frame, frame.arm == one, frame.arm == zero)
    n_alone = int(own.sum() - kept.sum())
    rows = slice(None) if kept.all() else kept  # where all are meant, nothing is copied
    is_arm, seen = frame.arm[rows] == one, np.isfinite(frame.horizon[rows])
    columns = chosen_of(frame.covariates, rows) if len(is_arm) else {}
    given = distinct(coded(columns, seen & is_arm, seen & ~is_arm), seen & is_arm, seen & ~is_arm)
    counted = None if frame.counted is None else frame.counted[rows]
    return Pair(is_arm.astype(np.int64), frame.visits[rows], given, frame.clinic.chosen(rows), n_alone, counted=counted)


def of_all(frame: Frame, *arms: Seen) -> Seen:
    """People whose every word is found in all these arms."""
    return shared_by_all([values for values in frame.covariates.values() if isinstance(values, Words)], *arms)


def shared_by_all(words: Sequence[Words], *arms: Seen) -> Seen:
    """Who of these arms has only words that all of them have. Leaving one out may leave another alone, hence again."""
    everybody = np.asarray(np.logical_or.reduce(arms))
    common = list(together({str(place): word for place, word in enumerate(words)}).values())
    if not common:
        return everybody
    rows = common[0].rows
    people = rows.people_of(grouped(arms), len(arms))
    there = np.asarray(people.any(axis=0))
    left = _rows_in_all(common, people, there)
    return everybody if left.sum() == there.sum() else everybody & left[rows.row]


def _rows_in_all(words: Sequence[Words], people: Codes, there: Seen) -> Seen:
    """Those of the rows that are `there` whose words everybody has; `people` are arms x rows."""
    kept = there
    while True:
        shared = [np.asarray((word.added(people * kept) > 0).all(axis=0))[word.of_row] for word in words]
        left = np.asarray(np.logical_and.reduce([kept, *shared]))
        if left.sum() == kept.sum():
            return left
        kept = left


def coded(columns: Mapping[str, Column], *arms: Seen) -> Covariates:
    """Covariates, rare words pooled; one whose rare words were all there was to adjust for is told."""
    words = together({name: values for name, values in columns.items() if isinstance(values, Words)})
    fewer = _pooled(words, arms)
    gone = [name for name, values in words.items() if _levels(values) > 1 and _levels(fewer[name]) == 1]
    kept = {name: fewer.get(name, values) for name, values in columns.items() if name not in gone}
    given = covariates(kept, len(arms[0]))
    return replace(given, left_out=(*given.left_out, *((name, "too_few_of_a_kind") for name in gone)))


def _levels(words: Words) -> int:
    return int(np.count_nonzero(words.people))


def pooled(words: Sequence[str], *arms: Seen) -> Words:
    """The words, rare ones taken together: of which an arm has fewer than `MIN_LEVEL` people with a result.

    Where they are rare even together, they are taken for the commonest word. A column for two or three
    people decides nothing but how far a model can be bent.

    >>> arm = np.array([True] * 20 + [False] * 20)
    >>> pooled(["a"] * 18 + ["b"] * 2 + ["a"] * 20, arm, ~arm)[18:21]
    ['a', 'a', 'a']
    """
    return _pooled({"": Words.of(words)}, arms)[""]


def _pooled(given: Mapping[str, Words], arms: Sequence[Seen]) -> dict[str, Words]:
    """Of words on common rows."""
    if not given:
        return {}
    seen, found = next(iter(given.values())).rows.people_of(grouped(arms), len(arms)), dict[str, Words]()
    for name, words in given.items():
        names = pooled_names(words.levels, words.people, list(words.added(seen)))
        levels = tuple(sorted(set(names)))
        place = np.array([levels.index(called) for called in names], dtype=np.int64)
        found[name] = Words(words.rows, place[words.of_row], levels)
    return found


def pooled_names(levels: Sequence[str], people: Codes, seen: Sequence[Codes]) -> list[str]:
    """What each level is called then, from its people and, by arm, those with a result."""
    there = people > 0
    rare = there & (np.min(seen, axis=0) < MIN_LEVEL)
    common = levels[int(np.where(rare, 0, people).argmax())]
    word = RARER if min(n[rare].sum() for n in seen) >= MIN_LEVEL else common
    return [word if is_rare else level for level, is_rare in zip(levels, rare, strict=True)]


def distinct(given: Covariates, *arms: Seen) -> Covariates:
    """Without the columns that, in one of the arms, follow from those before them: there they say nothing of their
    own, and a model with slopes for each arm would not know what to make of them."""
    whole = given.design.with_intercept
    kept = independent([whole.chosen(own).gram() for own in arms])
    names = tuple(given.names[place] for place in kept)
    left_out = [*given.left_out]
    left_out += [(name, "follows_from_others") for place, name in enumerate(given.names) if place not in kept]
    return Covariates(given.design.columns(kept), names, tuple(left_out))


def independent(grams: Sequence[Array]) -> list[int]:
    """Columns that in every arm tell what those before do not; `grams` are the arms', of 1 and the columns."""
    kept: list[int] = []
    for column in range(len(grams[0]) - 1):
        here = [0, *(1 + k for k in kept), 1 + column]
        if all(adds_to_others(gram[np.ix_(here, here)], [len(here) - 1]) for gram in grams):
            kept.append(column)
    return kept


def headline_of(pair: Pair, *, is_ordinal: bool) -> Method:
    """The method that the rule puts into the headline for these people."""
    return headline(
        min(pair.n),
        pair.y.shape[1],
        skipped_share(pair.y),
        pair.outside,
        is_ordinal=is_ordinal,
        is_complete=bool(pair.seen.all()),
    )


def effects(pair: Pair, *, is_ordinal: bool) -> dict[str, Result]:
    """Every adjusted method by code; none where there are too few people to adjust for anything."""
    if min(pair.n) < MIN_ADJUSTED:
        return {}
    return dict(_ordinal(pair) if is_ordinal else _continuous(pair))


def _continuous(pair: Pair) -> Iterator[tuple[str, Result]]:
    yield "seq_dr", _sequential(pair, overlap=False)
    yield "seq_dr_overlap", _sequential(pair, overlap=True)
    yield "mmrm", difference(repeated_measures(pair.y, pair.arm, pair.x))
    yield from completers(
        pair.y[pair.seen, -1], pair.arm[pair.seen], pair.x.chosen(pair.seen), pair.clinic.chosen(pair.seen)
    )


def effect_of(pair: Pair, method: Method) -> Result:
    """One method alone; those that adjust for nothing are not among them."""
    y = pair.y[pair.seen, -1]
    match method:
        case "seq_dr" | "seq_dr_overlap":
            return _sequential(pair, overlap=method == "seq_dr_overlap")
        case "mmrm":
            return difference(repeated_measures(pair.y, pair.arm, pair.x))
        case "ancova":
            return ancova(y, pair.arm[pair.seen], pair.x.chosen(pair.seen))
        case "proportional_odds" | "proportional_odds_weighted":
            return dict(_ordinal(pair))[method]
        case _:
            return Withheld("too_few_results")


def _ordinal(pair: Pair) -> Iterator[tuple[str, Result]]:
    seen = pair.seen
    value, arm, x = np.rint(pair.y[seen, -1]).astype(np.int64), pair.arm[seen], pair.x.chosen(seen).dense()
    yield "proportional_odds", log_odds_ratio(value, arm, x)
    stay = staying_until_left(pair.y, pair.arm, pair.x, 2)
    weighed = stay if isinstance(stay, Withheld) else log_odds_ratio(value, arm, x, 1 / stay.chance[seen, -1])
    yield "proportional_odds_weighted", weighed


def _sequential(pair: Pair, *, overlap: bool) -> Result:
    found = pair.influences
    return found if isinstance(found, Withheld) else found.means("ato" if overlap else "ate").difference(1, 0)


def as_ratio(effect: Effect) -> tuple[float, float, float]:
    """A ratio with its limits, from its logarithm."""
    low, high = effect.interval()
    return math.exp(effect.estimate), math.exp(low), math.exp(high)
