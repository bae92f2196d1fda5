"""How much room the words left of a plot take, so that the browser need not draw it a second time to find that out."""

import re

import plotly.graph_objects as go

_BREAK, _TAG = re.compile("<br>"), re.compile("<[^>]*>")
_SMALL = 0.82
"""Of a label's second line, as the figures write it."""

_USUAL_SIZE = 12
_EDGE, _TITLE, _NUMBERS = 17, 34, 28
"""Pixels between words and plot, of a title, of the numbers of an axis (as Plotly 7.1 lays them out)."""

_WIDTHS = ((frozenset(".,:;'|!ijlI "), 0.26), (frozenset("frt-()/"), 0.34), (frozenset("mwMW%@"), 0.83))
_CAPITAL, _LETTER = 0.62, 0.54
"""Widths of letters of Source Sans as shares of their size, rounded up."""


def make(figure: go.Figure) -> None:
    """Widen the left margin to what its labels take. Plotly widens it further where they take more."""
    widest = max((_needed(axis) for axis in figure.select_yaxes() if axis.automargin is not False), default=0.0)
    if widest > (figure.layout.margin.l or 0):
        figure.update_layout(margin_l=round(widest))


def _needed(axis: go.layout.YAxis) -> float:
    size = axis.tickfont.size or _USUAL_SIZE
    labels = max((_label(str(text), size) for text in axis.ticktext), default=0.0) if axis.ticktext else _NUMBERS
    return labels + _EDGE + (_TITLE if axis.title.text else 0)


def _label(text: str, size: float) -> float:
    first, *others = (_TAG.sub("", line) for line in _BREAK.split(text))
    return max(width(first, size), *(width(line, size * _SMALL) for line in others), 0.0)


def width(text: str, size: float) -> float:
    """Pixels that a line of text takes at most, or nearly so.

    >>> width("Not needling", 14) > width("needle", 14) > 30
    True
    """
    return size * sum(_share(letter) for letter in text)


def _share(letter: str) -> float:
    known = next((share for letters, share in _WIDTHS if letter in letters), None)
    return known or (_CAPITAL if letter.isupper() else _LETTER)
