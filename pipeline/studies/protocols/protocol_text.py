"""Writing a protocol as the TOML that `protocol_file` reads: the file gives the same protocol back, digest and all."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

from pipeline.studies.protocols.protocol import Aim, Contrast, Protocol
from pipeline.toml_values import Value, quoted, spelled

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def protocol_text(protocol: Protocol, notes: Sequence[str] = ()) -> str:
    """The whole file but for its name, which is the protocol's id; `notes` stand on top, as comments.

    Covariates and strategies are written out, so that a default that changes one day does not change the question.
    """
    top: dict[str, Value | None] = {
        "claim": protocol.claim,
        "title": protocol.title,
        "note": protocol.note,
        "aim": protocol.aim,
        "landmark_days": None if protocol.recovery else protocol.landmark_days,
        "covariates": protocol.covariates,
    }
    blocks = [
        "\n".join(f"# {' '.join(note.split())}" for note in notes),
        "\n".join(_lines(top, empty=("covariates",))),
        _table("people", asdict(protocol.people)),
        *(_table(f"arms.{_key(arm.id)}", {"label": arm.label, **arm.conditions}, false=True) for arm in protocol.arms),
        _table("outcome", _outcome(protocol)),
        _table("contrast", _contrast(protocol.contrast, protocol.aim)) if protocol.contrast else "",
        _table("contrast.against", _contrast(protocol.against, protocol.aim)) if protocol.against else "",
        _table("strategies", protocol.strategies),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _outcome(protocol: Protocol) -> Mapping[str, Value | None]:
    outcome, asked = protocol.outcome, protocol.recovery
    if asked is None:
        return {"instrument": outcome.instrument, "week": outcome.week, **outcome.measured_as}
    return {
        "side_effects": asked.effects,
        "week": outcome.week,
        "within_hours": asked.within_hours,
        "more_than": asked.more_than,
    }


def _contrast(contrast: Contrast, aim: Aim) -> Mapping[str, Value | None]:
    if aim == "minimal":
        return {"arm": contrast.arm, "limit": contrast.margin}
    return asdict(contrast)


def _table(name: str, values: Mapping[str, Value | None], *, false: bool = False) -> str:
    return "\n".join((f"[{name}]", *_lines(values, false=false)))


def _lines(values: Mapping[str, Value | None], *, empty: Sequence[str] = (), false: bool = False) -> Iterator[str]:
    """One line a value. What says nothing is left out: None, an empty text or list, and where it is the rule, false."""
    for key, value in values.items():
        says_nothing = value is None or (value is False and not false) or (value in ("", ()) and key not in empty)
        if value is not None and not says_nothing:
            yield f"{_key(key)} = {spelled(value)}"


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else quoted(name)
