"""Retention: not yet due is not dropped out, and a skipped visit is not a departure."""

from tests.marts.landing_text import Landing

AT_24 = "visit_week = 24"
STATE = "is_due, is_seen, stopped_reporting"


def test_a_visit_is_due_once_its_window_has_closed(landing: Landing) -> None:
    landing.people("ann", observed_until_day="195")
    landing.people("bob", observed_until_day="196")
    landing.add(
        "sessions",
        """
        who | performed_day
        ann | 0
        bob | 0
    """,
    )
    landing.build()
    assert landing.of("retention", STATE, AT_24) == {"ann": (False, False, None), "bob": (True, False, True)}


def test_seen_is_any_outcome_within_the_window_of_the_visit(landing: Landing) -> None:
    landing.people("ann", "bob", "cat", "dan")
    landing.add(
        "outcomes",
        """
        who | assessed_day | value
        ann | 140          | 1000
        bob | 139          | 1000
        cat | 197          | 1000
        dan | 10           | 1000
        dan | 300          | 1000
    """,
    )
    landing.build()
    assert landing.of("retention", f"{STATE}, last_report_day", AT_24) == {
        "ann": (True, True, False, 140),
        "bob": (True, False, True, 139),
        "cat": (True, False, False, 197),
        "dan": (True, False, False, 300),
    }


def test_stopped_needling_is_no_session_from_the_opening_of_the_window_on(landing: Landing) -> None:
    landing.people("ann", "bob", "cat", "dan", "eve")
    landing.add(
        "sessions",
        """
        who | performed_day
        ann | 0
        ann | 139
        bob | 0
        bob | 140
    """,
    )
    landing.add(
        "courses",
        """
        who | started_day | ended_day
        cat | 0           | 100
        dan | 0           |
    """,
    )
    landing.build()
    assert landing.of("retention", "stopped_needling, last_session_day", AT_24) == {
        "ann": (True, 139), "bob": (False, 140), "cat": (True, None), "dan": (None, None), "eve": (None, None),
    }  # fmt: skip


def test_the_reason_is_the_last_event_up_to_the_visit_of_somebody_who_stopped(landing: Landing) -> None:
    landing.people("ann", "bob")
    landing.add(
        "sessions",
        """
        who | performed_day
        ann | 0
        bob | 0
        bob | 150
    """,
    )
    landing.add(
        "outcomes",
        """
        who | assessed_day | value
        bob | 168          | 1000
    """,
    )
    landing.add(
        "events",
        """
        who | occurred_day | event
        ann | 80           | course_completed
        ann | 120          | lost
        ann | 300          | died
        bob | 120          | shaved_or_dyed
    """,
    )
    landing.build()
    assert landing.of("retention", "reason", AT_24) == {"ann": "lost", "bob": None}
    assert landing.of("retention", "reason", "visit_week = 12")["ann"] == "course_completed"


def test_without_a_date_of_extraction_only_later_records_show_that_a_visit_was_due(landing: Landing) -> None:
    for who in ("ann", "bob"):
        landing.add_row("participants", {"who": who, "id": who, "observed_until_day": None})
    landing.add(
        "outcomes",
        """
        who | assessed_day | value
        ann | 200          | 1000
        bob | 150          | 1000
    """,
    )
    landing.build()
    assert landing.of("retention", "is_due", AT_24) == {"ann": True, "bob": None}
