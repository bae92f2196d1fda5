"""A job of the pipeline on a page: begun by a button, shown while it works, its answer kept for the session."""

from typing import Any

import streamlit as st

from dashboard.jobs import Answer, Job, Task
from pipeline.config import Settings

_JOB = "steward_job"
_ANSWERS = "steward_answers"
_PLACE = "steward_place"
_MOST_KEPT = 8
_LOOK_AGAIN_SECONDS = 0.2

Running = tuple[str, str, Job]
"""The name under which the answer will be kept, what is said meanwhile, and the job."""


def begin(name: str, saying: str, settings: Settings, task: Task) -> None:
    """Start a job and draw the page anew. One at a time in a session."""
    if not is_busy():
        st.session_state[_JOB] = (name, saying, Job(settings, task).start())
    st.rerun()


def is_busy() -> bool:
    """Whether a job of this session is at work: the page's buttons wait for it."""
    return _JOB in st.session_state


def place(name: str) -> None:
    """Where on the page the job of this name shows its steps."""
    running: Running | None = st.session_state.get(_JOB)
    if running is not None and running[0] == name:
        st.session_state[_PLACE] = st.empty()


def show() -> None:
    """Where a job is at work, show its steps until it has ended, then draw the page anew. Call it last.

    Whoever clicks elsewhere meanwhile does not end the job: the next drawing of the page finds it again.
    """
    running: Running | None = st.session_state.get(_JOB)
    if running is None:
        return
    name, saying, job = running
    bar = st.session_state.pop(_PLACE, st.empty()).progress(0.0, saying)
    while job.wait(_LOOK_AGAIN_SECONDS) is None:
        if job.step is not None:
            done, total, what = job.step
            bar.progress(min(done / max(total, 1), 1.0), f"{saying}: {what.replace('_', ' ')}")
        else:
            bar.progress(0.0, saying)  # whoever closes the page is noticed here
    answers(name, job.answer)
    del st.session_state[_JOB]
    st.rerun()


def answers(name: str, answer: Answer | None) -> None:
    """Keep the answer under its name; the oldest go, for what they hold lies in memory."""
    kept = _kept()
    kept[name] = answer
    for old in list(kept)[:-_MOST_KEPT]:
        del kept[old]


def answer(name: str) -> Answer | None:
    """The answer that is kept under a name; None where there is none."""
    found: Answer | None = _kept().get(name)
    return found


def _kept() -> dict[str, Any]:
    kept: dict[str, Any] = st.session_state.setdefault(_ANSWERS, {})
    return kept
