"""One staged file as one table reads it: its columns by native name, and what their cells look like."""

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from pipeline.contract.columns import Column, Table
from pipeline.contract.mapping import Manifest, TableMapping
from pipeline.contract.staged import StagedFile
from pipeline.contract.tables import TABLES
from pipeline.engine.duckdb import quote_name, quote_text
from pipeline.proposal import columns, profile
from pipeline.proposal.profile import Profile, Sample

_SAMPLE = "looked_at"


@dataclass(frozen=True)
class Guess:
    """One thing that looks wrong. `n` counts the cells it is about; `setting` is the line of `source.toml` that
    would mend it, None where no line can."""

    kind: str
    file: str | None
    table: str | None
    column: str | None
    header: str | None
    n: int
    sentence: str
    setting: str | None


@dataclass(frozen=True)
class Look:
    """`natives` maps headers to native names; `profiles` are of those, of the wide columns, and of headers that
    no table of the file has a use for."""

    file: StagedFile
    mapping: TableMapping
    manifest: Manifest
    table: Table
    natives: Mapping[str, str]
    sample: Sample
    profiles: Mapping[str, Profile]

    def guess(
        self,
        kind: str,
        sentence: str,
        *,
        native: str | None = None,
        header: str | None = None,
        n: int = 0,
        setting: str | None = None,
    ) -> Guess:
        """A guess about this file and table."""
        return Guess(kind, self.file.name, self.table.name, native, header, n, sentence, setting)

    def column(self, native: str) -> Column | None:
        """The column of a native name."""
        return columns.column_of(self.table, native)


def look(con: duckdb.DuckDBPyConnection, file: StagedFile, mapping: TableMapping, manifest: Manifest) -> Look:
    """Look at the beginning of a staged file as one of its tables reads it."""
    table = TABLES[mapping.table]
    natives = native_headers(table, mapping, file.headers)
    sample = profile.sample(con, file.data, file.headers, _SAMPLE, _where(mapping))
    person = next((h for h, native in natives.items() if native == "participant_id"), None)
    wide = [w.header for w in mapping.instruments if w.header in file.headers]
    headers = dict.fromkeys((*natives, *wide, *_unserved(file)))
    return Look(file, mapping, manifest, table, natives, sample, {h: sample.profile(h, person) for h in headers})


def native_headers(table: Table, mapping: TableMapping, headers: tuple[str, ...]) -> dict[str, str]:
    """The headers of a file that hold a column of the table, with its native name."""
    own = {h: h for h in headers if h in table.native_names and h not in mapping.columns}
    return own | {h: native for h, native in mapping.columns.items() if h in headers}


def _unserved(file: StagedFile) -> list[str]:
    """The headers that no table of the file has a use for."""
    served: set[str] = set()
    for mapping in file.tables:
        served |= {*native_headers(TABLES[mapping.table], mapping, file.headers), *mapping.effects, *mapping.asked}
        served |= {*mapping.where, *mapping.key, *(w.header for w in mapping.instruments)}
        served |= {w.area_column for w in mapping.instruments if w.area_column}
    return [header for header in file.headers if header not in served]


def _where(mapping: TableMapping) -> str:
    allowed = {h: ", ".join(quote_text(v.strip()) for v in values) for h, values in mapping.where.items()}
    return " AND ".join(f"coalesce(trim({quote_name(h)}), '') IN ({v})" for h, v in allowed.items()) or "true"
