"""Ingest of sessions to landing and quarantine, and the same sessions sent again the next night, against the floor."""

import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import click

from benchmarks import delivery, floors, measuring

MOST_TIMES_THE_FLOOR = 3.0
MOST_GIB = 4.0
FIRST, AGAIN = "first delivery", "sent again with 1% changed"


class Bench:
    """A folder with the deliveries, and homes that know the people but not yet their sessions."""

    def __init__(self, folder: Path, sessions: int, fmt: str, *, is_nightly: bool) -> None:
        self.folder, self.fmt, self.is_nightly = folder, fmt, is_nightly
        self.prepared = folder / "prepared"
        delivery.write_people(folder / "people", sessions)
        measuring.run_alone([measuring.NEEDLING, "ingest", "--home", str(self.prepared), str(folder / "people")])
        self.drop = folder / "sessions"
        self.file = delivery.write_sessions(self.drop, sessions, fmt)
        if is_nightly:
            measuring.run_alone([measuring.NEEDLING, "ingest", "--home", str(self.prepared), str(self.drop)])
            self.drop = folder / "again"
            self.file = delivery.write_sessions(self.drop, sessions, fmt, on="2026-07-01", changed=True)

    def floor(self) -> measuring.Reading:
        """DuckDB alone."""
        out = self.folder / "floor.parquet"
        return measuring.run_alone([measuring.PYTHON, "-m", "benchmarks.floors", self.fmt, str(self.file), str(out)])

    def ingest(self) -> measuring.Reading:
        """The command line on a home like any other's."""
        home = self.folder / "home"
        shutil.copytree(self.prepared, home)
        try:
            return measuring.run_alone([measuring.NEEDLING, "ingest", "--json", "--home", str(home), str(self.drop)])
        finally:
            shutil.rmtree(home)


def account(reading: measuring.Reading) -> dict[str, Any]:
    """What became of the rows, as the program says."""
    document = json.loads(reading.output)
    return {**document["tables"]["sessions"], "quarantine": document["quarantine"]}


@click.command()
@click.option("--sessions", type=click.IntRange(min=100), default=10_000_000, show_default=True)
@click.option("--format", "fmt", type=click.Choice(["csv", "ndjson", "parquet"]), default="csv", show_default=True)
@click.option("--nightly", is_flag=True, help="The sessions are there already and come again, 1% of them changed.")
@click.option("--repeats", type=click.IntRange(min=1), default=3, show_default=True)
@click.option("--into", type=click.Path(path_type=Path), default=measuring.RESULTS, help="Folder of the results.")
def main(sessions: int, fmt: str, nightly: bool, repeats: int, into: Path) -> None:
    """Measure and keep one figure."""
    before = measuring.load()
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        bench = Bench(Path(folder), sessions, fmt, is_nightly=nightly)
        floor, subject = measuring.in_turns(repeats, bench.floor, bench.ingest)
        size = bench.file.stat().st_size
    figure = measuring.compared(
        measuring.summary(floors.WHAT[fmt], floor),
        measuring.summary("needling ingest to landing and quarantine", subject),
        None if nightly else MOST_TIMES_THE_FLOOR,
    )
    figure |= {"memory_target_gib": MOST_GIB, "is_memory_met": figure["subject"]["peak_gib"] <= MOST_GIB}
    facts = {
        "sessions": sessions,
        "people": delivery.people_of(sessions),
        "columns": len(delivery.COLUMNS),
        "file_mb": round(size / 1e6, 1),
        "repeats": repeats,
        "duckdb_memory_mb": measuring.MEMORY_MB,
        "account": account(subject[-1]),
        "floor_rows": json.loads(floor[-1].output)["rows"],
        "figures": {AGAIN if nightly else FIRST: figure},
    }
    name = f"nightly-{fmt}" if nightly else f"ingest-{fmt}"
    measuring.write(into, name, measuring.command_line(), before, facts)


if __name__ == "__main__":
    sys.exit(main())
