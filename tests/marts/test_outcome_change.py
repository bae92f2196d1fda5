"""Outcome change: which value is the baseline, which the visit, and which way is better."""

from tests.marts.landing_text import Landing

CHANGE = "visit_week, baseline_day, visit_day, baseline_milli, value_milli, change_milli, improvement_milli"


def needle_weekly(landing: Landing, *names: str) -> None:
    for who in names:
        for day in ("0", "7", "14"):
            landing.add_row("sessions", {"who": who, "performed_day": day})


def test_baseline_is_the_value_nearest_to_time_zero_up_to_the_second_session(landing: Landing) -> None:
    landing.people("ann", "bob", "cat", "dan")
    needle_weekly(landing, "ann", "bob", "cat", "dan")
    landing.add(
        "outcomes",
        """
        who | assessed_day | value
        ann | -43          | 900
        ann | -42          | 1000
        ann | 168          | 1100
        bob | -20          | 1000
        bob | 7            | 1050
        bob | 168          | 1100
        cat | 8            | 1000
        cat | 168          | 1100
        dan | -3           | 1000
        dan | 3            | 1050
        dan | 168          | 1100
    """,
    )
    landing.build()
    assert landing.of("outcome_change", CHANGE, "visit_week = 24") == {
        "ann": (24, -42, 168, 100_000, 110_000, 10_000, 10_000),
        "bob": (24, 7, 168, 105_000, 110_000, 5_000, 5_000),
        "cat": (24, None, 168, None, 110_000, None, None),
        "dan": (24, -3, 168, 100_000, 110_000, 10_000, 10_000),
    }


def test_without_a_second_session_the_baseline_ends_before_the_first_visit_opens(landing: Landing) -> None:
    landing.people("ann", "bob")
    landing.add(
        "outcomes",
        """
        who | assessed_day | value
        ann | 13           | 1000
        ann | 30           | 1010
        bob | 14           | 1000
        bob | 60           | 1010
    """,
    )
    landing.build()
    assert landing.of("outcome_change", "baseline_day, visit_day", "visit_day > 28") == {
        "ann": (13, 30),
        "bob": (None, 60),
    }


def test_the_value_that_is_the_baseline_is_no_visit(landing: Landing) -> None:
    landing.people("ann")
    for day in ("0", "28", "56"):
        landing.add_row("sessions", {"who": "ann", "performed_day": day})
    landing.add(
        "outcomes",
        """
        who | assessed_day | value
        ann | 20           | 1000
        ann | 40           | 1040
    """,
    )
    landing.build()
    assert landing.of("outcome_change", CHANGE) == {"ann": (4, 20, 40, 100_000, 104_000, 4_000, 4_000)}


def test_a_value_belongs_to_the_nearest_visit_and_on_a_tie_to_the_earlier(landing: Landing) -> None:
    landing.people("ann")
    landing.add(
        "outcomes",
        """
        who | assessed_day | value
        ann | 0            | 1000
        ann | 42           | 1010
        ann | 70           | 1020
        ann | 71           | 1030
        ann | 110          | 9999
    """,
    )
    landing.build()
    assert landing.query("SELECT visit_week, visit_day FROM outcome_change ORDER BY 1") == [(4, 42), (8, 70), (12, 71)]


def test_a_visit_takes_the_nearest_day_and_on_a_tie_the_earlier(landing: Landing) -> None:
    landing.people("ann", "bob")
    landing.add(
        "outcomes",
        """
        who | assessed_day | value
        ann | 160          | 1000
        ann | 176          | 2000
        bob | 160          | 1000
        bob | 175          | 2000
    """,
    )
    landing.build()
    assert landing.of("outcome_change", "visit_day") == {"ann": 160, "bob": 175}


def test_replicates_of_a_day_are_averaged_in_whole_thousandths(landing: Landing) -> None:
    landing.people("ann", "bob")
    landing.add(
        "outcomes",
        """
        who | assessed_day | instrument     | value | replicate
        ann | 168          | hair_density   | 1000  | 1
        ann | 168          | hair_density   | 1001  | 2
        ann | 168          | hair_density   | 1001  | 3
        bob | 168          | ga_participant | -1    | 1
        bob | 168          | ga_participant | -1    | 2
        bob | 168          | ga_participant | 0     | 3
    """,
    )
    landing.build()
    assert landing.of("outcome_change", "value_milli") == {"ann": 100_067, "bob": -667}


def test_baseline_and_follow_up_share_region_side_rater_and_method_and_null_is_one_of_them(landing: Landing) -> None:
    landing.people("ann")
    landing.add(
        "outcomes",
        """
        who | assessed_day | value | region | side | rater     | method
        ann | 0            | 1000  |        |      | software  |
        ann | 0            | 2000  | crown  |      | software  |
        ann | 0            | 3000  | crown  | left | software  |
        ann | 0            | 4000  | crown  | left | clinician |
        ann | 168          | 1001  |        |      | software  |
        ann | 168          | 2002  | crown  |      | software  |
        ann | 168          | 3003  | crown  | left | software  |
        ann | 168          | 4004  | crown  | left | clinician |
        ann | 168          | 5005  | crown  | left | clinician | m1
    """,
    )
    landing.build()
    found = landing.query("SELECT region, side, rater, method, change_milli FROM outcome_change ORDER BY value_milli")
    assert found == [
        (None, None, "software", None, 100),
        ("crown", None, "software", None, 200),
        ("crown", "left", "software", None, 300),
        ("crown", "left", "clinician", None, 400),
        ("crown", "left", "clinician", "m1", None),
    ]


def test_improvement_is_positive_where_it_is_better_for_the_person(landing: Landing) -> None:
    landing.people("ann")
    landing.add(
        "outcomes",
        """
        who | assessed_day | instrument | value | rater
        ann | 0            | norwood    | 5     | clinician
        ann | 364          | norwood    | 3     | clinician
    """,
    )
    landing.build()
    assert landing.of("outcome_change", CHANGE) == {"ann": (52, 0, 364, 5_000, 3_000, -2_000, 2_000)}


def test_an_instrument_that_is_itself_a_change_has_no_baseline(landing: Landing) -> None:
    landing.people("ann", "bob")
    landing.add(
        "outcomes",
        """
        who | assessed_day | instrument      | value
        ann | 3            | ga_participant  | 1
        ann | 168          | ga_participant  | 2
        bob | 168          | shedding_change | 2
    """,
    )
    landing.build()
    assert landing.of("outcome_change", CHANGE) == {
        "ann": (24, None, 168, None, 2_000, 2_000, 2_000),
        "bob": (24, None, 168, None, 2_000, 2_000, -2_000),
    }


def test_hair_counts_are_per_square_centimetre(landing: Landing) -> None:
    landing.people("ann")
    landing.add(
        "outcomes",
        """
        who | assessed_day | instrument | value | area_cm2
        ann | 0            | hair_count | 100   | 0.650
        ann | 168          | hair_count | 200   | 1.000
    """,
    )
    landing.build()
    assert landing.of("outcome_change", "baseline_milli, value_milli, change_milli") == {
        "ann": (153_846, 200_000, 46_154)
    }


def test_a_value_on_time_zero_is_no_follow_up_and_days_count_from_time_zero(landing: Landing) -> None:
    landing.people("ann")
    landing.add(
        "sessions",
        """
        who | performed_day
        ann | 30
        ann | 37
        ann | 44
    """,
    )
    landing.add(
        "outcomes",
        """
        who | assessed_day | value
        ann | 30           | 1000
        ann | 58           | 1010
    """,
    )
    landing.build()
    assert landing.of("outcome_change", CHANGE) == {"ann": (4, 0, 28, 100_000, 101_000, 1_000, 1_000)}
