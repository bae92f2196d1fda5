"""The codes that a column's words stand for, and which words may be shown at all.

A word is shown only if a vocabulary knows it, if it looks like a misspelling of one that does, or if the
records of several people share it: anything else may be somebody's name.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from pipeline.contract import reference
from pipeline.contract.columns import Column
from pipeline.contract.instruments import instruments
from pipeline.contract.words import COMMON_AMONG, NO, TICKED, UNTICKED, YES
from pipeline.proposal.profile import Word
from pipeline.proposal.spelling import folds, nearest

_LONGEST = 40
_MOST_WORDS = 3
_NO_CODE = re.compile(r"\d{5}|\d[-./:]\d+[-./:]\d|@|[.!?;]\s|\n")
"""Long numbers, dates, mail addresses, sentences."""

_YES_WORDS = ("vrai", "wahr", "verdadero", "verdadeiro", "sí", "si", "sim", "oui", "ja", "j", "s", "ok")
_NO_WORDS = ("faux", "falsch", "falso", "non", "não", "nao", "nein", "-")

_BOOLEANS = ("boolean", "flag")


@dataclass(frozen=True)
class Meanings:
    """The words of one column: those that are understood, those a code is proposed for, those nobody knows.

    `n_hidden` counts the words that may not be shown.
    """

    understood: tuple[str, ...] = ()
    proposed: Mapping[str, str] = field(default_factory=dict)
    unknown: tuple[Word, ...] = ()
    n_hidden: int = 0


def meanings(column: Column, words: Iterable[Word]) -> Meanings:
    """What the words of a column stand for; nothing where it holds no words of a vocabulary."""
    known = vocabulary(column)
    if not known:
        return Meanings()
    understood, proposed, unknown, n_hidden = [], {}, [], 0
    for word in words:
        code = _proposed(column, word.text, known)
        if word.text.lower() in _direct(column):
            understood.append(word.text)
        elif code is not None:
            proposed[word.text] = code
        elif tellable(word):
            unknown.append(word)
        else:
            n_hidden += 1
    return Meanings(tuple(understood), proposed, tuple(unknown), n_hidden)


def tellable(word: Word) -> bool:
    """Whether a word that no vocabulary knows may be shown: it looks like a code, and several people share it."""
    short = len(word.text) <= _LONGEST and len(word.text.split()) <= _MOST_WORDS
    return short and word.n_people >= COMMON_AMONG and not _NO_CODE.search(word.text)


def codes(column: Column) -> tuple[str, ...]:
    """The codes that a word of the column may stand for."""
    if column.kind in _BOOLEANS:
        return ("yes", "no")
    if column.vocabulary == "instrument":
        return tuple(instruments())
    return tuple(term.code for term in reference.vocabulary(column.vocabulary or ""))


def instrument_code(word: str) -> str | None:
    """The instrument that landing takes a word for."""
    named = ((w.lower(), i.code) for i in instruments().values() for w in (i.code, i.label, *i.synonyms))
    return dict(named).get(word.lower())


def share_understood(column: Column, words: Iterable[Word]) -> float:
    """Which share of the cells the column's vocabulary knows, misspelt ones included; 1 where it has none."""
    known, total, good = vocabulary(column), 0, 0
    if not known:
        return 1.0
    for word in words:
        total += word.n
        is_known = word.text.lower() in _direct(column) or _proposed(column, word.text, known) is not None
        good += word.n if is_known else 0
    return good / total if total else 0.0


def _proposed(column: Column, text: str, known: Mapping[str, str]) -> str | None:
    """The code of a word that only accents, blanks or a slip of the finger keep from being understood."""
    for folded in folds(text):
        if folded and folded in known:
            return known[folded]
    if column.kind in _BOOLEANS:
        return None
    found = {known[near] for folded in folds(text) for _, near in nearest(folded, known)[:1]}
    return found.pop() if len(found) == 1 else None


@cache
def _direct(column: Column) -> frozenset[str]:
    """Words that landing understands as they are, in lower case."""
    if column.kind in _BOOLEANS:
        return frozenset((*YES, *NO))
    if column.vocabulary == "instrument":
        named = (w for i in instruments().values() for w in (i.code, i.label, *i.synonyms))
    else:
        named = (w for t in reference.vocabulary(column.vocabulary or "") for w in (t.code, t.label, *t.synonyms))
    return frozenset(word.lower() for word in named)


@cache
def vocabulary(column: Column) -> Mapping[str, str]:
    """Folded words and the code each stands for; empty where any text may stand in the column."""
    if column.kind in _BOOLEANS:
        yes = {fold: "yes" for word in (*YES, *TICKED, *_YES_WORDS) for fold in folds(word)}
        return yes | {fold: "no" for word in (*NO, *UNTICKED, *_NO_WORDS) for fold in folds(word) if fold}
    if column.vocabulary == "instrument":
        pairs = [(w, i.code) for i in instruments().values() for w in (*i.synonyms, i.label, i.code)]
    else:
        terms = reference.vocabulary(column.vocabulary or "")
        pairs = [(w, term.code) for term in terms for w in (*term.synonyms, term.label, term.code)]
    return {fold: code for word, code in pairs for fold in folds(word) if fold}
