"""The frame of every page: the column it stands in, what it reads, the opening lines, the last line."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import Any

import streamlit as st

from dashboard import queries, theme
from dashboard.access import Viewer
from dashboard.components import certificate, links, prose, unforeseen
from dashboard.components.certificate import Certificate
from dashboard.components.empty import empty
from dashboard.words import text
from dashboard.words.numbers import people


@dataclass(frozen=True)
class Reading:
    """What a page reads, and for whom. `about` is the version's account of itself.

    To a page that clinics see, it holds no count, from which others could be taken off.
    """

    viewer: Viewer
    folder: str
    version: str
    about: Mapping[str, Any]

    @property
    def at(self) -> tuple[str, Viewer, str]:
        """What every query begins with: `queries.claims(*reading.at, ...)`."""
        return self.version, self.viewer, self.folder

    def certificate(self, *, protocol_digest: str | None = None, **settings: Any) -> Certificate:
        """For the downloads of a figure; `settings` are those that the reader chose, the digest a protocol's if any."""
        return certificate.of_version(self.about, settings, protocol_digest)


_STYLE = f"""<style>
[data-testid="stCaptionContainer"] {{ opacity: 1; color: light-dark({theme.SMALL_PRINT[0]}, {theme.SMALL_PRINT[1]}); }}
[data-testid="stCaptionContainer"] :is(p, li, code, em) {{ color: inherit; }}
.st-key-lead p {{ font-size: 1.15rem; line-height: 1.55; }}
[class*="st-key-frame-"] {{ overflow-x: auto; }}
[class*="st-key-frame-"] > div {{ min-width: {theme.LEAST_FIGURE_WIDTH}px; }}
[class*="st-key-frame-"] .modebar-container {{ display: none; }}
.{prose.WORDS} {{ overflow: auto; overscroll-behavior-x: contain; font-size: 0.875rem; line-height: 1.5; }}
.{prose.WORDS} table {{ min-width: 100%; border-spacing: 0; }}
.{prose.WORDS} :is(th, td) {{
  padding: 4px 6px; text-align: left; vertical-align: middle; font-weight: 400; white-space: nowrap;
  border-bottom: 1px solid light-dark({theme.TABLE_LINE[0]}, {theme.TABLE_LINE[1]});
}}
.{prose.WORDS} :is(th, td):not(:first-child) {{ padding-left: 16px; }}
.{prose.WORDS} th:first-child {{ padding-left: 8px; }}
.{prose.WORDS} th {{ color: color-mix(in srgb, currentColor 70%, transparent); }}
.{prose.WORDS} a {{ color: light-dark({theme.LINK[0]}, {theme.LINK[1]}); }}
.{prose.WORDS} tbody tr:last-child td {{ border-bottom: 0; }}
.{prose.WORDS} div {{ display: inline-block; max-width: 25rem; white-space: normal; vertical-align: top; }}
@media (max-width: {theme.TELEPHONE_WIDTH}px) {{
  :is([data-testid="stTable"], .{prose.WORDS}) :is(th, td) {{ min-width: {theme.LEAST_CELL_WIDTH}; }}
}}
</style>"""
"""Streamlit lets captions shine through, to 4.3 to 1, and code in them to 3.0; 4.5 can be read by most (WCAG 2.2). The
lead is larger than what follows. Tables of words look as Streamlit's own. On a telephone a figure and a table keep the
width at which they can be read, and are moved sideways within their frame. Plotly's camera is not shown: the buttons
below the figure press it."""

Show = Callable[[Viewer], None]
Body = Callable[[Reading], None]


def page(body: Body) -> Show:
    """A page of the row level: draws `body` between the opening and the last line, or says why it cannot."""
    return _framed(body, queries.manifest)


def clinic_page(body: Body) -> Show:
    """A page that clinics see, too: it knows of a version only what everybody may know."""
    return _framed(body, queries.about)


def _framed(body: Body, ask: Callable[[str, Viewer, str], Mapping[str, Any]]) -> Show:
    @wraps(body)
    def show(viewer: Viewer) -> None:
        with column(viewer):
            version = _open_version()
            if version is not None:
                links.begin()
                _drawn(body, ask, viewer, version)

    return show


def _drawn(body: Body, ask: Callable[[str, Viewer, str], Mapping[str, Any]], viewer: Viewer, version: str) -> None:
    folder = queries.home_folder()
    try:
        about = ask(version, viewer, folder)
    except PermissionError:
        st.error(text.NOT_FOR_CLINICS, title=text.NOT_FOR_CLINICS_TITLE, icon=":material/lock:")
        return
    banner(about)
    above = st.container()
    body(Reading(viewer, folder, version, about))
    with above:  # controls stand below the head, too: what they do not understand of the link is known at the end
        links.report()


@contextmanager
def column(viewer: Viewer) -> Iterator[None]:
    """One column in the middle of the window, in which small print can be read, too; the last line of every page.

    What fails within it is said in its place.
    """
    st.html(_STYLE)
    prose.begin()
    with st.container(horizontal_alignment="center"), st.container(width=theme.PAGE_WIDTH):
        with unforeseen.told():
            yield
        footer(viewer)


def head(reading: Reading, title: str, answer: str) -> None:
    """The title as a question, the answer to it, and what it rests on.

    Where controls decide what is answered, draw it in a container that was made above them.
    """
    st.title(title, anchor=False)
    lead(answer)
    if "gate" in reading.about:
        provenance(reading.about)
    else:
        published(reading.about)


def section(title: str) -> None:
    """The heading of a part of the page, one level below the question at its top."""
    st.header(title, anchor=False)


def banner(about: Mapping[str, Any]) -> None:
    """Says on every page that the people are invented, where they are, and that the data checks failed, if they did."""
    if about.get("simulated"):
        st.warning(text.SIMULATED, icon=":material/science:")
    if not about.get("gate", {}).get("passed", True):
        empty("failed_gate", text.FAILED_GATE)


def lead(sentence: str) -> None:
    """The answer under the title, larger than what follows."""
    with st.container(key="lead"):
        prose.say(sentence)


def provenance(manifest: Mapping[str, Any]) -> None:
    """What stands behind the numbers: gate, version, how fresh, how many."""
    gate = manifest["gate"]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        _gate_badge(gate)
        st.caption(
            f"Data until {_day(manifest['extracted_until'])} · {people(manifest['tables']['participants'])} · "
            f"published {_moment(manifest['published_at'])} · version `{manifest['version']}`",
            width="content",
        )


def published(about: Mapping[str, Any]) -> None:
    """How fresh the figures are, for whoever may not know how many people there are in all."""
    st.caption(
        f"Data until {_day(about['extracted_until'])} · published {_moment(about['published_at'])} · "
        f"version `{about['version']}`"
    )


def _gate_badge(gate: Mapping[str, Any]) -> None:
    n_warnings = len(gate["failed"])
    if not gate["passed"]:
        st.badge("Data checks failed", icon=":material/error:", color="red")
    elif n_warnings:
        noun = "warning" if n_warnings == 1 else "warnings"
        st.badge(f"Data checks passed with {n_warnings} {noun}", icon=":material/warning:", color="orange")
    else:
        st.badge(f"All {gate['n_rules']} data checks passed", icon=":material/verified:", color="green")


def footer(viewer: Viewer) -> None:
    """Leads to what the words mean; and says that there is no login, where there is none."""
    st.caption(text.TO_HELP)
    if not viewer.is_logged_in:
        st.caption(text.SINGLE_USER)


def _open_version() -> str | None:
    """The version to read; draws why there is nothing to read where there is none."""
    version = queries.current_version()
    if version is None:
        st.title(text.NO_VERSION_TITLE)
        st.markdown(text.NO_VERSION)
        st.code(text.NO_VERSION_COMMAND + queries.home_folder(), language=None)
    return version


def _day(iso: str | None) -> str:
    return "an unknown day" if iso is None else _long(date.fromisoformat(iso))


def _moment(iso: str) -> str:
    moment = datetime.fromisoformat(iso)
    return f"{_long(moment.date())}, {moment:%H:%M} UTC"


def _long(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
