from pathlib import Path

import pytest

from pipeline.validate import catalogue


def test_the_catalogue_in_the_manual_is_current() -> None:
    assert catalogue.PAGE.read_text(encoding="utf-8") == catalogue.render(), (
        "docs/expectations.md is stale; run python -m pipeline.validate.catalogue"
    )


def test_check_tells_a_stale_page_and_does_not_edit_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "expectations.md"
    page.write_text("old")
    monkeypatch.setattr(catalogue, "PAGE", page)
    assert catalogue.main(["--check"]) == 1
    assert page.read_text() == "old"
    assert "stale" in capsys.readouterr().err
    assert catalogue.main([]) == 0
    assert catalogue.main(["--check"]) == 0
