"""What a drop says about itself: the content of `source.toml` after it has been checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Format = Literal["csv", "ndjson", "parquet", "xlsx", "redcap", "fhir"]
Mode = Literal["append", "snapshot"]


@dataclass(frozen=True)
class InstrumentColumn:
    """A wide column of outcomes: each non-empty cell of `header` becomes a record of `instrument`.

    `visit` (such as "12w") or `day` place it where the row has no date; both count from enrolment. `values` are what
    the codes of this column alone mean; they go before those of the table.
    """

    header: str
    instrument: str
    unit: str | None = None
    visit: str | None = None
    day: int | None = None
    region: str | None = None
    side: str | None = None
    rater: str | None = None
    method: str | None = None
    area_column: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class TableMapping:
    """How files of a drop become rows of one table. `columns` maps a file's header to a native column;
    headers that are native already need no entry. Header and file names are as the sender wrote them.
    `questionnaire` picks FHIR resources, by canonical address with or without `|version`."""

    table: str
    files: tuple[str, ...]
    mode: Mode = "append"
    allow_shrink: bool = False
    key: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    instruments: tuple[InstrumentColumn, ...] = ()
    effects: Mapping[str, str] = field(default_factory=dict)
    asked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sheet: str | None = None
    header_row: int = 1
    skip_footer: int = 0
    questionnaire: str | None = None


@dataclass(frozen=True)
class Redcap:
    """The `[redcap]` of a mapping. `record_id` is None where it is the first column of the data.

    `fields` are the names that the data dictionary describes; empty where there is none.
    """

    data: str | None
    dictionary: str | None = None
    record_id: str | None = None
    fields: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Manifest:
    """One drop's `source.toml`. `dates` is a strptime pattern or None for ISO 8601."""

    source: str
    format: Format
    extracted_on: date | None
    people: str
    default_clinic: str | None
    clinics: tuple[str, ...]
    simulated: bool
    tables: tuple[TableMapping, ...]
    dates: str | None = None
    timezone: str | None = None
    encoding: str = "utf-8"
    delimiter: str | None = None
    quote: str = '"'
    decimal: Literal[".", ","] = "."
    redcap: Redcap | None = None
