"""No file can break a reader: each damaged one is accounted for, or refused with a sentence."""

import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.landing.bench import Bench
from tests.fuzz.mutations import mutate
from tests.fuzz.readers import SEEDS, as_long_files, corpus, examine, examine_both_ways, pair, seeds

_SHARE = 5
"""The profile's number of examples is divided by this: there are six formats."""


@pytest.fixture(scope="module")
def both() -> Iterator[tuple[Bench, Bench]]:
    with tempfile.TemporaryDirectory() as folder, pair(Path(folder), known=()) as ready:
        yield ready


CASES = [(form, name, content) for form in SEEDS for name, content in corpus(form)]


@pytest.mark.parametrize(("form", "name", "content"), CASES, ids=[f"{case[0]}-{n}" for n, case in enumerate(CASES)])
def test_what_was_found_once_stays_mended(both: tuple[Bench, Bench], form: str, name: str, content: bytes) -> None:
    examine_both_ways(both, form, name, content)


@pytest.mark.parametrize("form", SEEDS)
def test_the_samples_are_read_as_they_are(both: tuple[Bench, Bench], form: str) -> None:
    whole = seeds(form)[: len(SEEDS[form][1])]
    assert not any(examine(both[0], form, name, content) for name, content in whole)
    with as_long_files():
        assert not any(examine(both[1], form, name, content) for name, content in whole)


@pytest.mark.parametrize("form", SEEDS)
@settings(
    max_examples=settings.default.max_examples // _SHARE,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(st.integers(0, 2**32))
def test_a_damaged_file_is_accounted_for_or_refused(both: tuple[Bench, Bench], form: str, seed: int) -> None:
    rng = random.Random(seed)
    name, content = rng.choice(seeds(form))
    damaged = mutate(rng, form, content)
    examine(both[0], form, name, damaged)
    with as_long_files():
        examine(both[1], form, name, damaged)
