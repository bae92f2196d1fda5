"""Responses to questionnaires, built in the tests themselves, and how they are read."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.contract.mapping import Manifest
from pipeline.sources import Staged, open_drop, stage
from pipeline.sources.fhir.settings import DATE, RECORD, STATUS, SUBJECT, TABLE
from tests.sources.conftest import MakeDrop
from tests.sources.staged_rows import malformed

Resource = dict[str, Any]
DIARY = "urn:example:diary"


def item(link: str, *answers: object, items: Iterable[Resource] = (), within: Iterable[Resource] = ()) -> Resource:
    """An item: its answers (each a dict of FHIR, or a text), `within` the items inside the first of them."""
    given = [answer if isinstance(answer, dict) else {"valueString": answer} for answer in answers]
    if within:
        given[0] = {**given[0], "item": list(within)}
    parts = {"answer": given, "item": list(items)}
    return {"linkId": link, **{name: part for name, part in parts.items() if part}}


def response(*items: Resource, n: int = 1, **more: object) -> Resource:
    """A completed response to the diary by `P1`, authored on 1 March 2025."""
    return {
        "resourceType": "QuestionnaireResponse",
        "id": f"r{n}",
        "questionnaire": DIARY,
        "status": "completed",
        "subject": {"identifier": {"value": "P1"}},
        "authored": "2025-03-01",
        "item": list(items),
        **more,
    }


def ndjson(*resources: Resource | str) -> bytes:
    """One resource a line; a text stands as it is."""
    return "\n".join(r if isinstance(r, str) else json.dumps(r) for r in resources).encode() + b"\n"


def bundle(*resources: Resource | None, indent: int | None = None) -> bytes:
    """A Bundle of them; None is an entry without a resource."""
    entries = [{} if r is None else {"fullUrl": "urn:x", "resource": r} for r in resources]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}, indent=indent).encode()


@dataclass(frozen=True)
class Read:
    """One file as it was read. `rows` are (line, cells by header), the elements under short names."""

    staged: Staged
    manifest: Manifest
    warnings: tuple[str, ...]

    @property
    def malformed(self) -> list[tuple[object, ...]]:
        return malformed(self.staged)

    @property
    def n_used(self) -> int:
        return len({line for line, _ in self.rows()})

    def rows(self, table: str = "sessions") -> list[tuple[int, dict[str, str]]]:
        """The rows of one table in the order of the file; empty cells are left out."""
        with duckdb.connect() as con:
            found = con.execute(f'SELECT * FROM read_parquet(?) WHERE "{TABLE}" = ?', [str(self.staged.data), table])
            names = [column[0] for column in found.description or ()]
            rows = found.fetchall()
        cells = ({_SHORT.get(n, n): c for n, c in zip(names, row, strict=True) if c is not None} for row in rows)
        return [(row.pop("__line"), {n: c for n, c in row.items() if n != TABLE}) for row in cells]

    def answers(self, table: str = "sessions") -> list[dict[str, str]]:
        """What was answered, row by row, without the elements of the response."""
        return [{n: c for n, c in row.items() if n not in _SHORT.values()} for _, row in self.rows(table)]


_SHORT: Mapping[str, str] = {SUBJECT: "subject", DATE: "date", RECORD: "record", STATUS: "status"}
ReadResponses = Callable[..., Read]

TABLES = """[tables.sessions]
files = ["*"]
questionnaire = "urn:example:diary"
columns = { needle = "needle_length_mm", device = "device", place = "setting", pain = "pain_nrs" }
"""


@pytest.fixture
def read_responses(con: duckdb.DuckDBPyConnection, make_drop: MakeDrop, tmp_path: Path) -> ReadResponses:
    """Read one file of responses; `tables` is the mapping, by default sessions from a diary."""

    def read(
        content: bytes | Resource, tables: str = TABLES, *, source: str = "", name: str = "responses.ndjson"
    ) -> Read:
        raw = content if isinstance(content, bytes) else ndjson(content)
        drop = open_drop(make_drop({name: raw}, source, tables, "fhir"))
        into = tmp_path / "scratch"
        into.mkdir(exist_ok=True)
        staged = stage(con, drop.files[0], drop.manifest, into)
        return Read(staged, drop.manifest, (*drop.warnings, *staged.warnings))

    return read
