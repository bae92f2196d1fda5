"""The words and rows of the page Overview: what a version holds, how fresh it is, what changed."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import pandas as pd

from dashboard.words.numbers import MINUS, people
from pipeline.contract.overview import FollowUp, Overview

TITLE = "What is in these data, and how fresh are they?"
TABLES = {
    "participants": "People", "sessions": "Sessions", "outcomes": "Results measured or reported",
    "side_effects": "Answers about side effects", "treatments": "Other treatments", "courses": "Courses of needling",
    "events": "Events", "costs": "Payments",
}  # fmt: skip
"""The tables that come in, in the order of the page."""

NOT_DUE = "This version is so young that no visit was due for anybody when the data were taken out."
NO_EARLIER = (
    "No version before this one is kept, so there is nothing to compare it with. The next publication will show here "
    "what it changed."
)
FOLLOW_UP_NOTE = (
    "Seen: a result of any kind within the visit's window, counted from the first session (for people not needling, "
    "from enrolment). Due: that window had closed when the data were taken out; whoever is not due yet has not dropped "
    "out. The interval is the exact one (Clopper and Pearson), and takes these people as a sample of people like them."
)
WARNINGS_NOTE = "A warning lets a version be published; it says where its numbers want care."


def answer(found: Overview, about: Mapping[str, Any]) -> str:
    """Who is in it, how far they were followed, and how old it is. Markdown."""
    held = {c.table: c for c in found.contents}
    sessions = held.get("sessions")
    n_clinics = len({s.clinic for s in found.senders})
    logged = f"; {sessions.n_people:,} of them logged **{sessions.n_records:,} sessions**" if sessions else ""
    said = [f"**{people(found.people())}** from {n_clinics} {'clinic or app' if n_clinics == 1 else 'clinics and apps'}"
            f"{logged}."]  # fmt: skip
    told = [v for v in found.follow_up if v.share is not None and v.week <= _LATEST_TOLD]
    if told:
        said.append(f"Week {told[-1].week} had passed for {told[-1].n_due:,} of them; **{seen(told[-1])}** reported a "
                    "result at it.")  # fmt: skip
    said.append(freshness(about))
    return " ".join(said)


_LATEST_TOLD = 24
"""The visit that most studies of the catalogue ask about."""


def seen(visit: FollowUp) -> str:
    """`67% (95% interval 65 to 68)`."""
    if visit.share is None or visit.lower is None or visit.upper is None:
        return "nobody due yet"
    return f"{visit.share:.0%} (95% interval {100 * visit.lower:.0f} to {100 * visit.upper:.0f})"


def freshness(about: Mapping[str, Any]) -> str:
    """How long before the publication the data end."""
    until = about.get("extracted_until")
    if until is None:
        return "When the data were taken out at their senders is not known."
    days = (datetime.fromisoformat(about["published_at"]).date() - date.fromisoformat(until)).days
    return f"The latest data were taken out {_days(days)} before this version was published."


def _days(n: int) -> str:
    return "less than a day" if n < 1 else "1 day" if n == 1 else f"{n:,} days"


def follow_up(visits: Sequence[FollowUp]) -> list[dict[str, str]]:
    """One row a visit, as text."""
    return [
        {
            "Visit": f"week {v.week}",
            "People": f"{v.n:,}",
            "Due": f"{v.n_due:,}",
            "Seen": f"{v.n_seen:,}",
            "Seen of those due (95% interval)": seen(v).replace("95% interval ", ""),
        }
        for v in visits
    ]


def visits_rows(visits: Sequence[FollowUp]) -> pd.DataFrame:
    """The same for a file."""
    return pd.DataFrame([asdict(v) for v in visits])


def senders(found: Overview) -> list[dict[str, str]]:
    """One row for each clinic or app of a source, those with most people first."""
    return [
        {
            "Clinic or app": s.clinic,
            "Source": s.source,
            "People": f"{s.n:,}",
            f"Due at week {s.week}": f"{s.n_due:,}",
            f"Seen at week {s.week}": f"{s.n_seen:,}",
        }
        for s in found.senders
    ]


def senders_rows(found: Overview) -> pd.DataFrame:
    """The same for a file."""
    return pd.DataFrame([asdict(s) for s in found.senders])


def quarters_rows(found: Overview) -> pd.DataFrame:
    """People by quarter of enrolment, for a file."""
    return pd.DataFrame(list(found.quarters), columns=["enrolled_quarter", "n_people"])


def changes_rows(now: Overview, before: Overview) -> pd.DataFrame:
    """For each table records and people, now and in the version before, for a file."""
    return pd.DataFrame(_held(now, before))


def _held(now: Overview, before: Overview) -> list[dict[str, Any]]:
    new, old = ({c.table: c for c in each.contents} for each in (now, before))
    rows = []
    for table in (*(t for t in TABLES if t in new or t in old), *sorted((new.keys() | old.keys()) - TABLES.keys())):
        row: dict[str, Any] = {"table": table}
        for name, held in (("now", new.get(table)), ("before", old.get(table))):
            row[f"n_records_{name}"] = held.n_records if held else 0
            row[f"n_people_{name}"] = held.n_people if held else 0
        rows.append(row)
    return rows


def changes(now: Overview, before: Overview | None) -> list[dict[str, str]]:
    """What there is of each kind, and how much more or less than in the version before."""
    shown = []
    for row in _held(now, before or now):
        shown.append(
            {
                "What": TABLES.get(row["table"], row["table"].replace("_", " ")),
                "Records": f"{row['n_records_now']:,}",
                "People they are of": f"{row['n_people_now']:,}",
            }
        )
        if before is not None:
            shown[-1] |= {
                "Records since the version before": _more(row["n_records_now"] - row["n_records_before"]),
                "People since then": _more(row["n_people_now"] - row["n_people_before"]),
            }
    return shown


def _more(n: int) -> str:
    return "as many" if n == 0 else f"+{n:,}" if n > 0 else f"{MINUS}{-n:,}"


def changed(name: str, now: Overview, before: Overview, *, is_same: bool) -> str:
    """One sentence on what changed since the version before."""
    if is_same:
        return f"The data are the same, to the last value, as in the version before, `{name}`."
    more = now.people() - before.people()
    moved = "as many people as" if more == 0 else f"{people(abs(more))} {'more' if more > 0 else 'fewer'} than"
    return f"This version holds {moved} the version before, `{name}`."


def gate(manifest_gate: Mapping[str, Any]) -> str:
    """Whether the checks passed, and how many there were."""
    n, failed = manifest_gate["n_rules"], manifest_gate["failed"]
    if not manifest_gate["passed"]:
        return f"Of {n:,} checks {len(failed):,} failed or warned; the version did not pass."
    if not failed:
        return f"All {n:,} checks of the data passed."
    return f"{n - len(failed):,} of {n:,} checks of the data passed; {len(failed):,} gave a warning."


def warnings(manifest_gate: Mapping[str, Any]) -> list[dict[str, str]]:
    """One row for each check that did not pass."""
    return [
        {
            "What is checked": rule["sentence"],
            "Table": rule["table"].replace("_", " "),
            "Weight": rule["severity"],
            "Records that do not meet it": "" if (n := rule.get("n_unexpected")) is None else f"{n:,}",
        }
        for rule in manifest_gate["failed"]
    ]
