"""What past gates found, as the ledger keeps it: also of candidates that were never published."""

import duckdb

from pipeline.contract.cells import GateRun

_MOST_SHOWN = 60
"""Two months of nightly runs."""

_RUNS = """
SELECT g.run, g.version, strftime(min(g.evaluated_at), '%Y-%m-%dT%H:%M:%SZ') AS judged_at, count(*) AS n_rules,
  count(*) FILTER (NOT g.success AND g.severity = 'critical' AND g.error IS NULL) AS n_critical,
  count(*) FILTER (NOT g.success AND g.severity = 'warning' AND g.error IS NULL) AS n_warnings,
  count(*) FILTER (g.error IS NOT NULL) AS n_broken,
  g.version IN (SELECT version FROM releases WHERE action = 'publish') AS is_published,
  coalesce(list_sort(list(g.rule) FILTER (NOT g.success)), []) AS failed
FROM gate_results g GROUP BY g.run, g.version ORDER BY judged_at DESC, g.run DESC LIMIT ?"""


def gate_runs(book: duckdb.DuckDBPyConnection) -> tuple[GateRun, ...]:
    """The last gates, oldest first: when, of which candidate, how many rules, which of them failed."""
    rows = book.execute(_RUNS, [_MOST_SHOWN]).fetchall()
    return tuple(
        GateRun(run, version, at, n, critical, warnings, broken, published, tuple(failed))
        for run, version, at, n, critical, warnings, broken, published, failed in reversed(rows)
    )
