"""How often the intervals hold what they promise, in worlds whose truth is known: python -m benchmarks.coverage.

Every cell is kept as soon as it is done; with --resume those that are kept, drawn as often or more, are left.
"""

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import click

from benchmarks import measuring
from benchmarks.coverage.cells import RESULTS, Cell, cells, is_kept, keep
from benchmarks.coverage.found import summary
from benchmarks.coverage.registry import BY_NAME, JUDGED_FROM, WORLDS

SEED = 20
REPLICATIONS = 1000


@click.command()
@click.option(
    "--world", "names", multiple=True, type=click.Choice(list(BY_NAME)), help="These worlds; all if left out."
)
@click.option("--replications", default=REPLICATIONS, show_default=True, help="Sets of people per cell.")
@click.option("--seed", default=SEED, show_default=True)
@click.option("--processes", default=os.cpu_count() or 1, show_default=True)
@click.option("--resume", is_flag=True, help="Leave what is kept with the same seed and at least as many replications.")
@click.option("--into", type=click.Path(path_type=Path), default=RESULTS, help="Folder of the results.")
def main(names: tuple[str, ...], replications: int, seed: int, processes: int, resume: bool, into: Path) -> None:
    """Simulate, and keep the figures from which docs/operating-characteristics.md is written."""
    wanted = [cell for world in WORLDS if not names or world.name in names for cell in cells(world, replications, seed)]
    wanted.sort(key=lambda cell: (cell.n != JUDGED_FROM, -cell.effect, cell.n))  # what is judged first
    with ProcessPoolExecutor(processes, initializer=os.nice, initargs=(10,)) as pool:
        for cell in wanted:
            if not (resume and is_kept(into, cell)):
                told = measured(pool, cell)
                keep(into, cell.world, told)
                print(f"{cell.world}, {cell.n} per arm, effect {cell.effect:g}: {_line(told)}", flush=True)


def measured(pool: ProcessPoolExecutor, cell: Cell) -> dict[str, object]:
    """All replications of one cell, with what they were made by."""
    replicates = [one for chunk in pool.map(cell.replicate, cell.chunks) for one in chunk]
    machine = measuring.machine()
    return {
        **cell.key,
        "command": f"python -m benchmarks.coverage {' '.join(sys.argv[1:])}".strip(),
        "revision": measuring.revision(),
        "measured_at": datetime.now(UTC).isoformat(timespec="minutes"),
        "machine": {name: machine[name] for name in ("cpu", "cores", "system", "python", "numpy")},
        **summary(replicates),
    }


def _line(told: dict[str, object]) -> str:
    methods = told["methods"]
    assert isinstance(methods, dict)
    first = methods.get("headline") or next(iter(methods.values()))
    return f"bias {first['bias']}, coverage {first['coverage']}, rejected {first['rejected']}"


if __name__ == "__main__":
    main()
