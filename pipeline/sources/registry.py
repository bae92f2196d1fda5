"""Which reader serves which format. A new format is a folder here with a reader, and a line below."""

import hashlib
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import duckdb

from pipeline.contract.mapping import Format, Manifest
from pipeline.contract.staged import LEAST_RECORDS, Scan
from pipeline.errors import RefusedError
from pipeline.sources import lookalikes
from pipeline.sources.drop import DataFile, stamp
from pipeline.sources.fhir.reader import stage_fhir
from pipeline.sources.parquet.reader import stage_parquet
from pipeline.sources.parquet.scan import ROW, scan_of_text
from pipeline.sources.redcap.reader import stage_redcap
from pipeline.sources.room import bounded
from pipeline.sources.staged import Staged, refuse
from pipeline.sources.text.csv_file import stage_csv
from pipeline.sources.text.ndjson import stage_ndjson
from pipeline.sources.titles import nothing_known
from pipeline.sources.xlsx.reader import stage_xlsx

Reader = Callable[[duckdb.DuckDBPyConnection, DataFile, Manifest, Path, str], Staged]

READERS: Mapping[Format, Reader] = {
    "csv": stage_csv,
    "ndjson": stage_ndjson,
    "parquet": stage_parquet,
    "xlsx": stage_xlsx,
    "redcap": stage_redcap,
    "fhir": stage_fhir,
}


APART: Mapping[Format, Reader] = {
    "parquet": partial(stage_parquet, may_be_apart=True),
}
"""Readers that may leave most records of a long file by themselves."""


def stage(
    con: duckdb.DuckDBPyConnection, file: DataFile, manifest: Manifest, into: Path, *, may_be_apart: bool = False
) -> Staged:
    """Read one file of a drop as text into the private folder `into`.

    `may_be_apart`: whoever asks reads what lies by itself as well (`Staged.scan`).

    Raises RefusedError where the file cannot be read at all; lines that are no records are told apart, not refused.
    """
    reader = APART.get(manifest.format) if may_be_apart else None
    reader = reader or READERS.get(manifest.format)
    if reader is None:
        raise RefusedError(f"{file.name}: format {manifest.format!r} is not read; expected {', '.join(READERS)}")
    place = f"{file.path.absolute()}[{file.sheet or ''}]"  # one folder may serve several drops
    stem = hashlib.sha256(place.encode()).hexdigest()[:16]
    with bounded(file), ThreadPoolExecutor(1) as beside:
        beside.submit(lambda: file.digest)  # which everybody asks for in the end
        staged = reader(con, file, manifest, into, stem)
    if file.stamp is not None and file.stamp != stamp(file.path):
        raise refuse(file, "was changed while it was read; send it again once it is written to its end")
    told = (*staged.warnings, *lookalikes.warnings(file, staged.headers), *nothing_known(file, staged.headers))
    return replace(staged, warnings=told, scan=staged.scan or _scan_of_text(con, staged))


def _scan_of_text(con: duckdb.DuckDBPyConnection, staged: Staged) -> Scan | None:
    """Of a long file whose rows were written out as text, these; None where one of its columns is in the way."""
    if staged.records < LEAST_RECORDS or ROW in map(str.casefold, staged.headers):
        return None
    ((n_rows,),) = con.execute("SELECT count(*) FROM read_parquet(?)", [str(staged.data)]).fetchall()
    return scan_of_text(staged.data, int(n_rows))
