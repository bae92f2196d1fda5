"""Studies on the page Compare: shown with their diagnostics, withheld, unknown, of every kind, wrongly written."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from dashboard.keys import Folded
from pipeline.studies.protocols.catalogue import find_study
from pipeline.studies.protocols.protocol_file import parse_protocol
from tests.dashboard.conftest import Run
from tests.dashboard.said import figures, tables, tables_with, unfolded, words
from tests.studies import small_version, world


@pytest.fixture
def world_of(home: Path) -> Callable[..., None]:
    """Publish a world whose truth is known in place of the small version."""

    def publish(people: int, confounding: float = 1.0) -> None:
        folder = small_version.publish(home)
        (folder / "research.duckdb").unlink()
        with duckdb.connect(str(folder / "research.duckdb")) as con:
            world.build(con, people, confounding=confounding)

    return publish


def test_a_study_is_shown_adjusted_with_its_diagnostics(world_of: Callable[..., None], run: Run) -> None:
    world_of(600)
    app = run(study="c3-density-week-24")
    assert not app.exception
    said = words(app)
    assert app.title[0].value.endswith("?")
    assert "**Needling** did better by" in said
    assert {"forest", "balance", "retention", "distribution", "attrition"} <= figures(app).keys()
    assert "**E-value" in said
    assert "**Tipping point**" in said
    assert "**Smallest detectable difference**" in said
    assert "**Effective number**" in said
    methods = next(tables_with(app, "Stands as"))
    assert methods["Stands as"].tolist()[0] == "headline"
    command, lines, protocol = (code.value for code in unfolded(app, Folded.CODE).code)
    assert command.startswith("needling studies run c3-density-week-24 --version ")
    assert "home.study('c3-density-week-24')" in lines
    assert parse_protocol(protocol, Path("c3-density-week-24.toml")) == find_study("c3-density-week-24")
    assert app.query_params["study"] == "c3-density-week-24"


def test_a_failed_gate_withholds_the_figure_until_it_is_opened(world_of: Callable[..., None], run: Run) -> None:
    world_of(600, confounding=3.0)
    app = run(study="c3-density-week-24")
    assert not app.exception
    said = words(app)
    assert "No figure is given." in said
    assert "Withheld: the diagnostics failed" in said
    assert "Diagnostics failed" in said
    opened = next(
        e for e in unfolded(app, Folded.WITHHELD).expander
        if e.label == "Open the withheld figures, which are not to be relied on"
    )  # fmt: skip
    assert "beside it" in tables(opened)[0]["Stands as"].tolist()
    assert "**E-value" not in said
    (pair,) = next(tables_with(app, "Smallest detectable")).to_dict("records")
    assert pair["Adjusted (95% interval)"] == "withheld"


def test_a_study_that_does_not_exist_is_told(published: Path, run: Run) -> None:
    app = run(study="c99")
    assert "`study=c99`" in words(app)
    assert app.selectbox(key="study").value == ""


def test_every_kind_of_study_is_shown(published: Path, run: Run) -> None:
    app = run(by="depth")
    for study in ("c4-minimal", "c6-early-stages", "c7-areata", "c5-within-a-day"):
        app.selectbox(key="study").set_value(study).run()
        assert not app.exception, study
        assert app.title[0].value.endswith("?")


def test_a_wrong_protocol_of_the_home_closes_no_page(published: Path, run: Run) -> None:
    (published / "studies").mkdir()
    (published / "studies" / "own.toml").write_text("title = 1")
    app = run(by="depth")
    assert not app.exception
    assert "The studies of this home cannot be listed" in words(app)
    assert app.title[0].value == "Do people who needle deeper gain more hair?"
