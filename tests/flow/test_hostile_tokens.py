"""No cell can end a run: whatever stands in it, its record is admitted or quarantined, and the account adds up."""

import csv
import io

import pytest

from pipeline import flow
from pipeline.contract.columns import Column
from pipeline.contract.tables import TABLES
from tests.landing.conftest import PEOPLE, Home

TOKENS = (
    "99999999999", "-99999999999", "99999999999.999999", "100000", "2147483647", "-2147483648",
    "9999999999999999999999", "-9223372036854775808", "1e9", "1e400", "1e-400", "0.000000001", "nan", "inf", "-inf",
    "0x1F", "1_000", "1 000", "½", "9999-12-31", "0001-01-01", "5874897-12-31", "2025-02-30", "infinity", "-infinity",
    "2025-01-12T23:59:60+99:99", "2025Q9", "0000Q1", "9999Q4", "'", '"', "\\", "%", "{}", "[ref 000000000000]", "+",
    "-", ".", "\u202e", "\x1f", "\x1e", "1 mm mm", "99999999999 mm", "0" * 300, "x" * 5000,
)  # fmt: skip

GOOD = {
    "participants": {"participant_id": "Q{row}", "enrolled_on": "2025-01-10", "age_years": "34", "sex": "male",
                     "diagnosis": "unknown", "consent": "yes", "staging_scale": "norwood", "stage": "III"},
    "courses": {"course_id": "C{row}", "participant_id": "P1", "started_on": "2025-01-12"},
    "sessions": {"session_id": "S{row}", "participant_id": "P1", "performed_on": "2025-01-12", "device": "dermaroller",
                 "needle_length_mm": "500", "setting": "home"},
    "treatments": {"treatment_id": "T{row}", "participant_id": "P1", "treatment": "prp", "started_on": "2025-01-12"},
    "outcomes": {"outcome_id": "O{row}", "participant_id": "P1", "assessed_on": "2025-01-12",
                 "instrument": "hair_density", "value": "140", "unit": "/cm2", "rater": "software"},
    "side_effects": {"side_effect_id": "E{row}", "participant_id": "P1", "asked_on": "2025-01-12", "effect": "redness"},
    "events": {"event_id": "V{row}", "participant_id": "P1", "occurred_on": "2025-01-12", "event": "moved"},
    "costs": {"cost_id": "K{row}", "participant_id": "P1", "incurred_on": "2025-01-12", "item": "device",
              "amount": "10", "currency": "EUR"},
}  # fmt: skip
"""A record of each table that is admitted."""

OTHER_UNITS = {
    "courses": {"planned_interval_days": "weeks", "needle_length_mm": "um"},
    "sessions": {"needle_length_mm": "um", "area_cm2": "mm2", "topical_delay_h": "days"},
    "side_effects": {"onset_hours": "weeks", "resolved_after_hours": "days"},
    "treatments": {"as_prescribed_pct": "fraction", "times_per_week": "per day"},
}


def written(table: str, *, as_days: bool) -> tuple[str, int]:
    """A file in which every token stands once in every column of an otherwise good record; its number of records."""

    def header(column: Column) -> str:
        return f"{column.stem}_day" if as_days and column.kind in ("date", "period") else column.name

    columns = {column.name: header(column) for column in TABLES[table].columns}
    good = {columns[name]: "1" if as_days and name.endswith("_on") else cell for name, cell in GOOD[table].items()}
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(columns.values()), restval="", lineterminator="\n")
    writer.writeheader()
    cells = [(name, token) for name in columns.values() for token in TOKENS]
    for row, (name, token) in enumerate(cells):
        writer.writerow({name: cell.format(row=row) for name, cell in good.items()} | {name: token})
    return text.getvalue(), len(cells)


def mapping(table: str) -> str:
    units = "".join(f"{column} = {unit!r}\n" for column, unit in OTHER_UNITS.get(table, {}).items())
    return f'[tables.{table}]\nfiles = ["{table}.csv"]\n[tables.{table}.units]\n{units}'


@pytest.mark.parametrize("as_days", [False, True], ids=["dates", "days"])
@pytest.mark.parametrize("table", TABLES)
def test_no_cell_ends_a_run(home: Home, table: str, as_days: bool) -> None:
    home.send({"participants.csv": PEOPLE})
    text, n_records = written(table, as_days=as_days)
    document, code = flow.ingest(home.settings, [home.drop({f"{table}.csv": text}, extra=mapping(table))])
    assert code == 0, document["refused"]
    (account,) = document["files"]
    assert account["read"] == account["records"] == n_records
    fates = ("admitted", "unchanged", "superseding", "quarantined", "not_consented")
    assert sum(account[fate] for fate in fates) == n_records
    assert account["quarantined"] > n_records // 3
    assert account["admitted"] > 0


def test_what_waits_or_is_out_of_bounds_can_be_looked_at_again(home: Home) -> None:
    home.send({"sessions.csv": written("sessions", as_days=True)[0]}, extra=mapping("sessions"))
    home.send({"participants.csv": PEOPLE})
    before = home.quarantined()
    assert flow.quarantine_retry(home.settings)["quarantine"] == before
