"""Time and memory of the main job on this machine: invent people, run, run the same again, compare."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click

NEEDLING = Path(sys.executable).with_name("needling")
KIB_PER_GIB = 2**20


def measure(words: list[str]) -> tuple[float, float]:
    """Seconds and peak memory in GiB of one command of its own process; ends here where it fails."""
    started = time.perf_counter()
    process = subprocess.Popen([str(NEEDLING), *words], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if code := os.waitstatus_to_exitcode(status):
        sys.exit(f"needling {words[0]} ended with exit code {code}; nothing was measured")
    return time.perf_counter() - started, usage.ru_maxrss / KIB_PER_GIB


@click.command()
@click.option("--participants", type=click.IntRange(min=1), default=100_000, show_default=True)
def main(participants: int) -> None:
    """Print one line per step."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        drops, home = Path(folder) / "drops", str(Path(folder) / "home")
        steps = {"simulate": measure(["simulate", "--participants", str(participants), "--out", str(drops)])}
        run = ["run", "--home", home, *(str(drop) for drop in sorted(drops.iterdir()) if drop.is_dir())]
        question = ["--by", "depth", "--instrument", "hair_density", "--week", "24"]
        steps |= {
            "run": measure(run),
            "run again": measure(run),
            "compare": measure(["compare", "--home", home, *question]),
        }
    click.echo(f"{participants:,} people, {os.cpu_count()} cores")
    for step, (seconds, memory) in steps.items():
        click.echo(f"{step:<10} {seconds:8.1f} s {memory:6.2f} GiB")


if __name__ == "__main__":
    main()
