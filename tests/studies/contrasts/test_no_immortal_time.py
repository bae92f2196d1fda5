"""Nothing that somebody does after the landmark may change a comparison, from landing to the answer."""

import shutil
import tempfile
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import duckdb
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pipeline.studies.contrasts.compare import ask
from pipeline.studies.study import compare_adjusted
from tests.marts.landing_text import Landing, Row

LANDMARK = 28
PEOPLE = 36
"""In each arm: enough to adjust."""
ARMS = {"half": "0.50", "none": None}
Later = tuple[tuple[int, str], ...]
"""Days after the landmark, and the needle length on each."""


@cache
def answered(later: Later) -> dict[str, Any]:
    """The comparison by depth where everybody who needles has these sessions after the landmark too."""
    folder = Path(tempfile.mkdtemp())
    landing = Landing(folder / "candidate")
    try:
        for arm, depth in ARMS.items():
            for i in range(PEOPLE):
                _person(landing, Random(f"{arm}{i}"), f"{arm}{i}", depth, later if depth else ())
        landing.build()
        with duckdb.connect(str(folder / "candidate" / "research.duckdb"), read_only=True) as con:
            question = ask(con, "depth", "hair_density", 24, landmark=LANDMARK, reference="none")
            return compare_adjusted(con, question, sensitivity=False).to_json()
    finally:
        landing.con.close()
        shutil.rmtree(folder)


def _person(landing: Landing, own: Random, who: str, depth: str | None, later: Later) -> None:
    landing.add_row("participants", {"who": who, "id": who, "sex": own.choice(["male", "female"])})
    days = [(7 * week, depth) for week in range(5)] if depth else []
    for day, length in [*days, *later]:
        landing.add_row("sessions", {"who": who, "performed_day": str(day), "needle_length_mm": str(length)})
    start = own.gauss(1500, 150)
    gain = 60 if depth else 0
    values: list[Row] = [{"assessed_day": "0", "value": str(round(start))}]
    values += [{"assessed_day": str(7 * w), "value": str(round(start + gain + own.gauss(0, 80)))} for w in (12, 24)]
    for row in values[: 2 if own.random() < 0.15 else 3]:
        landing.add_row("outcomes", {"who": who, **row})


LATER = st.lists(
    st.tuples(st.integers(LANDMARK + 1, 200), st.sampled_from(["0.25", "0.50", "1.50", "2.00"])), max_size=4
).map(tuple)


@settings(max_examples=3, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow])
@given(later=LATER)
def test_sessions_after_the_landmark_change_no_comparison(later: Later) -> None:
    assert answered(later) == answered(())


def test_the_comparison_is_one_that_could_change() -> None:
    """Adjusted, about everybody, and other if the same sessions come before the landmark."""
    found = answered(())
    assert {arm["arm"]: arm["n"] for arm in found["arms"]} == {"none": PEOPLE, "0_45_to_0_60": PEOPLE}
    assert {e["method"] for e in found["estimates"] if e["role"] == "headline"} == {"mmrm"}
    before = answered(tuple((day, "2.00") for day in (1, 4, 8, 11, 15, 18, 22)))
    assert {arm["arm"] for arm in before["arms"]} == {"none", "over_1_60"}
