"""Forest plot: a point and its interval per arm, the numbers beside them."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard import theme
from dashboard.figures.canvas import canvas, line_at
from dashboard.numbers import decimals, interval, signed, unit
from dashboard.text import BETTER_IS_RIGHT
from pipeline.contract.results import Arm, Comparison, Estimate

_NUMBERS_WIDTH = 165
_NUMBERS_SIZE = 13


@dataclass(frozen=True)
class Row:
    """One line of the plot. `place` picks colour and shape; `note` stands where there is no number."""

    label: str
    detail: str
    place: int
    estimate: float | None = None
    lower: float | None = None
    upper: float | None = None
    numbers: str = ""
    note: str = ""


def mean_rows(result: Comparison) -> list[Row]:
    """Every arm's own mean."""
    means = result.of("mean")
    digits = decimals(e.std_error for e in means.values())
    return [_row(arm, place, means[arm.arm], digits) for place, arm in enumerate(result.arms)]


def difference_rows(result: Comparison) -> list[Row]:
    """Every arm against the reference, which has a line of its own without a number."""
    pairs = result.of("difference") | result.of("win_probability")
    digits = decimals(e.std_error for e in pairs.values())
    return [
        _row(arm, place, pairs[arm.arm], digits)
        if arm.arm in pairs
        else Row(arm.label, _counted(arm), place, note="reference arm")
        for place, arm in enumerate(result.arms)
    ]


def forest(rows: Sequence[Row], axis: str, no_difference: float) -> go.Figure:
    """The plot. `axis` names the quantity with its unit."""
    figure = canvas([r.label for r in rows], [r.detail for r in rows], axis, right=_NUMBERS_WIDTH)
    line_at(figure, no_difference)
    figure.update_xaxes(range=_span(rows, no_difference))
    for y, row in enumerate(rows):
        if row.estimate is not None and row.lower is not None and row.upper is not None:
            figure.add_trace(_mark(row, y, row.estimate, row.lower, row.upper))
        _beside(figure, y, row)
    return figure


def _beside(figure: go.Figure, y: int, row: Row) -> None:
    """The numbers in a column at the right, or why there are none."""
    given = bool(row.numbers)
    figure.add_annotation(
        x=1, xref="paper", y=y, xanchor="left", xshift=10, showarrow=False,
        text=row.numbers if given else f"<i>{row.note}</i>",
        font={"size": _NUMBERS_SIZE} if given else {"size": _NUMBERS_SIZE, "color": theme.GREY},
    )  # fmt: skip


def mean_axis(result: Comparison) -> str:
    """What the points are, with the unit."""
    return f"Mean improvement, {unit(str(result.estimand['unit']))} ({BETTER_IS_RIGHT})"


def difference_axis(result: Comparison) -> str:
    """What the points are, with the unit."""
    if result.of("win_probability"):
        return f"Chance of a better result than the reference, % ({BETTER_IS_RIGHT})"
    return f"Difference in mean improvement, {unit(str(result.estimand['unit']))} ({BETTER_IS_RIGHT})"


def _row(arm: Arm, place: int, estimate: Estimate, digits: int) -> Row:
    value, lower, upper = estimate.estimate, estimate.ci_lower, estimate.ci_upper
    if value is None or lower is None or upper is None:
        return Row(arm.label, _counted(arm), place, note=_NOTES.get(estimate.reason or "", "withheld"))
    if estimate.quantity == "win_probability":
        value, lower, upper, digits = 100 * value, 100 * lower, 100 * upper, 0
        numbers = f"<b>{value:.0f}%</b> ({lower:.0f} to {upper:.0f})"
    else:
        numbers = f"<b>{signed(value, digits)}</b> ({interval(lower, upper, digits)})"
    return Row(arm.label, _counted(arm), place, value, lower, upper, numbers)


_NOTES = {
    "too_few": "too few results",
    "not_yet_due": "not due yet",
    "no_variation": "all results the same",
    "no_reference": "no reference",
    "ordinal_instrument": "no mean of steps",
}


def _counted(arm: Arm) -> str:
    return f"{arm.n_observed:,} of {arm.n_due:,} with a result"


def _span(rows: Sequence[Row], no_difference: float) -> list[float]:
    """All intervals and the line of no difference, with air at both ends."""
    ends = [no_difference, *(x for r in rows for x in (r.lower, r.upper) if x is not None)]
    air = 0.08 * (max(ends) - min(ends)) or 1.0
    return [min(ends) - air, max(ends) + air]


def _mark(row: Row, y: int, estimate: float, lower: float, upper: float) -> go.Scatter:
    colour = theme.colour(row.place)
    return go.Scatter(
        x=[estimate], y=[y], mode="markers", name=row.label,
        marker={"color": colour, "symbol": theme.shape(row.place), "size": 13},
        error_x={"type": "data", "symmetric": False, "array": [upper - estimate], "arrayminus": [estimate - lower],
                 "color": colour, "thickness": 2.5, "width": 7},
        hovertemplate=f"{row.label}<br>{row.numbers}<br>{row.detail}<extra></extra>",
    )  # fmt: skip
