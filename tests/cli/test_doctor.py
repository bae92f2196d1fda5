"""The doctor finds what is wrong and says what to do."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline import config, doctor, ledger
from pipeline.errors import UsageError
from pipeline.landing import keys


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def finding(home: Path, check: str, port: int | None = None) -> dict[str, Any]:
    document = doctor.examine(config.load(home), port or free_port())
    found: dict[str, Any] = next(f for f in document["checks"] if f["check"] == check)
    return found


def begin(home: Path) -> keys.Key:
    """A home with a key and a ledger that knows it."""
    home.mkdir(exist_ok=True)
    key = keys.load(home / "pseudonym.key", create=True)
    ledger.start_run(home, "test")
    with ledger.opened(home) as con:
        ledger.set_meta(con, "key_fingerprint", key.fingerprint)
    return key


def test_a_machine_on_which_the_tests_run_is_well(home: Path) -> None:
    document = doctor.examine(config.load(home), free_port())
    assert document["ok"], [check for check in document["checks"] if check["status"] == "fail"]
    by_name = {check["check"]: check for check in document["checks"]}
    assert list(by_name) == ["python", "libraries", "reference data", "home", "key", "browser", "port", "disk"]
    assert by_name["home"]["status"] == by_name["key"]["status"] == "warn"


def test_whatever_is_not_ok_says_what_to_do(home: Path, taken_port: int) -> None:
    document = doctor.examine(config.load(home), taken_port)
    assert all(bool(check["advice"]) == (check["status"] != "ok") for check in document["checks"])


def test_a_home_in_use_is_well(home: Path) -> None:
    key = begin(home)
    assert finding(home, "home")["status"] == "ok"
    assert finding(home, "key") == {
        "check": "key",
        "status": "ok",
        "found": f"{home}/pseudonym.key, fingerprint {key.fingerprint}",
        "advice": "",
    }


def test_a_key_that_others_can_read_fails(home: Path) -> None:
    begin(home)
    (home / "pseudonym.key").chmod(0o644)
    found = finding(home, "key")
    assert found["status"] == "fail"
    assert "chmod 600" in found["found"]


def test_another_key_than_the_homes_fails(home: Path) -> None:
    begin(home)
    (home / "pseudonym.key").unlink()
    keys.load(home / "pseudonym.key", create=True)
    found = finding(home, "key")
    assert found["status"] == "fail"
    assert "another key" in found["found"]
    assert "NEEDLING_KEY_FILE" in found["advice"]


def test_a_lost_key_fails(home: Path) -> None:
    begin(home)
    (home / "pseudonym.key").unlink()
    assert finding(home, "key")["status"] == "fail"


def test_a_home_that_cannot_be_made_fails(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    assert finding(tmp_path / "file" / "home", "home")["status"] == "fail"


def test_a_taken_port_is_a_warning_here_and_an_error_for_the_dashboard(home: Path, taken_port: int) -> None:
    assert finding(home, "port", taken_port)["status"] == "warn"
    with pytest.raises(UsageError, match=rf"port {taken_port} of 127\.0\.0\.1 is taken"):
        doctor.require_free_port(taken_port)
    doctor.require_free_port(free_port())


def test_no_browser_is_a_warning(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(home))
    assert finding(home, "browser")["status"] == "warn"


def test_missing_reference_data_fails(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    doctor.reference.rows.cache_clear()
    monkeypatch.setattr("pipeline.contract.reference.REFERENCE", tmp_path)
    found = finding(home, "reference data")
    doctor.reference.rows.cache_clear()
    assert found["status"] == "fail"
    assert "is missing" in found["found"]


def test_every_reference_table_is_looked_at() -> None:
    assert set(doctor.REFERENCE_TABLES) == {path.stem for path in doctor.reference.REFERENCE.glob("*.csv")}


def test_a_full_disk_is_a_warning(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "MIN_FREE_GB", os.statvfs("/").f_blocks * os.statvfs("/").f_frsize)
    assert finding(home, "disk")["status"] == "warn"


def test_an_old_python_fails(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "MIN_PYTHON", (99, 0))
    assert finding(home, "python")["status"] == "fail"


def test_missing_and_unfit_libraries_fail(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = home.parent / "site" / "needy-1.0.dist-info"
    site.mkdir(parents=True)
    needs = "Requires-Dist: no-such-library\nRequires-Dist: click<1\nRequires-Dist: pytest ; extra == 'dev'\n"
    (site / "METADATA").write_text(f"Metadata-Version: 2.1\nName: needy\nVersion: 1.0\n{needs}")
    monkeypatch.syspath_prepend(str(site.parent))
    monkeypatch.setattr(doctor, "DISTRIBUTION", "needy")
    found = finding(home, "libraries")
    assert found["status"] == "fail"
    assert found["found"] == "missing, broken or another version: no-such-library, click<1"
