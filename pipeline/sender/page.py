"""A page of headings, paragraphs, lists and tables, as Markdown and as HTML. Pure."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

_STYLE = """
:root { color-scheme: light dark; }
body { font: 14px/1.45 system-ui, sans-serif; margin: 1.5rem auto; max-width: 48rem; padding: 0 1rem; }
h1 { font-size: 1.4rem; margin: 0 0 .5rem; } h2 { font-size: 1.05rem; margin: 1.1rem 0 .3rem; }
p, ol, ul { margin: .3rem 0; } table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .15rem .5rem .15rem 0; border-bottom: 1px solid #8886; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
@media print { body { font-size: 10pt; margin: 0; max-width: none; } h2 { break-after: avoid; } }
"""


@dataclass(frozen=True)
class Heading:
    """Level 1 is the page's title."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Paragraph:
    """Sentences."""

    text: str


@dataclass(frozen=True)
class Items:
    """A list, numbered where the order is one of importance."""

    texts: tuple[str, ...]
    is_numbered: bool = False


@dataclass(frozen=True)
class Table:
    """Cells as they are shown; columns of figures stand to the right."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def is_figure(self, column: int) -> bool:
        return all(not cell or cell[0].isdigit() or cell == "-" for cell in (row[column] for row in self.rows))


Block = Heading | Paragraph | Items | Table


def to_markdown(blocks: Sequence[Block]) -> str:
    """The page as Markdown that reads as plain text too."""
    return "\n\n".join(_markdown(block) for block in blocks) + "\n"


def _markdown(block: Block) -> str:
    match block:
        case Heading():
            return f"{'#' * block.level} {block.text}"
        case Paragraph():
            return block.text
        case Items():
            marks = [f"{i}." if block.is_numbered else "-" for i in range(1, len(block.texts) + 1)]
            return "\n".join(f"{mark} {text}" for mark, text in zip(marks, block.texts, strict=True))
        case Table():
            return _markdown_table(block)


def _markdown_table(table: Table) -> str:
    cells = [[cell.replace("|", "\\|") for cell in row] for row in (table.headers, *table.rows)]
    widths = [max(3, *(len(row[i]) for row in cells)) for i in range(len(table.headers))]
    right = [table.is_figure(i) for i in range(len(widths))]
    lines = [
        "| " + " | ".join(c.rjust(w) if r else c.ljust(w) for c, w, r in zip(row, widths, right, strict=True)) + " |"
        for row in cells
    ]
    rule = "|" + "|".join("-" * (w + 1) + (":" if r else "-") for w, r in zip(widths, right, strict=True)) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])


def to_html(title: str, blocks: Sequence[Block]) -> str:
    """The page as one HTML file that loads nothing from elsewhere."""
    body = "\n".join(_html(block) for block in blocks)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _html(block: Block) -> str:
    match block:
        case Heading():
            return f"<h{block.level}>{html.escape(block.text)}</h{block.level}>"
        case Paragraph():
            return f"<p>{html.escape(block.text)}</p>"
        case Items():
            tag = "ol" if block.is_numbered else "ul"
            return f"<{tag}>" + "".join(f"<li>{html.escape(text)}</li>" for text in block.texts) + f"</{tag}>"
        case Table():
            head = "".join(
                _cell("th", text, block.is_figure(i), ' scope="col"') for i, text in enumerate(block.headers)
            )
            rows = "".join(
                "<tr>" + "".join(_cell("td", text, block.is_figure(i)) for i, text in enumerate(row)) + "</tr>"
                for row in block.rows
            )
            return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _cell(tag: str, text: str, is_figure: bool, more: str = "") -> str:
    number = ' class="n"' if is_figure else ""
    return f"<{tag}{more}{number}>{html.escape(text)}</{tag}>"
