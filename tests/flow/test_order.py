"""In whatever order and however often drops arrive, the later extraction holds: against a plain model in Python."""

import tempfile
from collections import Counter
from collections.abc import Sequence
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from pipeline import config, ledger, publish, scratch, simulate
from pipeline.contract.tables import TABLES
from pipeline.engine.duckdb import open_scratch
from pipeline.flow import publication
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
    MAPPING,
    MARCH,
    NO,
    UNREADABLE,
    Outcome,
    Sent,
    deliveries,
    model,
    write,
)

_SHARE = 12
"""An example takes the better part of a second: the profile's number of them is divided by this."""


_PARTS = 3


def landed(drops: Sequence[Sent], mapping: str = MAPPING) -> Outcome:
    """What the program makes of the drops in the order given, each for itself."""
    with tempfile.TemporaryDirectory() as name:
        chosen = config.load(Path(name) / "warehouse")
        chosen.home.mkdir()
        run = ledger.start_run(chosen.home, "ingest")
        with bench.opened(chosen, create=True) as work:
            for path in write(drops, Path(name), mapping):
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


SNAPSHOTS = {
    JANUARY: {"S1": GOOD[0], "S2": BAD[0], "S3": GOOD[0]},
    FEBRUARY: {"S2": GOOD[1]},
    MARCH: {"S1": GOOD[0], "S2": GOOD[1]},
}


@pytest.mark.parametrize("order", list(permutations(SNAPSHOTS)), ids=lambda days: "-".join(day[5:7] for day in days))
def test_the_latest_snapshot_is_the_whole_truth(order: tuple[str, ...]) -> None:
    """S1 is absent in between and S3, whose person comes last, for good; what was wrong with S2 is past."""
    drops = [Sent(on, sessions=frozenset(SNAPSHOTS[on].items())) for on in order]
    people = Sent(APRIL, frozenset({("P1", YES), ("P2", YES)}))
    sessions = 'files = ["sessions-*.csv"]\n'
    mapping = MAPPING.replace(sessions, sessions + 'mode = "snapshot"\nallow_shrink = true\n')
    first_people = Sent(JANUARY, frozenset({("P1", YES)}))
    held = [(51, GOOD[0], []), (52, GOOD[1], [])]
    assert landed([first_people, *drops, people], mapping) == (held, Counter())


def test_any_split_in_any_order_is_published_alike(tmp_path: Path) -> None:
    made = Path(simulate.simulate(25, 5, tmp_path / "made", sources=1)["drops"][0])
    parts = [_part(made, tmp_path / f"part-{n}", n) for n in range(_PARTS)]
    assert _marts(tmp_path, "whole", [made]) == _marts(tmp_path, "split", parts[::-1])


def _marts(folder: Path, name: str, drops: Sequence[Path]) -> tuple[dict[str, int], str]:
    """Rows by table and the fingerprint of what would be published."""
    chosen = config.load(folder / name, {"NEEDLING_KEY_FILE": str(folder / "shared.key")})
    chosen.home.mkdir()
    run = ledger.start_run(chosen.home, "ingest")
    with bench.opened(chosen, create=True) as work:
        for drop in drops:
            assert not take_in(work, run, [drop], silent).refused
        candidate, _ = publication.assemble(work)
    return publish.measure(candidate, chosen.memory_mb)


def _part(drop: Path, out: Path, number: int) -> Path:
    """Every third row of each file of a drop, from the `number`th on, as a drop of its own."""
    out.mkdir()
    for path in drop.iterdir():
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = lines if path.suffix != ".csv" else [lines[0], *lines[1 + number :: _PARTS]]
        (out / path.name).write_text("".join(kept), encoding="utf-8")
    return out


@settings(max_examples=settings.default.max_examples // _SHARE, suppress_health_check=[HealthCheck.too_slow])
@given(drops=deliveries())
def test_the_later_extraction_holds_whatever_arrives_first(drops: list[Sent]) -> None:
    assert landed(drops) == model(drops)
