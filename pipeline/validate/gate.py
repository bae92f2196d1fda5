"""The gate between building and publishing: all suites over landing and the candidate."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
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


def _judge(sources: Sources, suites: Sequence[Suite]) -> Iterator[RuleResult]:
    for suite in suites:
        for place in suite.places:
            source = sources.at(place)
            if source is not None:
                yield from _judge_table(source, sources, suite, place)


def _judge_table(source: gx.Source, sources: Sources, suite: Suite, place: Place) -> Iterator[RuleResult]:
    target = Target(place, suite.table)
    exists = structure.exists_rule(suite.table)
    if not gx.holds(source, target.relation):
        yield _result(exists, target, gx.Outcome(success=False, n_unexpected=1))
        return
    n_rows = int(gx.select(source, f"SELECT count(*) FROM {quote_name(target.relation)}")[0][0])
    yield _result(exists, target, gx.Outcome(success=True, n_unexpected=0), n_rows)
    asked = structure.rules_at(suite, place)
    ready = [bounded(rule, target, sources.landing, sources.previous) for rule in asked]
    outcomes = figures.check(source, target, [rule for rule in ready if isinstance(rule, Rule)])
    for rule, prepared in zip(asked, ready, strict=True):
        outcome = prepared if isinstance(prepared, gx.Outcome) else outcomes[rule.id]
        yield _result(rule, target, outcome, n_rows)


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
