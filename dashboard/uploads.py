"""Files from the browser. Their names are a stranger's: only a plain last part is taken, or the file is refused."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

MANIFEST = "source.toml"

SOURCE_ID = re.compile(r"[a-z0-9-]{1,40}")
"""What names a sender (contract, section 1)."""

_MOST_BYTES_OF_A_NAME = 150
_PLAIN = re.compile(r"[^\x00-\x1f\x7f/\\]+")


class Sent(Protocol):
    """What the browser's upload gives of a file."""

    name: str

    def getvalue(self) -> bytes: ...


@dataclass(frozen=True)
class Upload:
    """Files by a name that is safe to write, and what is wrong with those that were not taken."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    @property
    def manifest(self) -> bytes | None:
        return self.files.get(MANIFEST)

    @property
    def data(self) -> dict[str, bytes]:
        """The files but for source.toml."""
        return {name: content for name, content in self.files.items() if name != MANIFEST}

    def with_manifest(self, toml: bytes) -> "Upload":
        return Upload({**self.files, MANIFEST: toml}, self.problems)

    @property
    def digest(self) -> str:
        """The same for the same files: what a check has seen is what is taken in."""
        hashed = hashlib.sha256()
        for name, content in sorted(self.files.items()):
            hashed.update(f"{name}\0{len(content)}\0".encode())
            hashed.update(content)
        return hashed.hexdigest()


def gather(sent: Iterable[Sent]) -> Upload:
    """The files under the last part of their names. Two of one name, or a name that is none, are refused."""
    files: dict[str, bytes] = {}
    problems: list[str] = []
    for file in sent:
        name = re.split(r"[/\\]", file.name)[-1]
        if not is_plain(name):
            problems.append(f"A file's name cannot be used: {_shown(name)}. Give it a plain name and add it again.")
        elif name.casefold() in {known.casefold() for known in files}:
            problems.append(f"Two files are called {_shown(name)}. Remove one, or give it another name.")
        else:
            files[name] = file.getvalue()
    return Upload(files, tuple(problems))


def is_plain(name: str) -> bool:
    """Whether a name can be written as a file of its own: no folder, no hidden file, no control character."""
    is_short = len(name.encode("utf-8", "replace")) <= _MOST_BYTES_OF_A_NAME
    return bool(_PLAIN.fullmatch(name)) and not name.startswith(".") and name.strip() == name and is_short


def _shown(name: str) -> str:
    return "".join(c if c.isprintable() and c != "`" else "?" for c in name)[:40] or "(nothing)"
