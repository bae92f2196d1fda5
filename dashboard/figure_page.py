"""A result's figures as one page that opens anywhere: without a server, without the network, made without a browser."""

from collections.abc import Iterator
from html import escape

import plotly.graph_objects as go
import plotly.io as pio

from dashboard.contrasts import contrasts
from dashboard.figures import flow, love
from dashboard.figures import forest as plot
from pipeline.contract.results import Comparison

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<style>
body {{ font: 16px/1.5 sans-serif; color: #17212b; max-width: 1000px; margin: 2rem auto; padding: 0 1rem }}
</style>
</head><body><h1>{title}</h1>
<p>{standing} A difference is an association: what nobody recorded is not adjusted for. The tables beside this page hold
every number.</p>
{figures}
</body></html>
"""
_LOOK = {"template": "plotly_white", "font_family": "sans-serif", "font_color": "#17212b"}
_BARE = {"displaylogo": False, "responsive": True}

Figures = Iterator[tuple[str, str, go.Figure]]
"""Heading, a word that names it, the figure."""


def figure_page(result: Comparison, title: str) -> bytes:
    """HTML with the figures that the page Compare shows of a study; the same result gives the same bytes."""
    parts: list[str] = []
    for heading, name, figure in _figures(result):
        figure.update_layout(**_LOOK)
        drawn = pio.to_html(figure, _BARE, full_html=False, include_plotlyjs=not parts, div_id=name)
        parts.append(f"<h2>{escape(heading)}</h2>\n{drawn}")
    own = result.diagnostics.get("certificate", {})
    standing = (
        f"Version {own.get('version')}, data {own.get('data_fingerprint')}, protocol {own.get('protocol_digest')}, "
        f"code {own.get('code_version')}. Diagnostics: {result.gate}."
    )
    figures = "\n".join(parts) or "<p>No figure can be drawn of this result; the tables say why.</p>"
    return _PAGE.format(title=escape(title), standing=escape(standing), figures=figures).encode()


def _figures(result: Comparison) -> Figures:
    for place, quantity in enumerate(plot.quantities(result)):
        rows = plot.contrast_rows(result, quantity)
        figure = plot.forest(rows, plot.contrast_axis(result, quantity), quantity)
        yield "Adjusted, and as people are", f"forest-{place}", figure
    if not contrasts(result) and (rows := plot.mean_rows(result)):
        yield "Each arm", "means", plot.forest(rows, plot.mean_axis(result), "mean")
    for place, contrast in enumerate(contrasts(result)):
        if differences := love.differences(contrast.numbers):
            yield f"Are the arms alike? {contrast.label}", f"balance-{place}", love.love(differences)
    if result.attrition:
        yield "Who is counted", "attrition", flow.attrition(result.attrition)
    if result.arms:
        yield "Who came back", "retention", flow.retention(result.arms)
