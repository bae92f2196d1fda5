"""Small REDCap projects written in the tests themselves: an export, a mapping, perhaps a dictionary."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from pipeline.contract.mapping import Manifest, TableMapping
from pipeline.sources import Staged, open_drop, stage
from tests.sources.conftest import MakeDrop

DICTIONARY = 'Variable / Field Name,Form Name,Field Type,Field Label,"Choices, Calculations, OR Slider Labels"\n'


@dataclass(frozen=True)
class Read:
    """One export as it was read."""

    staged: Staged
    manifest: Manifest
    warnings: tuple[str, ...]

    def column(self, header: str) -> list[str | None]:
        """The cells of one header, row by row; an empty cell is None."""
        with duckdb.connect() as con:
            query = f"SELECT nullif(\"{header}\", '') FROM read_parquet(?) ORDER BY __line"
            return [row[0] for row in con.execute(query, [str(self.staged.data)]).fetchall()]

    def table(self, name: str) -> TableMapping:
        return next(mapping for mapping in self.manifest.tables if mapping.table == name)


ReadExport = Callable[..., Read]


@pytest.fixture
def read_export(con: duckdb.DuckDBPyConnection, make_drop: MakeDrop, tmp_path: Path) -> ReadExport:
    """Read an export under a mapping; `dictionary` are the rows below the header of a data dictionary."""

    def read(
        data: str | bytes,
        tables: str,
        dictionary: str | bytes | None = None,
        *,
        source: str = "",
        redcap: str = "",
        more: Mapping[str, bytes] | None = None,
    ) -> Read:
        files = {"data.csv": data.encode() if isinstance(data, str) else data, **(more or {})}
        head = '[redcap]\ndata = "data.csv"\n' + redcap
        if dictionary is not None:
            text = (DICTIONARY + dictionary).encode() if isinstance(dictionary, str) else dictionary
            files["dictionary.csv"] = text
            head += 'dictionary = "dictionary.csv"\n'
        drop = open_drop(make_drop(files, source, head + tables, "redcap"))
        into = tmp_path / "scratch"
        into.mkdir(exist_ok=True)
        staged = stage(con, drop.files[0], drop.manifest, into)
        return Read(staged, drop.manifest, (*drop.warnings, *staged.warnings))

    return read
