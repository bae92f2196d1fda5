"""Empty tables for somebody who starts from nothing, and one example row of each beside them."""

import csv
import io
from collections.abc import Callable, Mapping
from pathlib import Path

from pipeline.contract.columns import Table
from pipeline.contract.tables import TABLES
from pipeline.errors import UsageError

_ALTERNATIVES = ("enrolled_quarter",)
"""Columns that stand in for another one; a template offers only the usual one."""

EXAMPLE = "example"
"""In place of the participant id: the row of a workbook is an example and no record, in any case of letters."""

EXAMPLES: Mapping[str, Mapping[str, str]] = {
    "participants": {
        "participant_id": "P-001", "enrolled_on": "2025-09-01", "clinic_id": "main", "age_years": "34", "sex": "male",
        "diagnosis": "androgenetic_alopecia", "diagnosis_by": "clinician", "staging_scale": "norwood",
        "stage": "III-vertex", "stage_rater": "clinician", "years_since_onset": "4.5", "family_history": "yes",
        "skin_type": "II", "prior_microneedling": "never", "prior_minoxidil_response": "never_used", "consent": "yes",
        "consent_benchmark": "yes", "consent_export": "no", "recorded_on": "2025-09-01",
    },
    "courses": {
        "course_id": "C-001", "participant_id": "P-001", "started_on": "2025-09-08", "ended_on": "2026-02-23",
        "planned_interval_days": "7", "planned_sessions": "24", "done_sessions": "22", "needle_length_mm": "1.5",
        "device": "dermaroller", "setting": "clinic", "end_reason": "course_completed", "recorded_on": "2026-02-23",
    },
    "sessions": {
        "session_id": "S-001", "participant_id": "P-001", "performed_on": "2025-09-08", "device": "dermaroller",
        "needle_length_mm": "1.5", "depth_basis": "nominal", "setting": "clinic", "operator": "trained",
        "region": "crown", "side": "both", "passes": "5", "endpoint": "uniform_erythema", "area_cm2": "80",
        "pain_nrs": "3", "topical_delay_h": "24", "new_cartridge": "yes", "shared_device": "no", "course_id": "C-001",
        "recorded_on": "2025-09-08",
    },
    "treatments": {
        "treatment_id": "T-001", "participant_id": "P-001", "treatment": "minoxidil_topical", "asked_on": "2025-09-01",
        "strength": "5", "strength_unit": "percent", "times_per_week": "14", "started_on": "2024-03", "ongoing": "yes",
        "as_prescribed_pct": "80", "recorded_on": "2025-09-01",
    },
    "outcomes": {
        "outcome_id": "O-001", "participant_id": "P-001", "assessed_on": "2025-09-01", "instrument": "hair_density",
        "value": "142.5", "unit": "/cm2", "region": "crown", "side": "both", "site_id": "site-1", "replicate": "1",
        "rater": "software", "method": "phototrichogram_automated", "blinded": "yes", "device_software": "TrichoScan 3",
        "days_since_wash": "2", "hair_length_mm": "20", "recorded_on": "2025-09-01",
    },
    "side_effects": {
        "side_effect_id": "E-001", "participant_id": "P-001", "session_id": "S-001", "asked_on": "2025-09-10",
        "solicited": "checklist", "asked_after_hours": "48", "effect": "redness", "severity": "1", "onset_hours": "0.5",
        "resolved_after_hours": "20", "action": "none", "serious": "no", "recorded_on": "2025-09-10",
    },
    "events": {
        "event_id": "V-001", "participant_id": "P-001", "occurred_on": "2026-02-23", "event": "course_completed",
        "recorded_on": "2026-02-23",
    },
    "costs": {
        "cost_id": "K-001", "participant_id": "P-001", "incurred_on": "2025-09-08", "item": "session_fee",
        "amount": "120.00", "currency": "EUR", "recorded_on": "2025-09-08",
    },
}  # fmt: skip
"""One row of each table that the contract admits; together they are about one invented person."""

_MANIFEST = """\
# Who sends these files. Fill in the tables beside this file, then: needling ingest {folder}
[source]
id = "{source}"            # a to z, 0 to 9 and -; keep it for ever
format = "csv"
default_clinic = "main"      # used where a row names no clinic
{settings}"""

_EMPTY_SETTINGS = """\
# extracted_on = "2026-11-01"  # the day you took the data out; corrections are ordered by it
# people = "my-registry"       # only if several sources use the same participant ids
# delimiter = ";"              # if your spreadsheet writes semicolons
# decimal = ","                # if it writes 0,5
# dates = "%d.%m.%Y"           # if it writes 31.12.2026
"""

_EXAMPLE_SETTINGS = """\
extracted_on = "2026-06-30"
simulated = true             # invented; never mixed with real people in one home
"""


def template_names(table: Table) -> tuple[str, ...]:
    """The headers of a table's template."""
    return tuple(name for name in table.names if name not in _ALTERNATIVES)


def csv_template(table: Table) -> str:
    """The header line of a table, and nothing else: ingesting it untouched admits nothing."""
    return _csv([template_names(table)])


def csv_example(table: Table) -> str:
    """The header line and one row that the contract admits."""
    names = template_names(table)
    return _csv([names, tuple(EXAMPLES[table.name].get(name, "") for name in names)])


def write_templates(out: Path, fmt: str = "csv") -> list[Path]:
    """Write an empty drop into `out` and a filled one into `out/examples`; the answer names every file.

    Raises UsageError for another format, or where a file is already there: it may hold somebody's data.
    """
    if fmt != "csv":
        raise UsageError(f"template format {fmt!r}, expected csv or xlsx")
    texts = _drop(out, "my-clinic", _EMPTY_SETTINGS, csv_template)
    texts |= _drop(out / "examples", "my-clinic-example", _EXAMPLE_SETTINGS, csv_example)
    return write_new(texts)


def write_new(files: Mapping[Path, str | bytes]) -> list[Path]:
    """Write files that are not there yet. Raises UsageError where one is, for it may hold data, and writes none; and
    where the folder cannot be written.
    """
    taken = [path for path in files if path.exists()]
    if taken:
        raise UsageError(f"{taken[0]} is there already and may hold data; give another folder to --out")
    for path, content in files.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        except OSError as problem:
            raise UsageError(
                f"{path} cannot be written ({problem.strerror}); give another folder to --out"
            ) from problem
    return list(files)


def _drop(folder: Path, source: str, settings: str, text: Callable[[Table], str]) -> dict[Path, str]:
    manifest = _MANIFEST.format(folder=folder.name or ".", source=source, settings=settings)
    tables = {folder / f"{table.name}.csv": text(table) for table in TABLES.values()}
    return {folder / "source.toml": manifest, **tables}


def _csv(rows: list[tuple[str, ...]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
