"""What gates have measured, when somebody must be forgotten: a sum over one person is that person's own figure."""

import json
from pathlib import Path

from pipeline import ledger, store


def is_open(home: Path) -> bool:
    """Whether somebody was erased since `erase` last ran."""
    with ledger.opened(home) as book:
        return ledger.get_meta(book, ledger.ERASURE) == "open"


def erase(home: Path) -> None:
    """Erase every figure measured so far, Data Docs and the ledger's free pages included; which rules failed stays.

    All of them, for the difference of two sums may be one person's figure too.
    """
    store.discard_docs(home)
    with ledger.opened(home) as book, ledger.transaction(book):
        book.execute("UPDATE gate_results SET observed = NULL")
        measured = book.execute("SELECT run, document FROM runs WHERE contains(document, 'observed')").fetchall()
        for run, document in measured:
            book.execute("UPDATE runs SET document = ? WHERE run = ?", [_without_figures(document), run])
        ledger.set_meta(book, ledger.ERASURE, "done")
    ledger.rewrite(home)


def _without_figures(document: str) -> str:
    content = json.loads(document)
    for failure in (content.get("gate") or {}).get("failed", ()):
        failure["observed"] = None
    return json.dumps(content)
