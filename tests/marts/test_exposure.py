"""Exposure: what somebody did by the landmark, in participant-days, planned before done."""

import pytest

from tests.marts.landing_text import Landing

AT_28 = "landmark_days = 28"


def sessions(landing: Landing, who: str, days: str, **values: str) -> None:
    for day in days.split():
        landing.add_row("sessions", {"who": who, "performed_day": day, **values})


def test_frequency_counts_participant_days_not_sessions(landing: Landing) -> None:
    landing.people("ann", "bob")
    sessions(landing, "ann", "0 7 14 21")
    sessions(landing, "bob", "0 7 14 21", region="crown")
    sessions(landing, "bob", "0 7 14 21", region="hairline")
    landing.build()
    weekly = (4, 1.0, "weekly", 7.0, 7, True)
    wanted = "n_session_days, sessions_per_week, frequency_band, median_interval_days, longest_gap_days, is_settled"
    assert landing.of("exposure", wanted, AT_28) == {"ann": weekly, "bob": weekly}


def test_frequency_is_seven_times_days_less_one_over_the_span_within_the_landmark(landing: Landing) -> None:
    landing.people("ann", "bob")
    sessions(landing, "ann", "3 6 10 13 17 40 41 42")
    sessions(landing, "bob", "0 14 28 42 56")
    landing.build()
    assert landing.of("exposure", "n_session_days, sessions_per_week", AT_28) == {"ann": (5, 2.0), "bob": (3, 0.5)}
    assert landing.of("exposure", "n_session_days, sessions_per_week", "landmark_days = 56") == {
        "ann": (8, 7 * 7 / 39),
        "bob": (5, 0.5),
    }


def test_three_session_days_settle_two_do_not(landing: Landing) -> None:
    landing.people("ann", "bob", "cat")
    sessions(landing, "ann", "0 7 14")
    sessions(landing, "bob", "0 7 40")
    sessions(landing, "cat", "0 0 0 7", region="crown")
    landing.build()
    wanted = "is_settled, unsettled_reason, depth_band, sessions_per_week"
    too_few = (False, "too_few_sessions", None, None)
    assert landing.of("exposure", wanted, AT_28) == {
        "ann": (True, None, "0_45_to_0_60", 1.0),
        "bob": too_few,
        "cat": too_few,
    }


def test_modal_depth_counts_days_and_two_depths_on_a_day_both_count(landing: Landing) -> None:
    landing.people("ann", "bob", "cat")
    sessions(landing, "ann", "0 7", needle_length_mm="1.50")
    sessions(landing, "ann", "14 14 14", needle_length_mm="0.50", region="crown")
    sessions(landing, "bob", "0 7 14", needle_length_mm="1.50", region="crown")
    sessions(landing, "bob", "0 7 14", needle_length_mm="0.50", region="hairline")
    sessions(landing, "cat", "0 7 14", needle_length_mm="1.50", region="crown")
    sessions(landing, "cat", "0 7", needle_length_mm="0.50", region="hairline")
    landing.build()
    found = landing.of("exposure", "CAST(needle_length_mm AS VARCHAR), is_depth_tied, depth_band", AT_28)
    assert found == {
        "ann": ("1.50", False, "1_40_to_1_60"),
        "bob": ("0.50", True, "0_45_to_0_60"),
        "cat": ("1.50", False, "1_40_to_1_60"),
    }


def test_device_and_setting_are_those_of_most_days_and_a_tie_takes_the_first_by_name(landing: Landing) -> None:
    landing.people("ann")
    sessions(landing, "ann", "0 7", device="dermastamp", setting="home")
    sessions(landing, "ann", "14 21", device="dermaroller", setting="salon")
    sessions(landing, "ann", "28", device="nano_patch", setting="salon")
    landing.build()
    assert landing.of("exposure", "device, setting", AT_28) == {"ann": ("dermaroller", "salon")}


def test_the_plan_of_a_course_is_the_arm_and_counts_without_sessions(landing: Landing) -> None:
    landing.people("ann", "bob")
    landing.add(
        "courses",
        """
        who | started_day | needle_length_mm | planned_interval_days | device     | setting
        ann | 2           | 1.50             | 7.0                   | dermastamp | clinic
        bob | 0           | 0.50             | 3.5                   | dermastamp | clinic
    """,
    )
    sessions(landing, "bob", "0 14 28", needle_length_mm="1.00")
    landing.build()
    wanted = "exposure_source, is_settled, time_zero_day, depth_band, sessions_per_week, schedule, device, setting"
    assert landing.of("exposure", wanted, AT_28) == {
        "ann": ("course", True, 2, "1_40_to_1_60", 1.0, "one_and_half_mm_weekly", "dermastamp", "clinic"),
        "bob": ("course", True, 0, "0_45_to_0_60", 2.0, "half_mm_twice_weekly", "dermastamp", "clinic"),
    }


def test_what_a_plan_leaves_open_is_taken_from_sessions_or_stays_open(landing: Landing) -> None:
    landing.people("ann", "bob")
    landing.add(
        "courses",
        """
        who | started_day | needle_length_mm
        ann | 0           | 1.50
        bob | 0           | 1.50
    """,
    )
    sessions(landing, "ann", "0 7 14", needle_length_mm="0.50")
    sessions(landing, "bob", "0 7", needle_length_mm="0.50")
    landing.build()
    wanted = "depth_band, frequency_band, schedule, unsettled_reason"
    assert landing.of("exposure", wanted, AT_28) == {
        "ann": ("1_40_to_1_60", "weekly", "one_and_half_mm_weekly", None),
        "bob": ("1_40_to_1_60", None, None, "too_few_sessions"),
    }


def test_a_course_without_a_plan_or_begun_later_is_not_the_intention(landing: Landing) -> None:
    landing.people("ann", "bob", "cat")
    landing.add(
        "courses",
        """
        who | started_day | needle_length_mm | planned_interval_days
        ann | 0           |                  |
        bob | 8           | 1.50             | 7.0
        cat | 7           | 1.50             | 7.0
    """,
    )
    for who in ("ann", "bob", "cat"):
        sessions(landing, who, "0 7 14")
    landing.build()
    assert landing.of("exposure", "exposure_source, depth_band", AT_28) == {
        "ann": ("sessions", "0_45_to_0_60"),
        "bob": ("sessions", "0_45_to_0_60"),
        "cat": ("course", "1_40_to_1_60"),
    }


def test_time_zero_is_the_first_start_after_enrolment(landing: Landing) -> None:
    landing.people("ann", "bob", "cat", "dan")
    sessions(landing, "ann", "-200 5 12 19")
    sessions(landing, "bob", "84 91 98")
    sessions(landing, "cat", "85 92 99")
    landing.build()
    not_needling = (False, 0, "none", "none", "none", "none", "none", "none")
    wanted = "is_needling, time_zero_day, depth_band, frequency_band, schedule, device, setting, exposure_source"
    wanted += ", started_needling_later"
    needling = ("0_45_to_0_60", "weekly", "other", "dermaroller", "home", "sessions", False)
    assert landing.of("exposure", wanted, AT_28) == {
        "ann": (True, 5, *needling),
        "bob": (True, 84, *needling),
        "cat": (*not_needling, True),
        "dan": (*not_needling, False),
    }


def test_needling_within_90_days_before_time_zero_makes_a_prevalent_user(landing: Landing) -> None:
    landing.people("ann", "bob", "cat", "dan", "eve")
    landing.people("fay", prior_microneedling="within_90d")
    landing.people("gus", prior_microneedling="unknown")
    sessions(landing, "ann", "-80 10")
    sessions(landing, "bob", "-81 10")
    landing.add(
        "courses",
        """
        who | started_day | ended_day
        cat | -300        |
        dan | -300        | -91
        eve | -300        | -90
    """,
    )
    landing.build()
    assert landing.of("exposure", "is_prevalent", AT_28) == {
        "ann": True, "bob": False, "cat": True, "dan": False, "eve": True, "fay": True, "gus": False,
    }  # fmt: skip


def test_leaving_and_not_being_observed_yet_are_told_from_too_few_sessions(landing: Landing) -> None:
    landing.people("ann", "bob", "cat", "dan")
    landing.people("eve", "fay", observed_until_day="27")
    landing.people("gus", observed_until_day="83")
    landing.people("hal", observed_until_day="84")
    for who in ("ann", "bob", "cat", "eve"):
        sessions(landing, who, "0 7 14")
    sessions(landing, "dan", "0")
    landing.add(
        "events",
        """
        who | occurred_day | event
        ann | 27           | lost
        bob | 28           | lost
        cat | 20           | stopped_no_effect
        dan | 10           | moved
    """,
    )
    landing.build()
    assert landing.of("exposure", "unsettled_reason", AT_28) == {
        "ann": "left_before_landmark", "bob": None, "cat": None, "dan": "left_before_landmark",
        "eve": "not_yet_observed", "fay": "not_yet_observed", "gus": "not_yet_observed", "hal": None,
    }  # fmt: skip


def test_switching_is_described_over_all_of_follow_up_and_does_not_assign(landing: Landing) -> None:
    landing.people("ann")
    sessions(landing, "ann", "-30", needle_length_mm="2.00")
    sessions(landing, "ann", "0 7 14", needle_length_mm="0.50")
    sessions(landing, "ann", "100 107", needle_length_mm="1.50")
    sessions(landing, "ann", "114", needle_length_mm="0.50")
    landing.build()
    wanted = "n_depth_switches, depth_band, median_interval_days, longest_gap_days"
    assert landing.of("exposure", wanted, AT_28) == {"ann": (2, "0_45_to_0_60", 7.0, 7)}


@pytest.mark.parametrize("days", [28, 56, 84])
def test_every_participant_has_one_row_at_every_landmark(landing: Landing, days: int) -> None:
    landing.people("ann", "bob")
    sessions(landing, "ann", "0 7 14")
    landing.build()
    assert landing.query(f"SELECT count(*) FROM exposure WHERE landmark_days = {days}") == [(2,)]
