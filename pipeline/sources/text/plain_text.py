"""Any text file as UTF-8 with LF line ends: unpacked, decoded, with marks where bytes made no sense.

DuckDB reads neither cp1252 nor UTF-16, and no file with mixed line ends or NUL bytes reliably.
"""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.engine import arrow
from pipeline.sources.drop import DataFile
from pipeline.sources.room import is_full, keep_reserve
from pipeline.sources.staged import refuse
from pipeline.sources.text.text_rows import side_by_side

UNDECODABLE = "\ufdd0"
NUL = "\ufdd1"
"""Marks for bytes that do not decode and for NUL bytes. Unicode keeps these two code points free of characters
for use inside a program, so a file that holds them is broken as well and is treated the same."""

MAX_LINE_BYTES = 1 << 26
"""A longer line is no record of any table, and would be held in memory whole."""

_CHUNK = 1 << 22
_LOOK = 1 << 18
"""What is looked at at a time stays in a core's own memory: of sixteen times as much it took three times as long."""
_HELD = 16
"""So many pieces of lines are written together, for a file in small parts is slow to read."""

_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_LINES = pa.schema([("line", pa.uint32()), ("text", pa.string())])


@dataclass(frozen=True)
class Survey:
    """What the bytes of a text file are like, counted in one pass."""

    size: int
    n_lf: int
    n_cr: int
    n_crlf: int
    n_nul: int
    ends_open: bool
    has_quote: bool
    has_marks: bool
    start: bytes

    @property
    def n_lines(self) -> int:
        return self.n_lf + self.ends_open

    @property
    def bom(self) -> tuple[bytes, str] | None:
        return next(((mark, name) for mark, name in _BOMS if self.start.startswith(mark)), None)

    @property
    def is_uniform(self) -> bool:
        """Lines all end in the same way, and no NUL stands anywhere."""
        return self.n_nul == 0 and self.n_cr == self.n_crlf and self.n_crlf in (0, self.n_lf)


def unpack(file: DataFile, into: Path) -> Path:
    """The file's bytes without gzip or zstd around them. Raises RefusedError where they cannot be read."""
    try:
        with file.path.open("rb") as handle:
            start = handle.read(4)
        codec = packing(file.path, start)
        if codec is None:
            return file.path
        out = into / "unpacked"
        with (
            pa.OSFile(str(file.path)) as packed,
            pa.CompressedInputStream(packed, codec) as stream,
            out.open("wb") as to,
        ):
            while chunk := stream.read(_CHUNK):
                to.write(chunk)
                keep_reserve(file, into, to.tell())
        return out
    except FileNotFoundError:
        raise refuse(file, "is not there; put it into the drop again") from None
    except PermissionError:
        raise refuse(file, "may not be read by this user; give read permission") from None
    except OSError as error:
        if is_full(error):
            raise
        told = str(error).lower()
        what = "ends in the middle" if "truncated" in told else "is damaged or not what its name says"
        raise refuse(file, f"{what} and cannot be unpacked or read; fetch it again from the sender") from None


def packing(path: Path, start: bytes) -> Literal["gzip", "zstd"] | None:
    """The compression of a file, by its name or its first bytes."""
    if path.suffix.lower() == ".gz" or start.startswith(_GZIP):
        return "gzip"
    return "zstd" if path.suffix.lower() == ".zst" or start.startswith(_ZSTD) else None


def survey(path: Path, quote: str) -> Survey:
    """Count the line ends and NUL bytes of a file, and look for the quote character."""
    size = n_lf = n_cr = n_crlf = n_nul = 0
    start, last, has_quote, has_marks, marks = b"", b"", False, False, (UNDECODABLE.encode(), NUL.encode())
    end = b""
    with path.open("rb") as handle:
        while chunk := handle.read(_LOOK):
            start = start or chunk[:4]
            size += len(chunk)
            n_lf += _count(chunk, 10)
            if b"\r" in chunk or last == b"\r":
                n_cr += _count(chunk, 13)
                n_crlf += chunk.count(b"\r\n") + (last == b"\r" and chunk[:1] == b"\n")
            n_nul += _count(chunk, 0) if b"\0" in chunk else 0
            has_quote = has_quote or (bool(quote) and quote.encode() in chunk)
            if not (has_marks or chunk.isascii()):
                has_marks = any(mark in chunk or mark in end + chunk[:2] for mark in marks)
            last, end = chunk[-1:], chunk[-2:]
    return Survey(size, n_lf, n_cr, n_crlf, n_nul, bool(last) and last != b"\n", has_quote, has_marks, start)


def _count(chunk: bytes, byte: int) -> int:
    return int(np.count_nonzero(np.frombuffer(chunk, np.uint8) == byte))


def normalise(source: Path, encoding: str, out: Path) -> bool:
    """Write the file as UTF-8 with LF line ends, undecodable bytes and NULs replaced by their marks.

    True where any mark was set.
    """
    has_marks = False
    with out.open("wb") as target:
        for decoded in _decoded(source, encoding):
            text = decoded.replace("\0", NUL)
            has_marks = has_marks or UNDECODABLE in text or NUL in text
            target.write(text.encode())
    return has_marks


def _decoded(source: Path, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)(errors="needling-mark")
    held = ""  # a lone \r at the end of a chunk may be half of a line end
    with source.open("rb") as handle:
        handle.seek(_bom_length(source))
        while chunk := handle.read(_CHUNK):
            text = held + decoder.decode(chunk)
            held = "\r" if text.endswith("\r") else ""
            yield _newlines(text[: -1 if held else None])
    yield _newlines(held + decoder.decode(b"", final=True))


def _bom_length(source: Path) -> int:
    with source.open("rb") as handle:
        start = handle.read(3)
    return next((len(mark) for mark, _ in _BOMS if start.startswith(mark)), 0)


def _newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _mark(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return UNDECODABLE, error.end


codecs.register_error("needling-mark", _mark)


def write_lines(file: DataFile, plain: Path, out: Path) -> None:
    """The lines of a file as Parquet: `line` from 1, and `text` without its line end, with marks for what is no UTF-8.

    Its line ends are LF and it holds no NUL, which a normalised file has in common with most others.
    """
    line, held = 1, []
    with (
        pq.ParquetWriter(out, _LINES, compression="snappy", use_dictionary=False, write_statistics=["line"]) as writer,
        plain.open("rb") as handle,
    ):
        for texts in side_by_side(_texts, _blocks(file, handle)):
            numbers = arrow.column(np.arange(line, line + len(texts), dtype=np.uint32))
            held.append(pa.record_batch([numbers, texts], schema=_LINES))
            line += len(texts)
            if len(held) == _HELD:
                writer.write_table(pa.Table.from_batches(held))
                held = []
        writer.write_table(pa.Table.from_batches(held, schema=_LINES))


def _blocks(file: DataFile, handle: BinaryIO) -> Iterator[bytes]:
    """Pieces of whole lines. Raises RefusedError where a line is too long."""
    for piece in whole_lines(handle, _LOOK):
        if not piece.endswith(b"\n"):
            raise refuse(file, f"has a line of over {MAX_LINE_BYTES >> 20} MB; expected one record a line")
        yield piece


def whole_lines(handle: BinaryIO, n_bytes: int) -> Iterator[bytes]:
    """What is left of a file in pieces of whole lines, a little over `n_bytes` each, the last one with an end; too long
    a line ends the last piece, which has none."""
    while piece := handle.read(n_bytes):
        if not piece.endswith(b"\n"):
            rest = handle.readline(MAX_LINE_BYTES)
            piece += rest
            if len(rest) < MAX_LINE_BYTES and not rest.endswith(b"\n"):
                piece += b"\n"
        yield piece
        if not piece.endswith(b"\n"):
            return


def _texts(block: bytes) -> pa.StringArray:
    """Cut a block at its line ends without copying line by line."""
    if not block.isascii():  # a line end is never part of a letter, so that each block decodes by itself
        block = block.decode("utf-8", errors="needling-mark").encode()
    ends = np.flatnonzero(np.frombuffer(block, np.uint8) == 10)
    offsets = np.concatenate(([0], ends - np.arange(len(ends)))).astype(np.int32)
    return pa.StringArray.from_buffers(len(ends), pa.py_buffer(offsets), pa.py_buffer(block.replace(b"\n", b"")))
