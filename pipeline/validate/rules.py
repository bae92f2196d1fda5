"""The grammar of the suites in `expectations/`: what a rule is and which checks there are.

SQL of a rule names things by placeholders, because the same rule runs at two places:

| placeholder        | at landing             | in the candidate  |
|--------------------|------------------------|-------------------|
| `{batch}`          | the suite's own table  | the same          |
| `{participants}` … | `landing_participants` | `participants`    |
| `{person}`         | `participant`          | `participant_id`  |

Critical is what the program itself promises (admission, marts, accounts): if it fails, something is
broken or was tampered with. Warning is what a sender may send: it is shown, and blocks nobody.
"""

from dataclasses import dataclass
from typing import Literal

from pipeline.contract.gate import Severity

Place = Literal["landing", "research"]
"""landing: the current records as admitted, days shifted. research: the candidate, days from enrolment."""


@dataclass(frozen=True)
class HasColumns:
    """The table has these columns with these DuckDB types; others may stand beside them."""

    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class NotNull:
    """The column is never NULL."""

    column: str


@dataclass(frozen=True)
class Between:
    """The column lies within [low, high]; NULL passes."""

    column: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class InSet:
    """The column holds one of these values; NULL passes."""

    column: str
    values: tuple[str | int, ...]


@dataclass(frozen=True)
class Unique:
    """No two rows agree in all these columns; two NULLs agree."""

    columns: tuple[str, ...]


@dataclass(frozen=True)
class Rows:
    """No row of the table (`b`) fulfils this SQL condition; NULL passes."""

    where: str


@dataclass(frozen=True)
class Groups:
    """This SELECT over aggregates returns no row."""

    sql: str


@dataclass(frozen=True)
class Measure:
    """This SELECT of one number lies within [low, high]; NULL (too little to measure) passes."""

    sql: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Drift:
    """This SELECT of one number has not moved too far from the last published version.

    `fall` is the largest tolerated relative decrease (0.2 = a fifth), `shift` the largest absolute change.
    Passes where there is no earlier version.
    """

    sql: str
    fall: float | None = None
    shift: float | None = None


@dataclass(frozen=True)
class Matches:
    """This SELECT of one number equals the number that `landing` selects from the landing file."""

    sql: str
    landing: str


Check = HasColumns | NotNull | Between | InSet | Unique | Rows | Groups | Measure | Drift | Matches


@dataclass(frozen=True)
class Rule:
    """One expectation. `sentence` says in plain English what holds and why it matters.

    `only` names the place where the rule makes sense, None for wherever its suite runs.
    """

    id: str
    severity: Severity
    sentence: str
    check: Check
    only: Place | None = None


@dataclass(frozen=True)
class Suite:
    """The rules of one table of the contract (at both places) or of one mart (in the candidate only)."""

    table: str
    rules: tuple[Rule, ...]
    is_mart: bool = False

    @property
    def places(self) -> tuple[Place, ...]:
        return ("research",) if self.is_mart else ("landing", "research")
