"""The data dictionary, written from the contract itself: python -m pipeline.contract.dictionary [--check]."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from pipeline.contract import reference
from pipeline.contract.columns import BOOKKEEPING, Column, Table
from pipeline.contract.ddl import landing_schema
from pipeline.contract.decisions import DECISIONS
from pipeline.contract.instruments import Instrument, instruments
from pipeline.contract.reasons import REASONS
from pipeline.contract.study_tables import STUDY_TABLES
from pipeline.contract.summaries import SUMMARIES, Summary
from pipeline.contract.tables import TABLES
from pipeline.contract.templates import EXAMPLES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "data-dictionary.md"

_PREAMBLE = """# Data dictionary

Generated from the contract (`pipeline/contract/`, `data/reference/`) by `python -m pipeline.contract.dictionary`;
do not edit.

A file may use these column names directly, or name its own and map them in `source.toml`. Empty cells, `NA` and `null`
mean: not recorded. What a column keeps is what lies in the warehouse; a dash means that nothing of it is stored.
"""

_SENSITIVITY = """Sensitivity: *identifier* is never stored as sent; *quasi_identifier* could single a person out in
combination; *health* is about the body or the treatment; *technical* is about the recording.
"""

_COLUMNS = (
    "column", "meaning", "kind", "unit", "range", "vocabulary", "required", "sensitivity", "kept in landing", "example",
)  # fmt: skip
_SCALE = (
    "code", "label", "unit", "range", "decimals", "better", "scale", "no baseline", "diagnoses", "also read", "units",
)  # fmt: skip
_RULES = (
    "code", "from week", "responder", "threshold", "margin", "its source", "measurement error", "its source",
    "verified",
)  # fmt: skip

_INSTRUMENTS = """## Instruments

<a id="instrument"></a>Values are kept as whole numbers on the instrument's own scale: value times ten to the decimals.
Margin: a smaller difference between arms counts as none. Unchecked figures are marked unverified.
"""

_DAYS = """
A `_day` column holds a date shifted by a secret offset of the person, or days from enrolment where `relative_days`
is true. Readers of a published version see days from enrolment.
"""

_SUMMARIES = """Small tables in research.duckdb that pages read instead of rows: a row is a cell of people, never a
person. Where they hold sums over people of n, y and their products, a share or mean (y / n) has an interval that knows
that what one person does or says is alike.

"""

_STUDY_TABLES = """Tables in research.duckdb that comparisons read beside exposure and outcomes, so that none reads
what was sent, record by record. The first two are for negative controls: differences that needling cannot have made.

"""

_BANDS = {
    "depth_bands": "Needle length",
    "frequency_bands": "Sessions a week",
    "schedules": "Schedules (any other is `other`)",
    "visits": "Visit windows, in weeks from time zero",
    "landmarks": "Landmarks, in days from time zero",
    "age_bands": "Age, both ends included",
    "stages": "Stages",
    "units": "Units of columns (value times factor gives the canonical unit)",
}


def render() -> str:
    """The whole page as Markdown."""
    sections = [
        _PREAMBLE + "\n" + _SENSITIVITY,
        *(_table(table) for table in TABLES.values()),
        _bookkeeping(),
        _vocabularies(),
        _instruments(),
        *(_reference(name, title) for name, title in _BANDS.items()),
        _reasons(),
        _described("Summaries of a published version", _SUMMARIES, SUMMARIES),
        _described("Tables that comparisons read", _STUDY_TABLES, STUDY_TABLES),
        _decisions(),
        f"## Landing as SQL\n\n```sql\n{landing_schema()}```\n",
    ]
    return "\n".join(sections)


def _table(table: Table) -> str:
    rows = [_column(column, EXAMPLES[table.name].get(column.name, "")) for column in table.columns]
    identity = f"`{table.identity.name}` where it is sent, else " if table.identity else ""
    key = ", ".join(f"`{name}`" for name in table.key)
    return (
        f"## {table.name}\n\n{table.doc} A record is known by {identity}{key}.\n\n{_days(table)}{_grid(_COLUMNS, rows)}"
    )


def _column(column: Column, example: str) -> tuple[str, ...]:
    kept = ", ".join(f"`{name}` {kind}" for name, kind in column.stored)
    return (
        f"`{column.name}`",
        column.doc,
        column.kind,
        column.unit or "",
        _range(column.low, column.high),
        f"[{column.vocabulary}](#{column.vocabulary})" if column.vocabulary else "",
        "yes" if column.required else "",
        column.sensitivity,
        kept or "-",
        example,
    )


def _days(table: Table) -> str:
    """The sentence on `_day` forms, for tables that have dates a sender may give so."""
    days = [name for name in table.native_names if name.endswith("_day")]
    if not days:
        return ""
    return f"In place of dates a file may give days from enrolment: {', '.join(f'`{name}`' for name in days)}.\n\n"


def _range(low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return ""
    return f"{'' if low is None else f'{low:g}'} to {'' if high is None else f'{high:.10g}'}"


def _bookkeeping() -> str:
    rows = [(f"`{name}`", kind) for name, kind in BOOKKEEPING]
    return f"## Columns that every landing table has before its own\n\n{_grid(('column', 'type'), rows)}{_DAYS}"


def _vocabularies() -> str:
    names = dict.fromkeys(row["vocabulary"] for row in reference.rows("vocabularies"))
    return "## Vocabularies\n\n" + "\n".join(_vocabulary(name) for name in names)


def _vocabulary(name: str) -> str:
    terms = reference.vocabulary(name)
    rows = [(f"`{t.code}`", t.label, ", ".join(t.synonyms), t.explanation, t.source) for t in terms]
    return f"### {name}\n\n{_grid(('code', 'label', 'also read', 'meaning', 'source'), rows)}"


def _instruments() -> str:
    known = instruments().values()
    about = "\n".join(f"- **{i.label}** (`{i.code}`): {i.explanation} Source: {i.source}." for i in known)
    scale, rules = _grid(_SCALE, map(_scale, known)), _grid(_RULES, map(_rules, known))
    return f"{_INSTRUMENTS}\n{scale}\n{rules}\n{about}\n"


def _scale(i: Instrument) -> tuple[str, ...]:
    units = ", ".join(f"{unit.name} (times {unit.factor:.10g})" for unit in i.units)
    baseline = "yes" if i.is_change else ""
    return (
        f"`{i.code}`", i.label, i.unit, _range(i.low, i.high), str(i.decimals), i.direction, i.scale, baseline,
        ", ".join(i.diagnoses) or "all", ", ".join(i.synonyms), units,
    )  # fmt: skip


def _rules(i: Instrument) -> tuple[str, ...]:
    figures = (i.responder_threshold, i.margin, i.measurement_error)
    threshold, margin, error = ("" if n is None else f"{n:g}" for n in figures)
    verified = "yes" if i.is_verified else "no"
    return (
        f"`{i.code}`", str(i.min_follow_up_weeks), i.responder_rule, threshold, margin, i.margin_source, error,
        i.measurement_error_source, verified,
    )  # fmt: skip


def _reference(name: str, title: str) -> str:
    rows = reference.rows(name)
    head = tuple(rows[0])
    return f"## {title}\n\n`data/reference/{name}.csv`\n\n" + _grid(
        head, ([row[h].replace("|", ", ") for h in head] for row in rows)
    )


def _reasons() -> str:
    rows = [(f"`{r.code}`", r.sentence, "yes" if r.heals else "") for r in REASONS.values()]
    grid = _grid(("code", "meaning", "can heal by retry"), rows)
    return f"## Reasons of quarantine\n\nA record may bear several.\n\n{grid}"


def _described(title: str, words: str, tables: Sequence[Summary]) -> str:
    return f"## {title}\n\n" + words + "\n".join(map(_summary, tables))


def _summary(summary: Summary) -> str:
    key = ", ".join(f"`{name}`" for name in summary.key)
    rows = [(f"`{name}`", kind, doc) for name, kind, doc in summary.columns]
    return (
        f"### {summary.name}\n\n{summary.doc} One row for each {key}.\n\n{_grid(('column', 'type', 'meaning'), rows)}"
    )


def _decisions() -> str:
    return "## Decisions where the contract was silent\n\n" + "".join(f"- **{s}.** {text}\n" for s, text in DECISIONS)


def _grid(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def main(arguments: Sequence[str], page: Path = PAGE) -> int:
    """Write the page; with --check edit nothing and answer 1 where it is stale."""
    if "--check" not in arguments:
        page.write_text(render(), encoding="utf-8")
    elif not page.is_file() or page.read_text(encoding="utf-8") != render():
        sys.stderr.write(f"{page.name} is stale; run: python -m pipeline.contract.dictionary\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
