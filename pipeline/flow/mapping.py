"""`needling map`: a `source.toml` proposed for files that have none."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from pipeline import scratch, sources
from pipeline.config import Settings
from pipeline.contract.mapping import Manifest, TableMapping
from pipeline.contract.tables import TABLES
from pipeline.contract.words import headers_told
from pipeline.engine.duckdb import open_scratch
from pipeline.errors import RefusedError, UsageError
from pipeline.flow.mapping_redcap import look_at_forms
from pipeline.proposal import profile
from pipeline.proposal.headers import readings
from pipeline.proposal.profile import Sample
from pipeline.proposal.propose import Proposal, propose
from pipeline.proposal.tables import File, TableProposal
from pipeline.proposal.toml_text import Writing
from pipeline.sources import DataFile, SheetLook, Sniffed, Staged
from pipeline.sources.fhir.sniffing import is_fhir, questions
from pipeline.sources.redcap.sniffing import is_dictionary

Document = dict[str, Any]

PERSON = "participant_id"


def propose_mapping(
    settings: Settings, paths: Sequence[Path], table: str | None = None, out: Path | None = None
) -> Document:
    """What the files probably mean, as a commented source.toml and what it says in short; written to `out` if given.

    Raises RefusedError where a file cannot be read, UsageError where nothing can be made of what is in it, or
    where `out` is there already.
    """
    if table is not None and table not in TABLES:
        raise UsageError(f"there is no table {table!r}; the contract has {', '.join(TABLES)}")
    name, paths = _name(paths), _files(paths)
    _refuse_fhir(settings, paths)
    sniffed = [sources.sniff(path) for path in paths]
    encoding = _common_way(paths, sniffed)
    with scratch.private_folder(settings.scratch) as folder, open_scratch(settings, folder) as con:
        looks = [
            (path, like, sheet) for path, like in zip(paths, sniffed, strict=True) for sheet in _sheets(path, like)
        ]
        redcap, told = None, list[str]()
        if sniffed[0].format == "redcap":
            path = _only_one(paths)
            files, redcap, told = look_at_forms(con, path, _stage(con, path, sniffed[0], folder), folder)
        else:
            files = [_look(con, path, like, folder, sheet) for path, like, sheet in looks]
        writing = Writing(sniffed[0].format, encoding, sniffed[0].delimiter, redcap=redcap)
        proposal = propose(name, files, writing, table, told)
    if not proposal.tables:
        raise UsageError(
            f"{', '.join(file.label for file in files)}: no table of the contract is like this; say which it is with "
            "--table, or send one table a file with a line of headers"
        )
    sources.read_manifest(Path("source.toml"), proposal.text.encode())  # a proposal that cannot be read is a defect
    if out is not None:
        _write(out, proposal.text)
    return {"out": None if out is None else str(out), **_document(proposal)}


def _files(paths: Sequence[Path]) -> list[Path]:
    """The files meant: of a folder all that can be read. The data dictionary of an export of REDCap is no data."""
    absent = [path for path in paths if not path.exists()]
    if absent:
        raise RefusedError(f"{', '.join(map(str, absent))} is not there; see how the file is called")
    files = [file for path in paths for file in (sources.readable(path) if path.is_dir() else [path])]
    files = [file for file in files if not is_dictionary(file)] or files
    if not files:
        raise UsageError(f"{', '.join(map(str, paths))} holds no file that can be read; give the files themselves")
    return files


def _refuse_fhir(settings: Settings, paths: Sequence[Path]) -> None:
    """Say what responses hold, for which no mapping is proposed: what a linkId stands for, its form alone tells."""
    with scratch.private_folder(settings.scratch) as folder, open_scratch(settings, folder) as con:
        for path in paths:
            if not is_fhir(path, folder):
                continue
            found = questions(con, path, folder)
            named = ", ".join(f"{name} ({n})" for name, n in found.questionnaires.items())
            raise UsageError(
                f"{path.name} holds FHIR responses, and no mapping is proposed for them. Write a source.toml with "
                'format = "fhir", and in each table files, questionnaire and columns = { linkId = column }. '
                f"Questionnaires: {named or 'none'}. LinkIds with answers: {', '.join(found.links) or 'none'}. "
                "docs/bring-your-own-data.md shows an example"
            )


def _write(out: Path, text: str) -> None:
    try:
        with out.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(f"{out} is there already and may be somebody's work; give another name to --out") from None
    except OSError as problem:
        raise UsageError(f"{out} cannot be written ({problem.strerror}); give another place to --out") from problem


def _name(paths: Sequence[Path]) -> str:
    """What the source may be called until somebody chooses: after the file, or the folder of several."""
    first = paths[0].resolve()
    if first.is_dir():
        return first.name
    return first.name.split(".", 1)[0] if len(paths) == 1 else first.parent.name


def _common_way(paths: Sequence[Path], sniffed: Sequence[Sniffed]) -> str:
    """The encoding of all files. A drop is written in one way: UsageError where these are not."""
    encoding = next((like.encoding for like in sniffed if not like.is_ascii), sniffed[0].encoding)
    ways = {
        (like.format, encoding if like.is_ascii else like.encoding, like.delimiter): path
        for like, path in zip(sniffed, paths, strict=True)
    }
    if len(ways) > 1:
        told = "; ".join(f"{path.name}: {' '.join(str(part) for part in way if part)}" for way, path in ways.items())
        raise UsageError(
            f"these files are not written in one way and cannot be one drop ({told}); map them one by one, each into a "
            "drop of its own, and give all of them the same people in [source], so that their ids mean the same persons"
        )
    return encoding


def _sheets(path: Path, like: Sniffed) -> Sequence[SheetLook | None]:
    """What to look at of one file: the sheets of a workbook, else the file as a whole."""
    if like.format != "xlsx":
        return (None,)
    if not like.sheets:
        raise UsageError(f"{path.name}: no sheet has a line of column names with records below it; nothing to map")
    return like.sheets


def _only_one(paths: Sequence[Path]) -> Path:
    if len(paths) > 1:
        raise UsageError(
            f"{', '.join(path.name for path in paths)} are exports of REDCap: map them one by one, each is a drop"
        )
    return paths[0]


def _stage(
    con: duckdb.DuckDBPyConnection, path: Path, like: Sniffed, folder: Path, sheet: SheetLook | None = None
) -> Staged:
    """Read one file, or one sheet of it, as ingest would; an export of REDCap row by row, as it stands."""
    frame = sheet or SheetLook("", like.header_row)
    mapping = TableMapping(
        "participants", (path.name,), sheet=frame.name or None, header_row=frame.header_row,
        skip_footer=frame.skip_footer,
    )  # fmt: skip
    manifest = Manifest(
        source="map", format="csv" if like.format == "redcap" else like.format, extracted_on=None, people="map",
        default_clinic=None, clinics=(), simulated=False, tables=(mapping,), encoding=like.encoding,
        delimiter=like.delimiter,
    )  # fmt: skip
    staged = sources.stage(con, DataFile(path, path.name, (mapping,), mapping.sheet), manifest, folder)
    if headers_told(staged.headers) != staged.headers and all(h.startswith("(") for h in headers_told(staged.headers)):
        raise RefusedError(
            f"{path.name}: the first line looks like a record, not like headers; add a line that names the columns"
        )
    return staged


def _look(
    con: duckdb.DuckDBPyConnection, path: Path, like: Sniffed, folder: Path, sheet: SheetLook | None = None
) -> File:
    """Look at every column of one file, or of one sheet of it."""
    staged = _stage(con, path, like, folder, sheet)
    frame = sheet or SheetLook("", like.header_row)
    sample = profile.sample(con, staged.data, staged.headers, "looked_at")
    person = _person(sample)
    profiles = tuple(sample.profile(h, person) for h in sample.headers)
    return File(path.name, profiles, frame.name or None, frame.header_row, frame.skip_footer)


def _person(sample: Sample) -> str | None:
    """The header that tells people apart, so that a word can be told from a name."""
    sure = [(r.certainty, h) for h in sample.headers for r in readings(h, "sessions") if r.native == PERSON]
    return max(sure, key=lambda pair: pair[0])[1] if sure else None


def _document(proposal: Proposal) -> Document:
    writing = proposal.writing
    return {
        "toml": proposal.text,
        "format": writing.format,
        "encoding": writing.encoding,
        "delimiter": writing.delimiter,
        "decimal": writing.decimal,
        "dates": None if writing.twin else writing.dates,
        "tables": {p.table.name: _table(p) for p in proposal.tables},
        "unknown": {file: list(headers_told(headers)) for file, headers in proposal.unknown.items() if headers},
        "apart": [{"file": file.label, "table": table} for file, table in proposal.apart],
        "unlike": [file.label for file in proposal.unlike],
    }


def _table(proposal: TableProposal) -> Document:
    return {
        "files": [file.label for file in proposal.files],
        "columns": {c.header: c.native for c in proposal.columns.chosen},
        "instruments": {w.header: w.instrument.code for w in proposal.instruments},
        "effects": proposal.effects,
        "missing": list(proposal.missing),
    }
