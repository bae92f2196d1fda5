"""Records that are settled together against each of them looked at: row for row the same in any order of drops."""

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipeline.landing import settled
from tests.landing.conftest import PEOPLE, Home
from tests.landing.test_plain import NIGHT, choose, landed, written

DAYS = ("2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30")
SOUND = [(n, "3") for n in range(6)]
CHANGED = [(0, "3"), (1, "4"), (2, "51"), *SOUND[3:], (6, "3")]
Delivery = tuple[str, list[tuple[int, str]]]


def sessions(told: list[tuple[int, str]]) -> str:
    """Rows of an id and a number of passes, of which 51 are too many."""
    return written([NIGHT | {"session_id": f"S{n}", "passes": passes} for n, passes in told])


@settings(max_examples=2, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(DAYS),
            st.lists(st.tuples(st.integers(0, 6), st.sampled_from("334") | st.just("51")), min_size=1, max_size=8),
        ),
        min_size=2,
        max_size=4,
    )
)
@example([(DAYS[1], SOUND), (DAYS[2], CHANGED), (DAYS[2], CHANGED), (DAYS[0], CHANGED[::-1]), (DAYS[3], SOUND)])
@example([(DAYS[0], SOUND), (DAYS[1], [*SOUND, (0, "4"), (1, "3")]), (DAYS[2], [(n + 9, "3") for n in range(6)])])
@example([(DAYS[2], [(n, "51") for n in range(3)]), (DAYS[0], SOUND), (DAYS[1], SOUND), (DAYS[3], SOUND)])
def test_both_ways_land_the_same(monkeypatch: pytest.MonkeyPatch, deliveries: list[Delivery]) -> None:
    sent = [(on, {"sessions.csv": sessions(told)}) for on, told in deliveries]
    choose(monkeypatch, 10**9)
    one_by_one = landed(sent, "")
    choose(monkeypatch, 0)
    assert landed(sent, "") == one_by_one


def test_most_records_are_settled(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or the comparison above would compare nothing."""
    choose(monkeypatch, 1)
    found = []
    real = settled.find
    monkeypatch.setattr(settled, "find", lambda *given: found.append(real(*given)[0]) or real(*given))
    home.send({"participants.csv": PEOPLE, "sessions.csv": sessions(SOUND)}, on=DAYS[0])
    home.send({"sessions.csv": sessions(CHANGED)}, on=DAYS[1])
    assert [(each.fate, each.n) for each in found] == [("admitted", 6), ("unchanged", 4)]
    home.send({"sessions.csv": sessions(CHANGED)}, on=DAYS[1])
    assert found[2] is None  # nothing is confirmed as of a day on which it was held already
