"""Words of cells that mean the same in every column: nothing recorded, yes, no, a ticked box."""

import re
from collections.abc import Sequence

MISSING_TOKENS = ("", "na", "null")
"""Tokens that mean: not recorded (contract, section 2)."""

YES = ("true", "yes", "1", "t", "y")
NO = ("false", "no", "0", "f", "n")
"""What a boolean column understands without being told."""

TICKED = ("1", "true", "yes", "y", "x", "checked", "ja", "oui", "si", "sí", "sim")
UNTICKED = ("0", "false", "no", "n", "unchecked", "nein", "non", "não", "nao")
"""What a tick-box column understands."""

COMMON_AMONG = 3
"""A word that this many people's records share is a code of the sender's, not anybody's name."""

_LIKE_DATA = re.compile(r"\d{5}|\d[-./:]\d+[-./:]\d|@|^[-+]?\d+([.,]\d+)?$")


def looks_like_data(text: str) -> bool:
    """Whether a cell is a number, a date, a mail or a long figure, as no header is.

    >>> looks_like_data("0.5"), looks_like_data("03.03.2026"), looks_like_data("Needle (0-10)")
    (True, True, False)
    """
    return _LIKE_DATA.search(text) is not None


_MOSTLY_DATA = 1 / 3
"""From this share of headers that look like data on, the line is taken for a record: none of it is shown."""


_LONGEST_TOLD = 80
"""More letters of a header are not told: a question of a form is recognised by then, and a message stays readable."""


def headers_told(headers: Sequence[str]) -> tuple[str, ...]:
    """The headers as they may be shown: the first line of a file without headers is somebody's record.

    >>> headers_told(("Patient", "needle_length_mm"))
    ('Patient', 'needle_length_mm')
    >>> headers_told(("P-014", "03.03.2026", "Roller"))
    ('(column 1)', '(column 2)', '(column 3)')
    """
    looks = [looks_like_data(header) for header in headers]
    is_record = sum(looks) >= max(1.0, _MOSTLY_DATA * len(headers))
    return tuple(
        f"(column {place})" if is_record or look else _shortened(header)
        for place, (header, look) in enumerate(zip(headers, looks, strict=True), start=1)
    )


def _shortened(header: str) -> str:
    return header if len(header) <= _LONGEST_TOLD else f"{header[: _LONGEST_TOLD - 1]}…"
