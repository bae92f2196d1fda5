"""The dashboard's part of docs/benchmarks.md."""

import json
from pathlib import Path
from typing import Any

from benchmarks.markdown import table

Document = dict[str, Any]


def pages(results: Path) -> str:
    """What every page takes: at its first time, come to, drawn again."""
    path = results / "dashboard.json"
    if not path.is_file():
        return ""
    result = json.loads(path.read_text(encoding="utf-8"))
    most = result["targets"]
    shown = ("first_seconds", "within_seconds", "rerun_seconds")
    rows = [
        [page, *(f"{told[key]:.2f} s" for key in shown), "yes" if _is_quick(told, most) else "no"]
        for page, told in result["pages"].items()
    ]
    told = (
        f"{result['participants']:,} people, {result['sessions']:,} sessions, `{result['command']}`, load "
        f"{result['load_average']['before']} to {result['load_average']['after']}. A page may take "
        f"{most['warm_seconds']} s to be drawn in one browser when it has been drawn before, and a rerun "
        f"{most['rerun_seconds']} s (median) where {result['visitors']} people ask for one at the same moment; "
        f"a page of one line takes {result['rerun_floor_seconds']:.2f} s under the same {result['visitors']}. "
        "*Come to* is a page chosen in the open dashboard, in a browser that is driven, until what is on the screen is "
        "drawn. What one page has asked at its first time is there for the next. One more session "
        f"takes {result['mib_a_session']:.2f} MiB on the page {result['mib_a_session_on']}, of "
        f"{most['mib_a_session']:.0f} MiB that it may."
    )
    head = "page|first time|come to|rerun|all met"
    return f"## The dashboard\n\n{told}\n\n" + table(head, rows)


def _is_quick(told: Document, most: Document) -> bool:
    return told["within_seconds"] <= most["warm_seconds"] and told["rerun_seconds"] <= most["rerun_seconds"]


def openings(results: Path) -> str:
    """What every page takes that is opened anew."""
    path = results / "openings.json"
    if not path.is_file():
        return ""
    result = json.loads(path.read_text(encoding="utf-8"))
    most = result["target_seconds"]
    rows = [
        [page, *(f"{told[key]:.2f} s" for key in ("drawn_seconds", "least_seconds", "whole_seconds")),
         "yes" if told["drawn_seconds"] <= most else "no"]
        for page, told in result["pages"].items()
    ]  # fmt: skip
    told = (
        f"{result['participants']:,} people, {result['sessions']:,} sessions, `{result['command']}`, load "
        f"{result['load_average']['before']} to {result['load_average']['after']}. An address typed into the browser "
        "starts the whole app again. Each was opened in turn in a browser that nobody drives and that had opened it "
        f"before, {result['times']} times; what is told are medians. *Drawn* is a page when its run is over and the "
        f"title, the answer, every table and every figure on the screen are there: {most} s it may take. *Whole* it is "
        "with the figures further down."
    )
    return f"## Pages opened anew\n\n{told}\n\n" + table("page|drawn|at the least|whole|met", rows)
