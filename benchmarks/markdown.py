"""Tables of the pages that are written from results."""


def table(head: str, rows: list[list[str]]) -> str:
    """Rows of cells below a head, whose columns are parted by `|`."""
    columns = head.split("|")
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(cell.strip() for cell in line) + " |" for line in lines)
