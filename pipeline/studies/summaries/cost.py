"""What people pay, a month or a session, in one currency at a time."""

from collections.abc import Mapping

import duckdb
import numpy as np

from pipeline.contract import reference
from pipeline.contract.cells import Amount, Cost
from pipeline.errors import UsageError
from pipeline.studies.contrasts.headline import MIN_SHOWN
from pipeline.studies.estimators.order_statistics import middle
from pipeline.studies.people.reading import fetch
from pipeline.studies.summaries.cells import in_order

DIMENSIONS = ("setting", "device", "year")
PER = ("month", "session")
NEEDLING = "needling"
_NEEDLING = "Needling in all: device, cartridges and fees"

Told = Mapping[tuple[str, str, str, str], tuple[int, int, int]]
"""By dimension, code, currency and item: people who needle, who told, of whom it can be said."""

_AMOUNTS = """
SELECT cents, n_people FROM cost_amounts WHERE dimension = $dimension AND code = $code AND currency = $currency
  AND item = $item AND per = $per ORDER BY cents"""


def read_cost(con: duckdb.DuckDBPyConnection, by: str, currency: str | None, per: str) -> Cost:
    """`by` setting, device or year; `currency` that of most people where none is named; `per` month or session.

    Raises UsageError for anything else, or where the version was published before there were summaries.
    """
    if by not in DIMENSIONS or per not in PER:
        raise UsageError(f"by {by!r} and per {per!r}, expected {', '.join(DIMENSIONS)} and {', '.join(PER)}")
    column = "n_month" if per == "month" else "n_session"
    rows = fetch(con, f"SELECT dimension, code, currency, item, n_needling, n_people, {column} FROM cost_told", {})
    told: Told = {(d, c, m, i): (int(n or 0), int(people), int(said)) for d, c, m, i, n, people, said in rows}
    n_needling, n_told, _ = told.get(("all", "all", "any", "any"), (0, 0, 0))
    paid = {m: n for (d, _, m, i), (_, n, _) in told.items() if d == "all" and m != "any" and i != "any"}
    paid |= {m: n for (d, _, m, i), (_, n, _) in told.items() if d == "all" and i == NEEDLING}
    currencies = tuple(sorted(paid, key=lambda m: (-paid[m], m)))
    if currency is not None and currency not in currencies:
        raise UsageError(f"nobody told a cost in {currency!r}; there are {', '.join(currencies) or 'none'}")
    chosen = currency or (currencies[0] if currencies else "")
    return Cost(
        chosen, per, n_needling, n_told, paid.get(chosen, 0), currencies,
        items=tuple(_items(con, told, chosen, per)) if chosen else (),
        kinds=tuple(_kinds(con, told, chosen, per, by)) if chosen else (),
    )  # fmt: skip


def _items(con: duckdb.DuckDBPyConnection, told: Told, currency: str, per: str) -> list[Amount]:
    names = {NEEDLING: _NEEDLING} | {term.code: term.label for term in reference.vocabulary("item")}
    there = {i: n for (d, _, m, i), (_, n, _) in told.items() if d == "all" and m == currency}
    return [
        _amount(con, "all", "all", item, name, currency, per, there[item])
        for item, name in names.items()
        if item in there
    ]


def _kinds(con: duckdb.DuckDBPyConnection, told: Told, currency: str, per: str, by: str) -> list[Amount]:
    """Needling in all, by kind."""
    sql = "SELECT DISTINCT code FROM cost_amounts WHERE dimension = $by AND currency = $currency AND item = 'needling'"
    there = [str(code) for (code,) in fetch(con, sql, {"by": by, "currency": currency})]
    kinds = [(code, code) for code in sorted(there)] if by == "year" else in_order(by, there)
    return [
        _amount(con, by, code, NEEDLING, label, currency, per, told.get((by, code, currency, NEEDLING), (0, 0, 0))[1])
        for code, label in kinds
    ]


def _amount(
    con: duckdb.DuckDBPyConnection, dimension: str, code: str, item: str, label: str, currency: str, per: str,
    n_told: int,
) -> Amount:  # fmt: skip
    keys = {"dimension": dimension, "code": code, "currency": currency, "item": item, "per": per}
    rows = np.array(fetch(con, _AMOUNTS, keys), dtype=np.int64).reshape(-1, 2)
    found = middle(rows[:, 0], rows[:, 1])
    name = item if dimension == "all" else code
    if found is None or found.n < MIN_SHOWN:
        return Amount(name, label, currency, found.n if found else 0, n_told, reason="too_few")
    lower, upper = (None if limit is None else limit / 100 for limit in (found.lower, found.upper))
    return Amount(
        name, label, currency, found.n, n_told, found.median / 100, lower, upper, found.first_quartile / 100,
        found.third_quartile / 100,
    )  # fmt: skip
