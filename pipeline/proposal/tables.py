"""Which tables a file holds: the one it is most like, and those that stand beside it in columns of their own."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pipeline.contract.columns import Table
from pipeline.contract.tables import TABLES
from pipeline.proposal import columns, headers, wide
from pipeline.proposal.columns import Choice, Columns, Doubt
from pipeline.proposal.headers import readings
from pipeline.proposal.profile import Profile
from pipeline.proposal.synonyms import ASKED, DATE, DAY
from pipeline.proposal.wide import WideColumn

_NAMED = 2.5
"""What a file's name weighs against its columns: as much as two or three columns that no other table has."""

_LACKING = 0.2
"""What a required column weighs that is not there."""

_LEAST = 1.0
"""Below it a file is like no table: what it has stands in several, or in none."""


@dataclass(frozen=True)
class File:
    """One file, or one sheet of it, with what its columns look like. `header_row` counts from 1, `skip_footer` the
    rows below the records.

    Of an export of REDCap it is the rows of one form: its name, "" for rows that are not repeated, and the header that
    tells it, if there is one. `enrolment` is the header and the events whose rows describe people."""

    name: str
    profiles: tuple[Profile, ...]
    sheet: str | None = None
    header_row: int = 1
    skip_footer: int = 0
    form: str | None = None
    form_header: str | None = None
    enrolment: tuple[str, tuple[str, ...]] | None = None

    @property
    def label(self) -> str:
        if self.form:
            return f"{self.name}, form {self.form}"
        return f"{self.name}, sheet {self.sheet}" if self.sheet else self.name

    def where(self, table: Table) -> tuple[str, tuple[str, ...]] | None:
        """The header and the values that choose the rows of a table, where the file holds those of several."""
        if self.enrolment is not None and table.name == "participants":
            return self.enrolment
        return None if self.form_header is None else (self.form_header, (self.form or "",))


@dataclass(frozen=True)
class TableProposal:
    """One table of the proposal."""

    table: Table
    files: tuple[File, ...]
    columns: Columns
    instruments: tuple[WideColumn, ...] = ()
    effects: dict[str, str] = field(default_factory=dict)
    asked: tuple[str, str] | None = None
    area_header: str | None = None
    constants: dict[str, str] = field(default_factory=dict)

    @property
    def headers(self) -> frozenset[str]:
        """Every header that is mapped."""
        wide_headers = {w.header for w in self.instruments} | set(self.effects)
        extra = {h for h in (self.area_header, self.asked[0] if self.asked else None) if h}
        return frozenset({c.header for c in self.columns.chosen} | wide_headers | extra)

    @property
    def missing(self) -> tuple[str, ...]:
        """Required columns that nothing stands for."""
        there = set(self.columns.natives) | set(self.constants)
        if any(file.form is not None for file in self.files):  # where nothing else is, the record is the participant
            there.add("participant_id")
        if self.instruments:
            there |= {"instrument", "value"}
            there |= {"assessed_on"} if all(w.is_placed for w in self.instruments) else set()
            there |= {"rater"} if all(w.rater for w in self.instruments) else set()
        return columns.missing(self.table, there | ({"effect"} if self.effects else set()))

    @property
    def score(self) -> float:
        """How much of the table the file holds: a column counts the more, the fewer tables have it."""
        own = sum(_weight(c.native) * (0.5 if c.is_guess else 1.0) for c in self.columns.chosen)
        boxes = len(self.effects) if len(self.effects) > 1 or self.asked else 0
        named = _NAMED if any(headers.table_of(_stem(f)) == self.table.name for f in self.files) else 0.0
        return own + len(self.instruments) + boxes + named - _LACKING * len(self.missing)


def _stem(file: File) -> str:
    return file.form or file.sheet or file.name.rsplit("/", 1)[-1].split(".", 1)[0]


def _weight(native: str) -> float:
    return 1 / max(1, sum(native in table.native_names for table in TABLES.values()))


def propose(file: File, only: str | None = None) -> tuple[TableProposal, ...]:
    """The tables of a file, the likeliest first; none where it is like no table. `only`: this one in any case."""
    if only is not None:
        return (_proposal(TABLES[only], file, file.profiles),)
    found = sorted((_proposal(t, file, file.profiles) for t in TABLES.values()), key=lambda p: -p.score)
    if found[0].score < _LEAST:
        return ()
    chosen = [found[0]]
    for table in TABLES.values():
        beside = _beside(table, file, chosen)
        if beside is not None:
            chosen.append(beside)
    return tuple(chosen)


def _beside(table: Table, file: File, chosen: Sequence[TableProposal]) -> TableProposal | None:
    """A further table in the columns that the chosen ones leave, with the person and the day they share."""
    if any(p.table is table for p in chosen):
        return None
    used = frozenset[str]().union(*(p.headers for p in chosen))
    profiles = [p for p in file.profiles if p.header not in used or _is_shared(p, table)]
    proposal = _proposal(table, replace(file, name=""), profiles)
    own = [c for c in proposal.columns.chosen if c.header not in used and not c.is_guess]
    weight = sum(_weight(c.native) for c in own) + len(proposal.instruments) + len(proposal.effects)
    lacking = set(proposal.missing) - {"rater"}
    if lacking or weight < _LEAST or (proposal.effects and len(proposal.effects) < 2 and proposal.asked is None):
        return None
    return replace(proposal, files=(file,))


def _is_shared(profile: Profile, table: Table) -> bool:
    """The person, the row's day and the session that others refer to serve every table of a file."""
    shared = {"participant_id", DATE, DAY} | (set() if table.name == "sessions" else {"session_id"})
    return not shared.isdisjoint(r.native for r in readings(profile.header, table.name))


def _proposal(table: Table, file: File, profiles: Sequence[Profile]) -> TableProposal:
    found = columns.choose(table, profiles)
    instruments: tuple[WideColumn, ...] = ()
    effects: dict[str, str] = {}
    free = [p for p in profiles if p.header not in {c.header for c in found.chosen if not c.is_guess}]
    if table.name == "outcomes" and not {"instrument", "value"} & found.natives:
        instruments = wide.instrument_columns(free)
        if any(w.is_placed for w in instruments):
            instruments = tuple(w for w in instruments if w.is_placed)
            found = columns.choose(table, profiles, without_time=True)
    if table.name == "side_effects" and "effect" not in found.natives:
        effects = wide.effect_columns(free)
    found = _without(found, {w.header for w in instruments} | set(effects))
    proposal = TableProposal(table, (file,), found, instruments, effects)
    return _with_constants(_with_asked(_with_area(proposal), profiles))


def _without(found: Columns, taken: set[str]) -> Columns:
    """Without the headers that are records of their own; a guess gives way to them."""
    return Columns(
        tuple(c for c in found.chosen if c.header not in taken), tuple(d for d in found.doubts if d.header not in taken)
    )


def _with_area(proposal: TableProposal) -> TableProposal:
    """The counted area belongs to the instruments that need one, and to no other."""
    header = proposal.columns.header("area_cm2")
    if header is None or not any(w.instrument.needs_area for w in proposal.instruments):
        return proposal
    return replace(proposal, columns=_without(proposal.columns, {header}), area_header=header)


def _with_asked(proposal: TableProposal, profiles: Sequence[Profile]) -> TableProposal:
    header = proposal.columns.header(ASKED)
    if header is None:
        return proposal
    word = wide.ticked_word(next(p for p in profiles if p.header == header))
    asked = (header, word) if word is not None and proposal.effects else None
    return replace(proposal, columns=_without(proposal.columns, {header}), asked=asked)


def _with_constants(proposal: TableProposal) -> TableProposal:
    """What a header says besides its name: the unit of a strength."""
    choice = next((c for c in proposal.columns.chosen if c.native == "strength"), None)
    if choice is None or "strength_unit" in proposal.columns.natives:
        return proposal
    unit = next((r.unit for r in readings(choice.header, "treatments") if r.native == "strength" and r.unit), None)
    code = headers.strength_unit(unit) if unit else None
    return replace(proposal, constants={"strength_unit": code}) if code else proposal


def doubts(proposal: TableProposal) -> tuple[Doubt, ...]:
    """Headers of the table's files that might be something and are not mapped."""
    return tuple(d for d in proposal.columns.doubts if d.header not in proposal.headers)


def chosen(proposal: TableProposal) -> tuple[Choice, ...]:
    """The headers that are mapped, in the order of the table's columns."""
    order = {name: place for place, name in enumerate(proposal.table.native_names)}
    return tuple(sorted(proposal.columns.chosen, key=lambda c: order[c.native]))
