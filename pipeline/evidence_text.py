"""The published trials beside a study, as text for a person at a terminal. Pure: a document in, lines out."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

Document = Mapping[str, Any]
Table = Callable[[Sequence[str], Iterable[Sequence[object]]], str]
"""How columns are put in line."""


def evidence(document: Document, table: Table) -> str:
    """What was published on the question of a study: a line a contrast, why which are pooled or none, the reviews."""
    if not document["trials"] and not document["reviews"]:
        return f"Published: {document['why']}"
    alike = [row for row in document["trials"] if not _is_measured_otherwise(row)]
    otherwise = dict.fromkeys(row["name"] for row in document["trials"] if _is_measured_otherwise(row))
    head = ["trial", "arms", "week", "people", f"difference, {document['unit']}", "why not pooled"]
    blocks = [
        f"Published trials of {document['compares']} (above 0 is better)",
        table(head, [_line(row) for row in alike]) if alike else "",
        document["why"],
        _pooled(document["pooled"]) if document["pooled"] else "",
        "\n".join(dict.fromkeys(f"{r['code']}: {r['sentence']}" for row in alike for r in row["reasons"])),
        "\n".join(dict.fromkeys(told for row in alike if (told := _as_printed(row)))),
        f"Measured otherwise: {', '.join(otherwise)}." if otherwise else "",
        "\n".join(_review(row) for row in document["reviews"]),
    ]
    return "\n\n".join(block for block in blocks if block)


def _is_measured_otherwise(row: Document) -> bool:
    return any(reason["code"] == "other_instrument" for reason in row["reasons"])


def _line(row: Document) -> list[object]:
    people = [row["n_arm"], row["n_reference"]]
    return [
        row["name"],
        f"{row['arm']} vs {row['reference']}",
        row["weeks"] if row["weeks"] is None else f"{row['weeks']:g}",
        " and ".join("?" if n is None else str(n) for n in people),
        None if row["difference"] is None else f"{row['difference']:+.2f}",
        ", ".join(reason["code"] for reason in row["reasons"]) or None,
    ]


def _pooled(pooled: Document) -> str:
    limits = f"{pooled['ci_lower']:+.2f} to {pooled['ci_upper']:+.2f}"
    return (
        f"Pooled, {pooled['method']}: {pooled['estimate']:+.2f} ({limits}) {pooled['unit']}; between trials "
        f"{pooled['between_trials_sd']:.2f}"
    )


def _as_printed(row: Document) -> str:
    told = "; ".join([*row["printed"], *row["notes"], *row["disagreement"]])
    return f"{row['name']}, {row['arm']} vs {row['reference']}: {told}" if told else ""


def _review(row: Document) -> str:
    about = f", {row['about']}" if row["about"] else ""
    figure = "no figure" if row["value"] is None else f"{row['measure']} {row['value']:g}"
    limits = "" if row["ci_lower"] is None else f" ({row['ci_lower']:g} to {row['ci_upper']:g})"
    unit = f" {row['unit']}" if row["unit"] else ""
    scatter = "" if row["i2_pct"] is None else f", I2 {row['i2_pct']:g}%"
    told = "; ".join([f"{figure}{limits}{unit}{scatter}", *filter(None, [row["note"]]), *row["doubts"]])
    return f"Review {row['name']}, {row['outcome']}{about}: {told}"
