"""What the gate says of a candidate: one result per rule, and whether it may be published."""

from dataclasses import dataclass
from typing import Any, Literal

Severity = Literal["critical", "warning"]
"""critical: nothing is published. warning: published, and shown to whoever reads a number."""


@dataclass(frozen=True)
class RuleResult:
    """One rule on one table. It holds counts and shares, never a row's value.

    `n_unexpected` counts failing rows (1 for a figure out of bounds); `n_rows` the rows of the table;
    `observed` is the measured figure or the names of columns; `error` says why a check could not be
    made: such a check is broken, is critical and says nothing about the data. Unknown numbers are None.
    """

    rule: str
    table: str
    severity: Severity
    sentence: str
    success: bool
    n_unexpected: int | None = None
    n_rows: int | None = None
    observed: float | str | None = None
    error: str | None = None


@dataclass(frozen=True)
class GateReport:
    """All results of one run of the gate, in the order of the catalogue."""

    results: tuple[RuleResult, ...]

    @property
    def failed(self) -> tuple[RuleResult, ...]:
        """What did not hold, critical first."""
        broken = (result for result in self.results if not result.success)
        return tuple(sorted(broken, key=lambda result: result.severity != "critical"))

    @property
    def passed(self) -> bool:
        """Whether the candidate may be published: no critical rule failed and no check was broken."""
        return all(result.severity != "critical" for result in self.failed)

    def to_json(self) -> dict[str, Any]:
        """The `gate` part of `run --json` and of a version's manifest."""
        return {
            "passed": self.passed,
            "failed": [_failure(result) for result in self.failed],
            "n_rules": len(self.results),
        }


def _failure(result: RuleResult) -> dict[str, Any]:
    return {
        "rule": result.rule,
        "table": result.table,
        "severity": result.severity,
        "sentence": result.sentence,
        "n_unexpected": result.n_unexpected,
        "observed": result.observed,
        "error": result.error,
    }
