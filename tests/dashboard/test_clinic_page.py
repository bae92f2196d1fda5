"""The page Clinic, and who gets to see which."""

import json
import logging
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb
import pandas as pd
import pytest
import streamlit as st
from scipy import stats
from streamlit.testing.v1 import AppTest

from dashboard import access, queries
from dashboard.access import Viewer
from dashboard.views import pages_for
from dashboard.words import text
from pipeline import clinic_figures
from pipeline.api import open_home
from pipeline.contract.asked import Asked
from pipeline.contract.clinic_standing import STANDING_REASONS
from tests.dashboard import clinic_home
from tests.dashboard.conftest import Run
from tests.dashboard.said import tables, words

NORTH = Viewer("clinic", "north", is_logged_in=True)


class User:
    """What Streamlit says of whoever looks."""

    def __init__(self, claims: Mapping[str, object] | None) -> None:
        self.is_logged_in = claims is not None
        self._claims = claims or {}

    def to_dict(self) -> dict[str, object]:
        return dict(self._claims)


def claims(name: str, *, seconds: int = 600) -> dict[str, object]:
    """What the provider says of one user, for so many seconds to come."""
    by_id = {"sub": name.removeprefix("sub:")} if name.startswith("sub:") else {"email": name, "email_verified": True}
    return {"sub": "other", **by_id, "exp": time.time() + seconds}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that is copied, not made, for each test."""
    home = tmp_path_factory.mktemp("clinics") / "home"
    clinic_home.publish(home)
    return home


@pytest.fixture
def with_clinics(home: Path, made: Path) -> Path:
    shutil.copytree(made, home, dirs_exist_ok=True)
    return home


def log_in(monkeypatch: pytest.MonkeyPatch, home: Path, user: Mapping[str, object] | None) -> None:
    clinic_home.let_in(home)
    monkeypatch.setattr(st, "user", User(user))


SCRIPT = """
from pathlib import Path
from dashboard import access, queries
from dashboard.views import clinic
clinic.show(access.viewer(Path(queries.home_folder())))
"""


def page(**link: str) -> AppTest:
    """The page alone: AppTest turns only to pages that are files of their own."""
    app = AppTest.from_string(SCRIPT, default_timeout=60)
    for key, value in link.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception, app.exception
    return app


@pytest.mark.usefixtures("with_clinics")
def test_at_this_computer_every_clinic_can_be_looked_at() -> None:
    app = page(of="west", table="density_24")
    assert app.title[0].value == text.CLINIC_TITLE.format(clinic="west")
    said = words(app)
    assert "hairs/cm²" in said
    assert "95% interval" in said
    assert "strict: 0 to 10 suppressed" in said
    assert app.selectbox(key="of").options == sorted(clinic_home.SIZES)
    assert "+" in table(app, "Group")["Mean change (95% interval)"].iloc[0]


@pytest.mark.usefixtures("with_clinics")
def test_what_a_link_got_wrong_is_told_of_controls_below_the_head_too() -> None:
    said = words(page(of="west", table="nonsense", week="99"))
    assert "`table=nonsense`" in said
    assert "`week=99`" in said


@pytest.mark.usefixtures("with_clinics")
def test_too_few_people_are_said_to_be_too_few() -> None:
    app = page(of="tiny")
    assert "No result of this clinic can be shown yet" in words(app)
    assert set(table(app, "Group")["People"]) == {"suppressed"}


def table(app: AppTest, column: str) -> pd.DataFrame:
    return next(t for t in tables(app) if column in t)


@pytest.mark.usefixtures("with_clinics")
def test_follow_up_comes_before_where_a_clinic_stands() -> None:
    app = page(of="west", week="24")
    said = words(app)
    assert said.index("Follow-up first") < said.index("would lead one to expect")
    own = table(page(of="west", table="follow_up_24"), "Group").set_index("Group")["People"]
    assert f"were seen (about {own['Seen']} seen, {own['Due and not seen']} not)" in said
    assert "within what chance does" in said
    (figure,) = [json.loads(f.proto.spec) for f in app.get("plotly_chart") if "standing" in f.proto.id]
    assert [trace["name"] for trace in figure["data"] if trace["mode"] == "markers"] == ["This clinic"]
    assert figure["data"][-1]["x"], "the own point is drawn, and no other"


def test_every_share_has_the_interval_of_the_counts_that_are_shown(with_clinics: Path) -> None:
    version = open_home(with_clinics).version["version"]
    given = clinic_figures.figures(with_clinics, version, "north")
    (whole,) = [f.n for f in given if f.table == "people"]
    shares = [f for f in given if f.table in ("sex", "diagnosis", "follow_up_24") and f.share is not None]
    assert whole
    assert shares
    for f in shares:
        exact = stats.binomtest(f.n or 0, whole).proportion_ci(method="exact")
        assert f.limits == pytest.approx((exact.low, exact.high), abs=0.005)
    assert all((f.share is None) == (f.limits is None) for f in given)


@pytest.mark.usefixtures("with_clinics")
def test_a_clinic_without_a_place_is_told_why() -> None:
    assert STANDING_REASONS["no_result"] in words(page(of="tiny"))


@pytest.mark.usefixtures("with_clinics")
def test_a_granted_clinic_sees_small_counts_the_basis_and_what_safety_leaves_possible() -> None:
    app = page(of=clinic_home.OWN, table="side_effects")
    said = words(app)
    assert f"Basis: {clinic_home.BASIS}" in said
    assert "own_clinic: 1 to 4 suppressed" in said
    assert text.COUNTS_ARE_ROUNDED not in said
    assert "**None of " in said
    assert "upper limit at 95% confidence" in said
    sizes = table(app, "30 patients")
    assert dict(zip(sizes["What"], sizes["200 patients"], strict=True))["Side effects"] == "20 of 20"


@pytest.mark.usefixtures("with_clinics")
def test_prices_of_fewer_than_five_others_are_not_told() -> None:
    app = page(of="north", table="price")
    assert text.PRICES_OF_OTHERS in words(app)
    shown = table(app, "Others: people (clinics)")
    assert "fewer than 5 clinics" in set(shown["Others: people (clinics)"])
    assert shown["Mean (95% interval)"].str.contains("EUR a month").any()


def test_a_version_without_clinics_says_so(home: Path) -> None:
    folder = clinic_home.publish(home)
    with duckdb.connect(str(folder / "clinic.duckdb")) as con:
        con.execute("DELETE FROM clinic_cells")
    assert page().title[0].value == text.NO_CLINIC_TITLE


def test_a_version_of_an_earlier_release_says_what_to_do(with_clinics: Path) -> None:
    with duckdb.connect(str(with_clinics / "versions" / clinic_home.VERSION / "clinic.duckdb")) as con:
        con.execute("DROP TABLE clinic_standings")
    assert "needling publish" in words(page(of="west"))


def test_nothing_published_says_so(home: Path) -> None:
    assert page().title[0].value == text.NO_VERSION_TITLE


def test_a_clinics_user_sees_the_own_clinic_and_nothing_else(
    with_clinics: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    log_in(monkeypatch, with_clinics, claims("desk@north.example"))
    app = run()
    assert app.title[0].value == text.CLINIC_TITLE.format(clinic="north")
    assert [box.key for box in app.selectbox] == ["table"]
    n_all = sum(clinic_home.SIZES.values())
    assert f"{n_all}" not in words(app).replace(",", ""), "the others are the number of all people less its own"


def test_asking_for_another_clinic_gives_nothing_and_is_noted(
    with_clinics: Path, monkeypatch: pytest.MonkeyPatch, run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    log_in(monkeypatch, with_clinics, claims("desk@north.example"))
    with caplog.at_level(logging.WARNING, logger="dashboard.access"):
        app = run(of="west")
    assert app.title[0].value == text.CLINIC_TITLE.format(clinic="north")
    assert text.OTHER_CLINIC in words(app)
    assert "asked for another clinic" in caplog.text
    assert "west" not in caplog.text
    app.session_state["of"] = "west"
    assert app.run().title[0].value == text.CLINIC_TITLE.format(clinic="north")


@pytest.mark.parametrize(
    "ask",
    [
        lambda version, folder: queries.manifest(version, NORTH, folder),
        lambda version, folder: queries.choices(version, NORTH, folder),
        lambda version, folder: queries.instruments(version, NORTH, folder),
        lambda version, folder: queries.compare(version, NORTH, folder, Asked("depth", "hair_density", 24)),
    ],
)
def test_the_row_level_is_shut_to_a_clinics_user_whatever_page_asks(
    ask: Callable[[str, str], object], with_clinics: Path
) -> None:
    with pytest.raises(PermissionError):
        ask(clinic_home.VERSION, str(with_clinics))


def test_the_figures_of_another_clinic_are_none(with_clinics: Path) -> None:
    assert queries.clinic(clinic_home.VERSION, NORTH, str(with_clinics), "west") is None
    assert queries.clinic(clinic_home.VERSION, NORTH, str(with_clinics), "north")
    assert queries.clinics(clinic_home.VERSION, NORTH, str(with_clinics)) == ("north",)


@pytest.mark.parametrize(
    ("user", "told"),
    [
        (None, text.LOGGED_OUT),
        (claims("desk@north.example", seconds=-1), text.EXPIRED),
        (claims("eve@example.org"), text.UNKNOWN),
        ({**claims("ada@example.org"), "email_verified": False}, text.UNKNOWN),
    ],
)
def test_whoever_is_not_let_in_sees_nothing(
    user: Mapping[str, object] | None, told: str, with_clinics: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    log_in(monkeypatch, with_clinics, user)
    app = run(of="north")
    assert told in words(app)
    assert not app.selectbox
    assert len(app.button) == 1
    assert "clinic" not in words(app).replace(told, "")


@pytest.mark.parametrize(("name", "may_write"), [("ada@example.org", False), ("sub:steward-1", True)])
def test_researchers_and_stewards_have_their_pages(
    name: str, may_write: bool, with_clinics: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_in(monkeypatch, with_clinics, claims(name))
    seen = access.viewer(with_clinics)
    assert isinstance(seen, Viewer)
    assert ("Steward" in [p.title for p in pages_for(seen)]) is may_write
    assert (access.why_not_write(seen, with_clinics) is None) is may_write


def test_a_wrong_list_lets_nobody_in(with_clinics: Path, run: Run) -> None:
    clinic_home.let_in(with_clinics).chmod(0o644)
    app = run()
    assert "chmod 600" in words(app)
    assert not app.selectbox
