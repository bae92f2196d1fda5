"""Any document as text for a person at a terminal: values, tables, lists. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Document = Mapping[str, Any]

ABSENT = "-"


def plain(document: Document) -> str:
    """Any document: its single values first, then each list or mapping under its name."""
    single = {key: value for key, value in document.items() if not _is_nested(value)}
    nested = {key: value for key, value in document.items() if _is_nested(value)}
    blocks = [pairs(single), *(f"{_words(key)}\n{_indent(_nested(value))}" for key, value in nested.items())]
    return "\n\n".join(block for block in blocks if block)


def table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Columns in line: numbers to the right, words to the left."""
    rows = [list(row) for row in rows]
    numeric = [all(_is_number_or_absent(row[i]) for row in rows) for i in range(len(headers))]
    body = [[_words(header) for header in headers], *(_cells(row) for row in rows)]
    widths = [max(len(line[i]) for line in body) for i in range(len(headers))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(line, widths, numeric, strict=True)
        ).rstrip()
        for line in body
    )


def tally(counts: Mapping[str, int]) -> str:
    """`out_of_range 3, minor 1`: the largest first."""
    return ", ".join(f"{name} {n:,}" for name, n in sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _is_number_or_absent(value: object) -> bool:
    return isinstance(value, int | float | None) and not isinstance(value, bool)


def _is_nested(value: object) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, list | tuple) and len(value) > 0)


def _nested(value: Any) -> str:
    if isinstance(value, Mapping):
        if value and all(isinstance(inner, Mapping) for inner in value.values()):
            return _records([{"": name, **inner} for name, inner in value.items()])
        return pairs(value) or "none"
    if all(isinstance(inner, Mapping) for inner in value):
        return _records(value)
    return "\n".join(_cells(value))


def _records(records: Sequence[Mapping[str, object]]) -> str:
    headers = list(dict.fromkeys(key for record in records for key in record))
    return table(headers, ([record.get(header) for header in headers] for record in records))


def pairs(values: Mapping[str, object]) -> str:
    """A name and its value on each line."""
    width = max((len(_words(key)) for key in values), default=0)
    return "\n".join(f"{_words(key):<{width}}  {_cells([value])[0]}" for key, value in values.items())


def _cells(values: Iterable[object]) -> list[str]:
    return [cell(value) for value in values]


def cell(value: object) -> str:
    """One value; three digits of a small number, two places of a large one."""
    match value:
        case None:
            return ABSENT
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case float():
            return f"{value:,.3g}" if abs(value) < 1 else f"{value:,.2f}"
        case Mapping() | list() | tuple():
            return _listed(value)
        case _:
            return str(value)


def _listed(value: Mapping[str, object] | Sequence[object]) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{_words(str(key))} {cell(inner)}" for key, inner in value.items()) or "none"
    return ", ".join(_cells(value)) or "none"


def _words(name: str) -> str:
    return name.replace("_", " ")


def _indent(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
