"""Adjuncts: what is known about the day of time zero. Silence is no answer, and an interval is not a day."""

from tests.marts.landing_text import Landing

AT_28 = "landmark_days = 28"


def test_no_row_is_not_none(landing: Landing) -> None:
    landing.people("ann", "bob", "cat")
    landing.add(
        "treatments",
        """
        who | treatment            | asked_day | started_from_day | started_to_day
        bob | none                 | 0         |                  |
        cat | ketoconazole_shampoo |           | -10              | -10
    """,
    )
    landing.build()
    assert landing.of("exposure", "adjuncts_asked, adjuncts_at_zero, adjunct", AT_28) == {
        "ann": (False, None, None),
        "bob": (True, [], "none"),
        "cat": (True, ["ketoconazole_shampoo"], "ketoconazole_shampoo"),
    }


def test_an_answer_counts_from_90_days_before_time_zero_to_the_landmark(landing: Landing) -> None:
    landing.people("ann", "bob", "cat", "dan")
    landing.add(
        "treatments",
        """
        who | treatment | asked_day
        ann | none      | -90
        bob | none      | -91
        cat | none      | 28
        dan | none      | 29
    """,
    )
    landing.build()
    assert landing.of("exposure", "adjunct", AT_28) == {"ann": "none", "bob": None, "cat": "none", "dan": None}
    assert landing.of("exposure", "adjunct", "landmark_days = 56")["dan"] == "none"


def test_several_adjuncts_are_listed_in_order(landing: Landing) -> None:
    landing.people("ann")
    landing.add(
        "treatments",
        """
        who | treatment         | started_from_day | started_to_day
        ann | minoxidil_topical | -5               | -5
        ann | dutasteride       | 0                | 0
    """,
    )
    landing.build()
    assert landing.of("exposure", "adjuncts_at_zero, adjunct", AT_28) == {
        "ann": (["dutasteride", "minoxidil_topical"], "several")
    }


def test_starting_and_stopping_around_time_zero(landing: Landing) -> None:
    landing.people("ann", "bob", "cat", "dan")
    landing.add(
        "treatments",
        """
        who | treatment         | started_from_day | started_to_day | stopped_from_day | stopped_to_day | ongoing
        ann | minoxidil_topical | -100             | -100           | -1               | -1             |
        bob | minoxidil_topical | -100             | -100           | 0                | 0              |
        cat | minoxidil_topical | 1                | 1              |                  |                | true
        dan | minoxidil_topical | -100             | -100           |                  |                | false
    """,
    )
    landing.build()
    assert landing.of("exposure", "adjunct, adjuncts_started_later", AT_28) == {
        "ann": ("none", []),
        "bob": ("minoxidil_topical", []),
        "cat": ("none", ["minoxidil_topical"]),
        "dan": (None, []),
    }


def test_an_interval_that_cannot_settle_time_zero_gives_no_arm(landing: Landing) -> None:
    landing.people("ann", "bob", "cat")
    landing.add(
        "treatments",
        """
        who | treatment         | started_from_day | started_to_day | stopped_from_day | stopped_to_day
        ann | minoxidil_topical | -20              | 10             |                  |
        bob | minoxidil_topical | -400             | -36            |                  |
        cat | minoxidil_topical | -400             | -370           | -15              | 15
    """,
    )
    landing.build()
    assert landing.of("exposure", "adjuncts_asked, adjuncts_at_zero, adjunct", AT_28) == {
        "ann": (True, [], None),
        "bob": (True, ["minoxidil_topical"], "minoxidil_topical"),
        "cat": (True, [], None),
    }


def test_over_six_months_is_182_days_and_an_interval_across_it_is_in_neither_list(landing: Landing) -> None:
    landing.people("ann", "bob", "cat", "dan")
    landing.add(
        "treatments",
        """
        who | treatment         | started_from_day | started_to_day | stopped_from_day | stopped_to_day
        ann | minoxidil_topical | -182             | -182           |                  |
        bob | minoxidil_topical | -181             | -181           |                  |
        cat | minoxidil_topical | -400             | -36            |                  |
        dan | minoxidil_topical | -700             | -700           | -30              | -30
        dan | minoxidil_topical | -30              | -30            |                  |
    """,
    )
    landing.build()
    assert landing.of("exposure", "adjuncts_over_6_months, adjuncts_under_6_months", AT_28) == {
        "ann": (["minoxidil_topical"], []),
        "bob": ([], ["minoxidil_topical"]),
        "cat": ([], []),
        "dan": (["minoxidil_topical"], []),
    }


def test_adjuncts_count_from_time_zero_not_from_enrolment(landing: Landing) -> None:
    landing.people("ann")
    landing.add(
        "sessions",
        """
        who | performed_day
        ann | 40
    """,
    )
    landing.add(
        "treatments",
        """
        who | treatment | started_from_day | started_to_day
        ann | prp       | 30               | 30
    """,
    )
    landing.build()
    assert landing.of("exposure", "adjunct, adjuncts_started_later", AT_28) == {"ann": ("prp", [])}
