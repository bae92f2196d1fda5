"""Files written on the spot, the proposal for them, and a drop made of both."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from pipeline import config, flow


class Desk:
    """A folder of files, what `map` says of them, and what `check` says of the proposal beside them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "drop"
        self.folder.mkdir()
        self.settings = config.load(folder / "home")

    def write(self, files: Mapping[str, str | bytes]) -> list[Path]:
        for name, content in files.items():
            (self.folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return [self.folder / name for name in files]

    def map(self, files: Mapping[str, str | bytes], **options: Any) -> dict[str, Any]:
        """The document of `map`, with its TOML read back in `mapping`."""
        document = flow.propose_mapping(self.settings, self.write(files), **options)
        assert not self.settings.home.exists()
        return {**document, "mapping": tomllib.loads(document["toml"])}

    def check(self, toml: str) -> dict[str, Any]:
        (self.folder / "source.toml").write_text(toml, encoding="utf-8")
        return flow.check(self.settings, self.folder)[0]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)
