"""The small tables of a version that pages read instead of rows: a row is a cell of people, never a person."""

from dataclasses import dataclass

Columns = tuple[tuple[str, str, str], ...]
"""Name, DuckDB type and meaning of each column."""

_SUMS: Columns = (
    ("people", "BIGINT", "people with at least one of the things that `n` counts"),
    ("n", "BIGINT", "things that are divided by, over all these people"),
    ("y", "BIGINT", "those among them that are counted"),
    ("nn", "BIGINT", "sum over people of the person's n squared"),
    ("ny", "BIGINT", "sum over people of the person's n times y"),
    ("yy", "BIGINT", "sum over people of the person's y squared"),
)
_CELL: Columns = (
    ("dimension", "VARCHAR", "what the cell is one kind of: all, depth, device, setting and, where they stand, others"),
    ("code", "VARCHAR", "the kind, by its code; `all` where everybody is counted"),
)
_PLACE: Columns = (("place", "VARCHAR", "`all`, or the one setting whose sessions are counted"),)
_VISIT: Columns = (("visit_week", "INTEGER", "from time zero to this visit: 12, 24 or 52 weeks"),)


@dataclass(frozen=True)
class Summary:
    """One table: what it holds, the columns that name a row, and all columns."""

    name: str
    doc: str
    key: tuple[str, ...]
    columns: Columns


SUMMARIES: tuple[Summary, ...] = (
    Summary(
        "safety_asked",
        "Sessions of each kind, and after how many somebody was asked about side effects.",
        ("place", "dimension", "code"),
        (
            *_PLACE, *_CELL,
            ("n_sessions", "BIGINT", "sessions"),
            ("n_asked", "BIGINT", "those after which somebody was asked; what was told unasked makes none of them"),
        ),
    ),
    Summary(
        "safety_cells",
        "Side effects per session asked. `measure` effect: `n` sessions asked, `y` those with the effect `level`, with "
        "`any` one, or with a `serious` one. severity and ctcae_grade: `n` sessions with a side effect whose severity "
        "was told by the person, or graded by a clinician; `y` those whose worst was `level`.",
        ("place", "dimension", "code", "measure", "level"),
        (
            *_PLACE, *_CELL,
            ("measure", "VARCHAR", "effect, severity or ctcae_grade"),
            ("level", "VARCHAR", "code of the effect, any or serious; or the severity or grade as a figure"),
            *_SUMS,
        ),
    ),
    Summary(
        "safety_spans",
        "How long until all side effects of a session were over, as far as anybody saw: after `low_hours`, by "
        "`high_hours`.",
        ("place", "dimension", "code", "dealt", "low_hours", "high_hours"),
        (
            *_PLACE,
            ("dimension", "VARCHAR", "all, depth, device, setting; or effect: that one alone"),
            ("code", "VARCHAR", "the kind, by its code"),
            ("dealt", "INTEGER", "which of 25 groups the person was dealt into, for the uncertainty"),
            ("low_hours", "INTEGER", "still there at this hour; -1 where nobody saw it"),
            ("high_hours", "INTEGER", "over by this hour; 1000000 where nobody saw the end"),
            ("n", "BIGINT", "sessions"),
            ("people", "BIGINT", "people in all groups of this place, dimension and code"),
        ),
    ),
    Summary(
        "safety_unasked",
        "Side effects that were told without anybody asking. No rate can be made of them.",
        ("effect",),
        (
            ("effect", "VARCHAR", "the effect"),
            ("n_reports", "BIGINT", "reports"),
            ("n_people", "BIGINT", "people who told"),
            ("n_serious", "BIGINT", "reports marked as serious"),
            ("n_without_session", "BIGINT", "reports that name no session that is there"),
        ),
    ),
    Summary(
        "cost_amounts",
        "How many people pay about so much, by currency and item: a month, or a session.",
        ("dimension", "code", "currency", "item", "per", "cents"),
        (
            ("dimension", "VARCHAR", "all, device, setting, or year of the first payment"),
            ("code", "VARCHAR", "the kind, by its code, or the year"),
            ("currency", "VARCHAR", "ISO 4217; amounts of two currencies are never put together"),
            ("item", "VARCHAR", "what was paid for; needling: device, cartridges and fees together"),
            ("per", "VARCHAR", "month or session"),
            ("cents", "BIGINT", "hundredths of the currency, to three figures"),
            ("n_people", "BIGINT", "people"),
        ),
    ),
    Summary(
        "cost_told",
        "Who told what they paid, and of how many it can be said by the month and by the session.",
        ("dimension", "code", "currency", "item"),
        (
            ("dimension", "VARCHAR", "all, device, setting, or year of the first payment"),
            ("code", "VARCHAR", "the kind, by its code, or the year"),
            ("currency", "VARCHAR", "ISO 4217; any: everybody who told a cost"),
            ("item", "VARCHAR", "what was paid for; any: everybody who told a cost"),
            ("n_needling", "BIGINT", "people of this kind who needle, whether they told or not; NULL for a year"),
            ("n_people", "BIGINT", "people who told"),
            ("n_payments", "BIGINT", "payments"),
            ("n_month", "BIGINT", "people of whom an amount a month can be said"),
            ("n_session", "BIGINT", "people of whom an amount a session can be said"),
        ),
    ),
    Summary(
        "adherence_cells",
        "People who needle and whose visit has passed, by what became of their plan. A person stands at one level of a "
        "measure; those of whom it cannot be said stand at none.",
        ("dimension", "code", "visit_week", "measure", "level"),
        (
            *_CELL, *_VISIT,
            ("measure", "VARCHAR", "plan, gap, switched_depth, switched_device, switched_setting, stopped_needling, "
             "stopped_reporting or reason"),
            ("level", "VARCHAR", "the share of the plan done, the longest gap in days, yes or no, or the event told"),
            ("n", "BIGINT", "people"),
        ),
    ),
    Summary(
        "adherence_plan",
        "Sessions planned and days with a session logged, of people who have both a plan and a log.",
        ("dimension", "code", "visit_week"),
        (
            *_CELL, *_VISIT,
            ("n_due", "BIGINT", "people who needle and whose visit has passed"),
            ("n_with_plan", "BIGINT", "those of them with a planned interval"),
            *_SUMS,
        ),
    ),
    Summary(
        "profile",
        "What the main columns hold, so that the next version can be held against this one.",
        ("column_name", "value"),
        (
            ("column_name", "VARCHAR", "the column"),
            ("value", "VARCHAR", "the value whose share is told; empty for a mean"),
            ("kind", "VARCHAR", "share or mean"),
            ("scale", "INTEGER", "a mean is y / n / scale"),
            *_SUMS,
        ),
    ),
    Summary(
        "self_report",
        "Signs that what is logged was filled in rather than felt, counted or written down at the time.",
        ("source", "measure"),
        (
            ("source", "VARCHAR", "who sent it; all: everybody"),
            ("measure", "VARCHAR", "same_pain, half_millimetre, whole_weeks, count_on_five; for each kind of record "
             "_within_a_day and _over_30_days"),
            *_SUMS,
        ),
    ),
)  # fmt: skip
"""In the order in which they are built."""
