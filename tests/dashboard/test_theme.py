"""Colours: the same ten everywhere, legible on both backgrounds."""

import tomllib
from pathlib import Path

import pytest

from dashboard import theme

CONFIG = tomllib.loads((Path(theme.__file__).parent / ".streamlit" / "config.toml").read_text())


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_configuration_has_the_same_ten_colours() -> None:
    assert CONFIG["theme"]["chartCategoricalColors"] == list(theme.COLOURS)
    assert len(set(theme.COLOURS)) == len(set(theme.SHAPES)) == 10


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("colour", [*theme.COLOURS, theme.GREY])
def test_every_colour_stands_out_from_the_background(colour: str, mode: str) -> None:
    assert contrast(colour, CONFIG["theme"][mode]["backgroundColor"]) >= 3  # WCAG 1.4.11, graphical objects


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_text_can_be_read(mode: str) -> None:
    colours = CONFIG["theme"][mode]
    assert contrast(colours["textColor"], colours["backgroundColor"]) >= 7
    assert contrast(colours["primaryColor"], colours["backgroundColor"]) >= 4.5


def test_a_saved_picture_has_the_background_of_the_page() -> None:
    assert {mode: CONFIG["theme"][mode]["backgroundColor"] for mode in ("light", "dark")} == theme.BACKGROUND


def test_tables_have_the_links_and_the_lines_of_the_rest_of_the_page() -> None:
    modes = [CONFIG["theme"][mode] for mode in ("light", "dark")]
    assert tuple(mode["linkColor"] for mode in modes) == theme.LINK
    assert [line[:7] for line in theme.TABLE_LINE] == [mode["borderColor"] for mode in modes]


def test_nothing_leaves_the_machine_and_no_traceback_is_shown() -> None:
    assert CONFIG["browser"]["gatherUsageStats"] is False
    assert CONFIG["client"]["showErrorDetails"] == "none"
    assert CONFIG["server"]["address"] == "127.0.0.1"
