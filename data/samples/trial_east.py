"""A trial kept in REDCap: events, two repeating instruments, checkboxes, codes that only the dictionary explains."""

import csv
import io
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from account import Expected

N_PEOPLE = 30
NO_CONSENT, MINOR, NO_SEX, UNKNOWN_DIAGNOSIS, NO_DEVICE = 30, 29, 28, 27, 26
TWO_SKIN_TYPES, SEX_ON_ANOTHER_ROW = 5, 6
EXTRACTED = date(2026, 6, 30)
ENROLMENT, WEEK_12, WEEK_24, DIARY = "enrolment_arm_1", "week_12_arm_1", "week_24_arm_1", "diary_arm_1"

FIELDS = (
    ("record_id", "enrolment", "text", "Record", ""),
    ("enrol_date", "enrolment", "text", "Enrolled on", ""),
    ("initials", "enrolment", "text", "Initials", ""),
    ("age", "enrolment", "text", "Age in years", ""),
    ("sex", "enrolment", "radio", "Sex", "0, Female | 1, Male"),
    ("diagnosis", "enrolment", "dropdown", "Diagnosis",
     "1, AGA | 2, <b>Alopecia areata</b> | 3, Telogen effluvium | 9, Broken hair"),
    ("norwood", "enrolment", "radio", "Stage", "1, II | 2, III | 3, III vertex | 4, IV"),
    ("skin", "enrolment", "radio", "Skin type", "1, I | 2, II | 3, III"),
    ("consent", "enrolment", "yesno", "Consents to research", ""),
    ("device", "enrolment", "radio", "Device given", "1, Derma roller | 2, DP-4"),
    ("needle", "enrolment", "dropdown", "Needles given", "1, 0.5 mm | 2, 1.0 mm | 3, 1.5 mm"),
    ("visit_date", "visit", "text", "Visited on", ""),
    ("density", "visit", "text", "Hairs per cm2, crown", ""),
    ("change", "visit", "radio", "Seen change", "-1, worse | 0, the same | 1, slightly better | 2, better"),
    ("visit_note", "visit", "notes", "Note", ""),
    ("session_date", "session", "text", "Needled on", ""),
    ("pain", "session", "text", "Pain 0 to 10", ""),
    ("place", "session", "radio", "Where", "1, At home | 2, Clinic"),
    ("asked_date", "reaction", "text", "Asked on", ""),
    ("asked", "reaction", "yesno", "List shown", ""),
    ("seen", "reaction", "checkbox", "Seen", "1, Redness | 2, Swelling | 3, Itching"),
)  # fmt: skip
_HEADERS = ("record_id", "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance")
_BOXES = ("seen___1", "seen___2", "seen___3")


@dataclass(frozen=True)
class Person:
    """One invented person; `fate` is what becomes of their records in the other tables."""

    number: int
    enrolled: date
    n_sessions: int
    density: float
    gain: float

    @property
    def fate(self) -> str:
        if self.number in (NO_CONSENT, MINOR):
            return "not_consented"
        return "unknown_participant" if self.number in (NO_SEX, UNKNOWN_DIAGNOSIS) else "admitted"

    def day(self, days: int) -> str:
        return (self.enrolled + timedelta(days=days)).isoformat()


class Export:
    """The flat export: one line per row, every field a column, most of them empty."""

    def __init__(self) -> None:
        names = [name for name, *_ in FIELDS if name not in ("record_id", "seen")]
        self.headers = [*_HEADERS, *names, *_BOXES]
        self.lines: list[str] = []

    def add(
        self, record: object, event: str, cells: Mapping[str, object], repeated: tuple[str, int] | None = None
    ) -> None:
        own = dict(zip(_HEADERS, (record, event, *(repeated or ("", ""))), strict=True))
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerow([(own | cells).get(header, "") for header in self.headers])
        self.lines.append(text.getvalue())

    def write(self, path: Path) -> None:
        path.write_text(",".join(self.headers) + "\n" + "".join(self.lines), encoding="utf-8", newline="")


def make(folder: Path, rng: random.Random) -> Expected:
    """Write the files of the drop; the answer is what ingesting it must give."""
    expected, export = Expected(), Export()
    people = [
        Person(
            n,
            date(2025, 9, 1) + timedelta(days=rng.randrange(90)),
            rng.randint(4, 10),
            rng.gauss(150, 25),
            rng.gauss(8, 6),
        )
        for n in range(1, N_PEOPLE + 1)
    ]
    for person in people:
        _enrolment(person, export, rng, expected)
        _visits(person, export, rng, expected)
        _sessions(person, export, rng, expected)
        _reactions(person, export, rng, expected)
    _mistakes(people, export, expected)
    export.write(folder / "data.csv")
    _write_dictionary(folder / "dictionary.csv")
    return expected


def _enrolment(person: Person, export: Export, rng: random.Random, expected: Expected) -> None:
    n = person.number
    export.add(n, ENROLMENT, {
        "enrol_date": person.day(0), "initials": f"{chr(65 + n % 26)}.",
        "age": 16 if n == MINOR else rng.randint(20, 60),
        "sex": "" if n in (NO_SEX, SEX_ON_ANOTHER_ROW) else 1, "diagnosis": 9 if n == UNKNOWN_DIAGNOSIS else 1,
        "norwood": rng.randint(1, 4), "skin": "" if n == TWO_SKIN_TYPES else rng.randint(1, 3),
        "consent": 0 if n == NO_CONSENT else 1,
        "device": "" if n == NO_DEVICE else rng.randint(1, 2), "needle": rng.randint(1, 3),
        "visit_date": person.day(0), "density": round(person.density, 1), "change": "",
    })  # fmt: skip
    fates = {
        NO_CONSENT: "not_consented",
        MINOR: "minor",
        NO_SEX: "missing_required",
        UNKNOWN_DIAGNOSIS: "unknown_value",
    }
    expected.note("participants", fates.get(n, "admitted"))
    expected.note("outcomes", person.fate)


def _visits(person: Person, export: Export, rng: random.Random, expected: Expected) -> None:
    for event, week in ((WEEK_12, 12), (WEEK_24, 24)):
        cells: dict[str, object] = {
            "visit_date": person.day(7 * week + rng.randint(-5, 5)),
            "density": round(person.density + person.gain * week / 24, 1), "change": rng.randint(-1, 2),
            "visit_note": "told, at length:\nit itches, a little" if rng.random() < 0.2 else "",
        }  # fmt: skip
        if week == 12 and person.number == SEX_ON_ANOTHER_ROW:
            cells["sex"] = 0
        if person.number == TWO_SKIN_TYPES:
            cells["skin"] = week // 12
        export.add(person.number, event, cells)
        expected.note("outcomes", person.fate, 2)


def _sessions(person: Person, export: Export, rng: random.Random, expected: Expected) -> None:
    fate = "missing_required" if person.number == NO_DEVICE else person.fate
    for k in range(person.n_sessions):
        cells = {"session_date": person.day(7 + 7 * k), "pain": rng.randint(0, 6), "place": rng.randint(1, 2)}
        export.add(person.number, DIARY, cells, ("session", k + 1))
        expected.note("sessions", fate)


def _reactions(person: Person, export: Export, rng: random.Random, expected: Expected) -> None:
    for k in range(0, person.n_sessions, 2):
        asked = rng.random() < 0.8
        boxes = {box: int(asked and rng.random() < chance) for box, chance in zip(_BOXES, (0.6, 0.2, 0.3), strict=True)}
        export.add(
            person.number,
            DIARY,
            {"asked_date": person.day(8 + 7 * k), "asked": int(asked), **boxes},
            ("reaction", k + 1),
        )
        n = max(sum(boxes.values()), int(asked))
        if n:
            expected.note("side_effects", person.fate, n)


def _mistakes(people: list[Person], export: Export, expected: Expected) -> None:
    """What goes wrong in any project, each once."""
    first, second = people[0], people[1]
    instance = 100
    for cells, reason in (
        ({"session_date": first.day(3), "pain": 11, "place": 1}, "out_of_range"),
        ({"session_date": "", "pain": 2, "place": 1}, "missing_required"),
        ({"session_date": "2026-09-01", "pain": 2, "place": 1}, "in_future"),
        ({"session_date": first.day(-500), "pain": 2, "place": 1}, "before_time"),
        ({"session_date": first.day(4), "pain": 2, "place": 7}, "unknown_value"),
    ):
        instance += 1
        export.add(first.number, DIARY, cells, ("session", instance))
        expected.note("sessions", reason)
    export.add(first.number, DIARY, {"asked_date": first.day(90), "asked": 1, "seen___2": "maybe"}, ("reaction", 100))
    expected.note("side_effects", "unknown_value")
    for day, density, reason in (
        (40, "thick", "wrong_type"),
        (41, 9000, "out_of_range"),
        (None, 150, "missing_required"),
    ):
        cells = {"visit_date": "" if day is None else second.day(day), "density": density}
        export.add(second.number, "unscheduled_arm_1", cells)
        expected.note("outcomes", reason)
    export.add(999, WEEK_12, {"visit_date": second.day(42), "density": 150})
    expected.note("outcomes", "unknown_participant")
    export.lines.append(f"{first.number},{DIARY},session\n")
    expected.note_malformed("participants", "data.csv", "malformed_line")


def _write_dictionary(path: Path) -> None:
    headers = ("Variable / Field Name", "Form Name", "Section Header", "Field Type", "Field Label",
               "Choices, Calculations, OR Slider Labels", "Field Note")  # fmt: skip
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(headers)
        writer.writerows((name, form, "", kind, label, choices, "") for name, form, kind, label, choices in FIELDS)
