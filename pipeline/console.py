"""Documents as text for a person at a terminal. Pure: a document in, lines out."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pipeline.contract import spoken
from pipeline.contract.alerts import is_alert
from pipeline.contract.methods import METHODS
from pipeline.contract.reasons import REASONS as QUARANTINE_REASONS
from pipeline.contract.results import REASONS
from pipeline.document_text import ABSENT, cell, pairs, plain, table, tally
from pipeline.evidence_text import evidence
from pipeline.interval_text import always_valid, sameness
from pipeline.studies.estimators.reasons import REASONS as ESTIMATION

Document = Mapping[str, Any]

_COUNTS = ("read", "admitted", "unchanged", "superseding", "quarantined", "not_consented", "withdrawn", "released")
_SENTENCES = {str(code): sentence for code, sentence in ESTIMATION.items()} | REASONS


def account(document: Document) -> str:
    """What became of every record read: by table, then quarantine, refusals, warnings, gate and version.

    Alerts are not among the warnings: they go to standard error, where a schedule's mail comes from.
    """
    rows = [[name, *(counts.get(c, 0) for c in _COUNTS)] for name, counts in document.get("tables", {}).items()]
    blocks = [table(["table", *_COUNTS], rows)] if rows else ["No record was read."]
    reasons = document.get("quarantine", {})
    if reasons:
        blocks.append(f"Quarantined: {tally(reasons)}. `needling quarantine list` shows the records.")
    blocks += [f"Refused: {refusal['path']}: {refusal['reason']}" for refusal in document.get("refused", ())]
    blocks += [f"Warning: {warning}" for warning in document.get("warnings", ()) if not is_alert(warning)]
    if document.get("gate"):
        blocks.append(gate(document["gate"]))
    if "version" in document:
        blocks.append(f"Version: {document['version'] or 'none published'}")
    return "\n".join(blocks)


def alerts(document: Document) -> list[str]:
    """The alerts of a run, one a line."""
    return [warning for warning in document["warnings"] if is_alert(warning)]


def gate(verdict: Document) -> str:
    """The gate's verdict in a line, and each rule that did not hold in one of its own."""
    head = "Gate: passed" if verdict["passed"] else "Gate: failed, nothing was published"
    # a rule is held against landing and against the marts: what fails in both is told once
    return "\n".join([head, *dict.fromkeys(f"  {_rule(rule)}" for rule in verdict["failed"])])


def _rule(failure: Document) -> str:
    if failure["error"]:
        return f"{failure['severity']} {failure['rule']}: the check is broken: {failure['error']}"
    n, observed = failure["n_unexpected"], failure["observed"]
    measure = f"found {cell(observed)}" if observed is not None else f"{cell(n)} rows"
    return f"{failure['severity']} {failure['rule']} ({measure}): {failure['sentence']}"


def quarantine(document: Document) -> str:
    """Where each record stands and why it was not admitted; then each reason in a sentence."""
    entries = document["entries"]
    if not entries:
        return "Nothing is in quarantine."
    places = ("source", "file", "line", "table", "columns", "reasons", "tokens")
    reasons = sorted({reason for entry in entries for reason in entry["reasons"]})
    return "\n".join(
        [
            table(places, ([str(e[p]) if p == "line" else e[p] for p in places] for e in entries)),
            "",
            *(f"{reason}: {QUARANTINE_REASONS[reason].sentence}" for reason in reasons),
            f"{document['shown']:,} of {document['n']:,} shown.",
        ]
    )


def handed_back(document: Document) -> str:
    """What was written for a sender, file by file, and what could not go back."""
    rows = [[file["file"], file["records"], file["lines"]] for file in document["files"]]
    blocks = [table(["file", "records", "lines marked"], rows)] if rows else []
    listing = document["listing"]
    blocks += [
        f"{document['open']:,} records of {document['source']} wait for a correction; {listing['file']} lists them.",
        *(f"Refused: {refusal['path']}: {refusal['reason']}" for refusal in document["refused"]),
        *(f"Warning: {warning}" for warning in document["warnings"]),
        f"Written to {document['out']}: {', '.join(_written(document))}",
    ]
    return "\n".join(blocks)


def _written(document: Document) -> list[str]:
    marked = [name for file in document["files"] if file["lines"] for name in file["written"]]
    return list(dict.fromkeys([*document["letter"], document["listing"]["file"], *marked]))


def comparison(document: Document) -> str:
    """Arms with their numbers, then contrasts with intervals; a number that cannot be given says why."""
    arms = [[arm["arm"], arm["n"], arm["n_observed"]] for arm in document["arms"]]
    estimates = [
        [row["contrast"], *_estimate(row), row.get("method"), row.get("role")] for row in document["estimates"]
    ]
    attrition = [[step["step"], step["n"]] for step in document.get("attrition", ())]
    blocks = [
        pairs({"version": document.get("version"), **document.get("estimand", {}), "gate": document.get("gate")}),
        table(["step", "people left"], attrition) if attrition else "",
        table(["arm", "people", "with outcome"], arms) if arms else "No arm has anybody in it.",
        table(["contrast", "estimate", "95% interval", "unit", "p", "method", "role"], estimates) if estimates else "",
        _methods(document["estimates"]),
        _reasons(document["estimates"]),
        *sameness(document.get("diagnostics", {}).get("contrasts", ()), document.get("estimand", {}).get("unit")),
        *always_valid(document.get("diagnostics", {}).get("contrasts", ()), document["estimates"]),
        *(f"Warning: {warning}" for warning in document.get("warnings", ())),
        evidence(document["evidence"], table) if "evidence" in document else "",
        _saved(document["saved"]) if "saved" in document else "",
    ]
    return "\n\n".join(block for block in blocks if block)


def _saved(saved: Document) -> str:
    how = "Saved as" if saved["is_new"] else "It stands already in"
    return f"{how} {saved['path']}; fix it with `needling studies freeze {saved['study']}` before new data come in."


def studies(document: Document) -> str:
    """The catalogue, one study a line."""
    rows = [[row["study"], row["claim"], row["title"], row["frozen_at"]] for row in document["studies"]]
    return "\n\n".join([table(["study", "claim", "question", "fixed"], rows), *_refused(document)])


def _refused(document: Document) -> list[str]:
    return [f"Refused: {one['study']}: {one['reason']}" for one in document.get("refused", ())]


def study_results(document: Document) -> str:
    """Each study under its id, as a comparison; then what they say of the claims."""
    blocks = [f"== {row['study']} ==\n\n{comparison(row)}" for row in document["studies"]]
    rows = [
        [v["claim"], v["study"], v["judgement"], _q_value(v["q_value"]), v["because"]] for v in document["verdicts"]
    ]
    judged = table(["claim", "study", "verdict", "q", "because"], rows)
    return "\n\n".join([*blocks, judged, *_about_q(rows), *_refused(document)])


def _q_value(q: float | None) -> str | None:
    return None if q is None else "<0.001" if q < 0.001 else f"{q:.3f}"


def _about_q(verdicts: Sequence[Sequence[object]]) -> list[str]:
    """What the column says, where there is a list to be corrected for."""
    n = sum(row[3] is not None for row in verdicts)
    if n < 2:
        return []
    return [
        f"q: the p-value corrected for the {n} tested studies listed here (Benjamini-Hochberg): of those with q below "
        "0.05, 5% are expected to be false findings at most."
    ]


def findings(document: Document) -> str:
    """The doctor's findings, one a line, each trouble followed by what to do."""
    lines = []
    for check in document["checks"]:
        lines.append(f"{check['status']:<5} {check['check']}: {check['found']}")
        if check["advice"]:
            lines.append(f"      -> {check['advice']}")
    return "\n".join([*lines, "All is well." if document["ok"] else "Something must be mended before this works."])


def verdict(document: Document) -> str:
    """What validate and publish answer: the gate, the version where there is one, and what failed beside it."""
    version = [f"Version: {document['version']}"] if document.get("version") else []
    return "\n".join([gate(document["gate"]), *version, *(f"Warning: {w}" for w in document.get("warnings", ()))])


def preview(document: Document) -> str:
    """Whom a study would compare; then each reason for what is missing, in a sentence."""
    rows = (*document.get("overlap", ()), *(document["outcome"] or ()))
    reasons = [document["reason"], *(row["reason"] for row in rows)]
    blind = "" if document["frozen_at"] else "What the arms showed is told once the study is frozen."
    shown = {key: value for key, value in document.items() if key != "outcome" or value is not None}
    return "\n\n".join(filter(None, [plain(shown), _explained(filter(None, reasons)), blind]))


def _estimate(row: Document) -> tuple[str, str, str, str]:
    unit = row.get("unit") or ABSENT
    if row["estimate"] is None:
        return (f"not given ({row['reason']})", ABSENT, unit, ABSENT)
    low, high, p = row["ci_lower"], row["ci_upper"], row.get("p_value")
    sign = spoken.sign(unit, row["contrast"])
    interval = ABSENT if low is None or high is None else f"{low:{sign}.2f} to {high:{sign}.2f}"
    return (f"{row['estimate']:{sign}.2f}", interval, unit, ABSENT if p is None else _p_value(p))


def _methods(estimates: Sequence[Document]) -> str:
    """One sentence for each method of the table above it."""
    codes = dict.fromkeys(row["method"] for row in estimates if row.get("method") in METHODS)
    return "\n".join(f"{code}: {METHODS[code]}" for code in codes)


def _reasons(estimates: Sequence[Document]) -> str:
    """One sentence for each reason that stands in the table above it."""
    return _explained(row["reason"] for row in estimates if row["estimate"] is None)


def _explained(reasons: Iterable[str]) -> str:
    return "\n".join(f"{code}: {_SENTENCES.get(code, 'no explanation is known')}" for code in dict.fromkeys(reasons))


def _p_value(p: float) -> str:
    return "<0.001" if p < 0.001 else f"{p:.3f}"
