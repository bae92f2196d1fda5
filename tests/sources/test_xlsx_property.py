"""Any workbook of any cells is read as it was written; any damage is refused or read, never an unforeseen failure."""

import datetime as dt
import io
import random
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipeline.errors import RefusedError
from pipeline.sources import open_drop, stage
from pipeline.sources.sniffing import sniff
from tests.sources.staged_rows import cells
from tests.sources.workbooks import BOOK, HEADER, SHEET, STRINGS, STYLES, cell, inline, package, row, written

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff\ufeff_"), max_size=12)
CELLS = st.one_of(
    st.none(), TEXTS, st.integers(-(10**12), 10**12), st.booleans(),
    st.decimals(-1000, 1000, places=4).map(float), st.dates(dt.date(1901, 1, 1), dt.date(2099, 12, 31)),
)  # fmt: skip
MANIFEST = '[source]\nid = "north"\nformat = "xlsx"\n[tables.sessions]\nfiles = ["log.xlsx"]\n'


def read(content: bytes) -> list[tuple[object, ...]]:
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as con:
        (Path(folder) / "log.xlsx").write_bytes(content)
        (Path(folder) / "source.toml").write_text(MANIFEST, encoding="utf-8")
        drop = open_drop(Path(folder))
        return cells(stage(con, drop.files[0], drop.manifest, Path(folder)))


def shown(value: object) -> str | None:
    """What the user of the sheet sees, by another way than the reader's."""
    match value:
        case bool():
            return str(value).lower()
        case dt.date():
            return value.isoformat()
        case float():
            return format(value or 0.0, ".4f").rstrip("0").rstrip(".")
        case None:
            return None
        case _:
            return str(value).strip() or None


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=6))
def test_what_was_written_is_read(rows: list[list[object]]) -> None:
    def as_text(sheet: object) -> None:
        for line in sheet.iter_rows():  # type: ignore[attr-defined]
            for one in line:
                if isinstance(one.value, str):
                    one.data_type = "s"  # a text that begins with = is no formula here

    found = read(written([["participant_id", "a", "b"], *rows], dress=as_text))
    expected = [(n, *map(shown, line)) for n, line in enumerate(rows, start=2)]
    assert found == [
        line for line in expected if any(c is not None for c in line[1:]) and str(line[1]).casefold() != "example"
    ]


GOOD = package(
    HEADER + row(2, cell("A2", "0", "s"), cell("B2", "45932", style=1)) + row(3, inline("A3", "P2"), "<c><f>1</f></c>"),
    strings="<si><r><t>P</t></r><r><t>1</t></r></si>",
    formats={1: "dd/mm/yyyy"},
    after='<mergeCells><mergeCell ref="A2:A3"/></mergeCells>',
    compression=zipfile.ZIP_STORED,
)


def tried(content: bytes) -> None:
    """Read, or refused with a reason that names the file; whatever else is a failure nobody foresaw."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.xlsx"
        path.write_bytes(content)
        assert "log.xlsx" in answer(lambda: read(content))
        assert "log.xlsx" in answer(lambda: sniff(path))


def answer(call: Callable[[], object]) -> str:
    """The reason of a refusal, or the file's name where there is none."""
    try:
        call()
    except RefusedError as refused:
        return str(refused)
    return "log.xlsx"


@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32), st.integers(1, 6))
@example(1000021, 2).via("a part that begins before the file does")
def test_bytes_that_changed_anywhere_never_end_the_program(seed: int, n: int) -> None:
    dice, content = random.Random(seed), bytearray(GOOD)
    for _ in range(n):
        content[dice.randrange(len(content))] = dice.randrange(256)
    tried(bytes(content))


WORDS = (
    b"<",
    b">",
    b"/",
    b'"',
    b"1",
    b"-1",
    b"A1",
    b"XFD1048576",
    b"99999999999",
    b"s",
    b"d",
    b"e",
    b"row",
    b"c",
    b"v",
    b" t=",
    b"&",
    b"\xff",
)


@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.integers(0, 2**32), st.sampled_from([SHEET, BOOK, STRINGS, STYLES, "_rels/.rels", "xl/_rels/workbook.xml.rels"])
)
@example(5001942, SHEET).via("a row further down than any sheet has")
@example(1002061, BOOK).via("a sheet without a reference")
def test_xml_that_says_something_else_never_ends_the_program(seed: int, part: str) -> None:
    dice = random.Random(seed)
    sink = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as source, zipfile.ZipFile(sink, "w") as target:
        for name in source.namelist():
            text = bytearray(source.read(name))
            for _ in range(dice.randint(1, 4) if name == part else 0):
                at = dice.randrange(len(text))
                text[at : at + dice.randint(0, 3)] = dice.choice(WORDS)
            target.writestr(name, bytes(text))
    tried(sink.getvalue())
