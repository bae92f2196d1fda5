"""A year of releases of growing clinics, and what an attacker gets to see of it."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from pipeline import ledger
from pipeline.config import load
from pipeline.disclosure import clinic, memory
from pipeline.disclosure.placed import place_people
from pipeline.disclosure.policy import OWN_CLINIC, STRICT, Policy
from tests.disclosure.attacker import Attacker, Key, Release, ToldMean
from tests.disclosure.months import People, people, write_research

MONTHS = 12
SIZES = {"tiny": 14, "small": 45, "middle": 110, "large": 300}

Counts = dict[Key, int]


@dataclass
class Year:
    """Of one clinic: its releases, the true counts, the means told by what they are means of, and everybody's values
    of that by pseudonym."""

    releases: list[Release] = field(default_factory=list)
    counts: Counts = field(default_factory=dict)
    means: dict[str, list[tuple[frozenset[str], float]]] = field(default_factory=dict)
    values: dict[str, dict[str, float]] = field(default_factory=dict)

    @cached_property
    def attacker(self) -> Attacker:
        """Who knows all of these releases."""
        return Attacker(self.releases)

    def told(self, what: str) -> tuple[list[ToldMean], np.ndarray]:
        """The means of one quantity, and the values they are made of."""
        names = sorted(self.values.get(what, {}))
        place = {name: i for i, name in enumerate(names)}
        told = [
            ToldMean(np.array(sorted(place[n] for n in members)), mean) for members, mean in self.means.get(what, ())
        ]
        return told, np.array([self.values[what][name] for name in names])


@dataclass(frozen=True)
class Month:
    """The folder with research.duckdb as it is in a month, and what is true of it: people by clinic, table and cell,
    and who they are where they have a value."""

    folder: Path
    counts: list[tuple[str, str, str, int]]
    members: list[tuple[str, str, str, list[str], list[float]]]


def laid_out(folder: Path) -> list[Month]:
    """Every month of the year, for as many homes as want to publish it."""
    everybody = _uneven(people(7, SIZES, MONTHS))
    return [_month(folder / f"{month:02d}", everybody, month) for month in range(MONTHS)]


def _month(folder: Path, everybody: People, month: int) -> Month:
    folder.mkdir()
    write_research(folder, everybody, month)
    with duckdb.connect(str(folder / "research.duckdb"), read_only=True) as con:
        place_people(con)
        counts = con.execute("SELECT clinic_id, partition, cell, count(*) FROM now GROUP BY ALL").fetchall()
        members = con.execute(
            "SELECT clinic_id, partition, cell, list(pseudonym), list(value / 1000) FROM now WHERE value IS NOT NULL "
            "GROUP BY ALL"
        ).fetchall()
    return Month(folder, counts, members)


def released(
    home: Path,
    months: Sequence[Month],
    *,
    is_guarded: bool = True,
    policy: Policy = STRICT,
    policies: Mapping[int, Policy] | None = None,
    own: Mapping[int, Set[str]] | None = None,
) -> dict[str, Year]:
    """What every clinic is told in these months. `policies` says from which month on the home follows another profile
    than `policy`, `own` from which on which clinics have figures for their own eyes. Where it is not guarded, small
    counts are suppressed and nothing is remembered."""
    settings = load(home, {"NEEDLING_SCRATCH": "/var/tmp", "NEEDLING_MEMORY_MB": "256"})
    ledger.start_run(home, "run")
    names = [f"2026{place:02d}" for place in range(len(months))]
    found, granted = {name: Year() for name in SIZES}, frozenset[str]()
    for place, (month, version) in enumerate(zip(months, names, strict=True)):
        folder = home / version
        folder.mkdir()
        (folder / "research.duckdb").symlink_to(month.folder / "research.duckdb")
        policy, granted = (policies or {}).get(place, policy), frozenset((own or {}).get(place, granted))
        remembered = memory.recall(home, names[:place]) if is_guarded else memory.NOTHING
        memory.record(home, clinic.write(settings, folder, version, remembered, policy, granted), names[:place])
        _read(folder, place, version, month, found, policy)
    return found


def _uneven(everybody: People) -> People:
    """Prices so unlike each other that one of them can make most of a sum."""
    return People(everybody.frame.with_columns((pl.col("per_month") ** 2.5 / 100).round(2)))


def _read(folder: Path, place: int, version: str, month: Month, found: dict[str, Year], policy: Policy) -> None:
    with duckdb.connect(str(folder / "clinic.duckdb"), read_only=True) as con:
        rows = con.execute(
            "SELECT clinic_id, partition, cell, profile, n_shown, mean FROM clinic_cells WHERE released_in = ?",
            [version],
        ).fetchall()
    rules = {policy.name: policy, OWN_CLINIC.name: OWN_CLINIC}
    for name, year in found.items():
        figures: dict[tuple[str, str], list[tuple[int, Policy]]] = {}
        for who, p, c, profile, n, _ in rows:
            if who == name:
                figures.setdefault((p, c), []).append((n, rules[profile]))
        year.releases.append(Release(figures))
        year.counts.update({(place, p, c): n for who, p, c, n in month.counts if who == name})
        means = {(p, c): mean for who, p, c, _, _, mean in rows if who == name and mean is not None}
        for who, p, c, members, values in month.members:
            if who == name:
                _keep(year, p, frozenset(members), means.get((p, c)), dict(zip(members, values, strict=True)))


def _keep(year: Year, partition: str, members: frozenset[str], mean: float | None, values: dict[str, float]) -> None:
    """Means by stage are of the same values as the mean of everybody."""
    what = partition.replace("case_mix", "density")
    year.values.setdefault(what, {}).update(values)
    if mean is not None:
        year.means.setdefault(what, []).append((members, mean))
