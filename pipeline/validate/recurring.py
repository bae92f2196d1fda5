"""Rules that many tables share: missing values, late entry, drift, reconciliation with landing."""

from pipeline.validate.rules import Drift, Matches, Measure, Rule

MOST_ROWS_LOST = 0.20
"""A table that shrinks by more than a fifth between two versions is looked at; judgement of this project,
the same share at which a snapshot that shrinks is refused."""

LATE_ENTRY_DAYS = 30
"""Entries written down more than a month after the event are recalled, not recorded; judgement."""

MOST_LATE_SHARE = 0.5


def missing_share(table: str, column: str, most: float, why: str) -> Rule:
    """Warn where more than `most` of the rows have no value in the column."""
    sentence = f"At most {most:.0%} of {table} lack {column}: {why}"
    return Rule(
        f"{table}.{column}.missing_share",
        "warning",
        sentence,
        Measure(f'SELECT avg(("{column}" IS NULL)::INTEGER) FROM {{batch}}', high=most),
    )


def late_entry(table: str) -> Rule:
    """Warn where most rows were written down long after the event."""
    sentence = f"At most {MOST_LATE_SHARE:.0%} of {table} were entered over {LATE_ENTRY_DAYS} days late: memory fades."
    return Rule(
        f"{table}.late_entry",
        "warning",
        sentence,
        Measure(f"SELECT avg((lag_days > {LATE_ENTRY_DAYS})::INTEGER) FROM {{batch}}", high=MOST_LATE_SHARE),
    )


def row_count_drift(table: str) -> Rule:
    """Warn where the table lost many rows since the last version."""
    sentence = (
        f"{table} has not lost over {MOST_ROWS_LOST:.0%} of its rows since the last version: a source may be missing."
    )
    return Rule(
        f"{table}.row_count_drift",
        "warning",
        sentence,
        Drift("SELECT count(*) FROM {batch}", fall=MOST_ROWS_LOST),
        only="research",
    )


def same_as_landing(table: str, n_records: str = "n_records", counted: str = "*") -> tuple[Rule, Rule]:
    """The candidate holds as many rows of the table as landing, and as the account says.

    `counted` is what is counted at landing, `n_records` the column of the account that tells the same.
    """
    matches = Matches("SELECT count(*) FROM {batch}", f"SELECT count({counted}) FROM landing_{table}")
    account = f"SELECT {n_records} FROM landing_account WHERE table_name = '{table}'"
    return (
        Rule(
            f"{table}.same_as_landing",
            "critical",
            f"Every current record of {table} at landing is in the candidate, once: none lost, none doubled.",
            matches,
            only="research",
        ),
        Rule(
            f"{table}.same_as_account",
            "critical",
            f"The candidate has as many {table} as its own account of landing says, or the account is wrong.",
            Measure(f"SELECT count(*) - coalesce(({account}), -1) FROM {{batch}}", low=0, high=0),
            only="research",
        ),
    )


def same_sum(table: str, steps: str) -> Rule:
    """The sum of a stored number, in its smallest `steps`, is the checksum that landing's account tells."""
    account = f"SELECT checksum FROM landing_account WHERE table_name = '{table}'"
    return Rule(
        f"{table}.same_sum",
        "critical",
        f"One number of {table} adds up to what landing's account says: no value was lost or changed on the way.",
        Measure(
            f"SELECT coalesce(sum(CAST({steps} AS BIGINT)), 0) - coalesce(({account}), -1) FROM {{batch}}",
            low=0,
            high=0,
        ),
        only="research",
    )
