"""The exception tree, and the exit code of each family.

NeedlingError
|-- UsageError          2  the command, the configuration or the home is wrong
|-- RefusedError        3  some input was refused whole; the rest was landed
|-- GateError           4  a critical expectation failed; nothing was published
|-- LockedError         5  another run holds the lock

A message says what, what we got and what to do next. It never holds anybody's data.
"""

import traceback
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]


class NeedlingError(Exception):
    """Any failure that a user can understand and act on. Printed without a traceback."""

    exit_code = 1


class UsageError(NeedlingError):
    """The command line, the configuration or the home cannot be used."""

    exit_code = 2


class RefusedError(NeedlingError):
    """A drop or a file cannot be taken at all. Other drops and files go on."""

    exit_code = 3


class GateError(NeedlingError):
    """A critical expectation failed: nothing is published, the old version stays."""

    exit_code = 4


class LockedError(NeedlingError):
    """Another run is at work in this home."""

    exit_code = 5


def place_of(error: BaseException) -> str:
    """Where in our code something failed: all that may be told where nobody foresaw it, for its text may quote data.

    >>> place_of(ValueError("4711"))
    'in an unknown place'
    """
    ours = [f for f in traceback.extract_tb(error.__traceback__) if Path(f.filename).is_relative_to(_ROOT)]
    return f"in {Path(ours[-1].filename).relative_to(_ROOT)}, line {ours[-1].lineno}" if ours else "in an unknown place"


def trace_of(error: BaseException) -> str:
    """The way to a failure and to what led to it, the last first: kinds and places, for a log. No text, as above.

    >>> trace_of(ValueError("4711"))
    'ValueError'
    """
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    said = type(error).__name__ + "".join(f"\n{place.rstrip()}" for place in traceback.format_tb(error.__traceback__))
    return said if earlier is None else f"{said}\nled to by {trace_of(earlier)}"
