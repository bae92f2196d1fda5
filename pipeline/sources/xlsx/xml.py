"""The XML inside a workbook, run past handlers as a stream: no part of it is ever held as a whole."""

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import IO
from xml.parsers import expat

from pipeline.errors import RefusedError

Attributes = Mapping[str, str]

_CHUNK_BYTES = 1 << 20

_LONGEST_TAG = 8 << 20
"""A tag with its attributes is held as a whole by the parser. The longest that a program writes has some kilobytes."""

LONGEST_TEXT = 1 << 20
"""A cell holds at most 32,767 letters in Excel; this is room for programs that know no such bound."""

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_ALLOWED_BELOW_SPACE = "\t\n\r"

_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    EOFError,
    OSError,  # a directory that points before the beginning of the file
    LookupError,  # an encoding that there is not, too
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
)
"""What reading a part raises that is damaged, or contradicts itself."""


@contextmanager
def refused_where_damaged(name: str) -> Iterator[None]:
    """Turn what a damaged part of the file `name` raises into a RefusedError."""
    try:
        yield
    except _DAMAGE:
        raise RefusedError(
            f"{name}: is damaged inside; open it in a spreadsheet program and save it again, or ask the sender for it"
        ) from None


def parse(
    archive: zipfile.ZipFile,
    part: str,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Run the XML of a part past handlers. They see names with their prefix, as they are written.

    A document type is refused: no spreadsheet program writes one, and entities are how XML bombs are built.
    """
    parser = xml_parser(start, end, text)
    fed = 0
    with archive.open(part) as stream:
        for chunk in chunks(stream):
            fed += feed(parser, chunk, fed)
    feed(parser, b"", fed)


def feed(parser: expat.XMLParserType, chunk: bytes, fed: int) -> int:
    """Give a parser that has had `fed` bytes a piece of XML, an empty one at the end; the answer is its size.

    Raises ValueError where a tag does not come to its end: the parser would hold all of it.
    """
    parser.Parse(chunk, not chunk)
    if fed + len(chunk) - parser.CurrentByteIndex > _LONGEST_TAG:
        raise ValueError("tag")
    return len(chunk)


def xml_parser(
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> expat.XMLParserType:
    """A parser that takes no document type."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    return parser


def chunks(stream: IO[bytes]) -> Iterator[bytes]:
    """A part in pieces, to its end, which also proves its checksum."""
    while chunk := stream.read(_CHUNK_BYTES):
        yield chunk


def _refuse_doctype(*_: object) -> None:
    raise ValueError("document type")


def local(name: str) -> str:
    """An element's name without its prefix."""
    return name.rpartition(":")[2]


def plain(text: str) -> str | None:
    """A cell's text as it is staged: `_x000D_` and the like undone, outer blanks and line breaks gone."""
    if "_x" in text:
        text = _ESCAPED.sub(_unescape, text)
    return text.strip().strip("\ufeff").strip() or None


def _unescape(found: re.Match[str]) -> str:
    """A character that XML cannot hold stays as it is spelled, unless it is a break."""
    letter = chr(int(found[1], 16))
    return letter if letter.isprintable() or letter in _ALLOWED_BELOW_SPACE else found[0]
