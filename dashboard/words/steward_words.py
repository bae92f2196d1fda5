"""What the commands answer, in the words of the page Steward: sentences and tables, nothing is drawn here."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import pandas as pd

from dashboard.jobs import Answer
from dashboard.words.numbers import MINUS
from pipeline.contract.alerts import LISTED, PREFIX, is_alert
from pipeline.contract.spoken import capital

Document = Mapping[str, Any]

ENDED = {
    0: "done",
    1: "failed unexpectedly",
    2: "could not start",
    3: "some input refused",
    4: "data checks failed",
    5: "another run was at work",
    130: "interrupted",
}
"""The exit codes (contract, section 5) as the end of a run."""

_WHY = {
    1: (
        "This went wrong unexpectedly",
        "What everybody reads has not changed. Try again; if it happens again, run `needling doctor`.",
    ),
    2: ("This cannot be used as it is", "Nothing of it was stored. Mend what is named here, and check again."),
    3: ("Some of it was refused", "The rest can be used. Send what was refused again once it is mended."),
    4: (
        "The data checks failed, so nothing was published",
        "The records are kept, and everybody still reads the version before. `needling status` tells more.",
    ),
    5: (
        "Another run is at work",
        "Only one run may change the data at a time. Wait until it has ended, then try again.",
    ),
}

_COUNTS = {
    "read": "Read",
    "admitted": "Taken in",
    "superseding": "Corrected",
    "unchanged": "There already",
    "quarantined": "Not taken",
    "not_consented": "Without consent",
    "withdrawn": "Withdrawn",
}


def trouble(answer: Answer) -> tuple[str, str] | None:
    """(title, sentences) for a command that did not end well; None for one that did."""
    if answer.exit_code == 0:
        return None
    title, advice = _WHY.get(answer.exit_code, _WHY[1])
    return title, f"{sentence(answer.error)} {advice}" if answer.error else advice


def sentence(text: str) -> str:
    """A message of the program as a sentence; its back quotes and paths stay."""
    return capital(text) + ("" if text.endswith((".", "!", "?")) else ".")


def outcome(tables: Mapping[str, Mapping[str, int]], *, done: bool) -> str:
    """The account in one sentence; `done` tells what happened, else what would happen. Markdown."""
    total = {name: sum(counts.get(name, 0) for counts in tables.values()) for name in _COUNTS}
    if not total["read"]:
        return "No record was read."
    would = "" if done else "would be "
    parts = [
        (total["admitted"], f"{would}taken in"),
        (total["superseding"], f"{would}corrected"),
        (total["unchanged"], "there already"),
        (total["quarantined"], f"{would}kept in quarantine"),
        (total["not_consented"], "of people without consent, of which nothing is stored"),
    ]
    told = ", ".join(f"{n:,} {what}" for n, what in parts if n)
    noun = "record" if total["read"] == 1 else "records"
    return f"**{total['read']:,} {noun} read**: {told}."


def account(rows: Mapping[str, Mapping[str, int]]) -> pd.DataFrame:
    """One row per table; counts that are nowhere above 0 are left out."""
    shown = [name for name in _COUNTS if name == "read" or any(counts.get(name, 0) for counts in rows.values())]
    return pd.DataFrame(
        [
            {"Table": plain(table)} | {_COUNTS[name]: counts.get(name, 0) for name in shown}
            for table, counts in rows.items()
        ]
    )


def alert_title(n: int) -> str:
    """How many alerts there are; where the list is full there may be more, and nobody has counted them."""
    if n >= LISTED:
        return f"{LISTED} serious side effects or more; the newest are listed"
    return "1 serious side effect" if n == 1 else f"{n} serious side effects"


def alerts(document: Document) -> list[str]:
    """The alerts of a run, without the word."""
    return [f"{w.removeprefix(PREFIX)}." for w in document.get("warnings", ()) if is_alert(w)]


def warnings(document: Document) -> list[str]:
    """The other warnings of a run, as sentences."""
    return [sentence(w) for w in document.get("warnings", ()) if not is_alert(w)]


def refusals(document: Document) -> list[str]:
    """What was refused whole, and why."""
    return [f"{r['path']}: {r['reason']}" for r in document.get("refused", ())]


def gate(failed: Sequence[Document]) -> pd.DataFrame:
    """The expectations that did not hold."""
    return pd.DataFrame(
        [
            {
                "How grave": f["severity"],
                "Table": plain(f["table"]),
                "What should hold": f["sentence"],
                "Rows": f["n_unexpected"],
            }
            for f in failed
        ]
    )


def columns(rows: Sequence[Document]) -> pd.DataFrame:
    """How each header was understood."""
    return pd.DataFrame(
        [
            {
                "File": row["file"],
                "Header": "(every row)" if row["header"] is None else row["header"],
                "Is": "not stored" if row["table"] is None else f"{plain(row['table'])}: {plain(row['column'])}",
                "Unit": _unit(row),
                "Words": row["constant"] or ", ".join(f"{a} = {b}" for a, b in row["values"].items()),
            }
            for row in rows
        ]
    )


def _unit(row: Document) -> str:
    given, stored = row["unit"], row["stored_unit"]
    return f"{given} to {stored}" if given and stored and given != stored else given or ""


def rejects(entries: Sequence[Document], *, with_source: bool = False) -> pd.DataFrame:
    """Records that were not taken, by line of their file; columns with nothing in them are left out."""
    found = pd.DataFrame(
        [
            ({"Source": e["source"]} if with_source else {})
            | {
                "File": e["file"],
                "Line": e["line"],
                "Table": plain(e["table"]),
                "Column": ", ".join(e["columns"]),
                "Why": e["sentence"],
                "Written": ", ".join(e["tokens"]),
            }
            for e in entries
        ]
    )
    return found[[name for name in found if name in ("File", "Line", "Why") or any(found[name] != "")]]


def records(rows: Sequence[Document]) -> pd.DataFrame:
    """The first records after conversion; days count from enrolment."""
    return pd.DataFrame([{plain(name): _cell(value) for name, value in row.items()} for row in rows])


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
    return text.replace("-", MINUS, 1) if isinstance(value, int | float) else text


def alert_rows(entries: Sequence[Document]) -> pd.DataFrame:
    """Serious side effects: where each stands in its sender's file, and what became of it."""
    return pd.DataFrame(
        [
            {
                "Source": a["source"],
                "File": a["file"],
                "Line": a["line"],
                "What became of it": a["state"],
                "Run": a["run_id"],
            }
            for a in entries
        ]
    )


def runs(rows: Sequence[Document]) -> pd.DataFrame:
    """The ledger's runs, newest first."""
    return pd.DataFrame(
        [
            {
                "Began (UTC)": _moment(r["started_at"]),
                "Command": r["command"],
                "Ended": "at work, or killed"
                if r["exit_code"] is None
                else ENDED.get(r["exit_code"], str(r["exit_code"])),
                "Took": _took(r["started_at"], r["finished_at"]),
                "Alerts": r["alerts"],
                "Run": r["run_id"],
            }
            for r in rows
        ]
    )


def files(rows: Sequence[Document]) -> pd.DataFrame:
    """The ledger's files with the account of each table."""
    return pd.DataFrame(
        [
            {"Source": r["source"], "File": r["file"], "Table": plain(r["table"])}
            | {label: r[name] for name, label in _COUNTS.items() if name != "withdrawn"}
            | {"Not a record": r["malformed"], "Run": r["run_id"]}
            for r in rows
        ]
    )


def held(n: int) -> str:
    """How many wait, and how they come in."""
    if n == 1:
        return "1 record was not taken. It comes in by itself once it heals, or when its sender sends it corrected."
    return (
        f"{n:,} records were not taken. They come in by themselves once they heal, or when their sender corrects them."
    )


def waiting(rows: Sequence[Document]) -> pd.DataFrame:
    """Open quarantine by source and reason."""
    return pd.DataFrame([{"Source": r["source"], "Records": r["n"], "Why": r["sentence"]} for r in rows])


def bullets(sentences: Iterable[str]) -> str:
    """Markdown; `$` and `~` of a file's name are no markup."""
    return "\n".join(f"- {text.replace('$', chr(92) + '$').replace('~', chr(92) + '~')}" for text in sentences)


def plain(name: str | None) -> str:
    """`side_effects` as people read it."""
    return "" if name is None else name.replace("_", " ")


def _moment(iso: str | None) -> str:
    return "" if iso is None else f"{datetime.fromisoformat(iso):%Y-%m-%d %H:%M}"


def _took(start: str, end: str | None) -> str:
    if end is None:
        return ""
    seconds = int((datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds())
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min"
