"""Where the sheets of a workbook lie in its file, for whoever writes a copy of it."""

from pipeline.contract.staged import SheetLayout, StagedFile
from pipeline.sources.drop import DataFile
from pipeline.sources.staged import frame
from pipeline.sources.xlsx.package import opened
from pipeline.sources.xlsx.title import find_title


def lay_out_sheet(file: DataFile, staged: StagedFile) -> SheetLayout:
    """Where the sheet that was staged lies. Raises RefusedError as reading it does."""
    with opened(file.path, file.name) as book:
        part = next(sheet.part for sheet in book.sheets if sheet.name == file.sheet)
        name = file.name.removesuffix(f"[{file.sheet}]")
        title = find_title(file, book, part, book.strings())
        header_row = title.header if title else frame(file)[0]
        return SheetLayout(file.path, name, part, book.styles_part, header_row, staged.headers)
