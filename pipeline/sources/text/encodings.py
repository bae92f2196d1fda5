"""Which encoding a text file is in, and the refusal where it is plainly not the declared one."""

import codecs
from dataclasses import dataclass
from pathlib import Path

from pipeline.contract.mapping import Manifest
from pipeline.errors import RefusedError
from pipeline.sources.drop import DataFile
from pipeline.sources.staged import refuse
from pipeline.sources.text.plain_text import NUL, UNDECODABLE, Survey, normalise, survey, unpack

_PROBE_BYTES = 1 << 16
_ZIP = b"PK\x03\x04"
"""First bytes of a zip archive, and so of a workbook."""

_UTF16_NUL_SHARE = 0.3
"""Text of Latin letters has a NUL in about half of its bytes when it is written as UTF-16."""


@dataclass(frozen=True)
class PlainText:
    """A text file as UTF-8. `is_normalised`: line ends are LF, and broken bytes stand as marks.

    `unpacked` is the file as it was encoded, without compression; `has_marks` is known of a normalised text only.
    """

    path: Path
    survey: Survey
    encoding: str
    unpacked: Path
    is_normalised: bool
    has_marks: bool = False


def open_text(file: DataFile, manifest: Manifest, work: Path, quote: str = "") -> PlainText:
    """The file as UTF-8, untouched where it is that already and its line ends are all alike.

    Raises RefusedError where it is absent, damaged, empty or plainly in another encoding.
    """
    unpacked = unpack(file, work)
    seen = survey(unpacked, quote)
    if seen.size <= (len(seen.bom[0]) if seen.bom else 0):
        raise refuse(file, "is empty; expected at least a header; ask the sender for it again")
    encoding = seen.bom[1] if seen.bom else manifest.encoding
    if not seen.bom:
        _refuse_other_kind(file, unpacked, encoding)
    text = PlainText(unpacked, seen, encoding, unpacked, is_normalised=False)
    return text if encoding == "utf-8" and seen.is_uniform else normalised(text, work, quote)


def normalised(text: PlainText, work: Path, quote: str = "") -> PlainText:
    """The same text with LF line ends and marks for what does not decode."""
    if text.is_normalised:
        return text
    plain = work / "plain.txt"
    has_marks = normalise(text.unpacked, text.encoding, plain)
    return PlainText(plain, survey(plain, quote), text.encoding, text.unpacked, is_normalised=True, has_marks=has_marks)


def is_marked(line: str) -> bool:
    """True where a decoded line holds broken bytes or NULs."""
    return UNDECODABLE in line or NUL in line


def wrong_encoding(file: DataFile, text: PlainText, what: str) -> RefusedError:
    """The refusal of a file that is not in the encoding it was said to be in, with one that fits."""
    fitting = next(
        (e for e in ("utf-8", "cp1252", "latin-1") if e != text.encoding and _decodes(text.unpacked, e)), None
    )
    advice = f'set encoding = "{fitting}", which fits' if fitting else "ask the sender how it was saved"
    return refuse(file, f"{what} not {text.encoding}; {advice}")


def _refuse_other_kind(file: DataFile, path: Path, encoding: str) -> None:
    """Archives are no text; UTF-16 read as bytes is full of NULs; bytes read as UTF-16 are no words at all."""
    with path.open("rb") as handle:
        probe = handle.read(_PROBE_BYTES)
    if probe.startswith(_ZIP):
        raise refuse(file, 'is a workbook or a zip archive, not text; set format = "xlsx", or unpack it first')
    even, odd = probe[::2].count(0), probe[1::2].count(0)
    if even + odd == len(probe):
        raise refuse(file, "holds nothing but NUL bytes; it was damaged on its way, ask the sender for it again")
    looks_wide = even + odd >= _UTF16_NUL_SHARE * len(probe)
    if looks_wide and not encoding.startswith("utf-16"):
        fitting = "utf-16-le" if odd >= even else "utf-16-be"
        raise refuse(file, f'looks like UTF-16 without a byte order mark, not {encoding}; set encoding = "{fitting}"')
    if not even + odd and encoding.startswith("utf-16"):
        raise refuse(file, f"is said to be {encoding}, but looks like text of one byte a letter; mend encoding")


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as handle:
            while chunk := handle.read(_PROBE_BYTES):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
