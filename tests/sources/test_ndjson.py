"""NDJSON: objects line by line, their values as they were written."""

import gzip

import pytest

from pipeline.errors import RefusedError
from tests.sources.conftest import StageOne
from tests.sources.staged_rows import cells, malformed

NAME = "sessions.ndjson"
LINES = b'{"participant_id": 1, "device": "pen"}\n{"participant_id": "02", "note": null}\n'


def test_keys_are_united_and_absent_values_are_null(stage_one: StageOne) -> None:
    staged = stage_one(LINES, form="ndjson", name=NAME)
    assert staged.headers == ("participant_id", "device", "note")
    assert (cells(staged), staged.records) == ([(1, "1", "pen", None), (2, "02", None, None)], 2)


@pytest.mark.parametrize(
    ("content", "source", "name"),
    [
        (gzip.compress(LINES, mtime=0), "", "sessions.ndjson.gz"),
        (LINES, "", "sessions.jsonl"),
        (b"\xef\xbb\xbf" + LINES, "", NAME),
        (LINES.replace(b"\n", b"\r\n"), "", NAME),
        (LINES.strip(), "", NAME),
        (LINES.decode().encode("utf-16"), "", NAME),
        (LINES, 'encoding = "cp1252"', NAME),
    ],
)
def test_every_way_of_writing_the_lines_reads_the_same(
    stage_one: StageOne, content: bytes, source: str, name: str
) -> None:
    staged = stage_one(content, source, form="ndjson", name=name)
    assert cells(staged) == [(1, "1", "pen", None), (2, "02", None, None)]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("0.5", "0.5"),
        ("0.1", "0.1"),
        ("-3", "-3"),
        ("300", "300"),
        ("9007199254740993", "9007199254740993"),
        ("12345678901234567890123", "12345678901234567890123"),
        ("true", "true"),
        ("false", "false"),
        ("null", None),
        ('""', ""),
        ('"\\u00e4\\n\\"x\\""', 'ä\n"x"'),
        ('[1, "a"]', '[1,"a"]'),
        ('{"b": {"c": 1}}', '{"b":{"c":1}}'),
    ],
)
def test_a_value_becomes_the_text_it_stands_for(stage_one: StageOne, written: str, read: str | None) -> None:
    staged = stage_one(f'{{"participant_id": "1", "a": {written}}}\n'.encode(), form="ndjson", name=NAME)
    assert cells(staged) == [(1, "1", read)]


def test_lines_that_are_no_objects_are_malformed_alone(stage_one: StageOne) -> None:
    bad = [b'{"participant_id": ', b"[1]", b'"x"', b"nonsense", b'{"a": 1, "a": 2}', b'{"a": "\0"}']
    staged = stage_one(b"\n".join([LINES.strip(), b"", *bad, LINES]), form="ndjson", name=NAME)
    assert malformed(staged) == [(line, "malformed_line") for line in range(4, 10)]
    assert ([row[0] for row in cells(staged)], staged.records) == ([1, 2, 10, 11], 10)


def test_a_line_cut_short_at_the_end_costs_only_itself(stage_one: StageOne) -> None:
    staged = stage_one(LINES + b'{"participant_id": "3", "dev', form="ndjson", name=NAME)
    assert (malformed(staged), len(cells(staged))) == ([(3, "malformed_line")], 2)


def test_a_line_that_does_not_decode_is_told_apart(stage_one: StageOne) -> None:
    staged = stage_one(LINES + b'{"participant_id": "\xe4"}\n', form="ndjson", name=NAME)
    assert (malformed(staged), staged.records) == ([(3, "encoding")], 3)


def test_keys_are_cleaned_like_headers_and_may_hold_anything(stage_one: StageOne) -> None:
    staged = stage_one('{" a\'b ": 1, "c\\"d": 2, "": 3, "o\u0308": 4}\n'.encode(), form="ndjson", name=NAME)
    assert (staged.headers, cells(staged)) == (("a'b", 'c"d', "ö"), [(1, "1", "2", "4")])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b'[{"a": 1},\n{"a": 2}]\n', "is one JSON list"),
        (b'{"a": 1, "A": 2}\n', "stand twice"),
        (b'{"a": "\xe4"}\n{"a": "\xfc"}\n', 'set encoding = "cp1252"'),
        (gzip.compress(LINES, mtime=0)[:-4], "ends in the middle"),
        (b"{" + b",".join(b'"k%d":1' % n for n in range(10_001)) + b"}\n", "10001 columns"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_reason(
    stage_one: StageOne, content: bytes, message: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        stage_one(content, form="ndjson", name=NAME)
    assert message in str(refused.value)
