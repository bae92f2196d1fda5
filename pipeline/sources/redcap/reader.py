"""REDCap: a flat export is a CSV file whose rows of one record belong together."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from pipeline.contract.mapping import Manifest, Redcap
from pipeline.sections import choices
from pipeline.sources.drop import DataFile
from pipeline.sources.redcap.carried import Export
from pipeline.sources.redcap.fill import fill
from pipeline.sources.redcap.settings import BOX, EVENTS, OF_REDCAP, RECORD, REPEATS
from pipeline.sources.staged import LINE, Staged, identifier, literal, refuse, used_headers
from pipeline.sources.text.csv_file import stage_csv

PERSON = "participant_id"


def stage_redcap(con: duckdb.DuckDBPyConnection, file: DataFile, manifest: Manifest, into: Path, stem: str) -> Staged:
    """Read one flat export as text, cells that stand once per record found on its other rows.

    Raises RefusedError where it cannot be read at all, or lacks the record id that `[redcap]` names.
    """
    redcap, file = manifest.redcap or Redcap(None), _without_own(file)
    with TemporaryDirectory(dir=into) as folder:
        plain = stage_csv(con, file, manifest, Path(folder), stem)
        record_id = _record_id(file, redcap, plain.headers)
        filled = fill(con, Export(file, plain.data, plain.headers, plain.records, record_id))
        cells = {header: filled.expressions.get(header, f"d.{identifier(header)}") for header in plain.headers}
        cells[RECORD] = cells[PERSON if PERSON in cells else record_id]
        picked = ", ".join([f"d.{LINE}", *(f"{cell} AS {identifier(header)}" for header, cell in cells.items())])
        order = f"ORDER BY d.{LINE}" if filled.expressions else ""  # the join may change the order, nothing else does
        data, malformed = into / f"{stem}.parquet", into / f"{stem}.malformed.parquet"
        con.execute(
            f"COPY (SELECT {picked} FROM {filled.source} {order}) TO {literal(str(data))} "
            "(FORMAT parquet, COMPRESSION snappy)"
        )
        if plain.malformed is not None:
            plain.malformed.rename(malformed)
    return Staged(
        data,
        malformed if plain.malformed is not None else None,
        (*plain.headers, RECORD),
        plain.records,
        (*plain.warnings, *filled.warnings, *_undescribed(file, redcap, plain.headers)),
    )


def _without_own(file: DataFile) -> DataFile:
    """The file as the CSV reader may know it: without the column that this reader adds."""
    tables = tuple(
        replace(mapping, columns={header: name for header, name in mapping.columns.items() if header != RECORD})
        for mapping in file.tables
    )
    return replace(file, tables=tables)


def _record_id(file: DataFile, redcap: Redcap, headers: tuple[str, ...]) -> str:
    if RECORD in headers:
        raise refuse(file, f"has a header {RECORD}, which the program uses itself; rename it")
    if redcap.record_id is None:
        return headers[0]
    if redcap.record_id not in headers:
        raise refuse(file, f"[redcap] record_id names {redcap.record_id!r}; {choices(headers, redcap.record_id)}")
    return redcap.record_id


def _undescribed(file: DataFile, redcap: Redcap, headers: tuple[str, ...]) -> Iterator[str]:
    """A warning where the dictionary does not know what the mapping reads, as that of another project."""
    if not redcap.fields:
        return
    own = {RECORD, *EVENTS, *REPEATS}
    read = [h for h in headers if h in used_headers(file.tables, headers) - own and not OF_REDCAP.fullmatch(h)]
    unknown = [header for header in read if header.split(BOX)[0] not in redcap.fields]
    if unknown:
        yield (
            f"{file.name}: {redcap.dictionary} does not describe {', '.join(unknown)}; their codes are read as they "
            "stand. Is it the dictionary of this project?"
        )
