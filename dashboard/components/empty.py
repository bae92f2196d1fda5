"""A place where no figure can stand: which kind of gap it is, and the sentence that says why."""

from typing import Literal

import streamlit as st

from pipeline.api import explained

Why = Literal["no_data", "too_few", "too_few_asked", "not_applicable", "failed_diagnostics", "failed_gate"]

HEADS: dict[Why, tuple[str, str]] = {
    "no_data": ("No data", ":material/database_off:"),
    "too_few": ("Too few people", ":material/group_off:"),
    "too_few_asked": ("Too few were asked", ":material/contact_support:"),
    "not_applicable": ("Not applicable here", ":material/do_not_disturb_on:"),
    "failed_diagnostics": ("Withheld: the diagnostics failed", ":material/block:"),
    "failed_gate": ("The data checks failed", ":material/error:"),
}
"""Title and icon of each kind."""

_NO_DATA = frozenset((
    "all_dropped_out", "beyond_follow_up", "instrument_absent", "missing_values", "no_arm", "no_baseline",
    "no_confirmation", "no_costs", "no_events", "no_negative_control", "no_reference", "nobody_asked", "not_yet_due",
))  # fmt: skip
_TOO_FEW = frozenset((
    "control_imprecise", "few_clusters", "one_person", "too_many_covariates", "under_half_timed",
))  # fmt: skip
_FAILED = frozenset(("failed_diagnostics", "no_overlap", "one_person_decides", "separation", "too_few_effective"))


def empty(why: Why, sentence: str) -> None:
    """Say in place of a figure why there is none, and what can be done. `sentence` is Markdown."""
    title, icon = HEADS[why]
    show = st.error if why == "failed_gate" else st.warning if why == "failed_diagnostics" else st.info
    show(sentence, title=title, icon=icon)


def empty_for(reason: str | None) -> None:
    """The same for a reason code of a result."""
    empty(kind(reason), explained(reason))


def kind(reason: str | None) -> Why:
    """The kind of gap that a reason code of a result speaks of."""
    if reason in _FAILED:
        return "failed_diagnostics"
    if reason in _NO_DATA:
        return "no_data"
    if reason == "under_half_asked":
        return "too_few_asked"
    if reason in _TOO_FEW or (reason or "").startswith("too_few"):
        return "too_few"
    return "not_applicable"
