"""Landing drawn as text: a test writes the few columns it is about, everything else gets a plain value."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from itertools import chain, groupby
from pathlib import Path
from typing import Any

import duckdb

from pipeline.contract import reference
from pipeline.contract.columns import BOOKKEEPING
from pipeline.contract.tables import TABLES
from pipeline.marts.build import build

Row = dict[str, Any]

PLAIN: dict[str, dict[str, str]] = {
    "participants": {
        "source": "north", "clinic_id": "north", "age_band": "30-39", "sex": "male",
        "diagnosis": "androgenetic_alopecia", "consent_benchmark": "true", "consent_export": "true",
        "enrolled_quarter": "2025Q3", "observed_until_day": "1000", "enrolled_day": "0",
    },
    "courses": {"source": "north", "device": "dermaroller", "setting": "home"},
    "sessions": {"source": "north", "device": "dermaroller", "needle_length_mm": "0.50", "setting": "home"},
    "treatments": {"source": "north"},
    "outcomes": {"source": "north", "instrument": "hair_density", "rater": "software"},
    "side_effects": {"source": "north", "asked_day": "0"},
    "events": {"source": "north"},
    "costs": {"source": "north", "currency": "EUR", "incurred_day": "0"},
}  # fmt: skip

_INSTRUMENT_COLUMNS = (
    "code", "label", "unit", "low", "high", "decimals", "direction", "scale", "is_change", "needs_area", "diagnoses",
    "min_follow_up_weeks", "responder_rule", "responder_threshold", "margin", "margin_source", "measurement_error",
    "measurement_error_source", "explanation", "source", "verified",
)  # fmt: skip
INSTRUMENTS = tuple(
    dict.fromkeys(_INSTRUMENT_COLUMNS, "")
    | {"code": code, "decimals": decimals, "direction": direction, "is_change": is_change, "needs_area": needs_area}
    for code, decimals, direction, is_change, needs_area in (
        ("hair_density", "1", "higher", "false", "false"),
        ("hair_count", "0", "higher", "false", "true"),
        ("norwood", "0", "lower", "false", "false"),
        ("ga_participant", "0", "higher", "true", "false"),
        ("shedding_change", "0", "lower", "true", "false"),
    )
)


def read_rows(name: str) -> Sequence[Mapping[str, str]]:
    """The project's reference tables, with five instruments that these tests are written for."""
    return INSTRUMENTS if name == "instruments" else reference.rows(name)


def key(name: str) -> str:
    """A stable UUID for a name in a test."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def columns(table: str) -> dict[str, str]:
    """Name and type of every column of landing_<table>."""
    extra = {"source": "VARCHAR"} | ({"observed_until_day": "INTEGER"} if table == "participants" else {})
    return dict(BOOKKEEPING) | dict(TABLES[table].stored) | extra


class Landing:
    """The eight landing views, filled from text, and the version built from them."""

    def __init__(self, folder: Path) -> None:
        self.con = duckdb.connect(":memory:", config={"threads": 2})
        self.folder = folder
        self.lines: dict[str, list[Row]] = {table: [] for table in TABLES}

    def add(self, table: str, text: str) -> None:
        """Rows of `table`: a header line and one line a row, cells between bars, an empty cell is NULL."""
        head, *body = [line.split("|") for line in text.strip().splitlines()]
        names = [cell.strip() for cell in head]
        for cells in body:
            self.add_row(table, {name: cell.strip() or None for name, cell in zip(names, cells, strict=True)})

    def add_row(self, table: str, given: Mapping[str, str | None]) -> None:
        """One row; `who`, `id`, `course` and `session` are names that become keys."""
        row: Row = {"relative_days": "true", "is_withdrawn": "false", "flags": "[]"} | PLAIN[table] | dict(given)
        number = f"{table} {len(self.lines[table])}"
        row["participant"] = key(row.pop("who"))
        row["record"] = key(f"{table} {row.pop('id', number)}")
        for reference_column, target in (("course", "courses"), ("session", "sessions")):
            if row.get(reference_column) is not None:
                row[reference_column] = key(f"{target} {row[reference_column]}")
        self.lines[table].append(row)

    def build(self, order: Callable[[list[Row]], list[Row]] = list) -> None:
        """Create the views, in the order of rows that `order` gives, and build the version."""
        for table, rows in self.lines.items():
            kinds = columns(table)
            self.con.execute(f"CREATE OR REPLACE TABLE raw_{table} ({', '.join(f'{n} {k}' for n, k in kinds.items())})")
            for names, alike in groupby(order(rows), key=tuple):  # one statement for neighbours of the same columns
                values = [list(row.values()) for row in alike]
                places = ", ".join([f"({', '.join('?' * len(names))})"] * len(values))
                self.con.execute(f"INSERT INTO raw_{table} ({', '.join(names)}) VALUES {places}", list(chain(*values)))
            self.con.execute(f"CREATE OR REPLACE VIEW landing_{table} AS SELECT * FROM raw_{table}")
        self.folder.mkdir()
        self.counts = build(self.con, self.folder, read_rows)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a statement on the built version."""
        with duckdb.connect(str(self.folder / "research.duckdb"), read_only=True) as con:
            return con.execute(sql).fetchall()

    def of(self, mart: str, wanted: str, where: str = "TRUE") -> dict[str, Any]:
        """`wanted` columns by participant name; for a mart that has one row a person under `where`."""
        names = {key(name): name for name in self.names}
        people = "(SELECT participant_id, pseudonym FROM participants) AS p"
        found = self.query(
            f"SELECT CAST(p.pseudonym AS VARCHAR), {wanted} FROM {mart} JOIN {people} USING (participant_id)"
            f" WHERE {where} ORDER BY ALL"
        )
        assert len({row[0] for row in found}) == len(found), "more than one row a person: use query"
        return {names[row[0]]: row[1] if len(row) == 2 else row[1:] for row in found}

    def people(self, *names: str, **values: str) -> None:
        """Participants of these names, all with the same values."""
        for name in names:
            self.add_row("participants", {"who": name, "id": name, **values})

    @property
    def names(self) -> list[str]:
        known = ("ann", "bob", "cat", "dan", "eve", "fay", "gus", "hal")
        return [name for name in known if any(r["participant"] == key(name) for r in self.lines["participants"])]
