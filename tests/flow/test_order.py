"""In whatever order and however often drops arrive, the later extraction holds: against a plain model in Python."""

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipeline.landing import overview
from tests.landing.conftest import Home

EXTRACTIONS = ("2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30")
ENROLMENTS = ("2025-01-10", "2025-01-03", "2025-02-20")
DAY = {f"S{n}": date(2025, 3, 1) + timedelta(days=n) for n in range(1, 5)}
PEOPLE_HEAD = "participant_id,enrolled_on,age_years,sex,diagnosis,consent\n"
SESSIONS_HEAD = "session_id,participant_id,performed_on,device,needle_length_mm,setting,withdrawn\n"
MAPPING = '[tables.participants]\nfiles = ["participants.csv"]\n[tables.sessions]\nfiles = ["sessions-*.csv"]\n'
"""Every delivery has a name of its own: one that comes again under its name may answer for the former."""

BAD = "9.00"
"""A needle that no session is admitted with."""

GONE = "withdrawn"


@dataclass(frozen=True)
class Said:
    """What one extraction says of one session: its needle length, BAD, or GONE."""

    session: str
    on: str
    what: str


@dataclass(frozen=True)
class Sent:
    """One drop: the extraction, the enrolment it gives for the person or None, the sessions."""

    on: str
    enrolled: str | None
    sessions: tuple[Said, ...]


Rows = list[tuple[int, str, list[str]]]


def model(drops: Iterable[Sent]) -> tuple[Rows, int]:
    """The sessions that hold in the end, and how many entries stay open: extractions simply read by their date."""
    facts = sorted({said for drop in drops for said in drop.sessions}, key=lambda said: said.on)
    enrolled = max((drop.on, drop.enrolled) for drop in drops if drop.enrolled)[1]
    depths: dict[str, str] = {}
    pending: set[str] = set()
    for said in facts:
        pending.discard(said.session)
        if said.what == BAD:
            pending.add(said.session)
        else:
            depths[said.session] = said.what
    first = date.fromisoformat(enrolled)
    rows = [
        ((DAY[s] - first).days, depth, ["correction_pending"] if s in pending else [])
        for s, depth in sorted(depths.items())
        if depth != GONE
    ]
    return rows, len(pending)


def files(drop: Sent, number: int) -> dict[str, str]:
    rows = "".join(
        f"{s.session},P1,{DAY[s.session]},dermaroller,{'' if s.what == GONE else s.what},home,{s.what == GONE}\n"
        for s in drop.sessions
    )
    people = {"participants.csv": f"{PEOPLE_HEAD}P1,{drop.enrolled},34,male,unknown,yes\n"} if drop.enrolled else {}
    return {**people, f"sessions-{number}.csv": SESSIONS_HEAD + rows}


def landed(drops: Sequence[Sent]) -> tuple[Rows, int]:
    """What the program makes of the drops in the order given."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        for number, drop in enumerate(drops):
            home.send(files(drop, number), on=drop.on, extra=MAPPING)
        _, n_open = overview.entries(home.settings, None, 100)
        return home.rows("sessions", "day, CAST(needle_length_mm AS VARCHAR), flags", "day"), n_open


@st.composite
def deliveries(draw: st.DrawFn) -> list[Sent]:
    """A few extractions, each split over some drops, with repeats, in any order; somewhere the person."""
    says = st.sampled_from(["0.50", "1.00", BAD, GONE])
    facts = draw(
        st.dictionaries(st.tuples(st.sampled_from(sorted(DAY)), st.sampled_from(EXTRACTIONS)), says, max_size=8)
    )
    enrolments = draw(
        st.dictionaries(st.sampled_from(EXTRACTIONS), st.sampled_from(ENROLMENTS), min_size=1, max_size=2)
    )
    parts: dict[tuple[str, int], list[Said]] = {(on, 0): [] for on in enrolments}
    for (session, on), what in facts.items():
        parts.setdefault((on, draw(st.integers(0, 1))), []).append(Said(session, on, what))
    drops = [
        Sent(on, enrolments.get(on) if part == 0 else None, tuple(said)) for (on, part), said in sorted(parts.items())
    ]
    again = draw(st.lists(st.sampled_from(drops), max_size=2))
    return draw(st.permutations(drops + again))


def one(on: str, what: str, enrolled: str | None = None, session: str = "S1") -> Sent:
    return Sent(on, enrolled, (Said(session, on, what),))


JANUARY, FEBRUARY, MARCH, APRIL = EXTRACTIONS


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@example([one(JANUARY, BAD, "2025-01-10"), one(MARCH, BAD), one(FEBRUARY, "0.50")])
@example([one(JANUARY, "0.50"), one(MARCH, "0.50"), one(FEBRUARY, "1.00"), one(APRIL, "1.00", "2025-01-10", "S2")])
@example([one(FEBRUARY, "0.50"), one(JANUARY, BAD, "2025-01-10")])
@example([one(MARCH, "1.00"), one(JANUARY, "0.50"), one(FEBRUARY, GONE, "2025-01-10")])
@given(drops=deliveries())
def test_the_later_extraction_holds_whatever_arrives_first(drops: list[Sent]) -> None:
    assert landed(drops) == model(drops)
