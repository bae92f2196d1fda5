"""Ingest a drop of many small files, and of fewer, to see that the time of one file does not grow with their number.

    python -m benchmarks.many_files --files 10000

Each file holds three sessions. The ingest is the command line's, a process of its own; what it took goes to
benchmarks/results/large/many-files.json.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import click

from benchmarks import measuring

PEOPLE = 500
SESSIONS_A_FILE = 3
_FRACTIONS = (4, 1)
"""A quarter and all of the files."""

_HEAD = "session_id,participant_id,performed_on,device,needle_length_mm,setting\n"
_SOURCE = (
    '[source]\nid = "many"\nformat = "csv"\nsimulated = true\nextracted_on = "2026-06-30"\n'
    '[tables.sessions]\nfiles = ["sessions-*.csv"]\n'
)


def write_drop(folder: Path, files: int) -> None:
    """Write so many files with sessions, and one with their people."""
    folder.mkdir()
    (folder / "source.toml").write_text(
        _SOURCE + '[tables.participants]\nfiles = ["participants.csv"]\n', encoding="utf-8"
    )
    people = "".join(f"P{n},2025-01-{1 + n % 28:02d},34,male,unknown,yes\n" for n in range(PEOPLE))
    head = "participant_id,enrolled_on,age_years,sex,diagnosis,consent\n"
    (folder / "participants.csv").write_text(head + people, encoding="utf-8")
    for n in range(files):
        numbers = range(SESSIONS_A_FILE * n, SESSIONS_A_FILE * (n + 1))
        rows = (f"S{i},P{i % PEOPLE},2025-{2 + i % 10:02d}-{1 + i % 28:02d},dermaroller,0.5,home\n" for i in numbers)
        (folder / f"sessions-{n:05d}.csv").write_text(_HEAD + "".join(rows), encoding="utf-8")


def ingest(folder: Path, files: int) -> dict[str, Any]:
    """What the ingest of so many files took."""
    drop = folder / f"drop-{files}"
    write_drop(drop, files)
    reading = measuring.run_alone(
        [measuring.NEEDLING, "ingest", "--json", "--home", f"{folder}/home-{files}", str(drop)]
    )
    sessions = json.loads(reading.output)["tables"]["sessions"]
    if sessions["admitted"] != SESSIONS_A_FILE * files:
        sys.exit(f"of {SESSIONS_A_FILE * files} sessions {sessions['admitted']} were admitted; nothing was measured")
    return {
        "files": files,
        "seconds": round(reading.seconds, 1),
        "cpu_seconds": round(reading.cpu_seconds, 1),
        "cpu_ms_a_file": round(1000 * reading.cpu_seconds / files, 2),
        "peak_gib": round(reading.peak_gib, 2),
    }


@click.command()
@click.option("--files", type=click.IntRange(min=10), default=10_000, show_default=True)
@click.option(
    "--into", type=click.Path(path_type=Path), default=measuring.RESULTS / "large", help="Folder of the result."
)
def main(files: int, into: Path) -> None:
    """Measure and keep the figures."""
    before = measuring.load()
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        found = [ingest(Path(folder), files // part) for part in _FRACTIONS]
    measuring.write(into, "many-files", measuring.command_line(), before, {"sizes": found})


if __name__ == "__main__":
    sys.exit(main())
