"""The lines of a piece of a long text file, looked at by their bytes, all of them at once."""

import codecs
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.engine import arrow
from pipeline.sources.text.plain_text import NUL, UNDECODABLE

_LF = 10
_ASCII_END = 128
_MARKS = (UNDECODABLE.encode(), NUL.encode(), codecs.BOM_UTF8)
"""A mark of byte order is taken for no text where it begins a piece."""

_BLOCK = 1 << 18
"""What is looked at at a time stays in a core's own memory."""

_NONE = np.zeros(0, np.intp)

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Lines:
    """A piece of whole lines with LF ends, the last one has one too. Places of lines count from 0."""

    piece: bytes

    def __len__(self) -> int:
        return len(self.ends)

    @cached_property
    def codes(self) -> Array:
        """The bytes as numbers."""
        return np.frombuffer(self.piece, np.uint8)

    @cached_property
    def strange(self) -> Array:
        """Where control characters stand, ends of lines among them, and bytes beyond ASCII, negative if signed."""
        return self._where(lambda codes: codes.view(np.int8) < ord(" "))

    @cached_property
    def controls(self) -> Array:
        """Where control characters stand, ends of lines among them."""
        return self.strange[self.codes[self.strange] < ord(" ")]

    @cached_property
    def ends(self) -> Array:
        """Where the end of each line stands."""
        ends: Array = self.controls[self.codes[self.controls] == _LF]
        return ends

    @cached_property
    def starts(self) -> Array:
        """Where each line starts, and where the last one has ended."""
        return np.concatenate(([0], self.ends + 1))

    def count(self, character: str) -> Array:
        """How often an ASCII character stands in each line."""
        is_it = (self.codes == ord(character)).view(np.uint8)
        counts: Array = np.add.reduceat(is_it, self.starts[:-1], dtype=np.uint8)  # by far the quickest
        if counts.sum(dtype=np.intp) == np.count_nonzero(is_it):  # as long as none goes round
            return counts
        return np.diff(np.searchsorted(self._where(lambda codes: codes == ord(character)), self.starts))

    def holding(self, character: str) -> Array:
        """The places of the lines in which an ASCII character stands."""
        return (
            self._at(self._where(lambda codes: codes == ord(character))) if character.encode() in self.piece else _NONE
        )

    def controlled(self) -> Array:
        """The places of the lines in which a control character stands, a tab or a NUL for one."""
        return self._at(self.controls[self.codes[self.controls] != _LF])

    def undecodable(self) -> Array:
        """The places of the lines that may be no text: all with more than ASCII, if one of them is none."""
        beyond = np.unique(self._at(self.strange[self.codes[self.strange] >= _ASCII_END]))
        if not len(beyond):
            return _NONE
        is_beyond = np.zeros(len(self), np.bool_)
        is_beyond[beyond] = True
        return _NONE if _decodes(bytes(self.chosen(is_beyond))) else beyond

    def texts(self, places: Array) -> list[str]:
        """Lines as text, with marks for what does not decode and for NUL bytes."""
        bounds = zip(self.starts[places], self.ends[places], strict=True)
        return [_text(self.piece[begin:end]) for begin, end in bounds]

    def chosen(self, is_chosen: Array) -> bytes | memoryview:
        """The bytes of the lines that are chosen, their ends with them."""
        if is_chosen.all():
            return self.piece
        # by Arrow, for they may be thousands of runs, and Python would hold its lock meanwhile
        lines = arrow.slices(self.piece, self.starts).filter(arrow.column(is_chosen.view(np.uint8)).cast(pa.bool_()))
        return arrow.content(lines).data

    def _at(self, bytes_meant: Array) -> Array:
        """The places of the lines in which these bytes stand, one more than once."""
        return np.searchsorted(self.ends, bytes_meant)

    def _where(self, is_meant: Callable[[Array], Array]) -> Array:
        """Where the bytes stand that are meant."""
        begins = range(0, len(self.codes), _BLOCK)
        return np.concatenate([np.flatnonzero(is_meant(self.codes[b : b + _BLOCK])) + b for b in begins])


def _decodes(text: bytes) -> bool:
    if any(mark in text for mark in _MARKS):
        return False
    try:
        codecs.decode(text, "utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _text(line: bytes) -> str:
    return line.decode("utf-8", errors="needling-mark").replace("\0", NUL)
