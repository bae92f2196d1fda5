"""clinic.duckdb: what stands in it, and what does not."""

from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipeline import ledger
from pipeline.config import Settings, load
from pipeline.disclosure import clinic, memory
from pipeline.disclosure.partitions import PARTITIONS
from pipeline.disclosure.policy import STRICT
from tests.disclosure.months import People, people, write_research

SIZES = {"east": 60, "north": 80, "south": 70, "tiny": 8, "west": 90}
LATE = 11


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = load(tmp_path / "home", {"NEEDLING_SCRATCH": "/var/tmp", "NEEDLING_MEMORY_MB": "256"})
    settings.home.mkdir()
    ledger.start_run(settings.home, "run")
    return settings


@pytest.fixture(scope="module")
def everybody() -> People:
    return people(5, SIZES, LATE + 1)


def release(settings: Settings, everybody: People, month: int, version: str, *, is_published: bool = True) -> Path:
    """One version, from recalling what was shown to writing down what is; the answer is its folder."""
    folder = settings.home / version
    folder.mkdir()
    write_research(folder, everybody, month)
    released = clinic.write(settings, folder, version, memory.recall(settings.home, []))
    memory.record(settings.home, released, [])
    if is_published:
        ledger.record_release(settings.home, version, "publish", "test")
    return folder


def read(folder: Path, table: str = "clinic_cells") -> pl.DataFrame:
    with duckdb.connect(str(folder / "clinic.duckdb"), read_only=True) as con:
        return con.sql(f"FROM {table}").pl()


def cell(folder: Path, clinic_id: str, partition: str, code: str) -> dict[str, object]:
    found = read(folder).filter(clinic_id=clinic_id, partition=partition, cell=code)
    return found.row(0, named=True)


def test_every_clinic_has_every_cell_and_a_suppressed_one_has_no_figure(settings: Settings, everybody: People) -> None:
    cells = read(release(settings, everybody, LATE, "v1"))
    assert cells.height == len(SIZES) * sum(len(p.cells()) for p in PARTITIONS)
    hidden = cells.filter(state="suppressed").select("n_shown", "mean", "ci_lower", "ci_upper", "released_in")
    assert hidden.null_count().row(0) == (hidden.height,) * 5
    shown = cells.filter(state="shown")
    assert shown["n_shown"].min() >= STRICT.suppress_up_to
    assert set(cells["rule"]) == {STRICT.rule}
    assert cells.filter(clinic_id="tiny")["state"].unique().to_list() == ["suppressed"]


def test_a_figure_is_that_of_the_people(settings: Settings) -> None:
    large = people(5, {"large": 300}, LATE + 1)
    folder = release(settings, large, LATE, "v1")
    seen = large.at(LATE).filter(pl.col("joined") + 6 <= LATE, pl.col("seen_24"))
    values = seen.filter(pl.col("density_24").is_not_nan())["density_24"] / 1000
    told = cell(folder, "large", "density_24", "measured")
    assert told["n_shown"] == STRICT.rounded(len(values))
    assert told["mean"] == pytest.approx(values.mean(), abs=0.05)
    half = 2.0 * values.std() / len(values) ** 0.5
    assert told["ci_upper"] - told["ci_lower"] == pytest.approx(2 * half, rel=0.1)


def test_the_file_holds_its_own_tables_and_no_person(settings: Settings, everybody: People) -> None:
    folder = release(settings, everybody, LATE, "v1")
    with duckdb.connect(str(folder / "clinic.duckdb"), read_only=True) as con:
        tables = con.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()
        names = {name for (name,) in con.execute("SELECT column_name FROM duckdb_columns()").fetchall()}
    assert tables == [("benchmark_cells",), ("clinic_cells",)]
    assert not names & {"pseudonym", "participant_id", "n", "total", "squares", "changed"}


def test_nobody_counts_without_consent_to_benchmarks(settings: Settings, everybody: People) -> None:
    folder = settings.home / "v1"
    folder.mkdir()
    write_research(folder, everybody, LATE)
    with duckdb.connect(str(folder / "research.duckdb")) as con:
        con.execute("UPDATE participants SET consent_benchmark = NULL WHERE clinic_id = 'north'")
    clinic.write(settings, folder, "v1")
    assert set(read(folder)["clinic_id"]) == SIZES.keys() - {"north"}


def test_few_changes_leave_the_last_release_standing(settings: Settings, everybody: People) -> None:
    first = release(settings, everybody, LATE, "v1")
    shown = cell(first, "north", "people", "people")
    more = People(pl.concat([everybody.frame, _joining(everybody, 10)]))
    kept = cell(release(settings, more, LATE, "v2"), "north", "people", "people")
    assert (kept["state"], kept["n_shown"], kept["released_in"]) == ("kept", shown["n_shown"], "v1")
    many = People(pl.concat([everybody.frame, _joining(everybody, 11)]))
    anew = cell(release(settings, many, LATE, "v3"), "north", "people", "people")
    assert (anew["state"], anew["n_shown"], anew["released_in"]) == ("shown", STRICT.rounded(91), "v3")


def _joining(everybody: People, n: int) -> pl.DataFrame:
    """So many new people of one clinic, alike in all that is told."""
    like = everybody.frame.filter(clinic_id="north").head(n)
    return like.with_columns(
        pl.col("participant_id") + 10_000,
        pseudonym=pl.lit("00000000-0000-4000-8000-") + (pl.col("participant_id") + 100_000_000_000).cast(pl.String),
    )


def test_what_nobody_saw_counts_for_nothing(settings: Settings, everybody: People) -> None:
    """A run that was killed between writing down a release and showing it."""
    release(settings, everybody, LATE, "v1")
    many = People(pl.concat([everybody.frame, _joining(everybody, 20)]))
    release(settings, many, LATE, "v2", is_published=False)
    anew = cell(release(settings, many, LATE, "v3"), "north", "people", "people")
    assert (anew["state"], anew["released_in"]) == ("shown", "v3")
    with ledger.opened(settings.home, read_only=True) as book:
        assert {v for (v,) in book.execute("SELECT DISTINCT version FROM released_cells").fetchall()} == {"v1", "v3"}


def test_somebody_erased_is_gone_and_still_counts_as_a_change(settings: Settings, everybody: People) -> None:
    release(settings, everybody, LATE, "v1")
    gone = everybody.frame.filter(clinic_id="north").head(6)["pseudonym"].to_list()
    with ledger.opened(settings.home) as book:
        book.execute("INSERT INTO refusals SELECT CAST(unnest(?) AS UUID), 'forgotten', NULL, 1", [gone])
    assert memory.forget(settings.home)
    assert not memory.forget(settings.home)
    with ledger.opened(settings.home, read_only=True) as book:
        named = book.execute(
            "SELECT count(*) FROM released_members WHERE pseudonym::VARCHAR IN (SELECT unnest(?))", [gone]
        )
        assert named.fetchall() == [(0,)]
    left = People(everybody.frame.filter(~pl.col("pseudonym").is_in(gone)))
    kept = cell(release(settings, left, LATE, "v2"), "north", "people", "people")
    assert (kept["state"], kept["released_in"]) == ("kept", "v1")


def test_the_benchmark_is_made_of_what_others_were_shown(settings: Settings, everybody: People) -> None:
    folder = release(settings, everybody, LATE, "v1")
    cells, others = read(folder), read(folder, "benchmark_cells")
    for row in others.filter(pl.col("n_shown").is_not_null()).iter_rows(named=True):
        shown = cells.filter(
            (pl.col("clinic_id") != row["clinic_id"]) & (pl.col("partition") == row["partition"])
            & (pl.col("cell") == row["cell"]) & (pl.col("n_shown") > 0)
        )  # fmt: skip
        assert (row["n_clinics"], row["n_shown"]) == (shown.height, shown["n_shown"].sum())
        assert shown.height >= STRICT.min_clinics
        assert shown["n_shown"].max() <= STRICT.max_share * shown["n_shown"].sum()
    people_of_others = others.filter(clinic_id="tiny", partition="people").row(0, named=True)
    assert (people_of_others["n_clinics"], people_of_others["n_shown"]) == (4, 300)


def test_few_clinics_or_one_large_one_are_no_benchmark(settings: Settings) -> None:
    few = people(1, {"a": 40, "b": 40, "c": 40}, 1)
    assert set(read(release(settings, few, 0, "v1"), "benchmark_cells")["reason"]) == {"few_clinics"}
    large = people(1, {"a": 40, "b": 40, "c": 400, "d": 40}, 1)
    folder = settings.home / "large"
    folder.mkdir()
    write_research(folder, large, 0)
    clinic.write(settings, folder, "large")
    whole = read(folder, "benchmark_cells").filter(partition="people")
    assert dict(whole.select("clinic_id", "reason").iter_rows()) == {
        "a": "one_dominates", "b": "one_dominates", "c": None, "d": "one_dominates",
    }  # fmt: skip
