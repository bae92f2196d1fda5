"""What one comparison asks, as commands, pages and notebooks put it."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Asked:
    """One question. `where` holds COLUMN=VALUE, `landmark` is in days, `reference` is the arm to compare with."""

    by: str
    instrument: str
    week: int
    where: tuple[str, ...] = ()
    landmark: int | None = None
    reference: str | None = None

    def command(self) -> str:
        """The command line that asks it, without the home."""
        return shlex.join(self.words())

    def words(self) -> tuple[str, ...]:
        """The same, word by word, the program's name first."""
        return tuple(self._words())

    def _words(self) -> Iterator[str]:
        yield from ("needling", "compare", "--by", self.by, "--instrument", self.instrument, "--week", str(self.week))
        for condition in self.where:
            yield from ("--where", condition)
        if self.landmark is not None:
            yield from ("--landmark", str(self.landmark))
        if self.reference is not None:
            yield from ("--against", self.reference)

    def python(self) -> str:
        """The call on an open home that asks it."""
        parts = [repr(self.by), f"instrument={self.instrument!r}", f"week={self.week}"]
        parts += [f"where={list(self.where)!r}"] if self.where else []
        parts += [f"landmark={self.landmark}"] if self.landmark is not None else []
        parts += [f"reference={self.reference!r}"] if self.reference is not None else []
        return f"home.compare({', '.join(parts)})"
