"""FHIR: which resources of a file are read, and what stands at their top."""

import gzip
import json

import pytest

from pipeline.errors import RefusedError
from tests.sources.fhir_responses import (
    ReadResponses,
    Resource,
    bundle,
    item,
    ndjson,
    read_responses,
    response,
)
from tests.sources.mapping_text import mistakes

__all__ = ["read_responses"]

ONE = response(item("needle", {"valueDecimal": 0.5}), item("device", "pen"), item("place", "home"), item("pain", "3"))
TWO = {**ONE, "id": "r2", "subject": {"identifier": {"value": "P2"}}}
ANSWERS = {"needle": "0.5", "device": "pen", "place": "home", "pain": "3"}
LINES = ndjson(ONE, TWO)


@pytest.mark.parametrize(
    ("content", "name", "source"),
    [
        (LINES, "responses.ndjson", ""),
        (gzip.compress(LINES, mtime=0), "responses.ndjson.gz", ""),
        (b"\xef\xbb\xbf" + LINES, "responses.ndjson", ""),
        (LINES.replace(b"\n", b"\r\n"), "responses.ndjson", ""),
        (LINES.replace(b"\n", b"\n\n").strip(), "responses.jsonl", ""),
        (LINES.decode().encode("utf-16"), "responses.ndjson", ""),
        (LINES, "responses.ndjson", 'encoding = "cp1252"'),
        (bundle(ONE, TWO), "responses.json", ""),
        (bundle(ONE, TWO, indent=2), "responses.json", ""),
        (gzip.compress(bundle(ONE, TWO, indent=2), mtime=0), "responses.json.gz", ""),
    ],
)
def test_every_way_of_writing_the_responses_reads_the_same(
    read_responses: ReadResponses, content: bytes, name: str, source: str
) -> None:
    found = read_responses(content, name=name, source=source)
    assert found.answers() == [ANSWERS, ANSWERS]
    assert [row["subject"] for _, row in found.rows()] == ["P1", "P2"]
    assert (found.malformed, found.staged.records, found.warnings) == ([], 2, ())


def test_lines_and_entries_are_counted_from_one(read_responses: ReadResponses) -> None:
    assert [line for line, _ in read_responses(ndjson(ONE, "", TWO)).rows()] == [1, 3]
    assert [line for line, _ in read_responses(bundle(ONE, TWO, indent=1)).rows()] == [1, 2]


def test_a_response_may_stand_alone(read_responses: ReadResponses) -> None:
    assert read_responses(json.dumps(ONE, indent=2).encode(), name="one.json").answers() == [ANSWERS]


BAD = [
    '{"resourceType": "QuestionnaireResponse", "id": ',
    "[1]",
    "nonsense",
    "{}",
    '{"resourceType": "QuestionnaireResponse", "status": "completed", "status": "completed"}',
    '{"resourceType": "QuestionnaireResponse"}',
    json.dumps({**ONE, "status": "final"}),
    json.dumps({**ONE, "status": "Completed"}),
    json.dumps({**ONE, "status": None}),
    json.dumps({**ONE, "questionnaire": None}),
    json.dumps({**ONE, "item": {"linkId": "device"}}),
    json.dumps({**ONE, "item": [{"answer": [{"valueString": "pen"}]}]}),
    json.dumps({**ONE, "item": [{"linkId": " ", "answer": [{"valueString": "pen"}]}]}),
    json.dumps({**ONE, "item": ["device"]}),
    json.dumps({**ONE, "item": [{"linkId": "device", "answer": {"valueString": "pen"}}]}),
    json.dumps({**ONE, "item": [{"linkId": "device", "answer": ["pen"]}]}),
    json.dumps({**ONE, "item": [{"linkId": "group", "item": {"linkId": "device"}}]}),
]


def test_what_is_no_response_is_set_aside_alone(read_responses: ReadResponses) -> None:
    found = read_responses(ndjson(ONE, *BAD, TWO))
    assert found.malformed == [(line, "malformed_line") for line in range(2, 2 + len(BAD))]
    assert ([line for line, _ in found.rows()], found.staged.records) == ([1, 2 + len(BAD)], 2 + len(BAD))


def test_an_entry_of_a_bundle_that_is_none_is_set_aside_alone(read_responses: ReadResponses) -> None:
    found = read_responses(bundle(ONE, None, {**TWO, "item": [{}]}, TWO))
    assert (found.malformed, found.staged.records) == ([(2, "malformed_line"), (3, "malformed_line")], 4)
    assert [line for line, _ in found.rows()] == [1, 4]


def test_letters_that_do_not_decode_cost_one_resource(read_responses: ReadResponses) -> None:
    damaged = json.dumps({**ONE, "id": "x"}).encode().replace(b'"pen"', b'"p\xe4n"')
    found = read_responses(ndjson(ONE) + damaged + b"\n" + ndjson(TWO))
    assert (found.malformed, found.staged.records) == ([(2, "encoding")], 3)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (bundle(ONE, TWO)[:-40], "is JSON that breaks off or is damaged; it was cut short on its way, ask for it"),
        (bundle(ONE, TWO, indent=2)[:-40], "is JSON that breaks off or is damaged; it was cut short on its way"),
        (json.dumps([ONE, TWO]).encode(), "is a JSON list; expected a Bundle, or one resource a line"),
        (json.dumps([ONE, TWO], indent=2).encode(), "is a JSON list; expected a Bundle, or one resource a line"),
        (
            b'{\n"resourceType": "Questionnaire"\n}',
            "is a resource of type 'Questionnaire'; expected a Bundle",
        ),
        (b'{\n"participant_id": "P1"\n}', "is JSON without a resourceType; expected a Bundle or NDJSON"),
        (b"", "is empty"),
        (b"\0\0\0\0", "holds nothing but NUL bytes"),
    ],
)
def test_a_file_that_is_no_responses_is_refused(read_responses: ReadResponses, content: bytes, sentence: str) -> None:
    with pytest.raises(RefusedError, match=sentence):
        read_responses(content, name="responses.json")


def test_a_bundle_too_large_to_be_held_is_refused(
    read_responses: ReadResponses, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.sources.fhir.resources.MAX_DOCUMENT_BYTES", 1 << 9)
    with pytest.raises(RefusedError, match="is a Bundle of over 0 MB; send its resources as NDJSON, one a line"):
        read_responses(bundle(ONE, TWO), name="responses.json")
    assert len(read_responses(ndjson(ONE, TWO)).rows()) == 2


def test_a_bundle_without_entries_holds_nothing(read_responses: ReadResponses) -> None:
    found = read_responses(b'{"resourceType": "Bundle", "type": "searchset", "total": 0}', name="none.json")
    assert (found.staged.records, found.rows(), found.malformed, found.warnings) == (0, [], [], ())


def test_other_resources_and_unfinished_responses_are_ignored_and_told(read_responses: ReadResponses) -> None:
    patient: Resource = {"resourceType": "Patient", "id": "7", "name": [{"family": "Muster"}]}
    found = read_responses(bundle(patient, ONE, {**TWO, "status": "in-progress"}, patient))
    assert ([line for line, _ in found.rows()], found.malformed, found.staged.records) == ([2], [], 4)
    assert found.warnings == (
        "responses.ndjson: 1 response is in-progress and not read before finished",
        "responses.ndjson: only QuestionnaireResponse is read, not Patient (2)",
    )


@pytest.mark.parametrize(
    ("status", "withdrawn"),
    [("completed", "false"), ("amended", "false"), ("stopped", "false"), ("entered-in-error", "true")],
)
def test_a_status_says_whether_the_record_stands(read_responses: ReadResponses, status: str, withdrawn: str) -> None:
    found = read_responses({**ONE, "status": status})
    assert found.rows()[0][1]["status"] == status
    (mapping,) = found.manifest.tables
    assert mapping.values["withdrawn"][status] == withdrawn


SUBJECTS: list[tuple[object, str | None]] = [
    ({"identifier": {"value": " P9 "}, "reference": "Patient/7"}, "P9"),
    ({"identifier": {"value": 9}}, "9"),
    ({"reference": "Patient/7"}, "7"),
    ({"reference": "https://example.org/fhir/Patient/7"}, "7"),
    ({"reference": "https://example.org/fhir/Patient/7/_history/2"}, "7"),
    ({"reference": "urn:uuid:0c3151bd"}, "urn:uuid:0c3151bd"),
    ({"reference": "#p1"}, None),
    ({"display": "Anna Muster"}, None),
    ("P1", None),
    (None, None),
]


def test_the_subject_is_the_participant(read_responses: ReadResponses) -> None:
    """A name inside the resource (#p1) is somebody else in the next one, and a display is for reading."""
    found = read_responses(ndjson(*({**ONE, "subject": subject} for subject, _ in SUBJECTS)))
    assert [row.get("subject") for _, row in found.rows()] == [person for _, person in SUBJECTS]


def test_a_participant_id_among_the_answers_goes_before_the_subject(read_responses: ReadResponses) -> None:
    asked = response(item("who", "P5"), item("device", "pen"))
    tables = '[tables.sessions]\nfiles = ["*"]\ncolumns = { who = "participant_id", device = "device" }\n'
    assert read_responses(asked, tables).answers() == [{"who": "P5", "device": "pen"}]
    native = response(item("participant_id", "P6"), item("device", "pen"))
    assert read_responses(native).rows()[0][1]["subject"] == "P6"


def test_authored_is_the_day_where_none_is_mapped(read_responses: ReadResponses) -> None:
    at_noon = {**ONE, "authored": "2025-03-01T12:00:00+01:00"}
    assert read_responses(at_noon).rows()[0][1]["date"] == "2025-03-01T12:00:00+01:00"
    asked = response(item("day", {"valueDate": "2025-02-27"}), item("device", "pen"))
    tables = '[tables.sessions]\nfiles = ["*"]\ncolumns = { day = "performed_on", device = "device" }\n'
    found = read_responses(asked, tables)
    assert found.answers() == [{"day": "2025-02-27", "device": "pen"}]
    assert "date" not in found.rows()[0][1]
    named = '[tables.sessions]\nfiles = ["*"]\ncolumns = { authored = "performed_on", device = "device" }\n'
    assert read_responses(asked, named).answers() == [{"authored": "2025-03-01", "device": "pen"}]


def test_a_questionnaire_is_named_with_or_without_its_version(read_responses: ReadResponses) -> None:
    first, second = ({**ONE, "id": f"v{n}", "questionnaire": f"urn:example:diary|{n}"} for n in (1, 2))
    other = {**ONE, "questionnaire": "urn:example:diary2"}
    found = read_responses(ndjson(first, second, other))
    assert [row["record"] for _, row in found.rows()] == ["v1", "v2"]
    assert found.warnings == (
        "responses.ndjson: responses to questionnaires that no table names are not read: urn:example:diary2 (1)",
    )
    tables = (
        '[tables.sessions]\nfiles = ["*"]\nquestionnaire = "urn:example:diary|2"\ncolumns = { device = "device" }\n'
    )
    assert [row["record"] for _, row in read_responses(ndjson(first, second), tables).rows()] == ["v2"]


def test_one_response_may_be_rows_of_several_tables(read_responses: ReadResponses) -> None:
    tables = """[tables.sessions]
files = ["*"]
columns = { device = "device" }
[tables.outcomes]
files = ["*"]
questionnaire = "urn:example:diary"
instruments = { pain = { instrument = "satisfaction_nrs" } }
"""
    found = read_responses(ndjson(ONE, {**TWO, "questionnaire": "urn:other"}), tables)
    assert found.answers("sessions") == [{"device": "pen"}, {"device": "pen"}]
    assert found.answers("outcomes") == [{"pain": "3"}]


def test_a_response_that_answers_other_tables_only_is_no_row(read_responses: ReadResponses) -> None:
    """An enrolment without a drug is no treatment; one that answers nothing at all is told by every table."""
    tables = """[tables.participants]
files = ["*"]
columns = { age = "age_years" }
[tables.treatments]
files = ["*"]
columns = { drug = "treatment" }
[tables.events]
files = ["*"]
constants = { event = "other" }
"""
    age, drug = item("age", {"valueInteger": 34}), item("drug", "lllt")
    found = read_responses(
        ndjson(
            response(age, n=1),
            response(age, drug, n=2),
            response(n=3),
            response(age, n=4, status="entered-in-error"),
            response(item("other", "x"), n=5),
        ),
        tables,
    )
    lines = {table: [line for line, _ in found.rows(table)] for table in ("participants", "treatments", "events")}
    assert lines == {"participants": [1, 2, 3, 4, 5], "treatments": [2, 3, 4, 5], "events": [1, 2, 3, 4, 5]}


HEAD = '[source]\nid = "north"\nformat = "fhir"\n'


def test_mistakes_in_the_mapping_are_named() -> None:
    assert mistakes(HEAD + "[tables.sessions]\n") == [
        '[tables.sessions] files: is missing; expected NDJSON files or Bundles, such as ["responses*.ndjson"]'
    ]
    (empty,) = mistakes(HEAD + '[tables.sessions]\nfiles = ["*"]\nquestionnaire = " "\n')
    assert empty.startswith("[tables.sessions] questionnaire: is empty; expected an address such as")
    (own,) = mistakes(HEAD + '[tables.sessions]\nfiles = ["*"]\ncolumns = { gone = "withdrawn" }\n')
    assert own == "[tables.sessions] columns: withdrawn follows from the status entered-in-error here; take it out"
    (other,) = mistakes(HEAD.replace("fhir", "csv") + '[tables.sessions]\nquestionnaire = "urn:x"\n')
    assert other == "[tables.sessions] questionnaire: has no meaning for format 'csv'; take it out"
