"""The gate between building and publishing: all suites over landing and the candidate."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from expectations import SUITES
from pipeline.contract.gate import GateReport, RuleResult
from pipeline.engine.duckdb import READER_MEMORY_MB, quote_name
from pipeline.errors import UsageError
from pipeline.validate import docs as data_docs
from pipeline.validate import figures, gx, structure
from pipeline.validate.bounds import bounded
from pipeline.validate.rules import Place, Rule, Suite
from pipeline.validate.sql import Target


@dataclass(frozen=True)
class Sources:
    """The open files. `previous` is the last published version, None before the first one."""

    research: gx.Source
    landing: gx.Source | None = None
    previous: gx.Source | None = None

    def at(self, place: Place) -> gx.Source | None:
        return self.landing if place == "landing" else self.research


def run(
    candidate: Path,
    landing: Path | None,
    previous: Path | None,
    docs: Path,
    *,
    suites: Sequence[Suite] = SUITES,
    memory_mb: int = READER_MEMORY_MB,
    spill: Path | None = None,
) -> GateReport:
    """Judge a candidate and write the Data Docs of the result into the folder `docs`.

    `candidate` and `previous` are research.duckdb files, `landing` a DuckDB file with the views
    `landing_<table>`. All three are opened for reading; this process must hold no other connection to
    them. DuckDB spills into `spill`, a private folder outside the home. Raises UsageError where a file
    is not there.
    """
    with ExitStack() as open_files:

        def opened(path: Path) -> gx.Source:
            return open_files.enter_context(gx.open_source(_present(path), memory_mb, spill))

        sources = Sources(
            research=opened(candidate),
            landing=opened(landing) if landing else None,
            previous=opened(previous) if previous else None,
        )
        report = GateReport(tuple(_judge(sources, suites)))
    data_docs.write(report, docs)
    return report


def _present(path: Path) -> Path:
    if not path.is_file():
        raise UsageError(f"the gate was given {path}, which is no file; build the candidate first")
    return path


@dataclass(frozen=True)
class _Looked:
    """A table that was looked at: what is settled of its rules, and what was told of the others."""

    target: Target
    asked: Sequence[Rule]
    settled: Mapping[str, gx.Outcome]
    told: Mapping[str, figures.Told] = field(default_factory=dict)
    n_rows: int | None = None

    def key(self, rule: str) -> str:
        return f"{self.target.relation} {rule}"


def _judge(sources: Sources, suites: Sequence[Suite]) -> Iterator[RuleResult]:
    """Every table is looked at, then the figures of all are held against their bounds together."""
    places = [(suite, place, sources.at(place)) for suite in suites for place in suite.places]
    tables = [_look(source, sources, suite, place) for suite, place, source in places if source is not None]
    bounds = {t.key(rule): told.bounds for t in tables for rule, told in t.told.items() if not told.figure.error}
    held = gx.hold(sources.research, bounds)
    for table in tables:
        for rule in table.asked:
            told = table.told.get(rule.id)
            outcome = table.settled[rule.id] if told is None else told.outcome(held.get(table.key(rule.id), False))
            yield _result(rule, table.target, outcome, table.n_rows)


def _look(source: gx.Source, sources: Sources, suite: Suite, place: Place) -> _Looked:
    target = Target(place, suite.table)
    exists = structure.exists_rule(suite.table)
    if not gx.holds(source, target.relation):
        return _Looked(target, (exists,), {exists.id: gx.Outcome(success=False, n_unexpected=1)})
    n_rows = int(gx.select(source, f"SELECT count(*) FROM {quote_name(target.relation)}")[0][0])
    asked = structure.rules_at(suite, place)
    ready = {rule.id: bounded(rule, target, sources.landing, sources.previous) for rule in asked}
    rules = [rule for rule in ready.values() if isinstance(rule, Rule)]
    told = figures.tell(source, target, rules)
    settled = {rule: outcome for rule, outcome in ready.items() if isinstance(outcome, gx.Outcome)}
    settled[exists.id] = gx.Outcome(success=True, n_unexpected=0)
    settled |= gx.check(source, target, [rule for rule in rules if rule.id not in told])
    return _Looked(target, (exists, *asked), settled, told, n_rows)


def _result(rule: Rule, target: Target, outcome: gx.Outcome, n_rows: int | None = None) -> RuleResult:
    """A broken check is critical whatever its rule is: nobody knows what it would have said."""
    return RuleResult(
        rule=rule.id,
        table=target.relation,
        severity="critical" if outcome.error else rule.severity,
        sentence=rule.sentence,
        success=outcome.success,
        n_unexpected=outcome.n_unexpected,
        n_rows=n_rows,
        observed=outcome.observed,
        error=outcome.error,
    )
