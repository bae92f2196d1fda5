"""Lines that are no records: each is told apart, and takes none of its neighbours with it unseen."""

import pytest

from pipeline.errors import RefusedError
from pipeline.sources import Staged
from tests.sources.conftest import StageOne
from tests.sources.staged_rows import cells, malformed

HEADER = b"participant_id,device,note,side\n"
GOOD = b"9,pen,x,left\n"
FOUR_GOOD = GOOD * 4


def bad_lines(staged: Staged) -> list[object]:
    assert staged.records == len(cells(staged)) + len(malformed(staged))
    assert {reason for _, reason in malformed(staged)} <= {"malformed_line"}
    return [line for line, _ in malformed(staged)]


@pytest.mark.parametrize(
    ("body", "bad"),
    [
        pytest.param(b"1,pen,x\n", [2], id="a cell too few"),
        pytest.param(b"1,pen,x,left,\n", [2], id="a cell too many"),
        pytest.param(b'1,pen,5" needle,left\n', [2], id="a stray quote"),
        pytest.param(b'1,pen,x",left\n', [2], id="a quote at the end of a cell"),
        pytest.param(b'1,pen,"x"y,left\n', [2], id="text behind a closing quote"),
        pytest.param(b'1,pen,"x" y,"left"\n', [2], id="text behind a closing quote and a blank"),
        pytest.param(b'1,pen,a"b"c,left\n', [2], id="two stray quotes"),
        pytest.param(b'1,pen,x"y,left\n1,pen,x"y,left\n', [2, 3], id="stray quotes do not meet across lines"),
        pytest.param(b"1,pen,x\0,left\n", [2], id="a NUL"),
        pytest.param(b'1,pen,"x,left\n2,pen,"y",left\n', [2, 3], id="unbalanced until the next quote"),
        pytest.param(b'1,pen,"x,left\n2,pen,y,left\n3,pen,"y",left\n', [2, 3, 4], id="unbalanced over a neighbour"),
        pytest.param(b'1,pen,"x,left\n2,pen,y",left\n', [2, 3], id="a line with a record's own delimiters"),
        pytest.param(b'1,pen,"x,left,\n"\n', [2, 3], id="one cell too few over two lines"),
        pytest.param(b'1,"x,y,left\n",z,right\n', [2, 3], id="the first line could stand alone"),
        pytest.param(b'1,"pen\n2",x,left\n', [2, 3], id="a break in a used column"),
        pytest.param(b'1,pen,"a\nb","c\nd"\n', [2, 3, 4], id="a break in an unused and in a used column"),
        pytest.param(b'1,pen,"a\n\0b",left\n', [2, 3], id="a NUL in a spanned record"),
    ],
)
def test_what_is_no_record_is_malformed_and_the_rest_is_read(stage_one: StageOne, body: bytes, bad: list[int]) -> None:
    staged = stage_one(HEADER + body + FOUR_GOOD)
    assert bad_lines(staged) == bad
    assert [row[1:] for row in cells(staged)] == [("9", "pen", "x", "left")] * 4


@pytest.mark.parametrize("above", [b"", FOUR_GOOD, b'9,pen,"x","left"\n' * 4])
def test_an_unterminated_quote_takes_every_line_to_the_end_openly(stage_one: StageOne, above: bytes) -> None:
    staged = stage_one(HEADER + above + b'1,pen,"x,left\n' + FOUR_GOOD)
    n = above.count(b"\n")
    assert len(cells(staged)) == n
    assert bad_lines(staged) == list(range(2 + n, 7 + n))


@pytest.mark.parametrize(
    ("body", "note", "lines"),
    [
        (b'1,pen,"a\nb",left\n', "a\nb", 2),
        (b'1,pen,"a\n\nb",left\n', "a\n\nb", 3),
        (b'1,pen,"say ""hi""\nand, then ""go""",left\n', 'say "hi"\nand, then "go"', 2),
        (b'1,pen,"a\r\nb",left\r\n', "a\nb", 2),
    ],
)
def test_a_break_in_an_unused_column_is_fine(stage_one: StageOne, body: bytes, note: str, lines: int) -> None:
    staged = stage_one(HEADER + body + FOUR_GOOD)
    assert bad_lines(staged) == []
    assert cells(staged)[0] == (2, "1", "pen", note, "left")
    assert [row[0] for row in cells(staged)[1:]] == list(range(2 + lines, 6 + lines))


def test_a_delimiter_in_a_closed_cell_above_the_break_is_fine(stage_one: StageOne) -> None:
    """The first line has as many delimiters as a record, but one of them stands in closed quotes."""
    staged = stage_one(HEADER + b'1,"a, pen","b\nc",left\n' + FOUR_GOOD)
    assert (bad_lines(staged), cells(staged)[0]) == ([], (2, "1", "a, pen", "b\nc", "left"))


def test_a_note_in_the_last_column_may_break(stage_one: StageOne) -> None:
    staged = stage_one(b'participant_id,device,note\n1,pen,"a\nb"\n2,pen,"c\n\nd, e"\n3,pen,f\n')
    assert (bad_lines(staged), [row[3] for row in cells(staged)]) == ([], ["a\nb", "c\n\nd, e", "f"])


def test_two_broken_notes_in_one_record(stage_one: StageOne) -> None:
    staged = stage_one(b'participant_id,n1,n2,device\n1,"a\nb","c\nd",pen\n2,x,y,pen\n')
    assert (bad_lines(staged), cells(staged)[0]) == ([], (2, "1", "a\nb", "c\nd", "pen"))


def test_a_column_is_used_when_the_mapping_names_it(stage_one: StageOne) -> None:
    body = HEADER + b'1,pen,"a\nb",left\n' + FOUR_GOOD
    tables = '[tables.sessions]\nfiles = ["*.csv"]\n{}\n'
    settings = ('columns = { note = "region" }', 'key = ["note"]', 'where = { note = "x" }')
    assert [bad_lines(stage_one(body, tables=tables.format(s))) for s in settings] == [[2, 3]] * 3
    assert bad_lines(stage_one(body, tables=tables.format('columns = { x = "region" }'))) == []


def test_only_the_lines_that_do_not_decode_are_lost(stage_one: StageOne) -> None:
    staged = stage_one(HEADER + b"1,pen,\xe4,left\n" + FOUR_GOOD + b'2,pen,"\xfc",left\n')
    assert malformed(staged) == [(2, "encoding"), (7, "encoding")]
    assert (len(cells(staged)), staged.records) == (4, 6)


def test_bytes_without_a_letter_in_cp1252_are_lost_alone(stage_one: StageOne) -> None:
    staged = stage_one(HEADER + b"1,pen,\x81,left\n2,pen,\xe4,left\n", 'encoding = "cp1252"')
    assert (malformed(staged), cells(staged)) == ([(2, "encoding")], [(3, "2", "pen", "ä", "left")])


def test_an_odd_byte_at_the_end_of_utf_16_is_lost_with_its_line(stage_one: StageOne) -> None:
    staged = stage_one((HEADER + FOUR_GOOD).decode().encode("utf-16") + b"x")
    assert (malformed(staged), len(cells(staged))) == ([(6, "encoding")], 4)


def test_malformed_lines_in_a_line_longer_than_duckdb_reads(stage_one: StageOne) -> None:
    long = b"y" * 3_000_000
    staged = stage_one(HEADER + b'1,pen,"' + long + b'",left\n2,pen\n')
    assert bad_lines(staged) == [3]
    assert cells(staged) == [(2, "1", "pen", long.decode(), "left")]


def test_a_line_beyond_all_measure_refuses_the_file(stage_one: StageOne) -> None:
    with pytest.raises(RefusedError, match="a line of over 64 MB"):
        stage_one(HEADER + b"x" * (72 << 20))


def test_many_blocks_keep_their_line_numbers(stage_one: StageOne) -> None:
    lines = [b"%d,pen,%s,left\n" % (n, b"x" * 60) for n in range(100_000)]
    lines[77_777] = b"77777,pen\n"
    staged = stage_one(HEADER + b"".join(lines))
    assert bad_lines(staged) == [77_779]
    assert all(int(str(row[1])) + 2 == row[0] for row in cells(staged))
    assert staged.records == 100_000


def test_more_columns_than_the_pattern_counts(stage_one: StageOne) -> None:
    names = b",".join(b"c%d" % n for n in range(300))
    staged = stage_one(names + b"\n" + b'"x",' * 299 + b'"y"\n' + b'"x",' * 298 + b'"y"\n')
    assert (bad_lines(staged), len(cells(staged)[0])) == ([3], 301)
