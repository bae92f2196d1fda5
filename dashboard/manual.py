"""The manual's pages that the dashboard shows: read from `docs/`, or from where a wheel carries them, and searched."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.errors import UsageError

_BESIDE = Path(__file__).parent / "manual_pages"  # where a wheel carries the files
MANUAL = _BESIDE if _BESIDE.is_dir() else Path(__file__).resolve().parents[1] / "docs"

PAGES = {
    "glossary": "Glossary",
    "studies": "Methods",
    "operating-characteristics": "How the methods fare",
    "verdicts": "How often verdicts are right",
    "data-dictionary": "Data dictionary",
    "disclosure": "Disclosure rules",
}
"""Files of the manual, without their ending, and what they are called here."""

_HEADING = re.compile(r"^#{1,2} (.+)$", re.MULTILINE)
_LINK = re.compile(r"!?\[([^\]]*)\]\(([^)#\s]*)(#[^)\s]*)?\)")


@dataclass(frozen=True)
class Section:
    """A part of a page under one heading, as Markdown without it."""

    page: str
    title: str
    text: str


@cache
def sections(page: str) -> tuple[Section, ...]:
    """A page's parts in order. Raises UsageError where the file is not there: the installation is broken."""
    path = MANUAL / f"{page}.md"
    if not path.is_file():
        raise UsageError(f"page {path} of the manual is missing; install the project again")
    parts = _HEADING.split(path.read_text(encoding="utf-8"))
    return tuple(
        Section(page, title, _here(text.strip())) for title, text in zip(parts[1::2], parts[2::2], strict=True)
    )


@cache
def meanings() -> dict[str, str]:
    """What each word of the glossary means, as plain text. One of several words in a row has the meaning of all."""
    rows = (line.split("|")[1:3] for part in sections("glossary") for line in part.text.split("\n") if line[:1] == "|")
    return {
        word.strip(): meaning.strip().replace("`", "")
        for words, meaning in rows for word in re.split(r"[,;]| \(", words)
    }  # fmt: skip


def find(words: str) -> tuple[Section, ...]:
    """The parts of all pages that hold every one of these words, cut down to the paragraphs and rows that do.

    Where a heading holds them all, the whole part is given.
    """
    wanted = words.casefold().split()
    if not wanted:
        return ()
    found = (_found(section, wanted) for page in PAGES for section in sections(page))
    return tuple(section for section in found if section is not None)


def _found(section: Section, wanted: list[str]) -> Section | None:
    if _holds(section.title, wanted):
        return section
    kept = "\n\n".join(_kept(section.text, wanted))
    return Section(section.page, section.title, kept) if kept else None


def _kept(text: str, wanted: list[str]) -> Iterator[str]:
    """Paragraphs that hold the words; of a table its head and the rows that do."""
    for block in text.split("\n\n"):
        lines = block.split("\n")
        if block.startswith("|"):
            rows = [row for row in lines[2:] if _holds(row, wanted)]
            if rows:
                yield "\n".join((*lines[:2], *rows))
        elif _holds(block, wanted):
            yield block


def _holds(text: str, wanted: list[str]) -> bool:
    folded = text.casefold()
    return all(word in folded for word in wanted)


def _here(text: str) -> str:
    """Links to pages that are shown here lead there; of others, and of pictures, the words stay."""
    return _LINK.sub(_link, text)


def _link(found: re.Match[str]) -> str:
    words, target = found[1], found[2]
    if target.startswith("https://"):
        return found[0]
    page = target.removesuffix(".md")
    return f"[{words}](/help?page={page})" if page in PAGES else words
