"""Every row is valid under the contract but for the bad ones, which are those that truth.json counts."""

from collections import Counter
from datetime import date
from typing import Any

import polars as pl
import pytest

from pipeline.contract.columns import Column
from pipeline.contract.reference import rows, vocabulary
from pipeline.contract.tables import EARLIEST_DAY, MIN_AGE_YEARS, TABLES

from .conftest import Reader

EXTRACTED_ON = date(2026, 6, 30)
NUMBERS = {"age", "integer", "decimal"}
STAGES = {(r["scale"], word.casefold()) for r in rows("stages") for word in (r["code"], *r["synonyms"].split("|"))} | {
    ("salt", str(percent)) for percent in range(101)
}
"""Every way to write a stage; SALT is a percentage."""


def accepted(column: Column) -> list[str]:
    if column.vocabulary == "instrument":
        return [r["code"] for r in rows("instruments")]
    return [term.code for term in vocabulary(column.vocabulary or "")]


def is_missing(frame: pl.DataFrame, column: Column) -> pl.Expr:
    names = [n for n in (column.name, f"{column.stem}_day") if n in frame.columns]
    missing = pl.all_horizontal(pl.col(n).is_null() for n in names)
    return missing & (pl.col("treatment") != "none") if column.kind == "period" else missing


def column_reasons(frame: pl.DataFrame, column: Column) -> list[tuple[str, pl.Expr]]:
    """What can be wrong with one column, as (reason, rows)."""
    if column.required or column.name == "started_on":
        required = [("missing_required", is_missing(frame, column))]
    else:
        required = []
    if column.name not in frame.columns:
        return required
    token, number = pl.col(column.name), pl.col(column.name).cast(pl.Float64, strict=False)
    if column.vocabulary:
        return [*required, ("unknown_value", token.is_not_null() & ~token.is_in(accepted(column)))]
    if column.kind in NUMBERS:
        word = token.is_not_null() & number.is_null()
        outside = (number > column.high if column.high is not None else False) | (
            number < column.low if column.low is not None else False
        )
        reason = "minor" if column.kind == "age" else None
        return [
            *required,
            ("ambiguous", token == "biweekly"),
            ("wrong_type", word & (token != "biweekly")),
            ("out_of_range", outside & (number >= MIN_AGE_YEARS) if reason else outside),
            *([("minor", number < MIN_AGE_YEARS)] if reason else []),
        ]
    return required


def row_reasons(table: str) -> list[tuple[str, pl.Expr]]:
    """What can be wrong with a row as a whole."""
    time = TABLES[table].time
    reasons: list[tuple[str, pl.Expr]] = []
    if time and table != "participants":
        stem = time.removesuffix("_on")
        day = pl.col(f"{stem}_day")
        observed = (pl.lit(EXTRACTED_ON) - pl.col("enrolled")).dt.total_days()
        reasons.append(("in_future", day > observed))
        if table in {"sessions", "outcomes"}:
            reasons.append(("before_time", day < EARLIEST_DAY))
        if table in {"sessions", "outcomes"}:
            reasons.append(("out_of_range", pl.col("recorded_day") < day))
    if table == "outcomes":
        reasons.append(("unit_missing", (pl.col("instrument") == "hair_density") & pl.col("unit").is_null()))
    if table == "participants":
        stage = pl.concat_str("staging_scale", pl.lit("/"), pl.col("stage").str.to_lowercase())
        known = [f"{scale}/{word}" for scale, word in STAGES]
        reasons.append(("ambiguous", pl.col("stage").is_not_null() & ~stage.is_in(known)))
    return reasons


def judged(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    pairs = row_reasons(table)
    for column in TABLES[table].columns:
        pairs += column_reasons(frame, column)
    by_reason: dict[str, list[pl.Expr]] = {}
    for reason, condition in pairs:
        by_reason.setdefault(reason, []).append(condition.fill_null(False))
    return frame.select(
        "participant_id", *(pl.any_horizontal(found).alias(reason) for reason, found in by_reason.items())
    )


@pytest.fixture(scope="session")
def people(with_days: Reader) -> dict[str, list[str]]:
    frame = with_days("participants")
    refused = (pl.col("consent") == "false") | (pl.col("age_years").cast(pl.Int64) < MIN_AGE_YEARS).fill_null(False)
    verdict = judged("participants", frame)
    is_bad = pl.any_horizontal(pl.exclude("participant_id"))
    refusals = frame.filter(refused)["participant_id"].to_list()
    admitted = verdict.filter(~is_bad & ~pl.col("participant_id").is_in(refusals))["participant_id"].to_list()
    return {"refused": refusals, "admitted": admitted}


@pytest.mark.parametrize("table", list(TABLES))
def test_rows_are_bad_for_exactly_the_reasons_counted(
    table: str, with_days: Reader, people: dict[str, list[str]], truth: dict[str, Any]
) -> None:
    frame = with_days(table)
    verdict = judged(table, frame)
    reasons = [name for name in verdict.columns if name != "participant_id"]
    assert verdict.select(pl.sum_horizontal(reasons).max()).item() == 1, "a row has at most one reason"
    minors = verdict.filter(pl.col("minor")).height if "minor" in reasons else 0
    refused = pl.col("participant_id").is_in(people["refused"])
    assert verdict.filter(refused).height - minors == truth["not_consented"][table]
    rest = verdict if table == "participants" else verdict.filter(~refused)
    counts = Counter({reason: rest.filter(pl.col(reason)).height for reason in reasons})
    if table != "participants":
        orphans = rest.filter(~pl.col("participant_id").is_in(people["admitted"]))
        assert orphans.select(pl.any_horizontal(reasons).sum()).item() == 0
        counts["unknown_participant"] = orphans.height
    assert dict(+counts) == truth["bad_rows"][table]
    assert frame.height == truth["rows"][table]


@pytest.mark.parametrize("table", list(TABLES))
def test_headers_are_native(table: str, read: Reader) -> None:
    assert set(read(table).columns) - {"source"} <= set(TABLES[table].native_names)


def test_values_lie_within_their_instrument(read: Reader) -> None:
    known = {r["code"]: r for r in rows("instruments")}
    factor = {(r["instrument"], r["unit"]): float(r["factor"]) for r in rows("instrument_units")}
    values = read("outcomes").with_columns(pl.col("value").cast(pl.Float64, strict=False).alias("number"))
    values = values.filter(pl.col("unit").is_not_null() | (pl.col("instrument") != "hair_density"))
    seen = values.group_by("instrument", "unit").agg(
        pl.col("number").min().alias("low"), pl.col("number").max().alias("high")
    )
    assert seen.height >= 6
    for instrument, unit, low, high in seen.drop_nulls("low").iter_rows():
        scale = factor[instrument, unit] if unit else 1.0
        assert float(known[instrument]["low"]) <= low * scale
        assert high * scale <= float(known[instrument]["high"])


def test_instruments_fit_the_diagnosis(with_days: Reader) -> None:
    known = {r["code"]: r["diagnoses"].split("|") for r in rows("instruments") if r["diagnoses"]}
    real = with_days("outcomes").filter(pl.col("diagnosis").is_in([t.code for t in vocabulary("diagnosis")]))
    for instrument, diagnoses in known.items():
        used = real.filter(pl.col("instrument") == instrument)["diagnosis"].unique().to_list()
        assert set(used) <= set(diagnoses)


def test_sessions_and_courses_named_are_there(read: Reader) -> None:
    sessions = set(read("sessions")["session_id"])
    assert set(read("side_effects")["session_id"]) <= sessions
    assert set(read("sessions")["course_id"].drop_nulls()) <= set(read("courses")["course_id"])
    assert len(sessions) == read("sessions").height


def test_about_half_a_percent_is_spoiled(truth: dict[str, Any]) -> None:
    own = sum(
        n for reasons in truth["bad_rows"].values() for reason, n in reasons.items() if reason != "unknown_participant"
    )
    assert 0.003 < own / sum(truth["rows"].values()) < 0.008
