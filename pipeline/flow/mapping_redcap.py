"""An export of REDCap as `needling map` looks at it: the rows of each form for themselves, codes under their labels."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from pipeline.contract.mapping import Redcap
from pipeline.engine.duckdb import quote_name, quote_text
from pipeline.proposal import profile
from pipeline.proposal.profile import Profile
from pipeline.proposal.tables import File
from pipeline.sources import Staged
from pipeline.sources.redcap.dictionary import Field
from pipeline.sources.redcap.settings import ARM, BOX, EVENTS, REPEATS
from pipeline.sources.redcap.sniffing import dictionary_beside

MAX_FORMS = 30
"""More repeating forms than any project has: the column holds something else."""

_REPEAT = (REPEATS[0], REPEATS[2])


def look_at_forms(
    con: duckdb.DuckDBPyConnection, path: Path, staged: Staged, folder: Path
) -> tuple[list[File], Redcap, list[str]]:
    """The rows of every form as a file of its own, what `[redcap]` says, and notes on the tick boxes."""
    found = dictionary_beside(path, staged.headers)
    name, fields = found or (None, {})
    data = folder / "labelled.parquet"
    _write_labels(con, staged, fields, data)
    repeat = next((h for h in _REPEAT if h in staged.headers), None)
    forms = _forms(con, data, repeat)
    files = [_look(con, path, staged.headers, data, repeat, form) for form in forms]
    enrolment = _enrolment(con, data, staged.headers, repeat)
    if enrolment is not None:
        files = [replace(file, enrolment=enrolment) if not file.form else file for file in files]
    return [file for file in files if file.profiles], Redcap(path.name, name), _boxes(staged.headers, fields)


def _write_labels(con: duckdb.DuckDBPyConnection, staged: Staged, fields: Mapping[str, Field], out: Path) -> None:
    """The rows with labels in place of codes: a mapping may name them in `values`."""
    cells = ", ".join(f"{_labelled(h, fields.get(h))} AS {quote_name(h)}" for h in staged.headers)
    con.execute(
        f"COPY (SELECT {cells} FROM read_parquet({quote_text(str(staged.data))})) TO {quote_text(str(out))} "
        "(FORMAT parquet, COMPRESSION snappy)"
    )


def _labelled(header: str, field: Field | None) -> str:
    cell = quote_name(header)
    choices = [c for c in field.choices if c[1]] if field and field.kind != "checkbox" else []
    if not choices:
        return cell
    cases = " ".join(f"WHEN {quote_text(code)} THEN {quote_text(label)}" for code, label in choices)
    return f"CASE trim({cell}) {cases} ELSE {cell} END"


def _forms(con: duckdb.DuckDBPyConnection, data: Path, repeat: str | None) -> Sequence[str]:
    """The repeating forms, and "" for the rows that are not repeated."""
    if repeat is None:
        return [""]
    found = con.execute(
        f"SELECT DISTINCT coalesce(trim({quote_name(repeat)}), '') AS form FROM read_parquet(?) ORDER BY form LIMIT ?",
        [str(data), MAX_FORMS],
    ).fetchall()
    return [str(row[0]) for row in found]


def _look(
    con: duckdb.DuckDBPyConnection, path: Path, headers: Sequence[str], data: Path, repeat: str | None, form: str
) -> File:
    """The columns that the rows of one form fill."""
    own = "true" if repeat is None else f"coalesce(trim({quote_name(repeat)}), '') = {quote_text(form)}"
    sample = profile.sample(con, data, headers, "looked_at", own)
    fields = [h for h in headers if h not in (*EVENTS, *REPEATS)]
    profiles = (sample.profile(h, headers[0]) for h in fields)  # the first column is the record
    filled: tuple[Profile, ...] = tuple(p for p in profiles if p.n)
    return File(path.name, filled, form=form, form_header=repeat)


def _enrolment(
    con: duckdb.DuckDBPyConnection, data: Path, headers: Sequence[str], repeat: str | None
) -> tuple[str, tuple[str, ...]] | None:
    """The event (of every arm) in which most is asked that no other event asks: there people are described."""
    event = next((h for h in EVENTS if h in headers), None)
    if event is None:
        return None
    plain = "true" if repeat is None else f"coalesce(trim({quote_name(repeat)}), '') = ''"
    fields = [h for h in headers[1:] if h not in (*EVENTS, *REPEATS)]
    filled = [f"count(nullif(trim({quote_name(h)}), '')) > 0" for h in fields]
    rows = con.execute(
        f"SELECT trim({quote_name(event)}), {', '.join(filled) or 'true'} FROM read_parquet(?) "
        f"WHERE {plain} AND {quote_name(event)} IS NOT NULL GROUP BY ALL ORDER BY 1",
        [str(data)],
    ).fetchall()
    stems: dict[str, list[str]] = {}
    for row in rows:
        stems.setdefault(ARM.sub("", row[0]), []).append(row[0])
    if len(stems) < 2:
        return None
    asked = {stem: _asked(rows, names) for stem, names in stems.items()}
    alone = {s: len(own.difference(*(o for t, o in asked.items() if t != s))) for s, own in asked.items()}
    return event, tuple(stems[max(alone, key=lambda stem: alone[stem])])


def _asked(rows: Sequence[Sequence[object]], events: Sequence[str]) -> set[int]:
    """The places of the fields that any of the events fills; a row is an event, and whether each field is filled."""
    return {place for event, *filled in rows if event in events for place, on in enumerate(filled) if on}


def _boxes(headers: Sequence[str], fields: Mapping[str, Field]) -> list[str]:
    """What is ticked in each box, as its dictionary says."""
    ticked = []
    for header in headers:
        name, _, code = header.partition(BOX)
        label = dict(fields[name].choices).get(code) if code and name in fields else None
        ticked += [f"{header} is ticked for: {label}"] if label else []
    return ticked
