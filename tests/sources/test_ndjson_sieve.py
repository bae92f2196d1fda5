"""A long NDJSON file whose plain lines are told by their bytes holds what the same file holds where each is parsed."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.engine import arrow
from pipeline.errors import RefusedError
from pipeline.sources.staged import identifier
from pipeline.sources.text import line_sieve, ndjson_sieve, plain_text
from pipeline.sources.text.line_bytes import Lines
from pipeline.sources.text.ndjson_shapes import Pair, find_shapes
from tests.sources.staged_rows import malformed, staged_alone

NUMBERS = [
    "0",
    "-0",
    "1",
    "-12",
    "007",
    "999999999999999999",
    "-9223372036854775808",
    "123456789012345678901234567890",
    "0.0",
    "-0.0",
    "0.5",
    "1.50",
    "10.00",
    "100",
    "0.1",
    "0.0001",
    "0.00012",
    "0.00001",
    "1234567890.1234",
    "12345678901.5",
    "0.10000000000000000001",
    "1e5",
    "1E5",
    "1e+05",
    "1e400",
    "-1e400",
    "1e-400",
    "9007199254740993",
    "NaN",
    "-Infinity",
    "nan",
    "inf",
    "+1",
    ".5",
    "1.",
    "1_0",
    "0x1",
    "-",
]
TEXTS = ['""', '"pen"', '"null"', '"1"', '"1.50"', '" a "', '"a, b"', '"a:b"', '"{"', '"}"', '"a}', '"a"b"', '"a\\"b"',
         '"a\\\\b"', '"\\u00e4"', '"\\ud83d"', '"ä"', '"a\u0308"', '"\u2028"', '"\x7f"', '"a\tb"', '"a\0b"', '"\ufdd0"',
         "'a'", "pen"]  # fmt: skip
OTHERS = ["null", "true", "false", "NULL", "True", "", " ", "[]", "{}", '[1,"a"]', '{"b": {"c": 1}}', '"a",', "1 1"]
KEYS = ["participant_id", "device", "note", "A", "a", "ä", "o\u0308", " b", "b", "", "__line", 'q\\"', "c\\u0064"]
LINES = b"""
   
\t
{}
[]
null
}
,
{"device"}
["device", "note"]
{"device": "pen"
{"device": 1, "note": 2}}
{"device": 1, "note": 2
{"device": 1}, "note": 2}
{"device": 1, "note": 2} 
 {"device": 1, "note": 2}
{ "device" : 1 , "note" : 2 }
{"device":1,"note":2}
{"device": 1,\t"note": 2}
\t{"device": 1, "note": 2}
{"device": 1, "note": 2},
,{"device": 1, "note": 2}
{"device": 1, "note": 2, }
{"device": 1,, "note": 2}
{{"device": 1, "note": 2}
"device": 1, "note": 2}
{"device": 1, {"note": 2}
{"device": 1}, {"note": 2}
{"note": 1, "device": 2}
{"device": 1, "device": 2}
{"device": "\xe4", "note": "x"}
{"device": "\xc3\xa4", "note": "x"}
{"device": "\xff\xfe", "note": "x"}
{"device": "\xed\xa0\x80", "note": "x"}
\xef\xbb\xbf{"device": 1, "note": 2}
{"device": 1, "note": 2}\r
{"device": 1 /* 1 */, "note": 2}
{"x": {"device": 1, "note": 2}}
{"a": 1, "A": 2}""".split(b"\n")  # noqa: W291, W293  # blanks at the end of a line are meant


def read(content: bytes, piece: int, least: int, most_odd: float = 2.0) -> Any:
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch, duckdb.connect() as con:
        patch.setattr(line_sieve, "LEAST_BYTES", least)
        patch.setattr(line_sieve, "MOST_ODD", most_odd)
        patch.setattr(ndjson_sieve, "_PIECE", piece)
        patch.setattr(plain_text, "_LOOK", piece)
        try:
            staged = staged_alone(Path(name), "sessions.ndjson", content)
        except RefusedError as problem:
            return str(problem)
        columns = ", ".join(map(identifier, staged.headers))  # which may stand in another order in the file
        rows = con.execute(f"SELECT __line, {columns} FROM read_parquet(?) ORDER BY ALL", [str(staged.data)]).fetchall()
        return staged.records, staged.headers, rows, malformed(staged)


def pairs(n_most: int) -> st.SearchStrategy[list[tuple[str, str]]]:
    values = st.one_of(st.sampled_from(TEXTS), st.sampled_from(NUMBERS), st.sampled_from(OTHERS))
    return st.lists(st.tuples(st.sampled_from(KEYS), values), max_size=n_most)


def written(found: list[tuple[str, str]], comma: str, colon: str) -> bytes:
    return ("{" + comma.join(f'"{key}"{colon}{value}' for key, value in found) + "}").encode()


OBJECTS = st.builds(written, pairs(4), st.sampled_from([",", ", ", " , "]), st.sampled_from([":", ": "]))
ALL = [*TEXTS, *NUMBERS, *OTHERS]
VALUE = st.one_of(st.sampled_from(['"pen"', "1", "null"]), st.sampled_from(ALL))
USUAL = st.builds(
    lambda a, b, c: written([("participant_id", a), ("device", b), ("note", c)], ", ", ": "), *[VALUE] * 3
)
EACH = [written([("device", value), ("note", "1")], ",", ":") for value in ALL]
ODD_KEYS = [written([("device", "1"), (key, '"x"')], ", ", ": ") for key in KEYS if key not in ("A", "b", "__line")]


@settings(max_examples=settings.default.max_examples // 3, deadline=None)
@given(
    body=st.lists(st.one_of(USUAL, USUAL, OBJECTS, st.sampled_from(LINES)), max_size=20),
    piece=st.sampled_from([1, 40, 200, 4096]),
    ends=st.sampled_from([b"\n", b"\n", b"\r\n"]),
    is_open=st.booleans(),
)
@example(body=EACH, piece=200, ends=b"\n", is_open=True)
@example(body=EACH, piece=4096, ends=b"\n", is_open=False)
@example(body=[line for line in LINES if b'"A"' not in line], piece=4096, ends=b"\n", is_open=True)
@example(body=ODD_KEYS, piece=4096, ends=b"\n", is_open=True)
@example(body=LINES, piece=100, ends=b"\n", is_open=True)
def test_the_sieve_changes_nothing(body: list[bytes], piece: int, ends: bytes, is_open: bool) -> None:
    content = ends.join([*body, b""])
    content = content.removesuffix(ends) if is_open else content
    assert read(content, piece, least=0) == read(content, piece, least=1 << 40)


def plain_lines(
    tmp_path: Path, content: bytes, most_odd: float = 0.1
) -> tuple[int, list[str], list[tuple[Any, ...]]] | None:
    """How many lines were told by their bytes, the columns, the rows; None where the parser is left with all."""
    path = tmp_path / "x.ndjson"
    path.write_bytes(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(line_sieve, "LEAST_BYTES", 0)
        patch.setattr(line_sieve, "MOST_ODD", most_odd)
        found = ndjson_sieve.sieve(path, tmp_path, tmp_path / "plain.parquet")
    if found is None:
        return None
    found.rows.close()
    return found.n, list(found.rows.headers), duckdb.sql(f"FROM read_parquet('{found.rows.out}') ORDER BY 1").fetchall()


def test_lines_of_several_shapes_are_told_by_their_bytes(tmp_path: Path) -> None:
    """Or the comparison above would compare the parser with itself."""
    written = [{"a": 1.5, "b": "x"}, {"a": None, "b": "y", "c": True}, {"b": "z", "a": 0}]
    lines = [json.dumps(each) for each in written * 10]
    rows = [("1.5", "x", None), (None, "y", "true"), ("0", "z", None)] * 10
    rows = [(line, *row) for line, row in enumerate(rows, start=1)]
    assert plain_lines(tmp_path, "\n".join([*lines, '{"a": 1, "a": 2}']).encode()) == (30, ["a", "b", "c"], rows)


def test_the_parser_is_left_with_a_file_of_odd_lines(tmp_path: Path) -> None:
    odd = 3 * b'{"a": 1, "b": "x, y"}\n'
    assert plain_lines(tmp_path, odd + 20 * b'{"a": 1, "b": "x"}\n', most_odd=0.2) is not None
    assert plain_lines(tmp_path, odd + 20 * b'{"a": 1, "b": "x"}\n', most_odd=0.1) is None
    assert plain_lines(tmp_path, odd) is None
    keys = ",".join(f'"k{n}": 1' for n in range(501))
    assert plain_lines(tmp_path, 20 * (b"{%s}\n" % keys.encode())) is None


def test_shapes_are_looked_for_in_the_whole_file(tmp_path: Path) -> None:
    """The lines of one app come first, then those of another."""
    path = tmp_path / "x.ndjson"
    path.write_bytes(50_000 * b'{"a": 1, "b": 2}\n' + 40_000 * b'{"c": 1, "d": 2}\n' + 100 * b'{"e": 1, "f": 2}\n')
    assert [[pair.key for pair in shape] for shape in find_shapes(path)] == [["a", "b"], ["c", "d"]]


def test_a_quote_too_many_is_not_made_up_for_by_one_too_few() -> None:
    """Each cell begins and ends as a text does, and there are as many quotes as in two of them."""
    fits, values = Pair("a", '"a":', "").values(arrow.texts(['"a":"x"', '"a":"y"', '"a":"', '"a":"z"z"']))
    assert fits is not None
    assert fits.tolist() == [True, True, False, False]
    assert values.to_pylist() == ["x", "y", None, None]


def test_as_many_characters_as_a_byte_can_count_are_not_none() -> None:
    assert Lines(b",\n" + 256 * b"," + b"\n" + 300 * b"," + b"\n\n").count(",").tolist() == [1, 256, 300, 0]
