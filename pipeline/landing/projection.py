"""The admission query: from a staged file (text) to typed, pseudonymised records with their reasons.

One pass over the file. The result has, per record: where it stood (`line`, `part` of a wide row), the
stored columns, `record`, `content`, the failed checks as text in `found`, and for a failed record the
tokens that may be at fault. It lies in the private scratch folder, never in the home.
"""

from pathlib import Path

from pipeline.contract.columns import Column
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


def select(data: Path, file: int, context: Context, variants: tuple[Variant, ...]) -> str:
    """The whole query for one staged file. Needs the lookups, macros, `people` and `parents`."""
    reads = {c.name: _read(c, context) for c in context.table.columns}
    stored = {n: e for r in reads.values() for n, e in r.stored}
    work = "".join(f",\n    {e} AS {n}" for n, e in dict(p for r in reads.values() for p in r.work).items())
    joins = "\n  ".join(dict.fromkeys(j for r in reads.values() for j in r.joins))
    types = dict(context.table.stored)  # a column that one file lacks has the same type as in the next
    columns = "".join(f",\n    CAST({e} AS {types[n]}) AS {sql.name(n)}" for n, e in stored.items())
    content = sql.joined(["relative_days", *(sql.name(n) for n in stored)])
    return f"""
WITH t AS ({" UNION ALL ".join(v.select(data) for v in variants)}),
w AS (
  SELECT t.*, pe.participant, pe.day_offset, {_parent(context)},
    CAST(DATE '{context.latest}' - DATE '1970-01-01' AS INTEGER) + pe.day_offset AS latest_day{work}
  FROM t LEFT JOIN people pe ON pe.token = t."participant_id" LEFT JOIN parents pa ON pa.participant = pe.participant
  {joins}
),
s AS (
  SELECT CAST({file} AS UINTEGER) AS file, w.line, w.part, w.participant, {_withdrawn(context)} AS is_withdrawn,
    {"true" if context.relative else "false"} AS relative_days, w.is_orphan, {_refused(context)} AS is_refused,
    {_record(context, stored)} AS record{columns},
    {_found(_checks(context, reads, stored))} AS found,
    CASE WHEN found <> '' THEN {_tokens(context)} END AS tokens
  FROM w
)
SELECT s.* REPLACE (CASE WHEN is_withdrawn AND record IS NOT NULL
    THEN CASE WHEN is_orphan THEN 'unknown_participant:participant_id' ELSE '' END ELSE found END AS found),
  CAST(CASE WHEN is_withdrawn THEN md5('withdrawn') ELSE md5({content}) END AS UUID) AS content,
  {flags.select(context.table)} AS flags
FROM s"""


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


def _parent(context: Context) -> str:
    if context.table.name == "participants":
        return (
            "false AS is_orphan, true AS is_known, CAST(NULL AS INTEGER) AS enrolled_day, "
            "CAST(NULL AS VARCHAR) AS parent_diagnosis"
        )
    return (
        "pe.participant IS NOT NULL AND pa.participant IS NULL AS is_orphan, "
        "coalesce(NOT pa.is_refused, false) AS is_known, "
        "pa.enrolled_day, pa.diagnosis AS parent_diagnosis, pa.is_refused"
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
        by_person = sql.joined(("'participants'", "w.participant"))
        return f"CASE WHEN w.participant IS NOT NULL THEN keyed({by_person}) END"
    scope = [sql.text(table.name), sql.text(manifest.source)]
    if context.mapping.key:
        keys = [f"w.k{i}" for i in range(len(context.mapping.key))]
        by_key = sql.joined([*scope, "'key'", "w.part", *keys])
        default = f"CASE WHEN coalesce({', '.join(keys)}) IS NOT NULL THEN keyed({by_key}) END"
    else:
        default = _default_record(context, scope, stored)
    identity = table.identity
    if identity is None or identity.name not in context.given:
        return default
    by_id = [
        *scope,
        "'id'",
        f'w."{identity.name}"',
        *(["w.part"] if context.mapping.instruments or context.mapping.effects else []),
    ]
    return f'CASE WHEN w."{identity.name}" IS NOT NULL THEN keyed({sql.joined(by_id)}) ELSE {default} END'


def _default_record(context: Context, scope: list[str], stored: dict[str, str]) -> str:
    table = context.table
    parts = ["w.participant" if c.kind == "person" else stored[c.stored[0][0]] for c in map(table.column, table.key)]
    needed = ["w.participant"]
    if table.time is not None:
        needed.append(stored[table.column(table.time).stored[0][0]])
    whole = " AND ".join(f"{n} IS NOT NULL" for n in needed)
    relative = sql.text("relative" if context.relative else "dated")
    by_default = sql.joined([*scope, "'default'", relative, *parts])
    return f"CASE WHEN {whole} THEN keyed({by_default}) END"


def _found(checks: list[Check]) -> str:
    """All faults of a record, joined by commas. Most records have none, and are asked for the conditions only."""
    some = " OR ".join(f"({c.condition})" for c in checks)
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
    told = [c.name for c in context.table.columns if c.kind in _TOLD and context.reads(c)]
    pairs = ", ".join(f"{{'name': {sql.text(n)}, 'token': w.{sql.name(n)}}}" for n in told)
    return f"CAST([{pairs}] AS STRUCT(name VARCHAR, token VARCHAR)[])"
