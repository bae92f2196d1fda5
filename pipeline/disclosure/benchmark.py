"""The other clinics together, for each clinic to look at beside its own.

Made of nothing but what was released of those clinics: whatever is computed from figures that may be shown tells no
more than they do, so a clinic cannot take its own figures off the benchmark to find another's patients.
"""

import duckdb

from pipeline.disclosure.partitions import PRICE
from pipeline.disclosure.policy import FEWEST_CLINICS, FEWEST_CLINICS_FOR_PRICES, Policy


def write_benchmark(con: duckdb.DuckDBPyConnection, policy: Policy) -> None:
    """Table benchmark_cells of clinic.duckdb from the table `figures`, of which those for a clinic's own eyes are no
    part."""
    fewest = max(policy.min_clinics, FEWEST_CLINICS)
    limits = {
        "price": PRICE, "min_clinics": fewest, "min_for_prices": max(fewest, FEWEST_CLINICS_FOR_PRICES),
        "max_share": policy.max_share,
    }  # fmt: skip
    con.execute(f"CREATE TABLE clinic.main.benchmark_cells AS {_BENCHMARK}", limits)


_BENCHMARK = """
WITH clinics AS (
  SELECT * FROM figures WHERE audience = 'clinics'
), pairs AS (
  SELECT own.clinic_id, own.partition, own.cell, own.place,
    other.n_shown, other.mean, other.n_above, other.share, other.clinic_id AS other_clinic
  FROM clinics own
  LEFT JOIN clinics other ON other.partition = own.partition AND other.cell = own.cell
    AND other.clinic_id <> own.clinic_id AND other.n_shown > 0
), together AS (
  SELECT clinic_id, partition, cell, place, count(other_clinic) AS n_clinics, sum(n_shown) AS n,
    max(n_shown) / nullif(sum(n_shown), 0) AS largest,
    sum(mean * n_shown) / nullif(sum(n_shown) FILTER (mean IS NOT NULL), 0) AS mean,
    count(share) AS n_shares,
    max(n_above) FILTER (share IS NOT NULL) / sum(n_above) FILTER (share IS NOT NULL) AS widest,
    sum(n_shown) FILTER (share IS NOT NULL) / sum(n_above) FILTER (share IS NOT NULL) AS share
  FROM pairs GROUP BY ALL
), judged AS (
  SELECT *, CASE WHEN partition = $price THEN $min_for_prices ELSE $min_clinics END AS fewest,
    CASE WHEN n_clinics < fewest THEN 'few_clinics' WHEN largest > $max_share THEN 'one_dominates' END AS reason
  FROM together
)
SELECT clinic_id, partition, cell, place, fewest::INTEGER AS fewest, reason,
  CASE WHEN reason IS NULL THEN n_clinics::INTEGER END AS n_clinics,
  CASE WHEN reason IS NULL THEN n::INTEGER END AS n_shown,
  CASE WHEN reason IS NULL THEN round(mean, 1) END AS mean,
  CASE WHEN reason IS NULL AND n_shares >= fewest AND widest <= $max_share THEN round(share, 2) END AS share
FROM judged ORDER BY clinic_id, place"""
"""Per clinic, table and cell: how many other clinics show it, their people, their mean weighed by them, and the share
of those whom the table divides."""
