"""Which header holds which column of one table: by its name, and by whether its cells could be that column."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.contract.columns import Column, Table
from pipeline.proposal import units, words
from pipeline.proposal.headers import EXACT, LESS, Reading, readings
from pipeline.proposal.profile import Profile
from pipeline.proposal.synonyms import ASKED, DATE, DAY, ID
from pipeline.proposal.units import Unit
from pipeline.proposal.words import Meanings

_DATED = ("date", "period", "lag")
_NUMERIC = ("integer", "decimal", "age")
_WORDY = ("code", "boolean", "flag")
_UNIQUE = 0.98
"""From this share of different cells on a column numbers the rows; the rest may be rows that were written twice."""

_UNDERSTOOD = 0.3
"""A column of codes holds at least this share of words that its vocabulary knows."""

_FARTHEST_DAY = 20_000


@dataclass(frozen=True)
class Choice:
    """One header and the native name it stands for. `is_guess`: not by a word that is known, but one alike."""

    header: str
    native: str
    is_guess: bool
    unit: Unit | None = None
    meanings: Meanings = field(default_factory=Meanings)


@dataclass(frozen=True)
class Doubt:
    """A header that is not mapped, and what it might be, as a sentence."""

    header: str
    sentence: str


@dataclass(frozen=True)
class Columns:
    """The outcome for one table: what was chosen, what was left in doubt."""

    chosen: tuple[Choice, ...]
    doubts: tuple[Doubt, ...]

    def header(self, native: str) -> str | None:
        """The header chosen for a native name."""
        return next((c.header for c in self.chosen if c.native == native), None)

    @property
    def natives(self) -> frozenset[str]:
        return frozenset(c.native for c in self.chosen)


def choose(table: Table, profiles: Sequence[Profile], *, without_time: bool = False) -> Columns:
    """The columns of a table in these headers. `without_time`: the row has no day, its wide columns tell the visit."""
    offers, doubts = _offers(table, profiles, without_time)
    chosen: dict[str, Choice] = {}
    for reading, profile in offers:
        if profile.header in {c.header for c in chosen.values()}:
            continue
        equal = [r.native for r, p in offers if p is profile and r.certainty == reading.certainty]
        if len([native for native in equal if native not in chosen]) > 1:
            doubts.setdefault(profile.header, f"could be {' or '.join(sorted(equal))}")
        elif reading.native in chosen:
            taken = chosen[reading.native].header
            doubts.setdefault(profile.header, f'could be {reading.native} too, which is taken from "{taken}"')
        else:
            chosen[reading.native] = _choice(column_of(table, reading.native), reading, profile)
    kept, mixed = _one_form(table, chosen)
    named = {c.header for c in kept}
    rest = {header: sentence for header, sentence in {**doubts, **mixed}.items() if header not in named}
    return Columns(tuple(kept), tuple(Doubt(header, sentence) for header, sentence in rest.items()))


def offered(table: Table, seen: Profile) -> list[Reading]:
    """What one header may stand for and its cells could be, the surest first."""
    return [reading for reading, _ in _offers(table, [seen], without_time=False)[0]]


def _offers(
    table: Table, profiles: Sequence[Profile], without_time: bool
) -> tuple[list[tuple[Reading, Profile]], dict[str, str]]:
    """(what each header may stand for and its cells could be, the surest first; the headers whose cells could not)."""
    offers, doubts = [], {}
    for profile in profiles:
        for reading in _resolved(table, profile):
            column = column_of(table, reading.native)
            if column is None or _could_be(column, reading.native, profile):
                offers.append((reading, profile))
            else:
                doubts[profile.header] = f"is called like {reading.native}, but its cells are something else"
    timed = [(r, p) for r, p in offers if not (without_time and _is_time(table, r.native))]
    return sorted(timed, key=lambda offer: -offer[0].certainty), doubts


def _resolved(table: Table, profile: Profile) -> list[Reading]:
    """The readings of a header with `date`, `day` and `id` put in the table's own words, dates or days as sent."""
    found: dict[str, Reading] = {}
    for reading in readings(profile.header, table.name):
        native, certainty = reading.native, reading.certainty
        if native in (DATE, DAY):
            native, certainty = table.time or "", certainty * LESS
        elif native == ID:
            native, certainty = _numbered(table, profile), certainty * LESS
        if native == ASKED:
            if words.share_understood(_YES_OR_NO, profile.words) > _UNDERSTOOD:
                found[ASKED] = Reading(ASKED, certainty, None)
            continue
        native = _as_sent(table, native, profile)
        if native and (native not in found or found[native].certainty < certainty):
            found[native] = Reading(native, certainty, reading.unit)
    return sorted(found.values(), key=lambda r: -r.certainty)


_YES_OR_NO = Column("asked", "boolean", "")


def _numbered(table: Table, profile: Profile) -> str:
    """What a column of bare numbers counts: rows where no two are alike, else people."""
    if table.identity is not None and _is_unique(profile):
        return table.identity.name
    return "participant_id"


def _as_sent(table: Table, native: str, profile: Profile) -> str:
    """The `_day` form of a date whose cells are counts of days."""
    column = column_of(table, native)
    if column is None or column.kind not in ("date", "period") or native.endswith("_day"):
        return native
    day = f"{column.stem}_day"
    is_count = profile.is_whole and not profile.is_dates and abs(profile.high or 0) < _FARTHEST_DAY
    years = profile.dates.n_partial >= profile.n_whole > 0
    return day if is_count and not years and day in table.native_names else native


def column_of(table: Table, native: str) -> Column | None:
    """The column of a native name, `_day` forms and `age_band` included."""
    for column in table.columns:
        dated = column.kind in ("date", "period") and native == f"{column.stem}_day"
        if native == column.name or dated or (column.kind == "age" and native == "age_band"):
            return column
    return None


def _is_time(table: Table, native: str) -> bool:
    column = column_of(table, native)
    return column is not None and column.name == table.time


def _could_be(column: Column, native: str, profile: Profile) -> bool:
    """Whether the cells may be values of the column; an empty column may be anything."""
    if profile.n == 0 or native == profile.header:
        return True
    if column.kind in _DATED:
        periods = column.kind == "period" and profile.dates.n_partial >= profile.n / 2
        return profile.is_dates or periods or (native.endswith("_day") and profile.is_whole)
    if column.kind == "identity":
        return _is_unique(profile)
    if column.kind in _NUMERIC and native != "age_band":
        return profile.is_numeric and not profile.is_dates
    if column.kind in _WORDY:
        return bool(profile.words) and words.share_understood(column, profile.words) >= _UNDERSTOOD
    return not profile.is_dates


def _is_unique(profile: Profile) -> bool:
    return profile.n > 0 and profile.n_distinct >= _UNIQUE * profile.n


def _choice(column: Column | None, reading: Reading, profile: Profile) -> Choice:
    is_guess = reading.certainty < EXACT * LESS and reading.native != profile.header
    if column is None or reading.native != column.name:
        return Choice(profile.header, reading.native, is_guess)
    return Choice(
        profile.header,
        reading.native,
        is_guess,
        units.of_column(column, profile, reading.unit),
        words.meanings(column, profile.words) if column.kind in _WORDY else Meanings(),
    )


def _one_form(table: Table, chosen: Mapping[str, Choice]) -> tuple[list[Choice], dict[str, str]]:
    """A table gives dates or days, never both: the form of its own day stays, the other is left in doubt."""
    dated = [c for c in chosen.values() if (k := column_of(table, c.native)) and k.kind in ("date", "period")]
    days = [c for c in dated if c.native.endswith("_day")]
    dates = [c for c in dated if c not in days]
    if not (days and dates):
        return list(chosen.values()), {}
    is_day = any(_is_time(table, c.native) for c in days) or len(days) > len(dates)
    lost = dates if is_day else days
    form = "days from enrolment" if is_day else "dates"
    doubts = {
        c.header: f"would be {c.native}, but this table gives {form}, and a table gives dates or days, never both"
        for c in lost
    }
    return [c for c in chosen.values() if c not in lost], doubts


def missing(table: Table, natives: Iterable[str]) -> tuple[str, ...]:
    """Required columns that nothing stands for; the scale of a stage is required where there is a stage."""
    there = set(natives)
    stand_ins = {"age_years": {"age_band"}, "enrolled_on": {"enrolled_quarter"}}
    return tuple(
        c.name
        for c in table.columns
        if (c.required or (c.name == "staging_scale" and "stage" in there))
        and not ({c.name, f"{c.stem}_day", *stand_ins.get(c.name, set())} & there)
    )
