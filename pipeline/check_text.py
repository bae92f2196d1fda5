"""What `needling check` and `needling map` found, as text for a terminal. Pure: a document in, lines out."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline import console, document_text
from pipeline.contract.reasons import REASONS

Document = Mapping[str, Any]

_VALUES_NAMED = 6
_MAX_COLUMNS = 9
"""So many columns of a converted record stand side by side; a wider one would break the lines."""


def check(document: Document) -> str:
    """The account first, then columns, first records, guesses, rejects, questions."""
    head = "A check: nothing was stored."
    if document["home"] is not None:
        head += f" Compared with what {document['home']} holds."
    blocks = [
        head,
        _account(document),
        _columns(document["columns"]),
        _rows(document["rows"]),
        _guesses(document["guesses"]) if document["source"] else "",
        _rejects(document["rejects"]),
        _questions(document["questions"]),
    ]
    return "\n\n".join(block for block in blocks if block)


def _account(document: Document) -> str:
    """What ingest would say."""
    told = console.account({key: document[key] for key in ("tables", "refused", "warnings")})
    reasons = document["quarantine"]
    return f"{told}\nWould be quarantined: {document_text.tally(reasons)}." if reasons else told


def _columns(columns: Sequence[Document]) -> str:
    """How each header was understood, by file; headers that are not stored in one line at the end of theirs."""
    blocks = []
    for file in dict.fromkeys(row["file"] for row in columns):
        here = [row for row in columns if row["file"] == file]
        known = [_understood(row) for row in here if row["table"] is not None]
        unknown = [row["header"] for row in here if row["table"] is None]
        lines = [f"{file}:", *([document_text.table(("header", "is", "unit", "values"), known)] if known else [])]
        lines += [f"not stored: {', '.join(unknown)}"] if unknown else []
        blocks.append("\n".join(lines))
    return "Columns as understood\n\n" + "\n\n".join(blocks) if blocks else ""


def _understood(row: Document) -> tuple[str, str, str, str]:
    unit, stored = row["unit"], row["stored_unit"]
    converted = f"{unit} to {stored}" if unit and stored and unit != stored else unit or document_text.ABSENT
    values = [f"{word} = {code}" for word, code in row["values"].items()]
    more = len(values) - _VALUES_NAMED
    said = ", ".join(values[:_VALUES_NAMED]) + (f" and {more} more" if more > 0 else "")
    header = "(all rows)" if row["header"] is None else row["header"]
    constant = f"always {row['constant']}" if row["constant"] is not None else ""
    return header, f"{row['table']}.{row['column']}", converted, said or constant or document_text.ABSENT


def _rows(tables: Mapping[str, Sequence[Document]]) -> str:
    blocks = []
    for name, rows in tables.items():
        if not rows:
            blocks.append(f"{name}: no record is in order")
            continue
        names = [key for key in rows[0] if key not in ("file", "line")]
        shown = names[:_MAX_COLUMNS]
        rest = f"\n(and {', '.join(names[_MAX_COLUMNS:])})" if len(names) > _MAX_COLUMNS else ""
        cells = ([row["file"], str(row["line"]), *(_cell(row[key]) for key in shown)] for row in rows)
        blocks.append(f"{name}:\n{document_text.table(('file', 'line', *shown), cells)}{rest}")
    return "First records after conversion; days count from enrolment\n\n" + "\n\n".join(blocks) if blocks else ""


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return document_text.ABSENT if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _guesses(guesses: Sequence[Document]) -> str:
    if not guesses:
        return "Guesses: none; everything looks as it was declared."
    return "\n".join(["Guesses", *(line for guess in guesses for line in _guess(guess))])


def _guess(guess: Document) -> Iterator[str]:
    place = ", ".join(str(guess[key]) for key in ("file", "table", "header") if guess[key] is not None)
    yield f"  {f'{place}: ' if place else ''}{guess['sentence']}"
    if guess["setting"] is not None:
        yield f"      add: {guess['setting']}"


def _rejects(rejects: Document) -> str:
    entries = rejects["entries"]
    if not entries:
        return ""
    places = ("file", "line", "table", "columns", "reasons", "tokens")
    rows = [[", ".join(e[p]) if isinstance(e[p], list) else str(e[p]) for p in places] for e in entries]
    reasons = sorted({reason for entry in entries for reason in entry["reasons"]})
    return "\n".join(
        [
            "Records that would not be taken",
            document_text.table(places, ([cell or document_text.ABSENT for cell in row] for row in rows)),
            *(f"{reason}: {REASONS[reason].sentence}" for reason in reasons),
            f"{rejects['shown']:,} of {rejects['n']:,} shown; --limit shows more.",
        ]
    )


def _questions(questions: Sequence[Document]) -> str:
    if not questions:
        return ""
    lines = ["Questions these people could answer"]
    for question in questions:
        lines.append(f"  {question['claim']} {question['question']} {question['answer'].capitalize()}.")
        lines += [f"      {sentence}" for sentence in question["because"]]
    return "\n".join(lines)


def proposal(document: Document) -> str:
    """The proposed source.toml itself, or where it was written and what it leaves open."""
    if document["out"] is None:
        return str(document["toml"]).rstrip("\n")
    lines = [f"Written: {document['out']}"]
    for name, table in document["tables"].items():
        n = len(table["columns"]) + len(table["instruments"]) + len(table["effects"])
        open_ = f"; still to be told: {', '.join(table['missing'])}" if table["missing"] else ""
        lines.append(f"{name}: {n} headers of {', '.join(table['files'])}{open_}")
    lines += [f"not understood in {file}: {', '.join(headers)}" for file, headers in document["unknown"].items()]
    return "\n".join([*lines, "Read it line by line, then: needling check FOLDER"])
