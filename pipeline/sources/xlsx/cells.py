"""The number of a cell as the text its user sees: numbers, percentages, dates and times, by number format."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache

Render = Callable[[str], str | None]

_MS_PER_DAY = 86_400_000
_LAST_DAY = date(9999, 12, 31)
_DAYS_KEPT = 4096
"""So many moments are remembered as text: most days of a log come again and again."""

_NO_SUCH_DAY = 60
"""The serial of 29 February 1900, which Lotus 1-2-3 believed in and Excel kept."""

_PLAIN_DIGITS = 15
"""So many digits a spreadsheet program shows and keeps; what a file holds beyond is the noise of its arithmetic."""

_LONGEST_WHOLE = 40
"""A whole number of up to so many digits is an id that another program wrote, and stays as it stands."""

_SMALLEST, _LARGEST = 1e-10, 1e21
"""Between them a number is written without an exponent."""

_BUILT_IN = {
    9: "0%", 10: "0.00%", 14: "mm-dd-yy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm", 19: "h:mm:ss",
    20: "h:mm", 21: "h:mm:ss", 22: "m/d/yy h:mm", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0",
    **dict.fromkeys((*range(27, 32), 36, *range(50, 55), 57, 58), "yyyy-mm-dd"),
    **dict.fromkeys((32, 33, 34, 35, 55, 56), "h:mm:ss"),
}  # fmt: skip
"""Formats that a file names by number only (ECMA-376, 18.8.30); from 27 on those of East Asian languages."""

_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.')
_BRACKET = re.compile(r"\[(?!h+\]|m+\]|s+\])[^\]]*\]")
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]")
_HALF_DAY = re.compile(r"am/pm|a/p")


@dataclass(frozen=True)
class Shown:
    """What a number format makes of a number. `digits` are those of a format such as 0000, at least two."""

    is_percent: bool = False
    digits: int = 0
    has_year: bool = False
    has_month: bool = False
    has_day: bool = False
    has_time: bool = False
    is_elapsed: bool = False

    @property
    def is_date(self) -> bool:
        return self.has_year or self.has_month or self.has_day


def shown(code: int | str) -> Shown:
    """What a number format shows, by its code or its built-in number.

    >>> shown("dd/mm/yyyy").is_date, shown("0.0%").is_percent, shown("[h]:mm").is_elapsed, shown("0000").digits
    (True, True, True, 4)
    """
    text = _BUILT_IN.get(code, "") if isinstance(code, int) else code
    bare = _BRACKET.sub("", _LITERAL.sub("", text).lower()).split(";")[0]
    bare = _HALF_DAY.sub("h", bare)
    if "general" in bare:
        return Shown()
    if _ELAPSED.search(bare):
        return Shown(is_elapsed=True)
    has_time = "h" in bare or "s" in bare
    has_year, has_day = "y" in bare or "e" in bare.replace("e+", "").replace("e-", ""), "d" in bare
    is_date = has_year or has_day or ("m" in bare and not has_time)
    if is_date or has_time:
        return Shown(has_year=has_year, has_day=has_day, has_month=is_date and "m" in bare, has_time=has_time)
    digits = len(bare) if re.fullmatch("0{2,}", bare) else 0
    return Shown(is_percent="%" in bare, digits=digits)


def renderers(
    codes: Sequence[int | str], *, is_1904: bool, decimal: str = ".", dates: str | None = None
) -> list[Render]:
    """A renderer for each style of a workbook, by the codes of their number formats; styles of one format share it."""
    made = {code: renderer(code, is_1904=is_1904, decimal=decimal, dates=dates) for code in dict.fromkeys(codes or [0])}
    return [made[code] for code in codes or [0]]


def renderer(code: int | str, *, is_1904: bool, decimal: str, dates: str | None) -> Render:
    """How cells of a number format become text: in the source's own way of writing numbers and dates.

    None for what is no number at all.
    """
    form = shown(code)
    if form.is_elapsed:
        return _or_number(elapsed, decimal)
    if form.is_date or form.has_time:
        return lru_cache(maxsize=_DAYS_KEPT)(_or_number(lambda value: moment(value, form, is_1904, dates), decimal))
    if form.is_percent:
        return lambda text: _percent(text, decimal)
    if form.digits:
        return lambda text: _padded(_number_text(text, decimal), form.digits)
    return lambda text: _number_text(text, decimal)


def _or_number(render: Callable[[float], str | None], decimal: str) -> Render:
    """A renderer that falls back to the plain number where there is no such day or time."""

    def run(text: str) -> str | None:
        value = float(text)
        return (render(value) if math.isfinite(value) else None) or _number_text(text, decimal)

    return run


def _percent(text: str, decimal: str) -> str | None:
    """80% where 0.8 is kept and 80% shown: a column of percent takes its sign, any other column refuses it."""
    value = float(text)
    return (
        f"{_positional(Decimal(f'{value:.{_PLAIN_DIGITS}g}') * 100)}%".replace(".", decimal)
        if math.isfinite(value)
        else None
    )


def _padded(text: str | None, digits: int) -> str | None:
    """The leading zeros that a format such as 0000 shows: ids are typed so, and are text in other sheets."""
    return text.zfill(digits) if text else None


def _number_text(text: str, decimal: str) -> str | None:
    if text.isdecimal() and text.isascii() and len(text) <= _LONGEST_WHOLE and (text[0] != "0" or len(text) == 1):
        return text  # the usual case, and no need to think
    value = float(text)
    return number(value).replace(".", decimal) if math.isfinite(value) else None


def number(value: float) -> str:
    """A number in its shortest form, to the digits that a spreadsheet program shows.

    >>> number(1.0), number(0.1 + 0.2), number(-0.0), number(1e-5), number(12345678901234567890.0)
    ('1', '0.3', '0', '0.00001', '12345678901234600000')
    """
    if not value:
        return "0"
    if not _SMALLEST <= abs(value) < _LARGEST:
        return repr(value)
    return _positional(Decimal(f"{value:.{_PLAIN_DIGITS}g}"))


def _positional(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def moment(serial: float, form: Shown, is_1904: bool, dates: str | None) -> str | None:
    """A date, a time or both, from days since the workbook's first; None where there is no such day.

    A month or a year alone stays one: a format without days shows what was typed as 2023-05, kept as its first day.
    """
    days, rest = divmod(round(serial * _MS_PER_DAY), _MS_PER_DAY)
    first = _first_day(days, is_1904)
    if days < 0 or days > (_LAST_DAY - first).days:
        return None
    clock = (datetime.min + timedelta(milliseconds=rest)).time()
    if days == 0 and not (is_1904 and form.is_date):
        return _clock(clock) if rest or form.has_time else None
    if days == _NO_SUCH_DAY and not is_1904:
        return "1900-02-29"
    day = first + timedelta(days=days)
    if day.day == 1 and form.has_year and not (rest or form.has_day or form.has_time):
        if form.has_month:
            return f"{day:%Y-%m}"
        if day.month == 1:
            return f"{day:%Y}"
    return written(datetime.combine(day, clock), dates)


def _first_day(days: int, is_1904: bool) -> date:
    if is_1904:
        return date(1904, 1, 1)
    return date(1899, 12, 31 if days < _NO_SUCH_DAY else 30)


def written(when: datetime, dates: str | None) -> str:
    """A moment as the source writes its dates, else in ISO 8601; the time only where there is one."""
    if dates is not None:
        return when.strftime(dates)
    return when.date().isoformat() if when.time() == time.min else f"{when:%Y-%m-%d}T{_clock(when.time())}"


def _clock(clock: time) -> str:
    return clock.isoformat("milliseconds" if clock.microsecond else "seconds")


def elapsed(value: float) -> str | None:
    """A duration of `value` days in hours, minutes and seconds; None for one below zero.

    >>> elapsed(1.5)
    '36:00:00'
    """
    if value < 0:
        return None
    minutes, seconds = divmod(round(value * 86_400), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
