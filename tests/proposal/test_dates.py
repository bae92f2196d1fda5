"""Patterns of dates, and dates that two patterns read differently."""

from collections.abc import Iterator

import duckdb
import pytest

from pipeline.proposal.dates import ISO, Dates, agreed, date_counts, turned


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def counted(con: duckdb.DuckDBPyConnection, *cells: str) -> Dates:
    con.execute("CREATE OR REPLACE TABLE t AS SELECT unnest(?) AS d", [list(cells)])
    return date_counts(con, "t", '"d"')


@pytest.mark.parametrize(
    ("cells", "best"),
    [
        (["2025-01-31", "2025-02-01"], ISO),
        (["2025-10-07T08:30:00", "2025-10-08T08:30:00"], ISO),
        (["31.01.2025", "1.2.2025"], "%d.%m.%Y"),
        (["31/01/2025", "01/02/2025"], "%d/%m/%Y"),
        (["01/31/2025", "01/02/2025"], "%m/%d/%Y"),
        (["31-01-25", "01-02-25"], "%d-%m-%y"),
        (["2025/01/31"], "%Y/%m/%d"),
        (["20250131", "20250201"], "%Y%m%d"),
        (["28-Nov-2023"], "%d-%b-%Y"),
        (["31.01.2025 14:05", "01.02.2025 09:30"], "%d.%m.%Y %H:%M"),
        (["roller", "pen"], None),
        (["5", "12"], None),
        ([], None),
    ],
)
def test_the_pattern_is_found(con: duckdb.DuckDBPyConnection, cells: list[str], best: str | None) -> None:
    assert counted(con, *cells).best == best


def test_dates_that_can_be_read_both_ways_are_counted(con: duckdb.DuckDBPyConnection) -> None:
    mixed = counted(con, "03/04/2025", "04/04/2025", "25/04/2025")
    assert (mixed.best, mixed.n_both, mixed.twin) == ("%d/%m/%Y", 1, None)
    open_ = counted(con, "03/04/2025", "05/06/2025")
    assert (open_.best, open_.n_both, open_.twin) == ("%d/%m/%Y", 2, "%m/%d/%Y")
    assert counted(con, "03.04.2025").twin is None, "with points the day stands first"


def test_years_and_the_day_numbers_of_a_spreadsheet_are_no_dates(con: duckdb.DuckDBPyConnection) -> None:
    assert counted(con, "2023", "2023-05").n_partial == 2
    serials = counted(con, "45658", "45700")
    assert (serials.best, serials.n_serial) == (None, 2)


def test_a_drop_has_one_pattern(con: duckdb.DuckDBPyConnection) -> None:
    sure, unsure = counted(con, "25/04/2025"), counted(con, "03/04/2025", "05/06/2025")
    assert agreed([sure, unsure]) == ("%d/%m/%Y", None), "one column tells for all"
    assert agreed([unsure]) == ("%d/%m/%Y", "%m/%d/%Y")
    assert agreed([counted(con, "2025-01-31")]) == (None, None)
    assert agreed([]) == (None, None)


def test_only_orders_that_are_in_use_are_turned() -> None:
    assert turned("%m/%d/%y") == "%d/%m/%y"
    assert turned("%d/%m/%Y %H:%M") == "%m/%d/%Y %H:%M"
    assert turned("%d.%m.%Y") is None
