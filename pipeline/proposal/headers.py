"""A header taken apart: its name, the unit that stands in it, the visit that stands in it."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from pipeline.contract import reference
from pipeline.contract.tables import TABLES
from pipeline.proposal import synonyms
from pipeline.proposal.spelling import fold, folds, nearest

_BRACKETS = re.compile(r"^(.*?)[\s_]*[(\[]\s*([^()\[\]]+?)\s*[)\]]\s*$")
_IN_UNIT = re.compile(r"^(.+?)[\s_]+(?:in|en|em)[\s_]+(\S+)$", re.IGNORECASE)
_LAST_WORD = re.compile(r"^(.+?)[\s_]+([^\s_]+)$")
_WEEKS = re.compile(
    r"^(?P<a>.*?)\s*\b(?:w|wk|week|woche|wo|kw|semaine|sem|semana)\s?(?P<n>\d{1,3})\b(?P<b>.*)$"
    r"|^(?P<c>.*?)\s*(?P<m>\d{1,3})\s?(?:w|wk|wks|weeks?|wochen?|semaines?|sem|semanas?)\b(?P<d>.*)$"
)
_BASELINE = re.compile(
    r"^(?P<a>.*?)\s*\b(?:baseline|bl|t0|week 0|v0|start|begin|beginn|anfang|ausgang|ausgangswert|debut|initial|inicio|"
    r"inicial|basal)\b(?P<b>.*)$"
)
_MONTHS = re.compile(
    r"^(?P<a>.*?)\s*\b(?:m|month|monat|mois|mes)\s?(?P<n>\d{1,2})\b(?P<b>.*)$"
    r"|^(?P<c>.*?)\s*\b(?P<m>\d{1,2})\s?(?:m|months?|monate?n?|mois|mes|meses)\b(?P<d>.*)$"
)
_DAYS_A_MONTH = 365.25 / 12

_EFFECT_PREFIXES = ("se", "ae", "nw", "ue", "ei", "ea", "effect")
"""What forms put before the names of tick boxes: side effect, adverse event, Nebenwirkung, effet indésirable, ..."""

EXACT, LESS = 1.0, 0.9
"""Certainty of a word that is known, and of one that could mean several columns or lost its unit."""


@dataclass(frozen=True)
class Reading:
    """One native name that a header may stand for. `unit` is what the header says, as it is written there."""

    native: str
    certainty: float
    unit: str | None = None


@dataclass(frozen=True)
class WideName:
    """A header of a wide file without visit and unit; `week` or `day` from enrolment, if one stands there."""

    words: str
    week: int | None = None
    day: int | None = None
    unit: str | None = None


@cache
def readings(header: str, table: str) -> tuple[Reading, ...]:
    """The native names of a table that a header may stand for, the likeliest first."""
    known = synonyms.of_table(table)
    best: dict[str, Reading] = {}
    for name, unit in _parts(header):
        for word in folds(name):
            for native, certainty in _found(word, known):
                lost = unit is not None and not _has_unit(table, native)
                reading = Reading(native, certainty * LESS if lost else certainty, unit)
                if native not in best or _beats(reading, best[native]):
                    best[native] = reading
    return tuple(sorted(best.values(), key=lambda r: (-r.certainty, r.native)))


def _beats(one: Reading, other: Reading) -> bool:
    """The surer one; the one that knows the unit where they are equally sure."""
    return (one.certainty, one.unit is not None) > (other.certainty, other.unit is not None)


def _found(word: str, known: Mapping[str, tuple[str, ...]]) -> list[tuple[str, float]]:
    if word in known:
        return [(native, EXACT) for native in known[word]]
    return [(native, ratio * LESS) for ratio, near in nearest(word, known) for native in known[near]]


def _parts(header: str) -> list[tuple[str, str | None]]:
    """(name, unit) in every way the header can be cut: whole, then without what looks like a unit."""
    text = unicodedata.normalize("NFKC", header)
    cut: list[tuple[str, str | None]] = [(text, None)]
    for pattern in (_BRACKETS, _IN_UNIT, _LAST_WORD):
        match = pattern.match(text)
        if match and is_unit(match[2]):
            cut.append((match[1], match[2]))
    bracketed = _BRACKETS.match(text)
    if bracketed and not is_unit(bracketed[2]):
        cut.append((bracketed[1], None))
    return cut


def spelled(unit: str) -> str:
    """A unit as it is compared: case and the two micro signs do not count."""
    return unicodedata.normalize("NFKC", unit).strip().casefold()


@cache
def _units() -> frozenset[str]:
    rows = (*reference.rows("units"), *reference.rows("instrument_units"))
    words = [w for row in rows for w in (row["unit"], *row["synonyms"].split("|"))]
    words += [w for term in reference.vocabulary("strength_unit") for w in (term.code, *term.synonyms)]
    return frozenset(spelled(word) for word in words if word)


def is_unit(text: str) -> bool:
    """Whether a word is a unit of anything."""
    return spelled(text) in _units()


def _has_unit(table: str, native: str) -> bool:
    columns = TABLES[table]
    if native not in columns.names:
        return False
    column = columns.column(native)
    return column.unit is not None or column.kind in ("value", "age")


def wide_name(header: str) -> WideName:
    """The header of a wide column without its unit and its visit."""
    name, unit = next(((n, u) for n, u in _parts(header)[1:] if u is not None), (header, None))
    words = fold(unicodedata.normalize("NFKC", name))
    weeks = _WEEKS.match(words)
    if weeks:
        return WideName(_rest(weeks), week=int(weeks["n"] or weeks["m"]), unit=unit)
    if start := _BASELINE.match(words):
        return WideName(f"{start['a']} {start['b']}".strip(), week=0, unit=unit)
    if months := _MONTHS.match(words):
        return WideName(_rest(months), day=round(int(months["n"] or months["m"]) * _DAYS_A_MONTH), unit=unit)
    return WideName(words, unit=unit)


def _rest(match: re.Match[str]) -> str:
    groups = match.groupdict()
    around = (groups["a"], groups["b"]) if groups["n"] else (groups["c"], groups["d"])
    return " ".join(" ".join(part for part in around if part).split())


def instrument_of(words: str) -> str | None:
    """The instrument that folded words stand for, or a misspelling of only one."""
    return _only(words, synonyms.of_instruments())


def effect_of(words: str) -> str | None:
    """The side effect that folded words stand for, or a misspelling of only one."""
    head, _, rest = words.partition(" ")
    return _only(rest if head in _EFFECT_PREFIXES and rest else words, synonyms.of_effects())


def _only(words: str, known: Mapping[str, str]) -> str | None:
    if words in known:
        return known[words]
    found = {known[near] for _, near in nearest(words, known)}
    return found.pop() if len(found) == 1 else None


def table_of(name: str) -> str | None:
    """The table that a file's or a sheet's name speaks of."""
    known = synonyms.of_tables()
    words = fold(name)
    if words in known:
        return known[words]
    found = {known[word] for word in words.split() if word in known}
    return found.pop() if len(found) == 1 else None


def strength_unit(unit: str) -> str | None:
    """The code of a unit of strength."""
    terms = reference.vocabulary("strength_unit")
    return next((t.code for t in terms if spelled(unit) in map(spelled, (t.code, t.label, *t.synonyms))), None)
