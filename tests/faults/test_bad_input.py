"""Every kind of bad input through the command line: what, what we got, what to do; nothing lost, no data shown."""

import gzip
import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from click.testing import CliRunner

from pipeline.cli import main
from tests.landing.conftest import PEOPLE, SESSIONS, Home

HEAD = "participant_id,performed_on,device,needle_length_mm,setting\n"
ROW = "P1,2025-01-12,dermaroller,0.5,home\n"
FATES = ("admitted", "unchanged", "superseding", "quarantined", "not_consented")


def run(home: Home, *words: str, code: int) -> tuple[dict[str, Any], str]:
    """(the JSON document, everything said) of a command that ends with `code`."""
    result = CliRunner().invoke(main, [*words, "--json", "--home", str(home.settings.home)])
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return json.loads(result.stdout), result.output


def parquet(folder: Path) -> bytes:
    frame = pl.DataFrame({"participant_id": [b"P1"], "performed_on": [[1]], "device": ["dermaroller"]})
    frame.write_parquet(folder / "odd.parquet")
    return (folder / "odd.parquet").read_bytes()


WHOLE_FILES: dict[str, tuple[Callable[[Path], bytes], str, str]] = {
    "empty": (lambda _: b"", "csv", "is empty"),
    "truncated gzip": (lambda _: gzip.compress((HEAD + ROW * 500).encode())[:-30], "csv.gz", "ends in the middle"),
    "duplicate header": (lambda _: (HEAD.replace("setting", "device") + ROW).encode(), "csv", "stand twice"),
    "UTF-16 without a mark": (lambda _: (HEAD + ROW).encode("utf-16-le"), "csv", "UTF-16"),
    "another encoding": (lambda _: (HEAD + ROW.replace("home", "häuslich") * 9).encode("cp1252"), "csv", "cp1252"),
    "no Parquet": (lambda _: b"not parquet at all", "parquet", "Parquet"),
    "Parquet with other types": (parquet, "parquet", "participant_id"),
}


def test_files_that_cannot_be_read_are_refused_and_the_rest_landed(home: Home) -> None:
    bad = {}
    for name, (make, suffix, _) in WHOLE_FILES.items():
        kind = suffix.removesuffix(".gz")
        extra = f'format = "{kind}"\n[tables.sessions]\nfiles = ["s.{suffix}"]\n'
        bad[name] = home.drop({f"s.{suffix}": make(home.folder)}, extra=extra)
    good = home.drop({"participants.csv": PEOPLE})
    document, said = run(home, "run", *map(str, bad.values()), str(good), code=3)
    reasons = {str(Path(refusal["path"])): refusal["reason"] for refusal in document["refused"]}
    assert len(document["refused"]) == len(WHOLE_FILES)
    for name, drop in bad.items():
        (reason,) = [text for path, text in reasons.items() if path.startswith(str(drop))]
        assert WHOLE_FILES[name][2].lower() in reason.lower(), name
    assert document["tables"]["participants"]["admitted"] == 2
    assert document["version"]
    assert "P1" not in said.replace(str(home.folder), "")


LINES = {
    "header only": (HEAD, 0, {}),
    "a NUL byte": (HEAD + ROW + "P1,2025-01-13,dermar\0oller,0.5,home\n", 2, {"malformed_line": 1}),
    "one unbalanced quote": (
        HEAD + ROW + 'P1,2025-01-13,"dermaroller,0.5,home\nP1,2025-01-14,dermaroller,0.5,home\n',
        3,
        {"malformed_line": 2},
    ),
    "too few fields": (HEAD + ROW + "P1,2025-01-13\n", 2, {"malformed_line": 1}),
}


@pytest.mark.parametrize("name", LINES)
def test_bad_lines_are_quarantined_one_by_one(home: Home, name: str) -> None:
    text, records, reasons = LINES[name]
    document, _ = run(home, "ingest", str(home.drop({"participants.csv": PEOPLE, "sessions.csv": text})), code=0)
    table = document["tables"]["sessions"]
    assert table["read"] == records == sum(table[fate] for fate in FATES)
    assert document["quarantine"] == reasons


def test_a_json_line_cut_short_costs_only_itself(home: Home) -> None:
    line = '{"participant_id": "P1", "performed_on": "2025-01-%d", "device": "dermaroller", '
    rest = '"needle_length_mm": 0.5, "setting": "home"}\n'
    text = line % 12 + rest + line % 13 + "\n" + line % 14 + rest
    home.send({"participants.csv": PEOPLE})
    bad = home.drop({"sessions.ndjson": text}, extra='format = "ndjson"\n')
    document, _ = run(home, "ingest", str(bad), code=0)
    assert document["tables"]["sessions"]["admitted"] == 2
    assert document["quarantine"] == {"malformed_line": 1}


DROPS = {
    "a path that leads out": ('[tables.sessions]\nfiles = ["../secret.csv"]\n', "leads out of the drop"),
    "an unknown key": ("colour = 3\n", "colour"),
    "a column that does not exist": (
        '[tables.sessions]\nfiles = ["sessions.csv"]\ncolumns = { "A" = "needle_lenght_mm" }\n',
        "needle_length_mm",
    ),
    "a table that does not exist": ('[tables.session]\nfiles = ["sessions.csv"]\n', "sessions"),
    "broken TOML": ("= = =\n", "source.toml"),
}


@pytest.mark.parametrize("name", DROPS)
def test_a_mistaken_mapping_refuses_its_drop_and_says_what_is_allowed(home: Home, name: str) -> None:
    extra, wanted = DROPS[name]
    bad = home.drop({"sessions.csv": SESSIONS}, extra=extra)
    document, _ = run(home, "ingest", str(bad), code=2)
    assert wanted in document["refused"][0]["reason"]
    good = home.drop({"participants.csv": PEOPLE})
    assert run(home, "ingest", str(bad), str(good), code=3)[0]["tables"]["participants"]["admitted"] == 2


def test_another_key_than_the_homes_changes_nothing(filled: Home) -> None:
    key = filled.settings.key_file
    right = key.read_text()
    key.write_text("ab" * 32)
    document, _ = run(filled, "ingest", str(filled.drop({"sessions.csv": SESSIONS})), code=2)
    assert "is not this home's" in document["error"]["message"]
    key.unlink()
    document, _ = run(filled, "ingest", str(filled.drop({"sessions.csv": SESSIONS})), code=2)
    assert "is missing" in document["error"]["message"]
    assert not key.exists()
    key.write_text(right)
    key.chmod(0o644)
    document, _ = run(filled, "ingest", str(filled.drop({"sessions.csv": SESSIONS})), code=2)
    assert "can be read by others" in document["error"]["message"]
    key.chmod(0o600)
    assert len(filled.rows("sessions")) == 2


def test_the_key_is_its_owners_alone(filled: Home) -> None:
    assert stat.S_IMODE(filled.settings.key_file.stat().st_mode) == 0o600


def test_invented_and_real_people_are_never_mixed(filled: Home) -> None:
    real = filled.drop({"participants.csv": PEOPLE}, source="south")
    manifest = real / "source.toml"
    manifest.write_text(manifest.read_text().replace("simulated = true", "simulated = false"))
    document, _ = run(filled, "ingest", str(real), code=2)
    assert "never mixed" in document["refused"][0]["reason"]


def test_a_critical_failure_publishes_nothing_and_leaves_the_old_version(filled: Home) -> None:
    before = run(filled, "publish", code=0)[0]["version"]
    # a landing file that was damaged behind the program's back: a needle longer than any
    (path,) = (filled.settings.home / "landing" / "sessions").rglob("*rows*.parquet")
    changed = path.with_suffix(".changed")
    longer = "SELECT * REPLACE (CAST(9 AS DECIMAL(9,2)) AS needle_length_mm)"
    duckdb.sql(f"COPY ({longer} FROM read_parquet('{path}')) TO '{changed}' (FORMAT parquet)")
    changed.replace(path)
    run(filled, "publish", code=4)
    bad = filled.drop({"sessions.csv": b""})
    document, _ = run(filled, "run", str(bad), str(filled.drop({"participants.csv": PEOPLE})), code=4)
    assert document["version"] is None
    assert not document["gate"]["passed"]
    assert run(filled, "status", code=0)[0]["version"] == before
