"""What comparisons read of a version, a row a person, so that no page reads what was sent record by record."""

from pipeline.contract.summaries import Columns, Summary

_MEASURED: Columns = (
    ("participant_id", "INTEGER", "the person, by the number that this version gives them"),
    ("instrument", "VARCHAR", "code of the instrument; one that is itself a change is none of them"),
)
_HOW: Columns = (
    ("side", "VARCHAR", "side of the head"),
    ("rater", "VARCHAR", "who measured"),
    ("method", "VARCHAR", "how it was measured"),
)

BACK_OF_HEAD = Summary(
    "back_of_head",
    "Changes at the back of the head, which pattern hair loss spares, of people none of whose sessions went there.",
    ("participant_id", "instrument", "side", "rater", "method", "visit_week"),
    (
        *_MEASURED, *_HOW,
        ("visit_week", "INTEGER", "the visit, in weeks from time zero"),
        ("visit_day", "INTEGER", "the day it was measured on, from time zero"),
        ("improvement_milli", "BIGINT", "change from the baseline in thousandths of the unit; more is better"),
    ),
)  # fmt: skip

BEFORE_START = Summary(
    "before_start",
    "The first and the last day measured in the two years up to time zero, of people measured twice by then, 28 "
    "days apart or more: the course that their hair took before needling could change it.",
    ("participant_id", "instrument", "region", "side", "rater", "method"),
    (
        *_MEASURED,
        ("region", "VARCHAR", "part of the scalp"),
        *_HOW,
        ("first_day", "INTEGER", "the first day measured, from time zero"),
        ("last_day", "INTEGER", "the last day measured, from time zero; not after it"),
        ("first_milli", "BIGINT", "the mean of the first day, in thousandths of the unit"),
        ("last_milli", "BIGINT", "the mean of the last day, in thousandths of the unit"),
    ),
)  # fmt: skip

INTERCURRENT = Summary(
    "intercurrent",
    "What happened to somebody from time zero on, as a transplant; a protocol says whether results after it count.",
    ("participant_id", "event"),
    (
        _MEASURED[0],
        ("event", "VARCHAR", "the event"),
        ("first_day", "INTEGER", "the day it first happened on, from time zero; not before it"),
    ),
)

STUDY_TABLES: tuple[Summary, ...] = (BACK_OF_HEAD, BEFORE_START, INTERCURRENT)
"""In the order in which they are built."""
