"""How the tokens of one column become stored values and reasons.

Every function answers with SQL text over three layers: `t` holds the tokens, `w` adds the parsed
values (`work`), and the last layer picks what is stored and the checks that failed.
"""

from dataclasses import dataclass
from datetime import date

from pipeline.contract import reference
from pipeline.contract.columns import Column, Table
from pipeline.contract.mapping import Manifest, TableMapping
from pipeline.contract.staged import NOTHING
from pipeline.landing import sql

_FACTOR_TYPE = "DECIMAL(20,15)"
"""Wider than DuckDB's 64 bits, in which a product that does not fit would end the run."""

EARLIEST_DATE = date(1900, 1, 1)
"""An earlier date is a slip of the keyboard, not a day in anybody's treatment."""


@dataclass(frozen=True)
class Check:
    """SQL for one check: where `condition` holds, `fault` is the text `reason:column`.

    Two things, so that the many records without any fault are told by the conditions alone.
    """

    condition: str
    fault: str


@dataclass(frozen=True)
class Read:
    """SQL for one column. `work` and `stored` are (name, expression)."""

    work: tuple[tuple[str, str], ...] = ()
    stored: tuple[tuple[str, str], ...] = ()
    checks: tuple[Check, ...] = ()
    joins: tuple[str, ...] = ()


@dataclass(frozen=True)
class Context:
    """What the reading of a table's columns depends on. `given` are the native names the file speaks of.

    `is_plain`: cells are read in their usual spelling alone, by quicker expressions (`pipeline.landing.plain`);
    those of the columns that are `typed` come as values, those that are `bare` as they stand, also where they say
    nothing. `key` is the column that tells the rows of the file apart.
    """

    table: Table
    mapping: TableMapping
    manifest: Manifest
    given: frozenset[str]
    latest: date
    is_plain: bool = False
    typed: frozenset[str] = frozenset()
    bare: frozenset[str] = frozenset()
    key: str = "__line"

    def reads(self, column: Column) -> bool:
        return column.name in self.given

    @property
    def relative(self) -> bool:
        """True where the file gives days from enrolment in place of dates."""
        return any(f"{c.stem}_day" in self.given for c in self.table.columns if c.kind in ("date", "period"))


def check(condition: str, reason: str, column: str) -> Check:
    """The check that finds `reason:column` where the condition holds."""
    return Check(condition, sql.text(f"{reason}:{column}"))


def absent(column: Column) -> Read:
    """A column the file does not speak of: NULL, and a reason where the contract requires it."""
    checks = (check("true", "missing_required", column.name),) if column.required else ()
    return Read(
        work=((f"p_{column.name}", "NULL"),),
        stored=tuple((n, f"CAST(NULL AS {t})") for n, t in column.stored),
        checks=checks,
    )


def required(column: Column) -> tuple[Check, ...]:
    """The check that a required column is filled; none for the others."""
    if not column.required:
        return ()
    return (check(f'w."{column.name}" IS NULL', "missing_required", column.name),)


def _unread(column: Column, context: Context, parsed: str, reason: str) -> tuple[Check, ...]:
    """The checks that a column is filled if it must be, and that its token can be read: a value has been already."""
    if column.name in context.typed:
        return required(column)
    if column.name not in context.bare:
        return (*required(column), mistyped(column, parsed, reason))
    says_something = "true" if column.required else f'w."{column.name}" NOT IN {sql.texts(NOTHING)}'
    return (check(f"{parsed} IS NULL AND {says_something}", reason, column.name),)


def mistyped(column: Column, parsed: str, reason: str) -> Check:
    """A token that cannot be read: `reason`, or `ambiguous` where it is a word that means two things."""
    tok = f'w."{column.name}"'
    return Check(
        f"{tok} IS NOT NULL AND {parsed} IS NULL",
        f"CASE WHEN regexp_matches(lower({tok}), {sql.text(sql.AMBIGUOUS_FREQUENCY)}) "
        f"THEN {sql.text(f'ambiguous:{column.name}')} ELSE {sql.text(f'{reason}:{column.name}')} END",
    )


def code(column: Column, context: Context) -> Read:
    """A word of the column's vocabulary, or one of its synonyms."""
    alias, parsed = f"v_{column.name}", f"p_{column.name}"
    expression = f"{alias}.code"
    joins: tuple[str, ...] = (f'LEFT JOIN voc_{column.vocabulary} {alias} ON {alias}.token = lower(t."{column.name}")',)
    if context.is_plain:
        expression, joins = f'TRY_CAST(t."{column.name}" AS {sql.enumeration(str(column.vocabulary))})', ()
    return Read(
        work=((parsed, expression),),
        stored=((column.name, f"w.{parsed}"),),
        checks=_unread(column, context, f"w.{parsed}", "unknown_value"),
        joins=joins,
    )


def boolean(column: Column, context: Context) -> Read:
    """Yes or no."""
    parsed, token = f"p_{column.name}", f't."{column.name}"'
    return Read(
        work=((parsed, token if column.name in context.typed else sql.boolean(token)),),
        stored=((column.name, f"w.{parsed}"),),
        checks=_unread(column, context, f"w.{parsed}", "wrong_type"),
    )


def integer(column: Column, context: Context) -> Read:
    """A whole number in the column's unit."""
    parsed = f"p_{column.name}"
    whole = f"CASE WHEN w.{parsed} = round(w.{parsed}) THEN 1 END"
    unread = _unread(column, context, whole, "wrong_type")
    if column.name in context.bare | context.typed:  # a remainder is found in half the bits of a comparison
        part = check(f"w.{parsed} % 1 <> 0", "wrong_type", column.name)
        unread = (*_unread(column, context, f"w.{parsed}", "wrong_type"), part)
    return Read(
        work=((parsed, _number(column, context)),),
        stored=((column.name, f"TRY_CAST(w.{parsed} AS INTEGER)"),),
        checks=(*unread, *_stray(column, context), *_outside(column, f"w.{parsed}")),
    )


def decimal(column: Column, context: Context) -> Read:
    """A number in the column's unit, rounded to the places that are kept."""
    parsed, kind = f"p_{column.name}", column.stored[0][1]
    return Read(
        work=((parsed, _number(column, context)),),
        stored=((column.name, f"TRY_CAST(round(w.{parsed}, {column.decimals}) AS {kind})"),),
        checks=(
            *_unread(column, context, f"w.{parsed}", "wrong_type"),
            *_stray(column, context),
            *_outside(column, f"w.{parsed}"),
        ),
    )


def _number(column: Column, context: Context) -> str:
    token = f't."{column.name}"'
    factor, suffixes = _unit(column, context)
    whole = token if column.name in context.typed else sql.number(token, context.manifest.decimal, suffixes)
    if column.name in context.bare:
        whole = f"TRY_CAST({token} AS {sql.NUMBER})"
    return f"{whole}{factor}"


def _stray(column: Column, context: Context) -> tuple[Check, ...]:
    """The check for what DuckDB reads over in a number. Apart, it is asked once of each different word of a column."""
    is_asked = column.name in context.bare
    return (check(f"contains(w.\"{column.name}\", '_')", "wrong_type", column.name),) if is_asked else ()


def _unit(column: Column, context: Context) -> tuple[str, tuple[str, ...]]:
    """(" * factor" or "", the suffixes a number may carry: the declared unit and its synonyms)."""
    declared = context.mapping.units.get(column.name, column.unit)
    if declared is None:
        return "", ()
    for row in reference.rows("units"):
        synonyms = [s for s in row["synonyms"].split("|") if s]
        fits = row["canonical"] == column.unit and declared.lower() in (
            row["unit"].lower(),
            *(s.lower() for s in synonyms),
        )
        if fits:
            factor = "" if float(row["factor"]) == 1 else f" * CAST({row['factor']} AS {_FACTOR_TYPE})"
            return factor, () if context.is_plain else (row["unit"], *synonyms)
    return "", () if context.is_plain else (declared,)


def _outside(column: Column, parsed: str) -> tuple[Check, ...]:
    bounds = []
    if column.low is not None:
        bounds.append(f"{parsed} < {column.low}")
    if column.high is not None:
        bounds.append(f"{parsed} > {column.high}")
    return (check(" OR ".join(bounds), "out_of_range", column.name),) if bounds else ()


_DATE = (
    r"[0-9]{6}|[0-9]{4}[-/ ][0-9]{1,2}[-/ ][0-9]|[0-9]{1,2}[-/ ][0-9]{1,2}[-/ ][0-9]|[0-9]{1,2}[.][0-9]{1,2}[.][0-9]{4}"
)
"""What a date looks like. A version such as 3.8.12 or 2024.1 is none."""


def token(column: Column, context: Context) -> Read:
    """A short technical label: at most 40 characters and three words, no sentence, mail, date or telephone number."""
    tok = f'w."{column.name}"'
    words = r"[\w./%²^+-]{1,24}( [\w./%²^+-]{1,16}){0,2}"
    fits = f"regexp_full_match({tok}, {sql.text(words)}) AND NOT ({_is_private(tok)})"
    kept = f"CASE WHEN {fits} THEN {tok} END"
    return Read(stored=((column.name, kept),), checks=(*required(column), mistyped(column, kept, "wrong_type")))


def _is_private(token: str) -> str:
    """True of what may be somebody's date or telephone number."""
    return f"regexp_matches({token}, {sql.text(_DATE)}) OR length(regexp_replace({token}, '[^0-9]', '', 'g')) >= 7"


def clinic(column: Column, context: Context) -> Read:
    """A clinic id; `default_clinic` where the row names none; one of `clinics` where the drop lists them.

    Nothing else is kept, in quarantine either: in this column may stand what belongs into another.
    """
    default = context.manifest.default_clinic
    tok = f't."{column.name}"' if context.reads(column) else "NULL"
    whole = f"coalesce({tok}, {sql.text(default)})" if default else tok
    fits = "regexp_full_match(w.p_clinic_id, '[A-Za-z0-9][A-Za-z0-9._-]{0,39}')"
    is_named = f"w.p_clinic_id IN {sql.texts((*context.manifest.clinics, default or ''))}"
    fits += (
        f" AND {is_named}" if context.manifest.clinics else f" AND ({is_named} OR NOT ({_is_private('w.p_clinic_id')}))"
    )
    return Read(
        work=(("p_clinic_id", whole),),
        stored=((column.name, f"CASE WHEN {fits} THEN w.p_clinic_id END"),),
        checks=(check(f"w.p_clinic_id IS NOT NULL AND NOT ({fits})", "unknown_value", column.name),),
    )


def hashed(column: Column, context: Context) -> Read:
    """A label or a foreign id, kept only as a keyed hash. A reference equals the record it refers to."""
    scope = [column.refers_to or column.name, context.manifest.source, "id"]
    token = f'w."{column.name}"'
    value = f"CASE WHEN {token} IS NOT NULL THEN {sql.keyed(scope, [token])} END"
    return Read(stored=((column.stem, value),), checks=required(column))
