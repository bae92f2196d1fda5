"""Forest plot: a point and its interval per arm, adjusted and unadjusted, the numbers beside them."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard import theme
from dashboard.contrasts import Contrast, contrasts, no_difference
from dashboard.figures.canvas import canvas, line_at
from dashboard.words.numbers import SHARES, amount, decimals, estimate_digits, unit
from dashboard.words.text import BETTER_IS_RIGHT, LOWER_IS_BETTER
from pipeline.contract.methods import AS_PEOPLE_ARE
from pipeline.contract.results import RATIOS, Arm, Comparison, Estimate, Quantity

_NUMBERS_WIDTH = 165
_NUMBERS_SIZE = 13
_ROW_HEIGHT = 62
_APART = 0.19
"""How far above and below the middle of their row the two points stand, in rows."""


@dataclass(frozen=True)
class Mark:
    """One point with its interval. An unadjusted one is open and dashed; `note` stands where there is no number."""

    is_adjusted: bool
    estimate: float | None = None
    lower: float | None = None
    upper: float | None = None
    numbers: str = ""
    note: str = ""


@dataclass(frozen=True)
class Row:
    """One line of the plot. `place` picks colour and shape."""

    label: str
    detail: str
    place: int
    marks: tuple[Mark, ...]


def quantities(result: Comparison) -> tuple[Quantity, ...]:
    """What the contrasts are given in, adjusted first: one plot each, for they have no common axis.

    What too few people are there for, adjusted or not, has no plot beside another; the reasons stand above.
    """
    shown = [e for c in contrasts(result) for e in (c.adjusted, c.as_people_are) if e is not None]
    shown.sort(key=lambda e: e.role != "headline")
    drawn = [e for e in shown if e.is_given or e.method not in AS_PEOPLE_ARE] or shown[:1]
    return tuple(dict.fromkeys(e.quantity for e in drawn))


def contrast_rows(result: Comparison, quantity: Quantity) -> list[Row]:
    """A row for each contrast that has a figure in this quantity, or would; among several, one for the reference."""
    found = [(c, _shown(c, quantity)) for c in contrasts(result)]
    found = [(contrast, own) for contrast, own in found if own]
    digits = estimate_digits(e for _, own in found for e in own)
    rows = [Row(c.label, _detail(c, len(found)), c.place, tuple(_mark(e, digits) for e in own)) for c, own in found]
    if len(found) > 1:
        named = {c.against for c, _ in found}
        places = enumerate(result.arms)
        rows += [
            Row(a.label, _counted(a), i, (Mark(True, note="reference arm"),)) for i, a in places if a.label in named
        ]
    return sorted(rows, key=lambda row: row.place)


def _shown(contrast: Contrast, quantity: Quantity) -> list[Estimate]:
    return [e for e in (contrast.adjusted, contrast.as_people_are) if e is not None and e.quantity == quantity]


def _detail(contrast: Contrast, n: int) -> str:
    """Under the name: the people of the arm, or where one contrast stands alone, what it is against."""
    if n > 1 and contrast.arms:
        return _counted(contrast.arms[0])
    return f"against {contrast.against[:1].lower()}{contrast.against[1:]}" if contrast.against else ""


def mean_rows(result: Comparison) -> list[Row]:
    """Every arm's own mean, as its people are."""
    means = result.of("mean")
    digits = decimals(e.std_error for e in means.values())
    return [
        Row(arm.label, _counted(arm), place, (_mark(means[arm.arm], digits),))
        for place, arm in enumerate(result.arms)
        if arm.arm in means
    ]


def forest(rows: Sequence[Row], axis: str, quantity: Quantity = "difference") -> go.Figure:
    """The plot. `axis` names the quantity with its unit; ratios stand on a logarithmic one."""
    none, is_ratio = no_difference(quantity), quantity in RATIOS
    scale = 100 if quantity in SHARES else 1
    labels, details = [r.label for r in rows], [r.detail for r in rows]
    figure = canvas(labels, details, axis, right=_NUMBERS_WIDTH, row_height=_ROW_HEIGHT)
    line_at(figure, none * scale)
    figure.update_xaxes(range=_span(rows, none, scale, is_ratio=is_ratio), type="log" if is_ratio else "linear")
    for y, row in enumerate(rows):
        for mark, height in zip(row.marks, _heights(len(row.marks)), strict=True):
            if mark.estimate is not None:
                figure.add_traces(_drawn(row, y + height, mark, scale))
            _beside(figure, y + height, mark)
    _legend(figure, rows)
    return figure


def _heights(n: int) -> Sequence[float]:
    return (0.0,) if n == 1 else (-_APART, _APART)


def _legend(figure: go.Figure, rows: Sequence[Row]) -> None:
    """Which look means what; not where there is only one."""
    kinds = {mark.is_adjusted for row in rows for mark in row.marks if mark.estimate is not None}
    for is_adjusted in sorted(kinds, reverse=True):
        symbol = "circle" if is_adjusted else "circle-open"
        figure.add_scatter(
            x=[None], y=[None], mode="lines+markers", name=_NAMES[is_adjusted], showlegend=True,
            line={"color": theme.GREY, "dash": _dash(is_adjusted)}, marker={"color": theme.GREY, "symbol": symbol},
        )  # fmt: skip
    legend = {"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0, "itemclick": False, "itemdoubleclick": False}
    figure.update_layout(showlegend=True, legend=legend, height=figure.layout.height + 28, margin_t=36)


_NAMES = {True: "adjusted", False: "not adjusted"}


def _dash(is_adjusted: bool) -> str:
    return "solid" if is_adjusted else "dash"


def _beside(figure: go.Figure, y: float, mark: Mark) -> None:
    """The numbers in a column at the right, or why there are none."""
    given = bool(mark.numbers)
    text = f"<b>{mark.numbers}</b>" if given and mark.is_adjusted else mark.numbers or f"<i>{mark.note}</i>"
    figure.add_annotation(
        x=1, xref="paper", y=y, xanchor="left", xshift=10, showarrow=False, text=text,
        font={"size": _NUMBERS_SIZE} if given else {"size": _NUMBERS_SIZE, "color": theme.GREY},
    )  # fmt: skip


def mean_axis(result: Comparison) -> str:
    """What the points are, with the unit."""
    return f"Mean improvement, {unit(str(result.estimand['unit']))} ({BETTER_IS_RIGHT})"


def contrast_axis(result: Comparison, quantity: Quantity) -> str:
    """What the points are, with the unit."""
    if quantity == "mean":
        return mean_axis(result)
    if quantity == "rate_ratio":
        lower = any(c.numbers.get("better") == "lower" for c in contrasts(result))
        return f"Ratio of mean counts, 1 is no difference ({LOWER_IS_BETTER if lower else BETTER_IS_RIGHT})"
    named = next(e.unit for c in contrasts(result) for e in _shown(c, quantity))
    usual = f"{quantity.replace('_', ' ').capitalize()}, {{unit}}"
    return _AXES.get(quantity, usual).format(unit=unit(named))


_AXES = {
    "difference": f"Difference in mean improvement, {{unit}} ({BETTER_IS_RIGHT})",
    "win_probability": f"Chance of a better result than the reference, % ({BETTER_IS_RIGHT})",
    "odds_ratio": f"Odds ratio of a better step, 1 is no difference ({BETTER_IS_RIGHT})",
    "cost_ratio": "Ratio of mean costs a month, 1 is no difference",
    "variance_ratio": "Ratio of the variances of the change, 1 is no difference",
    "difference_of_differences": f"Difference of two differences in mean improvement, {{unit}} ({BETTER_IS_RIGHT})",
    "share": "Share, %",
}


def _mark(estimate: Estimate, digits: int) -> Mark:
    is_adjusted = estimate.role != "unadjusted" and estimate.method not in AS_PEOPLE_ARE
    value, lower, upper = estimate.estimate, estimate.ci_lower, estimate.ci_upper
    if value is None or lower is None or upper is None:
        return Mark(is_adjusted, note=_NOTES.get(estimate.reason or "", "withheld"))
    return Mark(is_adjusted, value, lower, upper, amount(estimate, digits))


_NOTES = {
    "too_few": "too few results",
    "too_few_effective": "too few people alike",
    "failed_diagnostics": "arms too different",
    "not_yet_due": "not due yet",
    "no_variation": "all results the same",
    "no_reference": "no reference",
    "no_overlap": "arms too different",
    "ordinal_instrument": "no mean of steps",
}
"""Why there is no number, short enough to stand in its place."""


def _counted(arm: Arm) -> str:
    return f"{arm.n_observed:,} of {arm.n_due:,} with a result"


def _span(rows: Sequence[Row], none: float, scale: float, *, is_ratio: bool) -> list[float]:
    """All intervals and the line of no difference, with air at both ends; logarithms for a ratio, as Plotly wants."""
    ends = [none, *_ends(rows)]
    ends = [math.log10(x) for x in ends if x > 0] if is_ratio else [scale * x for x in ends]
    air = 0.08 * (max(ends) - min(ends)) or 1.0
    return [min(ends) - air, max(ends) + air]


def _ends(rows: Sequence[Row]) -> Iterable[float]:
    return (x for r in rows for m in r.marks for x in (m.lower, m.upper) if x is not None)


def _drawn(row: Row, y: float, mark: Mark, scale: float) -> list[go.Scatter]:
    colour, symbol = theme.colour(row.place), theme.shape(row.place)
    x, ends = [scale * (mark.estimate or 0)], [scale * (mark.lower or 0), scale * (mark.upper or 0)]
    hover = f"{row.label}, {_NAMES[mark.is_adjusted]}<br>{mark.numbers}<br>{row.detail}<extra></extra>"
    caps = {"color": colour, "symbol": "line-ns-open", "size": 9, "line": {"width": 2}}
    point = {"color": colour, "symbol": symbol if mark.is_adjusted else f"{symbol}-open", "size": 13,
             "line": {"width": 2, "color": colour}}  # fmt: skip
    return [
        go.Scatter(x=ends, y=[y, y], mode="lines+markers", marker=caps, hoverinfo="skip", showlegend=False,
                   line={"color": colour, "width": 2.5 if mark.is_adjusted else 1.8, "dash": _dash(mark.is_adjusted)}),
        go.Scatter(x=x, y=[y], mode="markers", name=row.label, marker=point, hovertemplate=hover, showlegend=False),
    ]  # fmt: skip
