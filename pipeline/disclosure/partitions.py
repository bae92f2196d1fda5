"""The fixed tables that clinics get: each divides a group of people into cells, everybody being in one of them.

There is no free cross-filter: what may be told apart is written down here, and a table that is not here cannot be
asked for. A table divides everybody of a clinic, or one cell of another table, so that what adds up to what is known.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from pipeline.contract import reference
from pipeline.contract.spoken import capital, years

UNKNOWN = ("unknown", "Not known")
EVERYBODY = "people"
"""The code of the first table, whose one cell holds everybody, and of that cell."""

VISITS = (12, 24, 52)
"""Weeks for which a version says who was due."""

Cells = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Partition:
    """One table. `column` of clinic_people.sql (`code` if not given) holds the cell, `value` a result in thousandths.

    `parent` is the table and the cell that are divided; `cells` are (code, label) in their order. `units` names the
    cells that have a mean, with its unit.
    """

    code: str
    title: str
    cells: Callable[[], Cells]
    parent: tuple[str, str] | None = (EVERYBODY, EVERYBODY)
    value: str | None = None
    units: Mapping[str, str] = field(default_factory=dict)
    column: str = ""


def _with_unknown(*cells: tuple[str, str]) -> Cells:
    """A vocabulary may have a word for it already."""
    return (*(cell for cell in cells if cell[0] != UNKNOWN[0]), UNKNOWN)


def _words(name: str) -> Callable[[], Cells]:
    return lambda: _with_unknown(*((term.code, term.label) for term in reference.vocabulary(name)))


def _rows(name: str) -> Callable[[], Cells]:
    return lambda: _with_unknown(*((row["code"], capital(row["label"])) for row in reference.rows(name)))


def _fixed(*cells: tuple[str, str]) -> Callable[[], Cells]:
    return lambda: cells


def _ages() -> Cells:
    return _with_unknown(*((row["code"], f"{years(row['code'])} years") for row in reference.rows("age_bands")))


_NEEDLING = "needling"
_AT_ALL = (_NEEDLING, _NEEDLING)
_SEEN = "seen"
MEASURED = "measured"
DENSITY = "hairs/cm2"

PRICE = "price"
_CURRENCIES = ("EUR", "USD", "GBP", "CHF")
"""Those in which a mean is told (judgement); amounts are never converted."""

CASE_MIX: Cells = (
    ("early", "Androgenetic alopecia, early stage"), ("later", "Androgenetic alopecia, later stage"),
    ("unstaged", "Androgenetic alopecia, stage not known"), ("other", "Another kind of hair loss"),
)  # fmt: skip
"""What clinics' patients differ in most before anything is done: results are told within these, and held against what
the others have within the same."""


def _visit(week: int) -> Iterator[Partition]:
    yield Partition(
        f"follow_up_{week}", f"Who was seen at week {week}",
        _fixed((_SEEN, "Seen"), ("not_seen", "Due and not seen"), ("not_due", "Not due yet"), UNKNOWN),
    )  # fmt: skip
    above = (f"follow_up_{week}", _SEEN)
    yield Partition(
        f"density_{week}", f"Change of hair density at week {week}, among those seen",
        _fixed((MEASURED, "Measured"), ("not_measured", "Not measured")), above, f"density_milli_{week}",
        {MEASURED: DENSITY},
    )  # fmt: skip
    yield Partition(
        f"case_mix_{week}", f"Change of hair density at week {week}, by stage, among those measured",
        _fixed(*CASE_MIX), (f"density_{week}", MEASURED), f"density_milli_{week}",
        {code: DENSITY for code, _ in CASE_MIX}, "case_mix",
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
    # whoever needles not is in no band, with no device, in no setting: told once, or one table would tell what the
    # next withholds
    Partition(_NEEDLING, "Needling", _fixed((_NEEDLING, "Needling"), ("none", "Not needling"), UNKNOWN)),
    Partition("depth_band", "Needle depth, among those needling", _rows("depth_bands"), _AT_ALL),
    Partition("frequency_band", "Sessions per week, among those needling", _rows("frequency_bands"), _AT_ALL),
    Partition("device", "Device, among those needling", _words("device"), _AT_ALL),
    Partition("setting", "Setting, among those needling", _words("setting"), _AT_ALL),
    Partition(
        "side_effects", "Side effects reported after any session",
        _fixed(("none", "Asked, and there was none"), ("mild", "Mild or moderate"), ("severe", "Severe or serious"),
               ("not_asked", "Never asked")),
    ),
    *(partition for week in VISITS for partition in _visit(week)),
    Partition(
        PRICE, "What patients pay a month",
        _fixed(*((code.lower(), f"In {code}") for code in _CURRENCIES), ("other", "In other or several currencies"),
               ("unspread", "Told, but cannot be spread over months"), ("not_told", "Not told")),
        value="price_milli", units={code.lower(): f"{code} a month" for code in _CURRENCIES},
    ),
)  # fmt: skip
"""In the order in which they are decided: a table stands after the one whose cell it divides."""


DIVIDED = frozenset(partition.parent for partition in PARTITIONS)
"""The cells that another table divides."""


def has_sum_above(partition: Partition) -> bool:
    """Whether the mean of everybody in the table is itself released, so that means of its cells add up to it."""
    above = {p.code: p for p in PARTITIONS}
    return partition.parent is not None and partition.parent[1] in above[partition.parent[0]].units
