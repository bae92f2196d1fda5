"""The pseudonym key and the SQL that uses it.

A participant becomes HMAC-SHA-256(key, namespace and id), 128 bits kept (RFC 2104); a record id and a
marked site become a keyed SHA-256, 128 bits kept; a day is shifted by a secret offset per person that
follows from the key, so that a day in landing is no date without the key.
"""

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipeline.errors import UsageError

KEY_BYTES = 32
_BLOCK = 64  # SHA-256 block size in bytes, RFC 2104
_SHIFT_DAYS = 36_500
"""Offsets lie between 0 and a hundred years, so that no shifted day can be told from any date."""


@dataclass(frozen=True)
class Key:
    """The secret. `fingerprint` may be shown: it does not give the key away."""

    secret: bytes

    @property
    def fingerprint(self) -> str:
        return hmac.new(self.secret, b"needling key fingerprint", hashlib.sha256).hexdigest()[:16]


def load(path: Path, *, create: bool) -> Key:
    """The key at `path`; made at first use where `create`, readable by its owner only.

    Raises UsageError where it is missing, damaged or readable by others.
    """
    if not path.exists():
        if not create:
            raise UsageError(
                f"the pseudonym key {path} is missing; put it back, or set NEEDLING_KEY_FILE to where it is"
            )
        _make(path)
    if path.stat().st_mode & 0o077:
        raise UsageError(f"the pseudonym key {path} can be read by others; run: chmod 600 {path}")
    try:
        secret = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError as problem:
        raise UsageError(
            f"the pseudonym key {path} is damaged: expected {2 * KEY_BYTES} hexadecimal digits"
        ) from problem
    if len(secret) != KEY_BYTES:
        raise UsageError(f"the pseudonym key {path} is damaged: expected {2 * KEY_BYTES} hexadecimal digits")
    return Key(secret)


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as handle:
        handle.write(secrets.token_bytes(KEY_BYTES).hex() + "\n")
        handle.flush()
        os.fsync(handle.fileno())
    partial.rename(path)


def pseudonym(key: Key, people: str, participant: str) -> str:
    """The UUID text of one person's pseudonym, as the SQL macro gives it."""
    digest = hmac.new(key.secret, _message(people, participant).encode(), hashlib.sha256).hexdigest()[:32]
    return f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:]}"


def install(con: duckdb.DuckDBPyConnection, key: Key) -> None:
    """Create the macros `pseudonym(people, token)`, `keyed(text)` and `day_offset(participant)`.

    They live in this connection's memory only and hold key material: the connection must not be a file.
    """
    padded = key.secret.ljust(_BLOCK, b"\0")
    inner = bytes(b ^ 0x36 for b in padded).hex()
    outer = bytes(b ^ 0x5C for b in padded).hex()
    record = hmac.new(key.secret, b"record", hashlib.sha256).hexdigest()
    day = hmac.new(key.secret, b"day", hashlib.sha256).hexdigest()
    con.execute(
        "CREATE OR REPLACE TEMP MACRO pseudonym(people, token) AS "
        f"CAST(unhex(left(sha256(unhex('{outer}') || unhex(sha256(unhex('{inner}') || "
        "encode(people || chr(31) || token)))), 32)) AS UUID)"
    )
    # by way of bytes: DuckDB takes twice as long to read a UUID out of its text
    keyed = f"CAST(unhex(left(sha256('{record}' || txt), 32)) AS UUID)"
    con.execute(f"CREATE OR REPLACE TEMP MACRO keyed(txt) AS {keyed}")
    con.execute(
        "CREATE OR REPLACE TEMP MACRO day_offset(participant) AS "
        f"CAST(('0x' || left(sha256('{day}' || CAST(participant AS VARCHAR)), 7))::INTEGER % {_SHIFT_DAYS} AS INTEGER)"
    )


def _message(people: str, participant: str) -> str:
    return f"{people}\x1f{participant}"
