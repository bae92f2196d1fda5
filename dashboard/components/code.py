"""What gives exactly this result again: the command, the lines of Python, the protocol."""

import shlex
from collections.abc import Callable
from dataclasses import dataclass, replace

import streamlit as st

from dashboard.components.folded import folded
from dashboard.keys import Folded
from dashboard.words import text
from pipeline.contract.asked import Asked
from pipeline.contract.results import Comparison


@dataclass(frozen=True)
class Source:
    """Where a result comes from: a question of one's own, or a study by its id, in one version of a home."""

    folder: str
    version: str
    asked: Asked | None
    study: str | None

    def command(self) -> str:
        """The command line."""
        own = f"needling studies run {shlex.quote(self.study)}" if self.study else self._asked().command()
        return f"{own} --version {shlex.quote(self.version)} --home {shlex.quote(self.folder)}"

    def python(self) -> str:
        """The same in a notebook."""
        call = f"home.study({self.study!r})" if self.study else self._asked().python()
        return (
            "from pipeline.api import open_home\n\n"
            f"with open_home({self.folder!r}, version={self.version!r}) as home:\n"
            f"    result = {call}\n"
        )

    def _asked(self) -> Asked:
        if self.asked is None:
            raise ValueError("a result comes from a question or from a study; got neither")
        return self.asked


def settled(asked: Asked, result: Comparison) -> Asked:
    """The question with the reference that it was answered with, so that other data do not change it."""
    return replace(asked, reference=result.estimand.get("reference") or asked.reference)


def show(source: Source, protocol: Callable[[], str]) -> None:
    """The three, to be copied, and the protocol to be kept."""
    folded(text.SHOW_CODE, Folded.CODE, ":material/code:", lambda: _code(source, protocol()))


def _code(source: Source, protocol: str) -> None:
    st.markdown("On the command line:")
    st.code(source.command(), language="shell", wrap_lines=True)
    st.markdown("In a notebook:")
    st.code(source.python(), language="python", wrap_lines=True)
    if source.study:
        st.caption(text.LOOKS_NOT_COUNTED.format(where="on a page or in a notebook"))
    st.markdown(
        "As a protocol. Kept in `studies/` of the home under a name of its own it is a study, and can be fixed "
        "with `needling studies freeze` before new data come in:"
    )
    st.code(protocol, language="toml", wrap_lines=True, height=320)
    st.download_button(
        "Download protocol", protocol, f"{source.study or 'my-study'}.toml", "application/toml",
        icon=":material/download:", on_click="ignore",
    )  # fmt: skip
