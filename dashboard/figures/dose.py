"""Dose-response: bands of dose as points with intervals, a smooth curve with its band through them."""

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard import theme
from dashboard.figures.plane import band, legend_above, level_line, plane
from dashboard.words.numbers import interval, signed
from pipeline.contract.curves import DoseResponse, Level, Point

_CURVE, _POINTS = theme.COLOURS[0], theme.COLOURS[1]


def dose(found: DoseResponse, x_title: str, y_title: str, digits: int) -> go.Figure:
    """Points are the record. What has no number stands as a grey cross on the line of no difference."""
    figure = plane(x_title, y_title)
    level_line(figure, 0)
    if found.curve:
        figure.add_traces(_curve(found.curve))
    given = [level for level in found.levels if level.estimate is not None and level.dose is not None]
    rest = [level for level in found.levels if level.estimate is None and level.dose is not None]
    others = [level for level in given if not level.is_reference]
    figure.add_trace(_points(others, digits))
    figure.add_trace(_reference([level for level in given if level.is_reference]))
    figure.add_trace(_without(rest))
    shown = [trace for trace in figure.data if trace.showlegend is not False and trace.x]
    figure.update_traces(showlegend=False, selector=lambda trace: not trace.x)
    legend_above(figure, len(shown))
    return figure


def _curve(curve: Sequence[Point]) -> list[go.Scatter]:
    x = [point.dose for point in curve]
    at_once = [p for p in curve if p.all_lower is not None and p.all_upper is not None]
    wide = band([p.dose for p in at_once], [p.all_lower or 0.0 for p in at_once], [p.all_upper or 0.0 for p in at_once],
                _CURVE, share=0.10)  # fmt: skip
    own = band(x, [p.ci_lower for p in curve], [p.ci_upper for p in curve], _CURVE, share=0.18)
    line = go.Scatter(x=x, y=[p.estimate for p in curve], mode="lines", name="smooth curve",
                      line={"color": _CURVE, "width": 2.5}, hoverinfo="skip")  # fmt: skip
    return [*(wide if at_once else []), *own, line]


def _points(levels: Sequence[Level], digits: int) -> go.Scatter:
    up = [(level.all_upper or 0.0) - (level.estimate or 0.0) for level in levels]
    down = [(level.estimate or 0.0) - (level.all_lower or 0.0) for level in levels]
    return go.Scatter(
        x=[level.dose for level in levels], y=[level.estimate for level in levels], mode="markers",
        name="band of dose, 95% interval",
        hovertemplate=[f"{_hover(level, digits)}<extra></extra>" for level in levels],
        marker={"symbol": "square", "size": 11, "color": _POINTS},
        error_y={"type": "data", "symmetric": False, "array": up, "arrayminus": down, "color": _POINTS, "width": 6},
    )  # fmt: skip


def _reference(levels: Sequence[Level]) -> go.Scatter:
    return go.Scatter(
        x=[level.dose for level in levels], y=[0.0] * len(levels), mode="markers", name="reference band",
        marker={"symbol": "diamond-open", "size": 13, "color": _POINTS, "line": {"width": 2, "color": _POINTS}},
        hovertemplate=[f"{lv.label}<br>reference, {lv.n_observed:,} with a result<extra></extra>" for lv in levels],
    )  # fmt: skip


def _without(levels: Sequence[Level]) -> go.Scatter:
    return go.Scatter(
        x=[level.dose for level in levels], y=[0.0] * len(levels), mode="markers", name="no figure: too few alike",
        marker={"symbol": "x-thin-open", "size": 11, "color": theme.GREY, "line": {"width": 2, "color": theme.GREY}},
        hovertemplate=[f"{lv.label}<br>no figure, {lv.n_observed:,} with a result<extra></extra>" for lv in levels],
    )  # fmt: skip


def _hover(level: Level, digits: int) -> str:
    limits = ""
    if level.all_lower is not None and level.all_upper is not None:
        limits = f" ({interval(level.all_lower, level.all_upper, digits)})"
    return f"{level.label}<br>{signed(level.estimate or 0.0, digits)}{limits}<br>{level.n_observed:,} with a result"
