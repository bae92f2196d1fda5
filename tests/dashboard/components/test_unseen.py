"""Figures below the first wait until the browser asks; whoever looks without a browser has all of them at once."""

import json
from collections.abc import Iterator, Mapping
from unittest.mock import patch

import plotly.graph_objects as go
import pytest
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest

BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64)"}


def figure(height: int) -> go.Figure:
    return go.Figure().update_layout(height=height, margin_b=52)


SCRIPT = """
from functools import partial
from dashboard.components import unseen
from dashboard.components.certificate import Certificate
from dashboard.components.chart import chart
from tests.dashboard.components.test_unseen import figure
unseen.begin()
for key in ("first", "second", "map", "last"):
    certificate, picked = Certificate("v7", "f" * 64, "0.1.0"), print if key == "map" else None
    chart(partial(figure, 100), key, f"The {key}.", None, certificate, picked=picked)
"""


@pytest.fixture
def headers() -> Iterator[dict[str, str]]:
    """What the request names; empty as where nobody asks by a browser."""
    named: dict[str, str] = {}

    def asked(_: ContextProxy) -> Mapping[str, str]:
        return named

    with patch.object(ContextProxy, "headers", property(asked)):
        yield named


def ran(*asked: str) -> AppTest:
    app = AppTest.from_string(SCRIPT)
    if asked:
        app.session_state["figures_asked"] = frozenset(asked)
    app.run()
    assert not app.exception
    return app


def drawn(app: AppTest) -> list[str]:
    return [str(chart.key) for chart in app.get("plotly_chart")]


def waiting(app: AppTest) -> list[dict[str, object]]:
    told = [json.loads(component.proto.json) for component in app.get("bidi_component")]
    return [words for words in told if "alt" in words]


@pytest.mark.usefixtures("served_locally")
class TestUnseen:
    """With a page of four figures, of which the third can be picked on."""

    def test_without_a_browser_every_figure_is_there(self, headers: dict[str, str]) -> None:
        app = ran()
        assert drawn(app) == ["first", "second", "map", "last"]
        assert waiting(app) == []

    def test_in_a_browser_those_below_the_first_keep_their_room_and_are_read_out(self, headers: dict[str, str]) -> None:
        headers |= BROWSER
        app = ran()
        assert drawn(app) == ["first", "map"]
        assert waiting(app) == [{"alt": "The second.", "height": 118}, {"alt": "The last.", "height": 118}]
        assert len(app.get("download_button")) == 8

    def test_what_was_asked_for_stays(self, headers: dict[str, str]) -> None:
        headers |= BROWSER
        app = ran("last")
        assert drawn(app) == ["first", "map", "last"]
        assert drawn(app.run()) == ["first", "map", "last"]
