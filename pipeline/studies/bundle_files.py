"""What another person needs to judge one result, as files: nothing in them is about a single person."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.contract import spoken
from pipeline.contract.methods import METHODS
from pipeline.studies.protocols.protocol import Protocol
from pipeline.studies.protocols.protocol_text import protocol_text

Document = Mapping[str, Any]


def bundle_files(protocol: Protocol, result: Document, seen: Document) -> dict[str, bytes]:
    """The files by name. `result` is the study's document of `studies run`, `seen` what `studies show` tells of it."""
    certificate = result["diagnostics"]["certificate"]
    return {
        "README.md": _readme(protocol, result).encode(),
        f"{protocol.id}.toml": protocol_text(protocol).encode(),
        "result.json": _json(result),
        "certificate.json": _json(certificate),
        "estimates.csv": _csv(result["estimates"]),
        "attrition.csv": _csv(result["attrition"]),
        "table_1.csv": _csv(seen.get("table_1", ())),
        "balance.csv": _csv(_of_contrasts(result, "balance")),
        "effective.csv": _csv(_of_contrasts(result, "effective")),
        "if_leavers_did_worse.csv": _csv(_of_contrasts(result, "if_leavers_did_worse")),
    }


def command(protocol: Protocol, version: str) -> str:
    """The command that gives the result again, where the version is kept."""
    return f"needling studies run {protocol.id} --version {version}"


def _of_contrasts(result: Document, part: str) -> list[Document]:
    contrasts = result["diagnostics"].get("contrasts", ())
    return [{"contrast": c.get("contrast"), **row} for c in contrasts for row in c.get(part) or ()]


def _json(document: Document) -> bytes:
    return (json.dumps(document, indent=2, allow_nan=False, default=str) + "\n").encode()


def _csv(rows: Sequence[Document]) -> bytes:
    out = io.StringIO()
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(out, names, lineterminator="\n")
    if names:
        writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def _readme(protocol: Protocol, result: Document) -> str:
    certificate = result["diagnostics"]["certificate"]
    fixed = certificate["frozen_at"]
    standing = f"fixed on {fixed}" if fixed else "not fixed in advance: the result is exploratory"
    warnings = [f"- {warning}" for warning in result["warnings"]] or ["- none"]
    return "\n".join(
        (
            f"# {protocol.title or protocol.id}",
            "",
            f"Study `{protocol.id}` on version `{result['version']}`. Diagnostics: {result['gate']}. The protocol was "
            f"{standing}.",
            "",
            *_estimates(result),
            "",
            "A difference is an association. What nobody recorded is not adjusted for.",
            "",
            "## What must be known",
            "",
            *warnings,
            "",
            "## Files",
            "",
            *(f"- `{name}`: {what}" for name, what in _FILES.items()),
            f"- `{protocol.id}.toml`: the protocol; under this name in `studies/` of a home it is the same study",
            "",
            "No row is about one person, but small counts are not hidden: hand it to nobody who may not see those.",
            "",
            "## Again",
            "",
            f"    {command(protocol, result['version'])}",
            "",
            f"gives `result.json` again, with the code {certificate['code_version']} and data whose fingerprint is "
            f"`{certificate['data_fingerprint']}`.",
            "",
        )
    )


_FILES = {
    "result.json": "the whole result, as `needling studies run --json` gives it",
    "certificate.json": "version, data fingerprint, protocol digest, code version",
    "figures.html": "the figures, in a page that opens without a network",
    "estimates.csv": "every figure, the headline first; what is missing has its reason",
    "attrition.csv": "people left after each step",
    "table_1.csv": "who the people of each arm are at the start",
    "balance.csv": "standardised differences before and after weighting",
    "effective.csv": "what each arm is worth after weighting",
    "if_leavers_did_worse.csv": "the figure if those who left had done so much worse",
}


def _estimates(result: Document) -> list[str]:
    """A table of what is not a sensitivity analysis."""
    shown = [row for row in result["estimates"] if row["role"] != "sensitivity"]
    lines = ["| contrast | figure | 95% interval | unit | stands as | method |", "|---|---|---|---|---|---|"]
    for row in shown:
        sign = spoken.sign(row["unit"], row["contrast"])
        figure = f"withheld ({row['reason']})" if row["estimate"] is None else f"{row['estimate']:{sign}.2f}"
        has_limits = row["ci_lower"] is not None and row["ci_upper"] is not None
        limits = f"{row['ci_lower']:{sign}.2f} to {row['ci_upper']:{sign}.2f}" if has_limits else ""
        method = METHODS.get(row["method"], row["method"])
        lines.append(f"| {row['contrast']} | {figure} | {limits} | {row['unit']} | {row['role']} | {method} |")
    return lines
