"""The marts of many sessions against one grouped scan of their Parquet, and the gate against the ingest."""

import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from benchmarks import delivery, floors, measuring

MOST_TIMES_THE_SCAN = 3.0
MOST_TIMES_THE_INGEST = 1.0
FEWEST_RULES = 30
_ROWS_OF_ALL = 0.9
"""A table with nine tenths of the sessions or more is one of full length: 2.6% of them were not admitted."""


def scanned(kind: str, home: Path, folder: Path) -> measuring.Reading:
    """One scan of what landing holds, timed without the start of the interpreter."""
    files = str(home / "landing" / "sessions" / "bench" / "*-rows-*.parquet")
    out = str(folder / "floor")
    return _inner(measuring.run_alone([measuring.PYTHON, "-m", "benchmarks.floors", kind, files, out]))


def staged(home: Path, *flags: str) -> measuring.Reading:
    return measuring.run_alone([measuring.PYTHON, "-m", "benchmarks.stages", str(home), *flags])


def _inner(reading: measuring.Reading, stage: str | None = None) -> measuring.Reading:
    """The same run by the clock that it kept itself, of one stage where it had several."""
    told = json.loads(reading.output)
    spent = told[stage] if stage else told
    return replace(reading, seconds=spent["seconds"], cpu_seconds=spent["cpu_seconds"])


def by_table(reading: measuring.Reading) -> dict[str, float]:
    """Processor seconds of each table of one run, working tables too, the longest first."""
    spent = {table: round(clock["cpu_seconds"], 3) for table, clock in json.loads(reading.output)["tables"].items()}
    return dict(sorted(spent.items(), key=lambda item: -item[1]))


def gate_facts(reading: measuring.Reading, sessions: int) -> dict[str, Any]:
    """How many rules looked at tables as long as the delivery."""
    told = json.loads(reading.output)
    long = {table: n for table, n in told["rows"].items() if n >= _ROWS_OF_ALL * sessions}
    n_rules = sum(told["rules"][table] for table in long)
    return {
        "tables_of_full_length": long,
        "rules_on_them": n_rules,
        "rules_in_all": sum(told["rules"].values()),
        "fewest_rules": FEWEST_RULES,
        "is_number_met": n_rules >= FEWEST_RULES,
        "failed": told["failed"],
    }


def write_marts(
    into: Path,
    facts: dict[str, Any],
    before: float,
    floor: dict[str, list[measuring.Reading]],
    built: list[measuring.Reading],
) -> None:
    sides = {kind: measuring.summary(floors.WHAT[kind], readings) for kind, readings in floor.items()}

    def part(name: str, what: str) -> dict[str, Any]:
        return measuring.summary(what, [_inner(reading, name) for reading in built])

    every = part(
        "marts", "all tables of a version: sessions with their numbers, exposure at three landmarks, safety..."
    )
    computed = part("computed", "the same without the sessions once more: person-days, habits, exposure, safety...")
    copied = part("sessions", "the sessions with their numbers, person by person, words as codes")
    measuring.write(
        into,
        "marts",
        measuring.command_line(),
        before,
        {
            **facts,
            "cpu_seconds_by_table": by_table(built[-1]),
            "figures": {
                "against a scan per person": measuring.compared(sides["grouped"], every, MOST_TIMES_THE_SCAN),
                "against a scan per person and day": measuring.compared(sides["person-days"], every, None),
                "what is computed, against a scan per person": measuring.compared(sides["grouped"], computed, None),
                "what is computed, against a scan per person and day": measuring.compared(
                    sides["person-days"], computed, None
                ),
                "the sessions once more, against their copy": measuring.compared(sides["copied"], copied, None),
            },
        },
    )


def write_gate(into: Path, facts: dict[str, Any], before: float, sides: Sequence[list[measuring.Reading]]) -> None:
    ingests, gates = sides
    figure = measuring.compared(
        measuring.summary("needling ingest of the same sessions as CSV", ingests),
        measuring.summary("every expectation over landing and candidate", [_inner(r, "gate") for r in gates]),
        MOST_TIMES_THE_INGEST,
    )
    rules = gate_facts(gates[-1], facts["sessions"])
    measuring.write(
        into, "gate", measuring.command_line(), before, {**facts, **rules, "figures": {"against the ingest": figure}}
    )


@click.command()
@click.option("--sessions", type=click.IntRange(min=100), default=10_000_000, show_default=True)
@click.option("--repeats", type=click.IntRange(min=1), default=3, show_default=True)
@click.option("--into", type=click.Path(path_type=Path), default=measuring.RESULTS, help="Folder of the results.")
def main(sessions: int, repeats: int, into: Path) -> None:
    """Measure and keep both figures."""
    before = measuring.load()
    ingests, built = [], []
    floor: dict[str, list[measuring.Reading]] = {"grouped": [], "person-days": [], "copied": []}
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        folder = Path(name)
        delivery.write_people(folder / "people", sessions)
        delivery.write_sessions(folder / "sessions", sessions, "csv")
        for turn in range(repeats):
            home = folder / f"home-{turn}"
            measuring.run_alone([measuring.NEEDLING, "ingest", "--home", str(home), str(folder / "people")])
            words = [measuring.NEEDLING, "ingest", "--json", "--home", str(home), str(folder / "sessions")]
            ingests.append(measuring.run_alone(words))
            for kind, readings in floor.items():
                readings.append(scanned(kind, home, folder))
            built.append(staged(home, "--gate"))
    facts = {
        "sessions": sessions,
        "people": delivery.people_of(sessions),
        "repeats": repeats,
        "duckdb_memory_mb": measuring.MEMORY_MB,
    }
    write_marts(into, facts, before, floor, built)
    write_gate(into, facts, before, (ingests, built))


if __name__ == "__main__":
    sys.exit(main())
