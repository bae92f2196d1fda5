"""What a staged file holds, read back."""

from pathlib import Path

import duckdb

from pipeline.sources import Staged, open_drop, stage


def staged_alone(folder: Path, name: str, content: bytes) -> Staged:
    """A drop of one file with these bytes, its format told by its suffix. Raises RefusedError where it is refused."""
    manifest = f'[source]\nid = "north"\nformat = "{name.rpartition(".")[2]}"\n'
    (folder / "source.toml").write_text(manifest, encoding="utf-8")
    (folder / name).write_bytes(content)
    drop = open_drop(folder)
    with duckdb.connect() as con:
        return stage(con, drop.files[0], drop.manifest, folder)


def cells(staged: Staged) -> list[tuple[object, ...]]:
    """The rows of a staged file, by line: (line, cell, cell, ...)."""
    with duckdb.connect() as con:
        return con.execute("SELECT * FROM read_parquet(?) ORDER BY __line", [str(staged.data)]).fetchall()


def malformed(staged: Staged) -> list[tuple[object, ...]]:
    """The lines that are no records, with their reasons."""
    if staged.malformed is None:
        return []
    with duckdb.connect() as con:
        return con.execute("SELECT * FROM read_parquet(?) ORDER BY __line", [str(staged.malformed)]).fetchall()
