"""A copy of a sender's workbook with the reasons in it: every part that need not change is packed again as it was."""

import re
import shutil
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO

from pipeline.errors import RefusedError
from pipeline.sender.sheet_xml import Reasons, rewrite

_CHUNK_BYTES = 1 << 20
_COLOUR = b"FFFFE699"
"""Behind the cells at fault and the reasons: a light amber that black text stands out from."""

_STYLES = re.compile(rb"<((?:\w+:)?)cellXfs\b[^>]*>(.*?)</\1cellXfs>", re.DOTALL)
_STYLE = re.compile(rb"<((?:\w+:)?)xf(?=[\s/>])([^>]*?)(/>|>.*?</\1xf>)", re.DOTALL)
_FILLS = re.compile(rb"<((?:\w+:)?)fills\b[^>]*>(.*?)</\1fills>", re.DOTALL)
_FILL = re.compile(rb"<(?:\w+:)?fill(?=[\s/>])")
_OWN_FILL = re.compile(rb"""\s+(?:fillId|applyFill)\s*=\s*["'][^"']*["']""")
_MOST_STYLES = 30_000
"""A workbook may have 64,000 cell styles; with twice as many as this, the cells stay as they look."""


def write_copy(path: Path, styles_part: str | None, sheets: Mapping[str, Reasons], out: Path) -> None:
    """Write the workbook at `path` with `sheets`, by part. Raises RefusedError where that cannot be done."""
    out.parent.mkdir(parents=True, exist_ok=True)
    try:
        with zipfile.ZipFile(path) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
            coloured, n_styles = _with_colour(b"" if styles_part is None else source.read(styles_part))
            for info in source.infolist():
                part = zipfile.ZipInfo(info.filename, info.date_time)
                part.compress_type, part.external_attr = info.compress_type, info.external_attr
                with source.open(info) as stream, target.open(part, "w", force_zip64=info.file_size > 1 << 30) as copy:
                    if info.filename == styles_part:
                        copy.write(coloured)
                    elif info.filename in sheets:
                        marked = replace(sheets[info.filename], styles=n_styles)
                        copy.writelines(rewrite(_chunks(stream, path.name), marked))
                    else:
                        shutil.copyfileobj(stream, copy, _CHUNK_BYTES)
    except RefusedError:
        out.unlink()
        raise


def _chunks(stream: IO[bytes], name: str) -> Iterator[bytes]:
    first = stream.read(_CHUNK_BYTES)
    if first[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise RefusedError(
            f"{name}: its sheets are UTF-16 inside; save it again in a spreadsheet program, and ingest it so"
        )
    yield first
    yield from iter(lambda: stream.read(_CHUNK_BYTES), b"")


def _with_colour(styles: bytes) -> tuple[bytes, int]:
    """The styles, followed by the same in colour, and how many there were; 0 where they are left as they are."""
    found, fills = _STYLES.search(styles), _FILLS.search(styles)
    every = list(_STYLE.finditer(found[2])) if found else []
    if found is None or fills is None or not 0 < len(every) <= _MOST_STYLES:
        return styles, 0
    n_fills = len(_FILL.findall(fills[2]))
    if _are_ours(every, fills[2], n_fills):
        return styles, len(every) // 2
    prefix = found[1]
    copies = b"".join(
        b'<%bxf%b fillId="%d" applyFill="1"%b' % (xf[1], _OWN_FILL.sub(b"", xf[2]).rstrip(), n_fills, xf[3])
        for xf in every
    )
    colour = b'<bgColor indexed="64"/></patternFill></fill>'
    colour = b'<fill><patternFill patternType="solid"><fgColor rgb="%b"/>' % _COLOUR + colour
    colour = re.sub(rb"<(/?)(?=[a-z])", rb"<\1" + prefix, colour)
    styles = _counted(styles, found, b"cellXfs", found[2] + copies, 2 * len(every))
    fills = _FILLS.search(styles)
    return (styles if fills is None else _counted(styles, fills, b"fills", fills[2] + colour, n_fills + 1)), len(every)


def _are_ours(every: Sequence[re.Match[bytes]], fills: bytes, n_fills: int) -> bool:
    """Whether the second half of the styles is the first in colour: the workbook went to its sender before."""
    last = fills.rpartition(_COLOUR)[2] if _COLOUR in fills else fills
    own = b'fillId="%d" applyFill="1"' % (n_fills - 1)
    half = len(every) // 2
    return (
        not _FILL.search(last)
        and len(every) == 2 * half
        and all((own in xf[2]) == (i >= half) for i, xf in enumerate(every))
    )


def _counted(styles: bytes, found: re.Match[bytes], name: bytes, body: bytes, count: int) -> bytes:
    """The styles with another list in the place of the one that was found."""
    prefix = found[1]
    whole = b'<%b%b count="%d">%b</%b%b>' % (prefix, name, count, body, prefix, name)
    return styles[: found.start()] + whole + styles[found.end() :]
