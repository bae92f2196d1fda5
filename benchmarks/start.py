"""How long the command line takes to be there: its import, against an interpreter that imports nothing."""

import json
import sys
from pathlib import Path

import click

from benchmarks import measuring

MOST_SECONDS = 0.5
_IMPORT = "import json, time; t = time.perf_counter(); import pipeline.cli; print(json.dumps(time.perf_counter() - t))"


@click.command()
@click.option("--repeats", type=click.IntRange(min=1), default=11, show_default=True)
@click.option("--into", type=click.Path(path_type=Path), default=measuring.RESULTS, help="Folder of the results.")
def main(repeats: int, into: Path) -> None:
    """Measure and keep the figure."""
    before = measuring.load()
    floors, subjects = measuring.in_turns(
        repeats,
        lambda: measuring.run_alone([measuring.PYTHON, "-c", "pass"]),
        lambda: measuring.run_alone([measuring.PYTHON, "-c", _IMPORT]),
    )
    subject = measuring.summary("an interpreter that imports pipeline.cli", subjects)
    figure = measuring.compared(measuring.summary("an interpreter that imports nothing", floors), subject, None)
    seconds = sorted(json.loads(r.output) for r in subjects)[repeats // 2]
    figure |= {"import_seconds": round(seconds, 3), "seconds_target": MOST_SECONDS}
    figure["is_met"] = subject["seconds"] <= MOST_SECONDS
    facts = {"repeats": repeats, "figures": {"import of the command line": figure}}
    measuring.write(into, "start", measuring.command_line(), before, facts)


if __name__ == "__main__":
    sys.exit(main())
