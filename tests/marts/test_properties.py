"""What must hold whatever the data: the order of rows says nothing, and the future does not assign."""

import shutil
import tempfile
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.marts.build import TABLES
from tests.marts.landing_text import Landing

UNORDERED = ("sessions", "safety_answers")
"""The longest tables are stored person by person in no order of persons; each row has its number."""
LATER = ("n_depth_switches", "adjuncts_started_later", "started_needling_later")
NAMES = ("ann", "bob", "cat")
DAYS = st.integers(-100, 200).map(str)
WHO = st.sampled_from(NAMES)
DEPTHS = st.sampled_from(["0.25", "0.50", "1.50"])

SESSIONS = st.lists(
    st.fixed_dictionaries(
        {
            "who": WHO,
            "performed_day": DAYS,
            "needle_length_mm": DEPTHS,
            "device": st.sampled_from(["dermaroller", "dermastamp"]),
            "region": st.sampled_from(["crown", "hairline"]),
        }
    ),
    max_size=25,
)
COURSES = st.lists(
    st.fixed_dictionaries(
        {
            "who": WHO,
            "started_day": DAYS,
            "needle_length_mm": DEPTHS,
            "planned_interval_days": st.sampled_from(["3.5", "7"]),
        }
    ),
    max_size=3,
)
TREATMENTS = st.lists(
    st.fixed_dictionaries(
        {
            "who": WHO,
            "treatment": st.sampled_from(["minoxidil_topical", "prp"]),
            "started_from_day": st.integers(-400, 0).map(str),
            "started_to_day": st.integers(0, 30).map(str),
        }
    ),
    max_size=4,
)
OUTCOMES = st.lists(
    st.fixed_dictionaries(
        {
            "who": WHO,
            "assessed_day": DAYS,
            "value": st.integers(0, 4000).map(str),
            "instrument": st.sampled_from(["hair_density", "norwood"]),
        }
    ),
    max_size=15,
)
CASES = st.fixed_dictionaries(
    {"sessions": SESSIONS, "courses": COURSES, "treatments": TREATMENTS, "outcomes": OUTCOMES}
)
SLOW = settings(max_examples=settings.default.max_examples // 20, suppress_health_check=[HealthCheck.too_slow])


def built(case: dict[str, list[dict[str, str]]], seed: int | None = None) -> dict[str, list[tuple[Any, ...]]]:
    """Every table of the version, in the order it is stored but for two; `seed` shuffles the rows of landing."""
    folder = Path(tempfile.mkdtemp())
    landing = Landing(folder / "candidate")
    try:
        landing.people(*NAMES)
        for table, rows in case.items():
            for row in rows:
                landing.add_row(table, row)
        landing.build(lambda rows: rows if seed is None else Random(seed).sample(rows, len(rows)))
        ordered = {table: " ORDER BY ALL" if table in UNORDERED else "" for table in TABLES}
        return {table: landing.query(f"SELECT * FROM {table}{order}") for table, order in ordered.items()} | {
            "assigned": landing.query(f"SELECT * EXCLUDE ({', '.join(LATER)}) FROM exposure ORDER BY ALL")
        }
    finally:
        landing.con.close()
        shutil.rmtree(folder)


@SLOW
@given(case=CASES, seed=st.integers(0, 1000))
def test_the_order_of_rows_in_landing_changes_no_table(case: dict[str, list[dict[str, str]]], seed: int) -> None:
    assert built(case) == built(case, seed)


@SLOW
@given(case=CASES, later=st.lists(st.tuples(st.integers(169, 400), DEPTHS), min_size=1, max_size=6))
def test_sessions_after_the_landmark_do_not_assign(
    case: dict[str, list[dict[str, str]]], later: list[tuple[int, str]]
) -> None:
    # the latest time zero is day 84 and the longest landmark 84 days, so all that is from day 169 on is later
    before = case | {"sessions": [row for row in case["sessions"] if int(row["performed_day"]) <= 168]}
    extra = [{"who": "ann", "performed_day": str(day), "needle_length_mm": depth} for day, depth in later]
    after = before | {"sessions": before["sessions"] + extra}
    assert built(before)["assigned"] == built(after)["assigned"]
