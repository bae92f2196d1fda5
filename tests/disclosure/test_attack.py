"""Twelve months of releases in the hands of an attacker: no small group of people is to be worked out."""

from pathlib import Path

import duckdb
import numpy as np
import pytest

from pipeline import ledger
from pipeline.config import load
from pipeline.disclosure import clinic, memory
from pipeline.disclosure.policy import STRICT
from tests.disclosure.attacker import FIXED, Attacker, Key, Release
from tests.disclosure.months import people, write_research

MONTHS = 12
SIZES = {"tiny": 14, "small": 45, "middle": 110, "large": 300}
TARGETS = 40
"""Small groups that are attacked in each clinic, drawn by a seed: two linear programmes each."""

Counts = dict[Key, int]
Year = dict[str, tuple[list[Release], Counts]]


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Year:
    return released(tmp_path_factory.mktemp("home"), is_guarded=True)


@pytest.fixture(scope="module")
def careless_year(tmp_path_factory: pytest.TempPathFactory) -> Year:
    """The same months by somebody who suppresses small counts and remembers nothing."""
    return released(tmp_path_factory.mktemp("home"), is_guarded=False)


def released(home: Path, *, is_guarded: bool) -> Year:
    """Per clinic its twelve releases, and what was true."""
    settings = load(home, {"NEEDLING_SCRATCH": "/var/tmp", "NEEDLING_MEMORY_MB": "256"})
    ledger.start_run(home, "run")
    everybody, names = people(7, SIZES, MONTHS), [f"2026{m:02d}" for m in range(MONTHS)]
    found: Year = {name: ([], {}) for name in SIZES}
    for month, version in enumerate(names):
        folder = home / version
        folder.mkdir()
        write_research(folder, everybody, month)
        remembered = memory.recall(home, names[:month]) if is_guarded else memory.NOTHING
        memory.record(home, clinic.write(settings, folder, version, remembered), names[:month])
        _read(folder, month, version, found)
    return found


def _read(folder: Path, month: int, version: str, found: Year) -> None:
    with duckdb.connect(str(folder / "clinic.duckdb"), read_only=True) as con:
        rows = con.execute("SELECT clinic_id, partition, cell, n_shown, released_in FROM clinic_cells").fetchall()
    with duckdb.connect(str(folder / "research.duckdb"), read_only=True) as con:
        clinic._people(con)
        true = con.execute("SELECT clinic_id, partition, cell, count(*) FROM now GROUP BY ALL").fetchall()
    for name, (releases, counts) in found.items():
        releases.append(Release({(p, c): (n, at == version) for who, p, c, n, at in rows if who == name}))
        counts.update({(month, p, c): n for who, p, c, n in true if who == name})


def small_groups(counts: Counts, rng: np.random.Generator) -> list[dict[Key, float]]:
    """Cells of 1 to 10 people, and growths of 1 to 10 from one month to the next; some of each."""
    cells: list[dict[Key, float]] = [{key: 1.0} for key, n in counts.items() if n <= STRICT.suppress_up_to]
    growths: list[dict[Key, float]] = [
        {(m, p, c): 1.0, (m - 1, p, c): -1.0}
        for (m, p, c), n in counts.items()
        if p in FIXED and m and 0 < n - counts.get((m - 1, p, c), 0) <= STRICT.suppress_up_to
    ]
    chosen = [rng.permutation(len(kind))[: TARGETS // 2] for kind in (cells, growths)]
    return [kind[i] for kind, places in zip((cells, growths), chosen, strict=True) for i in places]


def worked_out(name: str, year: Year) -> list[dict[Key, float]]:
    """The small groups of a clinic that are shown to be small, or known to a person or two."""
    releases, counts = year[name]
    attacker, found = Attacker(releases, STRICT), []
    for weights in small_groups(counts, np.random.default_rng(3)):
        low, high = attacker.limits(weights)
        truth = sum(weight * counts.get(key, 0) for key, weight in weights.items())
        assert low - 1e-6 <= truth <= high + 1e-6, "the attacker knows something that is not so"
        is_small = low > 0.5 and high < STRICT.suppress_up_to + 0.5
        if is_small or high - low < 1.5:
            found.append(weights)
    return found


@pytest.mark.parametrize("name", SIZES)
def test_no_group_of_ten_or_fewer_can_be_worked_out(name: str, year: Year) -> None:
    assert worked_out(name, year) == []


def test_without_a_memory_the_same_attacker_finds_them(careless_year: Year) -> None:
    """Suppression alone does not hold over months; if the attacker found nothing here, it would prove nothing there."""
    assert worked_out("large", careless_year)
