"""How every figure is taken: floor and subject in turns, each a process of its own, medians and their ratio.

The floor is the least that any program would do with the same bytes on the same machine in the same minutes. What
else the machine has to do slows both, so that the ratio holds where seconds do not.
"""

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
NEEDLING = str(Path(sys.executable).with_name("needling"))
PYTHON = sys.executable
MEMORY_MB = 3072
"""What DuckDB may use in every measured run, so that the whole process stays below 4 GB."""

_GIB = 2**30
_EVERY_SECONDS = 0.05
_LIBRARIES = ("duckdb", "great-expectations", "polars", "pyarrow", "numpy")


@dataclass(frozen=True)
class Reading:
    """One run: wall clock, processor time of the process tree, its peak resident memory in GiB, standard output."""

    seconds: float
    cpu_seconds: float
    peak_gib: float
    output: str


def run_alone(words: Sequence[str], env: Mapping[str, str] | None = None) -> Reading:
    """Run one command as a process of its own; ends here where it fails."""
    at_most = {"NEEDLING_MEMORY_MB": str(MEMORY_MB)}
    with tempfile.TemporaryFile() as said:
        started = time.perf_counter()
        process = subprocess.Popen(list(words), stdout=said, env={**os.environ, **at_most, **(env or {})})
        with _watched(process.pid) as peak:
            _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        if code := os.waitstatus_to_exitcode(status):
            sys.exit(f"{' '.join(words[:4])} ended with exit code {code}; nothing was measured")
        said.seek(0)
        highest = max(peak[0], usage.ru_maxrss * 1024) / _GIB
        return Reading(seconds, usage.ru_utime + usage.ru_stime, highest, said.read().decode())


@contextmanager
def _watched(pid: int) -> Iterator[list[int]]:
    """The peak of the summed resident memory of a process and its descendants, in bytes, sampled."""
    peak, ended = [0], threading.Event()

    def watch() -> None:
        while not ended.wait(_EVERY_SECONDS):
            peak[0] = max(peak[0], sum(map(_resident, _tree(pid))))

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        ended.set()
        thread.join()


def _tree(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return []
    return [pid, *(p for child in children for p in _tree(int(child)))]


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):  # it has ended in the meantime
        return 0


def in_turns(
    repeats: int, floor: Callable[[], Reading], subject: Callable[[], Reading]
) -> tuple[list[Reading], list[Reading]]:
    """(floors, subjects), run alternately."""
    floors, subjects = [], []
    for _ in range(repeats):
        floors.append(floor())
        subjects.append(subject())
    return floors, subjects


def summary(what: str, readings: Sequence[Reading]) -> dict[str, Any]:
    """Medians and every single value of one side."""
    return {
        "what": what,
        "seconds": round(statistics.median(r.seconds for r in readings), 3),
        "cpu_seconds": round(statistics.median(r.cpu_seconds for r in readings), 3),
        "peak_gib": round(max(r.peak_gib for r in readings), 2),
        "each_seconds": [round(r.seconds, 3) for r in readings],
        "each_cpu_seconds": [round(r.cpu_seconds, 3) for r in readings],
    }


def compared(floor: Mapping[str, Any], subject: Mapping[str, Any], target: float | None) -> dict[str, Any]:
    """The two sides and their ratios; `target` is the most that the ratio of seconds may be."""
    ratio = round(subject["seconds"] / floor["seconds"], 2)
    return {
        "floor": dict(floor),
        "subject": dict(subject),
        "ratio": ratio,
        "cpu_ratio": round(subject["cpu_seconds"] / floor["cpu_seconds"], 2),
        "target": target,
        "is_met": None if target is None else ratio <= target,
    }


def machine() -> dict[str, Any]:
    """What the figures were taken on."""
    with Path("/proc/cpuinfo").open(encoding="utf-8") as lines:
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _GIB
    return {
        "cpu": model,
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(memory, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        **{name: metadata.version(name) for name in _LIBRARIES},
    }


def revision() -> str:
    """The commit that is checked out, `unknown` outside a clone."""
    root = Path(__file__).parents[1]
    found = subprocess.run(["git", "-C", str(root), "rev-parse", "--short", "HEAD"], capture_output=True, check=False)
    return found.stdout.decode().strip() or "unknown"


def load() -> float:
    """Load average of the last minute."""
    return round(os.getloadavg()[0], 2)


def write(into: Path, name: str, command: str, load_before: float, facts: Mapping[str, Any]) -> None:
    """Keep one figure as `<name>.json`, with the command that made it, and say it in one line."""
    into.mkdir(parents=True, exist_ok=True)
    document = {
        "name": name,
        "command": command,
        "revision": revision(),
        "measured_at": datetime.now(UTC).isoformat(timespec="minutes"),
        "machine": machine(),
        "load_average": {"before": load_before, "after": load()},
        **facts,
    }
    path = into / f"{name}.json"
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    figures = facts.get("figures", {})
    for label, figure in figures.items():
        told = f"{figure['ratio']}x" if "ratio" in figure else f"{figure['seconds']} s"
        print(f"{name}: {label}: {told}", flush=True)


def command_line() -> str:
    """The command that was given, as it is typed in the repository's folder."""
    module = Path(sys.argv[0]).stem
    return " ".join(["python", "-m", f"benchmarks.{module}", *sys.argv[1:]])
