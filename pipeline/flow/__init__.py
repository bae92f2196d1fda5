"""The whole order: sources, landing, marts, gate, publication. The only room that knows all the others.

order        what each command does, step by step
intake       what became of the drops of a run
handing_back what goes back to a sender
publication  from landing to a version: marts, gate, swap
studies      one comparison, and the catalogue of studies, on a version
bundling     one study's result, packed for somebody else to judge
saving       a question written down as a protocol of the home's own
clinic_profiles  by which profile the figures of a clinic are made
figures      what gates measured of somebody who must be forgotten
checking     a drop tried on a home that is gone afterwards; mapping proposes a source.toml
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.flow.bundling import studies_bundle
    from pipeline.flow.checking import check
    from pipeline.flow.clinic_profiles import clinics_list, clinics_profile
    from pipeline.flow.handing_back import quarantine_export
    from pipeline.flow.mapping import propose_mapping
    from pipeline.flow.order import (
        forget,
        ingest,
        publish,
        quarantine_list,
        quarantine_retry,
        rollback,
        run,
        simulate,
        status,
        template,
        validate,
    )
    from pipeline.flow.studies import compare, studies_freeze, studies_list, studies_run, studies_show, study

__all__ = [
    "check",
    "clinics_list",
    "clinics_profile",
    "compare",
    "forget",
    "ingest",
    "propose_mapping",
    "publish",
    "quarantine_export",
    "quarantine_list",
    "quarantine_retry",
    "rollback",
    "run",
    "simulate",
    "status",
    "studies_bundle",
    "studies_freeze",
    "studies_list",
    "studies_run",
    "studies_show",
    "study",
    "template",
    "validate",
]

_PLACES = {
    "bundling": ("studies_bundle",),
    "checking": ("check",),
    "clinic_profiles": ("clinics_list", "clinics_profile"),
    "handing_back": ("quarantine_export",),
    "mapping": ("propose_mapping",),
    "order": (
        "forget", "ingest", "publish", "quarantine_list", "quarantine_retry", "rollback", "run", "simulate", "status",
        "template", "validate",
    ),
    "studies": ("compare", "studies_freeze", "studies_list", "studies_run", "studies_show", "study"),
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """Each command is imported when it is asked for: what studies stand on takes over a second, of every run."""
    for place, names in _PLACES.items():
        if name in names:
            return getattr(import_module(f"pipeline.flow.{place}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
