"""clinic.duckdb: what stands in it, and what does not."""

import duckdb
import polars as pl
import pytest

from pipeline import ledger
from pipeline.config import Settings
from pipeline.disclosure import clinic, memory
from pipeline.disclosure.partitions import PARTITIONS
from pipeline.disclosure.placed import place_people
from pipeline.disclosure.policy import STRICT
from tests.disclosure.months import People, people, write_research
from tests.disclosure.releases import LATE, SIZES, cell, joining, read, release


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
        names = {
            name
            for (name,) in con.execute(
                "SELECT column_name FROM duckdb_columns() WHERE table_name IN ('clinic_cells', 'benchmark_cells')"
            ).fetchall()
        }
    assert [name for (name,) in tables] == [
        "benchmark_cells",
        "clinic_cells",
        "clinic_safety",
        "clinic_standings",
        "funnel_limits",
    ]
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
    more = People(pl.concat([everybody.frame, joining(everybody, 10)]))
    kept = cell(release(settings, more, LATE, "v2"), "north", "people", "people")
    assert (kept["state"], kept["n_shown"], kept["released_in"]) == ("kept", shown["n_shown"], "v1")
    many = People(pl.concat([everybody.frame, joining(everybody, 11)]))
    anew = cell(release(settings, many, LATE, "v3"), "north", "people", "people")
    assert (anew["state"], anew["n_shown"], anew["released_in"]) == ("shown", STRICT.rounded(91), "v3")


def test_who_does_not_needle_is_held_against_what_was_told_among_the_depths(
    settings: Settings, everybody: People
) -> None:
    """A home whose releases are older than the table of those needling."""
    shown = cell(release(settings, everybody, LATE, "v1"), "north", "needling", "none")
    with ledger.opened(settings.home) as book:
        for table in ("released_cells", "released_members"):
            book.execute(f"DELETE FROM {table} WHERE partition = 'needling' AND cell <> 'none'")
            book.execute(f"UPDATE {table} SET partition = 'depth_band' WHERE partition = 'needling'")
    more = joining(everybody, 12).with_columns(depth_band=pl.Series(["none"] * 6 + ["0_45_to_0_60"] * 6))
    kept = cell(release(settings, People(pl.concat([everybody.frame, more])), LATE, "v2"), "north", "needling", "none")
    assert shown["n_shown"]
    assert (kept["state"], kept["n_shown"], kept["released_in"]) == ("kept", shown["n_shown"], "v1")


def _paying(n: int, *amounts: float) -> People:
    """One clinic of thirty people who tell no price and so many who pay 19 or 21 a month, but for those who pay these
    amounts."""
    prices = [*[float("nan")] * 30, *([19.0, 21.0] * n)[: n - len(amounts)], *amounts]
    return People(people(3, {"north": 30 + n}, 1).frame.with_columns(per_month=pl.Series(prices)))


def test_a_mean_that_one_person_makes_is_not_told(settings: Settings) -> None:
    one_makes_it = cell(release(settings, _paying(40, 9000.0), 0, "v1", is_published=False), "north", "price", "eur")
    assert (one_makes_it["state"], one_makes_it["mean"], one_makes_it["n_shown"]) == ("suppressed", None, None)
    alike = cell(release(settings, _paying(40, 100.0), 0, "v2"), "north", "price", "eur")
    assert (alike["state"], alike["mean"], alike["unit"]) == ("shown", 22.0, "EUR a month")


def test_a_mean_whose_growth_one_person_makes_stays_as_it_was(settings: Settings) -> None:
    """Enough people joined for the count, but the two sums differ by what one of them pays, or nearly."""
    release(settings, _paying(200), 0, "v1")
    grown = cell(release(settings, _paying(212, 5000.0), 0, "v2"), "north", "price", "eur")
    assert (grown["state"], grown["n_shown"], grown["mean"]) == ("kept", 200, 20.0)


@pytest.mark.parametrize(("amount", "state"), [(150.0, "kept"), (60.0, "shown")])
def test_two_means_with_their_intervals_do_not_tell_one_who_pays_more(
    amount: float, state: str, settings: Settings
) -> None:
    """Twelve more people, of whom one pays more than the others. That is little of what all twelve pay, but of their
    squares it is most: taken off each other, those of the two releases tell it to within a tenth."""
    release(settings, _paying(200), 0, "v1")
    grown = cell(release(settings, _paying(212, amount), 0, "v2"), "north", "price", "eur")
    assert grown["state"] == state
    squares = sum(value**2 for value in [19.0, 21.0] * 6)
    others = squares - 21.0**2 + amount**2 - 21.0**2  # less the second largest
    assert (others**0.5 < 1.1 * amount) == (state == "kept")


def test_figures_for_own_eyes_begin_at_five_and_tell_zeros_and_stay_out_of_the_benchmark(
    settings: Settings, everybody: People
) -> None:
    own = frozenset({"tiny", "north"})
    folder = release(settings, everybody, LATE, "v1", own=own)
    cells = read(folder)
    told = cells.filter(profile="own_clinic", partition="people")
    assert dict(told.select("clinic_id", "n_shown").iter_rows()) == {"tiny": 8, "north": 80}
    assert 0 in cells.filter(profile="own_clinic")["n_shown"].to_list()
    assert cells.filter(profile="own_clinic").filter(pl.col("n_shown").is_between(1, 4)).is_empty()
    plain = settings.home / "plain"
    plain.mkdir()
    write_research(plain, everybody, LATE)
    clinic.write(settings, plain, "v1")
    assert read(plain, "benchmark_cells").equals(read(folder, "benchmark_cells"))
    assert read(plain).equals(cells.filter(profile="strict"))


def test_a_release_for_own_eyes_counts_once_it_is_taken_back(settings: Settings, everybody: People) -> None:
    """The clinic knows the count of 86 exactly; a release of 92 by the strict profile would speak of six people."""
    release(settings, everybody, LATE, "v1")
    six = People(pl.concat([everybody.frame, joining(everybody, 6)]))
    own = read(release(settings, six, LATE, "v2", own=frozenset({"north"}))).filter(
        profile="own_clinic", clinic_id="north", partition="people"
    )
    assert (own["n_shown"].item(), own["released_in"].item()) == (86, "v2")
    twelve = People(pl.concat([everybody.frame, joining(everybody, 12)]))
    after = cell(release(settings, twelve, LATE, "v3"), "north", "people", "people")
    assert (after["state"], after["n_shown"], after["released_in"]) == ("kept", 80, "v1")


def test_what_nobody_saw_counts_for_nothing(settings: Settings, everybody: People) -> None:
    """A run that was killed between writing down a release and showing it."""
    release(settings, everybody, LATE, "v1")
    many = People(pl.concat([everybody.frame, joining(everybody, 20)]))
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


def test_who_is_erased_and_consents_again_is_no_change(settings: Settings, everybody: People) -> None:
    """Six who went and came back, and one more: not thirteen who changed, for the one would be told."""
    release(settings, everybody, LATE, "v1")
    back = everybody.frame.filter(clinic_id="north").head(6)["pseudonym"].to_list()
    with ledger.opened(settings.home) as book:
        book.execute("INSERT INTO refusals SELECT CAST(unnest(?) AS UUID), 'no_consent', NULL, 1", [back])
    assert memory.forget(settings.home)
    with ledger.opened(settings.home) as book:
        book.execute("DELETE FROM refusals")
    more = People(pl.concat([everybody.frame, joining(everybody, 1)]))
    assert cell(release(settings, more, LATE, "v2"), "north", "people", "people")["released_in"] == "v1"
    many = People(pl.concat([everybody.frame, joining(everybody, 11)]))
    assert cell(release(settings, many, LATE, "v3"), "north", "people", "people")["released_in"] == "v3"


def test_no_two_tables_tell_the_same_people(settings: Settings, everybody: People) -> None:
    """What one of them withholds the other would tell. Those not needling have no depth, no device and no setting."""
    folder = release(settings, everybody, LATE, "v1")
    with duckdb.connect(str(folder / "research.duckdb"), read_only=True) as con:
        place_people(con)
        cells = con.execute(
            "SELECT partition, cell, list(pseudonym ORDER BY pseudonym) FROM now WHERE partition <> 'people' "
            "GROUP BY ALL HAVING count(*) > 10"
        ).fetchall()
    groups = [tuple(members) for *_, members in cells]
    assert sorted(groups) == sorted(set(groups))


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
