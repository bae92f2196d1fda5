"""A copy of a sender's CSV with one column more: why a record was not taken, empty for all the others.

A text file can only be copied line by line. Its line ends, its quoting and even its broken bytes come back
as they were.
"""

import io
from collections import deque
from collections.abc import Iterator, Mapping, Set
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import pyarrow as pa

from pipeline.contract.staged import WHY_NOT_TAKEN, TextLayout
from pipeline.errors import RefusedError
from pipeline.sender.cells import Line

_NATIVE_UTF16 = "utf-16-le"
"""`utf-16` without a byte order mark, which the codec of that name would add to the copy."""


@dataclass(frozen=True)
class Marks:
    """`why` goes by the first line of a record; `broken` are the lines that are no records."""

    why: Mapping[int, str]
    broken: Set[int]


def write_copy(layout: TextLayout, marks: Marks, whole: Path, rejected: Path | None) -> None:
    """Write the whole file with its marks, and beside it the marked records alone.

    Raises RefusedError where the file's bytes cannot be copied as they are.
    """
    with ExitStack() as stack:
        lines = stack.enter_context(_opened(layout))
        outputs = [stack.enter_context(_made(path, layout)) for path in (whole, rejected) if path is not None]
        footer = _footer(layout)
        try:
            for text, is_for_all in _marked(enumerate(lines, start=1), layout, marks, footer):
                for output in outputs if is_for_all else outputs[:1]:
                    output.write(text)
        except UnicodeDecodeError:
            raise RefusedError(
                f"{layout.path.name} cannot be copied: it is damaged {layout.encoding}; ask the sender for it again"
            ) from None


def _marked(
    lines: Iterator[tuple[int, str]], layout: TextLayout, marks: Marks, footer: int
) -> Iterator[tuple[str, bool]]:
    """(text, whether it belongs into the file of rejected records too) in the order of the file.

    What stands above and below the records does. A quoted cell may let a record run over several lines.
    """
    line, quote = Line(layout, _codec(layout)), layout.quote
    held, first, is_open = "", 0, False
    for number, text in lines:
        body = text.rstrip("\r\n")
        end = text[len(body) :]
        if number < layout.header_end or number >= footer:
            yield text, True
        elif number == layout.header_end:
            yield line.header(body, WHY_NOT_TAKEN) + end, True
        elif number in marks.broken:
            yield line.broken(body, marks.why.get(number, "")) + end, number in marks.why
        elif not is_open and not body.strip(" "):
            yield text, False
        else:
            first = first if is_open else number
            is_open ^= bool(quote) and body.count(quote) % 2 == 1
            if is_open:
                held += text
                continue
            yield line.record(held + body, marks.why.get(first, "")) + end, first in marks.why
            held = ""
    if held:  # never of a file that was read: a record that is one closes its quotes
        yield held, first in marks.why


def _footer(layout: TextLayout) -> int:
    """The first line of the footer; beyond every line where there is none."""
    beyond = 1 << 62
    if not layout.skip_footer:
        return beyond
    last: deque[int] = deque(maxlen=layout.skip_footer)
    with _opened(layout) as lines:
        for number, text in enumerate(lines, start=1):
            if number > layout.header_end and text.rstrip("\r\n").strip(" "):
                last.append(number)
    return last[0] if last else beyond


@contextmanager
def _opened(layout: TextLayout) -> Iterator[TextIO]:
    with layout.path.open(encoding=_codec(layout), errors=_keeping(layout), newline="") as handle:
        yield handle


@contextmanager
def _made(path: Path, layout: TextLayout) -> Iterator[TextIO]:
    """A new file in the same encoding and packing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with (
        pa.output_stream(str(path), compression=layout.packing) as packed,
        io.TextIOWrapper(packed, encoding=_codec(layout), errors=_keeping(layout), newline="") as handle,
    ):
        yield handle


def _codec(layout: TextLayout) -> str:
    return _NATIVE_UTF16 if layout.encoding == "utf-16" else layout.encoding


def _keeping(layout: TextLayout) -> str:
    """How bytes that do not decode are kept as they are."""
    return "surrogatepass" if layout.encoding.startswith("utf-16") else "surrogateescape"
