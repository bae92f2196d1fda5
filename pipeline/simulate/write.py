"""The folder of a simulation: refuse what is not ours, write one native drop per source."""

import json
import re
import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import polars as pl

from pipeline.contract.tables import TABLES
from pipeline.errors import UsageError
from pipeline.simulate.sites import Site

TRUTH = "truth.json"
_DROP = re.compile(r"(clinic|app)-\d{2,3}")


def prepare(out: Path) -> None:
    """An empty folder for the simulation; an earlier simulation in it is removed.

    Raises UsageError where the path is a file, or holds anything that is not an earlier simulation.
    """
    if out.exists() and not out.is_dir():
        raise UsageError(f"--out {out} is a file, expected a folder; name another")
    entries = sorted(out.iterdir()) if out.is_dir() else []
    strange = [entry.name for entry in entries if not _is_ours(entry)]
    if strange or (entries and not (out / TRUTH).is_file()):
        found = strange[0] if strange else entries[0].name
        raise UsageError(
            f"--out {out} holds {found!r}, expected an empty folder or an earlier simulation; name another folder"
        )
    for entry in entries:
        shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    out.mkdir(parents=True, exist_ok=True)
    write_truth(out, {"simulated": True, "complete": False})  # marks the folder as ours while it is being written


def write_truth(out: Path, truth: Mapping[str, object]) -> None:
    """Write truth.json."""
    (out / TRUTH).write_text(json.dumps(truth, indent=2) + "\n", encoding="utf-8")


def write_part(out: Path, site: Site, table: str, part: int, frame: pl.DataFrame) -> None:
    """Write one part of a table in the source's format; nothing for an empty one."""
    if frame.is_empty():
        return
    folder = out / site.id
    folder.mkdir(exist_ok=True)
    suffix = "" if part == 1 else f"-{part:03d}"
    path = folder / f"{table}{suffix}.{site.format}"
    match site.format:
        case "csv":
            frame.write_csv(path)
        case "ndjson":
            frame.write_ndjson(path)
        case "parquet":
            frame.write_parquet(path)


def write_manifest(out: Path, site: Site, extracted_on: date) -> None:
    """Write source.toml for the tables that have a file."""
    lines = [
        "# Invented people: made by `needling simulate`.",
        "[source]",
        f'id = "{site.id}"',
        f'format = "{site.format}"',
        f'extracted_on = "{extracted_on.isoformat()}"',
        f'default_clinic = "{site.id}"',
        f'clinics = ["{site.id}"]',
        "simulated = true",
    ]
    for table in TABLES:
        if any((out / site.id).glob(f"{table}*.{site.format}")):
            lines += ["", f"[tables.{table}]", f'files = ["{table}*.{site.format}"]']
    (out / site.id / "source.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _is_ours(entry: Path) -> bool:
    if entry.name == TRUTH:
        return _says_simulated(entry)
    manifest = entry / "source.toml"
    is_drop = entry.is_dir() and not entry.is_symlink() and _DROP.fullmatch(entry.name) is not None
    return is_drop and (not manifest.is_file() or "simulated = true" in manifest.read_text(encoding="utf-8"))


def _says_simulated(path: Path) -> bool:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return False
    return isinstance(content, dict) and content.get("simulated") is True
