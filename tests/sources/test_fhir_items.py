"""FHIR: answers found by linkId at any depth, as text, and one row per repetition of what is repeated."""

import json

import pytest

from tests.sources.fhir_responses import ReadResponses, Resource, item, ndjson, read_responses, response

__all__ = ["read_responses"]

EFFECTS = """[tables.side_effects]
files = ["*"]
effects = { se___red = "redness", se___swell = "swelling" }
asked = { shown = "true" }
"""


def coded(*codes: str) -> list[Resource]:
    return [{"valueCoding": {"system": "urn:x", "code": code, "display": f"called {code}"}} for code in codes]


ANSWERS: list[tuple[Resource, str | None]] = [
    ({"valueString": "pen"}, "pen"),
    ({"valueString": " ä\n"}, " ä\n"),
    ({"valueBoolean": True}, "true"),
    ({"valueBoolean": False}, "false"),
    ({"valueInteger": 0}, "0"),
    ({"valueDecimal": 0.50}, "0.5"),
    ({"valueDecimal": -0.05}, "-0.05"),
    ({"valueDate": "2025"}, "2025"),
    ({"valueDate": "2025-03"}, "2025-03"),
    ({"valueDateTime": "2025-03-01T10:00:00Z"}, "2025-03-01T10:00:00Z"),
    ({"valueTime": "10:00:00"}, "10:00:00"),
    ({"valueUri": "urn:x"}, "urn:x"),
    ({"valueCoding": {"code": "pen", "display": "Pen"}}, "pen"),
    ({"valueCoding": {"display": "Pen"}}, "Pen"),
    ({"valueQuantity": {"value": 0.5, "unit": "mm", "code": "mm"}}, "0.5 mm"),
    ({"valueQuantity": {"value": 0.5, "code": "um"}}, "0.5 um"),
    ({"valueQuantity": {"value": 0.5}}, "0.5"),
    ({"valueQuantity": {"value": 0.5, "comparator": "<", "unit": "mm"}}, "<0.5 mm"),
    ({"_valueString": {"extension": []}, "valueString": "pen"}, "pen"),
    ({}, None),
]
UNREADABLE: list[Resource] = [
    {"valueAttachment": {"url": "photo.jpg"}},
    {"valueReference": {"reference": "Device/1"}},
    {"valueString": None},
    {"valueInteger": 3, "valueString": "3"},
    {"valueInteger": [3]},
    {"valueInteger": {"value": 3}},
    {"valueCoding": "pen"},
    {"valueCoding": {}},
    {"valueQuantity": {"unit": "mm"}},
    {"valueString": "pen", "item": {"linkId": "x"}},
]


def test_an_answer_becomes_the_text_it_stands_for(read_responses: ReadResponses) -> None:
    found = read_responses(ndjson(*(response(item("device", answer)) for answer, _ in ANSWERS)))
    assert [row.get("device") for row in found.answers()] == [text for _, text in ANSWERS]
    assert found.malformed == []


def test_an_answer_that_cannot_be_text_sets_its_response_aside(read_responses: ReadResponses) -> None:
    bad = (response(item("device", answer)) for answer in UNREADABLE)
    found = read_responses(ndjson(*bad, response(item("device", "pen"))))
    assert found.malformed == [(line, "malformed_line") for line in range(1, 1 + len(UNREADABLE))]
    assert found.answers() == [{"device": "pen"}]


def test_but_not_where_nobody_asked_for_it(read_responses: ReadResponses) -> None:
    """A photograph beside the answers is as good as any other question that is not mapped."""
    found = read_responses(response(item("photo", {"valueAttachment": {"url": "x"}}), item("device", "pen")))
    assert (found.malformed, found.answers()) == ([], [{"device": "pen"}])
    assert "answers not stored, the mapping does not name their linkIds: photo" in found.warnings[0]


def test_items_are_found_at_any_depth(read_responses: ReadResponses) -> None:
    deep = item("a", items=[item("b", "x", within=[item("c", items=[item("device", "pen")])]), item("needle", "1")])
    assert read_responses(response(deep)).answers() == [{"device": "pen", "needle": "1"}]


def nested(depth: int, inner: Resource) -> Resource:
    for level in range(depth):
        inner = item(f"g{level}", items=[inner])
    return inner


def test_beyond_any_form_they_are_not_looked_for(read_responses: ReadResponses) -> None:
    good = response(nested(31, item("device", "pen")), n=1)
    too_deep = response(nested(32, item("device", "pen")), n=2)
    found = read_responses(ndjson(good, too_deep))
    assert ([line for line, _ in found.rows()], found.malformed) == ([1], [(2, "malformed_line")])


def test_brackets_without_end_cost_one_line(read_responses: ReadResponses) -> None:
    bomb = '{"resourceType": "QuestionnaireResponse", "item": ' + "[" * 50_000 + "]" * 50_000 + "}"
    found = read_responses(ndjson(response(item("device", "pen")), bomb))
    assert (len(found.rows()), found.malformed) == (1, [(2, "malformed_line")])


def test_a_group_that_repeats_makes_a_row_each_time(read_responses: ReadResponses) -> None:
    """What stands outside belongs to all of them; each is a record of its own."""
    found = read_responses(
        response(
            item("session", items=[item("needle", "1"), item("device", "pen")]),
            item("place", "home"),
            item("session", items=[item("needle", "2")]),
        )
    )
    assert found.answers() == [{"needle": "1", "device": "pen", "place": "home"}, {"needle": "2", "place": "home"}]
    assert [row["record"] for _, row in found.rows()] == ["r1", "r1#2"]
    assert (found.n_used, found.staged.records) == (1, 1)


def test_so_does_a_question_whose_answers_hold_items(read_responses: ReadResponses) -> None:
    answers = [{"valueString": name, "item": [item("needle", name[-1])]} for name in ("pen 1", "pen 2")]
    found = read_responses(response({"linkId": "device", "answer": answers}, item("pain", "3")))
    assert found.answers() == [
        {"device": "pen 1", "needle": "1", "pain": "3"},
        {"device": "pen 2", "needle": "2", "pain": "3"},
    ]


def test_repetitions_within_repetitions_are_the_rows(read_responses: ReadResponses) -> None:
    day = [item("needle", "1")], [item("needle", "2")]
    found = read_responses(
        response(
            item("week", items=[item("pain", "1"), item("day", items=day[0]), item("day", items=day[1])]),
            item("week", items=[item("pain", "2"), item("day", items=day[0])]),
            item("device", "pen"),
        )
    )
    assert [(row["pain"], row["needle"], row["device"]) for row in found.answers()] == [
        ("1", "1", "pen"),
        ("1", "2", "pen"),
        ("2", "1", "pen"),
    ]


def test_many_repetitions_stay_in_the_order_of_the_document(read_responses: ReadResponses) -> None:
    found = read_responses(response(*(item("s", items=[item("needle", str(n))]) for n in range(1, 13))))
    assert [row["needle"] for row in found.answers()] == [str(n) for n in range(1, 13)]
    assert [row["record"] for _, row in found.rows()][8:] == ["r1#9", "r1#10", "r1#11", "r1#12"]


@pytest.mark.parametrize(
    "items",
    [
        [item("needle", "1", "2")],
        [item("needle", "1"), item("a", items=[item("needle", "2")])],
        [
            *(item("s", items=[item("needle", str(n))]) for n in range(2)),
            *(item("t", items=[item("pain", str(n))]) for n in range(2)),
        ],
        [*(item("s", items=[item("needle", str(n), str(n + 1))]) for n in range(2))],
    ],
)
def test_what_could_belong_to_either_is_ambiguous(read_responses: ReadResponses, items: list[Resource]) -> None:
    found = read_responses(ndjson(response(*items), response(item("device", "pen"), n=2)))
    assert (found.malformed, found.answers()) == ([(1, "ambiguous")], [{"device": "pen"}])


def test_repetitions_that_no_table_asks_about_make_no_rows(read_responses: ReadResponses) -> None:
    drugs = [item("drug", items=[item("name", str(n))]) for n in range(3)]
    assert read_responses(response(*drugs, item("device", "pen"))).answers() == [{"device": "pen"}]


def test_boxes_are_ticked_where_their_code_is_among_the_answers(read_responses: ReadResponses) -> None:
    shown = item("shown", {"valueBoolean": True})
    found = read_responses(
        ndjson(
            response(item("se", *coded("red", "itch")), shown, n=1),
            response(item("se", *coded("red", "swell")), shown, n=2),
            response(shown, n=3),
            response(item("device", "pen"), n=4),
        ),
        EFFECTS,
    )
    assert found.answers("side_effects") == [
        {"se___red": "1", "shown": "true"},
        {"se___red": "1", "se___swell": "1", "shown": "true"},
        {"shown": "true"},
        {},
    ]


def test_boxes_of_repeated_groups_stay_with_their_group(read_responses: ReadResponses) -> None:
    found = read_responses(
        response(
            item("asked", items=[item("se", *coded("red")), item("shown", {"valueBoolean": True})]),
            item("asked", items=[item("se", *coded("swell")), item("shown", {"valueBoolean": True})]),
        ),
        EFFECTS,
    )
    assert found.answers("side_effects") == [{"se___red": "1", "shown": "true"}, {"se___swell": "1", "shown": "true"}]


def test_a_response_without_an_answer_is_a_row_for_it_was_sent(read_responses: ReadResponses) -> None:
    empty = response()
    del empty["item"]
    assert read_responses(ndjson(empty, response(n=2))).answers() == [{}, {}]


def test_questions_that_nobody_answered_are_told_once(read_responses: ReadResponses) -> None:
    assert read_responses(response(item("devise", "pen"), item("needle", "1"), item("place", "x"))).warnings == (
        "responses.ndjson: answers not stored, the mapping does not name their linkIds: devise",
        "responses.ndjson: no response answers device, pain, which [tables.sessions] names; is the linkId right?",
    )


def test_a_where_that_nobody_answers_chooses_nobody(read_responses: ReadResponses) -> None:
    tables = '[tables.sessions]\nfiles = ["*"]\nwhere = { kind = "session" }\ncolumns = { device = "device" }\n'
    found = read_responses(response(item("device", "pen")), tables)
    assert found.answers() == [{"device": "pen"}]  # the row is there, without the cell that would choose it
    assert "kind" in found.staged.headers
    assert "no response answers kind, which [tables.sessions] names" in found.warnings[0]


def test_names_of_links_that_look_like_data_are_not_told(read_responses: ReadResponses) -> None:
    found = read_responses(response(item("anna@example.org", "x"), item("device", "pen"), item("needle", "1")))
    assert "anna" not in json.dumps(found.warnings)
