"""What comparisons read: who was measured where no session went, who twice before the start, what happened."""

import pytest

from tests.marts.landing_text import Landing


def test_the_back_of_the_head_is_a_control_only_where_sessions_spare_it(landing: Landing) -> None:
    landing.people("ann", "bob", "cat", "dan", "eve")
    for who, region in (("ann", "crown"), ("bob", "occipital"), ("cat", "whole_scalp"), ("dan", "")):
        landing.add(
            "sessions",
            f"""
            who   | performed_day | region
            {who} | 0             | crown
            {who} | 7             | {region}
        """,
        )
    for who in ("ann", "bob", "cat", "dan", "eve"):  # eve never needles, so nobody touched hers
        landing.add(
            "outcomes",
            f"""
            who   | assessed_day | value | region    | side | rater
            {who} | 0            | 1000  | occipital | left | software
            {who} | 0            | 1000  | crown     |      | software
            {who} | 168          | 1050  | occipital | left | software
            {who} | 168          | 1200  | crown     |      | software
            {who} | 168          | 1300  | occipital |      | clinician
        """,
        )
    landing.build()
    wanted = "instrument, side, rater, method, visit_week, visit_day, improvement_milli"
    assert landing.of("back_of_head", wanted) == dict.fromkeys(
        ("ann", "eve"), ("hair_density", "left", "software", None, 24, 168, 5000)
    )


def test_less_is_better_turns_the_change_and_a_change_is_no_control(landing: Landing) -> None:
    landing.people("ann")
    landing.add(
        "outcomes",
        """
        who | assessed_day | instrument     | value | region    | rater
        ann | 0            | norwood        | 3     | occipital | clinician
        ann | 168          | norwood        | 5     | occipital | clinician
        ann | 168          | ga_participant | 2     | occipital | participant
    """,
    )
    landing.build()
    assert landing.of("back_of_head", "instrument, improvement_milli") == {"ann": ("norwood", -2_000)}
    assert landing.query("FROM before_start") == []


@pytest.mark.parametrize(("day", "courses"), [(-27, {}), (-28, {"ann": -28}), (-730, {"ann": -730}), (-731, {})])
def test_a_course_is_long_enough_and_not_too_old(landing: Landing, day: int, courses: dict[str, int]) -> None:
    landing.people("ann")
    for assessed in (str(day), "0"):
        landing.add_row("outcomes", {"who": "ann", "assessed_day": assessed, "value": "1000"})
    landing.build()
    assert landing.of("before_start", "first_day") == courses


def test_the_course_before_the_start_is_of_its_first_and_its_last_day(landing: Landing) -> None:
    landing.people("ann")
    landing.add_row("sessions", {"who": "ann", "performed_day": "3"})
    landing.add(
        "outcomes",
        """
        who | assessed_day | value | region | replicate
        ann | -200         | 900   | crown  | 1
        ann | -200         | 901   | crown  | 2
        ann | -90          | 5     | crown  |
        ann | 3            | 1000  | crown  |
        ann | 4            | 4000  | crown  |
        ann | -20          | 800   |        |
        ann | 3            | 810   |        |
    """,
    )
    landing.build()
    assert landing.of("before_start", "region, first_day, last_day, first_milli, last_milli") == {
        "ann": ("crown", -203, 0, 90_050, 100_000)
    }
    assert landing.of("baseline", "baseline_day", "region = 'crown'") == {"ann": 0}


def test_an_event_counts_from_its_first_day_after_the_start(landing: Landing) -> None:
    landing.people("ann", "bob")
    landing.add_row("sessions", {"who": "ann", "performed_day": "3"})
    landing.add(
        "events",
        """
        who | occurred_day | event
        ann | 2            | hair_transplant
        ann | 103          | hair_transplant
        ann | 90           | pregnancy
        ann | 53           | hair_transplant
        bob | -200         | hair_transplant
    """,
    )
    landing.build()
    assert landing.query("SELECT event, first_day FROM intercurrent") == [("hair_transplant", 50), ("pregnancy", 87)]
