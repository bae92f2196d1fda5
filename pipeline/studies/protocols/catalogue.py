"""The studies that can be asked for by name: the project's own, and those a home keeps in `studies/`."""

import difflib
from collections.abc import Mapping
from pathlib import Path

from pipeline.errors import RefusedError, UsageError
from pipeline.studies.protocols.protocol import Protocol
from pipeline.studies.protocols.protocol_file import read_protocol

OWN = Path(__file__).parents[1] / "catalog"
"""The sub-claims of C1 to C9."""

FOLDER = "studies"
"""Below a home: a user's own protocols."""


def paths(home: Path | None) -> Mapping[str, Path]:
    """Every study's file by id, the project's own first. Raises RefusedError where a home's bears a name of them."""
    found = {path.stem: path for path in sorted(OWN.glob("*.toml"))}
    for path in sorted((home / FOLDER).glob("*.toml")) if home is not None else ():
        if path.stem in found:
            raise RefusedError(f"{path}: the catalogue has a study {path.stem!r} of its own; give yours another name")
        found[path.stem] = path
    return found


def find_study(study: str, home: Path | None = None) -> Protocol:
    """The protocol of that id. Raises UsageError naming near ones where there is none, RefusedError if it is wrong."""
    known = paths(home)
    if study not in known:
        near = difflib.get_close_matches(study, known, n=3, cutoff=0.4) or list(known)[:3]
        raise UsageError(f"there is no study {study!r}; `needling studies list` shows all, such as {', '.join(near)}")
    return read_protocol(known[study])
