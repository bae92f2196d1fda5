"""The simulation as a whole: repeatable, in parts, careful with other people's folders."""

import hashlib
import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipeline.errors import UsageError
from pipeline.simulate import generate, simulate


def digests(out: Path) -> dict[str, str]:
    files = sorted(path for path in out.rglob("*") if path.is_file())
    return {p.relative_to(out).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    simulate(300, 7, tmp_path / "one")
    simulate(300, 7, tmp_path / "two")
    assert digests(tmp_path / "one") == digests(tmp_path / "two")
    assert len(digests(tmp_path / "one")) > 80


def test_another_seed_gives_other_people(tmp_path: Path) -> None:
    simulate(50, 1, tmp_path / "one", sources=2)
    simulate(50, 2, tmp_path / "two", sources=2)
    assert digests(tmp_path / "one") != digests(tmp_path / "two")


def test_an_earlier_simulation_is_replaced(tmp_path: Path) -> None:
    simulate(200, 1, tmp_path, sources=12)
    simulate(60, 1, tmp_path, sources=2)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["app-01", "clinic-01", "truth.json"]


def test_a_simulation_that_was_killed_is_replaced(tmp_path: Path) -> None:
    simulate(60, 1, tmp_path, sources=2)
    (tmp_path / "truth.json").write_text('{"simulated": true, "complete": false}')
    (tmp_path / "clinic-01" / "source.toml").unlink()
    simulate(60, 1, tmp_path, sources=2)
    assert json.loads((tmp_path / "truth.json").read_text())["complete"] is True


@pytest.mark.parametrize("name", ["notes.txt", "clinic-north/source.toml", "truth.json", "clinic-01/source.toml"])
def test_a_folder_that_is_not_ours_is_left_alone(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("not ours")
    with pytest.raises(UsageError, match="expected an empty folder or an earlier simulation"):
        simulate(10, 1, tmp_path)
    assert path.read_text() == "not ours"


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(UsageError, match="is a file, expected a folder"):
        simulate(10, 1, tmp_path / "out")


@pytest.mark.parametrize(
    ("participants", "seed", "sources", "message"),
    [(0, 1, 12, "--participants is 0"), (10, -1, 12, "--seed is -1"), (10, 1, 0, "--sources is 0")],
)
def test_figures_out_of_range_are_refused(
    tmp_path: Path, participants: int, seed: int, sources: int, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        simulate(participants, seed, tmp_path / "out", sources=sources)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("participants", "sources"), [(1, 12), (1, 1), (5, 12), (40, 40)])
def test_few_people_are_enough(tmp_path: Path, participants: int, sources: int) -> None:
    summary = simulate(participants, 3, tmp_path, sources=sources)
    assert summary["rows"]["participants"] == participants  # type: ignore[index]


def test_parts_of_a_source_join_without_collisions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generate, "PART", 60)
    steps: list[tuple[str, int, int]] = []
    simulate(400, 5, tmp_path, sources=3, progress=lambda label, done, total: steps.append((label, done, total)))
    for table, identity in (("participants", "participant_id"), ("sessions", "session_id"), ("outcomes", "outcome_id")):
        files = sorted((tmp_path / "clinic-01").glob(f"{table}*.csv"))
        assert {f.name for f in files} >= {f"{table}.csv", f"{table}-002.csv"}
        ids = pl.concat([pl.read_csv(f, infer_schema=False) for f in files])[identity]
        assert ids.n_unique() == ids.len()
    assert [done for _, done, _ in steps] == sorted(done for _, done, _ in steps)
    assert steps[-1] == ("people", 400, 400)


def test_nothing_lies_after_the_extraction(tmp_path: Path) -> None:
    simulate(300, 9, tmp_path, extracted_on=date(2025, 1, 31), sources=1)
    truth = json.loads((tmp_path / "truth.json").read_text())
    for table, column in (("sessions", "performed_on"), ("outcomes", "recorded_on"), ("side_effects", "asked_on")):
        days = pl.read_csv(tmp_path / "clinic-01" / f"{table}.csv", infer_schema=False)[column].drop_nulls()
        late = (days > "2025-01-31").sum()
        assert late == (truth["bad_rows"][table].get("in_future", 0) if column == "performed_on" else 0)
