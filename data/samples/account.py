"""What a sample's maker expects the program to say about it, counted while the rows are made."""

from collections import Counter
from dataclasses import dataclass, field

FATES = ("admitted", "unchanged", "superseding", "quarantined", "not_consented")


@dataclass
class Expected:
    """Counts of records per table: fates, and reasons of those that are quarantined."""

    fates: Counter[tuple[str, str]] = field(default_factory=Counter)
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    malformed: Counter[str] = field(default_factory=Counter)

    def note(self, table: str, fate: str = "admitted", n: int = 1) -> None:
        """Count `n` records; a fate that is none of FATES is the reason for which they are quarantined."""
        if fate in FATES:
            self.fates[table, fate] += n
        else:
            self.fates[table, "quarantined"] += n
            self.reasons[table, fate] += n

    def note_malformed(self, table: str, file: str, reason: str) -> None:
        """Count one line that is no record; it is read and quarantined like one."""
        self.note(table, reason)
        self.malformed[file] += 1

    def document(self) -> dict[str, object]:
        """As written to expected.json, in the words of `needling ingest --json`."""
        tables = dict.fromkeys(table for table, _ in self.fates)
        return {
            "tables": {table: self._table(table) for table in tables},
            "quarantine": dict(sorted(_sum(self.reasons).items())),
            "malformed": dict(sorted(self.malformed.items())),
        }

    def _table(self, table: str) -> dict[str, object]:
        counts = {fate: self.fates[table, fate] for fate in FATES}
        reasons = {reason: n for (name, reason), n in sorted(self.reasons.items()) if name == table}
        return {"read": sum(counts.values()), **counts, "quarantine": reasons}


def _sum(reasons: Counter[tuple[str, str]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for (_, reason), n in reasons.items():
        total[reason] += n
    return total
