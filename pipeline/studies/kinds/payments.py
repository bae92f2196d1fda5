"""What people pay for needling a month, by arm, currency and year: amounts are never summed across either.

Device, cartridges and session fees, each spread over its stated life. The year is that of somebody's first payment,
known to about a quarter, for days are kept from enrolment and of enrolment only the quarter.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np

from pipeline.contract import reference
from pipeline.studies.estimators.effect import Array
from pipeline.studies.people.population import SETTLED
from pipeline.studies.people.reading import bound, fetch
from pipeline.studies.protocols.arms import arm_sql
from pipeline.studies.protocols.filters import parse_filters
from pipeline.studies.protocols.protocol import Protocol

ITEMS = ("device", "cartridge", "session_fee")
"""What needling itself costs; other treatments and what nobody could name are left out."""


@dataclass(frozen=True)
class Prices:
    """Amounts a month of people who paid in one currency and first in one year, by arm."""

    currency: str
    year: int
    amounts: Mapping[str, Array]

    @property
    def unit(self) -> str:
        return f"{self.currency} a month ({self.year})"

    @property
    def fewest(self) -> int:
        return min(len(values) for values in self.amounts.values())


@dataclass(frozen=True)
class Payments:
    """Attrition, people by arm (in the arm, who told any cost, whose costs can be spread), and the prices; those
    that most people of the smaller arm paid in come first. That choice looks at no amount."""

    attrition: tuple[tuple[str, int], ...]
    people: Mapping[str, tuple[int, int, int]]
    prices: tuple[Prices, ...]


def read_payments(con: duckdb.DuckDBPyConnection, protocol: Protocol) -> Payments:
    """Of the protocol's people in one of its arms, in two passes over the version."""
    arm, parameters = arm_sql(protocol.arms)
    filters = parse_filters(con, protocol.people.where)
    parameters |= filters.parameters | {
        "diagnosis": protocol.people.diagnosis, "landmark": protocol.landmark_days, "items": list(ITEMS),
    }  # fmt: skip
    person, exposure = filters.sql("person", besides=("diagnosis",)), filters.sql("exposure")
    steps = (
        ("all participants", "true"),
        (f"diagnosis: {reference.label('diagnosis', protocol.people.diagnosis)}", "p.diagnosis = $diagnosis"),
        *([("match the filters on people", person)] if person != "true" else []),
        *([] if protocol.people.prevalent else [_NEW]),
        (f"exposure settled by day {protocol.landmark_days}", SETTLED),
        *([("match the filters on exposure", exposure)] if exposure != "true" else []),
        ("arm known", f"({arm}) IS NOT NULL"),
        ("told what needling cost", "c.participant_id IS NOT NULL"),
        ("cost can be spread over months", "c.is_spread"),
    )
    sql = _sql(arm, steps)
    people, attrition = _people(con, sql, len(steps), parameters)
    named = tuple((sentence, n) for (sentence, _), n in zip(steps, attrition, strict=True))
    return Payments(named, people, _prices(con, sql, len(steps), [one.id for one in protocol.arms], parameters))


_NEW = ("not already needling at the start", "NOT coalesce(e.is_prevalent, false)")


def _sql(arm: str, steps: tuple[tuple[str, str], ...]) -> str:
    """A table expression `person`: one row per participant with arm and a flag per step."""
    flags = ", ".join(f"coalesce(({condition}), false) AS step{i}" for i, (_, condition) in enumerate(steps))
    return f"""
WITH paid AS (
  SELECT participant_id, currency, sum(per_month) AS per_month, count(*) = count(per_month) AS is_spread
  FROM cost WHERE list_contains($items, item) GROUP BY participant_id, currency
), told AS (
  SELECT participant_id, bool_or(is_spread) AS is_spread FROM paid GROUP BY participant_id
), first_paid AS (
  SELECT participant_id, currency, min(incurred_day) AS day FROM costs WHERE list_contains($items, item) GROUP BY ALL
), person AS (
  SELECT p.participant_id, p.enrolled_quarter, {arm} AS arm, {flags}
  FROM participants p LEFT JOIN exposure e ON e.participant_id = p.participant_id AND e.landmark_days = $landmark
  LEFT JOIN told c ON c.participant_id = p.participant_id
)"""


def _passed(steps: int) -> str:
    return " AND ".join(f"step{i}" for i in range(steps))


def _people(
    con: duckdb.DuckDBPyConnection, sql: str, steps: int, parameters: Mapping[str, Any]
) -> tuple[dict[str, tuple[int, int, int]], list[int]]:
    counts = ", ".join(f"count(*) FILTER ({_passed(i + 1)})" for i in range(steps))
    rows = fetch(con, f"{sql} SELECT arm, {counts} FROM person GROUP BY arm ORDER BY arm", parameters)
    whole = [sum(int(row[1 + i]) for row in rows) for i in range(steps)]
    return {row[0]: (int(row[-3]), int(row[-2]), int(row[-1])) for row in rows if row[0] is not None}, whole


def _prices(
    con: duckdb.DuckDBPyConnection, sql: str, steps: int, arms: list[str], parameters: Mapping[str, Any]
) -> tuple[Prices, ...]:
    """The middle of the quarter of enrolment stands for its days."""
    sql = f"""{sql}
SELECT arm, currency, per_month, year(make_date(CAST(left(enrolled_quarter, 4) AS INTEGER),
  3 * CAST(right(enrolled_quarter, 1) AS INTEGER) - 1, 15) + f.day) AS year
FROM person JOIN paid USING (participant_id) JOIN first_paid f USING (participant_id, currency)
WHERE {_passed(steps)} AND paid.is_spread AND enrolled_quarter IS NOT NULL
ORDER BY currency, year, participant_id"""
    found = con.execute(*bound(con, sql, parameters)).fetchnumpy()
    arm, currency = np.asarray(found["arm"], dtype=str), np.asarray(found["currency"], dtype=str)
    year, amount = np.asarray(found["year"], dtype=np.int64), np.asarray(found["per_month"], dtype=np.float64)
    prices = []
    for code, when in sorted(set(zip(currency.tolist(), year.tolist(), strict=True))):
        here = (currency == code) & (year == when)
        prices.append(Prices(code, int(when), {one: amount[here & (arm == one)] for one in arms}))
    return tuple(sorted(prices, key=lambda one: (-one.fewest, one.currency, -one.year)))
