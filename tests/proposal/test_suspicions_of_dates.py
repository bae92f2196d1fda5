"""Guesses about days: another pattern, day and month turned, numbers of a spreadsheet, days for dates."""

from tests.proposal.conftest import Desk
from tests.proposal.guessed import HEAD, PEOPLE, SESSION, guesses, one, sessions


def test_dates_of_another_pattern(desk: Desk) -> None:
    guess = one(desk, sessions("{p},{d}.02.2025,dermaroller,0.5,home"), "date_pattern")
    assert guess["setting"] == 'dates = "%d.%m.%Y"'
    assert "8 of 8 dates of performed_on are written as %d.%m.%Y, 0 as ISO 8601" in guess["sentence"]


def test_dates_that_could_be_read_both_ways_are_never_quoted(desk: Desk) -> None:
    rows = "".join(f"P{i},0{i + 1}/0{9 - i}/2025,dermaroller,0.5,home\n" for i in range(8))
    guess = one(desk, rows, "date_order")
    assert guess["setting"] == 'dates = "%d/%m/%Y" or dates = "%m/%d/%Y"'
    assert "could be read both ways" in guess["sentence"]
    assert "/2025" not in guess["sentence"]


def test_some_dates_tell_which_way_the_others_are_read(desk: Desk) -> None:
    rows = sessions("{p},{d}/03/2025,dermaroller,0.5,home")
    guess = one(desk, rows, "date_pattern")
    assert guess["setting"] == 'dates = "%d/%m/%Y"'
    assert "3 of them could be read both ways" in guess["sentence"]


def test_a_pattern_that_turns_day_and_month(desk: Desk) -> None:
    people = PEOPLE.replace("2025-01-", "01/").replace(",34", "/2025,34")
    toml = HEAD + 'dates = "%m/%d/%Y"\n'
    guess = one(desk, sessions("{p},{d}/03/2025,dermaroller,0.5,home"), "date_order", toml=toml, people=people)
    assert guess["setting"] == 'dates = "%d/%m/%Y"'
    assert "only if day and month are turned" in guess["sentence"]


def test_a_pattern_that_nothing_confirms(desk: Desk) -> None:
    people = PEOPLE.replace("2025-01-1", "25/01/201")
    rows = "".join(f"P{i},0{i + 1}/0{9 - i}/2025,dermaroller,0.5,home\n" for i in range(8))
    guess = one(desk, rows, "date_order", toml=HEAD + 'dates = "%d/%m/%Y"\n', people=people)
    assert guess["sentence"].startswith("all ")
    assert "takes the first figure for the day: is that meant?" in guess["sentence"]


def test_a_pattern_of_the_senders_own_is_counted_too(desk: Desk) -> None:
    people = PEOPLE.replace("2025-01-", "Day ").replace(",34", " of 01 in 2025,34")
    rows = sessions("{p},Day {d} of 02 in 2025,dermaroller,0.5,home")
    toml = HEAD + 'dates = "Day %d of %m in %Y"\n'
    assert guesses(desk, {"participants.csv": people, "sessions.csv": SESSION + rows}, toml) == []


def test_the_day_numbers_of_a_spreadsheet(desk: Desk) -> None:
    guess = one(desk, sessions("{p},457{d},dermaroller,0.5,home"), "date_serial")
    assert guess["setting"] is None
    assert "format the column as a date" in guess["sentence"]


def test_days_in_place_of_dates_and_dates_in_place_of_days(desk: Desk) -> None:
    guess = one(desk, sessions("{p},{d},dermaroller,0.5,home"), "day_or_date")
    assert guess["setting"] == 'columns = { "performed_on" = "performed_day" }'
    guess = one(desk, sessions("{p},2025-02-{d},dermaroller,0.5,home"), "day_or_date",
                head=SESSION.replace("performed_on", "performed_day"))  # fmt: skip
    assert guess["setting"] == 'columns = { "performed_day" = "performed_on" }'
