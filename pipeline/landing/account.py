"""The account: what became of every record read. It is checked by the program itself."""

from dataclasses import asdict, dataclass, fields

from pipeline.errors import NeedlingError


@dataclass(frozen=True)
class Account:
    """Counts of records. `read` is the sum of the five fates; `stale` is a part of `unchanged`."""

    read: int = 0
    admitted: int = 0
    unchanged: int = 0
    superseding: int = 0
    quarantined: int = 0
    not_consented: int = 0
    stale: int = 0

    def __add__(self, other: "Account") -> "Account":
        return Account(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    def counts(self) -> dict[str, int]:
        """The public counts, in the order of the contract."""
        return {name: n for name, n in asdict(self).items() if name != "stale"}

    def checked(self, what: str) -> "Account":
        """Itself, if it adds up. A record that is nowhere is a defect of the program, and stops the run."""
        total = self.admitted + self.unchanged + self.superseding + self.quarantined + self.not_consented
        if total != self.read:
            raise NeedlingError(
                f"the account of {what} does not add up: {self.read} read, {total} accounted for; nothing was stored"
            )
        return self


@dataclass(frozen=True)
class FileAccount:
    """One file: its physical records, and per table the account of the records they held."""

    file: int
    name: str
    digest: str
    records: int
    used: int
    malformed: int
    tables: dict[str, Account]

    @property
    def ignored(self) -> int:
        """Physical records that matched no `where`, or yielded nothing."""
        return self.records - self.used - self.malformed

    def checked(self) -> "FileAccount":
        if self.ignored < 0:
            raise NeedlingError(
                f"the account of file {self.name} does not add up: more records used than read; nothing was stored"
            )
        for table, account in self.tables.items():
            account.checked(f"{self.name}, table {table}")
        return self
