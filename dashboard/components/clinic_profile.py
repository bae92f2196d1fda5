"""By which profile a clinic's figures are made, what it leaves to be seen, and what few side effects leave possible."""

from collections.abc import Sequence

import streamlit as st

from dashboard import queries
from dashboard.components import frame, prose
from dashboard.components.frame import Reading
from dashboard.words import text
from pipeline.clinic_figures import Figure
from pipeline.contract import reference
from pipeline.contract.clinic_profiles import OWN
from pipeline.contract.clinic_standing import SafetyLimit

_EFFECTS = {"mild": "a mild or moderate side effect", "severe": "a severe or serious side effect"}
_SIZES = (30, 60, 100, 200)


def safety(reading: Reading, of: str) -> None:
    """Sentences on side effects, where the clinic has figures for its own eyes."""
    limits = queries.safety_limits(*reading.at, of)
    if limits:
        frame.section(text.SAFETY_TITLE)
        prose.say("\n".join(f"- {sentence(limit)}" for limit in limits))


def sentence(limit: SafetyLimit) -> str:
    """How many of those asked told of it, and how many it may be at most."""
    told = "None" if limit.n == 0 else f"{limit.n}"
    return (
        f"**{told} of {limit.n_asked}** patients who were asked told of {_EFFECTS[limit.cell]}. That leaves room for "
        f"up to **{limit.upper:.0%}** of such patients (upper limit at 95% confidence)."
    )


def profile(figures: Sequence[Figure], basis: str | None) -> None:
    """The standing profile, and what clinics of four sizes can see by it."""
    first = figures[0]
    frame.section(text.PROFILE_TITLE)
    if first.profile == OWN:
        prose.say(text.OWN_PROFILE.format(basis=f" Basis: {basis}." if basis else ""))
    else:
        prose.say(text.STANDARD_PROFILE.format(rule=first.rule))
    with st.expander(text.SIZES_TITLE):
        prose.say(text.SIZES)
        prose.table(sizes(OWN if first.profile == OWN else "strict"))


def sizes(name: str) -> list[dict[str, str]]:
    """Of twenty simulated clinics of each size, how many see a figure."""
    rows = [row for row in reference.rows("clinic_sizes") if row["profile"] == name]
    return [
        {"What": row["label"]} | {f"{n} patients": f"{row[f'people_{n}']} of {row['of']}" for n in _SIZES}
        for row in rows
    ]
