"""The admission query: from a staged file (text) to typed, pseudonymised records with their reasons.

One pass over the rows. The result has, per record: where it stood (`line`, `part` of a wide row), the
stored columns, `record`, the failed checks as text in `found`, and for a failed record the
tokens that may be at fault. It lies in the private scratch folder, never in the home.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.contract.columns import Column, Table
from pipeline.landing import days, flags, reading, special, sql
from pipeline.landing.reading import Check, Context, Read
from pipeline.landing.variants import Variant

_TOLD = ("code", "stage", "integer", "decimal", "boolean", "value", "token")
"""Kinds of columns whose offending token may be told to the sender; never an id or a date."""

_BY_KIND = {
    "code": reading.code,
    "boolean": reading.boolean,
    "integer": reading.integer,
    "decimal": reading.decimal,
    "token": reading.token,
    "hashed": reading.hashed,
    "reference": reading.hashed,
    "date": days.date,
    "period": days.period,
    "lag": days.lag,
    "stage": special.stage,
    "value": special.value,
}


_ALWAYS = {"clinic": reading.clinic, "age": special.age}
"""Kinds that say something of a record even where the file does not speak of the column."""

_BY_NAME = {"enrolled_quarter": special.quarter, "unit": special.unit}


@dataclass(frozen=True)
class Admission:
    """The pieces of the admission query of one file: what is read of every column, over the tokens in `t`."""

    context: Context
    reads: Mapping[str, Read]

    @property
    def stored(self) -> dict[str, str]:
        """SQL for what is stored, by column, over the parsed values in `w`."""
        return {n: e for r in self.reads.values() for n, e in r.stored}

    @property
    def checks(self) -> list[Check]:
        """Every fault that is looked for in a record."""
        return _checks(self.context, dict(self.reads), self.stored)

    @property
    def record(self) -> str:
        """SQL for the record key."""
        return _record(self.context, self.stored)

    @property
    def is_withdrawn(self) -> str:
        """SQL for whether the row takes its record back."""
        return _withdrawn(self.context)

    def parsed(self, tokens: str) -> str:
        """A SELECT of the parsed values of `tokens`, with the person each row speaks of."""
        work = dict(p for r in self.reads.values() for p in r.work)
        join = "INNER" if self.context.is_plain else "LEFT"  # a record without a person is not plain
        joins = "\n  ".join(dict.fromkeys(j for r in self.reads.values() for j in r.joins))
        return f"""
  SELECT t.*, pe.participant, pe.day_offset, {_parent(self.context)},
    CAST(DATE '{self.context.latest}' - DATE '1970-01-01' AS INTEGER) + pe.day_offset AS latest_day{_added(work)}
  FROM ({tokens}) t {join} JOIN ({_people(self.context)}) pe ON pe.token = t."participant_id"
  {joins}"""


def admission(context: Context) -> Admission:
    """What is read of every column of the table."""
    return Admission(context, {c.name: _read(c, context) for c in context.table.columns})


def _added(expressions: Mapping[str, str]) -> str:
    return "".join(f",\n    {e} AS {sql.name(n)}" for n, e in expressions.items())


def select(rows: str, context: Context, variants: tuple[Variant, ...]) -> str:
    """The whole query for the rows of staged files that are alike, the number of each in `__file`.

    Needs the lookups, macros, `people` and `parents`.
    """
    query = admission(context)
    types = dict(context.table.stored)  # a column that one file lacks has the same type as in the next
    columns = _added({n: f"CAST({e} AS {types[n]})" for n, e in query.stored.items()})
    return f"""
WITH w AS ({query.parsed(" UNION ALL ".join(v.select(rows) for v in variants))}
),
s AS (
  SELECT CAST(w.file AS UINTEGER) AS file, w.line, w.part, w.participant, {query.is_withdrawn} AS is_withdrawn,
    {"true" if context.relative else "false"} AS relative_days, w.is_orphan, {_refused(context)} AS is_refused,
    {query.record} AS record{columns},
    {_found(query.checks)} AS found,
    CASE WHEN found <> '' THEN {_tokens(context)} END AS tokens
  FROM w
)
SELECT s.* REPLACE (CASE WHEN is_withdrawn AND record IS NOT NULL
    THEN CASE WHEN is_orphan THEN 'unknown_participant:participant_id' ELSE '' END ELSE found END AS found),
  {flags.select(context.table)} AS flags
FROM s"""


def records(table: Table, typed: Path) -> str:
    """A SELECT of the result of the admission query, the codes as enumerations.

    `place` tells the records of a file apart, of which some formats make several of one line.
    """
    coded = {c.name: sql.enumeration(str(c.vocabulary)) for c in table.columns if c.kind == "code"}
    stored = [
        f"CAST({sql.name(n)} AS {coded[n]}) AS {sql.name(n)}" if n in coded else sql.name(n)
        for n, _ in table.stored
        if n != "participant"
    ]
    return (
        "SELECT file, -1 - file_row_number AS place, line, part, participant, is_withdrawn, relative_days, is_orphan, "
        f"is_refused, record, {', '.join(stored)}, found, tokens, flags "
        f"FROM read_parquet({sql.text(str(typed))}, file_row_number = true)"
    )


def _read(column: Column, context: Context) -> Read:
    if column.kind in ("identity", "flag"):
        return Read()
    if column.kind == "person":
        return Read(checks=(reading.check('w."participant_id" IS NULL', "missing_required", column.name),))
    if column.kind in _ALWAYS:
        return _ALWAYS[column.kind](column, context)
    if column.name in _BY_NAME:
        return _BY_NAME[column.name](column, context)
    relative = column.kind in ("date", "period") and f"{column.stem}_day" in context.given
    if not context.reads(column) and not relative:
        return _absent(column)
    read = _BY_KIND[column.kind](column, context)
    return _as_consent(read) if column.name.startswith("consent_") else read


def _absent(column: Column) -> Read:
    read = reading.absent(column)
    if column.name == "enrolled_on":  # the quarter may stand in its place; special.quarter says if neither does
        return Read(read.work, read.stored)
    return _as_consent(read) if column.name.startswith("consent_") else read


def _as_consent(read: Read) -> Read:
    """Only those who consent to research are stored: where nothing else is said, that holds here too."""
    return Read(read.work, tuple((n, f"coalesce({e}, true)") for n, e in read.stored), read.checks)


def _people(context: Context) -> str:
    """Pseudonym and offset by token, and what landing knows of each person."""
    if context.table.name == "participants":
        return "SELECT token, participant, day_offset FROM people"
    return (
        "SELECT p.token, p.participant, p.day_offset, k.participant IS NOT NULL AS is_there, k.enrolled_day, "
        "k.diagnosis, k.is_refused FROM people p LEFT JOIN parents k ON k.participant = p.participant"
    )


def _parent(context: Context) -> str:
    if context.table.name == "participants":
        return (
            "false AS is_orphan, true AS is_known, CAST(NULL AS INTEGER) AS enrolled_day, "
            "CAST(NULL AS VARCHAR) AS parent_diagnosis"
        )
    return (
        "coalesce(NOT pe.is_there, false) AS is_orphan, coalesce(NOT pe.is_refused, false) AS is_known, "
        "pe.enrolled_day, pe.diagnosis AS parent_diagnosis, pe.is_refused"
    )


def _refused(context: Context) -> str:
    if context.table.name != "participants":
        return "coalesce(w.is_refused, false)"
    consent = sql.boolean("w.consent") if "consent" in context.given else "NULL"
    return f"coalesce(NOT ({consent}), false)"


def _withdrawn(context: Context) -> str:
    return f"coalesce({sql.boolean('w.withdrawn')}, false)" if "withdrawn" in context.given else "false"


def _record(context: Context, stored: dict[str, str]) -> str:
    """The record key: from the sender's id, else the key of the mapping, else the table's default key."""
    table, manifest = context.table, context.manifest
    if table.name == "participants":
        by_person = sql.keyed([table.name], ["w.participant"])
        return f"CASE WHEN w.participant IS NOT NULL THEN {by_person} END"
    scope = [table.name, manifest.source]
    if context.mapping.key:
        keys = [f"w.k{i}" for i in range(len(context.mapping.key))]
        by_key = sql.keyed([*scope, "key"], ["w.part", *keys])
        default = f"CASE WHEN coalesce({', '.join(keys)}) IS NOT NULL THEN {by_key} END"
    else:
        default = _default_record(context, scope, stored)
    identity = table.identity
    if identity is None or identity.name not in context.given:
        return default
    part = ["w.part"] if context.mapping.instruments or context.mapping.effects else []
    by_id = sql.keyed([*scope, "id"], [f'w."{identity.name}"', *part])
    return f'CASE WHEN w."{identity.name}" IS NOT NULL THEN {by_id} ELSE {default} END'


def _default_record(context: Context, scope: list[str], stored: dict[str, str]) -> str:
    table = context.table
    parts = ["w.participant" if c.kind == "person" else stored[c.stored[0][0]] for c in map(table.column, table.key)]
    needed = ["w.participant"]
    if table.time is not None:
        needed.append(stored[table.column(table.time).stored[0][0]])
    whole = " AND ".join(f"{n} IS NOT NULL" for n in needed)
    by_default = sql.keyed([*scope, "default", "relative" if context.relative else "dated"], parts)
    return f"CASE WHEN {whole} THEN {by_default} END"


def any_of(checks: Iterable[Check]) -> str:
    """SQL for whether a record has a fault; NULL where a condition cannot be told and no other holds."""
    return " OR ".join(f"({c.condition})" for c in checks)


def _found(checks: list[Check]) -> str:
    """All faults of a record, joined by commas. Most records have none, and are asked for the conditions only."""
    some = any_of(checks)
    each = ", ".join(f"CASE WHEN {c.condition} THEN {c.fault} END" for c in checks)
    return f"CASE WHEN {some} THEN concat_ws(',', {each}) ELSE '' END"


def _checks(context: Context, reads: dict[str, Read], stored: dict[str, str]) -> list[Check]:
    checks = [c for r in reads.values() for c in r.checks]
    if context.table.name == "participants":
        return [*checks, *_consent(context)]
    if context.table.name == "treatments":
        kind = stored["treatment"]
        checks.append(
            reading.check(
                f"{kind} <> 'none' AND {stored['started_from_day']} IS NULL", "missing_required", "started_on"
            )
        )
        checks.append(
            reading.check(f"{kind} = 'none' AND {stored['asked_day']} IS NULL", "missing_required", "asked_on")
        )
    return [*checks, reading.check("w.is_orphan", "unknown_participant", "participant_id")]


def _consent(context: Context) -> list[Check]:
    if "consent" not in context.given:
        return [reading.check("true", "missing_required", "consent")]
    said = sql.boolean("w.consent")
    return [
        reading.check("w.consent IS NULL", "missing_required", "consent"),
        reading.check(f"w.consent IS NOT NULL AND ({said}) IS NULL", "wrong_type", "consent"),
    ]


def _tokens(context: Context) -> str:
    """The tokens of the columns that `found` names; one whose own name begins like such a name may be among them."""
    told = [c.name for c in context.table.columns if c.kind in _TOLD and context.reads(c)]
    pairs = ", ".join(
        f"CASE WHEN w.{sql.name(n)} IS NOT NULL AND contains(found, {sql.text(f':{n}')}) "
        f"THEN {{'name': {sql.text(n)}, 'token': w.{sql.name(n)}}} END"
        for n in told
    )
    return f"list_filter(CAST([{pairs}] AS STRUCT(name VARCHAR, token VARCHAR)[]), lambda x: x IS NOT NULL)"
