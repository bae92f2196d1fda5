"""What a version holds, as types: for the dashboard's first page and a notebook."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Contents:
    """One table as it was taken in: how many records, of how many people."""

    table: str
    n_records: int
    n_people: int


@dataclass(frozen=True)
class FollowUp:
    """One visit: of `n` people its window has closed for `n_due`, and `n_seen` of those reported a result in it.

    `share` (0-1) is of those due, with an exact 95% interval; all three None where the visit is due for nobody.
    """

    week: int
    n: int
    n_due: int
    n_seen: int
    share: float | None
    lower: float | None
    upper: float | None


@dataclass(frozen=True)
class Sender:
    """The people of one clinic or app in one source, and how they were followed up to the visit `week`."""

    source: str
    clinic: str
    n: int
    week: int
    n_due: int
    n_seen: int


@dataclass(frozen=True)
class Overview:
    """`quarters` counts people by the calendar quarter in which they enrolled, oldest first (`2025Q1`)."""

    contents: tuple[Contents, ...]
    follow_up: tuple[FollowUp, ...]
    senders: tuple[Sender, ...]
    quarters: tuple[tuple[str, int], ...]

    def people(self) -> int:
        """Everybody in the version."""
        return next((c.n_people for c in self.contents if c.table == "participants"), 0)
