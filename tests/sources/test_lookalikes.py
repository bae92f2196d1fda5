"""Headers that look like an expected one are told with what they probably mean, and never taken for it."""

import pytest

from pipeline.sources.lookalikes import skeleton
from tests.sources.conftest import StageOne

HEAD = "session_id,participant_id,performed_on,device,needle_length_mm,setting,passes"
ROW = "S1,P1,2025-01-12,dermaroller,0.5,home,3"

ODD = {
    "a Cyrillic letter": ("p\u0430sses", "passes", "CYRILLIC SMALL LETTER A"),
    "a zero-width space": ("dev\u200bice", "device", "ZERO WIDTH SPACE"),
    "a soft hyphen": ("dev\u00adice", "device", "SOFT HYPHEN"),
    "a blank that does not break": ("needle\u00a0length\u00a0mm", "needle_length_mm", "NO-BREAK SPACE"),
    "letters of full width": ("\uff44evice", "device", "FULLWIDTH LATIN SMALL LETTER D"),
    "a text turned round": ("\u202edevice", "device", "RIGHT-TO-LEFT OVERRIDE"),
    "capitals": ("SETTING", "setting", "other capitals, blanks or dashes"),
    "a dash": ("session-id", "session_id", "other capitals, blanks or dashes"),
}


@pytest.mark.parametrize("name", ODD)
def test_a_lookalike_is_told_and_nothing_is_read_from_it(stage_one: StageOne, name: str) -> None:
    written, meant, told = ODD[name]
    staged = stage_one(f"{HEAD.replace(meant, written)}\n{ROW}\n".encode())
    (warning,) = staged.warnings
    assert f"like {meant!r} (" in warning
    assert told in warning
    assert meant not in staged.headers
    assert written.isprintable() or written not in warning


def test_what_is_expected_or_quite_another_word_is_not_spoken_of(stage_one: StageOne) -> None:
    assert stage_one(f"\ufeff{HEAD}, \u00a0,colour,next_years_question\n{ROW},,x,y\n".encode()).warnings == ()


def test_a_header_that_the_mapping_names_is_matched_as_it_is_written(stage_one: StageOne) -> None:
    told = '[tables.sessions]\nfiles = ["sessions.csv"]\ncolumns = { "D\u0435vice" = "device" }\n'
    head = HEAD.replace("device", "D\u0435vice")
    assert stage_one(f"{head}\n{ROW}\n".encode(), tables=told).warnings == ()
    both = stage_one(f"{HEAD.replace('device', 'Device')}\n{ROW}\n".encode(), tables=told).warnings
    assert any("like 'D\u0435vice' (" in warning for warning in both)


def test_words_that_differ_stay_apart() -> None:
    assert skeleton("needle_length_mm") != skeleton("needle_length_um")
    assert skeleton("side") != skeleton("site")
