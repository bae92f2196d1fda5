"""What a column and a table of the contract are.

A column's `kind` decides how a token of a file becomes a stored value:

| kind      | native token                     | stored in landing                                       |
|-----------|----------------------------------|---------------------------------------------------------|
| person    | the sender's participant id      | `participant` UUID, an HMAC; the token is never stored  |
| identity  | the sender's id of this record   | nothing of its own: it becomes the record key `record`  |
| reference | an id in another table           | `<stem>` UUID, equal to that record's `record`          |
| hashed    | any label, such as a marked site | `<stem>` UUID, a keyed hash                             |
| clinic    | a clinic id                      | the id                                                  |
| date      | a date, or `<stem>_day` relative | `<stem>_day` INTEGER, shifted per person                |
| period    | a date, a month or a year        | `<stem>_from_day`, `<stem>_to_day` INTEGER, shifted     |
| lag       | a date                           | `lag_days` SMALLINT, days after the row's own date      |
| code      | a word of a vocabulary           | the vocabulary's code                                   |
| stage     | a stage of the row's scale       | the stage's code                                        |
| age       | years                            | `age_band`                                              |
| value     | a number in the instrument's unit| INTEGER on the instrument's own scale                   |
| integer, decimal, boolean                    | | themselves                                              |
| token     | a short technical label          | itself, if it is one (never a sentence)                 |
| flag      | a boolean that steers admission  | nothing                                                 |
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "person", "identity", "reference", "hashed", "clinic", "date", "period", "lag", "code", "stage",
    "age", "value", "integer", "decimal", "boolean", "token", "flag",
]  # fmt: skip

Sensitivity = Literal["identifier", "quasi_identifier", "health", "technical"]
"""identifier: never stored as sent; quasi_identifier: could single a person out in combination;
health: about the person's body or treatment; technical: about the recording."""


@dataclass(frozen=True)
class Column:
    """One native column. `low` and `high` are inclusive, in `unit`; `decimals` are kept exactly."""

    name: str
    kind: Kind
    doc: str
    required: bool = False
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    decimals: int = 0
    vocabulary: str | None = None
    refers_to: str | None = None
    sensitivity: Sensitivity = "health"

    @property
    def stem(self) -> str:
        """The name without `_on` or `_id`: `performed` of `performed_on`."""
        for ending in ("_on", "_id"):
            if self.name.endswith(ending):
                return self.name[: -len(ending)]
        return self.name

    @property
    def stored(self) -> tuple[tuple[str, str], ...]:
        """(name, DuckDB type) of what landing keeps of this column, in order; empty where nothing is kept."""
        match self.kind:
            case "person":
                return (("participant", "UUID"),)
            case "identity" | "flag":
                return ()
            case "reference" | "hashed":
                return ((self.stem, "UUID"),)
            case "date":
                return ((f"{self.stem}_day", "INTEGER"),)
            case "period":
                return ((f"{self.stem}_from_day", "INTEGER"), (f"{self.stem}_to_day", "INTEGER"))
            case "lag":
                return (("lag_days", "SMALLINT"),)
            case "age":
                return (("age_band", "VARCHAR"),)
            case "integer" | "value":
                return ((self.name, "INTEGER"),)
            case "decimal":
                return ((self.name, f"DECIMAL(9,{self.decimals})"),)
            case "boolean":
                return ((self.name, "BOOLEAN"),)
            case "code" | "stage" | "clinic" | "token":
                return ((self.name, "VARCHAR"),)


@dataclass(frozen=True)
class Table:
    """One table of the contract.

    `key` names the native columns that identify a record where the sender gives neither an id nor a
    key; `time` is the date the record is about (`None` where it has none).
    """

    name: str
    doc: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    time: str | None

    def column(self, name: str) -> Column:
        """The column of that name; KeyError where the table has none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def native_names(self) -> tuple[str, ...]:
        """Every header a native file may use: the columns, `<stem>_day` beside each date, `age_band` beside the age."""
        days = (f"{c.stem}_day" for c in self.columns if c.kind in ("date", "period") and self.name != "participants")
        bands = ("age_band" for c in self.columns if c.kind == "age")
        return (*self.names, *days, *bands)

    @property
    def identity(self) -> Column | None:
        return next((c for c in self.columns if c.kind == "identity"), None)

    @property
    def stored(self) -> tuple[tuple[str, str], ...]:
        """(name, DuckDB type) of the table's own columns in landing, in order."""
        return tuple(pair for column in self.columns for pair in column.stored)


BOOKKEEPING: tuple[tuple[str, str], ...] = (
    ("record", "UUID"),
    ("is_withdrawn", "BOOLEAN"),
    ("relative_days", "BOOLEAN"),
    ("flags", "VARCHAR[]"),
    ("file", "UINTEGER"),
    ("line", "UINTEGER"),
    ("drop", "UINTEGER"),
    ("as_of", "DATE"),
)
"""Columns that every landing file has before the table's own: the record key, whether
this row takes the record back, whether its days already count from enrolment, the
flags raised at the door, where it came from (file number in the ledger, physical line), the drop
that brought it, and the day that drop was taken out of the sender's system."""
