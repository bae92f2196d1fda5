"""How often the verdicts are right, in worlds whose truth is known: python -m benchmarks.verdicts.

What is found is kept in benchmarks/results/verdicts.json, from which docs/verdicts.md is written.
"""

import json
import os
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import duckdb

from benchmarks import measuring
from benchmarks.verdicts.page import RESULTS, right
from benchmarks.verdicts.questions import KINDS, RIGHT, Kind, State
from pipeline.studies.claims.claims import verdicts
from pipeline.studies.claims.judging import Judgement
from pipeline.studies.study import run_study

SEED = 20
WORLDS = 40


def judged(kind: str, state: State, seed: int) -> Judgement:
    """The verdict of one study in one world."""
    asked = next(one for one in KINDS if one.name == kind)
    protocol = asked.study(seed)
    with duckdb.connect() as con:
        con.execute("SET threads = 1")
        asked.build(con, protocol, state, seed)
        (verdict,) = verdicts([(protocol, run_study(con, protocol, sensitivity=False))])
    return verdict.judgement


@click.command()
@click.option(
    "--kind",
    "names",
    multiple=True,
    type=click.Choice([kind.name for kind in KINDS]),
    help="Only these kinds of question; of the others what is kept stays. All if left out.",
)
@click.option("--worlds", default=WORLDS, show_default=True, help="Worlds per kind of question and state.")
@click.option("--seed", default=SEED, show_default=True, help="Of the first world; the next ones follow.")
@click.option("--processes", default=os.cpu_count() or 1, show_default=True)
@click.option("--into", type=click.Path(path_type=Path), default=RESULTS, help="File of the results.")
def main(names: tuple[str, ...], worlds: int, seed: int, processes: int, into: Path) -> None:
    """Judge every kind of question in every state, and keep how often the verdict was right."""
    kept = _kept(into) if names else {}
    with ProcessPoolExecutor(processes, initializer=os.nice, initargs=(10,)) as pool:
        rows = [
            kept[kind.name, state]
            if names and kind.name not in names
            else _row(pool, kind, state, range(seed, seed + worlds))
            for kind in KINDS
            for state in RIGHT
        ]
    machine = measuring.machine()
    told: dict[str, Any] = {
        "command": f"python -m benchmarks.verdicts --worlds {worlds} --seed {seed}",
        "revision": measuring.revision(),
        "measured_at": datetime.now(UTC).isoformat(timespec="minutes"),
        "machine": {name: machine[name] for name in ("cpu", "cores", "system", "python", "numpy")},
        "seed": seed,
        "worlds": worlds,
        "rows": rows,
    }
    into.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def _kept(into: Path) -> dict[tuple[str, str], dict[str, Any]]:
    rows = json.loads(into.read_text(encoding="utf-8"))["rows"]
    return {(row["kind"], row["state"]): row for row in rows}


def _row(pool: ProcessPoolExecutor, kind: Kind, state: State, seeds: range) -> dict[str, Any]:
    n = len(seeds)
    found = Counter(pool.map(judged, [kind.name] * n, [state] * n, seeds))
    row = {
        "kind": kind.name,
        "studies": list(kind.studies),
        "state": state,
        "n": n,
        "verdicts": dict(sorted(found.items())),
    }
    print(f"{kind.name}, {state}: {right(row)} of {n} right; {dict(found)}", flush=True)
    return row


if __name__ == "__main__":
    main()
