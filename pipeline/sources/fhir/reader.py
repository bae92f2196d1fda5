"""FHIR R4: QuestionnaireResponses as NDJSON or in a Bundle, read as text by linkId.

No library is asked: those at hand know other releases than R4. What is needed is checked here (type, status,
questionnaire, items with linkIds, one readable value an answer), and a response that fails is set aside alone.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from pipeline.contract.mapping import Manifest, TableMapping
from pipeline.contract.tables import TABLES
from pipeline.contract.words import headers_told
from pipeline.sources.drop import DataFile
from pipeline.sources.fhir.items import TICK, Items, named_links, unfold
from pipeline.sources.fhir.resources import Resources, read_resources
from pipeline.sources.fhir.rows import Rows, place
from pipeline.sources.fhir.settings import (
    AUTHORED,
    DATE,
    ELEMENTS,
    ID,
    QUESTIONNAIRE,
    RECORD,
    STATUS,
    SUBJECT,
    TABLE,
    WITHDRAWN,
)
from pipeline.sources.staged import LINE, Staged, check_headers, identifier, literal
from pipeline.sources.terms import targets

_NAMED = 12
"""So many linkIds that nothing is mapped to are named in a warning; the rest is counted."""

_NTH = "__nth"


def stage_fhir(con: duckdb.DuckDBPyConnection, file: DataFile, manifest: Manifest, into: Path, stem: str) -> Staged:
    """Read one file of responses as text. Raises RefusedError where it cannot be read at all."""
    data, malformed = into / f"{stem}.parquet", into / f"{stem}.malformed.parquet"
    with TemporaryDirectory(dir=into) as folder:
        work = Path(folder)
        resources = read_resources(con, file, manifest, work)
        items = unfold(con, resources.heads, sorted(_names(file)), work)
        links = named_links(con, items)
        headers = check_headers(file, _headers(file, links))
        rows = [_place(con, mapping, resources, items, headers, work) for mapping in file.tables]
        n_bad = _write(con, _malformed_sql(resources, items, rows), malformed)
        blocks = " UNION ALL ".join(
            _block(mapping, made, resources, headers) for mapping, made in zip(file.tables, rows, strict=True)
        )
        kept = f"SELECT * FROM ({blocks}) ANTI JOIN {_scan(malformed)} USING ({LINE}) ORDER BY {LINE}, {_NTH}"
        _write(con, f"SELECT * EXCLUDE ({_NTH}) FROM ({kept})", data)
        warnings = [*resources.warnings, *_unread(con, file, resources), *_unmapped(file, links)]
        warnings += [said for mapping in file.tables for said in _unanswered(con, file, mapping, resources, links)]
    return Staged(data, malformed if n_bad else None, headers, resources.records, tuple(warnings))


def _names(file: DataFile) -> set[str]:
    """Every linkId that could mean something to a table of the file."""
    names: set[str] = set()
    for mapping in file.tables:
        names |= {*_mapped(mapping), *targets(TABLES[mapping.table])}
    return names - set(ELEMENTS) - {TABLE}


def _mapped(mapping: TableMapping) -> set[str]:
    wide = {header for one in mapping.instruments for header in (one.header, one.area_column) if header}
    return {*mapping.columns, *mapping.where, *mapping.key, *mapping.effects, *mapping.asked} | wide


def _headers(file: DataFile, links: dict[str, bool]) -> list[str]:
    """The linkIds that are there and mean something, those that choose rows (an unanswered question is left out of
    a response), and the elements that a table needs."""
    deciding: set[str] = set()
    for mapping in file.tables:
        deciding |= {*mapping.where, *mapping.key, *mapping.effects, *mapping.asked}
    ticks = {name for name in _names(file) if links.get(name.rpartition(TICK)[0])}
    there = [link for link, is_named in links.items() if is_named and link in _names(file)]
    elements = {name for mapping in file.tables for name in _mapped(mapping) if name in (*ELEMENTS, TABLE)}
    return list(dict.fromkeys([*there, *sorted((deciding | ticks) - set(ELEMENTS) - {TABLE}), *sorted(elements)]))


def _place(
    con: duckdb.DuckDBPyConnection,
    mapping: TableMapping,
    resources: Resources,
    items: Items,
    headers: tuple[str, ...],
    work: Path,
) -> Rows:
    used = _mapped(mapping) | set(targets(TABLES[mapping.table]))
    names = [header for header in headers if header in used and header not in (*ELEMENTS, TABLE)]
    lines = f"SELECT line FROM {_scan(resources.heads)} WHERE reason IS NULL AND {_chosen(mapping)}"
    if _mapped(mapping) - {*ELEMENTS, TABLE}:
        lines += f" AND {_has_to_do_with(names, items)}"
    return place(con, items, lines, names, work, mapping.table)


def _has_to_do_with(names: list[str], items: Items) -> str:
    """True for a response that answers one of the names, and for one that answers nothing at all.

    One that answers the questions of other tables only, an enrolment without a drug say, is no row of this one.
    A response that was entered in error stays, whatever is left of it: what it said must go.
    """
    own = f"SELECT line FROM {items.answers} WHERE name IN ({', '.join(map(literal, names)) or 'NULL'})"
    return f"(line IN ({own}) OR line NOT IN (SELECT line FROM {items.answers}) OR status = {literal(WITHDRAWN)})"


def _chosen(mapping: TableMapping) -> str:
    """The responses to the table's questionnaire; without `|version` those to every version of it."""
    if mapping.questionnaire is None:
        return "true"
    given = "questionnaire" if "|" in mapping.questionnaire else "split_part(questionnaire, '|', 1)"
    return f"coalesce({given}, '') = {literal(mapping.questionnaire)}"


def _block(mapping: TableMapping, made: Rows, resources: Resources, headers: tuple[str, ...]) -> str:
    """The rows of one table under the headers of all; what is not its own is empty."""
    own = _mapped(mapping) | set(targets(TABLES[mapping.table]))
    elements = {
        ID: "h.id", SUBJECT: "h.subject", STATUS: "h.status", QUESTIONNAIRE: "h.questionnaire", AUTHORED: "h.authored",
        DATE: "h.authored", RECORD: "h.id || CASE WHEN r.nth > 1 THEN '#' || r.nth ELSE '' END",
        TABLE: literal(mapping.table),
    }  # fmt: skip
    for element in (SUBJECT, DATE, RECORD):  # a linkId called like the column goes before what stands in for it
        native = mapping.columns.get(element)
        if native is not None and native in headers:
            elements[element] = f"r.{identifier(native)}"
    cells = [elements.get(name) or (f"r.{identifier(name)}" if name in own else "NULL") for name in headers]
    columns = ", ".join(f"({cell})::VARCHAR AS {identifier(name)}" for cell, name in zip(cells, headers, strict=True))
    return f"""
        SELECT r.line::UINTEGER AS {LINE}, r.nth AS {_NTH}, {columns}
        FROM {_scan(made.rows)} r JOIN {_scan(resources.heads)} h ON h.line = r.line"""


def _malformed_sql(resources: Resources, items: Items, rows: list[Rows]) -> str:
    """Every resource that is set aside, with the first reason there is."""
    doubtful = "".join(f" UNION ALL SELECT line, 2, 'ambiguous' FROM {_scan(made.ambiguous)}" for made in rows)
    return f"""
        SELECT line::UINTEGER AS {LINE}, min_by(reason, rank) AS reason FROM (
            SELECT line, 0 AS rank, reason FROM {_scan(resources.heads)} WHERE reason <> 'ignored'
            UNION ALL SELECT line, 1, 'malformed_line' FROM {items.broken}{doubtful})
        GROUP BY line"""


def _unread(con: duckdb.DuckDBPyConnection, file: DataFile, resources: Resources) -> list[str]:
    """A warning where responses belong to no table, with the questionnaires they name."""
    taken = " OR ".join(map(_chosen, file.tables))
    found = con.execute(
        f"SELECT coalesce(questionnaire, 'none'), count(*) FROM {_scan(resources.heads)} "
        f"WHERE reason IS NULL AND NOT ({taken}) GROUP BY ALL ORDER BY count(*) DESC, 1"
    ).fetchall()
    if not found:
        return []
    named = ", ".join(f"{name} ({n})" for name, n in found[:_NAMED])
    return [f"{file.name}: responses to questionnaires that no table names are not read: {named}"]


def _unmapped(file: DataFile, links: dict[str, bool]) -> list[str]:
    unknown = [link for link, is_named in links.items() if not is_named]
    if not unknown:
        return []
    rest = f" and {len(unknown) - _NAMED} more" if len(unknown) > _NAMED else ""
    named = ", ".join(headers_told(unknown)[:_NAMED])
    return [f"{file.name}: answers not stored, the mapping does not name their linkIds: {named}{rest}"]


def _unanswered(
    con: duckdb.DuckDBPyConnection, file: DataFile, mapping: TableMapping, resources: Resources, links: dict[str, bool]
) -> list[str]:
    """A warning where no response answers what the table names: nobody was asked, or the linkId is another."""
    named = dict.fromkeys(name for name in _mapped(mapping) if name not in (*ELEMENTS, TABLE))
    absent = sorted(name for name in named if name not in links and name.rpartition(TICK)[0] not in links)
    stands = f"reason IS NULL AND status <> {literal(WITHDRAWN)}"
    own = f"SELECT count(*) FROM {_scan(resources.heads)} WHERE {stands} AND {_chosen(mapping)}"
    if not absent or not con.execute(own).fetchall()[0][0]:
        return []
    told = f"{', '.join(absent)}, which [tables.{mapping.table}] names; is the linkId right?"
    return [f"{file.name}: no response answers {told}"]


def _scan(path: Path) -> str:
    return f"read_parquet({literal(str(path))})"


def _write(con: duckdb.DuckDBPyConnection, query: str, out: Path) -> int:
    copied = con.execute(f"COPY ({query}) TO {literal(str(out))} (FORMAT parquet, COMPRESSION snappy)").fetchone()
    return int(copied[0]) if copied else 0
