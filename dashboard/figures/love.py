"""Love plot: how far the arms differed in each characteristic, before and after adjusting."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard import theme
from dashboard.contrasts import Numbers
from dashboard.figures.canvas import canvas
from pipeline.contract.spoken import capital, characteristic

BALANCED, UNBALANCED = 0.10, 0.25
"""Drawn as lines: up to the first is alike enough, beyond the second fails (Austin 2009; Stuart 2010)."""

_ROW_HEIGHT = 26
_MOST_SHOWN = 30


@dataclass(frozen=True)
class Difference:
    """Of one characteristic, in standard deviations and without a sign; None where it cannot be told."""

    label: str
    before: float | None
    after: float | None


def differences(numbers: Numbers) -> list[Difference]:
    """The characteristics of one contrast, those that differed most before on top."""
    rows = [
        Difference(capital(characteristic(str(row["covariate"]))), _size(row.get("before")), _size(row.get("after")))
        for row in numbers.get("balance") or ()
    ]
    return sorted(rows, key=lambda row: -max(row.before or 0.0, row.after or 0.0))


def _size(value: float | None) -> float | None:
    return None if value is None else abs(value)


def love(rows: Sequence[Difference]) -> go.Figure:
    """Open before, filled after; the dashed lines are the limits of alike and of too different."""
    shown = rows[:_MOST_SHOWN]
    figure = canvas(
        [r.label for r in shown], [""] * len(shown), "Standardised difference, in standard deviations",
        row_height=_ROW_HEIGHT,
    )  # fmt: skip
    figure.update_yaxes(tickfont={"size": 12}, showgrid=True)
    for limit, dash in ((BALANCED, "dot"), (UNBALANCED, "dash")):
        figure.add_vline(x=limit, line={"color": theme.GREY, "width": 1.5, "dash": dash}, layer="below")
    for name, symbol, colour, values in (
        ("before adjusting", "circle-open", theme.COLOURS[1], [r.before for r in shown]),
        ("after adjusting", "diamond", theme.COLOURS[0], [r.after for r in shown]),
    ):
        figure.add_scatter(
            x=values, y=list(range(len(shown))), mode="markers", name=name, text=[r.label for r in shown],
            marker={"symbol": symbol, "color": colour, "size": 10, "line": {"width": 2, "color": colour}},
            hovertemplate="%{text}<br>%{x:.2f} " + name + "<extra></extra>",
        )  # fmt: skip
    furthest = max((v for r in shown for v in (r.before, r.after) if v is not None), default=0.0)
    end = max(furthest, UNBALANCED) * 1.08
    ticks = [x for x in (0, BALANCED, UNBALANCED, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0) if x <= end]
    figure.update_xaxes(range=[-0.02 * end, end], tickvals=ticks)
    legend = {"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0, "yref": "paper"}
    figure.update_layout(showlegend=True, legend=legend, height=figure.layout.height + 28, margin_t=36)
    return figure
