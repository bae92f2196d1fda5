"""Count rules of every profile."""

import pytest

from pipeline.disclosure.policy import PROFILES, STRICT, Policy


@pytest.mark.parametrize("count", range(60))
@pytest.mark.parametrize("policy", PROFILES.values(), ids=PROFILES)
def test_a_shown_count_can_never_stand_for_a_small_one(policy: Policy, count: int) -> None:
    """Of two counts of which one may be shown and one not, nobody can take the one for the other."""
    assert abs(policy.rounded(count) - count) <= policy.round_to / 2
    if not policy.is_small(count) and count:
        assert count >= policy.threshold


def test_strict_shows_nothing_up_to_ten_and_says_so() -> None:
    assert [n for n in range(30) if STRICT.is_small(n)] == list(range(11))
    assert STRICT.rule == "strict: 0 to 10 suppressed, rounded to 5"
    assert all(policy.source for policy in PROFILES.values())
