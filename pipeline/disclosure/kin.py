"""Clinics that were given another name, split or joined: their people bring their history with them.

Whoever knows what an old clinic was told holds it against what the new one is told. So where half of the people of
a clinic stood in releases of another one, or half of those who stood there are in it now, the two are held against each
other as well: the one now against the other then, and both now against both then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from pipeline.disclosure.memory import Released

HALF = 0.5
"""Share of the people of a clinic, now or then, from which another one counts as its heir (judgement)."""


@dataclass(frozen=True)
class Kin:
    """A clinic, one whose people it has, and the two names under which they are held against each other."""

    clinic: str
    other: str

    @property
    def alone(self) -> str:
        """The clinic now, against what the other was told; no clinic's name has a line break."""
        return f"{self.clinic}\n{self.other}"

    @property
    def together(self) -> str:
        """Both now, against what both were told."""
        return "\n" + "\n".join(sorted((self.clinic, self.other)))


def is_kin(name: str) -> bool:
    """Whether a name is no clinic's."""
    return "\n" in name


def is_alone(name: str) -> bool:
    """Whether it is that of one clinic now, against another one then."""
    return is_kin(name) and not name.startswith("\n")


def names(kin: Sequence[Kin]) -> Mapping[str, Sequence[str]]:
    """The names under which each clinic is held against releases besides its own."""
    found: dict[str, list[str]] = {}
    for one in kin:
        found.setdefault(one.clinic, []).extend((one.alone, one.together))
        found.setdefault(one.other, []).append(one.together)
    return {clinic: list(dict.fromkeys(those)) for clinic, those in found.items()}


def register(con: duckdb.DuckDBPyConnection, remembered: Released) -> Sequence[Kin]:
    """Tables `remembered_...` from what is remembered. Where there are kin, these and the table `now` tell of them too,
    as if they were clinics by those names."""
    tables = {name: getattr(remembered, name) for name in ("cells", "every", "rests", "members", "gone")}
    for name, table in tables.items():
        con.register(f"remembered_{name}", table)
    kin = [Kin(*pair) for pair in con.execute(_HEIRS, [HALF]).fetchall()]
    if not kin:
        return kin
    # is_now: the people of that clinic stand for today, else for then
    sides = {(k.alone, of, is_now) for k in kin for of, is_now in ((k.clinic, True), (k.other, False))}
    sides |= {(k.together, of, is_now) for k in kin for of in (k.clinic, k.other) for is_now in (True, False)}
    con.execute("CREATE TEMP TABLE kin (label VARCHAR, clinic_id VARCHAR, is_now BOOLEAN)")
    con.executemany("INSERT INTO kin VALUES (?, ?, ?)", sorted(sides))
    con.execute(
        "INSERT INTO now SELECT DISTINCT n.* REPLACE (k.label AS clinic_id) "
        "FROM now n JOIN kin k ON is_now AND k.clinic_id = n.clinic_id"
    )
    for name in ("every", "rests", "members", "gone"):
        more = con.sql(
            f"SELECT DISTINCT r.* REPLACE (k.label AS clinic_id) FROM remembered_{name} r JOIN kin k ON NOT is_now AND "
            "k.clinic_id = r.clinic_id"
        ).to_arrow_table()
        con.register(f"remembered_{name}", pa.concat_tables([tables[name], more], promote_options="default"))
    return kin


_HEIRS = """
WITH stood AS (
  SELECT DISTINCT clinic_id, pseudonym FROM remembered_members WHERE partition = 'people'
), here AS (
  SELECT clinic_id, pseudonym FROM now WHERE partition = 'people'
), shared AS (
  SELECT h.clinic_id, s.clinic_id AS other, count(*) AS n
  FROM here h JOIN stood s ON s.pseudonym = h.pseudonym AND s.clinic_id <> h.clinic_id GROUP BY ALL
)
SELECT s.clinic_id, s.other FROM shared s
JOIN (SELECT clinic_id, count(*) AS n FROM here GROUP BY ALL) h ON h.clinic_id = s.clinic_id
JOIN (SELECT clinic_id, count(*) AS n FROM stood GROUP BY ALL) t ON t.clinic_id = s.other
WHERE s.n >= ? * least(h.n, t.n) ORDER BY ALL"""
