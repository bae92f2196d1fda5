"""Whatever a file holds: the account adds up, nothing is stored that should not be, and again changes nothing."""

import csv
import io
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipeline import flow
from tests.landing.conftest import PEOPLE, Home

TOKENS = {
    "session_id": st.sampled_from(["", "S1", "S2", "S3", "S4"]),
    "participant_id": st.sampled_from(["P1", "P2", "P9", "", "NA"]),
    "performed_on": st.sampled_from(
        ["2025-03-01", "2025-03-02", "2020-01-01", "2030-01-01", "2025-02-30", "", "biweekly"]
    ),
    "device": st.sampled_from(["dermaroller", "Derma Roller", "rake", "", "pen_motorised"]),
    "needle_length_mm": st.sampled_from(["0.5", "0.5mm", "1e0", "nan", "inf", "-1", "9", "", "½", "0,5", "1_0"]),
    "setting": st.sampled_from(["home", "clinic", "", "Praxis", "moon"]),
    "passes": st.sampled_from(["", "3", "3.0", "3.5", "0", "x"]),
    "withdrawn": st.sampled_from(["", "", "", "false", "true", "perhaps"]),
}
FATES = ("admitted", "unchanged", "superseding", "quarantined", "not_consented")
rows = st.lists(st.fixed_dictionaries(TOKENS), max_size=12)


def written(records: list[dict[str, str]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(TOKENS), lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return text.getvalue()


def check(document: dict[str, Any], records: int) -> dict[str, int]:
    (file,) = [f for f in document["files"] if f["table"] == "sessions"]
    assert file["read"] == records
    assert sum(file[fate] for fate in FATES) == records
    assert file["records"] == records
    table: dict[str, int] = document["tables"]["sessions"]
    return table


def row(**cells: str) -> dict[str, str]:
    usual = {"device": "dermaroller", "needle_length_mm": "0.5", "setting": "home", "passes": "x"}
    return dict.fromkeys(TOKENS, "") | usual | {"performed_on": "2025-03-01"} | cells


@example(  # the file's own copy once told that another of its name was there again, too
    first=[row(participant_id="P1")], second=[row(participant_id="P9", session_id=f"S{n}") for n in range(1, 5)]
)
@settings(max_examples=settings.default.max_examples // 20, suppress_health_check=[HealthCheck.too_slow])
@given(first=rows, second=rows)
def test_the_account_adds_up_and_a_second_reading_changes_nothing(
    first: list[dict[str, str]], second: list[dict[str, str]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        home.send({"participants.csv": PEOPLE}, on="2026-01-31")
        check(home.send({"sessions.csv": written(first)}, on="2026-01-31"), len(first))
        check(home.send({"sessions.csv": written(second)}, on="2026-02-28"), len(second))
        before = home.rows("sessions"), flow.status(home.settings)["quarantine"]
        again = check(home.send({"sessions.csv": written(second)}, on="2026-02-28"), len(second))
        assert again["admitted"] == again["superseding"] == again["withdrawn"] == 0
        assert (home.rows("sessions"), flow.status(home.settings)["quarantine"]) == before
