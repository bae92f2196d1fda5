"""The examples of REDCap and FHIR in the manual are mappings that are read."""

import re
from pathlib import Path

import pytest

from pipeline.sources import read_manifest

MANUAL = Path(__file__).parents[2] / "docs" / "bring-your-own-data.md"


@pytest.mark.parametrize("form", ["redcap", "fhir"])
def test_the_example_of_the_manual_is_read(form: str) -> None:
    examples = re.findall(r"```toml\n(.*?)```", MANUAL.read_text(encoding="utf-8"), re.DOTALL)
    (example,) = (text for text in examples if f'format = "{form}"' in text)
    manifest = read_manifest(Path("source.toml"), example.encode())
    assert [mapping.table for mapping in manifest.tables] == ["participants", "sessions", "side_effects"]
    assert manifest.format == form
