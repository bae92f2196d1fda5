"""Damage done to files: to their bytes, and to what they are made of."""

import gzip
import io
import json
import random
import re
import zipfile
import zlib
from typing import Any

import polars as pl

SECRET = "Zyxwvuts"
"""Stands for what no message may show."""

TOKENS = (
    b'"', b'""', b",", b";", b"\t", b"|", b"\n", b"\r", b"\r\n", b"\0", b"\\", b"'", b"{", b"}", b"[", b"]", b"<", b">",
    b"&", b"]]>", b"=", b"NaN", b"null", b"true", b"1e999", b"-0", b"9" * 40, b"0.1e-400", b"9999-12-31", b"0000-00-00",
    b"31/02/2025", b"\xef\xbb\xbf", b"\xff\xfe", b"\xc3", b"\xed\xa0\x80", b"\xef\xb7\x90", b"\xf4\x90\x80\x80",
    b"\\u0000", b"\\ud800", b"=cmd|' /C calc'!A0", b"x" * 5000, b"[" * 3000, b'{"a":' * 500, SECRET.encode(),
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, -1, 0, 10**30, 1e308, "", " ", "\0", "\ud800", [], {}, [[]], [None], {"": None}, SECRET, "9999-12-31",
    "x" * 3000, [{"item": []}] * 3,
)  # fmt: skip
TEXT_ENCODINGS = ("utf-16", "utf-16-le", "utf-8-sig", "cp1252", "utf-32")
_XML_TEXT = re.compile(rb'(?<=[>"])([^<>"=]+)(?=[<"])')
_MOST_LINES = 40


def short(content: bytes) -> bytes:
    """The first lines of a text: a case takes no longer than it must."""
    return b"".join(content.splitlines(keepends=True)[:_MOST_LINES])


def mutate(rng: random.Random, form: str, content: bytes) -> bytes:
    """The file with one to four things done to it."""
    own = {"xlsx": _part, "parquet": _column, "ndjson": _value, "fhir": _value}.get(form)
    for _ in range(rng.randint(1, 4)):
        change = own if own and rng.random() < 0.7 else _bytes
        content = change(rng, content)
    if form in ("csv", "ndjson", "redcap", "fhir") and rng.random() < 0.1:
        content = _packed(rng, content)
    return content


def _bytes(rng: random.Random, content: bytes) -> bytes:
    start = rng.randint(0, len(content))
    end = min(len(content), start + rng.choice((0, 1, 1, 2, 16, 200)))
    cut = content[start:end]
    new = rng.choice(
        (b"", cut * 2, rng.choice(TOKENS), rng.choice(TOKENS) + cut, rng.randbytes(rng.randint(1, 4)), cut[::-1])
    )
    if rng.random() < 0.05:
        return content[:start]
    return content[:start] + new + content[end:]


def _packed(rng: random.Random, content: bytes) -> bytes:
    if rng.random() < 0.5:
        packed = gzip.compress(content)
        return packed if rng.random() < 0.5 else packed[: rng.randint(0, len(packed))]
    return content.decode("utf-8", "replace").encode(rng.choice(TEXT_ENCODINGS), "replace")


def _part(rng: random.Random, content: bytes) -> bytes:
    """One part of a workbook; the bytes of the whole where it is none any more."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, EOFError, NotImplementedError, RuntimeError):
        return _bytes(rng, content)
    if not parts:
        return _bytes(rng, content)
    name = rng.choice(sorted(parts))
    if rng.random() < 0.1:
        parts.pop(name)
    else:
        parts[name] = (_text if rng.random() < 0.8 else _bytes)(rng, parts[name])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for part, text in parts.items():
            archive.writestr(part, text)
    return out.getvalue()


def _text(rng: random.Random, part: bytes) -> bytes:
    """A text between two tags, or the value of an attribute, is another one."""
    spans = [found.span(1) for found in _XML_TEXT.finditer(part)]
    if not spans:
        return part
    start, end = rng.choice(spans)
    new = rng.choice((*TOKENS, b"-1", b"0", b"1048577", b"XFE1", b"rId99", b"s", b"e", b"b", b"A1:XFD1048576"))
    for letter, name in ((b"&", b"&amp;"), (b"<", b"&lt;"), (b'"', b"&quot;"), (b"\0", b"")):
        new = new.replace(letter, name)
    return part[:start] + new + part[end:]


def _column(rng: random.Random, content: bytes) -> bytes:
    """One column of a Parquet file; its bytes where it is none any more."""
    try:
        frame = pl.read_parquet(io.BytesIO(content))
        name = rng.choice(frame.columns)
        column = frame[name]
        new = rng.choice(
            (
                column.cast(pl.String, strict=False).cast(pl.Binary, strict=False),
                column.implode().gather([0] * len(column)) if len(column) else column,
                pl.Series([rng.choice((None, float("nan"), float("inf"), 1e300))] * len(column), dtype=pl.Float64),
                pl.Series([SECRET] * len(column), dtype=pl.String),
                pl.Series([{"a": 1}] * len(column), dtype=pl.Struct({"a": pl.Int8})),
                pl.Series([None] * len(column), dtype=pl.Null),
                column.cast(pl.String, strict=False).cast(pl.Categorical, strict=False),
            )
        )
        out = io.BytesIO()
        frame.with_columns(new.alias(rng.choice((name, name.upper(), " ", "__line", f"{name}\u200b")))).write_parquet(
            out
        )
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError):
        return _bytes(rng, content)
    return out.getvalue()


def _value(rng: random.Random, content: bytes) -> bytes:
    """One value anywhere in the JSON of one line; the bytes of the whole where there is none."""
    lines = content.splitlines(keepends=True)
    place = rng.randrange(len(lines)) if lines else 0
    try:
        document = json.loads(content if len(lines) < 2 else lines[place])
    except (ValueError, RecursionError, IndexError):
        return _bytes(rng, content)
    places: list[tuple[Any, Any]] = []
    _walk(document, places)
    if not places:
        return _bytes(rng, content)
    holder, key = rng.choice(places)
    if isinstance(holder, dict) and rng.random() < 0.3:
        holder[rng.choice((f"{key}\u200b", "", "resourceType", "__line", key.upper()))] = holder.pop(key)
    else:
        holder[key] = rng.choice(VALUES)
    told = json.dumps(document).encode() + b"\n"
    return told if len(lines) < 2 else b"".join([*lines[:place], told, *lines[place + 1 :]])


def _walk(node: Any, places: list[tuple[Any, Any]]) -> None:
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        places.append((node, key))
        _walk(value, places)
