"""A file as a German spreadsheet program saves it: semicolons, decimal commas, cp1252, CRLF."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path


@dataclass
class Sheet:
    """The lines of one file. `add` takes cells, `add_raw` a line that is no record."""

    headers: Sequence[str]
    lines: list[bytes] = field(default_factory=list)

    def add(self, *cells: object) -> None:
        line = ";".join(_cell(cell) for _, cell in zip(self.headers, cells, strict=True))
        self.lines.append(line.encode("cp1252"))

    def add_raw(self, line: bytes) -> None:
        self.lines.append(line)

    def write(self, path: Path) -> None:
        header = ";".join(self.headers).encode("cp1252")
        path.write_bytes(b"\r\n".join([header, *self.lines, b""]))


def _cell(value: object) -> str:
    if isinstance(value, date):
        return value.strftime("%d.%m.%Y")
    return str(value).replace(".", ",") if isinstance(value, float) else str(value)
