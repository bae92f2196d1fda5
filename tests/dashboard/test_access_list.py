"""access.toml: who is let in, and every mistake in it told without a secret."""

from pathlib import Path

import pytest

from dashboard import access_list
from dashboard.access_list import Entry, find
from pipeline.errors import UsageError
from tests.dashboard.clinic_home import let_in


def test_without_a_file_there_is_no_login(tmp_path: Path) -> None:
    assert access_list.read(tmp_path) is None


def test_the_users_and_what_they_are(tmp_path: Path) -> None:
    let_in(tmp_path)
    assert access_list.read(tmp_path) == {
        "ada@example.org": Entry("researcher"),
        "sub:steward-1": Entry("steward"),
        "desk@north.example": Entry("clinic", "north"),
    }


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('role = "researcher"', 'role = "boss"', "role is 'boss', expected one of researcher, clinic, steward"),
        ('clinic = "north"', "", "a user of role clinic has one clinic"),
        ('role = "researcher"', 'role = "researcher"\nclinic = "north"', "a user of role clinic has one clinic"),
        ("ada@example.org", "ada", "expected a mail address, or sub:"),
        ('client_id = "needling"', "", "auth.client_id is missing"),
        ("/oauth2callback", "/callback", "expected the dashboard's address followed by /oauth2callback"),
        ("0123456789abcdef0123456789abcdef", "short", "auth.cookie_secret has 5 characters, expected 32 or more"),
        ("[auth]", "[aut]", "[auth] is missing"),
        ('role = "steward"', 'role = "steward"\nadmin = true', "admin means nothing here"),
        ("[auth]", "auth]", "cannot be read as TOML"),
    ],
)
def test_every_mistake_is_told(old: str, new: str, told: str, tmp_path: Path) -> None:
    file = let_in(tmp_path)
    file.write_text(file.read_text().replace(old, new))
    with pytest.raises(UsageError) as caught:
        access_list.read(tmp_path)
    assert told in str(caught.value)
    assert "not much of one" not in str(caught.value)


def test_a_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    let_in(tmp_path).chmod(0o640)
    with pytest.raises(UsageError, match="chmod 600"):
        access_list.read(tmp_path)


USERS = {"ada@example.org": Entry("researcher"), "sub:steward-1": Entry("steward")}


@pytest.mark.parametrize(
    ("claims", "role"),
    [
        ({"sub": "x", "email": "ada@example.org", "email_verified": True}, "researcher"),
        ({"sub": "x", "email": "ADA@Example.org", "email_verified": True}, "researcher"),
        ({"sub": "x", "email": "ada@example.org", "email_verified": False}, None),
        ({"sub": "x", "email": "ada@example.org", "email_verified": "true"}, None),
        ({"sub": "x", "email": "ada@example.org"}, None),
        ({"sub": "steward-1"}, "steward"),
        ({"sub": "steward-2", "email": "eve@example.org", "email_verified": True}, None),
        ({}, None),
        ({"email": "sub:steward-1", "email_verified": True}, None),
    ],
)
def test_only_a_verified_address_or_the_providers_id_lets_in(claims: dict[str, object], role: str | None) -> None:
    found = find(USERS, claims)
    assert (found.role if found else None) == role


@pytest.mark.parametrize(("exp", "expired"), [(1001, False), (1000, True), (999, True), (None, True), ("1001", True)])
def test_a_login_runs_out_with_the_providers_word(exp: object, expired: bool) -> None:
    assert access_list.is_expired({"exp": exp} if exp is not None else {}, 1000) is expired
