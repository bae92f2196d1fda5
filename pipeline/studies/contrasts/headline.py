"""Which of several estimates stands in the headline: a written rule, applied before anybody sees a number."""

from typing import Literal

from pipeline.contract.methods import MIN_DOUBLY_ROBUST
from pipeline.studies.estimators.dropout import SKIPPED_LIMIT

Method = Literal[
    "welch", "ancova", "mmrm", "seq_dr", "seq_dr_overlap", "proportional_odds", "proportional_odds_weighted",
    "brunner_munzel", "count_model", "count_ratio",
]  # fmt: skip

MIN_SHOWN = 10
"""Below this many results in an arm nothing is compared: 20,000 simulated samples of skewed change scores."""

MIN_ADJUSTED = 30
"""Below it there are too few people to adjust for anything, and the unadjusted figure alone is given."""

POOR_OVERLAP = 0.10
"""Above this share of people with a propensity outside 0.05 to 0.95, few could have been in either arm."""


def headline(n: int, visits: int, skipped: float, outside: float, *, is_ordinal: bool, is_complete: bool) -> Method:
    """The method of the headline.

    Args:
        n: people with a result in the smaller arm, at least `MIN_SHOWN`.
        visits: visits up to the horizon.
        skipped: share (0 to 1) of those seen at the horizon who missed an earlier visit.
        outside: share of people outside the overlap of the arms.
        is_complete: everybody who was due has a result, so nothing has to be said about who left.
    """
    if n < MIN_ADJUSTED:
        return "brunner_munzel" if is_ordinal else "welch"
    if is_ordinal:  # odds of those with a result alone covered 46% where people left on the step they saw, these 96%
        return "proportional_odds" if is_complete else "proportional_odds_weighted"
    if n >= MIN_DOUBLY_ROBUST and skipped <= SKIPPED_LIMIT:
        return "seq_dr_overlap" if outside > POOR_OVERLAP else "seq_dr"
    return "ancova" if visits == 1 and is_complete else "mmrm"
