"""The resources of a FHIR file: one object a line, or the entries of a Bundle; told apart by what can be read."""

import re
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipeline.contract.mapping import Manifest
from pipeline.sources.drop import DataFile
from pipeline.sources.fhir.settings import STATUSES, UNFINISHED
from pipeline.sources.staged import literal, refuse
from pipeline.sources.text.csv_rules import IS_BLANK, IS_MARKED, IS_UNDECODABLE
from pipeline.sources.text.encodings import PlainText, normalised, open_text, wrong_encoding
from pipeline.sources.text.plain_text import MAX_LINE_BYTES, write_lines

MAX_DOCUMENT_BYTES = 1 << 27
"""A Bundle is held in memory whole (178 MB took 1.8 GB); a larger one belongs into NDJSON, as bulk exports are."""

_RESPONSE = "QuestionnaireResponse"
_SHAPE = literal(
    '{"resourceType": "VARCHAR", "id": "VARCHAR", "status": "VARCHAR", "questionnaire": "VARCHAR", '
    '"authored": "VARCHAR", "item": "JSON", '
    '"subject": {"reference": "VARCHAR", "identifier": {"value": "VARCHAR"}}}'
)
_NAMED = "(?:.*/)?Patient/([A-Za-z0-9.-]{1,64})(?:/_history/.*)?"
"""A reference to a Patient, relative or absolute; http://hl7.org/fhir/R4/references.html#literal"""


_BUNDLE = re.compile(r'\{\s*"resourceType"\s*:\s*"Bundle"')
"""How a Bundle begins that stands on one line."""


@dataclass(frozen=True)
class Resources:
    """`heads` is Parquet: `line`, what stands at the top of each resource, `item` as JSON, and `reason`.

    `reason` is NULL for a response to be read, `ignored` for what is none or is not finished, else a reason code.
    """

    heads: Path
    records: int
    warnings: tuple[str, ...]


def read_resources(con: duckdb.DuckDBPyConnection, file: DataFile, manifest: Manifest, work: Path) -> Resources:
    """Read the resources of a file. Raises RefusedError where they cannot be read at all."""
    text = normalised(open_text(file, manifest, work), work)
    raw, heads = work / "resources.parquet", work / "heads.parquet"
    if _is_document(con, text):
        _write_entries(con, file, text, raw)
    else:
        write_lines(file, text.path, raw)
    needs_questionnaire = all(mapping.questionnaire for mapping in file.tables)
    records = _count(con, _heads_sql(raw, heads, needs_questionnaire))
    counts = dict(con.execute(f"SELECT reason, count(*) FROM {_scan(heads)} GROUP BY reason").fetchall())
    if 2 * counts.get("encoding", 0) > records:
        raise wrong_encoding(file, text, f"has {counts['encoding']} of {records} resources that are")
    if records and counts.get("malformed_line", 0) == records:
        _refuse_documents(file, text)
    return Resources(heads, records, tuple(_warnings(con, file, heads)))


def _is_document(con: duckdb.DuckDBPyConnection, text: PlainText) -> bool:
    """True for a Bundle and for a resource of many lines: what does not begin with a line that is a resource."""
    first = _first_line(text.path)
    kind = _resource_type(con, first)
    if kind is not None and kind != "Bundle":
        return False
    if text.survey.size > MAX_DOCUMENT_BYTES:
        return kind == "Bundle" or len(first) > MAX_LINE_BYTES
    whole = text.path.read_text(encoding="utf-8")
    return _resource_type(con, whole) is not None


def _first_line(path: Path) -> str:
    with path.open("rb") as handle:
        for line in iter(lambda: handle.readline(MAX_LINE_BYTES + 1), b""):
            if line.strip():
                return line.decode("utf-8", errors="replace")
    return ""


def _resource_type(con: duckdb.DuckDBPyConnection, text: str) -> str | None:
    """The type of the one JSON object that a text is; None where it is none, "" where it names no type."""
    query = "SELECT CASE WHEN json_valid($1) AND json_type($1) = 'OBJECT' THEN coalesce($1->>'resourceType', '') END"
    found = con.execute(query, [text]).fetchall()[0][0]
    return None if found is None else str(found)


def _write_entries(con: duckdb.DuckDBPyConnection, file: DataFile, text: PlainText, out: Path) -> None:
    """The entries of a Bundle as (line, text), numbered from 1; a resource that stands alone is entry 1."""
    if text.survey.size > MAX_DOCUMENT_BYTES:
        size = f"over {MAX_DOCUMENT_BYTES >> 20} MB"
        raise refuse(file, f"is a Bundle of {size}; send its resources as NDJSON, one a line, or in several Bundles")
    whole = text.path.read_text(encoding="utf-8")
    kind = _resource_type(con, whole)
    if kind not in ("Bundle", _RESPONSE):
        what = f"is a resource of type {kind!r}" if kind else "is JSON without a resourceType"
        raise refuse(file, f"{what}; expected a Bundle or NDJSON of {_RESPONSE}")
    entries = "SELECT 1::UINTEGER AS line, $1 AS text"
    if kind == "Bundle":
        listed = "unnest(json_extract($1, '$.entry[*]'))"
        numbers = "generate_subscripts(json_extract($1, '$.entry[*]'), 1)"
        entries = f"""
            SELECT number::UINTEGER AS line, coalesce(json_extract(entry, '$.resource')::VARCHAR, '{{}}') AS text
            FROM (SELECT {listed} AS entry, {numbers} AS number)"""
    con.execute(f"COPY ({entries}) TO {literal(str(out))} (FORMAT parquet, COMPRESSION snappy)", [whole])


def _heads_sql(raw: Path, out: Path, needs_questionnaire: bool) -> str:
    """Every resource with what stands at its top, and why it is not read if it is not."""
    nameless = "h.questionnaire IS NULL" if needs_questionnaire else "false"
    allowed = ", ".join(map(literal, STATUSES))
    reference = "h.subject.reference"
    named = f"nullif(regexp_extract({reference}, {literal('^' + _NAMED + '$')}, 1), '')"
    # a contained subject (#p1) is named within its own resource alone: the same name elsewhere is somebody else
    subject = (
        f"coalesce(trim(h.subject.identifier.value), {named}, CASE WHEN {reference} NOT LIKE '#%' THEN {reference} END)"
    )
    return f"""
        COPY (
            WITH r AS (SELECT line, text, CASE
                    WHEN {IS_UNDECODABLE} THEN 'encoding'
                    WHEN {IS_MARKED} OR NOT json_valid(text) THEN 'malformed_line'
                    WHEN json_type(text) <> 'OBJECT' THEN 'malformed_line'
                    WHEN len(json_keys(text)) > len(list_distinct(json_keys(text))) THEN 'malformed_line' END AS reason
                FROM {_scan(raw)} WHERE NOT {IS_BLANK}),
            t AS (SELECT line, reason, CASE WHEN reason IS NULL THEN json_transform(text, {_SHAPE}) END AS h FROM r)
            SELECT line, h.id AS id, h.status AS status, trim(h.questionnaire) AS questionnaire, h.authored AS authored,
                h.resourceType AS kind, {subject} AS subject, h.item AS item, CASE
                    WHEN reason IS NOT NULL THEN reason
                    WHEN h.resourceType IS NULL THEN 'malformed_line'
                    WHEN h.resourceType <> {literal(_RESPONSE)} THEN 'ignored'
                    WHEN h.status IS NULL OR h.status NOT IN ({allowed}) OR {nameless} THEN 'malformed_line'
                    WHEN h.item IS NOT NULL AND json_type(h.item) <> 'ARRAY' THEN 'malformed_line'
                    WHEN h.status = {literal(UNFINISHED)} THEN 'ignored' END AS reason
            FROM t
        ) TO {literal(str(out))} (FORMAT parquet, COMPRESSION snappy)"""


def _warnings(con: duckdb.DuckDBPyConnection, file: DataFile, heads: Path) -> list[str]:
    query = f"""
        SELECT CASE WHEN kind = {literal(_RESPONSE)} THEN NULL ELSE kind END AS other, count(*)
        FROM {_scan(heads)} WHERE reason = 'ignored' GROUP BY other ORDER BY other"""
    found = con.execute(query).fetchall()
    unfinished = sum(n for other, n in found if other is None)
    others = [f"{other} ({n})" for other, n in found if other is not None]
    said = []
    if unfinished:
        what = f"{unfinished} response{'s are' if unfinished > 1 else ' is'} {UNFINISHED}"
        said.append(f"{file.name}: {what} and not read before finished")
    if others:
        said.append(f"{file.name}: only {_RESPONSE} is read, not {', '.join(others)}")
    return said


def _refuse_documents(file: DataFile, text: PlainText) -> None:
    """Refuse a file without a single resource on a line, where it begins as a document of many lines does."""
    first = _first_line(text.path).strip()
    if first.startswith("["):
        raise refuse(file, "is a JSON list; expected a Bundle, or one resource a line without brackets around them")
    if first == "{" or _BUNDLE.match(first):
        raise refuse(file, "is JSON that breaks off or is damaged; it was cut short on its way, ask for it again")


def _scan(path: Path) -> str:
    return f"read_parquet({literal(str(path))})"


def _count(con: duckdb.DuckDBPyConnection, copy: str) -> int:
    return int(con.execute(copy).fetchall()[0][0])
