"""Time and memory of the main job on this machine: invent people, run, run the same again, compare."""

import sys
import tempfile
from pathlib import Path

import click

from benchmarks import measuring


@click.command()
@click.option("--participants", type=click.IntRange(min=1), default=100_000, show_default=True)
@click.option("--into", type=click.Path(path_type=Path), default=measuring.RESULTS, help="Folder of the results.")
def main(participants: int, into: Path) -> None:
    """Print one line per step, and keep them."""
    before = measuring.load()
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        drops, home = Path(folder) / "drops", str(Path(folder) / "home")
        simulate = ["simulate", "--participants", str(participants), "--out", str(drops)]
        readings = {"simulate": measuring.run_alone([measuring.NEEDLING, *simulate])}
        run = ["run", "--home", home, *(str(drop) for drop in sorted(drops.iterdir()) if drop.is_dir())]
        question = ["--by", "depth", "--instrument", "hair_density", "--week", "24"]
        for step, words in {"run": run, "run again": run, "compare": ["compare", "--home", home, *question]}.items():
            readings[step] = measuring.run_alone([measuring.NEEDLING, *words])
    steps = {
        step: {"seconds": round(r.seconds, 2), "cpu_seconds": round(r.cpu_seconds, 2), "peak_gib": round(r.peak_gib, 2)}
        for step, r in readings.items()
    }
    facts = {"participants": participants, "duckdb_memory_mb": measuring.MEMORY_MB, "steps": steps}
    measuring.write(into, "end-to-end", measuring.command_line(), before, facts)
    for step, told in steps.items():
        click.echo(f"{step:<10} {told['seconds']:8.1f} s {told['peak_gib']:6.2f} GiB")


if __name__ == "__main__":
    sys.exit(main())
