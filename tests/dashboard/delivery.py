"""A small delivery with two records that are not taken and two serious side effects."""

from tests.landing.conftest import PEOPLE

TOML = '[source]\nid = "north"\nformat = "csv"\nsimulated = true\nextracted_on = "2026-06-30"\n'
SESSIONS = """session_id,participant_id,performed_on,device,needle_length_mm,setting
S1,P1,2025-01-12,dermaroller,0.5,home
S2,P1,2025-01-19,dermaroler,0.5,home
"""
EFFECTS = """side_effect_id,participant_id,asked_on,effect,severity,serious
E1,P1,2025-02-01,infection,2,yes
E2,P9,2025-02-01,pain,4,no
"""
DROP = {"source.toml": TOML, "participants.csv": PEOPLE, "sessions.csv": SESSIONS, "side_effects.csv": EFFECTS}
