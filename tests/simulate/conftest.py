"""One simulation for all tests of this room, read back from its files as text."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipeline.simulate import simulate

Reader = Callable[[str], pl.DataFrame]


def read_file(path: Path) -> pl.DataFrame:
    match path.suffix:
        case ".csv":
            frame = pl.read_csv(path, infer_schema=False)
        case ".ndjson":
            frame = pl.read_ndjson(path, infer_schema_length=None)
        case _:
            frame = pl.read_parquet(path)
    return frame.select(pl.all().cast(pl.String)).with_columns(pl.lit(path.parent.name).alias("source"))


def read_table(out: Path, table: str) -> pl.DataFrame:
    files = sorted(p for p in out.glob(f"*/{table}*") if p.suffix in {".csv", ".ndjson", ".parquet"})
    return pl.concat([read_file(path) for path in files], how="diagonal")


@pytest.fixture(scope="session")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("simulation")
    simulate(4_000, 11, folder)
    return folder


@pytest.fixture(scope="session")
def read(out: Path) -> Reader:
    frames: dict[str, pl.DataFrame] = {}

    def table(name: str) -> pl.DataFrame:
        if name not in frames:
            frames[name] = read_table(out, name)
        return frames[name]

    return table


@pytest.fixture(scope="session")
def truth(out: Path) -> dict[str, Any]:
    return json.loads((out / "truth.json").read_text())


@pytest.fixture(scope="session")
def with_days(read: Reader) -> Reader:
    """A table with every date as days from enrolment, whichever way the source gives it, and who the person is."""
    people = read("participants").select(
        "participant_id", pl.col("enrolled_on").str.to_date().alias("enrolled"), "sex", "diagnosis", "consent",
        "age_years", "prior_microneedling",
    )  # fmt: skip

    def table(name: str) -> pl.DataFrame:
        frame = read(name).join(people, on="participant_id", how="left", maintain_order="left")
        for column in [c for c in frame.columns if c.endswith("_on") and c != "enrolled_on"]:
            stem = column.removesuffix("_on")
            sent = pl.col(f"{stem}_day").cast(pl.Int64) if f"{stem}_day" in frame.columns else pl.lit(None, pl.Int64)
            counted = (pl.col(column).str.to_date(strict=False) - pl.col("enrolled")).dt.total_days()
            frame = frame.with_columns(pl.coalesce(sent, counted).alias(f"{stem}_day"))
        return frame

    return table
