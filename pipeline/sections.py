"""Reading a TOML file key by key: every mistake is noted, and all of them are told at once."""

import difflib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from pipeline.errors import RefusedError

_BOM = "\ufeff"


def clean_header(name: str) -> str:
    """A header as it is matched: without a byte order mark and outer blanks, in Unicode NFC."""
    return unicodedata.normalize("NFC", name.strip().strip(_BOM).strip())


def choices(allowed: Iterable[str], given: str | None = None) -> str:
    """What is allowed, with the nearest word first where `given` looks like one of them."""
    words = list(allowed)
    folded = {word.casefold(): word for word in words}
    near = difflib.get_close_matches(given.casefold(), folded, n=1, cutoff=0.6) if given is not None else []
    hint = f"did you mean {folded[near[0]]!r}? " if near else ""
    return f"{hint}allowed: {', '.join(words)}"


@dataclass
class Mistakes:
    """What is wrong with one `source.toml`, collected so that it is mended in one go."""

    path: Path
    found: list[str]

    def note(self, key: str, sentence: str) -> None:
        """Add one mistake: the key it is under, and what was found and is allowed."""
        self.found.append(f"{key}: {sentence}")

    def raise_any(self) -> None:
        """Raise RefusedError with all mistakes, if there are any."""
        if self.found:
            self.refuse()

    def refuse(self) -> NoReturn:
        """Raise RefusedError with all mistakes."""
        n = len(self.found)
        lines = "\n".join(f"  - {line}" for line in self.found)
        raise RefusedError(f"{self.path} has {n} mistake{'s' if n > 1 else ''}; mend and try again:\n{lines}")


@dataclass(frozen=True)
class Section:
    """One table of the TOML file under its full name, such as `tables.sessions.values`."""

    name: str
    content: Mapping[str, object]
    mistakes: Mistakes

    def key(self, key: str) -> str:
        """The full name of a key, as messages give it."""
        return f"[{self.name}] {key}" if self.name else key

    def note(self, key: str, sentence: str) -> None:
        """Note a mistake under a key of this section."""
        self.mistakes.note(self.key(key), sentence)

    def only(self, allowed: Iterable[str]) -> None:
        """Note every key that is not allowed here."""
        known = list(allowed)
        for key in self.content:
            if key not in known:
                self.note(key, f"there is no such key; {choices(known, key)}")

    def text(self, key: str) -> str | None:
        """A text, or None where the key is absent."""
        value = self.content.get(key)
        if value is None or isinstance(value, str):
            return value
        self._wrong(key, value, "a text in quotes")
        return None

    def boolean(self, key: str) -> bool:
        """A boolean; false where the key is absent."""
        value = self.content.get(key, False)
        if isinstance(value, bool):
            return value
        self._wrong(key, value, "true or false, without quotes")
        return False

    def integer(self, key: str, default: int | None, low: int, high: int) -> int | None:
        """A whole number from `low` to `high`."""
        value = self.content.get(key, default)
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and low <= value <= high):
            return value
        self._wrong(key, value, f"a whole number from {low} to {high}")
        return None

    def choice(self, key: str, allowed: Iterable[str], default: str | None = None) -> str | None:
        """One of some words."""
        value = self.text(key)
        words = list(allowed)
        if value is None or value in words:
            return value if value is not None else default
        self.note(key, f"found {value!r}; {choices(words, value)}")
        return default

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty where the key is absent."""
        value = self.content.get(key, [])
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        self._wrong(key, value, 'a list of texts, such as ["a", "b"]')
        return ()

    def words(self, key: str) -> tuple[str, ...]:
        """A value or a list of values as text: what a cell is compared with, "" included."""
        value = self.content.get(key)
        items = value if isinstance(value, list) else [value]
        plain = [as_text(item) for item in items]
        if items and None not in plain:
            return tuple(word for word in plain if word is not None)
        self._wrong(key, value, "a value or a list of values")
        return ()

    def child(self, key: str) -> "Section":
        """The table under a key; an empty one where it is absent."""
        name = f"{self.name}.{key}" if self.name else key
        value = self.content.get(key, {})
        if isinstance(value, dict):
            return Section(name, value, self.mistakes)
        self._wrong(key, value, "a table, such as { name = ... }")
        return Section(name, {}, self.mistakes)

    def headers(self, key: str) -> "Section":
        """The table under a key, its own keys being headers of a file and cleaned like those."""
        child = self.child(key)
        cleaned: dict[str, object] = {}
        for raw, value in child.content.items():
            header = clean_header(raw)
            if not header or header in cleaned:
                child.note(
                    repr(raw), "a header may not be empty" if not header else f"the header {header!r} is given twice"
                )
            cleaned[header] = value
        return Section(child.name, cleaned, self.mistakes)

    def _wrong(self, key: str, value: object, expected: str) -> None:
        self.note(key, f"found {value!r}; expected {expected}")


def as_text(value: object) -> str | None:
    """A TOML scalar as a cell would spell it, or None for anything else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return str(value)
    iso = getattr(value, "isoformat", None)
    return str(iso()) if callable(iso) else None
