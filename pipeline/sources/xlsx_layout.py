"""Where the sheets of a workbook lie in its file, for whoever writes a copy of it."""

from pipeline.contract.staged import SheetLayout, StagedFile
from pipeline.sources.drop import DataFile
from pipeline.sources.staged import frame
from pipeline.sources.xlsx_package import opened
from pipeline.sources.xlsx_sheets import sheet_of


def lay_out_sheet(file: DataFile, staged: StagedFile) -> SheetLayout:
    """Where the sheet that was staged lies. Raises RefusedError as reading it does."""
    with opened(file.path, file.name) as book:
        wanted = file.sheet or next(filter(None, (sheet_of(book, mapping) for mapping in file.tables)))
        part = next(sheet.part for sheet in book.sheets if sheet.name == wanted)
        suffix = f"[{file.sheet}]" if file.sheet else ""
        return SheetLayout(
            file.path, file.name.removesuffix(suffix), part, book.styles_part, frame(file)[0], staged.headers
        )
