"""Clinics that grow month by month, as the tables a version has of them: what a clinic's figures are made of."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import duckdb
import numpy as np
import polars as pl

from pipeline.disclosure.partitions import VISITS

MONTHS_TO = {12: 3, 24: 6, 52: 12}
"""Months until a visit is due, by its week."""


@dataclass(frozen=True)
class People:
    """Everybody who ever joins: one row each, `joined` the month, and what is found at each visit."""

    frame: pl.DataFrame

    def at(self, month: int) -> pl.DataFrame:
        return self.frame.filter(pl.col("joined") <= month)


def people(seed: int, sizes: dict[str, int], months: int) -> People:
    """Clinics of these sizes in the last month; two fifths are there in the first."""
    rng = np.random.default_rng(seed)
    clinic = np.repeat(list(sizes), list(sizes.values()))
    n = len(clinic)
    columns: dict[str, object] = {
        "participant_id": np.arange(n, dtype=np.int32),
        "clinic_id": clinic,
        "pseudonym": [str(UUID(bytes=rng.bytes(16))) for _ in range(n)],
        "joined": np.where(rng.random(n) < 0.4, 0, rng.integers(0, months, n)),
        "diagnosis": rng.choice(["androgenetic_alopecia", "alopecia_areata", "other"], n, p=[0.8, 0.15, 0.05]),
        "sex": rng.choice(["female", "male"], n),
        "age_band": rng.choice(["18-29", "30-39", "40-49", "50-59"], n, p=[0.3, 0.4, 0.2, 0.1]),
        "depth_band": rng.choice(["none", "0_45_to_0_60", "1_40_to_1_60"], n, p=[0.2, 0.5, 0.3]),
        "frequency_band": rng.choice(["under_fortnightly", "weekly", "fortnightly"], n),
        "device": rng.choice(["dermaroller", "dermastamp", "pen_motorised"], n),
        "setting": rng.choice(["home", "clinic"], n, p=[0.9, 0.1]),
        "effect": rng.choice(["", "none", "redness"], n, p=[0.3, 0.3, 0.4]),
        "severity": rng.choice([1, 2, 3], n, p=[0.7, 0.27, 0.03]),
    }
    is_needling = np.array(columns["depth_band"]) != "none"
    for name in ("frequency_band", "device", "setting"):  # as in exposure: who needles not has none of them
        columns[name] = np.where(is_needling, columns[name], "none")
    columns["is_early"] = rng.random(n) < 0.6
    columns["per_month"] = np.where(rng.random(n) < 0.5, rng.lognormal(3, 1.2, n).round(2), np.nan)
    for week in VISITS:
        columns[f"seen_{week}"] = rng.random(n) < 0.7
        columns[f"density_{week}"] = np.where(rng.random(n) < 0.8, rng.normal(6000, 9000, n).round(), np.nan)
        columns[f"global_{week}"] = rng.choice([-1000, 0, 1000], n, p=[0.1, 0.3, 0.6])
    return People(pl.DataFrame(columns))


def write_research(folder: Path, everybody: People, month: int) -> None:
    """research.duckdb with what the figures of clinics are made of, as it is in that month."""
    there = everybody.at(month)
    visits = pl.concat(list(_visits(there, month)))
    results = visits.filter("is_due", "is_seen")
    tables = {
        "participants": there.select("participant_id", "clinic_id", "pseudonym", "diagnosis", "sex", "age_band",
                                     "is_early",
                                     consent_benchmark=pl.lit(True)),
        "exposure": there.select("participant_id", "depth_band", "frequency_band", "device", "setting",
                                 is_settled=pl.lit(True), landmark_days=pl.lit(84)),
        "retention": visits.select("participant_id", "visit_week", "is_due", "is_seen"),
        "outcome_change": pl.concat([
            results.filter(pl.col(name).is_not_nan()).select(
                "participant_id", "visit_week", instrument=pl.lit(code), improvement_milli=pl.col(name).cast(pl.Int64))
            for name, code in (("density", "hair_density"), ("global", "ga_participant"))
        ]),
        "cost": there.filter(pl.col("per_month").is_not_nan()).select(
            "participant_id", "per_month", currency=pl.lit("EUR"), item=pl.lit("device")),
        "safety_answers": there.filter(pl.col("effect") != "").select(
            "participant_id", "severity", "effect", ctcae_grade=pl.lit(None, pl.Int8), serious=pl.lit(False)),
    }  # fmt: skip
    with duckdb.connect(str(folder / "research.duckdb")) as con:
        for name, table in tables.items():
            con.register("table", table)
            con.execute(f'CREATE TABLE {name} AS FROM "table"')
        con.execute("ALTER TABLE participants ALTER pseudonym TYPE UUID")


def _visits(there: pl.DataFrame, month: int) -> Iterator[pl.DataFrame]:
    for week, months in MONTHS_TO.items():
        yield there.select(
            "participant_id",
            visit_week=pl.lit(week),
            is_due=pl.col("joined") + months <= month,
            is_seen=pl.col(f"seen_{week}"),
            density=pl.col(f"density_{week}"),
            **{"global": pl.col(f"global_{week}").cast(pl.Float64)},
        )
