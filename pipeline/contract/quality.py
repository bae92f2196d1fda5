"""How good what one source sends is, in counts: what landing measures and the letter to the sender tells."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Filled:
    """How many of a table's records that could be read have something in a column."""

    table: str
    column: str
    is_required: bool
    n_records: int
    n_filled: int

    @property
    def share(self) -> float:
        return self.n_filled / self.n_records if self.n_records else 0.0


@dataclass(frozen=True)
class Overdue:
    """People of whom a visit was due and no outcome is there: the lines on which they stand in the sender's file.

    `taken_out_on` tells which copy of the file it is.
    """

    week: int
    file: str
    taken_out_on: date
    lines: tuple[int, ...]


@dataclass(frozen=True)
class Lag:
    """Days from an event to its being written down: the median, and within how many days nine in ten were."""

    table: str
    n_records: int
    median_days: int
    ninth_decile_days: int


@dataclass(frozen=True)
class Delivery:
    """One drop: what was read of it and what was not taken."""

    taken_out_on: date
    n_read: int
    n_quarantined: int

    @property
    def share(self) -> float | None:
        return self.n_quarantined / self.n_read if self.n_read else None


@dataclass(frozen=True)
class Quality:
    """One source. `n_taken` are its current records by table; `n_open` by table and `reasons` by reason those that
    wait for a correction; `n_due` the visits that were due, by week."""

    source: str
    data_until: date
    n_taken: Mapping[str, int]
    n_open: Mapping[str, int]
    reasons: Mapping[str, int]
    filled: tuple[Filled, ...]
    n_due: Mapping[int, int]
    overdue: tuple[Overdue, ...]
    lags: tuple[Lag, ...]
    deliveries: tuple[Delivery, ...]
