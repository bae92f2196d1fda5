"""A French clinic's own workbook: titles above, totals below, merged cells, dates as numbers, formulas, tick boxes."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from account import Expected
from workbook import MONTH, PERCENT, Error, Formula, Page, Styled, serial, write

N_PEOPLE = 24
NO_CONSENT, MINOR, NO_SEX, AGE_IN_WORDS, OTHER_DIAGNOSIS = 24, 23, 22, 21, 20
EXTRACTED = date(2026, 6, 30)
_FATES = {NO_CONSENT: "not_consented", MINOR: "minor", NO_SEX: "missing_required", AGE_IN_WORDS: "wrong_type",
          OTHER_DIAGNOSIS: "unknown_value"}  # fmt: skip


@dataclass(frozen=True)
class Patient:
    """One invented person; `fate` is what becomes of their records in the other tables."""

    number: int
    enrolled: date
    needle_mm: float
    n_sessions: int
    density: float
    gain: float

    @property
    def id(self) -> str:
        return f"S-{self.number:03d}"

    @property
    def fate(self) -> str:
        if self.number in (NO_CONSENT, MINOR):
            return "not_consented"
        return "unknown_participant" if self.number in _FATES else "admitted"

    def day(self, days: int) -> date:
        return self.enrolled + timedelta(days=days)


def make(folder: Path, rng: random.Random) -> Expected:
    """Write the workbook of the drop; the answer is what ingesting it must give."""
    expected = Expected()
    patients = [_patient(number, rng) for number in range(1, N_PEOPLE + 1)]
    pages = {
        "Patients": _patients(patients, rng, expected), "Séances": _sessions(patients, rng, expected),
        "Suivi": _follow_up(patients, rng, expected), "Effets": _side_effects(patients, rng, expected),
        "Traitements": _treatments(patients, rng, expected), "Bilan": _overview(), "Listes": _lists(),
    }  # fmt: skip
    write(folder / "registre.xlsx", pages)
    return expected


def _patient(number: int, rng: random.Random) -> Patient:
    enrolled = date(2025, 9, 1) + timedelta(days=rng.randrange(60))
    return Patient(
        number, enrolled, rng.choice((0.5, 1.0, 1.5)), rng.randint(4, 9), rng.gauss(150, 30), rng.gauss(9, 8)
    )


def _patients(patients: list[Patient], rng: random.Random, expected: Expected) -> Page:
    page = Page(widths=(12, 16, 8, 8, 26, 16, 11, 14))
    page.title("Clinique du Sud : registre du microneedling", 8)
    page.add("État au", EXTRACTED)
    page.heading(
        "Patient", "Date d'inclusion", "Âge", "Sexe", "Diagnostic", "Stade (Norwood)", "Phototype", "Consentement"
    )
    for p in patients:
        age = {MINOR: 17, AGE_IN_WORDS: "quarante"}.get(p.number, rng.randint(22, 58))
        sex = None if p.number == NO_SEX else "H"
        diagnosis = "pelade traumatique" if p.number == OTHER_DIAGNOSIS else "alopécie androgénétique"
        stage, skin = rng.choice(("II", "III", "III vertex", "IV")), rng.choice(("II", "III", "IV"))
        page.add(p.id, p.enrolled, age, sex, diagnosis, stage, skin, "non" if p.number == NO_CONSENT else "oui")
        expected.note("participants", _FATES.get(p.number, "admitted"))
    page.add("Total", Formula(f"COUNTA(A5:A{len(page.rows)})", len(patients)))
    return page


def _sessions(patients: list[Patient], rng: random.Random, expected: Expected) -> Page:
    page = Page(widths=(12, 12, 12, 14, 12, 12, 10, 16, 12))
    page.title("Séances : une ligne par séance", 9)
    page.heading(
        "Patient", "Date", "Appareil", "Aiguille (mm)", "Lieu", "Zone", "Passages", "Douleur (0-10)", "Délai (jours)"
    )
    for p in patients:
        first = last = 0
        for k in range(p.n_sessions):
            length = Formula("1500/1000", 1.5) if p.needle_mm == 1.5 else p.needle_mm
            since = Formula(f"B{last + 1}-B{last}", 14) if k else None
            last = page.add(
                p.id if k == 0 else None, p.day(14 * k), rng.choice(("Rouleau", "Stylo")), length, "Cabinet", "Vertex",
                rng.randint(3, 8), rng.randint(1, 6), since,
            )  # fmt: skip
            first = first or last
            expected.note("sessions", p.fate)
        page.merged.append(f"A{first}:A{last}")  # the clinic writes the patient once, over all their sessions
    _bad_sessions(page, patients[0], expected)
    page.add()
    page.add("Total", Formula(f"COUNT(B4:B{len(page.rows) - 1})", sum(p.n_sessions for p in patients)))
    page.add("Imprimé pour le cahier de la clinique")
    return page


def _bad_sessions(page: Page, p: Patient, expected: Expected) -> None:
    text = f"{p.day(1):%d/%m/%Y}"
    mistakes: tuple[tuple[object, object, object, object, object, object, str], ...] = (
        (p.id, text, "Stylo", 0.5, "Cabinet", 2, "admitted"),  # a date typed as text is still a date
        (p.id, p.day(2), "Stylo", 15, "Cabinet", 2, "out_of_range"),
        (p.id, p.day(3), "Stylo", 0.5, "Cabinet", 11, "out_of_range"),
        (p.id, p.day(4), "Ventouse", 0.5, "Cabinet", 2, "unknown_value"),
        (p.id, EXTRACTED + timedelta(days=20), "Stylo", 0.5, "Cabinet", 2, "in_future"),
        (p.id, p.day(-600), "Stylo", 0.5, "Cabinet", 2, "before_time"),
        (p.id, p.day(5), "Stylo", 0.5, None, 2, "missing_required"),
        (p.id, p.day(6), "Stylo", Formula("D4*2", None), "Cabinet", 2, "wrong_type"),  # never computed
        (p.id, p.day(7), "Stylo", Error("#REF!"), "Cabinet", 2, "wrong_type"),
        (p.id, "mi-mars", "Stylo", 0.5, "Cabinet", 2, "wrong_type"),
        (p.id, p.day(8), "Stylo", 0.5, "Cabinet", 2, "duplicate_id"),
        (p.id, p.day(8), "Stylo", 1.5, "Cabinet", 2, "duplicate_id"),
        ("S-999", p.day(9), "Stylo", 0.5, "Cabinet", 2, "unknown_participant"),
    )
    for person, day, device, length, place, pain, fate in mistakes:
        page.add(person, day, device, length, place, "Vertex", 4, pain)
        expected.note("sessions", fate)


def _follow_up(patients: list[Patient], rng: random.Random, expected: Expected) -> Page:
    page = Page(widths=(12, 12, 14, 14, 16, 14))
    page.title("Suivi à 0, 12 et 24 semaines", 6)
    page.heading("Patient", "Date", "Trichoscopie", None, "Auto-évaluation", None)
    page.heading(None, None, "Densité (/cm²)", "Diamètre (µm)", "Test du peigne", "Satisfaction")
    page.merged += ["A3:A4", "B3:B4", "C3:D3", "E3:F3"]
    for p in patients:
        for week in (0, 12, 24):
            density = round(p.density + p.gain * week / 24 + rng.gauss(0, 5), 1)
            noisy = density + 0.1 - 0.1  # as sums of a spreadsheet are
            satisfied = None if week == 0 else rng.randint(2, 9)
            cells = (noisy, round(rng.gauss(60, 6), 1), max(0, round(rng.gauss(18 - week / 4, 6))), satisfied)
            page.add(p.id, p.day(7 * week), *cells)
            expected.note("outcomes", p.fate, 3 if week == 0 else 4)
    p = patients[1]
    for day, density, fate in (
        (p.day(30), "élevée", "wrong_type"), (p.day(31), 1423, "out_of_range"), (None, 150, "missing_required"),
        (p.day(32), Error("#DIV/0!"), "wrong_type"), (serial(p.day(33)), 150, "wrong_type"),
    ):  # fmt: skip
        page.add(p.id, day, density)
        expected.note("outcomes", fate)
    return page


def _side_effects(patients: list[Patient], rng: random.Random, expected: Expected) -> Page:
    page = Page(widths=(12, 12, 11, 11, 11, 11))
    page.title("Effets indésirables, demandés deux jours après", 6)
    page.heading("Patient", "Date", "Interrogé", "Rougeur", "Œdème", "Douleur")
    for p in patients:
        for k in range(0, p.n_sessions, 2):
            asked = rng.random() < 0.8
            boxes = [asked and rng.random() < chance for chance in (0.6, 0.2, 0.3)]
            page.add(p.id, p.day(14 * k + 2), asked, *boxes)
            n = max(sum(boxes), int(asked))
            if n:
                expected.note("side_effects", p.fate, n)
    page.add(patients[2].id, patients[2].day(3), True, "peut-être", False, False)
    expected.note("side_effects", "unknown_value")
    return page


def _treatments(patients: list[Patient], rng: random.Random, expected: Expected) -> Page:
    page = Page(widths=(12, 14, 24, 18, 18, 12, 12))
    page.title("Traitements associés", 7)
    page.heading(
        "Patient", "Interrogé le", "Traitement", "Concentration (%)", "Fois par semaine", "Début", "Observance"
    )
    for p in patients:
        if rng.random() < 0.5:
            begin = rng.choice((p.day(0), Styled(serial(date(2024, 3, 1)), MONTH), 2023))
            share = Styled(rng.choice((0.57, 0.8, 1)), PERCENT)
            page.add(p.id, p.enrolled, "Minoxidil topique", 5, rng.choice((7, 14)), begin, share)
        else:
            page.add(p.id, p.enrolled, "aucun")
        expected.note("treatments", p.fate)
    page.add(patients[3].id, patients[3].day(10), "Finastéride", None, 7)
    expected.note("treatments", "missing_required")
    return page


def _overview() -> Page:
    """A sheet of figures that is no table, and is left alone."""
    page = Page()
    page.add("Séances par mois", Formula("COUNT('Séances'!B:B)/12", 14.5))
    return page


def _lists() -> Page:
    """The hidden sheet that the clinic's own drop-down lists choose from."""
    page = Page(is_hidden=True)
    for word in ("Rouleau", "Stylo"):
        page.add(word)
    return page
