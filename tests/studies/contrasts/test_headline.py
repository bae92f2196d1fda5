"""The written rule of the headline: which method stands in it, by how many there are and who is missing."""

import pytest

from pipeline.studies.contrasts.headline import Method, headline


@pytest.mark.parametrize(
    ("n", "visits", "skipped", "outside", "is_ordinal", "is_complete", "method"),
    [
        (29, 1, 0.0, 0.0, False, True, "welch"),
        (30, 1, 0.0, 0.0, False, True, "ancova"),
        (30, 1, 0.0, 0.0, False, False, "mmrm"),
        (499, 3, 0.0, 0.0, False, False, "mmrm"),
        (500, 3, 0.0, 0.0, False, False, "seq_dr"),
        (500, 3, 0.10, 0.10, False, False, "seq_dr"),
        (500, 3, 0.11, 0.0, False, False, "mmrm"),
        (500, 3, 0.0, 0.11, False, False, "seq_dr_overlap"),
        (29, 3, 0.0, 0.0, True, False, "brunner_munzel"),
        (30, 3, 0.0, 0.0, True, True, "proportional_odds"),
        (30, 3, 0.0, 0.0, True, False, "proportional_odds_weighted"),
        (5000, 3, 0.0, 0.0, True, False, "proportional_odds_weighted"),
    ],
)
def test_the_headline_follows_the_rule(
    n: int, visits: int, skipped: float, outside: float, is_ordinal: bool, is_complete: bool, method: Method
) -> None:
    assert headline(n, visits, skipped, outside, is_ordinal=is_ordinal, is_complete=is_complete) == method


def test_where_people_left_nobody_who_stayed_speaks_alone() -> None:
    """Those with a result alone are never the headline where somebody is missing: it covered 9.5 to 46 of 100."""
    for n in (30, 100, 500, 5000):
        for is_ordinal in (False, True):
            found = headline(n, 3, 0.0, 0.0, is_ordinal=is_ordinal, is_complete=False)
            assert found not in ("ancova", "proportional_odds")
