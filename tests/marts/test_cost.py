"""Cost: purchases spread over their stated life, fees by how often they were paid."""

import pytest

from tests.marts.landing_text import Landing


def test_amounts_are_summed_by_currency_and_item_and_never_converted(landing: Landing) -> None:
    landing.people("ann")
    landing.add(
        "costs",
        """
        who | item   | amount | currency
        ann | device | 0.10   | EUR
        ann | device | 0.20   | EUR
        ann | device | 5.00   | GBP
    """,
    )
    landing.build()
    found = landing.query("SELECT currency, CAST(amount AS VARCHAR), n_payments, per_month FROM cost")
    assert found == [("EUR", "0.30", 2, None), ("GBP", "5.00", 1, None)]


def test_a_purchase_is_spread_over_its_stated_life(landing: Landing) -> None:
    landing.people("ann", "bob", "cat")
    landing.add(
        "costs",
        """
        who | item      | amount | lasts_months | incurred_day
        ann | device    | 120.00 | 12.0         | 0
        bob | device    | 120.00 | 12.0         | 0
        bob | device    | 60.00  | 12.0         | 0
        cat | cartridge | 10.00  | 1.0          | 0
        cat | cartridge | 10.00  | 1.0          | 300
    """,
    )
    landing.build()
    assert landing.of("cost", "per_month") == {"ann": 10.0, "bob": 15.0, "cat": 10.0}


def test_things_bought_sooner_than_they_last_cost_more_a_month(landing: Landing) -> None:
    landing.people("ann")
    landing.add(
        "costs",
        """
        who | item      | amount | lasts_months | incurred_day
        ann | cartridge | 10.00  | 2.0          | 0
        ann | cartridge | 10.00  | 2.0          | 30
    """,
    )
    landing.build()
    assert landing.of("cost", "per_month")["ann"] == pytest.approx(20 / (30 / 30.4375 + 2))


def test_session_fees_go_by_how_often_they_are_paid(landing: Landing) -> None:
    landing.people("ann", "bob")
    landing.add(
        "costs",
        """
        who | item        | amount | incurred_day
        ann | session_fee | 100.00 | 0
        ann | session_fee | 100.00 | 28
        ann | session_fee | 100.00 | 56
        bob | session_fee | 100.00 | 0
    """,
    )
    landing.build()
    assert landing.of("cost", "per_month") == {"ann": pytest.approx(100 * 30.4375 / 28), "bob": None}
