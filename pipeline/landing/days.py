"""How dates become days: shifted by the person's secret offset, or days from enrolment as sent.

In these expressions `pe` is the person of the row (pseudonym, offset) and `pa` the parent record
(enrolled_day, diagnosis), both joined by pipeline.landing.projection.
"""

from pipeline.contract.columns import Column
from pipeline.contract.tables import EARLIEST_DAY
from pipeline.landing import sql
from pipeline.landing.reading import EARLIEST_DATE, Check, Context, Read, check, mistyped, required

FARTHEST_DAYS = 36_500
"""A day count beyond a hundred years is a slip of the keyboard."""

_HISTORY_FROM_ENROLMENT = ("sessions", "outcomes")
"""Tables of which nothing before EARLIEST_DAY is admitted (contract, section 2)."""

_EPOCH = "DATE '1970-01-01'"


def date(column: Column, context: Context) -> Read:
    """One stored day out of a date, or out of `<stem>_day` where the file gives days from enrolment."""
    if f"{column.stem}_day" in context.given:
        return _relative(column, context)
    calendar, day = f"d_{column.stem}", f"s_{column.stem}"
    parsed = _read(column, context)
    is_time = column.name == context.table.time
    return Read(
        work=((calendar, parsed), (day, f"CAST({parsed} - {_EPOCH} AS INTEGER) + pe.day_offset")),
        stored=((f"{column.stem}_day", f"w.{day}"),),
        checks=(
            *required(column),
            mistyped(column, f"w.{calendar}", "wrong_type"),
            *_calendar_bounds(column, f"w.{calendar}", context),
            *(_placed(f"w.{calendar}", f"w.{day} - w.enrolled_day", column, context) if is_time else ()),
        ),
    )


def _read(column: Column, context: Context) -> str:
    """SQL for the calendar day of a token."""
    token = f't."{column.name}"'
    if column.name in context.typed:
        return token
    if context.is_plain and context.manifest.dates is None:
        return sql.plain_day(token)
    return sql.day(token, context.manifest.dates, context.manifest.timezone)


def _relative(column: Column, context: Context) -> Read:
    token, day = f'"{column.stem}_day"', f"s_{column.stem}"
    # eighteen digits fit wherever days are added up: a longer number would end the run, and is no number of days
    whole = f"regexp_full_match(t.{token}, '[-+]?[0-9]{{1,18}}([.]0*)?')"
    missing = (check(f"w.{token} IS NULL", "missing_required", column.name),) if column.required else ()
    checks = [
        *missing,
        check(f"w.{token} IS NOT NULL AND w.{day} IS NULL", "wrong_type", column.name),
        check(f"abs(w.{day}) > {FARTHEST_DAYS}", "out_of_range", column.name),
        check(f"w.enrolled_day + w.{day} > w.latest_day", "in_future", column.name),
    ]
    if column.name == context.table.time and context.table.name in _HISTORY_FROM_ENROLMENT:
        checks.append(check(f"w.{day} < {EARLIEST_DAY}", "before_time", column.name))
    return Read(
        work=((day, f"CASE WHEN {whole} THEN TRY_CAST(t.{token} AS BIGINT) END"),),
        stored=((f"{column.stem}_day", f"CASE WHEN abs(w.{day}) <= {FARTHEST_DAYS} THEN w.{day} END"),),
        checks=tuple(checks),
    )


def _calendar_bounds(column: Column, calendar: str, context: Context) -> tuple[Check, Check]:
    return (
        check(f"{calendar} > DATE '{context.latest}'", "in_future", column.name),
        check(
            f"{calendar} < DATE '{EARLIEST_DATE}' AND {calendar} <= DATE '{context.latest}'",
            "out_of_range",
            column.name,
        ),
    )


def _placed(calendar: str, from_enrolment: str, column: Column, context: Context) -> tuple[Check, ...]:
    """A dated record needs its person's enrolment date, and may not lie too far before it."""
    if context.table.name == "participants":
        return ()
    unplaced = check("w.is_known AND w.enrolled_day IS NULL", "missing_required", "enrolled_on")
    if context.table.name not in _HISTORY_FROM_ENROLMENT:
        return (unplaced,)
    credible = f"{calendar} >= DATE '{EARLIEST_DATE}'"
    return unplaced, check(f"{credible} AND {from_enrolment} < {EARLIEST_DAY}", "before_time", column.name)


def period(column: Column, context: Context) -> Read:
    """Two stored days, the first and last that the token allows: a year or a month alone is an interval."""
    first, last = f"{column.stem}_from_day", f"{column.stem}_to_day"
    if f"{column.stem}_day" in context.given:
        read = _relative(column, context)
        ((_, day),) = read.stored
        return Read(read.work, ((first, day), (last, day)), read.checks)
    token = f't."{column.name}"'
    whole = sql.day(token, context.manifest.dates, context.manifest.timezone)
    month = f"CASE WHEN regexp_full_match({token}, '[0-9]{{4}}-[0-9]{{2}}') THEN TRY_CAST({token} || '-01' AS DATE) END"
    year = f"CASE WHEN regexp_full_match({token}, '[0-9]{{4}}') THEN TRY_CAST({token} || '-01-01' AS DATE) END"
    begin = f"coalesce({whole}, {month}, {year})"
    end = f"coalesce({whole}, last_day({month}), CAST({year} + INTERVAL 1 YEAR - INTERVAL 1 DAY AS DATE))"
    shifted = "CAST({} - " + _EPOCH + " AS INTEGER) + pe.day_offset"
    calendar = f"d_{column.stem}"
    return Read(
        work=((calendar, begin), (f"s_{first}", shifted.format(begin)), (f"s_{last}", shifted.format(end))),
        stored=((first, f"w.s_{first}"), (last, f"w.s_{last}")),
        checks=(
            *required(column),
            mistyped(column, f"w.{calendar}", "wrong_type"),
            *_calendar_bounds(column, f"w.{calendar}", context),
        ),
    )


def lag(column: Column, context: Context) -> Read:
    """Days between the event and its being written down; NULL where the row has no date of its own."""
    time = context.table.time
    if time is None or time not in context.given or context.relative:
        return Read(stored=(("lag_days", "CAST(NULL AS SMALLINT)"),))
    parsed = _read(column, context)
    difference = f"w.d_recorded - w.d_{time.removesuffix('_on')}"
    return Read(
        work=(("d_recorded", parsed),),
        stored=(("lag_days", f"TRY_CAST({difference} AS SMALLINT)"),),
        checks=(
            mistyped(column, "w.d_recorded", "wrong_type"),
            check(f"{difference} < {column.low} OR {difference} > {column.high}", "out_of_range", column.name),
        ),
    )
