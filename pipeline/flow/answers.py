"""The catalogue asked of a version before it is published, so that afterwards its answers are only read."""

from pathlib import Path

from pipeline import store
from pipeline.config import Settings
from pipeline.engine.duckdb import open_reader
from pipeline.errors import NeedlingError, place_of
from pipeline.studies import kept
from pipeline.studies.protocols import catalogue
from pipeline.studies.study import run_study
from pipeline.studies.sums.study_sums import is_linear, study_sums


def keep(settings: Settings, candidate: Path, spill: Path | None = None) -> list[str]:
    """Run every study on the candidate and put the answers into its folder, with the sums that linear models rest on.

    The data are good whatever becomes of a study: one that fails stops no publication, and the answer tells of it.
    """
    try:
        names = list(catalogue.paths(settings.home))
    except NeedlingError as error:
        return [f"no study was answered beforehand: {error}"]
    entries, sums, told = dict[str, str](), dict[str, str](), list[str]()
    with open_reader(candidate / "research.duckdb", memory_mb=settings.memory_mb, spill=spill) as con:
        for name in names:
            try:
                protocol = catalogue.find_study(name, settings.home)
                found = run_study(con, protocol, store.candidate_name(candidate))
                if is_linear(found):
                    sums[name] = kept.sums_entry(protocol, study_sums(con, protocol))
                entries[name] = kept.entry(protocol, found)
            except Exception as error:  # whatever it is, it must not hold back the data
                told.append(_failed(name, error))
    for file, parts in ((kept.FILE, entries), (kept.SUMS, sums)):
        store.write_atomic(candidate / file, kept.to_bytes(parts))
    return told


def _failed(study: str, error: Exception) -> str:
    said = str(error) if isinstance(error, NeedlingError) else f"unexpected {type(error).__name__} {place_of(error)}"
    return f"study {study} could not be answered, and the version is published without: {said}"
