"""What looks wrong with numbers: the other decimal sign, another unit, no unit at all."""

from collections.abc import Iterator

from pipeline.contract.instruments import Instrument, instruments
from pipeline.proposal import units, words
from pipeline.proposal.look import Guess, Look
from pipeline.proposal.profile import Profile
from pipeline.toml_values import quoted

_KINDS = ("decimal", "integer", "age", "value")
_SIZED = ("decimal", "integer")


def of(seen: Look) -> Iterator[Guess]:
    """Guesses about every column of numbers."""
    for header, native in seen.natives.items():
        column, profile = seen.column(native), seen.profiles[header]
        if column is None or column.kind not in _KINDS or not profile.is_numeric:
            continue
        yield from _decimal_sign(seen, header, native, profile)
        if column.kind in _SIZED:
            declared = seen.mapping.units.get(native)
            carried = units.behind_numbers(column, profile, declared)
            better = [] if carried else units.fitting(column, profile, declared)
            if carried:
                yield _carried(seen, header, native, profile, (declared or column.unit or "", carried))
            if better:
                setting = f"units = {{ {native} = {quoted(better[0])} }}"
                yield _size(seen, header, native, profile, (declared or column.unit or "", better, setting))
    yield from _wide(seen)
    yield from _unit_missing(seen)


def _decimal_sign(seen: Look, header: str, native: str, profile: Profile) -> Iterator[Guess]:
    """Numbers with the other sign than the mapping's, where they are more than those with its own.

    A workbook's true numbers come with the mapping's sign, so that those with the other one were typed as text: few
    of them are enough.
    """
    if seen.manifest.decimal == ".":
        n, n_own, sign, name = profile.n_commas, profile.n_points, ",", "comma"
    else:
        n, n_own, sign, name = profile.n_points, profile.n_commas, ".", "point"
    if n <= (0 if seen.manifest.format == "xlsx" else n_own):
        return
    sentence = f"{n} of {profile.n} numbers of {native} are written with a decimal {name}, which is not understood"
    yield seen.guess("decimal_sign", sentence, native=native, header=header, n=n, setting=f"decimal = {quoted(sign)}")


def _carried(seen: Look, header: str, native: str, profile: Profile, pair: tuple[str, str]) -> Guess:
    """Numbers with a unit behind them that is not the declared one: neither is silently taken for the other."""
    declared, carried = pair
    sentence = f"most numbers of {native} have the unit {carried} behind them, and {declared} is what is declared"
    setting = f"units = {{ {native} = {quoted(carried)} }}"
    return seen.guess("unit_behind", sentence, native=native, header=header, n=profile.n_numbers, setting=setting)


def _size(seen: Look, header: str, native: str, profile: Profile, other: tuple[str, list[str], str]) -> Guess:
    """Numbers that are impossible in their unit and possible in another; `other` is (unit, better ones, setting)."""
    unit, better, setting = other
    span = f"values {profile.low:g} to {profile.high:g} would be out of range as {unit}"
    sentence = f"{native}: {span}; are they {' or '.join(better)}?"
    return seen.guess("unit_by_size", sentence, native=native, header=header, n=profile.n_numbers, setting=setting)


def _wide(seen: Look) -> Iterator[Guess]:
    """The same for columns that each hold the values of one instrument."""
    for wide in seen.mapping.instruments:
        profile = seen.profiles.get(wide.header)
        if profile is None or not profile.is_numeric:
            continue
        instrument = instruments()[wide.instrument]
        yield from _decimal_sign(seen, wide.header, "value", profile)
        better = units.fitting_instrument(instrument, profile, wide.unit)
        if better:
            other = (wide.unit or instrument.unit, better, f"unit = {quoted(better[0])}")
            yield _size(seen, wide.header, wide.instrument, profile, other)


def _unit_missing(seen: Look) -> Iterator[Guess]:
    """Instruments of several units, none of which is said."""
    said = {*seen.natives.values(), *seen.mapping.constants}
    if "unit" in said or "value" in seen.mapping.units:
        return
    for header, instrument, setting in (*_wide_without_unit(seen), *_long_without_unit(seen)):
        known = ", ".join(unit.name for unit in instrument.units)
        sentence = f"{instrument.code} may come in {known}, and nothing says in which"
        yield seen.guess("unit_missing", sentence, native="unit", header=header, setting=setting)


def _wide_without_unit(seen: Look) -> Iterator[tuple[str, Instrument, str | None]]:
    for wide in seen.mapping.instruments:
        instrument, profile = instruments()[wide.instrument], seen.profiles.get(wide.header)
        if wide.unit is None and len(instrument.units) > 1 and profile is not None and profile.suffix is None:
            yield wide.header, instrument, f"unit = {quoted(instrument.unit)}"


def _long_without_unit(seen: Look) -> Iterator[tuple[str, Instrument, str | None]]:
    """Instruments named in a column, where the numbers carry no unit themselves. One unit for all rows can be said
    only where one instrument stands alone."""
    value = next((h for h, native in seen.natives.items() if native == "value"), None)
    header = next((h for h, native in seen.natives.items() if native == "instrument"), None)
    if value is None or header is None or seen.profiles[value].suffix is not None:
        return
    codes = dict.fromkeys(words.instrument_code(word.text) for word in seen.profiles[header].words)
    for code in codes:
        if code is not None and len(instruments()[code].units) > 1:
            instrument = instruments()[code]
            yield header, instrument, f"constants = {{ unit = {quoted(instrument.unit)} }}" if len(codes) == 1 else None
