"""What a file of FHIR responses without a mapping holds: its questionnaires and the questions that were answered."""

import re
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipeline.contract.mapping import Manifest, TableMapping
from pipeline.contract.words import headers_told
from pipeline.sources.drop import DataFile
from pipeline.sources.fhir.items import named_links, unfold
from pipeline.sources.fhir.resources import read_resources
from pipeline.sources.staged import literal
from pipeline.sources.text.plain_text import unpack

_ENDINGS = tuple(f".{name}{packed}" for name in ("ndjson", "jsonl", "json") for packed in ("", ".gz", ".zst"))
_RESOURCE = re.compile(rb'"resourceType"\s*:')
_PROBE_BYTES = 1 << 12
"""A resource says early what it is."""


@dataclass(frozen=True)
class Questions:
    """`questionnaires` with the number of their responses, and the linkIds with an answer, in the order of the file."""

    questionnaires: dict[str, int]
    links: tuple[str, ...]


def is_fhir(path: Path, work: Path) -> bool:
    """True for JSON whose first object is a resource."""
    if not path.name.lower().endswith(_ENDINGS):
        return False
    with unpack(DataFile(path, path.name, ()), work).open("rb") as handle:
        return _RESOURCE.search(handle.read(_PROBE_BYTES)) is not None


def questions(con: duckdb.DuckDBPyConnection, path: Path, work: Path) -> Questions:
    """What the responses of a file answer. Raises RefusedError where it cannot be read."""
    mapping = TableMapping("participants", (path.name,))
    manifest = Manifest("map", "fhir", None, "map", None, (), False, (mapping,))
    heads = read_resources(con, DataFile(path, path.name, (mapping,)), manifest, work).heads
    links = named_links(con, unfold(con, heads, [], work))
    found = con.execute(
        f"SELECT coalesce(questionnaire, 'none named'), count(*) FROM read_parquet({literal(str(heads))}) "
        "WHERE reason IS NULL GROUP BY ALL ORDER BY min(line)"
    ).fetchall()
    return Questions(dict(found), headers_told(tuple(links)))
