"""What would have been taken: ranges in the contract's unit and the sender's, words of the vocabularies."""

from collections.abc import Iterable

from pipeline.contract import reference
from pipeline.contract.columns import Column
from pipeline.contract.instruments import instruments
from pipeline.contract.mapping import TableMapping

_SHOWN = 12
"""So many words are told; the rest is counted."""

_OF_THE_ROW = ("strength_unit", "currency")
"""Units that another column of the row says."""


def allowed(column: Column, scale: str | None, mapping: TableMapping | None) -> str:
    """`0.10 to 5.00 mm (100 to 5000 um)`."""
    if column.kind in ("date", "period"):
        return "the years from 1900 on"
    if column.kind == "lag":
        return "the ten years after the day that the row is about"
    instrument = instruments().get(scale or "")
    if column.kind == "value" and instrument:
        return f"{instrument.low:g} to {instrument.high:g} {instrument.unit}"
    if column.low is None or column.high is None:
        return "what is possible"
    unit = f" {column.unit}" if column.unit and column.unit not in _OF_THE_ROW else ""
    decimals = column.decimals
    return f"{column.low:.{decimals}f} to {column.high:.{decimals}f}{unit}{_in_their_unit(column, mapping)}"


def _in_their_unit(column: Column, mapping: TableMapping | None) -> str:
    declared = mapping.units.get(column.name) if mapping else None
    if declared is None or column.low is None or column.high is None:
        return ""
    for row in reference.rows("units"):
        names = (row["unit"], *row["synonyms"].split("|"))
        if row["canonical"] == column.unit and declared.lower() in map(str.lower, names):
            factor = float(row["factor"])
            return "" if factor == 1 else f" ({column.low / factor:g} to {column.high / factor:g} {declared})"
    return ""


def known(column: Column, scale: str | None, mapping: TableMapping | None) -> str:
    """The words that the column takes: the sender's own first, then the contract's."""
    own = tuple(mapping.values.get(column.name, {})) if mapping else ()
    words = list(dict.fromkeys(w for w in (*own, *_words(column, scale)) if w))
    more = f" and {len(words) - _SHOWN} more" if len(words) > _SHOWN else ""
    return ", ".join(words[:_SHOWN]) + more or "none"


def _words(column: Column, scale: str | None) -> Iterable[str]:
    if column.name == "unit":
        instrument = instruments().get(scale or "")
        return [u.name for u in instrument.units] if instrument else []
    if column.kind in ("stage", "value"):
        return [r["code"] for r in reference.rows("stages") if r["scale"] == scale] or _scales()
    if column.kind == "age":
        return [r["code"] for r in reference.rows("age_bands")]
    if column.vocabulary == "instrument":
        return list(instruments())
    return [term.code for term in reference.vocabulary(column.vocabulary or "")]


def _scales() -> list[str]:
    return list(dict.fromkeys(f"a stage of {r['scale']}" for r in reference.rows("stages")))
