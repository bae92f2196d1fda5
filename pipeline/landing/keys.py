"""The pseudonym key and the SQL that uses it.

A participant becomes HMAC-SHA-256(key, namespace and id), 128 bits kept (RFC 2104); a record id and a
marked site become a keyed SHA-256, 128 bits kept; a day is shifted by a secret offset per person that
follows from the key, so that a day in landing is no date without the key.

What is hashed for each record begins with a key of 16 bytes of its table, source and kind of id, which follows from the
secret: with a UUID behind it that is one block of SHA-256, and a block is what a hash costs.
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
WAY = "2"
"""How ids and days follow from the key. A home keeps to one way: by another a record sent again would be a new one."""

_BLOCK = 64  # SHA-256 block size in bytes, RFC 2104
_SUBKEY_BYTES = 16  # 128 bits, as are kept of every digest
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
    """Create the macros `pseudonym(people, token)`, `keyed(scope, text)` and `day_offset(participant)`.

    They live in this connection's memory only and hold key material: the connection must not be a file. The `scope` of
    ids that are made alike is a constant, whose key DuckDB works out once a query.
    """
    record = hmac.new(key.secret, b"record", hashlib.sha256).digest()
    day = hmac.new(key.secret, b"day", hashlib.sha256).hexdigest()[: 2 * _SUBKEY_BYTES]
    person = _half(_hmac(key.secret, "people || chr(31) || token"))
    con.execute(f"CREATE OR REPLACE TEMP MACRO pseudonym(people, token) AS CAST({person} AS UUID)")
    id_ = _half(f"sha256({_half(_hmac(record, 'scope'))} || encode(txt))")
    # by way of bytes: DuckDB takes twice as long to read a UUID out of its text
    con.execute(f"CREATE OR REPLACE TEMP MACRO keyed(scope, txt) AS CAST({id_} AS UUID)")
    shift = f"('0x' || left(sha256(unhex('{day}') || encode(CAST(participant AS VARCHAR))), 7))::INTEGER"
    con.execute(f"CREATE OR REPLACE TEMP MACRO day_offset(participant) AS CAST({shift} % {_SHIFT_DAYS} AS INTEGER)")


def _hmac(secret: bytes, message: str) -> str:
    """SQL for the HMAC-SHA-256 of a text, in hexadecimal digits (RFC 2104)."""
    padded = secret.ljust(_BLOCK, b"\0")
    inner, outer = (bytes(b ^ pad for b in padded).hex() for pad in (0x36, 0x5C))
    return f"sha256(unhex('{outer}') || unhex(sha256(unhex('{inner}') || encode({message}))))"


def _half(digest: str) -> str:
    """SQL for the first half of the bytes of a digest; substr, for `left` looks for letters of many bytes first."""
    return f"unhex(substr({digest}, 1, {2 * _SUBKEY_BYTES}))"


def _message(people: str, participant: str) -> str:
    return f"{people}\x1f{participant}"
