"""Exposure, one row per participant and landmark: the arm a person is in must follow from its parts."""

from pipeline.contract import reference
from pipeline.validate.recurring import row_count_drift
from pipeline.validate.rules import Drift, Groups, HasColumns, InSet, Measure, NotNull, Rows, Rule, Suite, Unique

LANDMARKS = tuple(int(row["days"]) for row in reference.rows("landmarks"))
NEEDLING_BY_DAY = max(LANDMARKS)
"""Who has not begun by the longest landmark is not needling (time zero, statistics)."""
FEWEST_SESSION_DAYS = 3
"""Exposure read from sessions needs at least three of their days (exposure, statistics)."""
FEWEST_SETTLED = 0.2
"""Below it most people who needle are in no arm, and the arms are a selection; judgement."""

_COLUMNS = (
    ("participant_id", "INTEGER"),
    ("landmark_days", "INTEGER"),
    ("exposure_source", "VARCHAR"),
    ("is_needling", "BOOLEAN"),
    ("is_prevalent", "BOOLEAN"),
    ("started_needling_later", "BOOLEAN"),
    ("time_zero_day", "INTEGER"),
    ("is_settled", "BOOLEAN"),
    ("unsettled_reason", "VARCHAR"),
    ("depth_band", "VARCHAR"),
    ("sessions_per_week", "DOUBLE"),
    ("frequency_band", "VARCHAR"),
    ("schedule", "VARCHAR"),
    ("device", "VARCHAR"),
    ("setting", "VARCHAR"),
    ("adjuncts_asked", "BOOLEAN"),
    ("adjuncts_at_zero", "VARCHAR[]"),
    ("adjuncts_over_6_months", "VARCHAR[]"),
    ("adjuncts_started_later", "VARCHAR[]"),
    ("adjunct", "VARCHAR"),
)
_ORPHAN = "NOT EXISTS (SELECT 1 FROM {participants} AS p WHERE p.participant_id = b.participant_id)"
_DEPTH_BANDS = ", ".join(f"('{r['code']}', {r['low_mm']}, {r['high_mm']})" for r in reference.rows("depth_bands"))
_OUTSIDE_BAND = f"""
    EXISTS (SELECT 1 FROM (VALUES {_DEPTH_BANDS}) AS d(code, low, high)
            WHERE d.code = b.depth_band AND (b.needle_length_mm < d.low OR b.needle_length_mm >= d.high))
"""
_NOT_NEEDLING = """
    NOT b.is_needling AND (
        b.time_zero_day <> 0 OR b.depth_band IS DISTINCT FROM 'none' OR b.frequency_band IS DISTINCT FROM 'none'
        OR b.device IS DISTINCT FROM 'none' OR b.setting IS DISTINCT FROM 'none')
"""


def _codes(name: str, *others: str) -> tuple[str, ...]:
    return (*(row["code"] for row in reference.rows(name)), *others)


def _present(column: str) -> Rule:
    return Rule(
        f"exposure.{column}.present",
        "critical",
        f"Every row of exposure says {column}; arms are made of it.",
        NotNull(column),
    )


SUITE = Suite(
    "exposure",
    (
        Rule("exposure.columns", "critical", "exposure has the columns that studies read.", HasColumns(_COLUMNS)),
        Rule(
            "exposure.grain",
            "critical",
            "There is one row per participant and landmark; a second one would count a person twice.",
            Unique(("participant_id", "landmark_days")),
        ),
        Rule(
            "exposure.everyone_at_every_landmark",
            "critical",
            "Every participant has a row at every landmark, the unsettled ones too: attrition is counted from them.",
            Measure(
                f"SELECT count(*) - {len(LANDMARKS)} * (SELECT count(*) FROM {{participants}}) FROM {{batch}}",
                low=0,
                high=0,
            ),
        ),
        Rule("exposure.participant.exists", "critical", "Every exposure belongs to a participant.", Rows(_ORPHAN)),
        *(
            _present(name)
            for name in ("landmark_days", "is_needling", "time_zero_day", "is_settled", "exposure_source")
        ),
        Rule(
            "exposure.landmark.vocabulary",
            "critical",
            "Landmarks are those of the reference table.",
            InSet("landmark_days", LANDMARKS),
        ),
        Rule(
            "exposure.source.vocabulary",
            "critical",
            "It is known what the exposure was read from.",
            InSet("exposure_source", ("course", "sessions", "none")),
        ),
        Rule(
            "exposure.depth_band.vocabulary",
            "critical",
            "Depth bands are those of the reference table.",
            InSet("depth_band", _codes("depth_bands", "none")),
        ),
        Rule(
            "exposure.frequency_band.vocabulary",
            "critical",
            "Frequency bands are those of the reference table.",
            InSet("frequency_band", _codes("frequency_bands", "none")),
        ),
        Rule(
            "exposure.schedule.vocabulary",
            "critical",
            "Schedules are those of the reference table, or other.",
            InSet("schedule", _codes("schedules", "other", "none")),
        ),
        Rule(
            "exposure.time_zero_range",
            "critical",
            f"Time zero lies between enrolment and day {NEEDLING_BY_DAY}; a later start is not needling yet.",
            Rows(f"b.time_zero_day < 0 OR b.time_zero_day > {NEEDLING_BY_DAY}"),
        ),
        Rule(
            "exposure.settled_or_why_not",
            "critical",
            "An exposure is settled, or the reason why not is given; nobody vanishes between the two.",
            Rows("b.is_settled = (b.unsettled_reason IS NOT NULL)"),
        ),
        Rule(
            "exposure.not_needling_is_none",
            "critical",
            "Who does not needle has time zero at enrolment and none as depth, frequency, device and setting.",
            Rows(_NOT_NEEDLING),
        ),
        Rule(
            "exposure.band_holds_depth",
            "critical",
            "The depth band is the one that holds the needle length.",
            Rows(_OUTSIDE_BAND),
        ),
        Rule(
            "exposure.enough_session_days",
            "critical",
            f"Exposure read from sessions is settled only by {FEWEST_SESSION_DAYS} session days or more.",
            Rows(
                "b.is_needling AND b.is_settled AND b.exposure_source = 'sessions' AND "
                f"b.n_session_days < {FEWEST_SESSION_DAYS}"
            ),
        ),
        Rule(
            "exposure.frequency_range",
            "critical",
            "Sessions a week lie between 0 and 21; participant-days cannot give more than 7, courses 14.",
            Rows("b.sessions_per_week < 0 OR b.sessions_per_week > 21"),
        ),
        Rule(
            "exposure.gap_not_below_median",
            "critical",
            "The longest gap between session days is not shorter than the median one.",
            Rows("b.longest_gap_days < b.median_interval_days"),
        ),
        Rule(
            "exposure.adjunct_only_if_asked",
            "critical",
            "Who was not asked about adjuncts is in no adjunct arm: no record is not the answer none.",
            Rows("b.adjunct IS NOT NULL AND NOT coalesce(b.adjuncts_asked, false)"),
        ),
        Rule(
            "exposure.source_logs_needling",
            "warning",
            "In every source somebody needles: where nobody does, its people all count as not needling, and a log "
            "that was never sent looks the same.",
            Groups(
                "SELECT p.source FROM {batch} AS b JOIN {participants} AS p USING (participant_id) "
                "GROUP BY p.source HAVING NOT bool_or(b.is_needling OR b.started_needling_later)"
            ),
        ),
        Rule(
            "exposure.settled_share",
            "warning",
            f"At least {FEWEST_SETTLED:.0%} of those who needle are settled by the last landmark; "
            "otherwise arms are a selection.",
            Measure(
                f"SELECT avg(is_settled::INTEGER) FROM {{batch}} WHERE is_needling AND landmark_days "
                f"= {NEEDLING_BY_DAY}",
                low=FEWEST_SETTLED,
            ),
        ),
        Rule(
            "exposure.asked_share_drift",
            "warning",
            "The share of people asked about adjuncts has moved by at most a fifth since the last version.",
            Drift("SELECT avg(coalesce(adjuncts_asked, false)::INTEGER) FROM {batch}", shift=0.2),
        ),
        row_count_drift("exposure"),
    ),
    is_mart=True,
)
