"""Ingest a CSV file that is larger than the memory.

    python benchmarks/large_file.py --gigabytes 10 --memory-mb 2048

Writes such a file below --folder, ingests it by the command line in a process of its own, and writes what it took to
benchmarks/results/large/file.json. `peak_rss_mb` is what the kernel says of the most that process ever held; DuckDB is
given half of the memory that is allowed. It fails where more was held than allowed.
"""

import argparse
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RESULT = Path(__file__).parent / "results" / "large" / "file.json"
PEOPLE = 50_000
BLOCK = 100_000
"""Rows written at once."""

BAD_SHARE = 50
"""One row in so many has a needle that is refused."""

HEAD = (
    "session_id,participant_id,performed_on,device,needle_length_mm,setting,operator,region,passes,endpoint,pain_nrs\n"
)
SOURCE = '[source]\nid = "large"\nformat = "csv"\nsimulated = true\nextracted_on = "2026-06-30"\n'


def write_drop(folder: Path, n_bytes: int) -> int:
    """Write a drop whose sessions take at least `n_bytes`; the answer is the number of sessions."""
    (folder / "source.toml").write_text(SOURCE, encoding="utf-8")
    with (folder / "participants.csv").open("w", encoding="utf-8") as out:
        out.write("participant_id,enrolled_on,age_years,sex,diagnosis,consent\n")
        out.writelines(f"P{n},2025-01-{1 + n % 28:02d},34,male,unknown,yes\n" for n in range(PEOPLE))
    rows = 0
    with (folder / "sessions.csv").open("w", encoding="utf-8") as out:
        out.write(HEAD)
        while out.tell() < n_bytes:
            out.write("".join(_session(n) for n in range(rows, rows + BLOCK)))
            rows += BLOCK
    return rows


def _session(n: int) -> str:
    depth = "9.00" if n % BAD_SHARE == 0 else "0.50"
    day = f"2025-{1 + n % 12:02d}-{1 + n % 28:02d}"
    return f"S{n},P{n % PEOPLE},{day},dermaroller,{depth},home,self,hairline,6,mild_erythema,{n % 11}\n"


def ingest(drop: Path, home: Path, memory_mb: int, scratch: Path) -> dict[str, object]:
    """Ingest by the command line under limits; the answer is what it took, and the account."""
    environ = os.environ | {"NEEDLING_MEMORY_MB": str(memory_mb // 2), "NEEDLING_SCRATCH": str(scratch)}
    needling = Path(sys.executable).with_name("needling")
    command = [needling, "ingest", drop, "--json", "--home", home]
    start = time.perf_counter()
    done = subprocess.run(command, env=environ, capture_output=True, check=False, text=True)
    seconds = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        told = done.stderr + done.stdout  # with --json an error is told on the latter
        raise SystemExit(f"exit {done.returncode}: {told[-2000:]}")
    return {
        "seconds": round(seconds, 1),
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 1),
        "peak_rss_mb": used.ru_maxrss >> 10,
        "sessions": json.loads(done.stdout)["tables"]["sessions"],
    }


def main() -> None:
    """Measure, write the result, and fail where the memory was not kept to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gigabytes", type=float, default=10)
    parser.add_argument("--memory-mb", type=int, default=2048)
    parser.add_argument("--folder", type=Path, default=None, help="where there is room for four times the file")
    chosen = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="needling-large-", dir=chosen.folder))
    try:
        drop, scratch = folder / "drop", folder / "scratch"
        drop.mkdir()
        scratch.mkdir()
        rows = write_drop(drop, int(chosen.gigabytes * 1e9))
        size = (drop / "sessions.csv").stat().st_size
        found = ingest(drop, folder / "home", chosen.memory_mb, scratch)
    finally:
        shutil.rmtree(folder)
    machine = {"cpus": os.cpu_count(), "load": round(os.getloadavg()[0], 1), "python": platform.python_version()}
    asked = {"gigabytes": round(size / 1e9, 2), "rows": rows, "memory_mb": chosen.memory_mb}
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps({**asked, **found, "machine": machine}, indent=2) + "\n", encoding="utf-8")
    print(RESULT.read_text(encoding="utf-8"))
    if int(str(found["peak_rss_mb"])) > chosen.memory_mb:
        raise SystemExit("more memory was used than allowed")


if __name__ == "__main__":
    main()
