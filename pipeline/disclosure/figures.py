"""The figures of every cell that may be told, as they are told: counts rounded, means to a tenth."""

from dataclasses import replace

import duckdb
import numpy as np
import polars as pl
from scipy import stats

from pipeline.disclosure.memory import NOTHING, Released
from pipeline.disclosure.partitions import PARTITIONS
from pipeline.disclosure.policy import PROFILES, Policy
from pipeline.disclosure.side_by_side import withholds_sql

LEVEL = 0.95
MILLI = 1000.0
MEAN_DECIMALS = 1
"""Means are told to a tenth of the unit, as densities are recorded."""

_FOUND = """
SELECT d.audience, d.clinic_id, d.partition, d.cell, b.title, b.label, b.unit, b.parent, b.parent_cell, b.place,
  -- kept for what was told to others only is nothing to those who were never told
  CASE WHEN d.state = 'kept' AND r.cell IS NULL THEN 'suppressed' ELSE d.state END AS state,
  r.cell IS NULL OR coalesce(a.changed, c.changed, 0) > 0 OR coalesce(l.version > r.version, false) AS is_changed,
  c.n, c.n_values, c.total::DOUBLE AS total, c.squares::DOUBLE AS squares,
  c.largest[1]::DOUBLE AS first, c.largest[2]::DOUBLE AS second,
  r.version AS version_before, r.policy AS rule_before, r.n_shown AS n_before, r.mean AS mean_before,
  r.ci_lower AS ci_lower_before, r.ci_upper AS ci_upper_before
FROM decided d JOIN described b ON b.partition = d.partition AND b.cell = d.cell
LEFT JOIN counted c
  ON c.reference = 'clinics' AND c.clinic_id = d.clinic_id AND c.partition = d.partition AND c.cell = d.cell
LEFT JOIN counted a ON d.audience = 'own_clinic'
  AND a.reference = 'any' AND a.clinic_id = d.clinic_id AND a.partition = d.partition AND a.cell = d.cell
LEFT JOIN before l ON d.audience = 'own_clinic'
  AND l.reference = 'any' AND l.clinic_id = d.clinic_id AND l.partition = d.partition AND l.cell = d.cell
LEFT JOIN remembered_cells r
  ON r.audience = d.audience AND r.clinic_id = d.clinic_id AND r.partition = d.partition AND r.cell = d.cell
ORDER BY d.audience, d.clinic_id, b.place"""


def figures(
    con: duckdb.DuckDBPyConnection, decided: pl.DataFrame, version: str, policy: Policy, audience: str
) -> pl.DataFrame:
    """What stands in clinic.duckdb for one audience: figures of shown cells from today's people, of kept ones as they
    were released. `con` has the tables of `counted.count`; `policy` is that of the audience."""
    con.register("decided", decided.filter(audience=audience))
    con.register("described", _described())
    found: pl.DataFrame = con.sql(_FOUND).pl()
    mean, half = told_mean(found, policy)
    # whoever is as last released stays as told then, by whatever rule that was
    today = (pl.col("state") == "shown") & pl.col("is_changed")
    is_kept = (pl.col("state") != "suppressed") & ~today
    rule = pl.when(is_kept).then("rule_before").otherwise(pl.lit(policy.rule))
    told: pl.DataFrame = found.select(
        "audience", "clinic_id", "partition", "cell", "title", "label", "unit", "parent", "parent_cell", "place",
        # unchanged people shown again are told as kept: who was kept for having few changes must not stand out
        pl.when(is_kept).then(pl.lit("kept")).otherwise("state").alias("state"),
        today.alias("is_news"),
        pl.when(today).then(policy.rounded(pl.col("n").fill_null(0)))
        .when(is_kept).then("n_before").cast(pl.Int32).alias("n_shown"),
        *(
            pl.when(today).then((pl.Series(mean) + pl.Series(sign * half)).round(MEAN_DECIMALS).fill_nan(None))
            .when(is_kept).then(f"{name}_before").alias(name)
            for name, sign in (("mean", 0), ("ci_lower", -1), ("ci_upper", 1))
        ),
        pl.when(today).then(pl.lit(version)).when(is_kept).then("version_before").alias("released_in"),
        pl.lit(policy.name).alias("profile"), rule.alias("rule"),
        rule.replace_strict({p.rule: p.round_to > 1 for p in PROFILES.values()}, default=True).alias("is_rounded"),
    )  # fmt: skip
    return told


def told_mean(found: pl.DataFrame, policy: Policy) -> tuple[np.ndarray, np.ndarray]:
    """Mean and half of its 95% interval (Student's t) of the cells that hold results, in units; NaN for the others, and
    where the two would tell a single value.

    `found`: of each cell n_values, total, squares (their sum), first and second (the largest in size), in thousandths.
    A mean with its interval tells the sum of squares. Whoever put in the second largest can take it off, and the
    largest is no more than the root of the rest: that must not be within `p_ratio` of itself. Where all values are
    alike, the two tell everybody's.
    """
    n, total, squares, first, second = (
        found[name].fill_null(0).to_numpy().astype(np.float64)
        for name in ("n_values", "total", "squares", "first", "second")
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total / n
        variance = np.maximum(squares / n - mean**2, 0) * n / (n - 1)
        half = stats.t.ppf((1 + LEVEL) / 2, np.maximum(n - 1, 1)) * np.sqrt(variance / n)
    tells_one = (variance == 0) | (squares - second**2 < ((1 + policy.p_ratio) * first) ** 2)
    enough = (n > 1) & ~tells_one
    return np.where(enough, mean / MILLI, np.nan), np.where(enough, half / MILLI, np.nan)


def _described() -> pl.DataFrame:
    """Every cell with its words, and its place in the order of tables and cells."""
    rows = [
        (partition.code, code, partition.title, label, partition.units.get(code), *(partition.parent or (None, None)))
        for partition in PARTITIONS
        for code, label in partition.cells()
    ]
    columns = dict.fromkeys(("partition", "cell", "title", "label", "unit", "parent", "parent_cell"), pl.String)
    return pl.DataFrame(rows, schema=columns, orient="row").with_row_index("place")


_MEMBERS = f"""
SELECT $version AS version, audience, clinic_id, partition, cell, pseudonym, value
FROM now JOIN figures USING (clinic_id, partition, cell) WHERE is_news
UNION ALL
SELECT $version AS version, w.audience, n.clinic_id, n.partition, w.cell, n.pseudonym, n.value
FROM now n JOIN withheld w USING (clinic_id, partition)
WHERE {withholds_sql("w.cell", "n.cell")}"""


def news(con: duckdb.DuckDBPyConnection, version: str) -> Released:
    """What the table `figures` shows for the first time or anew, and of whom it speaks."""
    named = {"version": version}
    cells = con.sql(
        "SELECT $version AS version, audience, clinic_id, partition, cell, rule AS policy, n_shown, mean, ci_lower, "
        "ci_upper FROM figures WHERE is_news", params=named,
    )  # fmt: skip
    members = con.sql(_MEMBERS, params=named)
    rests = con.sql("SELECT $version AS version, * FROM withheld", params=named).to_arrow_table()
    return replace(NOTHING, cells=cells.to_arrow_table(), rests=rests, members=members.to_arrow_table())
