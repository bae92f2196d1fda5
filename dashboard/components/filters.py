"""Controls that narrow down the people, shared by the pages. Each is a filter of the contract."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.components import links
from dashboard.keys import Filter
from pipeline.contract import reference
from pipeline.contract.spoken import years


@dataclass(frozen=True)
class _Choice:
    """One filter: its widget, the column it is about, and how a value is called."""

    key: Filter
    column: str
    label: str
    call: Callable[[str], str]


def _plain(value: str) -> str:
    return value


def _words(vocabulary: str, **own: str) -> Callable[[str], str]:
    return lambda code: own.get(code) or reference.label(vocabulary, code)


_SEVERAL = (
    _Choice(Filter.SEX, "sex", "Sex", _words("sex")),
    _Choice(Filter.AGE, "age_band", "Age at enrolment, years", years),
    _Choice(Filter.CLINIC, "clinic_id", "Clinic or app", _plain),
    _Choice(Filter.SETTING, "setting", "Setting", _words("setting", none="Not needling")),
    _Choice(Filter.DEVICE, "device", "Device", _words("device", none="Not needling")),
    _Choice(Filter.ADJUNCT, "adjunct", "Other treatment", _words("treatment", none="No other", several="Several")),
)


def diagnosis_filter(available: Mapping[str, tuple[str, ...]], allowed: tuple[str, ...]) -> list[str]:
    """One kind of hair loss, of those the instrument is for: they are never pooled."""
    known = available["diagnosis"]
    usual = [t.code for t in reference.vocabulary("diagnosis") if t.code in known]
    codes = [code for code in usual if not allowed or code in allowed] or list(allowed) or usual
    options = {code: reference.label("diagnosis", code) for code in codes}
    links.read(Filter.DIAGNOSIS, options)
    code = st.selectbox(
        "Kind of hair loss",
        codes,
        format_func=lambda c: options[c],
        key=Filter.DIAGNOSIS,
        bind="query-params",
        help="One at a time: kinds of hair loss are never pooled.",
    )
    return [f"diagnosis={code}"] if code else []


Places = dict[str, DeltaGenerator]
"""By column, the place below its filter where counts may be written once all filters are known."""


def people_filters(available: Mapping[str, tuple[str, ...]], places: Places | None = None) -> list[str]:
    """The other filters; nothing chosen in one means everybody. Returns COLUMN=VALUE texts."""
    found: list[str] = []
    columns = st.columns(3)
    for place, choice in enumerate(_SEVERAL):
        options = {value: choice.call(value) for value in available[choice.column]}
        links.read(choice.key, options)
        with columns[place % len(columns)]:
            values = st.multiselect(
                choice.label,
                list(options),
                format_func=options.__getitem__,
                key=choice.key,
                bind="query-params",
                placeholder="Everybody",
            )
            if places is not None:
                places[choice.column] = st.empty()
        found += [f"{choice.column}={value}" for value in values]
    return found


def show_counts(places: Places, counts: Mapping[str, Mapping[str, int]]) -> None:
    """Write below each filter how many people each of its values would leave, the other filters being as they are."""
    for choice in _SEVERAL:
        found = sorted(counts.get(choice.column, {}).items(), key=lambda pair: -pair[1])
        told = [f"{choice.call(value)}: {n:,}" for value, n in found[:_MOST_COUNTED]]
        more = len(found) - _MOST_COUNTED
        told += [f"{more} more with fewer"] if more > 0 else []
        places[choice.column].caption(" · ".join(told) or "Nobody with the other filters as they are.")


_MOST_COUNTED = 8


def n_active() -> int:
    """How many of the filters narrow something down, as the link or the last run has them."""
    return sum(bool(st.session_state.get(c.key) or st.query_params.get_all(c.key)) for c in _SEVERAL)
