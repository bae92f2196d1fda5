"""One study's result, packed for somebody else to judge."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline import store
from pipeline.config import Settings
from pipeline.errors import UsageError
from pipeline.flow.studies import studies_run, studies_show
from pipeline.studies.bundle_files import bundle_files, command
from pipeline.studies.protocols.catalogue import find_study

_MOMENT = (1980, 1, 1, 0, 0, 0)
"""The first that a zip can tell, and the same in each: what is packed today and tomorrow are the same bytes."""

_READABLE = 0o644 << 16


def studies_bundle(
    settings: Settings,
    study: str,
    drawn: Callable[[str], dict[str, bytes]],
    out: Path | None = None,
    version: str | None = None,
    warn: Callable[[Sequence[str]], None] = lambda _: None,
) -> dict[str, Any]:
    """Run a study and write its bundle, `out` or STUDY-VERSION.zip in the folder one is in.

    `drawn` makes the files of its figures, by name, on the version that it is given: who draws is no part of the
    pipeline. The same study on the same version gives the same bytes. Raises UsageError where something else stands
    there.
    """
    protocol = find_study(study, settings.home)
    ran, _ = studies_run(settings, [study], version, warn)
    (result,) = ran["studies"]
    files = bundle_files(protocol, result, studies_show(settings, study, ran["version"])) | drawn(ran["version"])
    path = out if out is not None else Path(f"{study}-{ran['version']}.zip")
    _write(path, _packed(files))
    return {
        "study": study,
        "version": ran["version"],
        "path": str(path),
        "files": list(files),
        "digest": result["diagnostics"]["certificate"]["protocol_digest"],
        "again": command(protocol, ran["version"]),
    }


def _packed(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name, content in files.items():
            part = zipfile.ZipInfo(name, _MOMENT)
            part.external_attr, part.compress_type, part.create_system = _READABLE, zipfile.ZIP_DEFLATED, 3
            target.writestr(part, content)
    return out.getvalue()


def _write(path: Path, content: bytes) -> None:
    if path.is_dir() or not path.parent.is_dir():
        raise UsageError(f"{path} cannot be written: name a file in a folder that is there, such as --out result.zip")
    if path.exists() and path.read_bytes() != content:
        raise UsageError(f"{path} is there already and holds something else; name another file with --out")
    store.write_atomic(path, content)
