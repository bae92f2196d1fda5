"""Who may log in, and as what: `access.toml` of the home. Where there is none, there is no login.

[auth] holds what Streamlit needs of the OpenID Connect provider, and is read by it from the same file;
[users] names everybody who is let in, by a mail address that the provider has verified or by `sub:` and the
provider's own id. Whoever is not named sees nothing.
"""

import stat
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast, get_args

from pipeline.errors import UsageError

FILE = "access.toml"
Role = Literal["researcher", "clinic", "steward"]
ROLES: tuple[Role, ...] = get_args(Role)

AUTH = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")
CALLBACK = "/oauth2callback"
MIN_SECRET = 32
"""Characters of the secret that signs the login's cookie: 128 bits even where they are hexadecimal digits."""

_SUB = "sub:"
_OTHERS_MAY = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True)
class Entry:
    """One user: the role, and the one clinic that a clinic's user may see."""

    role: Role
    clinic: str | None = None


def path(home: Path) -> Path:
    """Where the list of a home stands."""
    return home / FILE


def read(home: Path) -> Mapping[str, Entry] | None:
    """Everybody who is let in, by lower-case mail address or `sub:` id; None where there is no list.

    Raises UsageError naming every mistake, without quoting a secret.
    """
    file = path(home)
    if not file.exists():
        return None
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{file} cannot be read as TOML ({error}); mend it and start again") from None
    mistakes = [*_of_mode(file), *_of_auth(content.get("auth")), *_of_users(content.get("users"))]
    mistakes += [f"[{key}] means nothing here; expected auth and users" for key in content.keys() - {"auth", "users"}]
    if mistakes:
        raise UsageError(f"{file}: {'; '.join(mistakes)}")
    return {name.lower(): Entry(entry["role"], entry.get("clinic")) for name, entry in content["users"].items()}


def _of_mode(file: Path) -> Iterator[str]:
    if file.stat().st_mode & _OTHERS_MAY:
        yield f"holds secrets and others may read it; run: chmod 600 {file}"


def _of_auth(auth: Any) -> Iterator[str]:
    if not isinstance(auth, dict):
        yield f"[auth] is missing; expected {', '.join(AUTH)}"
        return
    for key in AUTH:
        if not (isinstance(auth.get(key), str) and auth[key]):
            yield f"auth.{key} is missing or no text"
    if isinstance(uri := auth.get("redirect_uri"), str) and not uri.endswith(CALLBACK):
        yield f"auth.redirect_uri is {uri!r}, expected the dashboard's address followed by {CALLBACK}"
    if isinstance(secret := auth.get("cookie_secret"), str) and 0 < len(secret) < MIN_SECRET:
        yield f"auth.cookie_secret has {len(secret)} characters, expected {MIN_SECRET} or more; openssl rand -hex 32"


def _of_users(users: Any) -> Iterator[str]:
    if not isinstance(users, dict) or not users:
        yield '[users] names nobody; expected entries such as [users."name@example.org"] with role = "researcher"'
        return
    for name, entry in users.items():
        yield from _of_user(name, entry if isinstance(entry, dict) else {})


def _of_user(name: str, entry: Mapping[str, Any]) -> Iterator[str]:
    role, clinic = entry.get("role"), entry.get("clinic")
    if "@" not in name and not name.startswith(_SUB):
        yield f"users.{name}: expected a mail address, or sub: and the provider's id"
    if role not in ROLES:
        yield f"users.{name}: role is {role!r}, expected one of {', '.join(ROLES)}"
    elif (role == "clinic") != isinstance(clinic, str):
        yield f"users.{name}: a user of role clinic has one clinic, and nobody else has"
    if more := entry.keys() - {"role", "clinic"}:
        yield f"users.{name}: {', '.join(sorted(more))} means nothing here"


def find(users: Mapping[str, Entry], claims: Mapping[str, Any]) -> Entry | None:
    """The entry of whoever the provider says has logged in; None where nobody is named so.

    A mail address counts only where the provider says that it verified it: anybody can type another's.

    >>> find({"ada@example.org": Entry("steward")}, {"email": "Ada@example.org", "email_verified": True}).role
    'steward'
    >>> find({"ada@example.org": Entry("steward")}, {"email": "ada@example.org"})
    """
    if found := users.get(f"{_SUB}{claims.get('sub')}".lower()):
        return found
    mail = str(claims.get("email", "")).lower()
    is_mail = claims.get("email_verified") is True and not mail.startswith(_SUB)
    return users.get(mail) if is_mail else None


def is_expired(claims: Mapping[str, Any], now: float) -> bool:
    """Whether the provider's word has run out; Streamlit's cookie outlives it by weeks."""
    expires = claims.get("exp")
    return not isinstance(expires, int | float) or now >= cast(float, expires)
