"""What stands above the header of a sheet."""

from itertools import islice

from pipeline.sources import titles
from pipeline.sources.drop import DataFile
from pipeline.sources.staged import frame
from pipeline.sources.titles import Title
from pipeline.sources.xlsx.cells import renderers
from pipeline.sources.xlsx.headers import without_units
from pipeline.sources.xlsx.package import Workbook
from pipeline.sources.xlsx.rows import RowReader


def find_title(file: DataFile, book: Workbook, part: str, strings: list[str | None]) -> Title | None:
    """The title over the header of a sheet, None where there is none, by a look of its own at the first rows.

    `strings` are the texts that the workbook's cells share.
    """
    header_row, _ = frame(file)
    renders = renderers(book.formats(), is_1904=book.is_1904, decimal=".", dates=None)
    first = islice(RowReader(strings, renders, None).rows(book, part), header_row + titles.MOST_ROWS)
    below = ((row, without_units(cells.values(), file.tables)[0]) for row, cells in first if row >= header_row)
    return titles.find(file, below)
