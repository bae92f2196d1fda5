"""Every rule of every suite holds in a good home, and finds what was planted for it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from expectations import SUITES
from pipeline.contract.gate import GateReport
from pipeline.validate import figures, gate, gx, structure
from pipeline.validate.bounds import bounded
from pipeline.validate.rules import Place, Rule, Suite
from pipeline.validate.sql import Target
from tests.expectations.plants import is_native, plant

MEMORY_MB = 256
Placed = tuple[Suite, Place]

TABLES: list[Placed] = [(suite, place) for suite in SUITES for place in suite.places]
WRITTEN = [
    pytest.param(suite, place, rule, id=f"{place}-{rule.id}")
    for suite, place in TABLES
    for rule in structure.rules_at(suite, place)
    if not is_native(rule)
]


def copy_with(folder: Path, good: Path, plants: list[str]) -> Path:
    """A copy of a good file after the plants."""
    planted = Path(shutil.copy(good, folder / "planted.duckdb"))
    with duckdb.connect(str(planted)) as con:
        for statement in plants:
            con.execute(statement)
    return planted


def judge(tmp_path: Path, good: dict[str, Path], suite: Suite, place: Place, plants: list[str]) -> GateReport:
    """The gate's report on one suite after the plants, with the good home as landing and last version."""
    files = dict(good)
    files[place] = copy_with(tmp_path, good[place], plants)
    return gate.run(files["research"], files["landing"], good["research"], tmp_path / "docs", suites=[suite])


def failing(report: GateReport, place: Place, suite: Suite) -> dict[str, int | None]:
    assert [result.error for result in report.results if result.error] == []
    table = Target(place, suite.table).relation
    return {result.rule: result.n_unexpected for result in report.failed if result.table == table}


@pytest.fixture(scope="session")
def report(good: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> GateReport:
    return gate.run(good["research"], good["landing"], good["research"], tmp_path_factory.mktemp("docs"))


def test_every_rule_holds_in_a_good_home(report: GateReport) -> None:
    assert [(result.table, result.rule, result.observed, result.error) for result in report.failed] == []
    assert report.passed


def test_no_table_of_the_good_home_is_empty(report: GateReport) -> None:
    assert {result.table for result in report.results if result.n_rows == 0} == set()


@pytest.mark.parametrize(("suite", "place"), [pytest.param(s, p, id=f"{p}-{s.table}") for s, p in TABLES])
def test_what_the_contract_says_is_found(suite: Suite, place: Place, good: dict[str, Path], tmp_path: Path) -> None:
    rules = [rule for rule in structure.rules_at(suite, place) if is_native(rule)]
    plants = [plant(rule, Target(place, suite.table)) for rule in rules]
    found = failing(judge(tmp_path, good, suite, place, plants), place, suite)
    assert {rule.id for rule in rules} - set(found) == set()
    assert all(found[rule.id] for rule in rules)


@pytest.fixture(scope="session")
def sources(good: dict[str, Path]) -> Iterator[dict[str, gx.Source]]:
    with gx.open_source(good["research"], MEMORY_MB) as research, gx.open_source(good["landing"], MEMORY_MB) as landing:
        yield {"research": research, "landing": landing}


@pytest.mark.parametrize(("suite", "place", "rule"), WRITTEN)
def test_the_planted_fault_is_found(
    suite: Suite, place: Place, rule: Rule, good: dict[str, Path], sources: dict[str, gx.Source], tmp_path: Path
) -> None:
    target = Target(place, suite.table)
    planted = copy_with(tmp_path, good[place], [plant(rule, target)])
    ready = bounded(rule, target, sources["landing"], sources["research"])
    assert isinstance(ready, Rule)
    with gx.open_source(planted, MEMORY_MB) as source:
        told = figures.tell(source, target, [ready])[rule.id]
        outcome = told.outcome(gx.hold(source, {rule.id: told.bounds})[rule.id])
    assert outcome.error is None
    assert not outcome.success
    assert outcome.n_unexpected


def test_there_are_rules_of_every_kind_and_more_than_forty() -> None:
    rules = [rule for suite, place in TABLES for rule in structure.rules_at(suite, place)]
    assert {structure.kind_of(rule.check) for rule in rules} == set(structure.KINDS.values())
    assert len({rule.id for rule in rules}) > 40


def test_rule_ids_are_unique_and_sentences_are_sentences() -> None:
    for suite, place in TABLES:
        ids = [rule.id for rule in structure.rules_at(suite, place)]
        assert len(ids) == len(set(ids))
        assert all(rule.id.startswith(suite.table + ".") for rule in structure.rules_at(suite, place))
        assert all(rule.sentence.endswith(".") for rule in structure.rules_at(suite, place))
