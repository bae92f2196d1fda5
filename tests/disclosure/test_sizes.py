"""What a clinic of a size can see, as the page and the manual tell it."""

from pathlib import Path

import pytest

from pipeline.contract import reference
from tests.disclosure import sizes

MANUAL = Path(__file__).parents[2] / "docs" / "disclosure.md"
STALE = "run `python -m tests.disclosure.sizes`, and put what it prints into docs/disclosure.md"

Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Rows:
    return sizes.seen(tmp_path_factory.mktemp("sizes"))


def test_what_the_page_tells_of_sizes_is_what_simulated_clinics_see(seen: Rows) -> None:
    assert list(reference.rows("clinic_sizes")) == seen, STALE


def test_the_manual_holds_the_same_table(seen: Rows) -> None:
    assert sizes.markdown(seen) in MANUAL.read_text(encoding="utf-8"), STALE


def test_more_people_never_see_less_and_own_eyes_see_more(seen: Rows) -> None:
    counts = {(row["profile"], row["table"]): [int(row[f"people_{n}"]) for n in sizes.SIZES] for row in seen}
    # but one high price among many hides their mean at any size
    assert all(told == sorted(told) for (_, table), told in counts.items() if table != "price")
    for table in sizes.TABLES:
        assert all(
            own >= strict for strict, own in zip(counts["strict", table], counts["own_clinic", table], strict=True)
        )
    assert counts["strict", "density_24"][-1] == sizes.CLINICS
