"""People who join and leave again: no two releases of a cell, however far apart, differ by a few of them."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest

from pipeline import ledger
from pipeline.config import Settings, load
from pipeline.disclosure import clinic, memory
from pipeline.disclosure.counted import count
from pipeline.disclosure.memory import Released
from pipeline.disclosure.policy import PROFILES, STRICT
from pipeline.disclosure.side_by_side import REST
from tests.disclosure.months import People, people, write_research

VERSIONS = [f"v{i}" for i in range(1, 8)]
LATE = 11

Remember = Callable[[Released], Released]
Told = dict[tuple[str, str, str], dict[str, frozenset[tuple[str, int | None]]]]
"""By clinic, table and cell, in each version that shows it anew: who is in it, with what value."""


def crowd(base: People, version: int) -> People:
    """Three in five are always there; of the others some, with a seed, who come, go, and come again."""
    rng = np.random.default_rng(100)
    stays = rng.random(len(base.frame)) < 0.6
    moods = np.random.default_rng(version % 4)  # every fourth version the same people are there again, but for a few
    there = stays | (moods.random(len(base.frame)) < 0.5)
    late = np.random.default_rng(version).random(len(base.frame)) < 0.02
    return People(base.frame.filter(pl.Series(there ^ late)))


def released(home: Path, remember: Remember) -> Told:
    """All versions after each other, each by what `remember` leaves of the ledger's memory."""
    settings: Settings = load(home, {"NEEDLING_SCRATCH": "/var/tmp", "NEEDLING_MEMORY_MB": "256"})
    home.mkdir()
    ledger.start_run(home, "run")
    told: Told = {}
    base = people(11, {"north": 70, "south": 130}, LATE)
    for place, version in enumerate(VERSIONS):
        folder = home / version
        folder.mkdir()
        write_research(folder, crowd(base, place), LATE)
        news = clinic.write(settings, folder, version, remember(memory.recall(home, VERSIONS[:place])))
        memory.record(home, news, VERSIONS[:place])
        _keep(told, version, news)
    return told


def _keep(told: Told, version: str, news: Released) -> None:
    where = ["clinic_id", "partition", "cell"]
    for row in news.cells.select(where).to_pylist():
        told.setdefault((row["clinic_id"], row["partition"], row["cell"]), {})[version] = frozenset()
    members = pl.DataFrame(pl.from_arrow(news.members)).filter(~pl.col("cell").str.starts_with(REST))
    members = members.group_by(where).agg("pseudonym", "value")
    for who, table, cell, names, values in members.iter_rows():
        told[who, table, cell][version] = frozenset(zip(names, values, strict=True))


def test_who_was_withheld_is_remembered_as_a_group_of_their_own(told: tuple[Path, Told], tmp_path: Path) -> None:
    """Where everybody of an earlier release is now, from spans in SQL, against sets of people: those whom a version
    withheld of a table, and its other cells as they had been told by then."""
    home, cells = told
    write_research(tmp_path, crowd(people(11, {"north": 70, "south": 130}, LATE), 3), LATE)
    remembered = memory.recall(home, VERSIONS)
    with duckdb.connect(str(tmp_path / "research.duckdb")) as con:
        found = {c.clinic: c for c in count(con, remembered)}
        now = con.execute("SELECT clinic_id, partition, pseudonym, cell FROM now WHERE value IS NULL").fetchall()
    place = {(who, table, name): cell for who, table, name, cell in now}
    tables = ("age_band", "diagnosis", "side_effects", "global_24")
    tried = [row for row in remembered.rests.to_pylist() if row["partition"] in tables]
    assert len(tried) > len(tables)
    for row in tried:
        who, table, rest = row["clinic_id"], row["partition"], row["cell"]
        groups = {rest: _rest(remembered, row)}
        for (clinic_id, of, cell), by_version in cells.items():
            if (clinic_id, of) == (who, table) and cell not in rest.removeprefix(REST).split(","):
                groups[cell] = {name for name, _ in by_version[max(v for v in by_version if v <= row["version"])]}
        counted = Counter((group, place.get((who, table, name))) for group, names in groups.items() for name in names)
        inside = {name for names in groups.values() for name in names}
        counted.update(
            (None, cell) for (w, t, name), cell in place.items() if (w, t) == (who, table) and name not in inside
        )
        assert dict(counted) in [one.people for one in found[who].earlier(table, "clinics", PROFILES["acro"])]


def _rest(remembered: Released, row: dict[str, str]) -> set[str]:
    """The people of a table whom one version withheld."""
    return {
        m["pseudonym"]
        for m in remembered.members.to_pylist()
        if all(m[name] == row[name] for name in ("clinic_id", "partition", "cell"))
        and m["version"] <= row["version"] and (m["until"] is None or row["version"] < m["until"])
    }  # fmt: skip


def few(told: Told) -> list[tuple[tuple[str, str, str], str, str]]:
    """Cells and pairs of versions that differ by somebody, and by fewer than the rule asks for."""
    return [
        (at, one, other)
        for at, by_version in told.items()
        for one, other in combinations(by_version, 2)
        if 0 < len({who for who, _ in by_version[one] ^ by_version[other]}) < STRICT.threshold
    ]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Told]:
    home = tmp_path_factory.mktemp("return") / "home"
    return home, released(home, lambda remembered: remembered)


def test_no_two_releases_of_a_cell_differ_by_few(told: tuple[Path, Told]) -> None:
    cells = told[1]
    assert any(len(by_version) > 3 for by_version in cells.values()), "hardly anything was told twice"
    assert few(cells) == []


def test_held_against_the_last_release_alone_some_do(tmp_path: Path) -> None:
    def last_alone(all_of_it: Released) -> Released:
        open_ = all_of_it.members.filter(all_of_it.members["until"].is_null())
        gone = all_of_it.gone.filter(all_of_it.gone["until"].is_null())
        return replace(all_of_it, every=all_of_it.cells.select(all_of_it.every.column_names), members=open_, gone=gone)

    assert few(released(tmp_path / "home", last_alone))


def test_the_differences_are_those_of_the_people(told: tuple[Path, Told], tmp_path: Path) -> None:
    """The guard's counts, from spans in SQL, against sets of people; somebody erased counts as changed."""
    home, cells = told
    write_research(tmp_path, crowd(people(11, {"north": 70, "south": 130}, LATE), 3), LATE)
    remembered = memory.recall(home, VERSIONS)
    with duckdb.connect(str(tmp_path / "research.duckdb")) as con:
        found = {c.clinic: c for c in count(con, remembered)}
        now = con.execute("SELECT clinic_id, partition, cell, pseudonym, value FROM now").fetchall()
    held: dict[tuple[str, str, str], set[tuple[str, int | None]]] = {}
    for who, table, cell, name, value in now:
        held.setdefault((who, table, cell), set()).add((name, value))
    for (who, table, cell), by_version in cells.items():
        seen = found[who].cell(table, cell, "clinics", "clinics", STRICT)
        current = held.get((who, table, cell), set())
        differ = [len({name for name, _ in current ^ members}) for members in by_version.values()]
        assert [people for people, _ in seen.since] == sorted(differ), (who, table, cell)
        last = dict(by_version[max(by_version)])
        steps = sorted((abs((dict(current).get(name) or 0) - (last.get(name) or 0))
                        for name in dict(current).keys() | last.keys()), reverse=True)  # fmt: skip
        assert (seen.change.total, seen.change.first, seen.change.second) == (sum(steps), *[*steps, 0, 0][:2])
