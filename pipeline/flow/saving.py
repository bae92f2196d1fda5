"""A question written down as a protocol of the home's own."""

import re
from dataclasses import replace
from typing import Any

from pipeline import store
from pipeline.config import Settings
from pipeline.errors import UsageError
from pipeline.studies.protocols.catalogue import FOLDER, paths
from pipeline.studies.protocols.protocol import Protocol
from pipeline.studies.protocols.protocol_file import parse_protocol, read_protocol
from pipeline.studies.protocols.protocol_text import protocol_text

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
"""It becomes a file's name, a word of the command line and of a link."""


def save_protocol(settings: Settings, protocol: Protocol, study: str) -> dict[str, Any]:
    """Write a protocol as `studies/STUDY.toml` of the home; one that stands there already is left as it is.

    Raises UsageError where the name cannot be used or another protocol has it, RefusedError where the question is
    none that a study can ask.
    """
    if not _ID.fullmatch(study):
        raise UsageError(
            f"{study!r} cannot be a study's name; use small letters, digits and -, such as depth-at-half-a-year"
        )
    known = paths(settings.home)
    path = settings.home / FOLDER / f"{study}.toml"
    named = replace(protocol, id=study)
    with store.lock(settings.home):
        if study in known and read_protocol(known[study]).digest != named.digest:
            raise UsageError(
                f"there is a study {study!r} already, and it asks something else ({known[study]}); choose another name"
            )
        if study not in known:
            text = protocol_text(named)
            parse_protocol(text, path)
            path.parent.mkdir(exist_ok=True)
            store.write_atomic(path, text.encode())
    return {"study": study, "path": str(known.get(study, path)), "digest": named.digest, "is_new": study not in known}
