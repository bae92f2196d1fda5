"""Colours and shapes of the charts. Every arm has a shape beside its colour."""

COLOURS = (
    "#3B7FC4", "#C8611F", "#14906B", "#9A6BC9", "#A17A1A",
    "#CF5C8C", "#1B8FA3", "#6B7F95", "#C74B50", "#6F8A2F",
)  # fmt: skip
"""Each at least 3.7 to 1 on the light and on the dark background; the same ten stand in .streamlit/config.toml."""

SHAPES = (
    "circle", "square", "diamond", "triangle-up", "triangle-down",
    "pentagon", "hexagon", "star", "cross", "x",
)  # fmt: skip

GREY = "#7D8896"
"""For what is no arm: lines of no difference, notes. 3.6 to 1 on white, 5.0 to 1 on the dark background."""

SMALL_PRINT = ("#56616B", "#A3AEB8")
"""For captions, in light and in dark: 6.3 to 1 on white, 8.0 to 1 on the dark background."""

LINK = ("#0F766E", "#5CCFC1")
"""Of what leads somewhere, in light and in dark, as in .streamlit/config.toml."""

TABLE_LINE = ("#DCE3E873", "#2C384573")
"""Between the rows of a table, in light and in dark: the borders of .streamlit/config.toml, and as pale as its own."""

BACKGROUND = {"light": "#FFFFFF", "dark": "#10161D"}
"""Of the page, as in .streamlit/config.toml: a picture that is saved keeps the one that its letters were chosen for."""

BAND = "rgba(125, 136, 150, 0.13)"

WORSE, SAME, BETTER = "#C8611F", "#9AA5B1", "#3B7FC4"
"""Of a scale of steps: orange and blue are told apart by every common kind of colour vision."""

PAGE_WIDTH = 1120
"""Pixels: wide enough for figure and notes, narrow enough that a line of text can be read."""

LEAST_FIGURE_WIDTH = 600
"""Pixels: names at the left and numbers at the right leave a plot between them."""

TELEPHONE_WIDTH = 640
"""Pixels, up to which Streamlit itself puts columns one below the other."""

LEAST_CELL_WIDTH = "8rem"
"""Of a table on a telephone: three or four words beside each other (judgement)."""


def colour(place: int) -> str:
    """Colour of the arm at this place."""
    return COLOURS[place % len(COLOURS)]


def shape(place: int) -> str:
    """Shape of the arm at this place."""
    return SHAPES[place % len(SHAPES)]
