"""Serious side effects alert whoever runs the door: once, by file and line, and through the real command."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline import flow, ledger
from tests.landing.conftest import PEOPLE, Home

HEAD = "side_effect_id,participant_id,asked_on,effect,severity,ctcae_grade,ctcae_version,serious\n"
HARMLESS = "E1,P1,2025-02-01,redness,3,2,5.0,no\n"
GRADED = "E2,P1,2025-02-02,infection,,3,5.0,no\n"
SAID_SERIOUS = "E3,P2,2025-03-02,infection,2,,,yes\n"
VERY_SEVERE = "E4,P2,2025-03-03,pain,4,,,\n"
ORPHAN = "E5,P9,2025-03-03,pain,4,,,\n"
UNKNOWN_WORD = "E6,P2,2025-03-04,boom,2,,,yes\n"
ALL = HEAD + HARMLESS + GRADED + SAID_SERIOUS + VERY_SEVERE + ORPHAN + UNKNOWN_WORD

TOLD = (
    "ALERT: north, side_effects.csv: 5 serious side effects (lines 3, 4, 5, 6, 7); "
    "2 of them are in quarantine and in no result (lines 6, 7)"
)


def needling(home: Home, *words: str | Path) -> tuple[dict[str, Any], str]:
    """(the JSON document, standard error) of the command in a process of its own."""
    program = [sys.executable, "-c", "from pipeline.cli import main; main()"]
    done = subprocess.run(
        [*program, *map(str, words), "--json", "--home", str(home.settings.home)],
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode in (0, 3), done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document, done.stderr


def alerts(document: dict[str, Any]) -> list[str]:
    return [warning for warning in document["warnings"] if warning.startswith("ALERT")]


def kept(home: Home) -> str:
    """All run records, as the ledger holds them."""
    with ledger.opened(home.settings.home, read_only=True) as book:
        return str(book.execute("SELECT document FROM runs").fetchall())


def test_an_alert_is_told_at_once_and_only_once(home: Home) -> None:
    drop = home.drop({"participants.csv": PEOPLE, "side_effects.csv": ALL})
    checked, said = needling(home, "check", drop)
    assert alerts(checked) == said.splitlines() == [TOLD]
    first, said = needling(home, "ingest", drop)
    assert alerts(first) == said.splitlines() == [TOLD]
    again, said = needling(home, "ingest", drop)
    assert alerts(again) == [] == said.splitlines()
    status, _ = needling(home, "status")
    assert [run["alerts"] for run in status["runs"]] == [0, 5]
    assert [(a["line"], a["state"]) for a in status["alerts"]] == [
        (6, "in quarantine"), (7, "in quarantine"), (3, "taken in"), (4, "taken in"), (5, "taken in"),
    ]  # fmt: skip
    assert {(a["source"], a["file"], a["run_id"]) for a in status["alerts"]} == {
        ("north", "side_effects.csv", first["run_id"])
    }
    assert set(status["alerts"][0]) == {"source", "file", "line", "run_id", "state"}, "no person and no day"


def test_people_are_told_on_standard_error_and_the_account_stays_the_account(home: Home) -> None:
    drop = home.drop({"participants.csv": PEOPLE, "side_effects.csv": HEAD + GRADED})
    program = [sys.executable, "-c", "from pipeline.cli import main; main()"]
    done = subprocess.run(
        [*program, "ingest", str(drop), "--home", str(home.settings.home)], capture_output=True, check=True, text=True
    )
    assert done.stderr == "ALERT: north, side_effects.csv: 1 serious side effect (line 2)\n"
    assert "ALERT" not in done.stdout


@pytest.mark.parametrize(
    ("row", "is_serious"),
    [
        ("E,P1,2025-02-01,pain,3,,,no", False),
        ("E,P1,2025-02-01,pain,4,,,no", True),
        ("E,P1,2025-02-01,pain,,2,5.0,", False),
        ("E,P1,2025-02-01,pain,,3,5.0,", True),
        ("E,P1,2025-02-01,pain,,5,5.0,no", True),
        ("E,P1,2025-02-01,pain,0,,,yes", True),
        ("E,P1,2025-02-01,none,,,,", False),
    ],
)
def test_what_counts_as_serious(home: Home, row: str, is_serious: bool) -> None:
    document = home.send({"participants.csv": PEOPLE, "side_effects.csv": f"{HEAD}{row}\n"})
    assert bool(alerts(document)) is is_serious


def test_a_correction_alerts_when_it_makes_an_effect_serious_and_not_when_it_was_already(home: Home) -> None:
    files = {"participants.csv": PEOPLE, "side_effects.csv": HEAD + "E1,P1,2025-02-01,infection,1,,,no\n"}
    assert alerts(home.send(files, on="2026-01-31")) == []
    worse = files | {"side_effects.csv": HEAD + "E1,P1,2025-02-01,infection,1,,,yes\n"}
    assert len(alerts(home.send(worse, on="2026-02-28"))) == 1
    graded = files | {"side_effects.csv": HEAD + "E1,P1,2025-02-01,infection,1,4,5.0,yes\n"}
    assert alerts(home.send(graded, on="2026-03-31")) == []
    milder = files | {"side_effects.csv": HEAD + "E1,P1,2025-02-01,infection,1,1,5.0,no\n"}
    assert alerts(home.send(milder, on="2026-04-30")) == []
    assert [a["state"] for a in flow.status(home.settings)["alerts"]] == ["changed since"]


def test_what_waited_and_is_then_admitted_alerts_once(home: Home) -> None:
    assert len(alerts(home.send({"side_effects.csv": HEAD + GRADED}))) == 1
    assert flow.status(home.settings)["alerts"][0]["state"] == "in quarantine"
    assert alerts(home.send({"participants.csv": PEOPLE})) == []
    assert flow.status(home.settings)["alerts"][0]["state"] == "taken in"
    assert alerts(home.send({"side_effects.csv": HEAD + GRADED.replace("P1", "P1 ")})) == []


def test_nobody_without_consent_is_told_of(home: Home) -> None:
    no = PEOPLE.replace("androgenetic_alopecia,yes", "androgenetic_alopecia,no")
    document = home.send({"participants.csv": no, "side_effects.csv": ALL})
    assert alerts(document) == [
        "ALERT: north, side_effects.csv: 4 serious side effects (lines 4, 5, 6, 7); "
        "2 of them are in quarantine and in no result (lines 6, 7)"
    ]


def test_a_forgotten_person_leaves_no_alert_behind(home: Home) -> None:
    home.send({"participants.csv": PEOPLE, "side_effects.csv": ALL})
    assert "lines 3" not in kept(home), "a run record keeps the number, not the lines: they may lead to a person"
    flow.forget(home.settings, "north", "P2")
    assert [a["line"] for a in flow.status(home.settings)["alerts"]] == [6, 3]


def test_alerts_of_a_month_ago_are_listed_only_while_they_wait(home: Home) -> None:
    home.send({"participants.csv": PEOPLE, "side_effects.csv": ALL})
    with ledger.opened(home.settings.home) as book:
        book.execute("UPDATE drops SET arrived_at = arrived_at - INTERVAL 31 DAY")
    assert [a["line"] for a in flow.status(home.settings)["alerts"]] == [6, 7]


def test_many_lines_are_counted_and_not_all_named(home: Home) -> None:
    rows = "".join(f"E{n},P1,2025-02-01,pain,4,,,\n" for n in range(1, 31))
    (told,) = alerts(home.send({"participants.csv": PEOPLE, "side_effects.csv": HEAD + rows}))
    assert "30 serious side effects" in told
    assert told.endswith("20, 21 and 10 more)")
