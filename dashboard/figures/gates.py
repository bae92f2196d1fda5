"""The gate over time: how many rules failed at each run, the grave ones apart from warnings, published or not."""

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard import theme
from pipeline.contract.cells import GateRun

_HEIGHT = 330
_LINES = {"fgcolor": "rgba(255,255,255,0.5)", "size": 8, "fillmode": "overlay"}
_KINDS = (
    ("n_critical", "critical: nothing is published", theme.COLOURS[8], "x"),
    ("n_broken", "check could not be made", theme.COLOURS[7], "/"),
    ("n_warnings", "warning: published, and said", theme.COLOURS[1], ""),
)


def gates(runs: Sequence[GateRun]) -> go.Figure:
    """One column a run, oldest first; under each, whether what it judged was published."""
    figure = go.Figure()
    places = list(range(len(runs)))
    for field, name, colour, pattern in _KINDS:
        counts = [getattr(run, field) for run in runs]
        when = [f"{run.at[:16].replace('T', ' ')} UTC<br>{n} of {run.n_rules} rules: {name}<extra></extra>"
                for run, n in zip(runs, counts, strict=True)]  # fmt: skip
        figure.add_bar(
            x=places, y=counts, name=name, width=0.6, hovertemplate=when,
            marker={"color": colour, "pattern": {"shape": pattern, **_LINES}},
        )  # fmt: skip
    tallest = max((run.n_critical + run.n_broken + run.n_warnings for run in runs), default=0)
    labels = [
        f"{run.at[5:10]} {run.at[11:16]}<br>{'published' if run.is_published else 'not published'}" for run in runs
    ]
    step = max(len(runs) // 12, 1)
    figure.update_xaxes(
        tickvals=places[::step], ticktext=labels[::step], range=[-0.6, max(len(runs), 6) - 0.4], fixedrange=True,
        title="Run of the checks (month-day hour:minute, UTC)", automargin=True,
    )  # fmt: skip
    figure.update_yaxes(title="Rules that did not hold", range=[0, max(1.15 * tallest, 3)], dtick=max(tallest // 5, 1),
                        fixedrange=True)  # fmt: skip
    legend = {
        "orientation": "h", "y": 1, "yanchor": "bottom", "x": 0, "traceorder": "normal", "itemclick": False,
        "itemdoubleclick": False,
    }  # fmt: skip
    margin = {"l": 8, "r": 16, "t": 42, "b": 70}
    figure.update_layout(barmode="stack", height=_HEIGHT, dragmode=False, margin=margin, showlegend=True, legend=legend)
    return figure
