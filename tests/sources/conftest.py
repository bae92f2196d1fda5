"""Drops made on the spot: a folder, a mapping and files."""

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from pipeline.sources import Staged, open_drop, stage

HEAD = '[source]\nid = "north"\nformat = "{form}"\n'

MakeDrop = Callable[..., Path]
StageOne = Callable[..., Staged]


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


@pytest.fixture
def make_drop(tmp_path: Path) -> MakeDrop:
    """Write a drop: files by name, further lines of [source], and the tables of the mapping."""

    def make(files: dict[str, bytes], source: str = "", tables: str = "", form: str = "csv") -> Path:
        folder = tmp_path / f"drop-{len(list(tmp_path.iterdir()))}"
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        folder.mkdir(exist_ok=True)
        (folder / "source.toml").write_text(HEAD.format(form=form) + source + "\n" + tables, encoding="utf-8")
        return folder

    return make


@pytest.fixture
def stage_one(con: duckdb.DuckDBPyConnection, make_drop: MakeDrop, tmp_path: Path) -> StageOne:
    """Stage the one file of a drop made of it."""

    def run(
        content: bytes, source: str = "", tables: str = "", form: str = "csv", name: str = "sessions.csv"
    ) -> Staged:
        drop = open_drop(make_drop({name: content}, source, tables, form))
        into = tmp_path / "scratch"
        into.mkdir(exist_ok=True)
        return stage(con, drop.files[0], drop.manifest, into)

    return run
