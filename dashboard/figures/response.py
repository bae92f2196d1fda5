"""Share that responded by each visit: steps with bands, numbers at risk under them; and the difference at the end."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard import theme
from dashboard.figures.forest import Mark, Row
from dashboard.figures.plane import band, counts_below, dash, legend_above, plane
from pipeline.contract.curves import Course, Step

_PERCENT = 100
_ROOM, _RUN = 1.12, 1.06
"""How far the axes reach beyond the highest limit, and the last step beyond its visit."""


@dataclass(frozen=True)
class Stair:
    """One arm: its place (colour, shape, dash) and its course."""

    place: int
    course: Course

    @property
    def given(self) -> list[Step]:
        return [step for step in self.course.steps if step.share is not None]


def stairs(courses: Sequence[Course]) -> list[Stair]:
    """The arms that have steps, each with its place among all."""
    return [Stair(place, course) for place, course in enumerate(courses) if course.steps]


def response(shown: Sequence[Stair], horizon: int) -> go.Figure:
    """Kaplan-Meier curves going up, in percent: nobody has responded at the start."""
    figure = plane("Weeks since the first session", "Responded by then, % of the arm")
    for stair in shown:
        figure.add_traces(_band(stair, horizon))
    for stair in shown:
        figure.add_trace(_line(stair, horizon))
    weeks = sorted({step.week for stair in shown for step in stair.course.steps})
    figure.update_xaxes(tickvals=[0, *weeks], range=[-0.03 * horizon, _RUN * horizon])
    highest = max((step.ci_upper or 0.0 for stair in shown for step in stair.given), default=0.1)
    figure.update_yaxes(range=[0, _ROOM * _PERCENT * max(highest, 0.05)], rangemode="tozero")
    legend_above(figure, len(shown))
    rows = [(s.course.label, [_at_risk(s.course, week) for week in weeks]) for s in shown]
    counts_below(figure, weeks, rows, "At risk before the visit, and responded at it")
    return figure


def _at_risk(course: Course, week: int) -> str:
    return next((f"{s.n_at_risk:,} · {s.n_responded:,}" for s in course.steps if s.week == week), "")


def _band(stair: Stair, horizon: int) -> list[go.Scatter]:
    x = [0.0, *(float(step.week) for step in stair.given), _RUN * horizon]
    low = [0.0, *(_PERCENT * (step.ci_lower or 0.0) for step in stair.given)]
    high = [0.0, *(_PERCENT * (step.ci_upper or 0.0) for step in stair.given)]
    return band(x, [*low, low[-1]], [*high, high[-1]], theme.colour(stair.place), share=0.10, shape="hv")


def _line(stair: Stair, horizon: int) -> go.Scatter:
    colour, given = theme.colour(stair.place), stair.given
    shares = [0.0, *(_PERCENT * (step.share or 0.0) for step in given)]
    hovers = [f"{stair.course.label}<br>start", *(_hover(stair.course, step) for step in given), ""]
    return go.Scatter(
        x=[0, *(step.week for step in given), _RUN * horizon], y=[*shares, shares[-1]], mode="lines+markers",
        name=stair.course.label, line={"shape": "hv", "color": colour, "width": 2.5, "dash": dash(stair.place)},
        marker={"symbol": theme.shape(stair.place), "size": [0, *[10] * len(given), 0], "color": colour},
        hovertemplate=[f"{hover}<extra></extra>" for hover in hovers],
    )  # fmt: skip


def _hover(course: Course, step: Step) -> str:
    limits = f"{_PERCENT * (step.ci_lower or 0.0):.0f} to {_PERCENT * (step.ci_upper or 0.0):.0f}"
    return f"{course.label}, week {step.week}<br>{step.share or 0.0:.0%} ({limits})<br>{step.n_at_risk:,} at risk"


def difference_rows(courses: Sequence[Course], numbers: Sequence[str]) -> list[Row]:
    """Each arm less the reference at the end, for a forest plot; `numbers` are as the table has them."""
    return [
        Row(course.label, f"{course.n:,} people", place, (_mark(course, said),))
        for place, (course, said) in enumerate(zip(courses, numbers, strict=True))
    ]


def _mark(course: Course, numbers: str) -> Mark:
    if course.difference is None or course.is_reference:
        return Mark(True, note=numbers)
    return Mark(True, course.difference, course.ci_lower, course.ci_upper, numbers)
