import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import duckdb

from expectations import SUITES
from pipeline.contract.gate import GateReport, RuleResult
from pipeline.validate import docs, gate


class Links(HTMLParser):
    """Everything a page would load or run."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "link", "img", "iframe", "object", "embed", "base"):
            self.loads.append(tag)
        self.loads.extend(name for name, _ in attrs if name in ("src", "href", "srcset", "data", "action"))


def test_the_page_loads_nothing_and_holds_nobodys_values(good: tuple[Path, Path], tmp_path: Path) -> None:
    candidate = Path(shutil.copy(good[0], tmp_path / "research.duckdb"))
    with duckdb.connect(str(candidate)) as con:
        con.execute("UPDATE participants SET clinic_id = 'marker-clinic', stage = 'marker-stage'")
        con.execute("UPDATE sessions SET performed_day = -98765")
        con.execute("UPDATE courses SET device = 'marker-device'")
        pseudonyms = [str(found) for (found,) in con.execute("SELECT pseudonym FROM participants").fetchall()]
    suites = [suite for suite in SUITES if suite.table in ("participants", "courses", "sessions")]
    report = gate.run(candidate, None, None, tmp_path / "docs", suites=suites)
    page = (tmp_path / "docs" / "index.html").read_text()
    assert {"sessions.day_admitted", "courses.device.vocabulary"} <= {result.rule for result in report.failed}
    assert "sessions.day_admitted" in page
    assert not [value for value in ("marker-", "98765", "98,765", *pseudonyms) if value in page]
    links = Links()
    links.feed(page)
    assert links.loads == []
    assert not re.search(r"@import|url\(|https?:", page)
    assert [path.name for path in (tmp_path / "docs").iterdir()] == ["index.html"]


def test_the_page_says_what_failed_and_what_was_broken() -> None:
    page = docs.render(
        GateReport(
            (
                RuleResult("a.rule", "sessions", "warning", "A < B.", success=False, n_unexpected=1234, n_rows=5678),
                RuleResult("b.rule", "sessions", "critical", "B.", success=False, error="no such column"),
                RuleResult("c.rule", "costs", "critical", "C.", success=True, n_unexpected=0, observed=0.25),
            )
        )
    )
    assert "The gate failed" in page
    assert "A &lt; B." in page
    assert "1,234" in page
    assert "broken check" in page
    assert "no such column" in page
    assert "0.25" in page
    assert "costs: 1 of 1 hold" in page


def test_a_report_without_failures_has_no_list_of_them() -> None:
    page = docs.render(GateReport((RuleResult("c.rule", "costs", "critical", "C.", success=True),)))
    assert "The gate passed" in page
    assert "What did not hold" not in page
