"""Mappings as text, read or refused."""

import re
from pathlib import Path

import pytest

from pipeline.contract.mapping import Manifest, TableMapping
from pipeline.errors import RefusedError
from pipeline.sources.manifest import read_manifest

HEAD = '[source]\nid = "north"\nformat = "csv"\n'
PATH = Path("drop/source.toml")


def read(text: str) -> Manifest:
    return read_manifest(PATH, text.encode())


def mistakes(text: str) -> list[str]:
    with pytest.raises(RefusedError) as refused:
        read(text)
    first, *rest = str(refused.value).split("\n")
    assert re.match(rf"drop/source.toml has {len(rest)} mistakes?; mend", first)
    return [line.removeprefix("  - ") for line in rest]


def table(text: str, name: str = "sessions", source: str = "") -> TableMapping:
    return read(f"{HEAD}{source}\n[tables.{name}]\n{text}").tables[0]
