"""People who must not be here: without consent, under age, forgotten."""

import duckdb
import pytest

from pipeline import flow, store
from pipeline.errors import UsageError
from pipeline.landing import keys
from tests.landing.conftest import PEOPLE, SESSIONS, Home

NO = PEOPLE.replace("androgenetic_alopecia,yes", "androgenetic_alopecia,no")


def pseudonym(home: Home, participant: str) -> str:
    return keys.pseudonym(keys.load(home.settings.key_file, create=False), "north", participant)


def holds(home: Home, participant: str) -> int:
    """Rows of landing and quarantine that bear somebody's pseudonym."""
    person, found = pseudonym(home, participant), 0
    for path in (p for folder in ("landing", "quarantine") for p in (home.settings.home / folder).rglob("*.parquet")):
        names = [r[0] for r in duckdb.sql(f"DESCRIBE SELECT * FROM read_parquet('{path}')").fetchall()]
        if "participant" in names:
            query = f"SELECT count(*) FROM read_parquet('{path}') WHERE participant = '{person}'::UUID"
            found += duckdb.sql(query).fetchall()[0][0]
    return found


def test_without_consent_nothing_is_stored_and_everything_counted(home: Home) -> None:
    document = home.send({"participants.csv": NO, "sessions.csv": SESSIONS})
    assert document["tables"]["participants"]["not_consented"] == 1
    assert document["tables"]["sessions"]["not_consented"] == 2
    assert holds(home, "P1") == 0


def test_records_that_waited_for_a_person_who_then_refuses_are_erased(home: Home) -> None:
    home.send({"sessions.csv": SESSIONS})
    assert home.quarantined() == {"unknown_participant": 2}
    home.send({"participants.csv": NO})
    assert home.quarantined() == {}
    assert holds(home, "P1") == 0


def test_consent_taken_back_erases_and_given_again_readmits(filled: Home) -> None:
    back = filled.send({"participants.csv": NO}, on="2026-02-28")
    assert back["tables"]["sessions"]["withdrawn"] == 2
    assert holds(filled, "P1") == 0
    assert filled.rows("sessions") == []
    again = filled.send({"participants.csv": PEOPLE, "sessions.csv": SESSIONS}, on="2026-03-31")
    assert again["tables"]["sessions"]["admitted"] == 2


def test_an_older_yes_does_not_undo_a_newer_no(filled: Home) -> None:
    filled.send({"participants.csv": NO}, on="2026-03-31")
    older = filled.send({"participants.csv": PEOPLE, "sessions.csv": SESSIONS}, on="2026-02-28")
    assert older["tables"]["participants"]["not_consented"] == 1
    assert older["tables"]["sessions"]["not_consented"] == 2


def test_an_older_no_does_not_undo_a_newer_yes(filled: Home) -> None:
    older = filled.send({"participants.csv": NO}, on="2025-12-31")
    assert older["tables"]["participants"]["unchanged"] == 2
    assert len(filled.rows("sessions")) == 2


def test_of_a_minor_only_the_reason_is_kept(home: Home) -> None:
    people = PEOPLE.replace("2025-01-10,34", "2025-01-10,17")
    document = home.send({"participants.csv": people, "sessions.csv": SESSIONS})
    assert document["quarantine"] == {"minor": 1}
    assert document["tables"]["sessions"]["not_consented"] == 2
    (path,) = (home.settings.home / "quarantine" / "participants").rglob("*.parquet")
    row = duckdb.sql(
        f"SELECT age_band, sex, diagnosis, enrolled_day, enrolled_quarter, tokens FROM read_parquet('{path}')"
    ).fetchall()
    assert row == [(None, None, None, None, None, [])]


def test_of_a_person_whose_consent_cannot_be_read_only_the_reason_is_kept(home: Home) -> None:
    home.send({"participants.csv": PEOPLE.replace("androgenetic_alopecia,yes", "androgenetic_alopecia,")})
    (path,) = (home.settings.home / "quarantine" / "participants").rglob("*.parquet")
    query = f"SELECT sex, diagnosis, enrolled_day, reasons FROM read_parquet('{path}')"
    assert duckdb.sql(query).fetchall() == [(None, None, None, ["missing_required"])]


def test_a_forgotten_person_is_gone_everywhere_and_stays_out(filled: Home) -> None:
    flow.publish(filled.settings)
    old = store.current_version(filled.settings.home)
    document = flow.forget(filled.settings, "north", "P1")
    assert document["erased"] == {"participants": 1, "sessions": 2}
    assert document["proof"]["found"] == 0
    assert old is not None
    assert document["versions_withdrawn"] == [old.name]
    assert not old.path.exists()
    assert document["version"] not in (None, old.name)
    assert holds(filled, "P1") == 0
    again = filled.send({"participants.csv": PEOPLE, "sessions.csv": SESSIONS}, on="2027-01-31")
    assert again["tables"]["participants"]["not_consented"] == 1
    assert again["tables"]["sessions"]["not_consented"] == 2
    assert holds(filled, "P1") == 0


def test_the_last_person_can_be_forgotten_too(home: Home) -> None:
    home.send({"participants.csv": "".join(PEOPLE.splitlines(keepends=True)[:2]), "sessions.csv": SESSIONS})
    flow.publish(home.settings)
    document = flow.forget(home.settings, "north", "P1")
    assert document["version"] is None
    assert store.versions(home.settings.home) == ()
    assert document["proof"]["found"] == 0


def test_forgetting_needs_a_source_that_is_known(filled: Home) -> None:
    with pytest.raises(UsageError, match="source nowhere has sent nothing"):
        flow.forget(filled.settings, "nowhere", "P1")
