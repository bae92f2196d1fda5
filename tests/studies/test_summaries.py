"""Summaries as answers: what is asked wrongly is said, and what moved far is marked."""

import duckdb
import pytest

from pipeline.contract.cells import Mean, Rate
from pipeline.errors import UsageError
from pipeline.studies.estimators.clustered_share import ClusterTotals
from pipeline.studies.summaries import adherence, cells, cost, drift, safety


@pytest.mark.parametrize(
    ("by", "place", "effect"),
    [("colour", "all", "any"), ("depth", "moon", "any"), ("depth", "all", "joy"), ("depth", "all", "none")],
)
def test_what_side_effects_are_not_told_by_is_refused(by: str, place: str, effect: str) -> None:
    with duckdb.connect() as con, pytest.raises(UsageError, match="expected one of"):
        safety.read_safety(con, by, place, effect)


def test_what_cost_and_adherence_are_not_told_by_is_refused() -> None:
    with duckdb.connect() as con:
        with pytest.raises(UsageError, match="expected"):
            cost.read_cost(con, "colour", None, "month")
        with pytest.raises(UsageError, match="expected"):
            cost.read_cost(con, "setting", None, "year")
        with pytest.raises(UsageError, match="expected"):
            adherence.read_adherence(con, 13, "setting")
        con.execute("CREATE TABLE cost_told (dimension VARCHAR, code VARCHAR, currency VARCHAR, item VARCHAR, "
                    "n_needling BIGINT, n_people BIGINT, n_month BIGINT)")  # fmt: skip
        with pytest.raises(UsageError, match="nobody told a cost in 'CHF'"):
            cost.read_cost(con, "setting", "CHF", "month")


def profile(share: int, depth: int) -> drift.Profile:
    """A hundred people, so many of them women, and a needle length in hundredths of a millimetre that varies a bit."""
    women = ClusterTotals(100, 100, share, 100, share, share)
    y = 100 * depth
    return {
        ("sex", "female"): drift._Value("share", 1, women),
        ("needle_length_mm", ""): drift._Value("mean", 100, ClusterTotals(100, 100, y, 100, y, 100 * depth**2 + 900)),
    }


def test_a_share_that_moved_by_over_five_points_and_a_mean_by_over_its_limit_are_far() -> None:
    near = drift.drift(profile(50, 50), profile(46, 70))
    assert [(one.column, one.is_far) for one in near] == [("Sex", False), ("Mean needle length of a session", False)]
    assert near[0].moved == pytest.approx(0.04)
    far = drift.drift(profile(50, 50), profile(44, 80))
    assert [one.is_far for one in far] == [True, True]
    assert far[1].moved == pytest.approx(-0.3)
    assert isinstance(far[1].now, Mean)


def test_without_a_version_before_nothing_moved_and_what_nobody_has_is_none_seen() -> None:
    alone = drift.drift(profile(50, 50), None)
    assert all(one.before is None and one.moved is None and not one.is_far for one in alone)
    before = {("sex", "male"): drift._Value("share", 1, ClusterTotals(100, 100, 100, 100, 100, 100))}
    gone = next(one for one in drift.drift(profile(50, 50), before) if one.label == "Male")
    assert isinstance(gone.now, Rate)
    assert gone.now.is_none_seen
    assert gone.now.ci_upper == pytest.approx(0.03, abs=0.001)


def test_fewer_than_ten_people_are_too_few_and_one_value_has_no_uncertainty() -> None:
    assert cells.rate("a", "A", ClusterTotals(9, 90, 9, 900, 90, 9)).reason == "too_few"
    assert cells.mean("a", "A", "mm", ClusterTotals(9, 90, 9, 900, 90, 9)).reason == "too_few"
    assert cells.mean("a", "A", "mm", ClusterTotals(10, 10, 50, 10, 50, 250)).reason == "no_variation"
