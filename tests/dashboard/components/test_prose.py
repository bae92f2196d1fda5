"""Terms are explained at their first place on a page, in one way, from the glossary."""

import re
from html import escape
from pathlib import Path

from streamlit.testing.v1 import AppTest

import dashboard
from dashboard import manual
from dashboard.components import prose
from tests.dashboard.said import tables

OWN_WAY = {"prose.py", "frame.py", "code.py", "help.py"}
"""Where Markdown is drawn that holds no term: code, provenance, and the manual itself."""


def test_every_term_has_its_word_in_the_glossary() -> None:
    assert set(prose.SPOKEN.values()) <= manual.meanings().keys()
    assert all(term == term.casefold() for term in prose.SPOKEN)
    for word in prose.SPOKEN.values():
        (first, *_) = manual.find(word)
        assert first.page == "glossary", f"the link of {word} opens Help at something else"
        assert manual.meanings()[word].replace('"', "”")


def test_a_term_is_linked_at_its_first_place_and_nowhere_else() -> None:
    known: set[str] = set()
    first = prose.linked("The **arms** differ (95% interval 1 to 2), not adjusted; `arm` and [arm](/help).", known)
    meaning = manual.meanings()
    assert first == (
        f'The **[arms](/help?find=arm "{meaning["arm"]}")** differ '
        f'([95% interval](/help?find=confidence+interval "{meaning["confidence interval"]}") 1 to 2), '
        f'[not adjusted](/help?find=not+adjusted "{meaning["not adjusted"]}"); `arm` and [arm](/help).'
    )
    again = "Each arm, with its 95% interval and confidence interval: harm, arms-length, armband."
    assert prose.linked(again, known) == again
    assert "[Adjusted](/help" in prose.linked("Adjusted for what was recorded.", known)


def test_a_header_that_is_a_term_says_what_it_means() -> None:
    meaning = manual.meanings()
    assert prose.header("Visit") == f'[Visit](/help?find=visit "{meaning["visit"]}")'
    assert prose.header("Difference, hairs/cm² (95% interval)") == (
        f'Difference, hairs/cm² ([95% interval](/help?find=confidence+interval "{meaning["confidence interval"]}"))'
    )
    assert prose.header("People") == "People"


def test_terms_on_axes_are_said_in_words_below_the_figure_once_a_page() -> None:
    app = AppTest.from_function(_two_figures, default_timeout=30).run()
    assert not app.exception
    improvement, difference = (manual.meanings()[word] for word in ("improvement", "standardised difference"))
    assert [caption.value for caption in app.caption] == [
        f"*Improvement*: {improvement}.", f"*Standardised differences*: {difference}.",
    ]  # fmt: skip


def _two_figures() -> None:
    from dashboard.components import prose

    prose.begin()
    for titles in ("Mean improvement, hairs/cm²", "Standardised differences | Improvement, %", "Week"):
        prose.axes(titles)


def test_a_cell_is_words_and_never_markup() -> None:
    def draw() -> None:
        from dashboard.components import prose

        prose.table([{"Arm": "<img src=x onerror=alert(1)> & *so* [here](/there)", "People <b>": "12"}, {"Arm": ""}])

    app = AppTest.from_function(draw).run()
    assert not app.exception
    (body,) = [part.proto.body for part in app.get("html")]
    assert not re.search(r"<(?!/?(div|table|thead|tbody|tr|th|td|a)\b)", body)
    (found,) = tables(app)
    assert found.columns.tolist() == ["Arm", "People <b>"]
    assert found.to_numpy().tolist() == [["<img src=x onerror=alert(1)> & *so* [here](/there)", "12"], ["", ""]]
    assert body.count("<a ") == 1
    assert f'<a href="/help?find=arm" title="{escape(prose.meaning("arm") or "")}" target="_blank">Arm</a>' in body


def test_pages_say_nothing_past_the_one_that_explains() -> None:
    files = [
        file for folder in ("views", "components") for file in Path(dashboard.__file__).with_name(folder).iterdir()
    ]
    past = [file.name for file in files if file.suffix == ".py" and file.name not in OWN_WAY
            and re.search(r"st\.(markdown|caption|table)\(", file.read_text(encoding="utf-8"))]  # fmt: skip
    assert past == []
