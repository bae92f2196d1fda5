"""What makes a side effect serious, and how a steward is told: by file and line of the sender, not by person or day."""

from collections.abc import Sequence

SEVERE_GRADE = 3
"""CTCAE: 3 is severe or medically significant, 4 life-threatening, 5 death (NCI, CTCAE 5.0 and 6.0)."""

VERY_SEVERE = 4
"""The top of the participants' own scale: 0 none to 4 very severe (contract, section 2). Participants give no grade,
so a clinician has to look before anybody knows what it was."""

IS_SERIOUS = f"(serious OR ctcae_grade >= {SEVERE_GRADE} OR severity >= {VERY_SEVERE})"
"""SQL over the columns of side_effects. `serious` is the sender's word in the regulatory sense (ICH E2A)."""

PREFIX = "ALERT: "
"""How a warning begins that is an alert."""

LISTED = 100
"""So many alerts `needling status` and the Steward page list, those in quarantine first, then the newest."""

LINES_TOLD = 20
"""So many lines of a file stand in one alert; `needling status` lists more."""


def is_alert(warning: str) -> bool:
    """Whether a warning of a run is an alert: it names lines, so it is told at once and kept in no run record."""
    return warning.startswith(PREFIX)


def sentence(source: str, file: str, lines: Sequence[int], waiting: Sequence[int]) -> str:
    """One file's alert; `waiting` are those of `lines` that were not taken.

    >>> sentence("north", "e.csv", [4, 9], [9])
    'ALERT: north, e.csv: 2 serious side effects (lines 4, 9); 1 of them is in quarantine and in no result (line 9)'
    """
    noun = "serious side effect" if len(lines) == 1 else "serious side effects"
    told = f"{PREFIX}{source}, {file}: {len(lines):,} {noun} ({_lines(lines)})"
    if not waiting:
        return told
    if len(waiting) == len(lines):
        return f"{told}; in quarantine, and so in no result"
    verb = "is" if len(waiting) == 1 else "are"
    return f"{told}; {len(waiting):,} of them {verb} in quarantine and in no result ({_lines(waiting)})"


def _lines(lines: Sequence[int]) -> str:
    more = len(lines) - LINES_TOLD
    named = ", ".join(str(line) for line in lines[:LINES_TOLD])
    return f"line{'' if len(lines) == 1 else 's'} {named}" + (f" and {more:,} more" if more > 0 else "")
