"""In whatever order and however often drops arrive, the later extraction holds: against a plain model in Python."""

import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from pipeline import config, ledger, scratch
from pipeline.contract.tables import TABLES
from pipeline.engine.duckdb import open_scratch
from pipeline.flow.intake import silent, take_in
from pipeline.landing import bench, current
from tests.flow.arrivals import (
    APRIL,
    BAD,
    CLASH,
    ENROLMENTS,
    FEBRUARY,
    GONE,
    GOOD,
    JANUARY,
    MARCH,
    NO,
    UNREADABLE,
    Outcome,
    Sent,
    deliveries,
    model,
    write,
)

_SHARE = 5
"""An example takes about a second: the profile's number of them is divided by this."""


def landed(drops: Sequence[Sent]) -> Outcome:
    """What the program makes of the drops in the order given, each for itself."""
    with tempfile.TemporaryDirectory() as name:
        chosen = config.load(Path(name) / "warehouse")
        chosen.home.mkdir()
        run = ledger.start_run(chosen.home, "ingest")
        with bench.opened(chosen, create=True) as work:
            for path in write(drops, Path(name)):
                intake = take_in(work, run, [path], silent)
                assert not intake.refused
            return _rows(work), _entries(work)


def _rows(work: bench.Bench) -> list[tuple[int, str, list[str]]]:
    with scratch.private_folder(work.settings.scratch) as folder:
        con = open_scratch(work.settings, folder)
        current.attach(con, current.write_views(work))
        found = con.execute(
            "SELECT s.performed_day - p.enrolled_day, CAST(s.needle_length_mm AS VARCHAR), s.flags "
            "FROM landing_sessions s JOIN landing_participants p ON p.participant = s.participant ORDER BY ALL"
        ).fetchall()
        con.close()
    return found


def _entries(work: bench.Bench) -> Counter[tuple[str, tuple[str, ...]]]:
    found: Counter[tuple[str, tuple[str, ...]]] = Counter()
    for table in TABLES.values():
        for (reasons,) in work.con.execute(f"SELECT reasons FROM {work.shelf.opened(table)}").fetchall():
            found[table.name, tuple(sorted(reasons))] += 1
    return found


def one(on: str, said: str, person: str | None = None, session: str = "S1") -> Sent:
    return Sent(on, frozenset({("P1", person)} if person else ()), frozenset({(session, said)}))


YES, LATER, MOVED = ENROLMENTS
MISSED = {
    "an older bad record after a newer one": [one(JANUARY, BAD[0], YES), one(MARCH, BAD[0]), one(FEBRUARY, GOOD[0])],
    "a state confirmed before one in between arrives": [
        one(JANUARY, GOOD[0]),
        one(MARCH, GOOD[0]),
        one(FEBRUARY, GOOD[1]),
        one(APRIL, GOOD[1], YES, "S2"),
    ],
    "an orphan overtakes an older one": [one(FEBRUARY, GOOD[0]), one(JANUARY, BAD[0], YES)],
    "a withdrawal among orphans": [one(MARCH, GOOD[1]), one(JANUARY, GOOD[0]), one(FEBRUARY, GONE, YES)],
    "a broken correction of an orphan": [one(JANUARY, GOOD[0]), one(FEBRUARY, BAD[0]), one(MARCH, GOOD[0], YES, "S2")],
    "a broken correction of an orphan, and nothing after": [
        one(JANUARY, GOOD[0]),
        one(FEBRUARY, BAD[0]),
        Sent(MARCH, frozenset({("P1", YES)})),
    ],
    "two bad records, the newer first": [one(FEBRUARY, BAD[0], YES), one(JANUARY, BAD[1])],
    "orphans that contradict each other": [one(JANUARY, CLASH), Sent(FEBRUARY, frozenset({("P1", YES)}))],
    "a person who cannot be read, then can, and moves": [
        one(FEBRUARY, GOOD[0], UNREADABLE),
        one(JANUARY, BAD[1], YES),
        one(MARCH, GOOD[0], MOVED),
    ],
    "no consent, then an older yes": [one(FEBRUARY, GOOD[0], NO), one(JANUARY, GOOD[1], LATER)],
}


@pytest.mark.parametrize("name", MISSED)
def test_what_once_depended_on_the_order_does_not(name: str) -> None:
    drops = MISSED[name]
    assert landed(drops) == model(drops)


@settings(max_examples=settings.default.max_examples // _SHARE, suppress_health_check=[HealthCheck.too_slow])
@given(drops=deliveries())
def test_the_later_extraction_holds_whatever_arrives_first(drops: list[Sent]) -> None:
    assert landed(drops) == model(drops)
