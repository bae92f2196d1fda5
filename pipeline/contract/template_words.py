"""What a column takes, in words for somebody who fills it in: lists to choose from, ranges, forms."""

from pipeline.contract import reference
from pipeline.contract.columns import Column
from pipeline.contract.instruments import instruments

_FORMS = {
    "date": "a date",
    "lag": "a date",
    "period": "a date, a month such as 2023-05, or a year",
    "stage": "a stage of the scale",
    "flag": "yes or no",
    "boolean": "yes or no",
}

HELP = "help"
"""Name of the sheet that says how to fill in a workbook; it holds no records."""


def allowed(column: Column) -> tuple[str, ...]:
    """The words that a column takes, where they can be listed."""
    if column.kind in ("boolean", "flag"):
        return ("yes", "no")
    if column.vocabulary == "instrument":
        return tuple(instruments())
    return tuple(term.code for term in reference.vocabulary(column.vocabulary)) if column.vocabulary else ()


def limits(column: Column) -> str:
    """What may stand in a column, in a few words; empty where anything may, or where a list says it."""
    if column.kind in _FORMS:
        return _FORMS[column.kind]
    if column.low is None or column.high is None:
        return ""
    unit = f" {column.unit}" if column.unit and column.unit not in ("strength_unit", "currency") else ""
    return f"{column.low:g} to {column.high:g}{unit}"
