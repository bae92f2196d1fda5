"""What must hold of any file whatever: it is accounted for record by record, or refused with a sentence.

    python -m tests.fuzz.readers --seconds 300

damages the files of the corpus for so long, and keeps what breaks a reader in `corpus/<format>/`, for the tests. Long
files are read in ways of their own: a part of the damaged files goes both ways, and the same must become of them.
"""

import argparse
import hashlib
import random
import re
import resource
import shutil
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pipeline import config, ledger
from pipeline.errors import RefusedError
from pipeline.flow.intake import silent, take_in
from pipeline.landing import bench, plain
from pipeline.sources import open_drop, registry, stage
from pipeline.sources.parquet import scan as parquet_scan
from pipeline.sources.text import csv_sieve, line_sieve, ndjson_sieve, plain_text
from tests.fuzz.mutations import SECRET, mutate, short

HERE = Path(__file__).parent
SAMPLES = HERE.parents[1] / "data" / "samples"
SEEDS = {
    "csv": ("clinic-nord", ("sitzungen.csv", "verlauf.csv", "nebenwirkungen.csv")),
    "ndjson": ("app-haar", ("sessions.ndjson", "diary.ndjson")),
    "parquet": ("registry-west", ("outcomes.parquet", "participants.parquet")),
    "xlsx": ("clinic-sud", ("registre.xlsx",)),
    "redcap": ("trial-east", ("data.csv",)),
    "fhir": ("app-onde", ("diary.ndjson", "enrolments.json")),
}
"""By format, the sample whose mapping is used, and its files that are damaged."""

MEMORY_BYTES = 6 << 30
SECONDS_A_FILE = 60
_PER_HOME = 500
"""A home grows with every case; after so many a new one is begun."""

_LANDED = 0.1
"""Share of the files that are landed too, both ways, which takes a multiple of the reading."""

KEY = "5a" * 32
"""The pseudonym key of every home: two of them call a record the same."""

_THRESHOLDS = (
    (line_sieve, "LEAST_BYTES", 0),
    (line_sieve, "MOST_ODD", 2.0),
    (plain_text, "_CHUNK", 1 << 8),
    (plain_text, "_LOOK", 1 << 8),
    (csv_sieve, "_PIECE", 1 << 8),
    (ndjson_sieve, "_PIECE", 1 << 8),
    (parquet_scan, "LEAST_BYTES", 0),
    (registry, "LEAST_RECORDS", 0),
    (plain, "LEAST_RECORDS", 0),
    (plain, "LEAST_SHARE", -1.0),
)
"""Module, constant, and the value with which it keeps no file from the ways of long ones."""

_LONGEST_MESSAGE = 4_000
_INTERNAL = re.compile(r"Traceback|[A-Za-z]+(?:Error|Exception)\b|0x[0-9a-f]{6}")


def seeds(form: str) -> list[tuple[str, bytes]]:
    """(name of the file it stands for, bytes) of the sample's files, shortened, and of the corpus."""
    sample, names = SEEDS[form]
    whole = {name: (SAMPLES / sample / name).read_bytes() for name in names}
    bound = (".xlsx", ".parquet", ".json")
    own = [(n, content if Path(n).suffix in bound else short(content)) for n, content in whole.items()]
    return [*own, *corpus(form)]


def corpus(form: str) -> list[tuple[str, bytes]]:
    """The committed files: each is called after the file that it stands for, behind what it is about."""
    paths = sorted((HERE / "corpus" / form).iterdir())
    return [(path.name.split("--", 1)[1], path.read_bytes()) for path in paths]


@contextmanager
def opened(folder: Path) -> Iterator[bench.Bench]:
    """A bench of a new home in `folder`."""
    chosen = config.load(folder / "home", {"NEEDLING_SCRATCH": str(folder), "NEEDLING_MEMORY_MB": "1024"})
    chosen.home.mkdir(parents=True)
    chosen.key_file.write_text(KEY)
    chosen.key_file.chmod(0o600)
    ledger.start_run(chosen.home, "ingest")
    with bench.opened(chosen, create=True) as work:
        yield work


@contextmanager
def as_long_files() -> Iterator[None]:
    """Files of any length are read in the ways of long ones."""
    with pytest.MonkeyPatch.context() as patch:
        for module, name, value in _THRESHOLDS:
            patch.setattr(module, name, value)
        yield


@contextmanager
def pair(folder: Path, known: Iterable[str] = SEEDS) -> Iterator[tuple[bench.Bench, bench.Bench]]:
    """Two benches, for short files and for long ones, that hold the samples of the formats that are `known`."""
    with opened(folder / "short") as short_way, opened(folder / "long") as long_way:
        for work in (short_way, long_way):
            take_in(work, "fuzz", [SAMPLES / SEEDS[form][0] for form in known], silent)
        yield short_way, long_way


def examine(work: bench.Bench, form: str, name: str, content: bytes) -> bool:
    """Read one file; true where it was refused.

    Raises AssertionError where it is not accounted for, or a message tells too much.
    """
    with _drop(work, form, name, content) as drop:
        reasons = _read(work, drop)
    _check_words(form, content, reasons)
    return bool(reasons)


def examine_both_ways(both: tuple[bench.Bench, bench.Bench], form: str, name: str, content: bytes) -> bool:
    """Land one file as a short one and as a long one; true where it was refused.

    Raises AssertionError where it is not accounted for, a message tells too much, or the ways differ.
    """
    with _drop(both[0], form, name, content) as drop:
        reasons, told = _land(both[0], drop)
        with as_long_files():
            assert _land(both[1], drop)[1] == told
    _check_words(form, content, reasons)
    return bool(reasons)


@contextmanager
def _drop(work: bench.Bench, form: str, name: str, content: bytes) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=work.settings.scratch) as folder:
        sample = SAMPLES / SEEDS[form][0]
        for beside in ("source.toml", "dictionary.csv"):
            if (sample / beside).exists():
                shutil.copy(sample / beside, folder)
        (Path(folder) / name).write_bytes(content)
        yield Path(folder)


def _check_words(form: str, content: bytes, reasons: list[str]) -> None:
    for reason in reasons:
        assert 0 < len(reason) <= _LONGEST_MESSAGE, reason[:200]
        assert not _INTERNAL.search(reason), reason
        header, _, body = content.partition(b"\n")
        if form in ("csv", "redcap") and SECRET.encode() in body and SECRET.encode() not in header:
            assert SECRET not in reason, reason


def _read(work: bench.Bench, drop: Path) -> list[str]:
    """The reasons of refusal; asserts that every record is somewhere: a repeated answer makes several rows of one."""
    reasons = []
    try:
        opened_drop = open_drop(drop)
    except RefusedError as problem:
        return [str(problem)]
    for file in opened_drop.files:
        try:
            staged = stage(work.con, file, opened_drop.manifest, work.settings.scratch, may_be_apart=True)
        except RefusedError as problem:
            reasons.append(str(problem))
            continue
        parts = [f"read_parquet('{path}')" for path in (staged.data, staged.malformed) if path is not None]
        if staged.scan and staged.scan.is_apart:
            parts.append(staged.scan.rows)
        count = "SELECT count(DISTINCT __line) FROM"
        found = sum(work.con.execute(f"{count} {part}").fetchall()[0][0] for part in parts)
        empty = opened_drop.manifest.format == "fhir"  # a response without an answer is no row
        assert found <= staged.records if empty else found == staged.records, (file.name, staged.records, found)
    for path in work.settings.scratch.glob("*.p*"):
        path.unlink()
    return reasons


def _land(work: bench.Bench, drop: Path) -> tuple[list[str], dict[str, Any]]:
    """The reasons of refusal, and all that is told; asserts that what is landed is accounted for by record."""
    intake = take_in(work, "fuzz", [drop], silent)
    for file in intake.files:
        fates = [file[fate] for fate in ("admitted", "unchanged", "superseding", "quarantined", "not_consented")]
        assert file["read"] == sum(fates), file
        assert file["records"] >= file["ignored"] + file["malformed"], file
    assert intake.files or intake.refused, "a file that nobody speaks of"
    return [reason for _, reason in intake.refused], intake.document()


def _too_slow(*_: object) -> None:
    raise TimeoutError(f"a file took over {SECONDS_A_FILE} seconds")


def _cases(rng: random.Random) -> Iterator[tuple[str, str, bytes]]:
    known = {form: seeds(form) for form in SEEDS}
    while True:
        for form, files in known.items():
            name, content = rng.choice(files)
            yield form, name, mutate(rng, form, content)


def _hunt(seconds: float, seed: int) -> tuple[Counter[str], list[str]]:
    rng, end = random.Random(seed), time.monotonic() + seconds  # no secret
    n, found, cases = Counter[str](), [], _cases(rng)
    while time.monotonic() < end:
        with tempfile.TemporaryDirectory() as folder, pair(Path(folder)) as both:
            for _, (form, name, content) in zip(range(_PER_HOME), cases, strict=False):
                signal.alarm(SECONDS_A_FILE)
                try:
                    refused = _examine(both, form, name, content, rng.random())
                    n[f"{form} {'refused' if refused else 'read'}"] += 1
                except Exception as problem:  # whatever it is, it is what is looked for
                    kept = HERE / "corpus" / form / f"found-{hashlib.sha256(content).hexdigest()[:8]}--{name}"
                    kept.write_bytes(content)
                    found.append(f"{kept}: {type(problem).__name__}: {str(problem)[:300]}")
                    break  # what is left of the home is not to be relied on
                finally:
                    signal.alarm(0)
    return n, found


def _examine(both: tuple[bench.Bench, bench.Bench], form: str, name: str, content: bytes, draw: float) -> bool:
    """One way or both, as `draw` from 0 to 1 has it."""
    if draw < _LANDED:
        return examine_both_ways(both, form, name, content)
    if draw < (1 + _LANDED) / 2:
        return examine(both[0], form, name, content)
    with as_long_files():
        return examine(both[1], form, name, content)


def main() -> None:
    """Hunt for so many seconds; fail where anything was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    chosen = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    signal.signal(signal.SIGALRM, _too_slow)
    n, found = _hunt(chosen.seconds, chosen.seed)
    print(f"seed {chosen.seed}:", ", ".join(f"{what} {count}" for what, count in sorted(n.items())))
    print("\n".join(found) or "nothing found")
    raise SystemExit(bool(found))


if __name__ == "__main__":
    main()
