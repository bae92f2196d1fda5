"""Improvement by arm from visit to visit, with bands and who was seen; how many came back; why people left."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard import theme
from dashboard.figures.canvas import canvas
from dashboard.figures.plane import band, counts_below, dash, legend_above, level_line, plane
from dashboard.words.numbers import interval, signed
from pipeline.contract.curves import Leaving, Visit

_RETENTION_HEIGHT = 240
_ROW_HEIGHT = 44
_HATCHES = ("", "/", "x", "\\", ".", "-", "+", "|")


@dataclass(frozen=True)
class Line:
    """One arm: its place (colour, shape, dash), people, and its visits in order."""

    label: str
    place: int
    n: int
    visits: tuple[Visit, ...]

    @property
    def given(self) -> list[Visit]:
        return [visit for visit in self.visits if visit.mean is not None]


def trajectory(lines: Sequence[Line], y_title: str, digits: int) -> go.Figure:
    """From 0 at the start. Open points and the thin line to them: the arms were not settled yet."""
    figure = plane("Weeks since the first session", y_title)
    level_line(figure, 0)
    shown = [line for line in lines if line.given]
    for line in shown:
        figure.add_traces(_band(line))
    for line in shown:
        figure.add_traces(_drawn(line, digits))
    weeks = sorted({visit.week for line in lines for visit in line.visits})
    figure.update_xaxes(tickvals=[0, *weeks], range=_span(weeks))
    legend_above(figure, len(shown))
    rows = [(line.label, [f"{_seen(line, week):,}" for week in weeks]) for line in lines]
    counts_below(figure, weeks, rows, "People seen at the visit")
    return figure


def _span(weeks: Sequence[int]) -> list[float]:
    last = max(weeks, default=1)
    return [-0.03 * last, 1.04 * last]


def _seen(line: Line, week: int) -> int:
    return next((visit.n_seen for visit in line.visits if visit.week == week), 0)


def _band(line: Line) -> list[go.Scatter]:
    weeks = [0, *(visit.week for visit in line.given)]
    lower = [0.0, *(visit.ci_lower or 0.0 for visit in line.given)]
    upper = [0.0, *(visit.ci_upper or 0.0 for visit in line.given)]
    return band(weeks, lower, upper, theme.colour(line.place), share=0.12)


def _drawn(line: Line, digits: int) -> list[go.Scatter]:
    colour, symbol = theme.colour(line.place), theme.shape(line.place)
    weeks = [0, *(visit.week for visit in line.given)]
    means = [0.0, *(visit.mean or 0.0 for visit in line.given)]
    symbols = [f"{symbol}-open", *(f"{symbol}-open" if v.is_history else symbol for v in line.given)]
    hovers = [f"{line.label}<br>start", *(_hover(line, visit, digits) for visit in line.given)]
    return [
        go.Scatter(
            x=weeks, y=means, mode="lines+markers", name=line.label,
            line={"color": colour, "width": 2, "dash": dash(line.place)},
            marker={"symbol": symbols, "size": [0, *[10] * len(line.given)], "color": colour,
                    "line": {"width": 2, "color": colour}},
            hovertemplate=[f"{hover}<extra></extra>" for hover in hovers],
        )
    ]  # fmt: skip


def _hover(line: Line, visit: Visit, digits: int) -> str:
    limits = interval(visit.ci_lower or 0.0, visit.ci_upper or 0.0, digits)
    seen = f"{visit.n_seen:,} of {line.n:,} seen"
    return f"{line.label}, week {visit.week}<br>{signed(visit.mean or 0.0, digits)} ({limits})<br>{seen}"


def retention(lines: Sequence[Line]) -> go.Figure:
    """Share of each arm's people who were seen at each visit, in percent."""
    figure = plane("Weeks since the first session", "Seen at the visit, % of the arm", _RETENTION_HEIGHT)
    weeks = sorted({visit.week for line in lines for visit in line.visits})
    for line in lines:
        colour, n = theme.colour(line.place), max(line.n, 1)
        seen = [100 * visit.n_seen / n for visit in line.visits]
        figure.add_scatter(
            x=[0, *(visit.week for visit in line.visits)], y=[100.0, *seen], mode="lines+markers", name=line.label,
            line={"color": colour, "width": 2, "dash": dash(line.place)},
            marker={"symbol": theme.shape(line.place), "size": 9, "color": colour},
            hovertemplate=[f"{line.label}: {line.n:,} people<extra></extra>",
                           *(f"{line.label}, week {v.week}<br>{v.n_seen:,} of {line.n:,} seen<extra></extra>"
                             for v in line.visits)],
        )  # fmt: skip
    figure.update_xaxes(tickvals=[0, *weeks], range=_span(weeks))
    figure.update_yaxes(range=[0, 104])
    legend_above(figure, len(lines))
    return figure


def leaving(arms: Sequence[tuple[str, Leaving]], names: Sequence[tuple[str | None, str]]) -> go.Figure:
    """Bars of those who stopped reporting, as a share of the arm; each reason has a colour and a hatching."""
    details = [f"{left.n_stopped_reporting:,} of {left.n_due:,}" for _, left in arms]
    figure = canvas([label for label, _ in arms], details, "Stopped reporting, % of the arm", row_height=_ROW_HEIGHT)
    for place, (code, name) in enumerate(names):
        counts = [dict(left.reasons).get(code, 0) for _, left in arms]
        shares = [100 * n / max(left.n_due, 1) for n, (_, left) in zip(counts, arms, strict=True)]
        pattern = {"shape": _HATCHES[place % len(_HATCHES)], "fgcolor": "#FFFFFF", "fillmode": "overlay", "size": 8,
                   "solidity": 0.25}  # fmt: skip
        figure.add_bar(
            x=shares, y=list(range(len(arms))), orientation="h", width=0.6, name=name,
            marker={"color": theme.GREY if code is None else theme.colour(place), "pattern": pattern},
            hovertemplate=[f"{label}<br>{name}: {n:,} people<extra></extra>"
                           for (label, _), n in zip(arms, counts, strict=True)],
        )  # fmt: skip
    figure.update_layout(barmode="stack")
    figure.update_xaxes(rangemode="tozero")
    legend_above(figure, len(names))
    return figure
