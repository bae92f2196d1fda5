"""The texts that the cells of a workbook share, each kept once in a part of its own."""

import zipfile
from dataclasses import dataclass, field

from pipeline.sources.xlsx.xml import LONGEST_TEXT, Attributes, local, parse, plain


def shared_texts(archive: zipfile.ZipFile, part: str) -> list[str | None]:
    """The texts in order, trimmed; None for those that say nothing. Raises ValueError for one longer than any cell."""
    texts = _Texts()
    parse(archive, part, texts.start, texts.end, texts.text)
    return texts.found


@dataclass
class _Texts:
    """Handlers that gather texts out of their runs, formatted or not."""

    found: list[str | None] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    size: int = 0
    captures: bool = False
    is_phonetic: bool = False

    def start(self, element: str, _: Attributes) -> None:
        name = local(element)
        if name == "rPh":
            self.is_phonetic = True  # how a Japanese name is read, not what it is
        self.captures = name == "t" and not self.is_phonetic

    def end(self, element: str) -> None:
        self.captures = False
        match local(element):
            case "rPh":
                self.is_phonetic = False
            case "si":
                self.found.append(plain("".join(self.pieces)))
                self.pieces.clear()
                self.size = 0

    def text(self, data: str) -> None:
        if self.captures:
            self.pieces.append(data)
            self.size += len(data)
            if self.size > LONGEST_TEXT:
                raise ValueError("text")
