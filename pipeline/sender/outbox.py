"""The folder into which things for a sender go. It holds raw rows: never inside the home, never over other files."""

import csv
from pathlib import Path

from pipeline.contract.quality import Quality
from pipeline.errors import UsageError
from pipeline.sender import letter

LETTER = ("letter.md", "letter.html")
OVERDUE = "overdue.csv"


def prepare(out: Path, home: Path, drop: Path | None) -> None:
    """Make the folder, readable by its owner only. Raises UsageError where nothing may be written there."""
    place = out.expanduser().resolve()
    for other, word in ((home, "home"), (drop, "drop")):
        if other is not None and place.is_relative_to(other.expanduser().resolve()):
            raise UsageError(f"{out} lies inside the {word} {other}; raw rows never go there: give another --out")
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise UsageError(f"{out} is not empty; give an empty or new folder as --out, so that nothing is overwritten")
    place.mkdir(parents=True, exist_ok=True, mode=0o700)


def write_letter(quality: Quality, out: Path, *, has_copies: bool) -> list[str]:
    """Write the letter, and the list of overdue visits where there are any; the answer is the files' names."""
    for name, text in zip(LETTER, letter.render(quality, has_copies=has_copies), strict=True):
        (out / name).write_text(text, encoding="utf-8")
    if not quality.overdue:
        return list(LETTER)
    with (out / OVERDUE).open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(("file", "taken_out_on", "line", "week"))
        writer.writerows((o.file, o.taken_out_on, line, o.week) for o in quality.overdue for line in o.lines)
    return [*LETTER, OVERDUE]
