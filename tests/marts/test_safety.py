"""Safety: per session asked. Not asked is not the same as nothing happened."""

from tests.marts.landing_text import Landing


def with_sessions(landing: Landing, *names: str) -> None:
    landing.people("ann")
    for day, name in enumerate(names):
        landing.add_row("sessions", {"who": "ann", "id": name, "performed_day": str(day)})


def test_not_asked_asked_and_none_and_an_effect_are_three_things(landing: Landing) -> None:
    with_sessions(landing, "s0", "s1", "s2")
    landing.add(
        "side_effects",
        """
        who | session | effect
        ann | s1      | none
        ann | s2      | redness
        ann | s2      | swelling
    """,
    )
    landing.build()
    assert landing.query("SELECT session_id, was_asked, effect FROM safety ORDER BY ALL") == [
        (1, False, None), (2, True, "none"), (3, True, "redness"), (3, True, "swelling"),
    ]  # fmt: skip


def test_a_later_effect_goes_before_an_earlier_none(landing: Landing) -> None:
    with_sessions(landing, "s0")
    landing.add(
        "side_effects",
        """
        who | session | effect  | asked_after_hours
        ann | s0      | none    | 1.0
        ann | s0      | redness | 24.0
    """,
    )
    landing.build()
    assert landing.query("SELECT effect FROM safety") == [("redness",)]


def test_several_answers_about_one_effect_become_one_row(landing: Landing) -> None:
    with_sessions(landing, "s0")
    first = {"severity": "3", "ctcae_grade": "1", "onset_hours": "2.0", "still_present_at_hours": "24.0"}
    second = {
        "severity": "1",
        "ctcae_grade": "2",
        "onset_hours": "1.0",
        "resolved_after_hours": "40.0",
        "serious": "true",
    }
    for answer in (first, second):
        landing.add_row("side_effects", {"who": "ann", "session": "s0", "effect": "redness", **answer})
    landing.build()
    wanted = "severity, ctcae_grade, onset_hours, resolved_after_hours, still_present_at_hours"
    found = landing.query(f"SELECT {wanted}, serious, device, setting, needle_length_mm FROM safety")
    assert [tuple(map(str, row)) for row in found] == [
        ("3", "2", "1.0", "40.0", "24.0", "True", "dermaroller", "home", "0.50")
    ]


def test_an_answer_without_a_session_of_the_person_stays_out_but_is_kept(landing: Landing) -> None:
    with_sessions(landing, "s0")
    landing.people("bob")
    landing.add(
        "side_effects",
        """
        who | session | effect
        ann | gone    | redness
        bob | s0      | redness
    """,
    )
    landing.build()
    assert landing.query("SELECT session_id, was_asked FROM safety") == [(1, False)]
    assert landing.query("SELECT session_id, effect FROM side_effects") == [(None, "redness"), (None, "redness")]


def test_what_was_told_unasked_makes_no_session_an_asked_one_and_is_no_answer(landing: Landing) -> None:
    with_sessions(landing, "s0", "s1", "s2")
    landing.add(
        "side_effects",
        """
        who | session | effect    | solicited
        ann | s0      | infection | spontaneous
        ann | s1      | none      | checklist
        ann | s1      | redness   | spontaneous
        ann | s2      | none      | spontaneous
    """,
    )
    landing.build()
    assert landing.query("SELECT session_id, was_asked, effect FROM safety ORDER BY ALL") == [
        (1, False, None), (2, True, "none"), (3, False, None),
    ]  # fmt: skip
    assert landing.query("SELECT effect, n_reports FROM safety_unasked") == [("infection", 1), ("redness", 1)]
    assert landing.query("SELECT n_sessions, n_asked FROM safety_asked WHERE dimension = 'all'") == [(3, 1)]
