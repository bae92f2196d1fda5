"""What an estimate rests on, and whether its question was asked before its answer could be seen."""

from collections.abc import Mapping
from dataclasses import replace
from importlib import metadata
from typing import Any

from pipeline.contract.results import Comparison
from pipeline.studies.protocols.protocol import Protocol
from pipeline.study_ledger import Freeze

EXPLORATORY = (
    "Exploratory: this protocol was not fixed with `needling studies freeze` before its results could be seen. Read it "
    "as a hint for the next study, not as a test."
)


LATE = (
    "Exploratory: this protocol was fixed only after its results on this version, or a newer one, had been looked at. "
    "What it finds in later data was asked for in advance."
)


def certified(
    found: Comparison,
    protocol: Protocol,
    manifest: Mapping[str, Any],
    fixed: Freeze | None = None,
) -> Comparison:
    """The comparison with its certificate; called exploratory where the protocol was not fixed, or not in time."""
    is_late = fixed is not None and fixed.is_late(manifest["version"])
    first = (LATE,) if is_late else () if fixed else (EXPLORATORY,)
    frozen_at = fixed.frozen_at if fixed else None
    own = _certificate(protocol, manifest, frozen_at, found.diagnostics.get("seed"), is_late=is_late)
    return replace(found, diagnostics={**found.diagnostics, "certificate": own}, warnings=(*first, *found.warnings))


def _certificate(
    protocol: Protocol, manifest: Mapping[str, Any], frozen_at: str | None, seed: int | None, *, is_late: bool
) -> dict[str, Any]:
    """With the same of all of these, an estimate comes out the same to the last bit.

    `settings` is the question as asked: what `protocol_digest` is the SHA-256 of, as JSON with sorted keys. `seed` is
    that of people drawn again, where a study does so (of costs); None where nothing throws dice.
    `frozen_at` is an instant in UTC, None for a protocol that was not fixed; `is_exploratory` is true also where that
    came late.
    """
    return {
        "version": manifest["version"],
        "data_fingerprint": manifest["fingerprint"],
        "protocol_digest": protocol.digest,
        "settings": protocol.asked,
        "code_version": metadata.version("microneedling-outcomes"),
        "contract_version": manifest["contract_version"],
        "seed": seed,
        "frozen_at": frozen_at,
        "is_exploratory": frozen_at is None or is_late,
    }
