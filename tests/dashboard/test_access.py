"""Who may change something: only who sits at this computer, through a server that nobody else reaches."""

import os
from pathlib import Path

import pytest
import streamlit as st
from streamlit import config

from dashboard import access
from dashboard.access import Viewer
from dashboard.words import text

STEWARD = Viewer("steward")


class Context:
    def __init__(self, **headers: str) -> None:
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def test_at_this_computer_one_may(tmp_path: Path) -> None:
    assert access.why_not_write(STEWARD, tmp_path / "not" / "there" / "yet") is None


@pytest.mark.parametrize(
    "viewer", [Viewer("clinic"), Viewer("clinic", "north"), Viewer("researcher"), Viewer("steward", "north")]
)
def test_a_clinic_may_not(viewer: Viewer, tmp_path: Path) -> None:
    assert access.why_not_write(viewer, tmp_path) == text.NOT_STEWARD


@pytest.mark.parametrize("address", ["0.0.0.0", "192.168.1.7", None, "::"])
def test_a_server_that_others_reach_may_not(address: str | None, tmp_path: Path) -> None:
    config.set_option("server.address", address)
    assert access.why_not_write(STEWARD, tmp_path) == text.NOT_LOCAL


@pytest.mark.parametrize(
    ("headers", "may"),
    [
        ({"Host": "127.0.0.1:8501"}, True),
        ({"Host": "localhost:8501"}, True),
        ({"Host": "[::1]:8501"}, True),
        ({"Host": "outcomes.example.org"}, False),
        ({"Host": "127.0.0.1.example.org:8501"}, False),
        ({"Host": "127.0.0.1:8501", "X_Forwarded_For": "10.0.0.9"}, False),
        ({"Host": "127.0.0.1:8501", "Forwarded": "for=10.0.0.9"}, False),
    ],
)
def test_a_forwarding_server_and_another_name_may_not(
    headers: dict[str, str], may: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(st, "context", Context(**headers))
    assert (access.why_not_write(STEWARD, tmp_path) is None) is may


@pytest.mark.parametrize("option", ["server.enableXsrfProtection", "server.enableCORS"])
def test_without_protection_from_other_pages_one_may_not(option: str, tmp_path: Path) -> None:
    config.set_option(option, False)
    assert access.why_not_write(STEWARD, tmp_path) == text.NOT_PROTECTED


@pytest.mark.parametrize("closed", ["home", "home/ledger.duckdb", ""])
def test_a_home_that_can_only_be_read_is_left_alone(
    closed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`os.access` says what the kernel would: whoever runs the tests as root may write everywhere."""
    home, real = tmp_path / "home", os.access
    if closed:
        home.mkdir()
        (home / "ledger.duckdb").touch()
    refused = tmp_path / closed
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != refused and real(path, mode))
    assert access.why_not_write(STEWARD, home) == text.READ_ONLY.format(home=home)
