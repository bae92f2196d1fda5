"""The page Claims: a verdict for each study, with what it rests on or why there is none."""

from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.access import Viewer
from dashboard.views import claims, pages_for
from dashboard.words import text
from pipeline.api import open_home
from tests.dashboard.said import tables, words

SCRIPT = """
from pathlib import Path
from dashboard import access, queries
from dashboard.views import claims
claims.show(access.viewer(Path(queries.home_folder())))
"""


@pytest.mark.usefixtures("published")
def test_every_study_has_a_verdict_and_a_reason() -> None:
    app = AppTest.from_string(SCRIPT, default_timeout=120).run()
    assert not app.exception, app.exception
    assert app.title[0].value == text.CLAIMS_TITLE
    said = words(app)
    assert "studies speak to 9 claims" in said
    assert "association" in said
    assert "not noted as a look" in said
    rows = pd.concat(tables(app))
    assert len(rows) >= 25
    assert set(rows["Verdict"].str[2:]) <= set(claims.ORDER)
    assert (rows["Because"].str.len() > 20).all()
    assert not rows["Figure (95% interval)"].isin(["", "0", "nan"]).any()
    assert rows["Because"].str.contains("Exploratory").all(), "nothing was fixed beforehand here"
    assert rows["Study"].str.contains("](/compare?study=", regex=False).all()


def test_nothing_published_says_so(home: Path) -> None:
    assert not home.exists()
    app = AppTest.from_string(SCRIPT, default_timeout=60).run()
    assert app.title[0].value == text.NO_VERSION_TITLE


def test_the_download_holds_every_study_unrounded(published: Path) -> None:
    with open_home(published) as opened:
        found = opened.claims()
    rows = claims.rows(found)
    assert list(rows["study"]) == [c.study for c in found]
    assert list(rows["claim"].dropna()) == sorted(rows["claim"].dropna())
    given = rows[rows["estimate"].notna()]
    assert given[["ci_lower", "ci_upper"]].notna().all(axis=None)
    assert rows[rows["estimate"].isna()]["reason"].notna().all()


def test_a_clinics_user_has_no_claims() -> None:
    titles = [page.title for page in pages_for(Viewer("clinic", "north", is_logged_in=True))]
    assert titles == ["Clinic", "Help"]
