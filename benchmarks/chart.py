"""Lines on two logarithmic scales, as SVG: a picture of figures that stand in a table beside it."""

import math
from collections.abc import Mapping, Sequence

WIDTH, HEIGHT, LEFT, BOTTOM, RIGHT, TOP = 720, 400, 70, 50, 150, 20
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9")  # told apart by the colour-blind too (Okabe and Ito)


def lines(values: Mapping[str, Mapping[str, float]], across: str, up: str) -> str:
    """One line a name, from values by position. All must be above nought."""
    places = [float(x) for series in values.values() for x in series]
    heights = [y for series in values.values() for y in series.values()]
    x = _scale(places, LEFT, WIDTH - RIGHT)
    y = _scale(heights, HEIGHT - BOTTOM, TOP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" font-family="sans-serif" '
        f'font-size="12"><title>{up} by {across}</title><rect width="100%" height="100%" fill="white"/>'
    ]
    parts += [_tick(x(p), HEIGHT - BOTTOM + 18, f"{p:,.0f}", "middle") for p in _decades(places)]
    parts += [_tick(LEFT - 8, y(h) + 4, f"{h:g}", "end") for h in _decades(heights)]
    parts += [f'<path d="M{LEFT} {y(h):.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>' for h in _decades(heights)]
    parts += [_tick((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, across, "middle"), _tick(8, 14, up, "start")]
    for colour, (name, series) in zip(COLOURS, values.items(), strict=False):
        points = [(x(float(p)), y(h)) for p, h in series.items()]
        path = "L".join(f"{a:.1f} {b:.1f}" for a, b in points)
        parts.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3" fill="{colour}"/>' for a, b in points]
        parts.append(f'<text x="{points[-1][0] + 8:.1f}" y="{points[-1][1] + 4:.1f}" fill="{colour}">{name}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _scale(values: Sequence[float], start: float, end: float):
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return lambda value: start + (math.log10(value) - low) / max(high - low, 1) * (end - start)


def _decades(values: Sequence[float]) -> list[float]:
    return [10.0**k for k in range(math.floor(math.log10(min(values))), math.ceil(math.log10(max(values))) + 1)]


def _tick(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="#333">{text}</text>'
