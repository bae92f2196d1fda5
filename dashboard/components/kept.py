"""What is made once for the same things: a page is run again at every click, and Plotly takes its time."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock


class Kept:
    """The texts made last, by what they were made of; shared by everybody who asks with the same key.

    Nobody gets what they did not bring themselves, so viewers need not be kept apart.
    """

    def __init__(self, most: int) -> None:
        self._made: OrderedDict[bytes, str] = OrderedDict()
        self._lock = Lock()
        self._most = most

    def get(self, key: bytes, make: Callable[[], str]) -> str:
        """What was made for this key, made now where there is none."""
        with self._lock:
            if key in self._made:
                self._made.move_to_end(key)
                return self._made[key]
        made = make()
        with self._lock:
            self._made[key] = made
            while len(self._made) > self._most:
                self._made.popitem(last=False)
        return made
