"""Flags raised at the door: the record is kept, and whoever reads it is told."""

from pipeline.contract.columns import Table

HOME_DEPTH_LIMIT_MM = 1.5
"""Home use above this is flagged (domain brief, section 3: trials used more only in clinics)."""

DEEP_NEEDLE_MM = 3.0
"""Longer needles are admitted with a flag (contract, section 2)."""

SESSION_FLAGS = {
    "home_over_1_5mm": f"setting = 'home' AND needle_length_mm > {HOME_DEPTH_LIMIT_MM}",
    "home_rf": "setting = 'home' AND device = 'rf_fractional'",
    "shared_device": "shared_device",
    "needle_over_3mm": f"needle_length_mm > {DEEP_NEEDLE_MM}",
}


def select(table: Table) -> str:
    """SQL for the list of flags of a record; the empty list for most."""
    if table.name != "sessions":
        return "CAST([] AS VARCHAR[])"
    raised = ", ".join(f"CASE WHEN {condition} THEN '{name}' END" for name, condition in SESSION_FLAGS.items())
    some = " OR ".join(f"({condition})" for condition in SESSION_FLAGS.values())
    return f"CASE WHEN {some} THEN list_filter([{raised}], lambda f: f IS NOT NULL) ELSE CAST([] AS VARCHAR[]) END"
