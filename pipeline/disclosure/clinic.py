"""clinic.duckdb: the aggregates a clinic may read, suppressed before they are written."""

from pathlib import Path

from pipeline.config import Settings
from pipeline.disclosure.policy import STRICT, Policy
from pipeline.engine.duckdb import open_scratch, quote_text

TABLES = ("clinic_overview",)


def write(settings: Settings, candidate: Path, policy: Policy = STRICT) -> None:
    """Write clinic.duckdb beside research.duckdb in the folder `candidate`.

    The exact counts never touch the file: what is suppressed here cannot be read back from it.
    """
    parameters = {"suppress_up_to": policy.suppress_up_to, "round_to": policy.round_to, "rule": policy.rule}
    with open_scratch(settings, None) as con:
        con.execute(f"ATTACH {quote_text(str(candidate / 'research.duckdb'))} AS research (READ_ONLY)")
        con.execute(f"ATTACH {quote_text(str(candidate / 'clinic.duckdb'))} AS clinic (STORAGE_VERSION 'v1.5.0')")
        con.execute("SET search_path = 'research.main'")
        for name in TABLES:
            select = (Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8")
            con.execute(f"CREATE TABLE clinic.main.{name} AS\n{select}", parameters)
        con.execute("CHECKPOINT clinic")
