"""What a steward does beside drops: admit again what has healed, erase one person, prove the erasure."""

from datetime import UTC, datetime, timedelta

from pipeline import ledger
from pipeline.contract.tables import TABLES
from pipeline.landing import consent, keys, people, release, sql
from pipeline.landing.admit import Arrival
from pipeline.landing.bench import Bench


def retry(bench: Bench) -> dict[str, int]:
    """Admit every open entry that has healed by today; the answer is records released per table."""
    people.find_parents(bench.con, bench.shelf)
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    return release.release(bench.con, bench.shelf, _now(bench, "steward"), tomorrow, release.HEALING)


def forget(bench: Bench, person: str) -> dict[str, int]:
    """Erase one pseudonym from every landing and quarantine file and refuse it for good.

    The answer is records erased per table. Counts once the bench is committed.
    """
    consent.forget(bench.con, person, _now(bench, "steward"))
    return consent.erase(bench.con, bench.shelf)


def pseudonym_of(bench: Bench, source: str, participant: str) -> str:
    """The pseudonym of a source's participant. Raises UsageError where no such source has sent anything."""
    with ledger.opened(bench.settings.home, read_only=True) as book:
        people = ledger.namespace_of(book, source)
    return keys.pseudonym(bench.key, people, participant)


def remaining(bench: Bench, person: str) -> tuple[int, int]:
    """(files of landing and quarantine searched, records and record keys found in them) of a pseudonym just erased."""
    theirs = f"participant = CAST({sql.text(person)} AS UUID)"
    found = 0
    for file in bench.shelf.committed:
        condition = theirs if file.kind in consent.PERSONAL else consent.keyed(file.kind)
        held = sql.parquet([bench.shelf.home / file.path])
        found += int(bench.con.execute(f"SELECT count(*) FROM {held} WHERE {condition}").fetchall()[0][0])
    return len(bench.shelf.committed), found


def refused(bench: Bench) -> list[str]:
    """The pseudonyms on the refusal list."""
    found = bench.con.execute("SELECT CAST(participant AS VARCHAR) FROM refusals ORDER BY 1").fetchall()
    return [str(row[0]) for row in found]


def has_people(bench: Bench) -> bool:
    """Whether landing holds anybody at all."""
    current = bench.shelf.current(TABLES["participants"])
    return bool(bench.con.execute(f"SELECT count(*) FROM {current} WHERE NOT is_withdrawn").fetchall()[0][0])


def _now(bench: Bench, source: str) -> Arrival:
    with ledger.opened(bench.settings.home) as book:
        number = int(book.execute("SELECT nextval('drop_number')").fetchall()[0][0])
    return Arrival(number, source, datetime.now(UTC).date())
