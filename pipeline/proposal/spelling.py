"""Words without case, accents and punctuation, so that `Nadellänge`, `NADELLAENGE` and `nadel_laenge` are one."""

import difflib
import re
import unicodedata
from collections.abc import Iterable

ALIKE = 0.86
"""Share of equal letters (difflib) from which a word is taken for a misspelling; `depht` and `depth` have 0.8
and are too short to be sure, `neddle length` and `needle length` have 0.92."""

MIN_LETTERS = 5
"""Shorter words are never taken for misspelt ones."""

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_OTHER = re.compile(r"[^a-z0-9]+")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
_LETTERS = str.maketrans(
    {"ø": "o", "Ø": "O", "œ": "oe", "Œ": "Oe", "æ": "ae", "Æ": "Ae", "ł": "l", "№": "no", "º": "o"}
)


def fold(text: str) -> str:
    """Lower-case letters and figures, words parted by one blank.

    >>> fold("Nadel-Länge"), fold("userId"), fold("Stärke_%")
    ('nadel lange', 'user id', 'starke')
    """
    parted = _CAMEL.sub(" ", text.strip().translate(_LETTERS))
    plain = "".join(c for c in unicodedata.normalize("NFKD", parted) if not unicodedata.combining(c))
    return _OTHER.sub(" ", plain.casefold()).strip()


def folds(text: str) -> tuple[str, ...]:
    """Every way a word may be folded: umlauts are also written ae, oe, ue.

    >>> folds("Gerät")
    ('gerat', 'geraet')
    """
    return tuple(dict.fromkeys((fold(text), fold(unicodedata.normalize("NFC", text).translate(_UMLAUTS)))))


def likeness(one: str, other: str) -> float:
    """How alike two folded words are, from 0 to 1; 0 for words too short to be sure of."""
    if one == other:
        return 1.0
    if min(len(one), len(other)) < MIN_LETTERS:
        return 0.0
    match = difflib.SequenceMatcher(None, one, other, autojunk=False)
    return match.ratio() if match.real_quick_ratio() >= ALIKE and match.quick_ratio() >= ALIKE else 0.0


def nearest(word: str, known: Iterable[str]) -> list[tuple[float, str]]:
    """The known folded words that `word` may be a misspelling of, the nearest first."""
    found = [(likeness(word, other), other) for other in known]
    return sorted(((ratio, other) for ratio, other in found if ratio >= ALIKE), key=lambda pair: (-pair[0], pair[1]))
