"""The part of every suite that the contract already says: columns, types, keys, ranges, vocabularies."""

from collections.abc import Iterator

from pipeline.contract import reference
from pipeline.contract.columns import BOOKKEEPING, Column, Table
from pipeline.contract.ddl import coded_types
from pipeline.contract.gate import Severity
from pipeline.contract.tables import SESSIONS, TABLES
from pipeline.validate.rules import Between, Check, HasColumns, InSet, NotNull, Place, Rows, Rule, Suite, Unique

_OWN_KEYS = {"participants": "participant_id", "sessions": "session_id", "courses": "course_id"}
"""Tables whose rows have a small integer key of their own in the candidate."""

_RESEARCH_PARTICIPANTS: tuple[tuple[str, str], ...] = (
    ("pseudonym", "UUID"),
    ("stage_rank", "INTEGER"),
    ("is_early", "BOOLEAN"),
    ("observed_until_day", "INTEGER"),
)
_LANDING_PARTICIPANTS: tuple[tuple[str, str], ...] = (("observed_until_day", "INTEGER"),)

_REQUIRED_ELSEWHERE = {"participants": {"enrolled_on"}}
"""Required columns that another column may stand for: the quarter alone is accepted."""


def rules_at(suite: Suite, place: Place) -> tuple[Rule, ...]:
    """All rules of a suite at one place: what the contract says, then what the suite adds."""
    table = TABLES.get(suite.table)
    given = rules(table, place) if table else ()
    return (*given, *(rule for rule in suite.rules if rule.only in (None, place)))


def exists_rule(table: str) -> Rule:
    """The rule that the table is there at all; it is checked before any other."""
    return Rule(
        f"{table}.exists",
        "critical",
        f"There is a table {table}; without it nothing else can be checked.",
        HasColumns(()),
    )


def rules(table: Table, place: Place) -> tuple[Rule, ...]:
    """The structural rules of a contract table at one place."""
    return (_columns_rule(table, place), *_key_rules(table, place), *_person_rules(table), *_column_rules(table, place))


def stored(table: Table, place: Place) -> tuple[tuple[str, str], ...]:
    """(name, DuckDB type) of every column the table must have at that place."""
    if place == "landing":
        extra = _LANDING_PARTICIPANTS if table.name == "participants" else ()
        return (*BOOKKEEPING, *table.stored, ("source", "VARCHAR"), *extra)
    own = _OWN_KEYS.get(table.name)
    keys = (
        (("participant_id", "INTEGER"),)
        if own in (None, "participant_id")
        else ((own, "INTEGER"), ("participant_id", "INTEGER"))
    )
    extra = _RESEARCH_PARTICIPANTS if table.name == "participants" else ()
    kept = (pair for column in table.columns for pair in _research_columns(table, column))
    return (*keys, *kept, *extra, ("flags", "VARCHAR[]"))


def _research_columns(table: Table, column: Column) -> tuple[tuple[str, str], ...]:
    if column.kind == "person" or (table.name == "participants" and column.kind in ("date", "lag")):
        return ()
    if column.kind == "reference":
        return ((column.name, "INTEGER"),)
    if table is SESSIONS:  # the longest table keeps its words as codes of one byte
        coded = coded_types(table)
        return tuple((name, coded.get(name, kind)) for name, kind in column.stored)
    return column.stored


def _columns_rule(table: Table, place: Place) -> Rule:
    sentence = f"{table.name} has the columns and types of the contract; readers and later steps rely on them."
    return Rule(f"{table.name}.columns", "critical", sentence, HasColumns(stored(table, place)))


def _key_rules(table: Table, place: Place) -> Iterator[Rule]:
    key = "record" if place == "landing" else _OWN_KEYS.get(table.name)
    keys = [key] if key else []
    if table.name == "participants":
        keys.append("participant" if place == "landing" else "pseudonym")
    for name in keys:
        # two sources of one namespace may both describe a person; the candidate then takes one of them
        severity: Severity = "warning" if name == "participant" else "critical"
        yield Rule(
            f"{table.name}.{name}.unique",
            severity,
            f"{name} names one row only; otherwise it is counted twice.",
            Unique((name,)),
        )
        if name != "participant":  # that one is a required column, and gets its rule as such
            yield Rule(
                f"{table.name}.{name}.present",
                "critical",
                f"Every row of {table.name} has its key {name}.",
                NotNull(name),
            )


def _person_rules(table: Table) -> Iterator[Rule]:
    if table.name == "participants":
        return
    orphan = "NOT EXISTS (SELECT 1 FROM {participants} AS p WHERE p.{person} = b.{person})"
    yield Rule(
        f"{table.name}.participant.exists",
        "critical",
        f"Every row of {table.name} belongs to a participant; a row of nobody cannot be compared.",
        Rows(orphan),
    )


def _column_rules(table: Table, place: Place) -> Iterator[Rule]:
    kinds = dict(stored(table, place))
    for column in table.columns:
        for name, _ in column.stored:
            if name in kinds:
                yield from _value_rules(table, column, name, kinds[name])


def _value_rules(table: Table, column: Column, name: str, kind: str) -> Iterator[Rule]:
    about = f"{table.name}.{name}"
    if column.required and column.name not in _REQUIRED_ELSEWHERE.get(table.name, set()):
        yield Rule(
            f"{about}.present",
            "critical",
            f"{name} is required by the contract; a row without it says nothing.",
            NotNull(name),
        )
    if column.kind in ("integer", "decimal", "lag") and (column.low is not None or column.high is not None):
        yield Rule(f"{about}.range", "critical", _range_sentence(column, name), Between(name, column.low, column.high))
    codes = _codes(column)
    if codes and not kind.startswith(
        "ENUM"
    ):  # a type that lists its words holds no other, and the columns rule asks for it
        yield Rule(
            f"{about}.vocabulary",
            "critical",
            f"{name} holds codes of its vocabulary only, or rows fall out of every group.",
            InSet(name, codes),
        )


def _range_sentence(column: Column, name: str) -> str:
    unit = f" {column.unit}" if column.unit else ""
    return f"{name} lies between {column.low:g} and {column.high:g}{unit}, as admission promises."


def _codes(column: Column) -> tuple[str, ...]:
    match column.kind:
        case "age":
            return tuple(row["code"] for row in reference.rows("age_bands"))
        case "code" if column.vocabulary == "instrument":
            return tuple(row["code"] for row in reference.rows("instruments"))
        case "code" if column.vocabulary:
            return tuple(term.code for term in reference.vocabulary(column.vocabulary))
        case _:
            return ()


def kind_of(check: Check) -> str:
    """The plain name of a check's kind, for the catalogue."""
    return KINDS[type(check).__name__]


KINDS = {
    "HasColumns": "columns and types",
    "NotNull": "never missing",
    "Between": "range",
    "InSet": "vocabulary",
    "Unique": "uniqueness",
    "Rows": "row condition",
    "Groups": "group condition",
    "Measure": "figure within bounds",
    "Drift": "drift against the last version",
    "Matches": "reconciliation with landing",
}
