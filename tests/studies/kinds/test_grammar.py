"""What a file may say of each kind of question: every mistake is told with its key and what is allowed."""

from pathlib import Path

import pytest

from pipeline.errors import RefusedError
from pipeline.studies.protocols.catalogue import find_study, paths
from pipeline.studies.protocols.protocol_file import read_protocol

CASES = [
    ("c4-minimal", "limit = 13", "", "[contrast] limit: is missing"),
    ("c4-minimal", "limit = 13", "limit = -1", "[contrast] limit: found -1; expected a number above 0"),
    ("c4-minimal", "limit = 13", "limit = true", "[contrast] limit: found True; expected a number above 0"),
    ("c4-minimal", "limit = 13", "limit = 13\nmargin = 4", "[contrast] margin: there is no such key"),
    ("c4-minimal", 'arm = "needling"', "", "[contrast] arm: is missing; expected one of needling"),
    ("c4-minimal", '"hair_density"', '"sinclair"', "sinclair is an ordered scale, which has no mean"),
    ("c4-spread-beyond-error", '"hair_density"', '"shaft_diameter"', "error of shaft_diameter is not known"),
    ("c4-spread-beyond-error", 'arm = "needling"', "", "[contrast] arm: is missing"),
    ("c4-spread-against-none", 'reference = "none"', 'reference = "needling"', "expected arm and reference, two of"),
    ("c6-early-stages", '[contrast.against]\narm = "later_needling"', '[contrast.against]\narm = "early_needling"',
     "[contrast.against] : must name two other arms"),
    ("c6-early-stages", 'reference = "later_none"', "", "[contrast.against] : expected arm and reference"),
    ("c5-within-a-day", "within_hours = 24", "", "[outcome] within_hours: is missing; expected a whole number from 1"),
    ("c5-within-a-day", "within_hours = 24", "within_hours = 0", "found 0; expected a whole number from 1 to 672"),
    ("c5-within-a-day", "more_than = 0.5", "more_than = 50", "found 50; expected a share between 0 and 1"),
    ("c5-within-a-day", '"redness"', '"rednes"', "[outcome] side_effects: found 'rednes'; allowed: redness"),
    ("c5-within-a-day", '["redness", "swelling", "dryness_flaking"]', "[]", "[outcome] side_effects: names none"),
    ("c5-within-a-day", 'aim = "recovery"', 'aim = "recovery"\nlandmark_days = 28', "landmark_days: has no meaning"),
    ("c5-within-a-day", "[outcome]", "[arms.all]\nneedling = true\n\n[outcome]", "[arms] : has no meaning"),
    ("c5-within-a-day", "[outcome]", '[contrast]\narm = "all"\n\n[outcome]', '[contrast] : has no meaning'),
    ("c5-within-a-day", 'alopecia"', 'alopecia"\nwhere = ["region=crown"]', "found 'region=crown'; expected"),
    ("c8-home-or-professional", '"hair_density"', '"wash_test"', "wash_test has no rule that says who responded"),
]  # fmt: skip


@pytest.mark.parametrize(("study", "was", "becomes", "message"), CASES)
def test_a_mistake_is_named(tmp_path: Path, study: str, was: str, becomes: str, message: str) -> None:
    text = paths(None)[study].read_text(encoding="utf-8")
    assert was in text
    path = tmp_path / "mine.toml"
    path.write_text(text.replace(was, becomes), encoding="utf-8")
    with pytest.raises(RefusedError) as refused:
        read_protocol(path)
    assert message in str(refused.value)


def test_protocols_that_were_fixed_before_these_questions_are_still_the_same() -> None:
    digest = "033a3b5dddef894c3bfd8130a7ab5eed88024c6ac76811e5fe203720f770366c"
    assert find_study("c3-density-week-24").digest == digest


def test_what_is_asked_of_side_effects_is_part_of_the_question() -> None:
    day, days = find_study("c5-within-a-day"), find_study("c5-within-three-days")
    assert day.digest != days.digest
    assert day.recovery is not None
    assert (day.recovery.within_hours, day.recovery.more_than) == (24, 0.5)
    assert "recovery" not in find_study("c4-minimal").document
