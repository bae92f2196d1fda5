"""The file around a workbook: a zip archive, looked at before anything in it is unpacked."""

import struct
import zipfile
from pathlib import Path

from pipeline.errors import RefusedError

MAX_UNPACKED_BYTES = 4 << 30
"""All parts together. A million rows of 16 columns take under 1 GB."""

MAX_STRINGS_BYTES = 256 << 20
"""The texts that cells share are held in memory while a sheet is read. Ten million short ones fit, in under 1 GB."""

MAX_RATIO = 100
"""Unpacked to packed bytes of one part, as in Apache POI. Sheets reach 5 to 20, a bomb reaches 1,000."""

HARMLESS_BYTES = 16 << 20
"""A part that unpacks to less is read whatever its ratio: an empty sheet with formats packs very well."""

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_DIRECTORY_BYTES = 8192
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_IS_ENCRYPTED = 0x1
_OPEN_DOCUMENT = "mimetype"
_BINARY_WORKBOOK = "xl/workbook.bin"


def open_archive(path: Path, name: str) -> zipfile.ZipFile:
    """The zip archive of a workbook. Raises RefusedError where it is none, or would unpack to far too much."""
    try:
        with path.open("rb") as handle:
            start = handle.read(512)
        if not start.startswith(b"PK"):
            raise RefusedError(f"{name}: {_what_it_is(path, start)}")
        archive = zipfile.ZipFile(path)
    except FileNotFoundError:
        raise RefusedError(f"{name}: is not there; put it into the drop again") from None
    except PermissionError:
        raise RefusedError(f"{name}: may not be read by this user; give read permission") from None
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise RefusedError(
            f"{name}: is damaged or was cut off on its way; open it in a spreadsheet program and save it again, "
            "or ask the sender for it"
        ) from None
    try:
        _check(archive, name)
    except RefusedError:
        archive.close()
        raise
    return archive


def _what_it_is(path: Path, start: bytes) -> str:
    """What a file is that is no zip archive, and what to do with it."""
    if not start:
        return "is empty; ask the sender for it again"
    if start.startswith(_OLE):
        if _is_encrypted(path, start):
            return "is protected by a password; open it, take the password off, save it and send it again"
        return "is a workbook of Excel 97 to 2003 (.xls); open it and save it as .xlsx"
    if b"\0" not in start:
        return 'is text, not an Excel workbook; save it as .xlsx, or set format = "csv" if it is CSV'
    return "is no Excel workbook (.xlsx); open it in the program it comes from and save it as .xlsx"


def _is_encrypted(path: Path, start: bytes) -> bool:
    """Whether the directory of an OLE container names the stream that holds an encrypted workbook."""
    shift, first = struct.unpack_from("<H", start, 30)[0], struct.unpack_from("<I", start, 48)[0]
    with path.open("rb") as handle:
        handle.seek((first + 1) << min(shift, 12))
        return _ENCRYPTED in handle.read(_DIRECTORY_BYTES)


def _check(archive: zipfile.ZipFile, name: str) -> None:
    """Raise RefusedError where the archive is no workbook we read, or a bomb.

    The sizes are those the archive declares: reading stops at them, so that it cannot lie its way past.
    """
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if _BINARY_WORKBOOK in names or _OPEN_DOCUMENT in names:
        kind = "a binary workbook (.xlsb)" if _BINARY_WORKBOOK in names else "an OpenDocument file (.ods)"
        raise RefusedError(f"{name}: is {kind}; open it and save it as .xlsx")
    if any(part.flag_bits & _IS_ENCRYPTED for part in parts):
        raise RefusedError(f"{name}: is protected by a password; send it without")
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MAX_UNPACKED_BYTES:
        raise RefusedError(
            f"{name}: would unpack to {unpacked:,} bytes, expected at most {MAX_UNPACKED_BYTES:,}; "
            "split it into several workbooks, or send CSV"
        )
    for part in parts:
        if part.file_size > max(HARMLESS_BYTES, MAX_RATIO * part.compress_size):
            raise RefusedError(
                f"{name}: its part {part.filename} unpacks to {part.file_size:,} bytes from {part.compress_size:,}, "
                f"over {MAX_RATIO} to 1, as only a zip bomb does; send CSV if it is none"
            )
