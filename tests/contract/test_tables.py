"""The eight tables hold exactly the columns that the public contract names."""

import duckdb

from pipeline.contract.columns import BOOKKEEPING
from pipeline.contract.ddl import landing_schema
from pipeline.contract.tables import TABLES

BOOKKEPT = {"recorded_on", "withdrawn"}
PROMISED = {
    "participants": """participant_id enrolled_on enrolled_quarter clinic_id age_years sex diagnosis diagnosis_by
        staging_scale stage stage_rater years_since_onset family_history skin_type prior_microneedling
        prior_minoxidil_response consent consent_benchmark consent_export""",
    "courses": """course_id participant_id started_on ended_on planned_interval_days planned_sessions done_sessions
        needle_length_mm device setting end_reason""",
    "sessions": """session_id participant_id performed_on device needle_length_mm depth_basis setting operator region
        side passes endpoint area_cm2 pain_nrs topical_delay_h new_cartridge shared_device course_id""",
    "treatments": """treatment_id participant_id treatment asked_on strength strength_unit times_per_week started_on
        stopped_on ongoing as_prescribed_pct""",
    "outcomes": """outcome_id participant_id assessed_on instrument value unit area_cm2 region side site_id replicate
        rater method blinded device_software days_since_wash hair_length_mm""",
    "side_effects": """side_effect_id participant_id session_id asked_on solicited asked_after_hours effect severity
        ctcae_grade ctcae_version onset_hours resolved_after_hours still_present_at_hours action serious""",
    "events": "event_id participant_id occurred_on event",
    "costs": "cost_id participant_id incurred_on item amount currency lasts_months",
}
REQUIRED = {
    "participants": {"participant_id", "enrolled_on", "age_years", "sex", "diagnosis", "consent"},
    "courses": {"participant_id", "started_on"},
    "sessions": {"participant_id", "performed_on", "device", "needle_length_mm", "setting"},
    "treatments": {
        "participant_id",
        "treatment",
    },  # started_on unless `none`, asked_on if `none`: checked across columns
    "outcomes": {"participant_id", "assessed_on", "instrument", "value", "rater"},
    "side_effects": {"participant_id", "asked_on", "effect"},
    "events": {"participant_id", "occurred_on", "event"},
    "costs": {"participant_id", "incurred_on", "item", "amount", "currency"},
}


def test_tables_and_columns_are_those_promised() -> None:
    assert {name: set(table.names) for name, table in TABLES.items()} == {
        name: {*names.split(), *BOOKKEPT} for name, names in PROMISED.items()
    }


def test_required_columns_are_those_promised() -> None:
    assert {name: {c.name for c in table.columns if c.required} for name, table in TABLES.items()} == REQUIRED


def test_people_are_landed_first_and_courses_before_their_sessions() -> None:
    order = list(TABLES)
    assert order[0] == "participants"
    for table in TABLES.values():
        for column in table.columns:
            if column.refers_to:
                assert order.index(column.refers_to) < order.index(table.name), column.name


def test_keys_and_times_are_columns() -> None:
    for table in TABLES.values():
        assert set(table.key) <= set(table.names), table.name
        assert table.time is None or table.column(table.time).kind == "date"


def test_no_identifier_is_stored_as_sent() -> None:
    for table in TABLES.values():
        for column in table.columns:
            if column.sensitivity == "identifier":
                assert all(kind in ("UUID", "INTEGER") for _, kind in column.stored), column.name


def test_ranges_are_in_order_and_on_numbers() -> None:
    for table in TABLES.values():
        for column in table.columns:
            if column.low is not None and column.high is not None:
                assert column.low < column.high, column.name
                assert column.unit or column.kind in ("integer", "age"), column.name


def test_landing_schema_is_what_duckdb_makes_of_it() -> None:
    con = duckdb.connect()
    con.execute(landing_schema())
    for table in TABLES.values():
        made = con.execute(f"SELECT column_name, column_type FROM (DESCRIBE landing_{table.name})").fetchall()
        expected = [(name, kind) for name, kind in (*BOOKKEEPING, *table.stored)]
        assert [(n, k) for n, k in made] == expected
