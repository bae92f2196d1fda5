"""Whatever the bytes: every physical record is accounted for, and a proper CSV file comes back as it was."""

import csv
import io
import tempfile
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.errors import RefusedError
from tests.sources.staged_rows import cells, malformed, staged_alone

FRAGMENTS = [
    b"a",
    b"1",
    b",",
    b",",
    b'"',
    b'"',
    b'""',
    b"\n",
    b"\n",
    b"\r\n",
    b"\r",
    b" ",
    b"\xe4",
    b"\0",
    b";",
    "µ".encode(),
]
HEADER = b"participant_id,note,device\n"
CELL = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r\n\0\ufdd0\ufdd1"), max_size=8)


@settings(max_examples=settings.default.max_examples // 3)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=60).map(b"".join))
@example(b'a,"b,1\n1,"x",2\n1,2,3\n')
@example(b'"\n"\n"')
def test_every_line_is_a_record_or_malformed_or_blank(body: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            staged = staged_alone(Path(folder), "sessions.csv", HEADER + body)
        except RefusedError:
            return
        rows, lost = cells(staged), malformed(staged)
    lines = [int(str(row[0])) for row in (*rows, *lost)]
    physical = (HEADER + body).replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    assert staged.records == len(lines) == len(set(lines))
    assert all(physical[line - 1].strip(b" ") for line in lines)
    breaks = sum(str(cell).count("\n") for row in rows for cell in row[1:])
    assert len(lines) + breaks >= sum(1 for line in physical[1:] if line.strip(b" "))


@settings(max_examples=settings.default.max_examples // 3)
@given(
    rows=st.lists(st.tuples(CELL, CELL, CELL), max_size=12),
    delimiter=st.sampled_from(",;\t|"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    newline=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_what_python_writes_comes_back_exactly(
    rows: list[tuple[str, str, str]], delimiter: str, quoting: int, newline: str
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=newline)  # type: ignore[arg-type]
    writer.writerows([("participant_id", "note", "device"), *rows])
    with tempfile.TemporaryDirectory() as folder:
        staged = staged_alone(Path(folder), "sessions.csv", text.getvalue().encode())
        assert cells(staged) == [(line, *row) for line, row in enumerate(rows, start=2)]
        assert (staged.malformed, staged.records) == (None, len(rows))


@settings(max_examples=settings.default.max_examples // 3)
@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=12), st.data())
def test_a_broken_line_among_proper_ones_costs_only_itself(
    rows: list[tuple[str, str, str]], data: st.DataObject
) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([("participant_id", "note", "device"), *rows])
    lines = text.getvalue().split("\n")[:-1]
    place = data.draw(st.integers(1, len(lines)))
    lines.insert(place, data.draw(st.sampled_from(["a,b", "a,b,c,d", 'a,5" b,c', 'a,b,c"', 'a,"b"c,d'])))
    with tempfile.TemporaryDirectory() as folder:
        staged = staged_alone(Path(folder), "sessions.csv", "\n".join(lines).encode())
        assert malformed(staged) == [(place + 1, "malformed_line")]
        assert [row[1:] for row in cells(staged)] == rows
