"""The unit of a column: as its header or its cells name it, else as the size of its numbers allows."""

from dataclasses import dataclass

from pipeline.contract import reference
from pipeline.contract.columns import Column
from pipeline.contract.instruments import Instrument
from pipeline.proposal.headers import spelled
from pipeline.proposal.profile import Profile

_SLACK = 0.05
"""Numbers may lie outside a range by this share of its width: the twentieth of cells that is no measure."""

TYPICAL = {"hair_density": (40.0, 350.0)}
"""Where a group's median lies, in the native unit, for an instrument whose units cannot be told apart by its valid
range. Judgement: healthy men have 227 +/- 47 terminal and 37 +/- 23 vellus hairs per cm2, and a fifth of them is
advanced loss. Values that two units would make possible are left to the sender."""


@dataclass(frozen=True)
class Unit:
    """A unit and how it was found: `said` by header or cells, or only by the size of the numbers."""

    name: str
    is_said: bool


def of_column(column: Column, profile: Profile, header_unit: str | None) -> Unit | None:
    """The unit to declare for a column, None where it is the native one or nothing speaks for another."""
    if column.unit is None or column.kind not in ("decimal", "integer"):
        return None
    for said in (header_unit, profile.suffix):
        named = _named(column, said) if said else None
        if named is not None and named != column.unit:
            return Unit(named, is_said=True)
    if not profile.is_numeric or _fits(profile, column.low, column.high, 1.0):
        return None
    fitting = [unit for unit, factor in alternatives(column) if _fits(profile, column.low, column.high, factor)]
    return Unit(fitting[0], is_said=False) if len(fitting) == 1 else None


def behind_numbers(column: Column, profile: Profile, declared: str | None) -> str | None:
    """The unit that most numbers of a column carry, where it is another than the declared one."""
    carried = _named(column, profile.suffix) if profile.suffix and column.unit else None
    ours = _named(column, declared) if declared else column.unit
    return carried if carried != ours else None


def alternatives(column: Column) -> list[tuple[str, float]]:
    """(unit, factor) of every unit but the native one that a column may come in."""
    rows = [row for row in reference.rows("units") if row["canonical"] == column.unit]
    return [(row["unit"], float(row["factor"])) for row in rows if row["unit"] != column.unit]


def fitting(column: Column, profile: Profile, declared: str | None = None) -> list[str]:
    """The units in which most numbers of a column would be possible, where they are not in the declared one."""
    known = {column.unit or "": 1.0, **dict(alternatives(column))}
    ours = declared or column.unit or ""
    if not profile.is_numeric or _fits(profile, column.low, column.high, known.get(ours, 1.0)):
        return []
    others = [(unit, factor) for unit, factor in known.items() if unit != ours]
    return [unit for unit, factor in others if _fits(profile, column.low, column.high, factor)]


def fitting_instrument(instrument: Instrument, profile: Profile, declared: str | None) -> list[str]:
    """The same for the values of an instrument."""
    known = {unit.name: unit.factor for unit in instrument.units}
    ours = declared or instrument.unit
    if not profile.is_numeric or _fits(profile, instrument.low, instrument.high, known.get(ours, 1.0)):
        return []
    others = [(unit, factor) for unit, factor in known.items() if unit != ours]
    return [unit for unit, factor in others if _fits(profile, instrument.low, instrument.high, factor)]


def of_instrument(instrument: Instrument, profile: Profile, header_unit: str | None) -> Unit | None:
    """The unit of an instrument's values; None where it knows only one, or nothing tells which it is."""
    for said in (header_unit, profile.suffix):
        for unit in instrument.units:
            if said and spelled(said) in map(spelled, (unit.name, *unit.synonyms)):
                return Unit(unit.name, is_said=True)
    if len(instrument.units) < 2 or not profile.is_numeric or profile.median is None:
        return None
    low, high = TYPICAL.get(instrument.code, (instrument.low, instrument.high))
    possible = [unit.name for unit in instrument.units if low <= profile.median * unit.factor <= high]
    return Unit(possible[0], is_said=False) if len(possible) == 1 else None


def _named(column: Column, said: str) -> str | None:
    """The unit's own name, where the column may come in it."""
    if spelled(said) == spelled(column.unit or ""):
        return column.unit
    for row in reference.rows("units"):
        if row["canonical"] == column.unit and spelled(said) in map(
            spelled, (row["unit"], *row["synonyms"].split("|"))
        ):
            return row["unit"]
    return None


def _fits(profile: Profile, low: float | None, high: float | None, factor: float) -> bool:
    """Whether nine in ten numbers lie in a range once they are multiplied."""
    if profile.low is None or profile.high is None or low is None or high is None:
        return True
    slack = _SLACK * (high - low)
    lowest = low / 2 if low > 0 else low - slack  # of a range like 0.1 to 5 the slack would let anything in
    return profile.low * factor >= lowest and profile.high * factor <= high + slack
