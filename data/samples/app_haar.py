"""A phone app: newline-delimited JSON, days counted from enrolment, self-reported only."""

import json
import random
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from account import Expected

N_PEOPLE = 50
NO_CONSENT, MINOR = 50, 49
EXTRACTED = date(2026, 6, 30)
ENROLLED = date(2025, 10, 6)
Row = dict[str, object]


def make(folder: Path, rng: random.Random) -> Expected:
    """Write the files of the drop; the answer is what ingesting it must give."""
    expected = Expected()
    users = [f"A-{number:03d}" for number in range(1, N_PEOPLE + 1)]
    _write(folder / "users.ndjson", _users(users, rng, expected))
    _write(folder / "sessions.ndjson", _sessions(users, rng, expected))
    cut = '{"userId": "A-004", "day": 90, "scale": "comb_count_6'
    _write(folder / "diary.ndjson", _diary(users, rng, expected), tail=cut)
    expected.note_malformed("outcomes", "diary.ndjson", "malformed_line")
    _write(folder / "reactions.ndjson", _reactions(users, rng, expected))
    _write(folder / "products.ndjson", _products(users, rng, expected))
    _write(folder / "events.ndjson", _events(users, expected))
    _write(folder / "purchases.ndjson", _purchases(users, rng, expected))
    return expected


def _fate(user: str) -> str:
    return "not_consented" if user in (f"A-{NO_CONSENT:03d}", f"A-{MINOR:03d}") else "admitted"


def _users(users: Sequence[str], rng: random.Random, expected: Expected) -> list[Row]:
    rows: list[Row] = []
    for number, user in enumerate(users, start=1):
        sex = rng.choice(("man", "man", "woman"))
        scale, stage = (
            ("norwood", rng.choice(("NW2", "NW3", "NW3V", "NW4"))) if sex == "man" else ("ludwig", rng.choice("12"))
        )
        rows.append({
            "userId": user, "joined": (ENROLLED + timedelta(days=number % 28)).isoformat() + "T08:30:00",
            "age": 16 if number == MINOR else rng.randint(19, 55), "gender": sex, "hairLoss": "pattern hair loss",
            "scale": scale, "stage": stage, "needledBefore": rng.choice(("never", "never", "over_90d", "within_90d")),
            "research": number != NO_CONSENT,
        })  # fmt: skip
        expected.note("participants", {NO_CONSENT: "not_consented", MINOR: "minor"}.get(number, "admitted"))
    return rows


def _sessions(users: Sequence[str], rng: random.Random, expected: Expected) -> list[Row]:
    rows: list[Row] = []
    for user in users:
        depth, gap = rng.choice(((0.5, 3), (0.5, 7), (1.5, 7), (1.0, 10), (0.25, 2)))
        if rng.random() < 0.2:  # somebody who only keeps the diary
            continue
        for k in range(rng.randint(8, 24)):
            day = k * gap + rng.randint(0, 1)
            rows.append(_session(f"{user}/{k}", user, day, depth, rng.choice(("roller", "stamp"))))
            expected.note("sessions", _fate(user))
    bad = (
        (_session("x1", users[0], 400, 0.5, "roller"), "in_future"),
        (_session("x2", users[0], -500, 0.5, "roller"), "before_time"),
        (_session("x3", users[0], 30, 0.5, None), "missing_required"),
        (_session("x4", users[0], 31, "half", "roller"), "wrong_type"),
        (_session("x5", users[0], 32, 0.01, "roller"), "out_of_range"),
        (_session("x6", "A-999", 33, 0.5, "roller"), "unknown_participant"),
        (_session("x7", users[0], 34, 0.5, "cactus"), "unknown_value"),
        (_session("x8", users[0], 35, 0.5, "roller"), "duplicate_id"),
        (_session("x8", users[0], 36, 0.5, "roller"), "duplicate_id"),
    )
    for row, reason in bad:
        rows.append(row)
        expected.note("sessions", reason)
    return rows


def _session(key: str, user: str, day: int, depth: object, tool: str | None) -> Row:
    return {"id": key, "userId": user, "day": day, "depth": depth, "tool": tool, "shared": False}


def _diary(users: Sequence[str], rng: random.Random, expected: Expected) -> list[Row]:
    rows: list[Row] = []
    for user in users:
        comb = rng.gauss(20, 6)
        for week in (0, 4, 8, 12, 24):
            values = {"comb_count_60s": max(0, round(comb - week / 5 + rng.gauss(0, 3)))}
            if week:
                values["ga_participant"] = max(-3, min(3, round(rng.gauss(week / 16, 1))))
            for scale, value in values.items():
                rows.append({"userId": user, "day": week * 7, "scale": scale, "value": value})
                expected.note("outcomes", _fate(user))
    bad = (
        ({"userId": users[1], "day": 80, "scale": "hair_density", "value": 130}, "unit_missing"),
        ({"userId": users[1], "day": 81, "scale": "comb_count_60s", "value": "a lot"}, "wrong_type"),
        ({"userId": users[1], "day": 82, "scale": "ga_participant", "value": 7}, "out_of_range"),
        ({"userId": users[1], "day": 83, "scale": "mirror_check", "value": 2}, "unknown_value"),
        ({"userId": users[1], "day": 84, "scale": "salt", "value": 20}, "instrument_not_for_diagnosis"),
    )
    for row, reason in bad:
        rows.append(row)
        expected.note("outcomes", reason)
    return rows


def _reactions(users: Sequence[str], rng: random.Random, expected: Expected) -> list[Row]:
    rows: list[Row] = []
    for user in users:
        for day in (7, 28):
            effect = rng.choice(("none", "redness", "redness", "itching", "shedding"))
            row: Row = {
                "userId": user,
                "day": day,
                "effect": effect,
                "how_bad": 0 if effect == "none" else rng.randint(1, 3),
            }
            if effect != "none":
                row["gone_after_h"] = rng.randint(4, 72)
            rows.append(row)
            expected.note("side_effects", _fate(user))
    rows.append({"userId": users[2], "day": 29, "effect": "redness", "how_bad": 9})
    expected.note("side_effects", "out_of_range")
    return rows


def _products(users: Sequence[str], rng: random.Random, expected: Expected) -> list[Row]:
    rows: list[Row] = []
    for user in users:
        product = rng.choice(("minoxidil", "none", "none", "keto"))
        row: Row = {"userId": user, "product": product, "askedDay": 0}
        if product != "none":
            row |= {"startedDay": rng.choice((-400, -60, 0, 20)), "perWeek": rng.choice((2, 7, 14))}
        rows.append(row)
        expected.note("treatments", _fate(user))
    rows.append({"userId": users[3], "product": "moonlight", "askedDay": 0, "startedDay": 0})
    expected.note("treatments", "unknown_value")
    return rows


def _events(users: Sequence[str], expected: Expected) -> list[Row]:
    told = {3: "no effect", 9: "side effect", 14: "lost", 21: "too expensive", 27: "completed"}
    expected.note("events", n=len(told))
    return [{"userId": users[k], "day": 100 + k, "what": what} for k, what in told.items()]


def _purchases(users: Sequence[str], rng: random.Random, expected: Expected) -> list[Row]:
    rows: list[Row] = []
    for user in users[::2]:
        rows.append(
            {"userId": user, "day": 0, "item": "device", "paid": rng.randint(15, 90), "currency": "eur", "months": 6}
        )
        expected.note("costs", _fate(user))
    return rows


def _write(path: Path, rows: list[Row], tail: str | None = None) -> None:
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join([*lines, *([tail] if tail else []), ""]), encoding="utf-8", newline="")
