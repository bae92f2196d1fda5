"""A drop: a folder with one `source.toml` and the data files it names."""

import hashlib
import re
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePosixPath

from pipeline.contract.mapping import Manifest, TableMapping
from pipeline.contract.tables import TABLES
from pipeline.errors import RefusedError
from pipeline.sections import Mistakes
from pipeline.sources import unread
from pipeline.sources.manifest import read_manifest
from pipeline.sources.redcap.dictionary import find_dictionary, read_dictionary
from pipeline.sources.redcap.labels import use_labels
from pipeline.sources.table_mapping import native_files
from pipeline.sources.xlsx.sheets import divide

_SHEETS = f"name a sheet after its table ({', '.join(TABLES)}), or say under [tables.*] which sheet it is"
OWNER_FILE = "~$"
"""Beginning of the name of the file that Excel lays beside a workbook while somebody has it open."""

_ABSOLUTE = re.compile(r"[/\\~]|[A-Za-z]:")
MANIFEST_NAME = "source.toml"
UNREADABLE = ""
"""Digest of a file whose bytes cannot be read; staging it gives the reason."""


@dataclass(frozen=True)
class DataFile:
    """One file of a drop, as bytes. `name` is relative to the drop; `tables` are all that its name matches.

    A sheet of a workbook is a file of its own, `log.xlsx[Sessions]`, with the tables that read it. `stamp` is what
    the disk said of the file when the drop was opened: it tells whether somebody has been writing on it since.
    """

    path: Path
    name: str
    tables: tuple[TableMapping, ...]
    sheet: str | None = None
    stamp: tuple[int, int] | None = None

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the bytes, UNREADABLE where there is none; of a sheet that of the whole together with its name."""
        whole = _digest(self.path)
        return whole if self.sheet is None else hashlib.sha256(f"{whole}[{self.sheet}]".encode()).hexdigest()


@dataclass(frozen=True)
class Drop:
    """A checked mapping and the files it reaches, in the order of their names."""

    path: Path
    manifest: Manifest
    manifest_digest: str
    files: tuple[DataFile, ...]
    warnings: tuple[str, ...]


def open_drop(path: Path) -> Drop:
    """Read the mapping of a drop and find its files.

    Raises RefusedError where `source.toml` is missing or mistaken, a file leads out of the drop, or none is there.
    """
    root = path.expanduser()
    if not root.is_dir():
        raise RefusedError(f"{path} is no folder; a drop is a folder with a {MANIFEST_NAME} and data files")
    raw = _manifest_bytes(root / MANIFEST_NAME)
    manifest = read_manifest(root / MANIFEST_NAME, raw)
    manifest, raw, explained = _with_dictionary(root, manifest, raw)
    found, warnings = _find(root, manifest)
    warnings += explained
    if not found:
        wanted = ", ".join(dict.fromkeys(pattern for table in manifest.tables for pattern in table.files))
        raise RefusedError(
            f"{path} holds none of the files its mapping names ({wanted}); put them beside {MANIFEST_NAME}"
        )
    warnings += unread.files(root, {*found, manifest.redcap.dictionary if manifest.redcap else None})
    files = [DataFile(root / name, name, tuple(found[name]), stamp=stamp(root / name)) for name in sorted(found)]
    if manifest.format == "xlsx":
        files, not_read = _sheets(files)
        warnings += not_read
    if not files:
        raise RefusedError(f"{path} holds no sheet that its mapping names or that is called like a table; {_SHEETS}")
    return Drop(path, manifest, hashlib.sha256(raw).hexdigest(), tuple(files), tuple(warnings))


def _with_dictionary(root: Path, manifest: Manifest, raw: bytes) -> tuple[Manifest, bytes, tuple[str, ...]]:
    """The mapping as a REDCap data dictionary explains it, the bytes that it consists of, and warnings."""
    if manifest.redcap is None or manifest.redcap.dictionary is None:
        return manifest, raw, ()
    name = manifest.redcap.dictionary
    try:
        words = find_dictionary(root, name)
        manifest, warnings = use_labels(manifest, read_dictionary(name, words, manifest.encoding))
    except RefusedError as problem:
        raise RefusedError(f"{root / MANIFEST_NAME}: {problem}") from None
    return manifest, raw + words, warnings


def _sheets(files: list[DataFile]) -> tuple[list[DataFile], list[str]]:
    """Workbooks as one file per sheet, and a warning for each that no table reads."""
    found: list[DataFile] = []
    named: set[str] = set()
    warnings: list[str] = []
    for file in files:
        parts = divide(file.path, file.name, file.tables)
        found += [
            replace(file, name=file.name if sheet is None else f"{file.name}[{sheet}]", tables=tables, sheet=sheet)
            for sheet, tables in parts
        ]
        named |= {mapping.table for _, tables in parts for mapping in tables}
        if parts:
            warnings += unread.sheets(file.path, file.name, [sheet for sheet, _ in parts])
        else:
            warnings.append(f"{file.name}: none of its sheets is called like a table, so it is not read; {_SHEETS}")
    asked = {mapping.table: mapping.sheet for file in files for mapping in file.tables if mapping.sheet}
    warnings += [
        f"[tables.{table}] sheet: no workbook has a sheet {sheet!r}"
        for table, sheet in asked.items()
        if table not in named
    ]
    return found, warnings


def _manifest_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise RefusedError(f"{path} is not there; every drop needs one, `needling map FILE` proposes it") from None
    except OSError as error:
        raise RefusedError(
            f"{path} cannot be read ({error.strerror}); make it readable and send the drop again"
        ) from None


def _find(root: Path, manifest: Manifest) -> tuple[dict[str, list[TableMapping]], list[str]]:
    """Names of files with the mappings they match, and a warning for each glob that matches none."""
    mistakes = Mistakes(root / MANIFEST_NAME, [])
    found: dict[str, list[TableMapping]] = {}
    warnings: list[str] = []
    for table in manifest.tables:
        for pattern in table.files:
            names = _matches(root, table, pattern, mistakes)
            if not names and table.files != native_files(table.table, manifest.format):
                warnings.append(f"[tables.{table.table}] files: {pattern!r} matches no file")
            for name in names:
                if table not in found.setdefault(name, []):
                    found[name].append(table)
    mistakes.raise_any()
    return found, warnings


def _matches(root: Path, table: TableMapping, pattern: str, mistakes: Mistakes) -> list[str]:
    key = f"[tables.{table.table}] files"
    parts = PurePosixPath(pattern.replace("\\", "/")).parts
    if not parts or ".." in parts or _ABSOLUTE.match(pattern):
        mistakes.note(key, f"{pattern!r} leads out of the drop; expected a path or glob inside it")
        return []
    try:
        paths = [p for p in root.glob(pattern) if p.name != MANIFEST_NAME and not p.name.startswith(OWNER_FILE)]
    except (ValueError, NotImplementedError) as error:
        mistakes.note(key, f"{pattern!r} is no usable glob ({error})")
        return []
    outside = [path for path in paths if _leads_out(path, root)]
    if outside:
        names = ", ".join(path.relative_to(root).as_posix() for path in sorted(outside))
        mistakes.note(key, f"{names} leads out of the drop through a link; put the file itself into the drop")
    nameless = [path for path in paths if not _is_text(path.name)]
    if nameless:
        names = ", ".join(ascii(path.relative_to(root).as_posix()) for path in sorted(nameless))
        mistakes.note(key, f"{names} has a name that is no text in UTF-8; rename it")
    outside += nameless
    dangling = [path for path in paths if path.is_symlink() and not path.exists()]
    return [p.relative_to(root).as_posix() for p in paths if p not in outside and (p.is_file() or p in dangling)]


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _leads_out(path: Path, root: Path) -> bool:
    try:
        return not path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):  # links that go in a circle
        return True


def stamp(path: Path) -> tuple[int, int] | None:
    """(bytes, time of the last change) of a file; None where it is not there or cannot be looked at."""
    try:
        seen = path.stat()
    except OSError:
        return None
    return seen.st_size, seen.st_mtime_ns


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest()
    except OSError:
        return UNREADABLE
