"""Drops of a few people over a few extractions, and a plain model of what must come of them, in Python.

The model reads the extractions by their date, people before sessions, and knows nothing of arrival.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from hypothesis import strategies as st

EXTRACTIONS = ("2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30")
JANUARY, FEBRUARY, MARCH, APRIL = EXTRACTIONS
PERSON = {"S1": "P1", "S2": "P1", "S3": "P2"}
DAY = {session: date(2025, 3, 2) + timedelta(days=n) for n, session in enumerate(PERSON)}

GOOD, BAD = ("0.50", "1.00"), ("9.00", "8.00")
"""Needle lengths that are admitted, and such as are in no session."""

GONE, CLASH = "withdrawn", "said twice"
"""The record is taken back; it stands in the file twice, each time otherwise."""

ENROLMENTS = ("2025-01-10", "2025-01-03", "2025-02-20")
NO, UNREADABLE = "no consent", "no age"
"""What an extraction may say of a person in place of an enrolment."""

Facts = frozenset[tuple[str, str]]
Entry = tuple[str, tuple[str, ...]]
Outcome = tuple[list[tuple[int, str, list[str]]], Counter[Entry]]

_PEOPLE = "participant_id,enrolled_on,age_years,sex,diagnosis,consent\n"
_SESSIONS = "session_id,participant_id,performed_on,device,needle_length_mm,setting,withdrawn\n"
MAPPING = '[tables.participants]\nfiles = ["people-*.csv"]\n[tables.sessions]\nfiles = ["sessions-*.csv"]\n'
"""Every delivery has names of its own: one that comes again under its name may answer for the former."""


@dataclass(frozen=True)
class Sent:
    """One drop: its extraction, and what it says of each person or session, as (id, said)."""

    on: str
    people: Facts = frozenset()
    sessions: Facts = frozenset()

    def files(self, number: int) -> dict[str, str]:
        """The drop's files, a table of which nothing is said left out."""
        people = "".join(_person(who, said) for who, said in sorted(self.people))
        rows = "".join(_session(which, said) for which, said in sorted(self.sessions))
        found = {f"people-{number}.csv": _PEOPLE + people} if people else {}
        return {**found, f"sessions-{number}.csv": _SESSIONS + rows} if rows or not people else found


def _person(who: str, said: str) -> str:
    enrolled = said if said in ENROLMENTS else ENROLMENTS[0]
    age = "" if said == UNREADABLE else "34"
    return f"{who},{enrolled},{age},male,unknown,{'no' if said == NO else 'yes'}\n"


def _session(which: str, said: str) -> str:
    if said == CLASH:
        return _session(which, GOOD[0]) + _session(which, GOOD[1])
    depth = "" if said == GONE else said
    return f"{which},{PERSON[which]},{DAY[which]},dermaroller,{depth},home,{said == GONE}\n"


def model(drops: Iterable[Sent]) -> Outcome:
    """(the sessions that hold: day, needle length, flags; the entries that stay open: table and reasons)."""
    sent = list(drops)
    people = {who: _by_date((d.on, said) for d in sent for p, said in d.people if p == who) for who in ("P1", "P2")}
    rows, entries = [], Counter[Entry]()
    for said in people.values():
        if NO not in said and said and said[-1] == UNREADABLE:
            entries["participants", ("missing_required",)] += 1
    for session, who in PERSON.items():
        if NO in people[who]:
            continue
        enrolled = [said for said in people[who] if said != UNREADABLE]
        said = _by_date((d.on, what) for d in sent for s, what in d.sessions if s == session)
        good = [what for what in said if what in (*GOOD, GONE)]
        pending = said[-1] if said and said[-1] in (*BAD, CLASH) else None
        if pending:
            entries["sessions", _reasons(pending, is_known=bool(enrolled))] += 2 if pending == CLASH else 1
        if good and not enrolled:
            entries["sessions", ("unknown_participant",)] += 1
        elif good and good[-1] != GONE:
            day = (DAY[session] - date.fromisoformat(enrolled[-1])).days
            rows.append((day, good[-1], ["correction_pending"] if pending else []))
    return sorted(rows), entries


def _by_date(facts: Iterable[tuple[str, str]]) -> list[str]:
    return [said for _, said in sorted(set(facts))]


def _reasons(pending: str, *, is_known: bool) -> tuple[str, ...]:
    if pending == CLASH:
        return ("duplicate_id",)
    return ("out_of_range",) if is_known else ("out_of_range", "unknown_participant")


@st.composite
def deliveries(draw: st.DrawFn) -> list[Sent]:
    """A few extractions, each split over some drops, with repeats, in any order.

    Consent that is taken back is not given again: of whoever does not consent nothing is stored from which a later
    yes could bring it back, so there the order of arrival does count.
    """
    on, part = st.sampled_from(EXTRACTIONS), st.integers(0, 1)
    what = st.sampled_from([*GOOD, *BAD, GONE, CLASH])
    sessions = draw(st.dictionaries(st.tuples(on, st.sampled_from(sorted(PERSON))), what, max_size=8))
    who = st.tuples(on, st.sampled_from(["P1", "P2"]))
    people = draw(st.dictionaries(who, st.sampled_from([*ENROLMENTS, *ENROLMENTS, UNREADABLE, NO]), max_size=4))
    parts: dict[tuple[str, int], tuple[set[tuple[str, str]], set[tuple[str, str]]]] = {}
    for (day, person), said in people.items():
        if NO not in [people.get((before, person)) for before in EXTRACTIONS if before < day]:
            parts.setdefault((day, draw(part)), (set(), set()))[0].add((person, said))
    for (day, session), said in sessions.items():
        parts.setdefault((day, draw(part)), (set(), set()))[1].add((session, said))
    drops = [Sent(day, frozenset(p), frozenset(s)) for (day, _), (p, s) in sorted(parts.items())]
    again = draw(st.lists(st.sampled_from(drops), max_size=2)) if drops else []
    return draw(st.permutations(drops + again))


def write(drops: Sequence[Sent], folder: Path, mapping: str = MAPPING) -> list[Path]:
    """The drops as folders, in the order given."""
    paths = []
    for number, drop in enumerate(drops):
        path = folder / f"drop-{number}"
        path.mkdir()
        head = f'[source]\nid = "north"\nsimulated = true\nformat = "csv"\nextracted_on = "{drop.on}"\n'
        (path / "source.toml").write_text(head + mapping, encoding="utf-8")
        for name, content in drop.files(number).items():
            (path / name).write_text(content, encoding="utf-8")
        paths.append(path)
    return paths
