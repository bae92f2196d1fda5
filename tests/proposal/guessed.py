"""What a check guesses of a delivery that is otherwise well: its tables, and the guesses of one."""

from typing import Any

from tests.proposal.conftest import Desk

HEAD = '[source]\nid = "north"\nformat = "csv"\nsimulated = true\n'
PEOPLE = "participant_id,enrolled_on,age_years,sex,diagnosis,consent\n" + "".join(
    f"P{i},2025-01-{10 + i},34,male,androgenetic_alopecia,yes\n" for i in range(8)
)
SESSION = "participant_id,performed_on,device,needle_length_mm,setting\n"
TABLES = "[tables.participants]\n[tables.sessions]\n"


def sessions(template: str, n: int = 8) -> str:
    return "".join(template.format(p=f"P{i % 8}", d=10 + i % 19, i=i) + "\n" for i in range(n))


def guesses(desk: Desk, files: dict[str, str | bytes], toml: str = HEAD) -> list[dict[str, Any]]:
    desk.write(files)
    found: list[dict[str, Any]] = desk.check(toml)["guesses"]
    return found


def one(
    desk: Desk, rows: str, kind: str, *, head: str = SESSION, toml: str = HEAD, people: str = PEOPLE
) -> dict[str, Any]:
    """The only guess, which must be of that kind."""
    found = guesses(desk, {"participants.csv": people, "sessions.csv": head + rows}, toml)
    assert [guess["kind"] for guess in found] == [kind], found
    return found[0]
