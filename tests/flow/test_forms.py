"""REDCap exports and FHIR responses from the door to the warehouse: fates, withdrawals, and what is never stored."""

import csv
import io
from typing import Any

from pipeline import flow
from tests.landing.conftest import Home
from tests.sources.fhir_responses import Resource, bundle, item, ndjson, response

ENROL = "urn:example:enrolment"
FHIR = f"""
format = "fhir"
default_clinic = "app"
[tables.participants]
files = ["*"]
questionnaire = "{ENROL}"
columns = {{ age = "age_years", sex = "sex", diagnosis = "diagnosis", consent = "consent" }}
[tables.sessions]
files = ["*"]
questionnaire = "urn:example:diary"
columns = {{ needle = "needle_length_mm", device = "device", place = "setting" }}
units = {{ needle_length_mm = "mm" }}
[tables.side_effects]
files = ["*"]
questionnaire = "urn:example:diary"
effects = {{ se___red = "redness", se___swell = "swelling" }}
asked = {{ shown = "true" }}
"""
NAME, MAIL = "Anna Muster", "anna.muster@example.org"


def enrolment(person: str = "P1", **answers: object) -> Resource:
    given = {
        "age": {"valueInteger": 34},
        "sex": {"valueCoding": {"code": "female"}},
        "diagnosis": {"valueCoding": {"code": "AGA", "display": "Androgenetic alopecia"}},
        "consent": {"valueBoolean": True},
        "name": {"valueString": NAME},
        **answers,
    }
    items = [item(link, answer) for link, answer in given.items()]
    subject = {"identifier": {"value": person}, "display": NAME}
    return response(*items, n=0, questionnaire=ENROL + "|1", authored="2025-01-10T08:00:00Z", subject=subject)


def diary(n: int, *seen: str, needle: object = None, **more: object) -> Resource:
    """A session of P1 in the evening of a day of February, and what was seen after it."""
    return response(
        item("needle", needle or {"valueQuantity": {"value": 0.5, "unit": "mm"}}),
        item("g", items=[item("device", {"valueCoding": {"code": "dermaroller"}}), item("place", "home")]),
        item("se", *({"valueCoding": {"code": code}} for code in seen)),
        item("shown", {"valueBoolean": True}),
        item("words", f"it itched, wrote {MAIL}"),
        n=n,
        authored=f"2025-02-{n:02d}T20:00:00+01:00",
        **more,
    )


def counts(document: dict[str, Any], table: str) -> dict[str, int]:
    return {fate: n for fate, n in document["tables"][table].items() if n}


def send(home: Home, *resources: Resource | str, on: str = "2026-01-31") -> dict[str, Any]:
    return home.send({"responses.ndjson": ndjson(*resources)}, on=on, extra=FHIR)


def test_responses_become_records_and_the_account_holds(home: Home) -> None:
    document = send(
        home, enrolment(), diary(1, "red"), diary(2), diary(3, "red", "swell"), diary(4, status="in-progress"),
        {"resourceType": "Patient", "id": "P1", "name": [{"text": NAME}]}, "not json", diary(5, needle="9 mm"),
    )  # fmt: skip
    assert document["refused"] == []
    assert counts(document, "participants") == {"read": 2, "admitted": 1, "quarantined": 1}
    assert counts(document, "sessions") == {"read": 4, "admitted": 3, "quarantined": 1}
    assert counts(document, "side_effects") == {"read": 5, "admitted": 5}
    assert document["quarantine"] == {"malformed_line": 1, "out_of_range": 1}
    (file,) = {(f["records"], f["ignored"], f["malformed"]) for f in document["files"]}
    assert file == (8, 2, 1)  # of 8 records 5 are used
    # written in the evening of 1 February, 22 days after the morning of 10 January
    assert [day for (day,) in home.rows("sessions", "day")] == [22, 23, 24]
    effects = [effect for (effect,) in home.rows("side_effects", "effect")]
    assert effects == ["none", "none", "redness", "redness", "swelling"]


def test_the_same_responses_as_a_bundle_change_nothing_and_an_amended_one_supersedes(home: Home) -> None:
    resources = [enrolment(), diary(1, "red"), diary(2)]
    send(home, *resources)
    again = home.send({"all.json": bundle(*resources, indent=2)}, on="2026-02-28", extra=FHIR)
    assert {t: counts(again, t) for t in again["tables"]} == {
        "participants": {"read": 1, "unchanged": 1},
        "sessions": {"read": 2, "unchanged": 2},
        "side_effects": {"read": 2, "unchanged": 2},
    }
    amended = diary(1, "red", needle={"valueQuantity": {"value": 1.0, "unit": "mm"}}, status="amended")
    mended = send(home, amended, on="2026-03-31")
    assert counts(mended, "sessions") == {"read": 1, "superseding": 1}
    assert home.rows("sessions", "needle_length_mm::DOUBLE") == [(0.5,), (1.0,)]


def test_entered_in_error_withdraws_all_that_a_response_said(home: Home) -> None:
    """Also where the server has emptied it: only its id, person and day are left."""
    send(home, enrolment(), diary(1, "red", "swell"), diary(2, "red"), diary(3))
    emptied = diary(2, status="entered-in-error")
    del emptied["item"]
    again = send(home, diary(1, "red", "swell", status="entered-in-error"), emptied, on="2026-02-28")
    assert again["quarantine"] == {}
    assert {table: n["withdrawn"] for table, n in again["tables"].items()} == {
        "participants": 0, "sessions": 2, "side_effects": 3,
    }  # fmt: skip
    assert "words" in again["warnings"][0]
    assert len(again["warnings"]) == 1  # that an emptied response answers nothing is no news
    assert len(home.rows("sessions")) == 1
    assert home.rows("side_effects", "effect") == [("none",)]


def test_a_group_that_repeats_is_one_response_of_several_records(home: Home) -> None:
    """Also where one table alone reads the file, and no other counts its lines."""
    extra = FHIR.split("[tables.side_effects]", maxsplit=1)[0].replace('"*"', '"people.ndjson"', 1)
    zones = [
        item("g", items=[item("device", "dermaroller"), item("place", "home"), item("needle", f"{n} mm")])
        for n in (0.5, 1.0)
    ]
    files = {"people.ndjson": ndjson(enrolment()), "diary.ndjson": ndjson(response(*zones, n=1), diary(2))}
    document = home.send(files, on="2026-01-31", extra=extra.replace('"*"', '"diary.ndjson"'))
    assert document["refused"] == []
    assert counts(document, "sessions") == {"read": 3, "admitted": 3}
    assert [(f["records"], f["ignored"], f["malformed"]) for f in document["files"]] == [(2, 0, 0), (1, 0, 0)]


def test_a_response_that_says_two_things_is_quarantined_whole(home: Home) -> None:
    twice = diary(1)
    twice["item"].append(item("needle", "1"))
    document = send(home, enrolment(), twice, diary(2))
    assert document["quarantine"] == {"ambiguous": 1}
    assert counts(document, "sessions") == {"read": 1, "admitted": 1}
    mended = send(home, diary(1), on="2026-02-28")
    assert counts(mended, "sessions") == {"read": 1, "admitted": 1}


def test_partial_dates_are_taken_where_an_interval_may_stand(home: Home) -> None:
    extra = FHIR + '[tables.treatments]\nfiles = ["*"]\nquestionnaire = "urn:example:drugs"\n'
    extra += 'columns = { drug = "treatment", since = "started_on" }\n'
    drug = [
        response(item("drug", "finasteride_oral"), item("since", {"valueDate": since}), n=n,
                 questionnaire="urn:example:drugs")
        for n, since in enumerate(("2023", "2023-05", "2023-05-02"), start=1)
    ]  # fmt: skip
    files = {"responses.ndjson": ndjson(enrolment(), *drug, {**diary(1), "authored": "2025-02"})}
    document = home.send(files, on="2026-01-31", extra=extra)
    assert counts(document, "treatments") == {"read": 3, "admitted": 3}
    assert document["quarantine"]["wrong_type"] >= 1  # a session has a day, and February is none


REDCAP = """
format = "redcap"
default_clinic = "east"
[redcap]
data = "data.csv"
[tables.participants]
where = { redcap_repeat_instrument = "" }
columns = { enrol_date = "enrolled_on", age = "age_years", sex = "sex", diagnosis = "diagnosis", consent = "consent" }
[tables.sessions]
where = { redcap_repeat_instrument = "session" }
columns = { session_date = "performed_on", device = "device", needle = "needle_length_mm", place = "setting" }
"""
PEOPLE = {
    "enrol_date": "2025-01-10", "age": "34", "sex": "female", "diagnosis": "androgenetic_alopecia", "consent": "1",
    "first_name": NAME, "dob": "1990-05-17", "redcap_survey_identifier": MAIL, "device": "dermaroller",
}  # fmt: skip
SESSION = {"redcap_repeat_instrument": "session", "redcap_repeat_instance": "1", "needle": "0.5", "place": "home"}


def export(*rows: dict[str, str]) -> str:
    names = dict.fromkeys(
        ["record_id", "redcap_repeat_instrument", "redcap_repeat_instance", *PEOPLE, "session_date", *SESSION]
    )
    text = io.StringIO()
    writer = csv.DictWriter(text, names, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def test_a_session_takes_from_enrolment_what_was_asked_there(home: Home) -> None:
    sessions = [{"record_id": "7", **SESSION, "session_date": f"2025-01-{day}"} for day in (12, 19)]
    rows = export({"record_id": "7", **PEOPLE}, *sessions, {"record_id": "8", **SESSION, "session_date": "2025-01-12"})
    document = home.send({"data.csv": rows}, extra=REDCAP)
    assert counts(document, "participants") == {"read": 1, "admitted": 1}
    assert counts(document, "sessions") == {"read": 3, "admitted": 2, "quarantined": 1}
    assert home.rows("sessions", "day, device") == [(2, "dermaroller"), (9, "dermaroller")]
    (file,) = {(f["records"], f["ignored"], f["malformed"]) for f in document["files"]}
    assert file == (4, 0, 0)


def test_a_column_that_the_reader_adds_is_nobodys(home: Home) -> None:
    named = REDCAP.replace("columns = { ", 'columns = { record_id = "participant_id", ')
    document = home.send({"data.csv": export({"record_id": "9", **PEOPLE})}, extra=named)
    assert counts(document, "participants") == {"read": 1, "admitted": 1}
    assert not any("(record id)" in warning for warning in document["warnings"])


def test_a_mended_enrolment_row_alone_completes_its_sessions(home: Home) -> None:
    """The file is another one then, and is read as a whole."""
    session = {**SESSION, "session_date": "2025-01-12"}
    other = [{"record_id": "8", **PEOPLE}, {"record_id": "8", **session}, {"record_id": "7", **session}]
    home.send({"data.csv": export({"record_id": "7", **PEOPLE, "device": ""}, *other)}, on="2026-01-31", extra=REDCAP)
    assert home.quarantined() == {"missing_required": 1}
    again = home.send({"data.csv": export({"record_id": "7", **PEOPLE}, *other)}, on="2026-02-28", extra=REDCAP)
    assert counts(again, "sessions") == {"read": 2, "admitted": 1, "unchanged": 1}
    assert home.quarantined() == {}


def test_nothing_that_names_a_person_is_stored(home: Home) -> None:
    session = {"record_id": "anna-7", **SESSION, "session_date": "2025-01-12"}
    home.send(
        {"data.csv": export({"record_id": "anna-7", **PEOPLE}, session, {**session, "needle": MAIL})}, extra=REDCAP
    )
    home.send({"responses.ndjson": ndjson(enrolment("anna-8"), diary(1), "{" + NAME)}, source="app", extra=FHIR)
    flow.status(home.settings)
    held = home.bytes_of()
    secrets = (NAME, "Muster", MAIL, "1990-05-17", "anna-7", "anna-8", "2025-01-12", "2025-02-01", "it itched")
    assert [secret for secret in secrets if secret.encode() in held] == []


def test_both_leave_the_warehouse_the_same_way(home: Home) -> None:
    """A person is forgotten by the id that the form knows them by."""
    home.send({"data.csv": export({"record_id": "7", **PEOPLE})}, extra=REDCAP)
    files = {"responses.ndjson": ndjson(enrolment("P1"), diary(1))}
    home.send(files, source="app", extra=FHIR)
    flow.forget(home.settings, "north", "7")
    flow.forget(home.settings, "app", "P1")
    assert home.rows("participants") == home.rows("sessions") == []
    again = home.send(files, source="app", on="2026-07-31", extra=FHIR)
    assert [counts(again, table).get("admitted", 0) for table in again["tables"]] == [0, 0, 0]
