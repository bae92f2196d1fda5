"""One task on a version of invented people, as a process of its own: prints its seconds and what it found as JSON."""

import json
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks import study_people
from pipeline import config, store
from pipeline.api import open_home
from pipeline.engine.duckdb import open_reader
from pipeline.studies import kept
from pipeline.studies.contrasts.adjusted import Pair, pair_of
from pipeline.studies.contrasts.compare import ask_study, people_of
from pipeline.studies.estimators.effect import Result
from pipeline.studies.people.frame import read_frame
from pipeline.studies.people.population import Population
from pipeline.studies.protocols.catalogue import find_study
from pipeline.studies.study import run_study
from pipeline.studies.sums.pair_sums import PairSums, read_pair_sums, sums_of_rows
from pipeline.studies.sums.summed_rows import SummedRows, rows_at_hand

STUDY = find_study("c3-density-week-24")
ARMS = ("needling", "none")
WEEKS = (4, 8, 12, 24)
_OPEN = ExitStack()

PER_PERSON = """
SELECT count(*), sum(n), sum(total), sum(squares), max(last) FROM (
  SELECT participant_id, count(*) AS n, sum(improvement_milli) AS total,
    sum(improvement_milli * improvement_milli) AS squares, max(visit_week) AS last
  FROM outcome_change GROUP BY participant_id)"""
"""The least that brings outcome rows together by person."""


def research(home: Path) -> duckdb.DuckDBPyConnection:
    settings, version = config.load(home), store.current_version(home)
    assert version is not None
    return open_reader(version.research, memory_mb=settings.memory_mb, spill=home / "spill")


def population(con: duckdb.DuckDBPyConnection) -> Population:
    found = people_of(con, ask_study(con, STUDY))
    assert isinstance(found, Population)
    return found


def said(result: Result) -> dict[str, Any]:
    return dict(vars(result))


def pair(home: Path) -> Pair:
    with research(home) as con:
        return pair_of(read_frame(con, population(con)), *ARMS)


def scan(home: Path) -> Any:
    with research(home) as con:
        return [int(value) for value in con.execute(PER_PERSON).fetchall()[0]]


def sums(home: Path) -> Any:
    with research(home) as con:
        return said(read_pair_sums(con, population(con), *ARMS).mmrm())


def people_at_hand(home: Path) -> tuple[duckdb.DuckDBPyConnection, SummedRows]:
    """Open until the process ends."""
    con = _OPEN.enter_context(research(home))
    return con, _OPEN.enter_context(rows_at_hand(con, population(con)))


def answer(home: Path) -> Any:
    with open_home(home) as opened:
        return opened.study(STUDY.id).gate


def ad_hoc(home: Path) -> Any:
    with open_home(home) as opened:
        return opened.compare("setting", instrument="hair_density", week=24).gate


def headline(home: Path) -> Any:
    with open_home(home) as opened:
        return opened.compare("setting", instrument="hair_density", week=24, sensitivity=False).gate


def seq_dr(home: Path) -> Any:
    with threadpool_limits(1, "blas"):
        return said(pair(home).influences.means("ate").difference(1, 0))  # type: ignore[union-attr]  # never withheld here


def mixed(rows: Pair) -> Any:
    """Every visit its own means and slopes, as in MMRM; a person's own intercept and slope for the covariance."""
    from statsmodels.regression.mixed_linear_model import MixedLM  # noqa: PLC0415  # a second to import

    person, visit = np.nonzero(np.isfinite(rows.y))
    centred = rows.x.dense() - rows.x.means()
    design = np.column_stack([np.ones(len(rows.arm)), rows.arm, centred, centred * rows.arm[:, None]])
    wide = np.zeros((len(person), design.shape[1] * rows.y.shape[1]))
    for k in range(rows.y.shape[1]):
        here = visit == k
        wide[here, k * design.shape[1] : (k + 1) * design.shape[1]] = design[person[here]]
    week = np.array(WEEKS)[visit] - np.mean(WEEKS)
    model = MixedLM(rows.y[person, visit], wide, person, exog_re=np.column_stack([np.ones(len(week)), week]))
    found = model.fit(reml=False, method="lbfgs")
    place = (rows.y.shape[1] - 1) * design.shape[1] + 1
    return {"estimate": found.params[place], "std_error": found.bse[place], "converged": bool(found.converged)}


def ordinary(rows: Pair) -> Any:
    from statsmodels.regression.linear_model import OLS  # noqa: PLC0415  # a second to import

    seen = rows.seen
    found = OLS(rows.y[seen, -1], rows.x.chosen(seen).with_arm(rows.arm[seen]).dense()).fit()
    return {"estimate": found.params[1], "std_error": found.HC3_se[1]}


def kept_sums(home: Path) -> PairSums:
    with open_home(home) as opened:
        return opened.sums(STUDY.id)


# What is made ready outside the clock, and what is timed.
TASKS: Mapping[str, tuple[Callable[[Path], Any], Callable[[Any], Any]]] = {
    "scan": (Path, scan),
    "sums": (Path, sums),
    "moments": (people_at_hand, lambda at_hand: said(sums_of_rows(*at_hand, *ARMS).mmrm())),
    "answer": (Path, answer),
    "ad-hoc": (Path, ad_hoc),
    "headline": (Path, headline),
    "seq-dr": (Path, seq_dr),
    "mmrm": (kept_sums, lambda found: said(found.mmrm())),
    "ancova": (kept_sums, lambda found: said(found.ancova())),
    "mixed": (pair, mixed),
    "ols": (pair, ordinary),
}


def publish(home: Path, people: int) -> None:
    """A home with one version, in which one study is answered and its sums are kept, as publishing does it."""
    folder = home / "versions" / study_people.VERSION
    study_people.write(folder, people)
    (home / "spill").mkdir()
    path = f"versions/{study_people.VERSION}"
    (home / "current.json").write_text(json.dumps({"version": study_people.VERSION, "path": path}))
    manifest = {"version": study_people.VERSION, "fingerprint": "invented", "contract_version": "1"}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with research(home) as con:
        sums = kept.sums_entry(STUDY, read_pair_sums(con, population(con), *ARMS))
        (folder / kept.SUMS).write_bytes(kept.to_bytes({STUDY.id: sums}))
        if people <= study_people.ANSWERED:
            found = kept.entry(STUDY, run_study(con, STUDY, study_people.VERSION))
            (folder / kept.FILE).write_bytes(kept.to_bytes({STUDY.id: found}))


def main(home: Path, task: str) -> None:
    if task == "publish":
        return publish(home, int(sys.argv[3]))
    ready, timed = TASKS[task]
    given = ready(home)
    clock, processor = time.perf_counter(), time.process_time()
    found = timed(given)
    spent = {"seconds": time.perf_counter() - clock, "cpu_seconds": time.process_time() - processor}
    return print(json.dumps({**spent, "found": found}, default=str))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
