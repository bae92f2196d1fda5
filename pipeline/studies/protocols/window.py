"""Visits and their windows: when a result counts for one, and from when on it is missing."""

from dataclasses import dataclass

from pipeline.contract import reference


@dataclass(frozen=True)
class Window:
    """A visit (weeks from time zero, window of +- half_width) and the landmark by which arms are settled."""

    week: int
    half_width_weeks: int
    landmark: int

    @property
    def due_day(self) -> int:
        """From this day on, somebody without a value is missing; before it, it may still come."""
        return 7 * (self.week + self.half_width_weeks)


def find_window(week: int, landmark: int) -> Window | None:
    """The visit with its landmark; None where the visit opens before arms are settled. `week` must be a visit."""
    half = visit_half_widths()[week]
    return Window(week, half, landmark) if landmark < 7 * (week - half) else None


def visit_half_widths() -> dict[int, int]:
    """Weeks before and after each visit in which a value counts for it, by the visit's week."""
    return {int(row["week"]): int(row["half_width_weeks"]) for row in reference.rows("visits")}


def weeks_until(horizon: int) -> tuple[int, ...]:
    """Every visit up to the horizon."""
    return tuple(week for week in sorted(int(row["week"]) for row in reference.rows("visits")) if week <= horizon)
