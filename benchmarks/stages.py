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

SESSIONS = ("session_count", "sessions")
"""The tables that are made of every session, one by one: each person's number of them, and they once more."""


class Clock:
    """Seconds of wall and of this process, which is the only one at work, since it was last asked."""

    def __init__(self) -> None:
        self.at = time.perf_counter(), time.process_time()

    def spent(self) -> dict[str, float]:
        before, self.at = self.at, (time.perf_counter(), time.process_time())
        return {"seconds": self.at[0] - before[0], "cpu_seconds": self.at[1] - before[1]}


def run(home: Path, *, with_gate: bool) -> dict[str, object]:
    """Build a candidate, hold it against the expectations where asked for, publish nothing.

    Of the marts: all of them, and apart from the sessions once more what is computed.
    """
    settings = config.load(home)
    with landing.opened(settings) as bench:
        each: dict[str, dict[str, float]] = {}
        whole, clock = Clock(), Clock()
        candidate, views = publication.assemble(bench, lambda name: each.update({name: clock.spent()}))
        found: dict[str, object] = {"marts": whole.spent(), **_parts(each), "tables": each}
        if with_gate:
            report = gate.run(
                candidate / "research.duckdb", views, None, home / "docs",
                memory_mb=settings.memory_mb, spill=bench.folder,
            )  # fmt: skip
            found["gate"] = whole.spent()
            found["rules"] = dict(Counter(result.table for result in report.results))
            found["rows"] = {result.table: result.n_rows for result in report.results if result.n_rows is not None}
            found["failed"] = sorted(result.rule for result in report.results if not result.success)
    return found


def _parts(each: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    def total(is_session: bool) -> dict[str, float]:
        parts = [spent for name, spent in each.items() if (name in SESSIONS) is is_session]
        return {unit: sum(spent[unit] for spent in parts) for unit in ("seconds", "cpu_seconds")}

    return {"sessions": total(is_session=True), "computed": total(is_session=False)}


if __name__ == "__main__":
    print(json.dumps(run(Path(sys.argv[1]), with_gate="--gate" in sys.argv)))
