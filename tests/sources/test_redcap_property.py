"""What a REDCap export carries between rows, against the rules written out plainly, row by row."""

import tempfile
from pathlib import Path

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.sources import open_drop, stage
from tests.sources.conftest import HEAD

HEADERS = ("record_id", "redcap_event_name", "redcap_repeat_instrument", "sex", "age", "device", "day", "pain")
MAPPING = """
[redcap]
data = "data.csv"
[tables.participants]
where = { redcap_event_name = "base" }
columns = { sex = "sex", age = "age_years" }
[tables.sessions]
where = { redcap_repeat_instrument = "session" }
columns = { day = "performed_on", device = "device", pain = "pain_nrs" }
"""
Row = dict[str, str]
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "record_id": st.sampled_from(["1", "2", " 1", ""]),
            "redcap_event_name": st.sampled_from(["base", "later"]),
            "redcap_repeat_instrument": st.sampled_from(["", "", "session"]),
            **{header: st.sampled_from(["", "", "NA", "a", "b"]) for header in HEADERS[3:]},
        }
    ),
    min_size=1,
    max_size=6,
)


def has(row: Row, header: str) -> bool:
    return row[header] not in ("", "NA")


def said(cell: str) -> str:
    """The cell, `NA` being as empty as nothing."""
    return "" if cell == "NA" else cell


def is_session(row: Row) -> bool:
    return row["redcap_repeat_instrument"] == "session"


def is_person(row: Row) -> bool:
    return row["redcap_event_name"] == "base"


def filled(rows: list[Row], row: Row, header: str) -> str:
    """The cell as the rules of `redcap_carried` have it."""
    of_people = header in ("sex", "age")
    own = is_person if of_people else is_session
    holds = not of_people and any(own(r) and has(r, header) for r in rows)
    if has(row, header) or not own(row) or holds or not row["record_id"].strip():
        return row[header]
    in_both = len({r["redcap_event_name"] for r in rows if has(r, header)}) > 1
    of_event = header == "day" or (header != "sex" and in_both)
    plain = [r for r in rows if not is_session(r) and r["record_id"].strip() == row["record_id"].strip()]
    near = [r for r in plain if not of_event or r["redcap_event_name"] == row["redcap_event_name"]]
    values = {r[header] for r in near if has(r, header)}
    return values.pop() if len(values) == 1 else row[header]


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(rows=ROWS)
def test_a_cell_is_filled_by_the_rules_and_by_nothing_else(rows: list[Row]) -> None:
    text = "\n".join([",".join(HEADERS), *(",".join(row[h] for h in HEADERS) for row in rows)]) + "\n"
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as con:
        drop = Path(folder)
        (drop / "source.toml").write_text(HEAD.format(form="redcap") + MAPPING, encoding="utf-8")
        (drop / "data.csv").write_text(text, encoding="utf-8")
        opened = open_drop(drop)
        staged = stage(con, opened.files[0], opened.manifest, drop)
        cells = ", ".join(f"coalesce({header}, '')" for header in HEADERS)
        found = con.execute(f"SELECT {cells} FROM read_parquet(?) ORDER BY __line", [str(staged.data)]).fetchall()
    expected = [tuple(filled(rows, row, h) if h in HEADERS[3:] else row[h] for h in HEADERS) for row in rows]
    assert [tuple(map(said, row)) for row in found] == [tuple(map(said, row)) for row in expected]
