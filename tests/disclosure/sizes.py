"""What clinics of 30, 60, 100 and 200 people can see: simulated clinics, and the table that tells it.

`python -m tests.disclosure.sizes` writes data/reference/clinic_sizes.csv and prints the table of docs/disclosure.md.
"""

import csv
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb

from pipeline.config import load
from pipeline.contract import reference
from pipeline.disclosure import clinic
from tests.disclosure.months import people, write_research

SIZES = (30, 60, 100, 200)
CLINICS = 20
"""Simulated clinics of each size, whose patients joined over a year."""

MONTH = 17
"""Half a year after the last of them joined: week 24 is due for everybody, week 52 for those of the first half."""

TABLES = {
    "people": "How many patients there are",
    "diagnosis": "Kinds of hair loss",
    "depth_band": "Needle depths",
    "side_effects": "Side effects",
    "follow_up_24": "Who was seen at week 24",
    "global_24": "The patients' own assessment at week 24",
    "density_24": "Mean change of hair density at week 24",
    "case_mix_24": "The same, by stage of hair loss",
    "density_52": "Mean change of hair density at week 52",
    "price": "What patients pay a month",
}
"""What is looked for, and how it is called."""

_SEEN = """
SELECT partition, profile, split_part(clinic_id, '-', 1)::INTEGER AS size, count(DISTINCT clinic_id) AS n
FROM clinic_cells
WHERE n_shown IS NOT NULL
  AND (mean IS NOT NULL OR partition NOT IN ('density_24', 'density_52', 'case_mix_24', 'price'))
GROUP BY ALL"""

Row = Mapping[str, str]


def seen(folder: Path) -> list[dict[str, str]]:
    """Of the clinics of each size, how many see any figure of each table, by profile."""
    everybody = people(11, {f"{size}-{i:02d}": size for size in SIZES for i in range(CLINICS)}, 12)
    home = folder / "home"
    home.mkdir()
    write_research(home, everybody, MONTH)
    settings = load(folder / "other", {"NEEDLING_SCRATCH": "/var/tmp", "NEEDLING_MEMORY_MB": "256"})
    clinic.write(settings, home, "v1", own=frozenset(everybody.frame["clinic_id"].unique()))
    with duckdb.connect(str(home / "clinic.duckdb"), read_only=True) as con:
        found = {(p, profile, size): n for p, profile, size, n in con.execute(_SEEN).fetchall()}
    return [
        {"profile": profile, "table": table, "label": label}
        | {f"people_{size}": str(found.get((table, profile, size), 0)) for size in SIZES}
        | {"of": str(CLINICS)}
        for profile in ("strict", "own_clinic")
        for table, label in TABLES.items()
    ]


def markdown(rows: Iterable[Row]) -> str:
    """The table of docs/disclosure.md: for each size what is seen by the strict profile and by the one for own eyes."""
    by = {(row["profile"], row["table"]): row for row in rows}
    lines = [f"| what | {' | '.join(f'{size} people' for size in SIZES)} |", "|---" * (len(SIZES) + 1) + "|"]
    for table, label in TABLES.items():
        strict, own = by["strict", table], by["own_clinic", table]
        cells = (f"{strict[f'people_{size}']} / {own[f'people_{size}']}" for size in SIZES)
        lines.append(f"| {label} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    """Write the reference table, print that of the manual."""
    with tempfile.TemporaryDirectory() as folder:
        rows = seen(Path(folder))
    with (reference.REFERENCE / "clinic_sizes.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(markdown(rows))


if __name__ == "__main__":
    main()
