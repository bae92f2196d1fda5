"""Marts and gate of a home by themselves, run as a process of its own: prints the seconds of each as JSON."""

import json
import sys
import time
from collections import Counter
from pathlib import Path

from pipeline import config
from pipeline.flow import publication
from pipeline.landing import bench as landing
from pipeline.validate import gate


def run(home: Path, *, with_gate: bool) -> dict[str, object]:
    """Build a candidate, hold it against the expectations where asked for, publish nothing.

    `cpu_seconds` count this process alone, which is the only one at work.
    """
    settings = config.load(home)
    with landing.opened(settings) as bench:
        clock, processor = time.perf_counter(), time.process_time()
        candidate, views = publication.assemble(bench)
        found: dict[str, object] = {
            "marts": {"seconds": time.perf_counter() - clock, "cpu_seconds": time.process_time() - processor}
        }
        if with_gate:
            clock, processor = time.perf_counter(), time.process_time()
            report = gate.run(
                candidate / "research.duckdb", views, None, home / "docs",
                memory_mb=settings.memory_mb, spill=bench.folder,
            )  # fmt: skip
            spent = {"seconds": time.perf_counter() - clock, "cpu_seconds": time.process_time() - processor}
            found["gate"] = spent
            found["rules"] = dict(Counter(result.table for result in report.results))
            found["rows"] = {result.table: result.n_rows for result in report.results if result.n_rows is not None}
            found["failed"] = sorted(result.rule for result in report.results if not result.success)
    return found


if __name__ == "__main__":
    print(json.dumps(run(Path(sys.argv[1]), with_gate="--gate" in sys.argv)))
