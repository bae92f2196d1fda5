"""Looking for garbage among what will never be any is left out."""

import atexit
import gc
import sys

_GROWN = 20
"""Modules imported since the last time, from which on it is worth doing again (judgement)."""


class _Settled:
    """How many modules were imported when everything was last taken out of the search."""

    modules = 0


def settle() -> None:
    """Take what is imported out of the search for garbage that Python makes now and then.

    It looks at every object that there is: a tenth of a second of processor time, with what a page needs imported.
    Done again when more was imported, which comes to an end.
    """
    if len(sys.modules) - _Settled.modules < _GROWN:
        return
    if not _Settled.modules:
        atexit.register(gc.unfreeze)  # at the end libraries look whether everything of theirs was given back
    _Settled.modules = len(sys.modules)
    gc.collect()
    gc.freeze()
