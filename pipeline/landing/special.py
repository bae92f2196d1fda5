"""Columns whose reading depends on other columns of the row: age, stage, quarter, and the value of an outcome."""

from pipeline.contract.columns import Column
from pipeline.contract.tables import MIN_AGE_YEARS
from pipeline.landing import reading, sql
from pipeline.landing.reading import Check, Context, Read, check, mistyped

_WIDE = "DECIMAL(24,6)"
"""Wider than DuckDB's 64 bits, in which the product of a value and its factor would end the run at 100,000."""

_RANGE_OF_STAGES = "[^ ]+ ?(-|\u2013|/| to | bis ) ?[^ ]+"
"""A stage between two stages ("II-III") is ambiguous, not unknown."""


def age(column: Column, context: Context) -> Read:
    """The band of the age; the age itself is never kept. Under 18 is the reason `minor`."""
    if "age_band" in context.given and not context.reads(column):
        return Read(
            work=(("p_age_band", "ab.code"),),
            stored=(("age_band", "w.p_age_band"),),
            checks=(
                check('w."age_band" IS NULL', "missing_required", "age_years"),
                check('w."age_band" IS NOT NULL AND w.p_age_band IS NULL', "unknown_value", "age_band"),
            ),
            joins=('LEFT JOIN age_bands ab ON ab.code = t."age_band"',),
        )
    if not context.reads(column):
        return reading.absent(column)
    years = sql.number(f't."{column.name}"', context.manifest.decimal, ("years", "y", "yrs"))
    return Read(
        work=(("p_age_years", f"floor({years})"), ("p_age_band", "ab.code")),
        stored=(("age_band", "w.p_age_band"),),
        checks=(
            check(f'w."{column.name}" IS NULL', "missing_required", column.name),
            mistyped(column, "w.p_age_years", "wrong_type"),
            check(f"w.p_age_years BETWEEN 0 AND {MIN_AGE_YEARS - 1}", "minor", column.name),
            check(f"w.p_age_years < 0 OR w.p_age_years > {column.high}", "out_of_range", column.name),
        ),
        joins=(f"LEFT JOIN age_bands ab ON floor({years}) BETWEEN ab.low AND ab.high",),
    )


def quarter(column: Column, context: Context) -> Read:
    """The calendar quarter of enrolment, from the date where there is one."""
    token = f't."{column.name}"' if context.reads(column) else "NULL"
    given = (
        f"CASE WHEN regexp_full_match(upper({token}), '[0-9]{{4}}-?Q[1-4]') THEN replace(upper({token}), '-', '') END"
    )
    if "enrolled_on" not in context.given:
        return Read(
            work=(("p_quarter", given),),
            stored=((column.name, "w.p_quarter"),),
            checks=(
                check(f'w."{column.name}" IS NULL', "missing_required", "enrolled_on"),
                mistyped(column, "w.p_quarter", "wrong_type"),
            )
            if context.reads(column)
            else (check("true", "missing_required", "enrolled_on"),),
        )
    date = sql.day('t."enrolled_on"', context.manifest.dates, context.manifest.timezone)
    dated = f"CAST(year({date}) AS VARCHAR) || 'Q' || CAST(quarter({date}) AS VARCHAR)"
    return Read(
        work=(("p_quarter", f"coalesce({dated}, {given})"),),
        stored=((column.name, "w.p_quarter"),),
        checks=(check('w."enrolled_on" IS NULL AND w.p_quarter IS NULL', "missing_required", "enrolled_on"),),
    )


def stage(column: Column, context: Context) -> Read:
    """The stage's code on the row's scale. SALT is a percentage, not a stage with a name."""
    scale = "v_staging_scale.code" if "staging_scale" in context.given else "CAST(NULL AS VARCHAR)"
    token = f't."{column.name}"'
    percent = sql.number(token, context.manifest.decimal, ("%",))
    salt = f"CASE WHEN {percent} BETWEEN 0 AND 100 THEN CAST(CAST(round({percent}) AS INTEGER) AS VARCHAR) END"
    parsed = f"CASE WHEN {scale} = 'salt' THEN {salt} ELSE sg.code END"
    of_row = f'w."{column.name}"'
    return Read(
        work=(("p_stage", parsed), ("p_stage_scale", scale)),
        stored=((column.name, "w.p_stage"),),
        checks=(
            check(f"{of_row} IS NOT NULL AND w.p_stage_scale IS NULL", "missing_required", "staging_scale"),
            check(
                f"w.p_stage_scale IS NOT NULL AND {_unread_stage(of_row, 'w.p_stage', between=True)}",
                "ambiguous",
                column.name,
            ),
            check(
                f"w.p_stage_scale IS NOT NULL AND {_unread_stage(of_row, 'w.p_stage', between=False)}",
                "unknown_value",
                column.name,
            ),
        ),
        joins=(f"LEFT JOIN stage_tokens sg ON sg.scale = {scale} AND sg.token = lower({token})",),
    )


def _unread_stage(token: str, parsed: str, *, between: bool) -> str:
    a_range = f"regexp_full_match({token}, {sql.text(_RANGE_OF_STAGES)})"
    return f"{token} IS NOT NULL AND {parsed} IS NULL AND {a_range if between else f'NOT {a_range}'}"


def value(column: Column, context: Context) -> Read:
    """The value as an integer on the instrument's own scale, after its unit; a stage as its rank."""
    if "instrument" not in context.given:  # which is reported by itself: of an unknown instrument nothing can be read
        return Read(stored=((column.name, "CAST(NULL AS INTEGER)"),))
    token = 't."value"'  # noqa: S105  # a cell, not a secret
    unit = _unit_token(context)
    decimal = context.manifest.decimal
    bare = f"trim(regexp_extract({token}, '^[-+0-9.,]+'))"
    number = f"coalesce({sql.number(token, decimal)}, {sql.number(bare, decimal)})"
    scaled = f"CAST({number} AS {_WIDE}) * iu.scaled_factor"
    suffix = f"nullif(lower(trim(regexp_extract({token}, '^[-+0-9.,]+(.*)$', 1))), '')"
    fits = f"iv.scale <> 'ordinal' OR {number} = round({number})"
    stated = f"CASE WHEN {sql.number(token, decimal)} IS NULL THEN {suffix} END"
    alone = "CASE WHEN iv.n_units <= 1 THEN lower(iv.unit) END"
    return Read(
        work=(
            ("p_scaled", f"CASE WHEN iv.has_stages THEN st.rank ELSE round({scaled}) END"),
            ("p_number", f"CASE WHEN iv.has_stages THEN st.rank WHEN {fits} THEN {number} END"),
            ("p_suffix_unit", "su.unit"),
            ("p_suffix", suffix),
            ("p_unit_token", unit),
            ("p_unit", "iu.unit"),
            ("n_units", "iv.n_units"),
            ("i_code", "iv.code"),
            ("i_native", "iv.unit"),
            ("i_low", "iv.scaled_low"),
            ("i_high", "iv.scaled_high"),
            ("i_needs_area", "iv.needs_area"),
            ("i_has_stages", "iv.has_stages"),
            ("i_diagnoses", "iv.diagnoses"),
        ),
        stored=((column.name, "TRY_CAST(w.p_scaled AS INTEGER)"),),
        checks=_value_checks(),
        joins=(
            "LEFT JOIN instruments iv ON iv.code = v_instrument.code",
            f"LEFT JOIN unit_tokens iu ON iu.instrument = iv.code AND iu.token = coalesce({unit}, {stated}, {alone})",
            f"LEFT JOIN unit_tokens su ON su.instrument = iv.code AND su.token = {suffix}",
            f"LEFT JOIN stage_tokens st ON st.scale = iv.code AND st.token = lower({token})",
        ),
    )


def _unit_token(context: Context) -> str:
    declared = context.mapping.units.get("value")
    token = 'lower(t."unit")' if "unit" in context.given else "CAST(NULL AS VARCHAR)"
    return f"coalesce({token}, {sql.text(declared.lower())})" if declared else token


_VALUE = 'w."value"'


def _value_checks() -> tuple[Check, ...]:
    measured = "w.i_code IS NOT NULL AND NOT w.i_has_stages"
    fitting = "coalesce(list_contains(w.i_diagnoses, w.parent_diagnosis), true)"
    no_unit = "w.p_unit_token IS NULL AND w.p_suffix IS NULL"
    return (
        check('w."value" IS NULL', "missing_required", "value"),
        check(
            'w."value" IS NOT NULL AND w.i_code IS NOT NULL AND NOT w.i_has_stages AND w.p_number IS NULL',
            "wrong_type",
            "value",
        ),
        check(f"w.i_has_stages AND {_unread_stage(_VALUE, 'w.p_number', between=True)}", "ambiguous", "value"),
        check(f"w.i_has_stages AND {_unread_stage(_VALUE, 'w.p_number', between=False)}", "unknown_value", "value"),
        check(f"{measured} AND w.n_units > 1 AND {no_unit}", "unit_missing", "unit"),
        check(f"{measured} AND w.p_unit IS NULL AND NOT ({no_unit})", "unknown_value", "unit"),
        check("w.p_scaled < w.i_low OR w.p_scaled > w.i_high", "out_of_range", "value"),
        check("w.i_needs_area AND w.p_area_cm2 IS NULL", "area_missing", "area_cm2"),
        # a number that carries another unit than the one declared is not silently taken for either
        check(f"{measured} AND w.p_suffix IS NOT NULL AND w.p_unit <> w.p_suffix_unit", "ambiguous", "unit"),
        check(f"len(w.i_diagnoses) > 0 AND NOT {fitting}", "instrument_not_for_diagnosis", "instrument"),
    )


def unit(column: Column, context: Context) -> Read:
    """The instrument's native unit, into which the value has been converted."""
    if not {"instrument", "value"} <= context.given:
        return Read(stored=((column.name, "CAST(NULL AS VARCHAR)"),))
    return Read(stored=((column.name, "CASE WHEN w.p_scaled IS NOT NULL THEN w.i_native END"),))
