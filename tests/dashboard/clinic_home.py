"""A home with clinics' figures, released as a publication releases them."""

import json
from pathlib import Path

import polars as pl

from pipeline import ledger
from pipeline.config import load
from pipeline.disclosure import clinic, memory
from tests.disclosure.months import People, people, write_research

VERSION = "20261123T091500Z-1a2b3c"
SIZES = {"east": 260, "north": 300, "south": 250, "tiny": 8, "west": 280, "coast": 240, "hills": 270, "village": 48}
OWN, BASIS = "village", "contract of 1 October"
"""Has figures for its own eyes."""


def publish(home: Path) -> Path:
    """Make the version the current one of a home. Returns its folder."""
    folder = home / "versions" / VERSION
    folder.mkdir(parents=True)
    settings = load(home, {"NEEDLING_SCRATCH": "/var/tmp", "NEEDLING_MEMORY_MB": "256"})
    ledger.start_run(home, "run")
    everybody = people(5, SIZES, 12).frame
    nothing_severe = pl.when(pl.col("clinic_id") == OWN).then(1).otherwise("severity").alias("severity")
    write_research(folder, People(everybody.with_columns(nothing_severe)), 17)
    memory.record(home, clinic.write(settings, folder, VERSION, own={OWN}), [])
    manifest = {
        "version": VERSION, "published_at": "2026-11-23T09:15:00Z", "code_version": "0.1.0", "contract_version": "1",
        "simulated": True, "tables": {"participants": sum(SIZES.values())}, "fingerprint": "0" * 64,
        "gate": {"passed": True, "failed": [], "n_rules": 120}, "extracted_until": "2026-11-01",
        "disclosure": {"profile": "strict", "own_clinic": [{"clinic": OWN, "basis": BASIS}]},
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (home / "current.json").write_text(json.dumps({"version": VERSION, "path": f"versions/{VERSION}"}))
    return folder


ACCESS = """
[auth]
redirect_uri = "http://127.0.0.1:{port}/oauth2callback"
cookie_secret = "0123456789abcdef0123456789abcdef"
client_id = "needling"
client_secret = "not much of one"
server_metadata_url = "http://127.0.0.1:{provider}/.well-known/openid-configuration"

[users."ada@example.org"]
role = "researcher"

[users."sub:steward-1"]
role = "steward"

[users."desk@north.example"]
role = "clinic"
clinic = "north"
"""
"""The list of users; to be formatted with the dashboard's port and the provider's."""


def let_in(home: Path, *, port: int = 8501, provider: int = 9400) -> Path:
    """Write the list of users. Returns its file."""
    file = home / "access.toml"
    home.mkdir(parents=True, exist_ok=True)
    file.write_text(ACCESS.format(port=port, provider=provider))
    file.chmod(0o600)
    return file
