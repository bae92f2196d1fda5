"""An answer of a FHIR response as text, as a cell of a file would spell it."""

from pipeline.sources.staged import literal

_PLAIN = (
    "valueBoolean", "valueDecimal", "valueInteger", "valueDate", "valueDateTime", "valueTime", "valueString",
    "valueUri",
)  # fmt: skip
VALUE_SHAPE = literal(
    "{"
    + "".join(f'"{name}": "JSON", ' for name in _PLAIN)
    + '"valueCoding": {"code": "VARCHAR", "display": "VARCHAR"}, '
    + '"valueQuantity": {"value": "VARCHAR", "comparator": "VARCHAR", "unit": "VARCHAR", "code": "VARCHAR"}}'
)
"""What is read of an answer, which SQL below calls `a`."""

_SCALARS = "('VARCHAR', 'BOOLEAN', 'BIGINT', 'UBIGINT', 'HUGEINT', 'UHUGEINT', 'DOUBLE')"


def _scalar(name: str) -> str:
    return f"CASE WHEN json_type(a.{name}) IN {_SCALARS} THEN a.{name}->>'$' END"


_QUANTITY = """concat(a.valueQuantity.comparator, a.valueQuantity.value,
        ' ' || coalesce(a.valueQuantity.unit, a.valueQuantity.code))"""
VALUE = f"""coalesce({", ".join(map(_scalar, _PLAIN))}, a.valueCoding.code, a.valueCoding.display,
        CASE WHEN a.valueQuantity.value IS NOT NULL THEN {_QUANTITY} END)"""
"""SQL for the text: a coding's code, a quantity's number with its unit behind, anything else as it is written."""


def is_broken_value(answer: str) -> str:
    """True for what is no object, has more than one value, or one that cannot be text (an attachment, a reference).

    An answer without a value says that it was not given; it may hold items all the same.
    """
    n_values = f"len(list_filter(json_keys({answer}), lambda key: starts_with(key, 'value')))"
    return (
        f"CASE WHEN json_type({answer}) <> 'OBJECT' OR coalesce(json_type({answer}, '$.item'), 'ARRAY') <> 'ARRAY' "
        f"THEN true WHEN {n_values} = 0 THEN false ELSE {n_values} > 1 OR ({VALUE}) IS NULL END"
    )
