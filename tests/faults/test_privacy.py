"""Whatever senders write wherever they write it: nobody's id, name, mail, phone, date or sentence gets into the home.

Nor does it get onto the screen. Every file of the home is searched as bytes, and as text after decoding.
"""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from pipeline.cli import main
from tests.landing.conftest import Home

KEY = "5e" * 32
"""A fixed key, so that no shifted day is by chance the day itself."""

IDS = ("KAROLIN-7731", "karo.line@example.org", "Karoline Mustermann", "0171 5550199", "1987-04-03")
NAMES = ("Mustermann", "karo.line", "example.org", "Dr Feelgood")
PHONES = ("0171 5550199", "0171-5550199", "+49 171 5550199", "0171.555019", "01715 550199", "5550199")
BIRTHS = ("03.04.1987", "03/04/1987", "3-4-87", "19870403", "030487", "Apr 1987", "April 3 1987", "1987 04 03")
SENTENCES = ("met my sister by the lake", "sister", "itches since Anna left", "Anna")
RECORDS = ("SESSRAW-99172", "OUTRAW-5150", "COURSERAW-4411", "SITERAW-17")
ENROLLED = ("2025-01-10", "2025-02-11", "2025-03-12", "2025-04-13", "2025-05-14")
PERFORMED = ("2025-06-17", "2025-06-19", "2025-07-23")
SECRETS = (*IDS, *NAMES, *PHONES, *BIRTHS, *SENTENCES, *RECORDS, *ENROLLED, *PERFORMED)

PEOPLE = "participant_id,enrolled_on,age_years,sex,diagnosis,consent,Vorname,clinic_id\n" + "".join(
    f"{person},{day},34,male,unknown,yes,met my sister by the lake,north\n"
    for person, day in zip(IDS, ENROLLED, strict=True)
)

SESSION_HEADS = ("session_id", "course_id", "participant_id", "performed_on", "device", "needle_length_mm", "setting",
                 "passes", "pain_nrs", "region", "notes")  # fmt: skip
GOOD = {"session_id": "SESSRAW-99172", "course_id": "COURSERAW-4411", "participant_id": IDS[0],
        "performed_on": PERFORMED[0], "device": "dermaroller", "needle_length_mm": "0.5", "setting": "home",
        "passes": "3", "pain_nrs": "1", "region": "crown", "notes": "itches since Anna left"}  # fmt: skip
MISPLACED = (*NAMES, *PHONES, *BIRTHS, *SENTENCES, *IDS)

OUTCOME_HEADS = ("outcome_id", "participant_id", "assessed_on", "instrument", "value", "unit", "rater", "region",
                 "site_id")  # fmt: skip
OUTCOME = {"outcome_id": "OUTRAW-5150", "participant_id": IDS[1], "assessed_on": PERFORMED[1],
           "instrument": "ga_participant", "value": "1", "unit": "", "rater": "participant", "region": "",
           "site_id": "SITERAW-17"}  # fmt: skip
NO_SOFTWARE = ("karo.line@example.org", "met my sister by the lake", *PHONES, *BIRTHS[:5], *IDS[3:])
"""A label or a clinic's id of one word cannot be told from a name, so names are not looked for there."""


def quoted(cell: str) -> str:
    return f'"{cell}"' if "," in cell else cell


def rows(heads: tuple[str, ...], good: dict[str, str]) -> Iterator[str]:
    """A good row, then one for every secret in every column it does not belong into."""
    yield ",".join(heads)
    yield ",".join(good[head] for head in heads)
    for head in heads:
        for number, secret in enumerate(MISPLACED):
            row = good | {heads[0]: f"{good[heads[0]]}-{head}-{number}"} | {head: secret}
            yield ",".join(quoted(row[name]) for name in heads)


SESSIONS = "\n".join(rows(SESSION_HEADS, GOOD)) + (
    f"\nSESSRAW-99173,,KAROLIN-7731,{PERFORMED[2]},derma rollr,0.5,home,99,1,crown,\n"  # both cells may be told
    "KAROLIN-7731,Karoline Mustermann,0171 5550199\n"  # too few cells
    f'SESSRAW-99172,,KAROLIN-7731,{PERFORMED[2]},"dermaroller,0.5,home,3,1,crown,met my sister by the lake\n'
    f"SESSRAW-99172,,KAROLIN-7731,{PERFORMED[2]},derma\0roller,0.5,home,3,1,crown,Anna\n"
)
OUTCOMES = "\n".join(rows(OUTCOME_HEADS, OUTCOME)) + "\n"
SOFTWARE = "participant_id,assessed_on,instrument,value,rater,device_software\n" + "".join(
    f"{IDS[2]},{day},ga_participant,1,participant,{secret}\n" for secret in NO_SOFTWARE for day in PERFORMED
)
PERSON_HEADS = ("participant_id", "enrolled_on", "age_years", "sex", "diagnosis", "staging_scale", "stage", "skin_type",
                "years_since_onset", "family_history", "consent")  # fmt: skip
PERSON = {"participant_id": "A7", "enrolled_on": ENROLLED[0], "age_years": "34", "sex": "male", "diagnosis": "unknown",
          "staging_scale": "norwood", "stage": "III", "skin_type": "II", "years_since_onset": "3",
          "family_history": "yes", "consent": "yes"}  # fmt: skip
PERSONS = "\n".join(rows(PERSON_HEADS, PERSON)) + "\n"
CLINICS = "participant_id,enrolled_on,age_years,sex,diagnosis,consent,clinic_id\n" + "".join(
    f"B{number},{ENROLLED[1]},34,male,unknown,yes,{secret}\n" for number, secret in enumerate(NO_SOFTWARE)
)
HEADERLESS = f"KAROLIN-7731,{PERFORMED[0]},Karoline Mustermann,karo.line@example.org,0171 5550199,03.04.1987\n" * 3
OBJECTS = (
    '{"participant_id": "KAROLIN-7731", "karo.line@example.org": "Anna", "Karoline Mustermann": 1, "5550199": 2}\n'
    '{"participant_id": "KAROLIN-7731", "performed_on": "2025-06-19", "note": "met my sister\n'
    '["Karoline Mustermann"]\n'
)
NOTHING_BUT = (
    '[tables.sessions]\nfiles = ["sessions.csv"]\ncolumns = { "Nadel" = "needle_length_mm" }\nkey = ["Nummer"]\n'
)


def decoded(path: Path) -> Iterator[str]:
    """Every cell of a Parquet or DuckDB file as text."""
    if path.suffix == ".parquet":
        yield str(duckdb.sql(f"SELECT CAST(COLUMNS(*) AS VARCHAR) FROM read_parquet('{path}')").fetchall())
    elif path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as con:
            for (table,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall():
                yield str(con.execute(f'SELECT CAST(COLUMNS(*) AS VARCHAR) FROM "{table}"').fetchall())


def holding(home: Path) -> Iterator[tuple[str, str]]:
    """(file, text) of all that lies in the home."""
    for path in sorted(p for p in home.rglob("*") if p.is_file()):
        yield path.name, path.read_bytes().decode("latin-1")
        for text in decoded(path):
            yield f"{path.relative_to(home)}, decoded", text


def found(text: str, secrets: tuple[str, ...] = SECRETS) -> list[str]:
    return [secret for secret in secrets if secret.lower() in text.lower()]


def say(home: Home, *words: str, text: str | None = None) -> str:
    result = CliRunner().invoke(main, [*words, "--home", str(home.settings.home)], input=text)
    assert result.exit_code in (0, 3), result.output
    return result.output


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, dict[str, str]]:
    """A home after all this was sent, and what each command said, by its name."""
    folder = tmp_path_factory.mktemp("private")
    home = Home(folder)
    home.settings.home.mkdir()
    home.settings.key_file.write_text(KEY)
    home.settings.key_file.chmod(0o600)
    native = home.drop({"participants.csv": PEOPLE, "sessions.csv": SESSIONS, "outcomes.csv": OUTCOMES})
    others = [
        home.drop({"outcomes.csv": SOFTWARE}),
        home.drop({"participants.csv": PERSONS}, source="persons"),
        home.drop({"participants.csv": CLINICS}, source="clinics"),
        home.drop({"sessions.csv": HEADERLESS}, source="headerless"),
        home.drop({"sessions.csv": HEADERLESS}, source="mapped", extra=NOTHING_BUT),
        home.drop({"sessions.csv": HEADERLESS.replace("03.04.1987", "KAROLIN-7731")}, source="doubled"),
        home.drop({"sessions.ndjson": OBJECTS}, source="objects", extra='format = "ndjson"\n'),
        home.drop({"sessions.csv": SESSIONS.replace("lake", "läke").encode("cp1252")}, source="encoded"),
    ]
    said = {"run": say(home, "run", *map(str, (native, *others)))}
    said["again"] = say(home, "ingest", "--json", *map(str, (native, *others)))
    said["list"] = say(home, "quarantine", "list", "--limit", "5000")
    said["list --json"] = say(home, "quarantine", "list", "--limit", "5000", "--json")
    said["retry"] = say(home, "quarantine", "retry", "--json")
    said["status"] = say(home, "status")
    said["forget"] = say(home, "forget", "--source", "north", "--participant", "-", text=IDS[4] + "\n")
    return home, said


Told = tuple[Home, dict[str, str]]


def test_the_drops_held_what_is_looked_for(told: Told) -> None:
    _, said = told
    sent = SESSIONS + PEOPLE + OUTCOMES + HEADERLESS + OBJECTS
    assert set(found(sent)) == set(SECRETS)
    entries = json.loads(said["list --json"])["entries"]
    assert {"wrong_type", "unknown_value", "malformed_line", "unknown_participant"} <= {
        reason for entry in entries for reason in entry["reasons"]
    }
    tokens = {token for entry in entries for token in entry["tokens"]}
    assert {"derma rollr", "99"} <= tokens, "no token is told at all, so the search proves little"


def test_no_file_of_the_home_holds_any_of_it(told: Told) -> None:
    home, _ = told
    assert {place: hits for place, text in holding(home.settings.home) if (hits := found(text))} == {}


def test_no_day_of_anybody_lies_in_landing_unshifted(told: Told) -> None:
    home, _ = told
    days = {(date.fromisoformat(day) - date(1970, 1, 1)).days for day in (*ENROLLED, *PERFORMED)}
    for table in ("participants", "sessions", "outcomes"):
        for path in (home.settings.home / "landing" / table).rglob("*-rows-*.parquet"):
            stored = duckdb.sql(f"SELECT COLUMNS('_day$') FROM read_parquet('{path}')").fetchall()
            assert stored
            assert not days & {day for row in stored for day in row}


def test_nothing_of_it_is_ever_said(told: Told) -> None:
    home, said = told
    told_folder = str(home.folder)
    assert {name: hits for name, text in said.items() if (hits := found(text.replace(told_folder, "")))} == {}
