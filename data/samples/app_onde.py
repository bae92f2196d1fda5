"""An app that keeps FHIR: a Bundle of enrolments, and a diary as NDJSON with a group of questions for every zone."""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from account import Expected

N_PEOPLE = 24
NO_CONSENT, MINOR, NO_SEX, UNKNOWN_DIAGNOSIS = 24, 23, 22, 21
ENROLMENT, DIARY = "urn:sample:onde:enrolment|1", "urn:sample:onde:diary|2"
EFFECTS = ("red", "swell", "itch")

Resource = dict[str, Any]


@dataclass(frozen=True)
class Person:
    """One invented person; `fate` is what becomes of their records in the other tables."""

    number: int
    enrolled: date
    n_diaries: int
    has_two_zones: bool

    @property
    def subject(self) -> Resource:
        return {"identifier": {"system": "urn:sample:onde", "value": f"onde-{self.number:03d}"}}

    @property
    def fate(self) -> str:
        if self.number in (NO_CONSENT, MINOR):
            return "not_consented"
        return "unknown_participant" if self.number in (NO_SEX, UNKNOWN_DIAGNOSIS) else "admitted"

    def evening(self, days: int) -> str:
        return f"{self.enrolled + timedelta(days=days)}T20:15:00+01:00"


def _item(link: str, *answers: Mapping[str, object], items: Sequence[Resource] = ()) -> Resource:
    parts = {"answer": list(answers), "item": list(items)}
    return {"linkId": link, **{name: part for name, part in parts.items() if part}}


def _coding(code: str, display: str) -> Resource:
    return {"valueCoding": {"system": "urn:sample:onde:codes", "code": code, "display": display}}


def _response(number: str, questionnaire: str, person: Person, authored: str, items: Sequence[Resource]) -> Resource:
    return {
        "resourceType": "QuestionnaireResponse", "id": number, "questionnaire": questionnaire, "status": "completed",
        "subject": person.subject, "authored": authored, "item": list(items),
    }  # fmt: skip


def make(folder: Path, rng: random.Random) -> Expected:
    """Write the files of the drop; the answer is what ingesting it must give."""
    expected = Expected()
    people = [
        Person(n, date(2025, 10, 1) + timedelta(days=rng.randrange(60)), rng.randint(3, 6), rng.random() < 0.3)
        for n in range(1, N_PEOPLE + 1)
    ]
    entries: list[Resource] = [{"resource": {"resourceType": "Questionnaire", "status": "active", "title": "Onde"}}]
    entries += [{"resource": _enrolment(person, rng, expected)} for person in people]
    entries.append({"search": {"mode": "outcome"}})
    expected.note_malformed("participants", "enrolments.json", "malformed_line")
    bundle = {"resourceType": "Bundle", "type": "searchset", "total": N_PEOPLE, "entry": entries}
    (folder / "enrolments.json").write_text(json.dumps(bundle, indent=1) + "\n", encoding="utf-8", newline="")
    diaries = [_diary(person, k, rng, expected) for person in people for k in range(person.n_diaries)]
    lines = [json.dumps(diary, separators=(",", ":")) for diary in diaries] + _mistakes(people, expected)
    (folder / "diary.ndjson").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="")
    return expected


def _enrolment(person: Person, rng: random.Random, expected: Expected) -> Resource:
    """What a person said when they joined, the drugs they take included: a group for each."""
    n = person.number
    drugs = rng.sample([("minoxidil_topical", "2023-05"), ("finasteride_oral", "2024"), ("lllt", "2025-02-11")], n % 3)
    items = [
        _item("name", {"valueString": "not stored"}),
        _item("body", items=[
            _item("age", {"valueInteger": 16 if n == MINOR else rng.randint(19, 64)}),
            _item("sex", *([] if n == NO_SEX else [_coding(*rng.choice([("female", "Femme"), ("male", "Homme")]))])),
        ]),
        _item("diagnosis", _coding("hair" if n == UNKNOWN_DIAGNOSIS else "aga", "Perte de cheveux")),
        _item("consent", {"valueBoolean": n != NO_CONSENT}),
        *(_item("drug", items=[_item("which", _coding(drug, drug)), _item("since", {"valueDate": since})])
          for drug, since in drugs),
    ]  # fmt: skip
    fates = {
        NO_CONSENT: "not_consented",
        MINOR: "minor",
        NO_SEX: "missing_required",
        UNKNOWN_DIAGNOSIS: "unknown_value",
    }
    expected.note("participants", fates.get(n, "admitted"))
    expected.note("treatments", person.fate, len(drugs))
    return _response(f"e{n}", ENROLMENT, person, person.evening(0), items)


def _session(millimetres: float, *, zone: str = "vertex") -> Resource:
    return _item("session", items=[
        _item("zone", _coding(zone, zone)),
        _item("needle", {"valueQuantity": {"value": millimetres, "unit": "mm", "code": "mm"}}),
        _item("tool", _coding("roller", "Rouleau")),
    ])  # fmt: skip


def _diary(person: Person, k: int, rng: random.Random, expected: Expected) -> Resource:
    """One evening: a session for each zone, how content they are, and what they saw."""
    zones = ("vertex", "temples") if person.has_two_zones else ("vertex",)
    seen = [code for code, chance in zip(EFFECTS, (0.6, 0.1, 0.3), strict=True) if rng.random() < chance]
    items = [*(_session(rng.choice([0.5, 1.0]), zone=zone) for zone in zones),
             _item("content", {"valueInteger": rng.randint(2, 9)}),
             _item("asked", {"valueBoolean": True}, items=[])]  # fmt: skip
    if seen:
        items.append(_item("seen", *(_coding(code, code) for code in seen)))
    expected.note("sessions", person.fate, len(zones))
    expected.note("outcomes", person.fate)
    expected.note("side_effects", person.fate, max(1, len(seen)))
    return _response(f"d{person.number}-{k}", DIARY, person, person.evening(7 + 14 * k), items)


def _mistakes(people: Sequence[Person], expected: Expected) -> list[str]:
    """Lines with what goes wrong in any app, each once."""
    first, stranger = people[0], Person(900, date(2025, 10, 1), 0, has_two_zones=False)

    def bad(number: str, items: Sequence[Resource], person: Person = first, day: int = 3, **more: object) -> str:
        resource = _response(number, DIARY, person, person.evening(day), items)
        return json.dumps(resource | more, separators=(",", ":"))

    for reason in ("out_of_range", "unknown_value", "unknown_participant", "in_future", "wrong_type"):
        expected.note("sessions", reason)
    for reason in ("malformed_line", "malformed_line", "malformed_line", "ambiguous"):
        expected.note_malformed("sessions", "diary.ndjson", reason)
    whole = bad("b9", [_session(0.5)])
    return [
        bad("b1", [_session(9.0)]),
        bad("b2", [_session(0.5, zone="beard")]),
        bad("b3", [_session(0.5)], stranger),
        bad("b4", [_session(0.5)], authored="2026-09-01T08:00:00Z"),
        bad("b5", [_session(0.5)], authored="2025-11"),
        bad("b6", [_session(0.5)], status="final"),
        bad("b7", [{"answer": [{"valueString": "no linkId"}]}]),
        whole[: len(whole) // 2],
        bad("b8", [_item("session", items=[*_session(0.5)["item"], _item("needle", {"valueInteger": 1})])]),
        bad("b9", [_session(0.5)], status="in-progress"),
    ]
