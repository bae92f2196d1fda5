"""The codes of a REDCap export, explained by the choice labels of its data dictionary.

A mapping may name labels in `values`; a label that is a word of the column's vocabulary needs no entry. Both become
entries by code, so that landing reads codes as it reads any others.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from pipeline.contract import reference
from pipeline.contract.columns import Column
from pipeline.contract.instruments import instruments
from pipeline.contract.mapping import InstrumentColumn, Manifest, TableMapping
from pipeline.contract.tables import TABLES
from pipeline.contract.words import NO, TICKED, UNTICKED, YES
from pipeline.errors import RefusedError
from pipeline.sources.redcap.dictionary import Field
from pipeline.sources.terms import targets

_NUMBER = re.compile(r"([-+]?[0-9]+(?:[.,][0-9]+)?)\s*([a-zA-Zµμ%/²^0-9]{0,12})")
Choices = tuple[tuple[str, str], ...]


def use_labels(manifest: Manifest, fields: Mapping[str, Field]) -> tuple[Manifest, tuple[str, ...]]:
    """The manifest with codes explained, and a warning for each word of `values` that is no choice of its field.

    Raises RefusedError where a tick-box column has codes that say the opposite of what they would be read as.
    """
    if manifest.redcap is None:
        return manifest, ()
    choices = {name: field.choices for name, field in fields.items() if field.choices and field.kind != "checkbox"}
    tables, warnings = [], list[str]()
    for mapping in manifest.tables:
        _refuse_crossed_boxes(mapping, choices)
        tables.append(_explain(mapping, choices, warnings))
    redcap = replace(manifest.redcap, fields=frozenset(fields))
    return replace(manifest, tables=tuple(tables), redcap=redcap), tuple(warnings)


def _explain(mapping: TableMapping, choices: Mapping[str, Choices], warnings: list[str]) -> TableMapping:
    known = targets(TABLES[mapping.table])
    native = {name: name for name in choices if name in known and name not in mapping.columns.values()}
    values = {name: dict(words) for name, words in mapping.values.items()}
    for header, name in {**native, **mapping.columns}.items():
        if header in choices:
            words = values.get(name, {})
            warnings += _strangers(mapping, header, name, words, choices[header])
            values[name] = {**words, **explained(choices[header], words, _words(known[name]))}
    return replace(
        mapping,
        values={name: words for name, words in values.items() if words or name in mapping.values},
        instruments=tuple(_explain_instrument(wide, mapping, choices) for wide in mapping.instruments),
        asked={header: _with_codes(words, choices.get(header, ())) for header, words in mapping.asked.items()},
        where={header: _with_codes(words, choices.get(header, ())) for header, words in mapping.where.items()},
    )


def _explain_instrument(
    wide: InstrumentColumn, mapping: TableMapping, choices: Mapping[str, Choices]
) -> InstrumentColumn:
    if wide.header not in choices:
        return wide
    stages = [row for row in reference.rows("stages") if row["scale"] == wide.instrument]
    words = Words(_stage_words(stages), is_number=not stages)
    return replace(wide, values=explained(choices[wide.header], mapping.values.get("value", {}), words))


@dataclass(frozen=True)
class Words:
    """What a column understands: some words, or numbers."""

    words: frozenset[str]
    is_number: bool


def _words(column: Column) -> Words:
    if column.kind in ("boolean", "flag"):
        return Words(frozenset((*YES, *NO)), is_number=False)
    if column.kind in ("stage", "value"):
        return Words(_stage_words(reference.rows("stages")), is_number=column.kind == "value")
    if column.vocabulary == "instrument":
        known = instruments().values()
        return Words(_folded(w for i in known for w in (i.code, i.label, *i.synonyms)), is_number=False)
    terms = reference.vocabulary(column.vocabulary) if column.vocabulary else ()
    words = _folded(word for term in terms for word in (term.code, term.label, *term.synonyms))
    return Words(words, is_number=column.kind in ("integer", "decimal", "age"))


def _stage_words(rows: Iterable[Mapping[str, str]]) -> frozenset[str]:
    return _folded(word for row in rows for word in (row["code"], row["label"], *row["synonyms"].split("|")) if word)


def _folded(words: Iterable[str]) -> frozenset[str]:
    return frozenset(_fold(word) for word in words)


def _fold(word: str) -> str:
    return word.strip().casefold()


def explained(choices: Choices, values: Mapping[str, str], words: Words) -> dict[str, str]:
    """What each code means, as far as it must be said.

    A code that `values` names is left to it. Then a label counts: one that `values` names, or a word of the column.
    Where any choice is explained so, codes are mere numbers: one that is left stands for its label, so that it is
    refused under that name and never read as a number or a stage that it is not.

    >>> explained((("1", "Roller"), ("2", "DP")), {"DP": "pen_motorised"}, Words(frozenset({"roller"}), False))
    {'1': 'Roller', '2': 'pen_motorised'}
    >>> explained((("1", "0.5 mm"), ("2", "1.5 mm")), {}, Words(frozenset(), True))
    {'1': '0.5 mm', '2': '1.5 mm'}
    >>> explained((("0", "none"), ("1", "mild")), {}, Words(frozenset(), True))
    {}
    """
    given = {_fold(word): meaning for word, meaning in values.items()}
    meant: dict[str, str] = {}
    for code, label in choices:
        if _fold(code) in given:
            continue
        if _fold(label) in given:
            meant[code] = given[_fold(label)]
        elif _fold(label) in words.words:
            meant[code] = label
    is_quantity = words.is_number and any(_is_other_number(code, label) for code, label in choices)
    if not meant and not is_quantity and not any(_fold(code) in given for code, _ in choices):
        return {}
    left = {code: label for code, label in choices if code not in meant and _fold(code) not in given and label}
    return meant | {code: label for code, label in left.items() if _misleads(code, words)}


def _misleads(code: str, words: Words) -> bool:
    """True for a code that would be read for itself, although codes are mere numbers here."""
    if _fold(code) in words.words:
        return code.lstrip("+-").isdecimal()
    return words.is_number


def _is_other_number(code: str, label: str) -> bool:
    """True where the label is a number that the code is not, so that the code is not the quantity."""
    match = _NUMBER.fullmatch(label)
    if match is None:
        return False
    try:
        return bool(match[2]) or float(match[1].replace(",", ".")) != float(code)
    except ValueError:  # a code that is no number
        return True


def _with_codes(words: tuple[str, ...], choices: Choices) -> tuple[str, ...]:
    """The words, and the codes whose labels they are."""
    folded, codes = {_fold(word) for word in words}, {_fold(code) for code, _ in choices}
    added = (code for code, label in choices if _fold(label) in folded - codes and code not in words)
    return (*words, *added)


def _strangers(mapping: TableMapping, header: str, name: str, words: Mapping[str, str], choices: Choices) -> list[str]:
    known = {_fold(part) for choice in choices for part in choice} | {""}
    told = ", ".join(f"{code} {label}".strip() for code, label in choices[:10])
    return [
        f"[tables.{mapping.table}.values] {name}: {word!r} is neither a code nor a label of the field {header}; "
        f"its choices are {told}"
        for word in words
        if _fold(word) not in known
    ]


def _refuse_crossed_boxes(mapping: TableMapping, choices: Mapping[str, Choices]) -> None:
    for header in mapping.effects:
        for code, label in choices.get(header, ()):
            crossed = (code in TICKED and _fold(label) in UNTICKED) or (code in UNTICKED and _fold(label) in TICKED)
            if crossed:
                raise RefusedError(
                    f"[tables.{mapping.table}] effects: the field {header} says {label!r} with the code {code}, which "
                    "would be read as the opposite; export it with 1 for yes and 0 for no"
                )
