"""A question written down is the same question when it is read back."""

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.studies.contrasts.compare import ask, ask_study
from pipeline.studies.protocols.ad_hoc import ad_hoc_protocol
from pipeline.studies.protocols.catalogue import find_study, paths
from pipeline.studies.protocols.dimensions import DIMENSIONS
from pipeline.studies.protocols.filters import COLUMNS, Filters
from pipeline.studies.protocols.instrument import find_instrument
from pipeline.studies.protocols.protocol import COVARIATES, Contrast, Protocol
from pipeline.studies.protocols.protocol_file import parse_protocol
from pipeline.studies.protocols.protocol_text import protocol_text
from pipeline.studies.study import compare_adjusted, run_study

MINE = Path("mine.toml")
DIAGNOSES = ("androgenetic_alopecia", "telogen_effluvium")


def read_back(protocol: Protocol) -> Protocol:
    return parse_protocol(protocol_text(protocol, ["a note\nof two lines"]), MINE)


@pytest.mark.parametrize("study", paths(None))
def test_every_study_of_the_catalogue_comes_back(study: str) -> None:
    protocol = replace(find_study(study), id="mine")
    assert read_back(protocol) == protocol


filters = st.dictionaries(
    st.sampled_from([c for c in COLUMNS if c not in ("diagnosis", "staging_scale")]),
    st.lists(st.text(min_size=1), min_size=1, max_size=3).map(tuple),
    max_size=3,
)


@given(data=st.data())
def test_every_view_comes_back(con: duckdb.DuckDBPyConnection, data: st.DataObject) -> None:
    dimension = data.draw(st.sampled_from(list(DIMENSIONS.values())))
    scales = data.draw(st.sampled_from([(), ("norwood",), ("norwood", "ludwig")]))
    only = {"diagnosis": (data.draw(st.sampled_from(DIAGNOSES)),), **data.draw(filters)}
    asked = Filters(only | ({"staging_scale": scales} if scales else {}))
    protocol = ad_hoc_protocol(dimension, find_instrument(con, "hair_density"), 24, asked, None, None)
    against = Contrast("", data.draw(st.sampled_from([arm.id for arm in protocol.arms])))
    margin = data.draw(st.none() | st.floats(0.01, 50))
    more = replace(
        protocol,
        id="mine",
        contrast=replace(against, margin=margin),
        covariates=tuple(data.draw(st.lists(st.sampled_from(COVARIATES), unique=True))),
        people=replace(protocol.people, prevalent=data.draw(st.booleans())),
        note=data.draw(st.text()),
    )
    again = read_back(more)
    assert again == more
    assert again.digest == more.digest


def test_a_saved_view_gives_the_same_numbers(con: duckdb.DuckDBPyConnection) -> None:
    question = ask(con, "depth", "hair_density", 24, ["sex=male", "sex=female"], None, "1_40_to_1_60")
    viewed = compare_adjusted(con, question)
    saved = run_study(con, read_back(question.protocol))
    assert saved.estimates == viewed.estimates
    assert saved.diagnostics == viewed.diagnostics
    assert len({e.arm for e in saved.estimates if e.reference}) == 3
    assert ask_study(con, read_back(question.protocol)).protocol.title == "Hair density at week 24, by needle depth"


def test_nothing_is_left_to_a_default() -> None:
    text = protocol_text(find_study("c3-density-week-24"))
    assert "covariates = [" in text
    assert 'hair_transplant = "hypothetical"' in text
