"""Erasure at full length: after `forget`, and after consent is taken back, every byte of the home is searched.

The same search finds each of these traces before the erasure: a search that finds nothing at all proves nothing.
"""

import json
import shutil
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner

from expectations import SUITES
from pipeline import ledger, store
from pipeline.cli import main
from pipeline.errors import NeedlingError
from pipeline.landing import keys
from pipeline.validate import gate
from pipeline.validate.rules import Measure, Rule, Suite
from tests.faults.every_byte import Needles, found, of_uuid, places
from tests.landing.conftest import Home

PERSON = "RAWID-GONE-4711"
CLINIC, SOFTWARE, AMOUNT, AREA, WORD = "lonely-clinic", "zyxwv42", "73913.37", "47.13", "98765"
OTHERS = [f"P{n:03}" for n in range(40)]

PEOPLE_HEAD = "participant_id,enrolled_on,age_years,sex,diagnosis,consent,clinic_id\n"
OUTCOME_HEAD = "outcome_id,participant_id,assessed_on,instrument,value,unit,rater,region,device_software,area_cm2\n"
SESSION_HEAD = "session_id,participant_id,performed_on,device,needle_length_mm,setting,pain_nrs\n"
EFFECT_HEAD = "side_effect_id,participant_id,asked_on,effect,severity,serious\n"
COST_HEAD = "cost_id,participant_id,incurred_on,item,amount,currency\n"


def people(consent: str = "yes", *, others: bool = True) -> str:
    rows = [f"{p},2025-01-1{n % 9},3{n % 10},male,androgenetic_alopecia,yes,north\n" for n, p in enumerate(OTHERS)]
    gone = f"{PERSON},2025-01-10,78,female,alopecia_areata,{consent},{CLINIC}\n"
    return PEOPLE_HEAD + gone + ("".join(rows) if others else "")


def sessions(*, corrected: bool = False) -> str:
    rows = [f"S-{p},{p},2025-02-0{1 + n % 8},dermaroller,0.5,home,2\n" for n, p in enumerate(OTHERS)]
    needle = "1.5" if corrected else "0.5"
    mine = f"S-GONE-1,{PERSON},2025-02-03,pen_motorised,{needle},clinic,3\nS-GONE-2,{PERSON},2025-02-13,pen_motorised,"
    return SESSION_HEAD + mine + f"0.5,clinic,{WORD}\n" + "".join(rows)


FILES = {
    "participants.csv": people(),
    "sessions.csv": sessions(),
    "outcomes.csv": OUTCOME_HEAD
    + f"O-GONE-1,{PERSON},2025-03-03,hair_density,117,/cm2,software,crown,{SOFTWARE},{AREA}\n"
    + "".join(
        f"O-{p},{p},2025-03-01,hair_density,{100 + n},/cm2,software,crown,tool1,1\n" for n, p in enumerate(OTHERS)
    ),
    "side_effects.csv": EFFECT_HEAD
    + f"E-GONE-1,{PERSON},2025-02-04,infection,4,yes\n"
    + "".join(f"E-{p},{p},2025-02-09,redness,1,no\n" for p in OTHERS),
    "costs.csv": COST_HEAD + f"C-GONE-1,{PERSON},2025-02-04,device,{AMOUNT},EUR\n",
}
"""Nobody else has costs: a sum over the table is this person's own amount."""

Built = tuple[Home, Needles]


def say(home: Home, *words: str, code: int = 0, text: str | None = None) -> dict[str, Any]:
    result = CliRunner().invoke(main, [*words, "--json", "--home", str(home.settings.home)], input=text)
    assert result.exit_code == code, result.output
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def forget(home: Home, person: str = PERSON, **options: Any) -> dict[str, Any]:
    return say(home, "forget", "--source", "north", "--participant", "-", text=f"{person}\n", **options)


def pseudonym(home: Home, person: str = PERSON) -> str:
    return keys.pseudonym(keys.load(home.settings.key_file, create=False), "north", person)


def needles_of(home: Home) -> Needles:
    """Every trace of the person: planted values, the pseudonym, and all keys and days that landing made of them."""
    planted = {name: (name.encode(),) for name in (PERSON, CLINIC, SOFTWARE, AMOUNT, AREA, WORD)}
    made: dict[str, tuple[bytes, ...]] = {"pseudonym": of_uuid(pseudonym(home))}
    for path in home.settings.home.rglob("*.parquet"):
        relation = duckdb.sql(f"SELECT * FROM read_parquet('{path}')")
        if "participant" not in relation.columns:
            continue
        mine = relation.filter(f"participant = '{pseudonym(home)}'")
        for column in {"record", "entry", "content"} & set(relation.columns):
            values = [str(v) for (v,) in mine.select(column).fetchall() if v is not None]
            made |= {f"{path.parent.parent.name}.{column} {v}": of_uuid(v) for v in values}
        if path.parts[-4:-2] == ("landing", "participants"):
            ((day,),) = mine.select("enrolled_day").fetchall()
            made["shifted day of enrolment"] = (f"'{day}'".encode(),)
    return planted | made


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Two published versions that hold the person, a correction, a confirmed and a quarantined record, an alert."""
    home = Home(tmp_path_factory.mktemp("erasure"))
    say(home, "run", str(home.drop(FILES, on="2026-01-31")))
    later = {"sessions.csv": sessions(corrected=True), "outcomes.csv": FILES["outcomes.csv"]}
    say(home, "run", str(home.drop(later, on="2026-02-28")))
    return home, needles_of(home)


@pytest.fixture
def filled(built: Built, tmp_path: Path) -> Built:
    shutil.copytree(built[0].settings.home, tmp_path / "warehouse")
    return Home(tmp_path), built[1]


def traces(home: Home, needles: Needles) -> dict[str, set[str]]:
    """What is left anywhere but on the refusal list, the only place that may name the person."""
    left = found(needles, places(home.settings.home, home.settings.scratch))
    left["pseudonym"] = {
        place
        for place in left.get("pseudonym", ())
        if place not in ("ledger.duckdb (bytes)", "ledger.duckdb (table refusals)")
    }
    return {name: where for name, where in left.items() if where}


def refusals(home: Home) -> list[tuple[str, str]]:
    with ledger.opened(home.settings.home, read_only=True) as book:
        return book.execute("SELECT CAST(participant AS VARCHAR), reason FROM refusals").fetchall()


def test_the_search_finds_every_trace_before(built: Built) -> None:
    home, needles = built
    hits = found(needles, places(home.settings.home))
    assert PERSON not in hits, "the sender's id is nowhere even before"
    assert set(hits) == set(needles) - {PERSON}
    assert {place.split("/")[0] for where in hits.values() for place in where} >= {"landing", "quarantine", "versions"}
    assert any("superseded" in place for where in hits.values() for place in where)
    assert any("-seen-" in place for where in hits.values() for place in where)
    assert len(store.versions(home.settings.home)) == 2
    assert say(home, "status")["alerts"][0]["line"] == 2


def test_forgetting_leaves_no_byte(filled: Built) -> None:
    home, needles = filled
    held = [v.name for v in store.versions(home.settings.home)]
    document = forget(home)
    assert document["versions_withdrawn"] == held
    assert document["proof"]["found"] == 0
    assert traces(home, needles) == {}
    assert refusals(home) == [(pseudonym(home), "forgotten")]
    status = say(home, "status")
    assert status["alerts"] == []
    assert status["tables"]["participants"] == len(OTHERS)
    assert say(home, "rollback", code=2)["error"]["kind"] == "usage", "no version that held the person can come back"

    again = say(home, "ingest", str(home.drop(FILES, on="2026-03-31")))
    n = {table: account["not_consented"] for table, account in again["tables"].items()}
    assert n == {"participants": 1, "sessions": 2, "outcomes": 1, "side_effects": 1, "costs": 1}
    assert not [warning for warning in again["warnings"] if warning.startswith("ALERT")]
    assert traces(home, needles) == {}
    out = home.folder / "back"
    say(home, "quarantine", "export", "--source", "north", "--out", str(out))
    assert "S-GONE" not in "".join(p.read_text("utf-8", "replace") for p in out.rglob("*") if p.is_file())


@pytest.fixture
def few_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """A gate that only looks at costs, the table with this person's sums: the whole one is held in the test above."""
    suites = [suite for suite in SUITES if suite.table in ("costs", "cost")]
    monkeypatch.setattr(gate, "run", partial(gate.run, suites=suites))


@pytest.mark.usefixtures("few_rules")
def test_consent_taken_back_leaves_no_byte_and_a_later_yes_readmits(filled: Built) -> None:
    home, needles = filled
    held = {v.name for v in store.versions(home.settings.home)}
    document = say(home, "run", str(home.drop({"participants.csv": people("no")}, on="2026-03-31")))
    assert document["version"] is not None
    assert not held & {v.name for v in store.versions(home.settings.home)}
    assert traces(home, needles) == {}
    assert refusals(home) == [(pseudonym(home), "no_consent")]
    again = say(home, "ingest", str(home.drop(FILES, on="2026-04-30")))
    assert again["tables"]["sessions"]["admitted"] == 1
    assert refusals(home) == []


@pytest.mark.usefixtures("few_rules")
def test_consent_taken_back_at_ingest_leaves_no_version_that_holds_the_person(filled: Built) -> None:
    home, needles = filled
    document = say(home, "ingest", str(home.drop({"participants.csv": people("no")}, on="2026-03-31")))
    assert any("took consent back" in warning for warning in document["warnings"])
    assert traces(home, needles) == {}
    assert say(home, "status")["version"] is not None, "readers are not left without a version"
    assert say(home, "status")["tables"]["participants"] == len(OTHERS)


@pytest.mark.usefixtures("few_rules")
def test_a_killed_erasure_is_completed_by_the_next_run(filled: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    home, needles = filled

    class Killed(BaseException):
        """The process ends between the erasure of landing and the withdrawal of versions."""

    def killed(*_: object) -> None:
        raise Killed

    monkeypatch.setattr("pipeline.flow.publication.withdraw", killed)
    result = CliRunner().invoke(
        main, ["forget", "--source", "north", "--participant", PERSON, "--home", str(home.settings.home)]
    )
    assert result.exit_code == 1
    monkeypatch.undo()
    monkeypatch.setenv("NEEDLING_SCRATCH", str(home.settings.scratch))
    assert "pseudonym" in traces(home, needles)
    say(home, "publish")
    assert traces(home, needles) == {}


def test_versions_go_even_if_the_new_one_fails_its_gate(filled: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    home, needles = filled
    broken = Rule(
        "costs.impossible", "critical", "Planted: it cannot hold.", Measure("SELECT count(*) FROM {batch}", 99, 99)
    )
    monkeypatch.setattr(gate, "run", partial(gate.run, suites=[Suite("costs", (broken,), is_mart=True)]))
    document = forget(home)
    assert document["gate_passed"] is False
    assert document["version"] is None
    assert store.versions(home.settings.home) == ()
    assert traces(home, needles) == {}


@pytest.mark.usefixtures("few_rules")
def test_versions_go_even_if_the_new_one_cannot_be_built(filled: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    home, needles = filled

    def full(*_: object, **__: object) -> None:
        raise NeedlingError("the disk is full")

    monkeypatch.setattr("pipeline.flow.publication.build", full)
    assert forget(home, code=1)["error"]["message"] == "the disk is full"
    assert store.versions(home.settings.home) == ()
    assert traces(home, needles) == {}


@pytest.mark.usefixtures("few_rules")
def test_a_damaged_version_goes_with_the_person_and_stops_no_nightly_run(filled: Built) -> None:
    home, needles = filled
    old, current = store.versions(home.settings.home)
    damaged = old.research.read_bytes()
    old.research.write_bytes(b"no database" + damaged[11:])
    no_longer = people().replace(
        f"{OTHERS[0]},2025-01-10,30,male,androgenetic_alopecia,yes",
        f"{OTHERS[0]},2025-01-10,30,male,androgenetic_alopecia,no",
    )
    assert no_longer != people()
    say(home, "run", str(home.drop({"participants.csv": no_longer}, on="2026-03-31")))
    left = [v.name for v in store.versions(home.settings.home)]
    assert old.name in left
    assert current.name not in left
    assert old.name in forget(home)["versions_withdrawn"]
    assert not old.path.exists()
    assert traces(home, needles) == {}


def test_nobody_is_forgotten_while_another_run_holds_the_lock(filled: Built) -> None:
    home, needles = filled
    with store.lock(home.settings.home):
        assert forget(home, code=5)["error"]["kind"] == "locked"
    assert set(found(needles, places(home.settings.home))) == set(needles) - {PERSON}


def test_of_somebody_who_only_waited_nothing_is_left_either(home: Home) -> None:
    mine = {name: "".join(line for line in FILES[name].splitlines(True)[:2]) for name in ("costs.csv", "outcomes.csv")}
    say(home, "ingest", str(home.drop(mine)))
    needles = {PERSON: (PERSON.encode(),), "pseudonym": of_uuid(pseudonym(home)), AMOUNT: (AMOUNT.encode(),)}
    assert set(found(needles, places(home.settings.home))) == {"pseudonym", AMOUNT}
    document = say(home, "forget", "--source", "north", "--participant", PERSON)
    assert (document["erased"], document["versions_withdrawn"]) == ({"costs": 1, "outcomes": 1}, [])
    assert traces(home, needles) == {}
    assert say(home, "ingest", str(home.drop(mine, on="2026-07-31")))["tables"]["costs"]["not_consented"] == 1
    (nobody,) = forget(home, f"{PERSON}x")["warnings"]  # mistyped: erasing nobody is no success to rest on
    assert nobody.startswith("nothing was held under this id")


def test_an_empty_line_on_standard_input_forgets_nobody(filled: Built) -> None:
    assert "no participant id came" in forget(filled[0], "", code=2)["error"]["message"]


def test_a_record_moved_to_somebody_else_keeps_its_history_there(home: Home) -> None:
    """A session first sent for one person and corrected to another: forgetting the first leaves the second's whole."""
    first, moved = f"S1,{PERSON},2025-02-03,dermaroller,0.5,home,1\n", "S1,P000,2025-02-03,dermaroller,0.5,home,1\n"
    last = {"sessions.csv": SESSION_HEAD + moved.replace("0.5", "1.0")}
    home.send({"participants.csv": people(), "sessions.csv": SESSION_HEAD + first}, on="2026-01-31")
    home.send({"sessions.csv": SESSION_HEAD + moved}, on="2026-02-28")
    home.send(last, on="2026-03-31")
    forget(home)
    assert home.rows("sessions", "CAST(needle_length_mm AS VARCHAR)") == [("1.00",)]
    assert home.send(last)["tables"]["sessions"]["unchanged"] == 1
