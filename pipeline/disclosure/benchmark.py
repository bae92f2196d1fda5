"""The other clinics together, for each clinic to look at beside its own.

Made of nothing but what was released of those clinics: whatever is computed from figures that may be shown tells no
more than they do, so a clinic cannot take its own figures off the benchmark to find another's patients.
"""

BENCHMARK = """
WITH pairs AS (
  SELECT own.clinic_id, own.partition, own.cell, own.place,
    other.n_shown, other.mean, other.n_above, other.share, other.clinic_id AS other_clinic
  FROM figures own
  LEFT JOIN figures other ON other.partition = own.partition AND other.cell = own.cell
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
  SELECT *, CASE WHEN n_clinics < $min_clinics THEN 'few_clinics' WHEN largest > $max_share THEN 'one_dominates' END
    AS reason
  FROM together
)
SELECT clinic_id, partition, cell, place, reason,
  CASE WHEN reason IS NULL THEN n_clinics::INTEGER END AS n_clinics,
  CASE WHEN reason IS NULL THEN n::INTEGER END AS n_shown,
  CASE WHEN reason IS NULL THEN round(mean, 1) END AS mean,
  CASE WHEN reason IS NULL AND n_shares >= $min_clinics AND widest <= $max_share THEN round(share, 2) END AS share
FROM judged ORDER BY clinic_id, place"""
"""Per clinic, table and cell: how many other clinics show it, their people, their mean weighed by them, and the share
of those whom the table divides."""
