"""Headers that look like one that is expected and are another: told to the user, never taken for it."""

import unicodedata
from collections.abc import Iterable

from pipeline.contract.mapping import TableMapping
from pipeline.contract.tables import TABLES
from pipeline.sources.drop import DataFile
from pipeline.sources.staged import used_headers
from pipeline.sources.terms import targets

_PAIRS = (
    "аa сc ԁd еe һh іi јj ӏl кk мm нh оo рp ԛq ѕs тt уy вb ԝw хx гr пn αa βb εe ιi κk μm νv οo ρp τt υu χx γy ηn ıi"  # noqa: RUF001
)
_ALIKE = {ord(pair[0]): pair[1] for pair in _PAIRS.split()}
"""Letters of other scripts that read as Latin ones, by the Unicode list of confusables; small letters only."""

_SEPARATORS = " -\u2010\u2011\u2012\u2013\u2014\u2212._"


def warnings(file: DataFile, headers: Iterable[str]) -> tuple[str, ...]:
    """A sentence on the headers, if any, that look like one that is expected and that nothing is read from."""
    found = tuple(headers)
    used = used_headers(file.tables, found)
    expected = {skeleton(name): name for mapping in file.tables for name in _expected(mapping) if name not in used}
    alike = [
        (place, header, expected[skeleton(header)])
        for place, header in enumerate(found, start=1)
        if header not in used and skeleton(header) in expected
    ]
    if not alike:
        return ()
    told = "; ".join(f"column {place} like {meant!r} ({_difference(header, meant)})" for place, header, meant in alike)
    return (
        f"{file.name}: headers look like others that are expected, and are not the same: {told}; "
        "nothing is read from them: rename them, or map them to what they mean",
    )


def _expected(mapping: TableMapping) -> Iterable[str]:
    wide = [name for w in mapping.instruments for name in (w.header, w.area_column) if name]
    own = [*mapping.columns, *mapping.where, *mapping.key, *mapping.effects, *mapping.asked, *wide]
    taken = set(mapping.columns.values())
    return [*(name for name in targets(TABLES[mapping.table]) if name not in taken), *own]


def skeleton(header: str) -> str:
    """What is left of a header to the eye: one script, one width, one case, nothing invisible, one kind of blank.

    >>> skeleton("Needle\u00a0length - mm") == skeleton("needle_length_mm")
    True
    """
    folded = unicodedata.normalize("NFKC", header).casefold()
    seen = "".join(c for c in folded if unicodedata.category(c) not in ("Cf", "Cc", "Mn", "Me"))
    words = "".join(" " if c in _SEPARATORS else c for c in seen.translate(_ALIKE)).split()
    return "_".join(words)


def _difference(header: str, meant: str) -> str:
    odd = [c for c in dict.fromkeys(header) if c not in meant and not (c.isascii() and c.isprintable())]
    if not odd:
        return "other capitals, blanks or dashes"
    names = ", ".join(f"U+{ord(c):04X} {unicodedata.name(c, 'a control character')}" for c in odd[:3])
    return f"written with {names}"
