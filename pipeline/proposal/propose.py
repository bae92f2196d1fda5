"""A whole proposal: the tables of all files together, and how the files are written."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.contract.tables import TABLES
from pipeline.proposal import dates, tables, toml_text
from pipeline.proposal.profile import Profile
from pipeline.proposal.tables import File, TableProposal
from pipeline.proposal.toml_text import Writing


@dataclass(frozen=True)
class Proposal:
    """What `needling map` answers. `apart` are (file, table) that cannot share one mapping with the others."""

    text: str
    writing: Writing
    tables: tuple[TableProposal, ...]
    files: tuple[File, ...]
    apart: tuple[tuple[File, str], ...]
    unlike: tuple[File, ...]

    @property
    def unknown(self) -> dict[str, list[str]]:
        """Headers that are mapped to nothing, by file."""
        return {f.label: [p.header for p in f.profiles if p.header not in self._mapped(f)] for f in self.files}

    def _mapped(self, file: File) -> set[str]:
        return {header for p in self.tables if any(f is file for f in p.files) for header in p.headers}


def propose(
    source: str, files: Sequence[File], writing: Writing, only: str | None = None, told: Sequence[str] = ()
) -> Proposal:
    """A mapping for these files; `writing` says what is known of them, decimals and dates are found here.

    `told` are further notes for the end of the text.
    """
    found = {file.label: tables.propose(file, only) for file in files}
    every = [proposal for file in files for proposal in found[file.label]]
    merged, apart = _merged(every)
    found_dates = [p.dates for p in _profiles(merged) if p.is_dates]
    pattern, twin = dates.agreed(found_dates, are_real=writing.format == "xlsx")
    whole = replace(writing, decimal=_decimal(merged), dates=pattern, twin=twin)
    unlike = tuple(file for file in files if not found[file.label])
    notes = [*_notes(apart, unlike), *told]
    text = toml_text.render(toml_text.slug(source), whole, merged, files, notes)
    return Proposal(text, whole, tuple(merged), tuple(files), apart, unlike)


def _notes(apart: Sequence[tuple[File, str]], unlike: Sequence[File]) -> list[str]:
    """What stands at the end: files that need another drop, another format, or a word from the sender."""
    told = [f"{file.label} looks like {t} too, {_elsewhere(file)}" for file, t in apart]
    return told + [f"{file.label} is like no table: {_remedy(file)}" for file in unlike]


def _remedy(file: File) -> str:
    if file.form:
        return f'if it is one, add [tables.NAME] with where = {{ {file.form_header} = "{file.form}" }}'
    return "needling map --table NAME says which it is"


def _elsewhere(file: File) -> str:
    if file.form is not None:
        return "in the rows of another form: where takes a list of forms, if their headers are the same"
    if file.sheet is None:
        return "under other headers: give it a drop of its own"
    return 'in another sheet: where all have the same headers, a pattern reads them, such as sheet = "20*"'


def _merged(every: Sequence[TableProposal]) -> tuple[list[TableProposal], tuple[tuple[File, str], ...]]:
    """One proposal a table, in the contract's order; files whose headers mean the same share it."""
    by_table: dict[str, TableProposal] = {}
    apart: list[tuple[File, str]] = []
    for proposal in sorted(every, key=lambda p: -p.score):
        name = proposal.table.name
        if name not in by_table:
            by_table[name] = proposal
        elif _same(by_table[name], proposal):
            by_table[name] = replace(by_table[name], files=(*by_table[name].files, *proposal.files))
        else:
            apart += [(file, name) for file in proposal.files]
    return [by_table[name] for name in TABLES if name in by_table], tuple(apart)


def _same(one: TableProposal, other: TableProposal) -> bool:
    """Whether the second file has no header that the first one's mapping lacks."""
    chosen = {c.header: c.native for c in one.columns.chosen}
    places = ((file.sheet, file.header_row, file.form) for file in (one.files[0], other.files[0]))
    same_place = next(places) == next(places)
    mapped = all(chosen.get(c.header) == c.native for c in other.columns.chosen)
    return same_place and mapped and other.headers <= one.headers


def _profiles(proposals: Sequence[TableProposal]) -> list[Profile]:
    """The columns that are mapped, each once."""
    found = {
        (file.label, profile.header): profile
        for proposal in proposals
        for file in proposal.files
        for profile in file.profiles
        if profile.header in proposal.headers
    }
    return list(found.values())


def _decimal(proposals: Sequence[TableProposal]) -> str:
    """The comma, where more numbers are written with it than with a point."""
    numeric = [p for p in _profiles(proposals) if p.is_numeric]
    return "," if sum(p.n_commas for p in numeric) > sum(p.n_points for p in numeric) else "."
