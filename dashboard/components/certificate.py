"""What a figure and a file rest on, so that whoever has them later can find the same again."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib import metadata
from typing import Any

from pipeline.contract.results import Comparison

_SHORT = 12
"""Characters of a digest that are shown in a picture; the file has all of them."""


@dataclass(frozen=True)
class Certificate:
    """The version and its fingerprint, what was asked of it, and by which code.

    `settings` are those that the reader chose, by name; empty ones are left out. `protocol_digest` and `frozen_at`
    (an instant in UTC) are there where a protocol was followed, and fixed beforehand.
    """

    version: str
    data_fingerprint: str
    code_version: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    protocol_digest: str | None = None
    frozen_at: str | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"settings": _given(self.settings)}

    def columns(self) -> dict[str, str | None]:
        """The same as cells of a table, the settings as `name=value; name=value`."""
        return self.to_json() | {"settings": "; ".join(f"{k}={v}" for k, v in _given(self.settings).items())}

    def line(self) -> str:
        """For the foot of a picture."""
        parts = [f"version {self.version}", f"data {self.data_fingerprint[:_SHORT]}", f"code {self.code_version}"]
        parts += [f"protocol {self.protocol_digest[:_SHORT]}"] if self.protocol_digest else []
        return " · ".join(parts)


def of_version(about: Mapping[str, Any], settings: Mapping[str, Any], digest: str | None = None) -> Certificate:
    """Of figures that no study engine certified; `about` is the version's account of itself, `digest` a protocol's."""
    return Certificate(str(about["version"]), str(about["fingerprint"]), _code_version(), settings, digest)


@cache
def _code_version() -> str:
    return metadata.version("microneedling-outcomes")


def of_comparison(result: Comparison) -> Certificate:
    """Of a comparison: as the study engine certified it, with the question as its settings."""
    own = result.diagnostics.get("certificate", {})
    asked = {key: result.estimand.get(key) for key in ("by", "instrument", "week", "diagnosis", "where", "reference")}
    return Certificate(
        version=str(own.get("version", result.version)),
        data_fingerprint=str(own.get("data_fingerprint", "")),
        code_version=str(own.get("code_version", "")),
        settings={"study": result.study} | asked,
        protocol_digest=own.get("protocol_digest"),
        frozen_at=own.get("frozen_at"),
    )


def _given(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings that say something, lists as one text."""
    texts = {k: " & ".join(map(str, v)) if isinstance(v, list | tuple) else v for k, v in settings.items()}
    return {k: v for k, v in texts.items() if v not in (None, "")}
