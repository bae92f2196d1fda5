"""The proposal as a commented `source.toml`: what is sure stands as a line, what is not as a comment."""

import glob
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.contract.columns import Table
from pipeline.contract.mapping import Redcap
from pipeline.contract.words import headers_told
from pipeline.proposal import tables, words
from pipeline.proposal.columns import Choice
from pipeline.proposal.spelling import fold
from pipeline.proposal.tables import File, TableProposal
from pipeline.proposal.wide import WideColumn
from pipeline.toml_values import quoted

_CODES_NAMED = 30


@dataclass(frozen=True)
class Writing:
    """How the files are written. `twin` reads just as many dates as `dates` does, day and month turned."""

    format: str
    encoding: str = "utf-8"
    delimiter: str | None = None
    decimal: str = "."
    dates: str | None = None
    twin: str | None = None
    redcap: Redcap | None = None


def render(
    source: str, writing: Writing, proposals: Sequence[TableProposal], files: Sequence[File], notes: Sequence[str] = ()
) -> str:
    """The whole file; `notes` stand at its end, as comments."""
    blocks = [_HEAD.format(files=", ".join(dict.fromkeys(_told(f.name) for f in files))), _source(source, writing)]
    blocks += [_redcap(writing.redcap)] if writing.redcap else []
    blocks += ["\n".join(_table(p)) for p in proposals]
    unread = [line for file in files for line in _unread(file, proposals)]
    unread += [f"# {_told(note)}" for note in notes]
    return "\n\n".join(block.rstrip() for block in (*blocks, "\n".join(unread)) if block.strip()) + "\n"


_HEAD = """\
# Proposed by `needling map` from {files}.
# Every line is a guess until somebody who knows the data has read it. Lines that begin with # are questions
# or choices left open. Put this file beside the data as source.toml, then try it: needling check FOLDER"""


def slug(text: str) -> str:
    """A source id out of a name; `my-clinic` where nothing is left of it."""
    return fold(text).replace(" ", "-")[:40].strip("-") or "my-clinic"


def _source(source: str, writing: Writing) -> str:
    lines = [
        "[source]",
        f"id = {quoted(source)}  # names the sender for ever: choose it well, then never change it",
        f"format = {quoted(writing.format)}",
        '# extracted_on = "2026-11-01"  # the day the data were taken out; corrections are ordered by it',
        '# default_clinic = "main"  # used where a row names no clinic',
    ]
    if writing.encoding != "utf-8":
        lines.append(f"encoding = {quoted(writing.encoding)}")
    if writing.delimiter not in (None, ","):
        lines.append(f"delimiter = {quoted(writing.delimiter or '')}")
    if writing.decimal != ".":
        lines.append(f"decimal = {quoted(writing.decimal)}")
    return "\n".join([*lines, *_dates(writing)])


def _redcap(redcap: Redcap) -> str:
    lines = ["[redcap]", f"data = {quoted(redcap.data or '')}"]
    if redcap.dictionary is None:
        lines.append('# dictionary = "dictionary.csv"  # the data dictionary: its labels explain the codes')
    else:
        lines.append(f"dictionary = {quoted(redcap.dictionary)}  # its labels may stand in values")
    return "\n".join(lines)


def _dates(writing: Writing) -> list[str]:
    if writing.dates is None:
        return []
    if writing.twin is None:
        return [f"dates = {quoted(writing.dates)}"]
    return [
        "# every date could be read both ways, day first or month first; say which, or the dates are not understood:",
        f"# dates = {quoted(writing.dates)}",
        f"# dates = {quoted(writing.twin)}",
    ]


def _table(proposal: TableProposal) -> Iterator[str]:
    name = f"tables.{proposal.table.name}"
    yield f"[{name}]"
    yield from _place(proposal)
    yield from _key(proposal)
    for column in proposal.missing:
        yield from _question(proposal.table, column)
    yield from (f'# "{_told(d.header)}" {d.sentence}' for d in tables.doubts(proposal))
    native = [c.header for c in tables.chosen(proposal) if c.header == c.native]
    if native:
        yield f"# called as the contract calls them: {', '.join(native)}"
    yield from _section(f"{name}.columns", (_column(c) for c in tables.chosen(proposal) if c.header != c.native))
    yield from _section(f"{name}.units", _units(proposal))
    yield from _section(f"{name}.constants", (f"{n} = {quoted(v)}" for n, v in proposal.constants.items()))
    yield from _section(f"{name}.instruments", (_instrument(w, proposal.area_header) for w in proposal.instruments))
    yield from _section(f"{name}.effects", (f"{quoted(h)} = {quoted(e)}" for h, e in proposal.effects.items()))
    if proposal.asked is not None:
        yield from _section(f"{name}.asked", [f"{quoted(proposal.asked[0])} = {quoted(proposal.asked[1])}"])
    for choice in tables.chosen(proposal):
        yield from _values(name, proposal.table, choice)


def _place(proposal: TableProposal) -> Iterator[str]:
    """Where the rows of a table stand."""
    first = proposal.files[0]
    if first.form is None:
        yield f"files = [{', '.join(dict.fromkeys(quoted(glob.escape(file.name)) for file in proposal.files))}]"
    where = first.where(proposal.table)
    if where is not None:
        yield f"where = {{ {quoted(where[0])} = {_choice(where[1])} }}"
    if first.sheet is not None:
        yield f"sheet = {quoted(first.sheet)}"
    if first.header_row > 1:
        yield f"header_row = {first.header_row}"
    if first.skip_footer:
        yield f"skip_footer = {first.skip_footer}  # rows below the records that look like totals or remarks"


def _choice(words: Sequence[str]) -> str:
    return quoted(words[0]) if len(words) == 1 else f"[{', '.join(map(quoted, words))}]"


def _section(name: str, lines: Iterable[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield from ("", f"[{name}]", *found)


def _key(proposal: TableProposal) -> Iterator[str]:
    """Where no record has an id of its own, a correction finds its record by a key."""
    identity = proposal.table.identity
    if identity is None or identity.name in proposal.columns.natives:
        return
    parts = [header for native in proposal.table.key if (header := _dated_header(proposal, native))]
    if parts:
        yield f"# key = [{', '.join(map(quoted, parts))}]  # what makes a row the same record; corrections need it"


def _dated_header(proposal: TableProposal, native: str) -> str | None:
    """The header of a column, of its `_day` form where days are counted from enrolment."""
    day = f"{proposal.table.column(native).stem}_day"
    return proposal.columns.header(native) or proposal.columns.header(day)


def _question(table: Table, native: str) -> Iterator[str]:
    column = table.column(native)
    yield f"# {native}: which header holds it? {column.doc}"
    codes = words.codes(column) if column.kind == "code" else ()
    if codes:
        named = ", ".join(codes[:_CODES_NAMED])
        yield f'#   the same for all rows: constants = {{ {native} = "{codes[0]}" }}, one of {named}'


def _column(choice: Choice) -> str:
    line = f"{quoted(choice.header)} = {quoted(choice.native)}"
    return f"{line}  # a guess by its spelling" if choice.is_guess else line


def _units(proposal: TableProposal) -> Iterator[str]:
    for choice in tables.chosen(proposal):
        if choice.unit is not None:
            why = "as header or cells say" if choice.unit.is_said else "by the size of the numbers; is it right?"
            yield f"{choice.native} = {quoted(choice.unit.name)}  # {why}"


def _instrument(wide: WideColumn, area_header: str | None) -> str:
    parts = [f"instrument = {quoted(wide.instrument.code)}"]
    notes = []
    if wide.unit is not None:
        parts.append(f"unit = {quoted(wide.unit.name)}")
        notes += [] if wide.unit.is_said else ["unit by the size of the numbers"]
    elif wide.lacks_unit:
        notes.append(f"which unit? one of {', '.join(unit.name for unit in wide.instrument.units)}")
    if wide.week is not None:
        parts.append(f'visit = "{wide.week}w"')
    elif wide.day is not None:
        parts.append(f"day = {wide.day}")
    if wide.rater is not None:
        parts.append(f"rater = {quoted(wide.rater)}")
    if wide.instrument.needs_area:
        parts += [f"area_column = {quoted(area_header)}"] if area_header else []
        notes += [] if area_header else ["a count needs area_column, the header of the area counted"]
    line = f"{quoted(wide.header)} = {{ {', '.join(parts)} }}"
    return f"{line}  # {'; '.join(notes)}" if notes else line


def _values(name: str, table: Table, choice: Choice) -> Iterator[str]:
    meanings = choice.meanings
    if not (meanings.proposed or meanings.unknown or meanings.n_hidden):
        return
    yield from ("", f"[{name}.values.{choice.native}]")
    if meanings.understood:
        yield f"# understood as they are: {', '.join(map(_told, meanings.understood))}"
    yield from (f"{quoted(word)} = {quoted(code)}" for word, code in meanings.proposed.items())
    if meanings.unknown:
        codes = words.codes(table.column(choice.native))
        yield f"# which code is it? one of {', '.join(codes[:_CODES_NAMED])}"
        yield from (f'# {quoted(word.text)} = ""  # {word.n} cells' for word in meanings.unknown)
    if meanings.n_hidden:
        yield f"# not understood, and too rare to be shown, for they may name somebody: {meanings.n_hidden} more"


def _unread(file: File, proposals: Sequence[TableProposal]) -> list[str]:
    named = {h for p in proposals if any(f is file for f in p.files) for h in p.headers}
    named |= {d.header for p in proposals if any(f is file for f in p.files) for d in tables.doubts(p)}
    rest = [header for header in headers_told([p.header for p in file.profiles]) if header not in named]
    return [f"# Not understood, and not stored, in {_told(file.label)}: {', '.join(map(_told, rest))}"] if rest else []


def _told(text: str) -> str:
    """A text as it may stand in a comment."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
