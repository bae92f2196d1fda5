"""How single people changed: one outline per arm on a common scale, or shares of worse, same and better."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard import theme
from dashboard.figures.canvas import canvas, line_at
from dashboard.words.numbers import number, unit
from dashboard.words.text import BETTER_IS_RIGHT
from pipeline.contract.results import Comparison, Distribution

_RISE = 0.82
"""Height of the tallest outline, in rows."""

_BASE = 0.36
"""How far below the middle of its row an outline stands."""


_LEAST_LABELLED = 6
"""Percent: a bar narrower than this has no room for its figure."""

_HATCH = {"fillmode": "overlay", "fgcolor": "rgba(255,255,255,0.55)", "solidity": 0.08, "size": 9}


@dataclass(frozen=True)
class Outline:
    """One arm's histogram as shares (0 to 1) of its people; no shares where it is withheld."""

    label: str
    place: int
    n: int
    start: float
    width: float
    shares: tuple[float, ...]


def outlines(result: Comparison) -> list[Outline]:
    """The histograms of a comparison, in the order of its arms."""
    known = {d.arm: d for d in result.distributions}
    return [_outline(arm.label, place, arm.n_observed, known.get(arm.arm)) for place, arm in enumerate(result.arms)]


def _outline(label: str, place: int, n: int, found: Distribution | None) -> Outline:
    if found is None or not found.counts:
        return Outline(label, place, n, 0.0, 1.0, ())
    return Outline(label, place, n, found.start, found.width, tuple(c / sum(found.counts) for c in found.counts))


def distribution(rows: Sequence[Outline], axis: str, measurement_error: float | None) -> go.Figure:
    """Outlines one below the other. The grey band is what measurement error alone can do to one person."""
    figure = canvas([r.label for r in rows], [f"{r.n:,} with a result" for r in rows], axis)
    if measurement_error is not None:
        figure.add_vrect(-measurement_error, measurement_error, fillcolor=theme.BAND, line_width=0, layer="below")
    line_at(figure, 0)
    tallest = max((share for r in rows for share in r.shares), default=1.0)
    for y, row in enumerate(rows):
        if row.shares:
            figure.add_traces(_steps(row, y, tallest))
        else:
            figure.add_annotation(
                x=0.5,
                xref="paper",
                y=y,
                showarrow=False,
                text="<i>withheld: too few results</i>",
                font={"color": theme.GREY},
            )
    return figure


def distribution_axis(result: Comparison) -> str:
    """What the outlines are of, with the unit."""
    return f"Improvement of single people, {unit(str(result.estimand['unit']))} ({BETTER_IS_RIGHT})"


def _steps(row: Outline, y: int, tallest: float) -> list[go.Scatter]:
    """The outline over its base line, and invisible points in the middle of the bins to hover on."""
    base, edges, heights = y + _BASE, [], []
    for i, share in enumerate(row.shares):
        top = base - _RISE * share / tallest
        edges += [row.start + i * row.width, row.start + (i + 1) * row.width]
        heights += [top, top]
    colour = theme.colour(row.place)
    end = row.start + len(row.shares) * row.width
    middle = [row.start + (i + 0.5) * row.width for i in range(len(row.shares))]
    return [
        go.Scatter(x=[row.start, end], y=[base, base], mode="lines", line={"color": colour, "width": 1},
                   hoverinfo="skip"),
        go.Scatter(x=edges, y=heights, mode="lines", line={"color": colour, "width": 1.5}, fill="tonexty",
                   fillcolor=_faint(colour), hoverinfo="skip", name=row.label),
        go.Scatter(x=middle, y=[base - 0.1] * len(middle), mode="markers", marker={"opacity": 0, "size": 14},
                   text=_hovers(row), hovertemplate="%{text}<extra></extra>"),
    ]  # fmt: skip


def _hovers(row: Outline) -> list[str]:
    digits = max(0, -math.floor(math.log10(row.width)))
    last = len(row.shares) - 1
    return [_hover(row, i, share, digits, last) for i, share in enumerate(row.shares)]


def _hover(row: Outline, i: int, share: float, digits: int, last: int) -> str:
    low, high = number(row.start + i * row.width, digits), number(row.start + (i + 1) * row.width, digits)
    where = f"below {high}" if i == 0 else f"{low} and above" if i == last else f"{low} to {high}"
    return f"{row.label}<br>{where}: {share:.0%} of {row.n:,} people"


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.28)"


@dataclass(frozen=True)
class Shares:
    """People of an arm by direction, as shares of those with a result."""

    label: str
    n: int
    worse: float
    same: float
    better: float


def shares_rows(result: Comparison) -> list[Shares]:
    """From histograms with one bin a step: the bin that starts at 0 is `same`."""
    return [_shares(row) for row in outlines(result) if row.shares]


def _shares(row: Outline) -> Shares:
    starts = [row.start + i * row.width for i in range(len(row.shares))]
    worse = math.fsum(s for start, s in zip(starts, row.shares, strict=True) if start < 0)
    better = math.fsum(s for start, s in zip(starts, row.shares, strict=True) if start > 0)
    return Shares(row.label, row.n, worse, 1 - worse - better, better)


def direction_bars(rows: Sequence[Shares]) -> go.Figure:
    """Shares of worse, same and better per arm, for a scale of steps. Hatching stands beside colour."""
    figure = canvas(
        [r.label for r in rows], [f"{r.n:,} with a result" for r in rows], "Share of people with a result, %"
    )
    looks = (
        ("Worse", theme.WORSE, "#FFFFFF", "/", "worse"),
        ("Same", theme.SAME, "#17212B", "", "same"),
        ("Better", theme.BETTER, "#FFFFFF", "\\", "better"),
    )
    for name, colour, ink, hatch, field in looks:
        values = [100 * getattr(row, field) for row in rows]
        figure.add_bar(
            x=values, y=list(range(len(rows))), orientation="h", name=name, width=0.55,
            marker={"color": colour, "pattern": _HATCH | {"shape": hatch}},
            text=[f"{v:.0f}%" if v >= _LEAST_LABELLED else "" for v in values], textposition="inside",
            insidetextanchor="middle", insidetextfont={"color": ink, "size": 13}, textangle=0,
            hovertemplate="%{x:.0f}% " + name.lower() + "<extra></extra>",
        )  # fmt: skip
    legend = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"}
    figure.update_layout(barmode="stack", showlegend=True, legend=legend)
    figure.update_layout(height=figure.layout.height + 36, margin_t=44)
    figure.update_xaxes(range=[0, 100])
    return figure
