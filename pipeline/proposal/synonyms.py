"""What headers are called in five languages: `data/reference/header_synonyms.csv`, folded and by table."""

from collections.abc import Mapping
from functools import cache

from pipeline.contract import reference
from pipeline.contract.columns import Table
from pipeline.contract.instruments import instruments
from pipeline.contract.tables import TABLES
from pipeline.proposal.spelling import folds

DATE, DAY, ID, ASKED = "date", "day", "id", "asked"
"""Words that name no column by themselves: the row's own date, its day from enrolment, the number of the row or the
person, whether the question about side effects was put."""

_ANYWHERE = (DATE, DAY, ID)


@cache
def _rows() -> Mapping[str, tuple[str, ...]]:
    """Synonyms by what they stand for, as in the file."""
    found: dict[str, list[str]] = {}
    for row in reference.rows("header_synonyms"):
        found.setdefault(row["column"], []).append(row["synonym"])
    return {column: tuple(words) for column, words in found.items()}


@cache
def of_table(name: str) -> Mapping[str, tuple[str, ...]]:
    """Folded words and the native names of that table they stand for; `date`, `day` and `asked` among them."""
    table = TABLES[name]
    known: dict[str, list[str]] = {}
    for native in (*table.native_names, *_ANYWHERE, *([ASKED] if name == "side_effects" else [])):
        for word in _words(native, table):
            known.setdefault(word, []).append(native)
    return {word: tuple(dict.fromkeys(natives)) for word, natives in known.items()}


def _words(native: str, table: Table) -> tuple[str, ...]:
    own = folds(native) if native in table.native_names else ()
    return (*own, *(fold for word in _rows().get(native, ()) for fold in folds(word)))


@cache
def of_instruments() -> Mapping[str, str]:
    """Folded words and the instrument each stands for; those that stand for two are left out."""
    known: dict[str, set[str]] = {}
    for code, instrument in instruments().items():
        named = _rows().get(f"instrument:{code}", ())
        for word in (code, instrument.label, *instrument.synonyms, *named):
            for folded in folds(word):
                known.setdefault(folded, set()).add(code)
    return {word: next(iter(codes)) for word, codes in known.items() if len(codes) == 1 and word}


@cache
def of_effects() -> Mapping[str, str]:
    """Folded words and the side effect each stands for."""
    return {
        folded: term.code
        for term in reference.vocabulary("effect")
        if term.code not in ("none", "other")
        for word in (term.code, term.label, *term.synonyms)
        for folded in folds(word)
        if len(folded) > 2
    }


@cache
def of_tables() -> Mapping[str, str]:
    """Folded words that files and sheets are named by, and the table each stands for."""
    named = {word: name for name in TABLES for w in _rows().get(f"table:{name}", ()) for word in folds(w)}
    return named | {word: name for name in TABLES for word in folds(name)}
