"""Sums give what rows give, standard errors included, and the same bits in whatever order rows are added up."""

from collections.abc import Iterator
from dataclasses import replace

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.studies.contrasts.adjusted import Pair, pair_of
from pipeline.studies.contrasts.compare import ask_study, people_of
from pipeline.studies.estimators.effect import Effect, Result, Withheld
from pipeline.studies.estimators.linear import ancova
from pipeline.studies.estimators.mmrm import repeated_measures
from pipeline.studies.people.frame import read_frame
from pipeline.studies.people.population import Population
from pipeline.studies.protocols.catalogue import find_study
from pipeline.studies.study import run_study
from pipeline.studies.sums import summed_rows
from pipeline.studies.sums.pair_sums import PairSums, read_pair_sums
from tests.studies import small_version, world

STUDY = find_study("c3-density-week-24")

# words that are rare, that one arm alone has, or that nobody wrote down; numbers that some lack; two scales of stages
SPOILS = (
    "UPDATE participants SET sex = 'other' WHERE participant_id % 40 = 0",
    "UPDATE participants SET source = 'app' WHERE participant_id % 3 = 0",
    "UPDATE participants SET source = 'trial' WHERE participant_id % 7 = 0 AND stage_rank > 4",
    "UPDATE participants p SET age_band = 'alone' FROM exposure e WHERE e.participant_id = p.participant_id "
    "AND e.is_needling AND p.participant_id % 11 = 0",
    "UPDATE participants SET years_since_onset = NULL WHERE participant_id % 5 = 0",
    "UPDATE participants SET prior_microneedling = NULL WHERE participant_id % 2 = 0",
    "UPDATE participants SET staging_scale = 'ludwig' WHERE participant_id % 4 < 2",
    "UPDATE participants SET staging_scale = NULL, stage_rank = NULL WHERE participant_id % 9 = 0",
    "UPDATE baseline SET baseline_milli = NULL WHERE participant_id % 6 = 0",
    "UPDATE participants SET years_since_onset = stage_rank * 1.5",
    "DELETE FROM outcome_change WHERE visit_week = 12 AND participant_id % 10 < 6",
)


def people(con: duckdb.DuckDBPyConnection) -> Population:
    found = people_of(con, ask_study(con, STUDY))
    assert isinstance(found, Population)
    return found


def sums_of(con: duckdb.DuckDBPyConnection) -> PairSums:
    return read_pair_sums(con, people(con), "needling", "none")


def rows_of(con: duckdb.DuckDBPyConnection) -> Pair:
    return pair_of(read_frame(con, people(con)), "needling", "none")


def agree(sums: PairSums, pair: Pair) -> None:
    assert (sums.names, sums.left_out, sums.n_alone) == (pair.given.names, pair.given.left_out, pair.n_alone)
    means = repeated_measures(pair.y, pair.arm, pair.x)
    same(sums.mmrm(), means if isinstance(means, Withheld) else means.difference(1, 0))
    same(sums.ancova(), ancova(pair.y[pair.seen, -1], pair.arm[pair.seen], pair.x.chosen(pair.seen)))


def same(summed: Result, by_rows: Result) -> None:
    if isinstance(by_rows, Withheld):
        assert summed == by_rows
        return
    assert isinstance(summed, Effect)
    assert summed.std_error == pytest.approx(by_rows.std_error, rel=1e-10)
    assert summed.estimate == pytest.approx(by_rows.estimate, rel=1e-10, abs=1e-10 * by_rows.std_error)
    assert (summed.df, summed.n) == (by_rows.df, by_rows.n)


@settings(max_examples=6, deadline=None)
@given(n=st.integers(60, 400), seed=st.integers(0, 1000), spoils=st.sets(st.sampled_from(SPOILS), max_size=5))
def test_sums_give_what_rows_give(n: int, seed: int, spoils: set[str]) -> None:
    with duckdb.connect() as con:
        world.build(con, n, seed=seed)
        for statement in sorted(spoils):
            con.execute(statement)
        agree(sums_of(con), rows_of(con))


def test_all_at_once() -> None:
    with duckdb.connect() as con:
        world.build(con, 1500)
        for statement in SPOILS:
            con.execute(statement)
        sums = sums_of(con)
        assert sums.n_alone > 0
        assert {"follows_from_others"} < {reason for _, reason in sums.left_out} | {"one_level"}
        agree(sums, rows_of(con))


@pytest.mark.parametrize("named", [(), ("sex",)])
def test_where_nothing_is_left_to_adjust_for(named: tuple[str, ...]) -> None:
    """A protocol may name nothing, and what it names may be the same for all."""
    study = replace(STUDY, id="own", covariates=named)
    with duckdb.connect() as con:
        world.build(con, 600)
        con.execute("UPDATE participants SET sex = 'female'")
        found = people_of(con, ask_study(con, study))
        assert isinstance(found, Population)
        sums, pair = read_pair_sums(con, found, "needling", "none"), pair_of(read_frame(con, found), "needling", "none")
        assert sums.names == pair.given.names == ()
        agree(sums, pair)
        answer = run_study(con, study)
    (headline,) = [e for e in answer.estimates if e.role == "headline"]
    assert headline.estimate is not None
    assert answer.gate == "caution"
    assert any(warning.startswith("Nothing is adjusted for") for warning in answer.warnings)


def test_somebody_whom_the_fit_passes_through_decides_by_sums_too() -> None:
    with duckdb.connect() as con:
        world.build(con, 300)
        first = "SELECT min(participant_id) FROM exposure SEMI JOIN (FROM outcome_change WHERE visit_week = 24) USING "
        first += "(participant_id) WHERE is_needling"
        con.execute(f"""UPDATE participants SET years_since_onset = CASE participant_id
            WHEN ({first}) THEN 1e5 WHEN ({first} = false) THEN 3.1 ELSE 3 END""")
        sums = sums_of(con)
        assert "years_since_onset" in sums.names
        assert len(sums.meat.alone) == 1
        assert sums.ancova() == Withheld("one_person_decides")
        agree(sums, rows_of(con))


def test_who_skips_and_who_leaves_counts_in_their_own_pattern() -> None:
    with duckdb.connect() as con:
        small_version.build(con)
        sums, pair = sums_of(con), rows_of(con)
        assert sums.weeks == (12, 24)
        found = {(part.arm, part.visits): part.n for part in sums.parts}
        assert found == {
            (arm, visits): count
            for arm in (0, 1)
            for visits in ((), (0,), (1,), (0, 1))
            if (count := int(((pair.arm == arm) & (np.isfinite(pair.y) == [k in visits for k in (0, 1)]).all(1)).sum()))
        }


@pytest.fixture(scope="module")
def worlds() -> Iterator[list[duckdb.DuckDBPyConnection]]:
    """One world: with one thread, with four, and with its rows shuffled."""
    made = [duckdb.connect() for _ in range(3)]
    for con in made:
        world.build(con, 3000)
        for statement in SPOILS[:6]:
            con.execute(statement)
    made[0].execute("SET threads = 1")
    for con in made[1:]:
        con.execute("SET threads = 4")
    for table in ("participants", "exposure", "baseline", "outcome_change"):
        made[2].execute(f"CREATE OR REPLACE TABLE {table} AS FROM {table} ORDER BY hash(participant_id)")
    yield made
    for con in made:
        con.close()


def test_same_bits_for_any_number_of_threads_and_any_order_of_rows(worlds: list[duckdb.DuckDBPyConnection]) -> None:
    first, *others = [sums_of(con) for con in worlds]
    for other in others:
        for part, again in zip(first.parts, other.parts, strict=True):
            assert (part.arm, part.visits, part.n) == (again.arm, again.visits, again.n)
            for one, two in ((part.zz, again.zz), (part.zy, again.zy), (part.yy, again.yy)):
                assert one.tobytes() == two.tobytes()
        assert first.meat.matrix.tobytes() == other.meat.matrix.tobytes()
        assert (first.mmrm(), first.ancova()) == (other.mmrm(), other.ancova())


def test_same_bits_with_people_joined_a_few_at_a_time(
    worlds: list[duckdb.DuckDBPyConnection], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = sums_of(worlds[1])
    monkeypatch.setattr(summed_rows, "AT_A_TIME", 700)
    parts = sums_of(worlds[1])
    assert [part.zz.tobytes() for part in parts.parts] == [part.zz.tobytes() for part in whole.parts]
    assert parts.meat.matrix.tobytes() == whole.meat.matrix.tobytes()
    assert (parts.mmrm(), parts.ancova()) == (whole.mmrm(), whole.ancova())


# of those seen at every visit, in each arm: one person's number lies as far above the others' as another's below
_APART = """
UPDATE participants p SET years_since_onset = 2 + coalesce((
  SELECT CASE place WHEN 1 THEN 1 WHEN 2 THEN -1 ELSE 0 END FROM (
    SELECT participant_id, row_number() OVER (PARTITION BY is_needling ORDER BY participant_id) AS place
    FROM exposure JOIN outcome_change USING (participant_id) WHERE landmark_days = 84
    GROUP BY participant_id, is_needling HAVING count(DISTINCT visit_week) = 2
  ) f WHERE f.participant_id = p.participant_id), 0)
"""


@pytest.mark.parametrize(
    ("told", "names"),
    [("UPDATE participants SET years_since_onset = 2", ()), (_APART, ("years_since_onset",))],
    ids=["the same for all", "means are the same"],
)
def test_a_number_is_left_out_where_it_is_the_same_for_all(told: str, names: tuple[str, ...]) -> None:
    with duckdb.connect() as con:
        world.build(con, 400)
        con.execute(told)
        found = people_of(con, ask_study(con, replace(STUDY, id="own", covariates=("years_since_onset",))))
        assert isinstance(found, Population)
        sums, pair = read_pair_sums(con, found, "needling", "none"), pair_of(read_frame(con, found), "needling", "none")
        assert sums.names == names
        agree(sums, pair)


_OTHER, _BACK = ("'other'", "diagnosis", "participants"), ("'back'", "region", "outcome_change")


def test_how_people_were_measured_does_not_hang_on_somebody_who_is_not_asked_about() -> None:
    other = "SELECT * REPLACE (100000 AS participant_id, {} AS {}) FROM {}"
    with duckdb.connect() as con:
        world.build(con, 60)
        alone = people(con).stratum
        con.execute(f"INSERT INTO participants {other.format(*_OTHER)} LIMIT 1")
        con.execute(f"INSERT INTO outcome_change {other.format(*_BACK)}")
        assert people(con).stratum == alone
