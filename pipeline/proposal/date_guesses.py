"""What looks wrong with the dates of a column. Patterns and counts are told, never a date."""

from collections.abc import Iterator

from pipeline.contract.columns import Column
from pipeline.engine.duckdb import quote_name
from pipeline.proposal import dates
from pipeline.proposal.look import Guess, Look
from pipeline.proposal.profile import Profile
from pipeline.toml_values import quoted

_MANY = 0.5


def of(seen: Look) -> Iterator[Guess]:
    """Guesses about every column of dates, or of days from enrolment."""
    for header, native in seen.natives.items():
        column = seen.column(native)
        if column is not None and column.kind in ("date", "period", "lag"):
            yield from _of_column(seen, column, native, header)


def _of_column(seen: Look, column: Column, native: str, header: str) -> Iterator[Guess]:
    profile, day = seen.profiles[header], f"{column.stem}_day"
    n_serial = profile.dates.n_serial if profile.dates.n_serial >= _MANY * profile.n else 0
    is_period = column.kind == "period" and profile.dates.n_partial > 0
    if native == day and native != column.name:
        if profile.is_dates:
            sentence, n = f"{native} counts days from enrolment, but the cells are dates", profile.dates.n_best
            setting = f"columns = {{ {quoted(header)} = {quoted(column.name)} }}"
            yield seen.guess("day_or_date", sentence, native=native, header=header, n=n, setting=setting)
    elif n_serial and not profile.is_dates:
        sentence = f"{n_serial} of {profile.n} cells of {native} look like the day numbers of a spreadsheet; "
        advice = "format the column as a date and export it again"
        yield seen.guess("date_serial", sentence + advice, native=native, header=header, n=n_serial)
    elif profile.is_whole and not profile.is_dates and not is_period and day in seen.table.native_names:
        sentence = f"the cells of {native} are whole numbers, not dates; are they days from enrolment?"
        setting = f"columns = {{ {quoted(header)} = {quoted(day)} }}"
        yield seen.guess("day_or_date", sentence, native=native, header=header, n=profile.n, setting=setting)
    else:
        yield from _pattern(seen, native, header, profile)


def _pattern(seen: Look, native: str, header: str, profile: Profile) -> Iterator[Guess]:
    """The pattern that is declared against the one that reads most."""
    found, pattern = profile.dates, seen.manifest.dates or dates.ISO
    best, other = found.best, dates.turned(pattern)
    if best is None:
        return
    n_read = found.fits.get(pattern)
    if n_read is None:
        n_read = dates.count(seen.sample.con, seen.sample.table, quote_name(header), pattern)
    n_more = found.fits[best] - n_read
    if n_more > 0 and best == other:
        sentence = f"{n_more} dates of {native} are possible only if day and month are turned"
        setting = f"dates = {quoted(best)}"
        yield seen.guess("date_order", sentence, native=native, header=header, n=n_more, setting=setting)
    elif n_more > 0 and best != pattern:
        yield _other_pattern(seen, native, header, profile, n_read)
    elif other is not None and found.n_both > 0 and found.fits.get(other) == n_read:
        first = "day" if pattern.partition(" ")[0] in dates.DAY_FIRST else "month"
        sentence = (
            f"all {n_read} dates of {native} could be read both ways; {pattern} takes the first figure for the "
            f"{first}: is that meant?"
        )
        setting = f"dates = {quoted(other)}"
        yield seen.guess("date_order", sentence, native=native, header=header, n=n_read, setting=setting)


def _other_pattern(seen: Look, native: str, header: str, profile: Profile, n_read: int) -> Guess:
    found, pattern = profile.dates, seen.manifest.dates or dates.ISO
    best, twin = found.best or dates.ISO, found.twin
    head = f"{found.fits[best]} of {profile.n} dates of {native} are written as {best}, {n_read} as {pattern}"
    if found.n_both:
        head += f"; {found.n_both} of them could be read both ways, day first or month first"
    if twin is not None:
        setting = f"dates = {quoted(best)} or dates = {quoted(twin)}"
        return seen.guess("date_order", head, native=native, header=header, n=found.n_both, setting=setting)
    if best == dates.ISO:
        head, chosen = f"{head}; leave dates out", None
    else:
        chosen = f"dates = {quoted(best)}"
    return seen.guess("date_pattern", head, native=native, header=header, n=found.fits[best], setting=chosen)
