"""Overview: what is in these data, how far people were followed, whether the checks passed, and what changed."""

from functools import partial

from dashboard.components import downloads, frame, prose
from dashboard.components.chart import chart
from dashboard.components.empty import empty
from dashboard.components.frame import Reading
from dashboard.figures import follow_up as figures
from dashboard.keys import Figure
from dashboard.queries.overview import Before, earlier, overview
from dashboard.words import overview_words as words
from pipeline.contract.overview import Overview


@frame.page
def show(reading: Reading) -> None:
    """Draw the page."""
    found, before = overview(*reading.at), earlier(*reading.at)
    frame.head(reading, words.TITLE, words.answer(found, reading.about))
    _followed(reading, found)
    _gate(reading)
    _contents(reading, found, before)
    _senders(reading, found)


def _followed(reading: Reading, found: Overview) -> None:
    frame.section("How far were people followed?")
    if not any(visit.n_due for visit in found.follow_up):
        empty("no_data", words.NOT_DUE)
        return
    alt = "People seen, due and not seen, and not due yet, at each visit; the table has the numbers."
    rows = partial(words.visits_rows, found.follow_up)
    chart(partial(figures.follow_up, found.follow_up), Figure.FOLLOW_UP, alt, rows, reading.certificate())
    prose.table(words.follow_up(found.follow_up))
    prose.note(words.FOLLOW_UP_NOTE)


def _gate(reading: Reading) -> None:
    frame.section("Did the data pass their checks?")
    prose.say(words.gate(reading.about["gate"]))
    if reading.about["gate"]["failed"]:
        prose.table(words.warnings(reading.about["gate"]))
        prose.note(words.WARNINGS_NOTE)


def _contents(reading: Reading, found: Overview, before: Before | None) -> None:
    frame.section("What changed since the version before?")
    if before is None:
        empty("no_data", words.NO_EARLIER)
        prose.table(words.changes(found, None))
        return
    is_same = reading.about["fingerprint"] == before.fingerprint
    prose.say(words.changed(before.version, found, before.held, is_same=is_same))
    prose.table(words.changes(found, before.held))
    certificate = reading.certificate(compared_with=before.version)
    downloads.data_buttons("changes", partial(words.changes_rows, found, before.held), certificate)


def _senders(reading: Reading, found: Overview) -> None:
    frame.section("Who sent them, and when did people enrol?")
    if found.quarters:
        alt = "People by the calendar quarter in which they enrolled, oldest at the left."
        rows = partial(words.quarters_rows, found)
        chart(partial(figures.enrolment, found.quarters), Figure.ENROLMENT, alt, rows, reading.certificate())
    prose.table(words.senders(found))
    downloads.data_buttons("senders", partial(words.senders_rows, found), reading.certificate())
