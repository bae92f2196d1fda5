"""FHIR responses go back as they came, with a list of what was not taken and why."""

import csv
import json
from pathlib import Path

from pipeline import flow
from tests.sender.conftest import Desk

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "samples" / "app-onde"
SOURCE = "sample-app-onde"


def listed(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def test_responses_come_back_with_a_list_that_says_which_answer_is_at_fault(desk: Desk) -> None:
    flow.ingest(desk.home.settings, [SAMPLE])
    out, document = desk.hand_back(SAMPLE, SOURCE)
    assert document["refused"] == document["warnings"] == []
    assert document["open"] == document["marked"] == document["listing"]["faults"] == len(desk.entries(SOURCE))
    for name in ("diary.ndjson", "enrolments.json"):
        assert (out / "marked" / name).read_bytes() == (SAMPLE / name).read_bytes()
    assert not (out / "rejected").exists()
    assert {"letter.md", "letter.html"} <= {path.name for path in out.iterdir()}
    people = {row["line"]: row for row in listed(out / "marked" / "enrolments.json.why-not-taken.csv")}
    assert (people["22"]["field"], people["22"]["reason"][:28]) == ("diagnosis", "diagnosis: 'hair' is not kno")
    assert people["26"]["reason"].startswith("it is no QuestionnaireResponse that can be read: look at its JSON")
    diary = listed(out / "marked" / "diary.ndjson.why-not-taken.csv")
    reasons = {row["field"]: row["reason"] for row in diary}
    assert reasons["needle"] == "needle: 9.0 mm lies outside 0.10 to 5.00 mm"
    assert reasons["zone"].startswith("zone: 'beard' is not known; known are: temples, hairline")
    assert any(row["reason"].startswith("two answers stand where one is meant") for row in diary)
    assert len({tuple(row.values()) for row in diary}) == len(diary)
    told = [(row["line"], row["reason"], row["table"], row["reference"]) for row in listed(out / "not-taken.csv")]
    assert len(told) == len(set(told))


def test_a_cell_is_not_told_of_another_record_of_the_same_line(desk: Desk, tmp_path: Path) -> None:
    """A response with two sessions is two rows: which of them is at fault is not known here."""
    drop = tmp_path / "drop"
    drop.mkdir()
    for name in ("source.toml", "enrolments.json"):
        (drop / name).write_bytes((SAMPLE / name).read_bytes())
    responses = map(json.loads, (SAMPLE / "diary.ndjson").read_text("utf-8").splitlines()[:40])
    response = next(r for r in responses if sum(item["linkId"] == "session" for item in r["item"]) == 2)
    for item, millimetres in zip(response["item"], (0.5, 9.5), strict=False):
        item["item"][1]["answer"] = [{"valueQuantity": {"value": millimetres, "unit": "mm"}}]
    (drop / "diary.ndjson").write_text(json.dumps(response) + "\n", encoding="utf-8")
    flow.ingest(desk.home.settings, [drop])
    out, _ = desk.hand_back(drop, SOURCE)
    (row,) = listed(out / "marked" / "diary.ndjson.why-not-taken.csv")
    assert row == {"line": "1", "field": "needle", "reason": "needle: the value lies outside 0.10 to 5.00 mm"}
