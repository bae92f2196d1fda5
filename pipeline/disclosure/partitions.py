"""The fixed tables that clinics get: each divides a group of people into cells, everybody being in one of them.

There is no free cross-filter: what may be told apart is written down here, and a table that is not here cannot be
asked for. A table divides everybody of a clinic, or one cell of another table, so that what adds up to what is known.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pipeline.contract import reference

UNKNOWN = ("unknown", "Not known")
EVERYBODY = "people"
"""The code of the first table, whose one cell holds everybody, and of that cell."""

VISITS = (12, 24, 52)
"""Weeks for which a version says who was due."""

Cells = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Partition:
    """One table. `column` of clinic_people.sql holds the cell, `value` of it a result in thousandths of `unit`.

    `parent` is the table and the cell that are divided; `cells` are (code, label) in their order.
    """

    code: str
    title: str
    cells: Callable[[], Cells]
    parent: tuple[str, str] | None = (EVERYBODY, EVERYBODY)
    value: str | None = None
    unit: str | None = None


def _with_unknown(*cells: tuple[str, str]) -> Cells:
    """A vocabulary may have a word for it already."""
    return (*(cell for cell in cells if cell[0] != UNKNOWN[0]), UNKNOWN)


def _words(name: str, *more: tuple[str, str]) -> Callable[[], Cells]:
    return lambda: _with_unknown(*more, *((term.code, term.label) for term in reference.vocabulary(name)))


def _rows(name: str, *more: tuple[str, str]) -> Callable[[], Cells]:
    return lambda: _with_unknown(*more, *((row["code"], row["label"]) for row in reference.rows(name)))


def _fixed(*cells: tuple[str, str]) -> Callable[[], Cells]:
    return lambda: cells


def _ages() -> Cells:
    return _with_unknown(*((row["code"], f"{row['code']} years") for row in reference.rows("age_bands")))


_NONE = ("none", "Not needling")
_SEEN = "seen"


def _visit(week: int) -> Iterator[Partition]:
    yield Partition(
        f"follow_up_{week}", f"Who was seen at week {week}",
        _fixed((_SEEN, "Seen"), ("not_seen", "Due and not seen"), ("not_due", "Not due yet"), UNKNOWN),
    )  # fmt: skip
    above = (f"follow_up_{week}", _SEEN)
    yield Partition(
        f"density_{week}", f"Change of hair density at week {week}, among those seen",
        _fixed(("measured", "Measured"), ("not_measured", "Not measured")), above, f"density_milli_{week}", "hairs/cm2",
    )  # fmt: skip
    yield Partition(
        f"global_{week}", f"The participants' own assessment at week {week}, among those seen",
        _fixed(("better", "Better"), ("same", "The same"), ("worse", "Worse"), ("not_asked", "Not asked")), above,
    )  # fmt: skip


PARTITIONS: tuple[Partition, ...] = (
    Partition(EVERYBODY, "People who consented to comparisons", _fixed((EVERYBODY, "Everybody")), None),
    Partition("diagnosis", "Kind of hair loss", _words("diagnosis")),
    Partition("sex", "Sex", _words("sex")),
    Partition("age_band", "Age", _ages),
    Partition("depth_band", "Needle depth", _rows("depth_bands", _NONE)),
    Partition("frequency_band", "Sessions per week", _rows("frequency_bands", _NONE)),
    Partition("device", "Device", _words("device", _NONE)),
    Partition("setting", "Setting", _words("setting", _NONE)),
    Partition(
        "side_effects", "Side effects reported after any session",
        _fixed(("none", "Asked, and there was none"), ("mild", "Mild or moderate"), ("severe", "Severe or serious"),
               ("not_asked", "Never asked")),
    ),
    *(partition for week in VISITS for partition in _visit(week)),
)  # fmt: skip
"""In the order in which they are decided: a table stands after the one whose cell it divides."""
