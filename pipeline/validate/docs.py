"""Data Docs: one page of results, without a row's value and without anything from outside.

Great Expectations' own site is not used: its pages load styles, fonts and scripts from other hosts,
and a warehouse of people's data must open without a network.
"""

from itertools import groupby
from pathlib import Path

from jinja2 import Environment

from pipeline.contract.gate import GateReport
from pipeline.store import write_atomic

_TEMPLATE = Path(__file__).with_name("docs.html.j2")


def write(report: GateReport, folder: Path) -> Path:
    """Write `index.html` into the folder, in place of the last one, and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / "index.html"
    write_atomic(page, render(report).encode())
    return page


def render(report: GateReport) -> str:
    """The page as HTML. The same report gives the same page."""
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    tables = [(name, list(results)) for name, results in groupby(report.results, key=lambda result: result.table)]
    return environment.from_string(_TEMPLATE.read_text(encoding="utf-8")).render(report=report, tables=tables)
