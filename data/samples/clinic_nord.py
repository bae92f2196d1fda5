"""A German clinic: semicolons, decimal commas, day.month.year, cp1252, needles in µm, wide follow-up sheets."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from account import Expected
from sheet import Sheet

N_PEOPLE = 40
NO_CONSENT, MINOR, NO_SEX, TWO_STAGES, AGE_IN_WORDS, OTHER_DIAGNOSIS = 40, 39, 38, 37, 36, 35
ONE_AREATA = 34
EXTRACTED = date(2026, 6, 30)
UNDEFINED_BYTE = b"\x81"
"""A byte that cp1252 gives no meaning."""


@dataclass(frozen=True)
class Patient:
    """One invented person; `fate` is what becomes of their records in the other tables."""

    number: int
    enrolled: date
    needle_um: int
    n_sessions: int
    density: float
    gain: float

    @property
    def id(self) -> str:
        return f"N-{self.number:03d}"

    @property
    def fate(self) -> str:
        if self.number in (NO_CONSENT, MINOR):
            return "not_consented"
        waits = (NO_SEX, TWO_STAGES, AGE_IN_WORDS, OTHER_DIAGNOSIS)
        return "unknown_participant" if self.number in waits else "admitted"

    def day(self, days: int) -> date:
        return self.enrolled + timedelta(days=days)


def make(folder: Path, rng: random.Random) -> Expected:
    """Write the files of the drop; the answer is what ingesting it must give."""
    expected = Expected()
    patients = [_patient(number, rng) for number in range(1, N_PEOPLE + 1)]
    sheets: dict[str, Callable[[list[Patient], random.Random, Expected], Sheet]] = {
        "patienten": _patients, "sitzungen": _sessions, "verlauf": _follow_up, "nebenwirkungen": _side_effects,
        "therapien": _treatments, "kosten": _costs,
    }  # fmt: skip
    for name, sheet in sheets.items():
        sheet(patients, rng, expected).write(folder / f"{name}.csv")
    return expected


def _patient(number: int, rng: random.Random) -> Patient:
    enrolled = date(2025, 7, 1) + timedelta(days=rng.randrange(120))
    needle = rng.choice((500, 500, 1500, 1500, 1000))
    return Patient(number, enrolled, needle, rng.randint(6, 16), rng.gauss(150, 30), rng.gauss(9, 8))


def _patients(patients: list[Patient], rng: random.Random, expected: Expected) -> Sheet:
    sheet = Sheet(
        ("Patient", "Aufnahme", "Alter", "Geschlecht", "Diagnose", "Skala", "Stadium", "Hauttyp", "Einwilligung")
    )
    fates = {NO_CONSENT: "not_consented", MINOR: "minor", NO_SEX: "missing_required", TWO_STAGES: "ambiguous",
             AGE_IN_WORDS: "wrong_type", OTHER_DIAGNOSIS: "unknown_value"}  # fmt: skip
    for p in patients:
        diagnosis = {OTHER_DIAGNOSIS: "Haarbruch", ONE_AREATA: "kreisrunder Haarausfall"}.get(p.number, "AGA")
        age = {MINOR: "17", AGE_IN_WORDS: "vierzig"}.get(p.number, str(rng.randint(22, 58)))
        scale, stage = ("Norwood", rng.choice(("2", "3", "3v", "IV"))) if p.number != ONE_AREATA else ("SALT", "35")
        stage = "II-III" if p.number == TWO_STAGES else stage
        sex = "" if p.number == NO_SEX else "m"
        consent = "nein" if p.number == NO_CONSENT else "ja"
        sheet.add(p.id, p.enrolled, age, sex, diagnosis, scale, stage, rng.choice(("I", "II", "III")), consent)
        expected.note("participants", fates.get(p.number, "admitted"))
    return sheet


def _sessions(patients: list[Patient], rng: random.Random, expected: Expected) -> Sheet:
    sheet = Sheet(("Sitzung", "Patient", "Datum", "Gerät", "Nadel (µm)", "Ort", "Areal", "Schmerz"))
    for p in patients:
        for k in range(p.n_sessions):
            device = rng.choice(("Roller", "Pen"))
            sheet.add(
                f"{p.id}-{k:02d}", p.id, p.day(7 + 7 * k), device, p.needle_um, "Praxis", "Tonsur", rng.randint(1, 6)
            )
            expected.note("sessions", p.fate)
    first = patients[0]
    bad = (
        ("B-1", first.id, first.day(3), "Roller", 15000, "Praxis", "Tonsur", 3, "out_of_range"),
        ("B-2", first.id, first.day(4), "Roller", 1500, "Praxis", "Tonsur", 11, "out_of_range"),
        ("B-3", first.id, first.day(5), "Schröpfglas", 1500, "Praxis", "Tonsur", 3, "unknown_value"),
        ("B-4", first.id, EXTRACTED + timedelta(days=15), "Roller", 1500, "Praxis", "Tonsur", 3, "in_future"),
        ("B-5", first.id, first.day(-700), "Roller", 1500, "Praxis", "Tonsur", 3, "before_time"),
        ("B-6", first.id, first.day(6), "Roller", 1500, "", "Tonsur", 3, "missing_required"),
        ("B-7", "N-999", first.day(7), "Roller", 1500, "Praxis", "Tonsur", 3, "unknown_participant"),
        ("B-8", first.id, first.day(1), "Roller", 500, "Praxis", "Tonsur", 3, "duplicate_id"),
        ("B-8", first.id, first.day(1), "Roller", 1500, "Praxis", "Tonsur", 3, "duplicate_id"),
        ("B-9", first.id, first.day(2), "Pen", 500, "Praxis", "Tonsur", 2, "admitted"),
        ("B-9", first.id, first.day(2), "Pen", 500, "Praxis", "Tonsur", 2, "unchanged"),
    )
    for *cells, fate in bad:
        sheet.add(*cells)
        expected.note("sessions", fate)
    for line, reason in (
        (b"B-10;N-001;10.12.2025;Roller", "malformed_line"),
        (b"B-11;N-001;11.12.2025;Roller;500;Praxis;Tonsur;3;Arm;Bein", "malformed_line"),
        (b"B-12;N-001;12.12.2025;Roller;500;Praxis;Ton" + UNDEFINED_BYTE + b"sur;3", "encoding"),
    ):
        sheet.add_raw(line)
        expected.note_malformed("sessions", "sitzungen.csv", reason)
    return sheet


def _follow_up(patients: list[Patient], rng: random.Random, expected: Expected) -> Sheet:
    headers = ("Patient", "Datum", "Dichte", "Haarzahl", "Feld cm²", "Kämmtest", "Norwood", "SALT", "Zufriedenheit")
    sheet = Sheet(headers)
    for p in patients:
        is_areata = p.number == ONE_AREATA
        for week in (0, 12, 24):
            density = round(p.density + p.gain * week / 24 + rng.gauss(0, 5), 1)
            comb = max(0, round(rng.gauss(18 - week / 4, 6)))
            stage, salt = ("", 35 - week) if is_areata else (rng.choice(("2", "3", "3v")), "")
            satisfied = "" if week == 0 else rng.randint(2, 9)
            sheet.add(p.id, p.day(7 * week), density, round(density * 0.8), "0,8", comb, stage, salt, satisfied)
            expected.note("outcomes", p.fate, 4 if week == 0 else 5)
    first = patients[1]
    bad = (
        (first.id, first.day(30), "gut", "", "", "", "", "", "", "wrong_type"),
        (first.id, first.day(31), "1423,0", "", "", "", "", "", "", "out_of_range"),
        (first.id, first.day(32), "", 120, "", "", "", "", "", "area_missing"),
        (first.id, first.day(33), "", "", "", "", "III-IV", "", "", "ambiguous"),
        (first.id, first.day(34), "", "", "", "", "", 20, "", "instrument_not_for_diagnosis"),
        (first.id, "31.02.2026", "", "", "", 12, "", "", "", "wrong_type"),
    )
    for *cells, fate in bad:
        sheet.add(*cells)
        expected.note("outcomes", fate)
    return sheet


def _side_effects(patients: list[Patient], rng: random.Random, expected: Expected) -> Sheet:
    sheet = Sheet(("Patient", "Sitzung", "Datum", "gefragt", "Rötung", "Schwellung", "Schmerzen", "weg nach Stunden"))
    for p in patients:
        for k in range(0, p.n_sessions, 3):
            asked = rng.random() < 0.7
            boxes = ["x" if asked and rng.random() < chance else "" for chance in (0.6, 0.2, 0.3)]
            hours = rng.randint(6, 60) if "x" in boxes else ""
            sheet.add(p.id, f"{p.id}-{k:02d}", p.day(9 + 7 * k), "ja" if asked else "nein", *boxes, hours)
            n = max(boxes.count("x"), int(asked))
            if n:
                expected.note("side_effects", p.fate, n)
    sheet.add(patients[0].id, "N-001-00", patients[0].day(20), "ja", "", "?", "", "")
    expected.note("side_effects", "unknown_value")
    return sheet


def _treatments(patients: list[Patient], rng: random.Random, expected: Expected) -> Sheet:
    sheet = Sheet(("Patient", "Befragt", "Mittel", "Stärke %", "je Woche", "Beginn"))
    for p in patients:
        if rng.random() < 0.5:
            begin = rng.choice((p.day(0), f"{p.enrolled.year - 1}-03", str(p.enrolled.year - 2)))
            sheet.add(p.id, p.enrolled, "Minoxidil-Lösung", 5, rng.choice((7, 14)), begin)
        else:
            sheet.add(p.id, p.enrolled, "keine", "", "", "")
        expected.note("treatments", p.fate)
    sheet.add(patients[2].id, patients[2].day(10), "Ketoconazol-Shampoo", 2, "biweekly", patients[2].day(3))
    expected.note("treatments", "ambiguous")
    sheet.add(patients[3].id, patients[3].day(10), "Finasterid", "", 7, "")
    expected.note("treatments", "missing_required")
    return sheet


def _costs(patients: list[Patient], rng: random.Random, expected: Expected) -> Sheet:
    sheet = Sheet(("Patient", "Datum", "Posten", "Betrag", "Währung"))
    for p in patients:
        sheet.add(p.id, p.day(7), "Sitzung", f"{rng.randint(60, 180)},00", "€")
        expected.note("costs", p.fate)
    sheet.add(patients[4].id, patients[4].day(8), "Gerät", "-25,00", "EUR")
    expected.note("costs", "out_of_range")
    sheet.add(patients[5].id, patients[5].day(8), "Gerät", "40,00", "Mark")
    expected.note("costs", "unknown_value")
    return sheet
