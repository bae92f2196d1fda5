"""The eight tables, once. DDL, parsing, templates, the data dictionary and the structural
expectations all come from here."""

from pipeline.contract.columns import Column, Table

CONTRACT_VERSION = "1.0"
"""Changes with every change of a table, a column or its meaning; stands in every version's manifest."""

MIN_AGE_YEARS = 18
"""Younger people are refused: the product holds adults only."""

EARLIEST_DAY = -365
"""Sessions and outcomes are admitted from this day on, counted from enrolment (history, baseline)."""

_PERSON = Column("participant_id", "person", "The sender's id of the person; replaced at the door by a keyed pseudonym.",
                 required=True, sensitivity="identifier")  # fmt: skip
_RECORDED = Column("recorded_on", "lag", "When the record was written down; kept only as days after the event.",
                   unit="days", low=0, high=3650, sensitivity="technical")  # fmt: skip
_WITHDRAWN = Column("withdrawn", "flag", "True takes this record back.", sensitivity="technical")
_REGION = Column("region", "code", "Part of the scalp.", vocabulary="region")
_SIDE = Column("side", "code", "Side of the scalp.", vocabulary="side")


def _id(name: str) -> Column:
    return Column(
        name, "identity", "The sender's id of this record; makes corrections possible.", sensitivity="identifier"
    )


PARTICIPANTS = Table(
    "participants",
    "People: one record each.",
    (
        _PERSON,
        Column("enrolled_on", "date", "Enrolment, day 0. The warehouse keeps only its calendar quarter and a shifted day.",
               required=True, sensitivity="identifier"),
        Column("enrolled_quarter", "token", "Calendar quarter of enrolment, such as 2025Q3; accepted in place of enrolled_on.",
               sensitivity="quasi_identifier"),
        Column("clinic_id", "clinic", "Clinic or app the person belongs to.", sensitivity="quasi_identifier"),
        Column("age_years", "age", "Age at enrolment; kept as a band. Under 18 is refused.", required=True, unit="years",
               low=18, high=110, sensitivity="quasi_identifier"),
        Column("sex", "code", "Sex.", required=True, vocabulary="sex", sensitivity="quasi_identifier"),
        Column("diagnosis", "code", "Kind of hair loss.", required=True, vocabulary="diagnosis"),
        Column("diagnosis_by", "code", "Who made the diagnosis.", vocabulary="diagnosis_by"),
        Column("staging_scale", "code", "Scale that `stage` is on.", vocabulary="staging_scale"),
        Column("stage", "stage", "Stage at enrolment on that scale; Roman numerals and usual short forms are understood."),
        Column("stage_rater", "code", "Who judged the stage.", vocabulary="rater"),
        Column("years_since_onset", "decimal", "Years since hair loss began.", unit="years", low=0, high=80, decimals=1),
        Column("family_history", "boolean", "Hair loss in the close family."),
        Column("skin_type", "code", "Fitzpatrick skin type.", vocabulary="skin_type", sensitivity="quasi_identifier"),
        Column("prior_microneedling", "code", "Microneedling before enrolment.", vocabulary="prior_microneedling"),
        Column("prior_minoxidil_response", "code", "Response to minoxidil before enrolment.",
               vocabulary="prior_minoxidil_response"),
        Column("consent", "flag", "Consent to research; without it nothing of the person is stored.", required=True),
        Column("consent_benchmark", "boolean", "Consent to comparisons between clinics; as `consent` where it is not given."),
        Column("consent_export", "boolean", "Consent to exports; as `consent` where it is not given."),
        _RECORDED,
        _WITHDRAWN,
    ),
    key=("participant_id",),
    time="enrolled_on",
)  # fmt: skip

COURSES = Table(
    "courses",
    "What was planned, or a summary where single sessions were not logged.",
    (
        _id("course_id"),
        _PERSON,
        Column("started_on", "date", "First day of the course.", required=True, sensitivity="quasi_identifier"),
        Column("ended_on", "date", "Last day of the course.", sensitivity="quasi_identifier"),
        Column("planned_interval_days", "decimal", "Planned days between sessions. Words such as biweekly are refused.",
               unit="days", low=0.5, high=120, decimals=1),
        Column("planned_sessions", "integer", "Number of sessions planned.", unit="sessions", low=1, high=500),
        Column("done_sessions", "integer", "Number of sessions done.", unit="sessions", low=0, high=500),
        Column("needle_length_mm", "decimal", "Needle length planned.", unit="mm", low=0.10, high=5.00, decimals=2),
        Column("device", "code", "Device.", vocabulary="device"),
        Column("setting", "code", "Where the sessions take place.", vocabulary="setting"),
        Column("end_reason", "code", "Why the course ended.", vocabulary="end_reason"),
        _RECORDED,
        _WITHDRAWN,
    ),
    key=("participant_id", "started_on", "device"),
    time="started_on",
)  # fmt: skip

SESSIONS = Table(
    "sessions",
    "Single needling sessions.",
    (
        _id("session_id"),
        _PERSON,
        Column("performed_on", "date", "Day of the session.", required=True, sensitivity="quasi_identifier"),
        Column("device", "code", "Device.", required=True, vocabulary="device"),
        Column("needle_length_mm", "decimal", "Needle length; above 3.00 admitted with a flag, above 5.00 refused.",
               required=True, unit="mm", low=0.10, high=5.00, decimals=2),
        Column("depth_basis", "code", "Nominal needle length, or the setting of a dial.", vocabulary="depth_basis"),
        Column("setting", "code", "Where it took place.", required=True, vocabulary="setting"),
        Column("operator", "code", "Who held the device.", vocabulary="operator"),
        _REGION,
        _SIDE,
        Column("passes", "integer", "Passes over the area.", unit="passes", low=1, high=50),
        Column("endpoint", "code", "Visible skin reaction at which the session ended.", vocabulary="endpoint"),
        Column("area_cm2", "decimal", "Area treated.", unit="cm2", low=0.1, high=1000, decimals=2),
        Column("pain_nrs", "integer", "Pain during the session, 0 none to 10 worst.", unit="points of 10", low=0, high=10),
        Column("topical_delay_h", "decimal", "Hours until a topical treatment was applied.", unit="hours", low=0, high=336,
               decimals=1),
        Column("new_cartridge", "boolean", "A new sterile cartridge was used."),
        Column("shared_device", "boolean", "The device was shared with somebody else: a safety flag."),
        Column("course_id", "reference", "The course this session belongs to.", refers_to="courses",
               sensitivity="identifier"),
        _RECORDED,
        _WITHDRAWN,
    ),
    key=("participant_id", "performed_on", "region", "device"),
    time="performed_on",
)  # fmt: skip

TREATMENTS = Table(
    "treatments",
    "Adjunct treatments, and the answer that there were none.",
    (
        _id("treatment_id"),
        _PERSON,
        Column("treatment", "code", "The treatment; `none` with `asked_on` means: asked, and there was none.", required=True,
               vocabulary="treatment"),
        Column("asked_on", "date", "Day the person was asked.", sensitivity="quasi_identifier"),
        Column("strength", "decimal", "Strength or dose.", unit="strength_unit", low=0, high=100000, decimals=3),
        Column("strength_unit", "code", "Unit of `strength`.", vocabulary="strength_unit"),
        Column("times_per_week", "decimal", "Uses a week.", unit="per week", low=0, high=50, decimals=1),
        Column("started_on", "period", "Start; a year or a month alone is kept as an interval. Required unless `none`.",
               sensitivity="quasi_identifier"),
        Column("stopped_on", "period", "Stop.", sensitivity="quasi_identifier"),
        Column("ongoing", "boolean", "Still used when recorded."),
        Column("as_prescribed_pct", "integer", "Share of the prescribed uses taken.", unit="%", low=0, high=100),
        _RECORDED,
        _WITHDRAWN,
    ),
    key=("participant_id", "treatment", "started_on", "asked_on"),
    time=None,
)  # fmt: skip

OUTCOMES = Table(
    "outcomes",
    "Recorded values of instruments.",
    (
        _id("outcome_id"),
        _PERSON,
        Column("assessed_on", "date", "Day of the assessment.", required=True, sensitivity="quasi_identifier"),
        Column("instrument", "code", "What was measured, and with what.", required=True, vocabulary="instrument"),
        Column("value", "value", "The value; kept as an integer on the instrument's own scale.", required=True),
        Column("unit", "token", "Unit of `value`; required where the instrument knows more than one.",
               sensitivity="technical"),
        Column("area_cm2", "decimal", "Area counted; required for hair_count.", unit="cm2", low=0.01, high=1000, decimals=3),
        _REGION,
        _SIDE,
        Column("site_id", "hashed", "Marked site, where one is followed.", sensitivity="technical"),
        Column("replicate", "integer", "Number of the repeat on the same day.", low=1, high=20),
        Column("rater", "code", "Who judged.", required=True, vocabulary="rater"),
        Column("method", "code", "How it was measured.", vocabulary="method"),
        Column("blinded", "boolean", "The rater did not know the treatment."),
        Column("device_software", "token", "Device or software, with version.", sensitivity="technical"),
        Column("days_since_wash", "integer", "Days since the hair was washed.", unit="days", low=0, high=60),
        Column("hair_length_mm", "integer", "Hair length.", unit="mm", low=0, high=1500),
        _RECORDED,
        _WITHDRAWN,
    ),
    key=("participant_id", "assessed_on", "instrument", "region", "side", "rater", "replicate"),
    time="assessed_on",
)  # fmt: skip

SIDE_EFFECTS = Table(
    "side_effects",
    "Side effects asked about, including the answer `none`.",
    (
        _id("side_effect_id"),
        _PERSON,
        Column("session_id", "reference", "The session it followed.", refers_to="sessions", sensitivity="identifier"),
        Column("asked_on", "date", "Day the person was asked.", required=True, sensitivity="quasi_identifier"),
        Column("solicited", "code", "How it was asked.", vocabulary="solicited"),
        Column("asked_after_hours", "decimal", "Hours from the session to the question.", unit="hours", low=0, high=8760,
               decimals=1),
        Column("effect", "code", "The side effect; `none` where the question was asked and there was none.", required=True,
               vocabulary="effect"),
        Column("severity", "integer", "Severity as the person says it, 0 none to 4 very severe.", unit="points of 4", low=0,
               high=4),
        Column("ctcae_grade", "integer", "Grade given by a clinician, 1 mild to 5 death.", unit="grade", low=1, high=5),
        Column("ctcae_version", "code", "CTCAE version of the grade.", vocabulary="ctcae_version", sensitivity="technical"),
        Column("onset_hours", "decimal", "Hours from the session to its onset.", unit="hours", low=0, high=8760, decimals=1),
        Column("resolved_after_hours", "decimal", "Hours from the session until it was gone.", unit="hours", low=0,
               high=87600, decimals=1),
        Column("still_present_at_hours", "decimal", "Hours from the session when it was last known to be present.",
               unit="hours", low=0, high=87600, decimals=1),
        Column("action", "code", "What was done about it.", vocabulary="action"),
        Column("serious", "boolean", "Serious in the regulatory sense."),
        _RECORDED,
        _WITHDRAWN,
    ),
    key=("participant_id", "session_id", "asked_on", "effect"),
    time="asked_on",
)  # fmt: skip

EVENTS = Table(
    "events",
    "What happened to a person's participation.",
    (
        _id("event_id"),
        _PERSON,
        Column("occurred_on", "date", "Day it happened.", required=True, sensitivity="quasi_identifier"),
        Column("event", "code", "What happened.", required=True, vocabulary="event"),
        _RECORDED,
        _WITHDRAWN,
    ),
    key=("participant_id", "occurred_on", "event"),
    time="occurred_on",
)  # fmt: skip

COSTS = Table(
    "costs",
    "What was paid.",
    (
        _id("cost_id"),
        _PERSON,
        Column("incurred_on", "date", "Day of the payment.", required=True, sensitivity="quasi_identifier"),
        Column("item", "code", "What was paid for.", required=True, vocabulary="item"),
        Column("amount", "decimal", "Amount in the currency given; never converted.", required=True, unit="currency", low=0,
               high=1_000_000, decimals=2),
        Column("currency", "code", "ISO 4217 code.", required=True, vocabulary="currency"),
        Column("lasts_months", "decimal", "Months the purchase is meant to last.", unit="months", low=0.1, high=240,
               decimals=1),
        _RECORDED,
        _WITHDRAWN,
    ),
    key=("participant_id", "incurred_on", "item"),
    time="incurred_on",
)  # fmt: skip

TABLES: dict[str, Table] = {
    table.name: table for table in (PARTICIPANTS, COURSES, SESSIONS, TREATMENTS, OUTCOMES, SIDE_EFFECTS, EVENTS, COSTS)
}
"""In the order in which they are landed: people first, courses before the sessions that name them."""
