"""The words of the page Cost."""

from collections.abc import Sequence

import pandas as pd

from dashboard.figures.amounts import Row
from dashboard.words.numbers import number, people
from dashboard.words.rate_words import WITHHELD, note
from pipeline.contract.cells import Amount, Cost

TITLE = "What do people pay for needling?"
NOBODY_TITLE = "Nobody has told what needling costs yet"
NOBODY = "Costs appear once payments have been put in and published: a device, cartridges, or the fee of a session."
BY = {"setting": "Setting", "device": "Device", "year": "Year of the first payment"}
PER = {"month": "a month", "session": "a session"}
NOTE = (
    "Point: the median, which half of the people pay at most. Line: its 95% interval. Pale bar: the middle half of the "
    "people. Amounts are read to three figures. Currencies are never added up nor converted, and prices of several "
    "years stand together unless you look at them by year."
)
HOW = {
    "month": "A month: a purchase is spread over the time it is said to last, a fee by how often it was paid.",
    "session": "A session: a fee as it was paid; anything else is the amount a month over the sessions a month.",
}
NEEDLING = "Needling in all is device, cartridges and fees of a person together, where each of them can be spread."


def answer(found: Cost) -> str:
    """The median of needling in all, and of how many nothing is known. Markdown."""
    told = f"{found.n_told / found.n_needling:.0%}" if found.n_needling else "none"
    missing = (
        f"Of {found.n_needling:,} people who needle, {found.n_told:,} ({told}) told any cost, {found.n_here:,} of them "
        f"in {found.currency}; what the others pay is not known."
    )
    whole = next((item for item in found.items if item.code == "needling"), None)
    if whole is None or whole.median is None:
        return f"Too few people told a cost in {found.currency} for a figure. {missing}"
    middle = f"{_money(whole.first_quartile)} to {_money(whole.third_quartile)}"
    return (
        f"Half of the {people(whole.n)} whose amount is known pay up to **{found.currency} {_money(whole.median)} "
        f"{PER[found.per]}** ({_limits(whole)}); the middle half pay {middle}. {missing}"
    )


def _limits(amount: Amount) -> str:
    if amount.ci_lower is None or amount.ci_upper is None:
        return "too few people for an interval"
    return f"95% interval {_money(amount.ci_lower)} to {_money(amount.ci_upper)}"


def _money(value: float | None) -> str:
    return "" if value is None else number(value, 2 if value < 100 else 0)


def told(amount: Amount) -> str:
    """`USD 9.18 (8.93 to 9.61)`, or nothing where no figure is given."""
    if amount.median is None:
        return ""
    if amount.ci_lower is None or amount.ci_upper is None:
        return f"{amount.currency} {_money(amount.median)}"
    return f"{amount.currency} {_money(amount.median)} ({_money(amount.ci_lower)} to {_money(amount.ci_upper)})"


def rows(found: Sequence[Amount]) -> list[Row]:
    """Lines of the figure."""
    return [
        Row(
            a.label, people(a.n), told(a), a.median, a.ci_lower, a.ci_upper, a.first_quartile, a.third_quartile,
            note(a.reason),
        )
        for a in found
    ]  # fmt: skip


def table(found: Sequence[Amount], named: str, per: str) -> list[dict[str, str]]:
    """One amount a row, with how many told a payment and of how many the amount can be said."""
    return [
        {
            named: a.label,
            "People who told a payment": f"{a.n_told:,}",
            f"Amount {PER[per]} known": f"{a.n:,}" + (f" ({a.n / a.n_told:.0%})" if a.n_told else ""),
            f"Median {PER[per]} (95% interval)": told(a) or f"{WITHHELD}: {note(a.reason)}",
            "Middle half": "" if a.median is None else f"{_money(a.first_quartile)} to {_money(a.third_quartile)}",
        }
        for a in found
    ]


def records(found: Sequence[Amount], per: str) -> pd.DataFrame:
    """One amount a row, unrounded, with its unit."""
    return pd.DataFrame(
        [
            {
                "code": a.code, "label": a.label, "unit": f"{a.currency} a {per}", "n_told": a.n_told, "n": a.n,
                "median": a.median, "ci_lower": a.ci_lower, "ci_upper": a.ci_upper,
                "first_quartile": a.first_quartile, "third_quartile": a.third_quartile, "reason": a.reason,
            }
            for a in found
        ]
    )  # fmt: skip
