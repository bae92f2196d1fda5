"""The page Help: whole pages, what is found, nothing found, a link to a word; for every role, with or without data."""

import re
import tomllib
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import manual
from dashboard.access import Viewer
from dashboard.views import help as page
from dashboard.views import pages_for
from tests.dashboard.said import words

ROOT = Path(__file__).parents[2]
SCRIPT = """
from dashboard.access import Viewer
from dashboard.views import help
help.show(Viewer("clinic", "north", is_logged_in=True))
"""


def opened(**link: str) -> AppTest:
    app = AppTest.from_string(SCRIPT, default_timeout=60)
    for key, value in link.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception, app.exception
    return app


def test_it_opens_with_the_glossary_and_needs_no_data(home: Path) -> None:
    app = opened()
    assert not home.exists()
    assert app.title[0].value == page.TITLE
    assert "| participant | the person studied" in words(app)


@pytest.mark.parametrize("code", manual.PAGES)
def test_every_page_is_there_and_none_of_its_links_leads_nowhere(home: Path, code: str) -> None:
    app = opened(page=code)
    said = words(app)
    assert len(said) > 1000
    assert not re.search(r"\]\([^)]*\.md", said)
    assert "![" not in said


def test_a_word_is_found_with_the_rows_that_hold_it_alone(home: Path) -> None:
    app = opened(find="Landmark")
    assert any("landmark" in e.markdown[0].value.casefold() for e in app.expander)
    (glossary,) = [e for e in app.expander if e.label == "Glossary"]
    rows = [line for line in glossary.markdown[0].value.split("\n") if line.startswith("|")][2:]
    assert rows
    assert all("landmark" in row.casefold() for row in rows)


def test_what_is_not_found_is_said_and_a_strange_page_told(home: Path) -> None:
    assert "No page of the manual holds “zzyzx”" in words(opened(find="zzyzx"))
    assert "`page=nowhere`" in words(opened(page="nowhere"))


def test_the_terms_that_pages_link_to_are_found() -> None:
    assert manual.find("standardised difference")
    assert manual.find("  ") == ()


def test_everybody_has_it() -> None:
    assert all("Help" in [p.title for p in pages_for(Viewer(role))] for role in ("clinic", "researcher", "steward"))


def test_a_wheel_carries_what_it_shows() -> None:
    built = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    carried = {file for file in built["only-include"] if file.startswith("docs/")}
    assert carried == {f"docs/{code}.md" for code in manual.PAGES}
    assert built["sources"]["docs"] == "dashboard/manual_pages"
