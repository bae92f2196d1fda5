"""Baseline: what somebody was like at the start, whether or not they ever came back."""

from pipeline.contract import reference
from pipeline.validate.recurring import row_count_drift
from pipeline.validate.rules import HasColumns, InSet, NotNull, Rows, Rule, Suite, Unique

BASELINE_FROM_DAY = -42
"""The baseline window opens six weeks before time zero (statistics, baseline window)."""
DAYS_A_WEEK = 7
LAST_DAY_WITHOUT_SECOND_SESSION = (
    min(DAYS_A_WEEK * (int(r["week"]) - int(r["half_width_weeks"])) for r in reference.rows("visits")) - 1
)
"""Where no second session ends it, the window ends before the first visit opens (statistics, visits)."""

STRATUM = ("participant_id", "instrument", "region", "side", "rater", "method")
"""What a baseline and a later value must share."""
_COLUMNS = (
    ("participant_id", "INTEGER"),
    *((name, "VARCHAR") for name in STRATUM[1:]),
    ("baseline_day", "INTEGER"),
    ("baseline_milli", "BIGINT"),
    ("n_values", "INTEGER"),
)
_ORPHAN = "NOT EXISTS (SELECT 1 FROM {participants} AS p WHERE p.participant_id = b.participant_id)"
_INSTRUMENTS = ", ".join(
    f"('{r['code']}', {r['is_change']}, '{r['direction']}', {float(r['low'])}, {float(r['high'])}, {r['needs_area']})"
    for r in reference.rows("instruments")
)
OF_INSTRUMENT = (
    f"EXISTS (SELECT 1 FROM (VALUES {_INSTRUMENTS}) AS i(code, is_change, direction, low, high, needs_area) "
    "WHERE i.code = b.instrument AND "
)
"""Begins a condition over `i`, the row's instrument; the condition and a bracket end it."""
_SESSION_DAYS = """
    (SELECT count(DISTINCT s.performed_day) FROM {{sessions}} AS s
     INNER JOIN (SELECT DISTINCT participant_id, time_zero_day FROM exposure WHERE is_needling) AS z
         ON z.participant_id = s.participant_id
     WHERE s.participant_id = b.participant_id AND s.performed_day >= z.time_zero_day {until})
"""
_SESSION_DAYS_BEFORE = _SESSION_DAYS.format(until="AND s.performed_day < z.time_zero_day + b.baseline_day")


def _present(column: str) -> Rule:
    return Rule(
        f"baseline.{column}.present",
        "critical",
        f"Every baseline says {column}; it belongs to the grain or the value.",
        NotNull(column),
    )


SUITE = Suite(
    "baseline",
    (
        Rule("baseline.columns", "critical", "baseline has the columns that studies read.", HasColumns(_COLUMNS)),
        Rule(
            "baseline.grain",
            "critical",
            "There is one row per participant, instrument, region, side, rater and method.",
            Unique(STRATUM),
        ),
        Rule("baseline.participant.exists", "critical", "Every baseline belongs to a participant.", Rows(_ORPHAN)),
        *(_present(name) for name in ("participant_id", "instrument", "rater", "baseline_day", "baseline_milli")),
        Rule(
            "baseline.instrument.vocabulary",
            "critical",
            "Instruments are those of the reference table, which knows unit, direction and margin.",
            InSet("instrument", tuple(row["code"] for row in reference.rows("instruments"))),
        ),
        Rule(
            "baseline.in_window",
            "critical",
            "A baseline lies within the six weeks before time zero or soon after it: before the first visit opens, "
            "where no second session ends the window.",
            Rows(
                f"b.baseline_day < {BASELINE_FROM_DAY} OR "
                f"b.baseline_day > {LAST_DAY_WITHOUT_SECOND_SESSION} AND {_SESSION_DAYS.format(until='')} < 2"
            ),
        ),
        Rule(
            "baseline.before_the_second_session",
            "critical",
            "A baseline is taken on the day of the second session at the latest; later ones show what needling did.",
            Rows(f"b.baseline_day > 0 AND {_SESSION_DAYS_BEFORE} > 1"),
        ),
        Rule("baseline.has_values", "critical", "A baseline is made of one record or more.", Rows("b.n_values < 1")),
        Rule(
            "baseline.none_of_a_change",
            "critical",
            "An instrument that is itself a change has no baseline.",
            Rows(OF_INSTRUMENT + "i.is_change)"),
        ),
        Rule(
            "baseline.value_on_scale",
            "critical",
            "Values lie on the instrument's scale (counts are by area and may leave it).",
            Rows(OF_INSTRUMENT + "NOT i.needs_area AND b.baseline_milli NOT BETWEEN 1000 * i.low AND 1000 * i.high)"),
        ),
        row_count_drift("baseline"),
    ),
    is_mart=True,
)
