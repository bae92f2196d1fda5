"""Summaries: every cell equals what counting the rows one by one gives."""

import math
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.contract import reference
from pipeline.contract.summaries import SUMMARIES
from pipeline.marts.build import SUMMARIES as BUILT
from tests.marts.landing_text import Landing

PEOPLE = ("ann", "bob", "cat", "dan", "eve", "fay")
FEW = settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow])
Row = dict[str, Any]


def filled(folder: Path, seed: int) -> Landing:
    """Six people with whatever sessions, answers, plans and costs the seed gives them."""
    dice, landing = Random(seed), Landing(folder / "candidate")
    landing.people(*PEOPLE)
    for who in PEOPLE:
        if dice.random() < 0.5:
            plan = {"started_day": "0", "planned_interval_days": str(dice.choice([3, 7, 14])), "device": "dermaroller"}
            landing.add_row("courses", {"who": who, **plan, "planned_sessions": dice.choice([None, "10"])})
        for n in range(dice.randrange(12)):
            name, hours = f"{who}{n}", dice.choice([None, "6", "24", "80"])
            landing.add_row("sessions", {
                "who": who, "id": name, "performed_day": str(dice.randrange(120)), "lag_days": str(dice.randrange(40)),
                "device": dice.choice(["dermaroller", "pen_motorised"]), "setting": dice.choice(["home", "clinic"]),
                "needle_length_mm": dice.choice(["0.30", "0.50", "1.50"]),
            })  # fmt: skip
            for _ in range(dice.randrange(3)):
                landing.add_row("side_effects", {
                    "who": who, "session": name, "effect": dice.choice(["none", "redness", "pain"]),
                    "solicited": dice.choice([None, "checklist", "open", "spontaneous"]), "resolved_after_hours": hours,
                    "severity": dice.choice([None, "1", "2"]), "serious": dice.choice([None, "true", "false"]),
                })  # fmt: skip
        for day in range(dice.randrange(4)):
            landing.add_row("costs", {
                "who": who, "incurred_day": str(30 * day), "item": dice.choice(["device", "session_fee"]),
                "amount": f"{dice.randrange(1, 90000) / 100:.2f}", "lasts_months": dice.choice([None, "6"]),
                "currency": dice.choice(["EUR", "USD"]),
            })  # fmt: skip
    landing.build()
    return landing


def rows(landing: Landing, sql: str) -> list[Row]:
    names = [name for name, *_ in landing.query(f"DESCRIBE {sql}")]
    return [dict(zip(names, row, strict=True)) for row in landing.query(sql)]


def kinds(session: Row) -> Iterator[tuple[str, str, str]]:
    """(place, dimension, code) of every cell that a session belongs to."""
    yield ("all", "all", "all")
    yield ("all", "setting", session["setting"])
    for place in ("all", session["setting"]):
        yield (place, "depth", session["depth"])
        yield (place, "device", session["device"])


def sums(pairs: dict[int, tuple[int, int]]) -> tuple[int, ...]:
    """people, n, y, nn, ny, yy of (n, y) by person."""
    of = [(n, y) for n, y in pairs.values() if n]
    return (
        len(of), sum(n for n, _ in of), sum(y for _, y in of), sum(n * n for n, _ in of),
        sum(n * y for n, y in of), sum(y * y for _, y in of),
    )  # fmt: skip


def answers(landing: Landing) -> list[Row]:
    """The sessions that somebody was asked about, each with its effects and its worst severity."""
    found = rows(
        landing, "SELECT s.* REPLACE (s.device::VARCHAR AS device, s.setting::VARCHAR AS setting) FROM sessions s"
    )
    told = defaultdict(list)
    for answer in rows(landing, "SELECT * FROM side_effects"):
        if answer["solicited"] != "spontaneous":
            told[answer["session_id"]].append(answer)
    for session in found:
        of = [a for a in told[session["session_id"]] if a["effect"] != "none"]
        session["is_asked"] = bool(told[session["session_id"]])
        session["effects"] = {a["effect"] for a in of} | ({"any"} if of else set())
        session["effects"] |= (
            {"serious"} if any(a["serious"] for a in told[session["session_id"]] if a["effect"] != "none") else set()
        )
        session["severity"] = max((a["severity"] for a in of if a["severity"] is not None), default=None)
        session["depth"] = next(
            b["code"] for b in reference.rows("depth_bands")
            if float(b["low_mm"]) <= session["needle_length_mm"] < float(b["high_mm"])
        )  # fmt: skip
    return found


def expected_cells(sessions: list[Row]) -> dict[tuple[str, ...], tuple[int, ...]]:
    below: dict[tuple[str, ...], Counter[int]] = defaultdict(Counter)
    above: dict[tuple[str, ...], Counter[int]] = defaultdict(Counter)
    for session in (s for s in sessions if s["is_asked"]):
        who = session["participant_id"]
        for cell in kinds(session):
            below[(*cell, "effect")][who] += 1
            above[(*cell, "effect", "any")][who] += 0
            for level in session["effects"]:
                above[(*cell, "effect", level)][who] += 1
            if session["severity"] is not None:
                below[(*cell, "severity")][who] += 1
                above[(*cell, "severity", str(session["severity"]))][who] += 1
    return {key: sums({who: (n, above[key][who]) for who, n in below[key[:-1]].items()}) for key in list(above)}


@FEW
@given(seed=st.integers(0, 10_000))
def test_cells_are_what_counting_the_rows_gives(seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        landing = filled(Path(folder), seed)
        try:
            _safety(landing)
            _spans(landing)
            _costs(landing)
            _adherence(landing)
            _levels(landing)
            _self_report(landing)
        finally:
            landing.con.close()


def _safety(landing: Landing) -> None:
    sessions = answers(landing)
    found = {
        tuple(row[:5]): tuple(row[5:])
        for row in landing.query(
            "SELECT place, dimension, code, measure, level, people, n, y, nn, ny, yy FROM safety_cells"
        )
    }
    assert found == expected_cells(sessions)
    asked = Counter(cell for s in sessions if s["is_asked"] for cell in kinds(s))
    every = Counter(cell for s in sessions for cell in kinds(s)) or Counter({("all", "all", "all"): 0})
    counted = landing.query("SELECT place, dimension, code, n_sessions, n_asked FROM safety_asked")
    assert {tuple(row[:3]): (row[3], row[4]) for row in counted} == {c: (n, asked[c]) for c, n in every.items()}
    unasked = [a for a in rows(landing, "SELECT * FROM side_effects") if a["solicited"] == "spontaneous"]
    reports = Counter(a["effect"] for a in unasked if a["effect"] != "none")
    assert dict(landing.query("SELECT effect, n_reports FROM safety_unasked")) == dict(reports)


def _spans(landing: Landing) -> None:
    """The widened span holds the hour at which the last effect was over."""
    over: dict[int, list[float | None]] = defaultdict(list)
    for row in landing.query(
        "SELECT session_id, resolved_after_hours FROM safety WHERE was_asked AND effect <> 'none'"
    ):
        over[row[0]].append(None if row[1] is None else float(row[1]))
    ends = Counter(None if None in hours else max(h for h in hours if h is not None) for hours in over.values())
    spans = landing.query("SELECT low_hours, high_hours, sum(n) FROM safety_spans WHERE dimension = 'all' GROUP BY ALL")
    assert sum(n for *_, n in spans) == sum(ends.values())
    marks = {None: 1_000_000, 6.0: 8, 24.0: 24, 80.0: 120}
    high = Counter[int]()
    for _, upper, n in spans:
        high[upper] += int(n)
    assert high == Counter({marks[hour]: n for hour, n in ends.items()})


def _costs(landing: Landing) -> None:
    paid = rows(landing, "SELECT * FROM cost")
    told = Counter((row["currency"], row["item"]) for row in paid)
    found = landing.query(
        "SELECT currency, item, n_people FROM cost_told WHERE dimension = 'all' AND item NOT IN ('any', 'needling')"
    )
    assert {(c, i): n for c, i, n in found} == dict(told)
    amounts = Counter(
        (r["currency"], r["item"], three_figures(r["per_month"])) for r in paid if r["per_month"] is not None
    )
    kept = landing.query(
        "SELECT currency, item, cents, n_people FROM cost_amounts WHERE dimension = 'all' AND per = 'month' "
        "AND item <> 'needling'"
    )
    assert {(c, i, cents): n for c, i, cents, n in kept} == dict(amounts)


def three_figures(amount: float) -> int:
    cents = math.floor(amount * 100 + 0.5)
    step = 10 ** max(len(str(cents)) - 3, 0)
    return math.floor(cents / step + 0.5) * step


def _adherence(landing: Landing) -> None:
    due = rows(landing, "SELECT r.*, z.time_zero_day FROM retention r JOIN exposure z USING (participant_id) "
                        "WHERE r.is_due AND z.is_needling AND z.landmark_days = 28")  # fmt: skip
    days = defaultdict(set)
    for who, day in landing.query("SELECT participant_id, performed_day FROM sessions"):
        days[who].add(day)
    plans = {who: row for who, *row in landing.query(
        "SELECT participant_id, planned_interval_days, planned_sessions FROM courses")}  # fmt: skip
    for week in (12, 24, 52):
        pairs = {}
        here = [row for row in due if row["visit_week"] == week]
        for row in here:
            who, first = row["participant_id"], row["time_zero_day"]
            done = sum(first <= day <= first + 7 * week for day in days[who])
            if who in plans and done:
                interval, most = plans[who]
                pairs[who] = (min(7 * week // interval + 1, most or 10**6), done)
        sql = f"FROM adherence_plan WHERE dimension = 'all' AND visit_week = {week}"
        found = landing.query(f"SELECT n_due, people, n, y, nn, ny, yy {sql}")
        assert found == ([(len(here), *(int(x) for x in sums(pairs)))] if here else [])


def _levels(landing: Landing) -> None:
    """Everybody's level of four measures, by hand, against the cells of everybody and of each setting."""
    days: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for who, day, depth in landing.query("SELECT participant_id, performed_day, needle_length_mm FROM sessions"):
        days[who].append((day, depth))
    expected: Counter[tuple[Any, ...]] = Counter()
    due = (
        "SELECT r.*, z.time_zero_day, z.setting FROM retention r JOIN exposure z USING (participant_id) "
        "WHERE r.is_due AND z.is_needling AND z.landmark_days = 28"
    )
    for row in rows(landing, due):
        first, week = row["time_zero_day"], row["visit_week"]
        here = [(day, depth) for day, depth in days[row["participant_id"]] if first <= day <= first + 7 * week]
        told = {"stopped_needling": row["stopped_needling"], "stopped_reporting": row["stopped_reporting"]}
        told |= {"switched_depth": len({depth for _, depth in here}) > 1} if here else {}
        levels = {measure: "yes" if value else "no" for measure, value in told.items() if value is not None}
        levels |= {"gap": longest({day for day, _ in here})} if here else {}
        for measure, level in levels.items():
            expected["all", "all", week, measure, level] += 1
            if row["setting"] is not None:
                expected["setting", row["setting"], week, measure, level] += 1
    found = landing.query(
        "SELECT dimension, code, visit_week, measure, level, n FROM adherence_cells WHERE dimension IN ('all', "
        "'setting') AND measure IN ('gap', 'switched_depth', 'stopped_needling', 'stopped_reporting')"
    )
    assert {tuple(row[:5]): row[5] for row in found} == dict(expected)


def longest(days: set[int]) -> str:
    gaps = [after - before for before, after in pairwise(sorted(days))]
    if not gaps:
        return "one_session"
    bands = ((7, "up_to_7"), (14, "8_to_14"), (28, "15_to_28"), (56, "29_to_56"))
    return next((name for most, name in bands if max(gaps) <= most), "over_56")


def _self_report(landing: Landing) -> None:
    per: dict[str, Callable[[Row], bool]] = {
        "half_millimetre": lambda s: s["needle_length_mm"] * 100 % 50 == 0,
        "sessions_within_a_day": lambda s: s["lag_days"] <= 1,
        "sessions_over_30_days": lambda s: s["lag_days"] > 30,
    }
    sessions = rows(landing, "SELECT * FROM sessions")
    for measure, shows in per.items():
        of: dict[int, tuple[int, int]] = {}
        for session in sessions:
            n, y = of.get(session["participant_id"], (0, 0))
            of[session["participant_id"]] = (n + 1, y + shows(session))
        found = landing.query(
            f"SELECT people, n, y, nn, ny, yy FROM self_report WHERE source = 'all' AND measure = '{measure}'"
        )
        assert found == ([sums(of)] if of else [])


def test_the_dictionary_knows_every_summary_and_its_types(landing: Landing) -> None:
    assert [summary.name for summary in SUMMARIES] == list(BUILT)
    landing.build()
    for summary in SUMMARIES:
        found = [(name, kind) for name, kind, *_ in landing.query(f"DESCRIBE {summary.name}")]
        assert found == [(name, kind) for name, kind, _ in summary.columns]
