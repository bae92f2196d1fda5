"""Reading a protocol from TOML: every mistake is named with its key, what was found and what is allowed."""

import itertools
import math
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from pipeline.contract import reference
from pipeline.errors import RefusedError
from pipeline.sections import Mistakes, Section
from pipeline.studies.protocols.arms import COLUMNS as ARM_COLUMNS
from pipeline.studies.protocols.arms import can_overlap, contradicts_itself
from pipeline.studies.protocols.filters import COLUMNS as FILTERS
from pipeline.studies.protocols.protocol import (
    CHOSEN_STRATEGIES,
    COVARIATES,
    STRATEGIES,
    Aim,
    Condition,
    People,
    Protocol,
    ProtocolArm,
    Range,
    Strategy,
)  # fmt: skip
from pipeline.studies.protocols.protocol_question import AIMS, at_least, check_margin, read_contrasts, read_outcome
from pipeline.studies.protocols.window import find_window, visit_half_widths

_CLAIMS = tuple(f"C{n}" for n in range(1, 10))


def read_protocol(path: Path) -> Protocol:
    """The protocol of a file, its id being the file's name. Raises RefusedError naming every mistake."""
    try:
        return parse_protocol(path.read_text(encoding="utf-8"), path)
    except UnicodeDecodeError as error:
        raise RefusedError(f"{path} is no TOML file ({error}); mend it and try again") from None
    except OSError as error:
        raise RefusedError(f"{path} cannot be read ({error.strerror}); see that it is there") from None


def parse_protocol(text: str, path: Path) -> Protocol:
    """The protocol of a text that stands, or is to stand, in that file. Raises RefusedError naming every mistake."""
    mistakes = Mistakes(path, [])
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RefusedError(f"{path} is no TOML file ({error}); mend it and try again") from None
    protocol = _protocol(path.stem, Section("", content, mistakes))
    mistakes.raise_any()
    return protocol


def _protocol(study: str, top: Section) -> Protocol:
    top.only(("claim", "title", "note", "people", "landmark_days", "arms", "outcome", "aim", "contrast",
              "covariates", "strategies"))  # fmt: skip
    aim = cast(Aim, top.choice("aim", AIMS, "difference"))
    arms = tuple(_arms(top, at_least(aim)))
    people = _people(top.child("people"), aim)
    outcome, recovery = read_outcome(top.child("outcome"), people.diagnosis, aim)
    contrast, against = read_contrasts(top, [arm.id for arm in arms], aim)
    check_margin(top.child("contrast"), outcome.instrument, contrast.margin if contrast else None)
    protocol = Protocol(
        id=study,
        title=top.text("title") or "",
        people=people,
        landmark_days=_landmark(top, aim),
        arms=arms,
        outcome=outcome,
        aim=aim,
        contrast=contrast,
        covariates=_covariates(top),
        strategies=dict(_strategies(top.child("strategies"))),
        claim=top.choice("claim", _CLAIMS),
        note=top.text("note") or "",
        against=against,
        recovery=recovery,
    )
    _check_order(top, protocol)
    return protocol


def _people(section: Section, aim: Aim) -> People:
    section.only(("diagnosis", "where", "prevalent", "needling", "adjuncts_asked"))
    # a session is measured in no region and by no rater
    allowed = [column for column, level in FILTERS.items() if aim != "recovery" or level != "measurement"]
    kinds = [term.code for term in reference.vocabulary("diagnosis")]
    where = section.texts("where")
    for text in where:
        column, equals, _ = text.partition("=")
        if not equals or column.strip() not in allowed:
            section.note("where", f"found {text!r}; expected COLUMN=VALUE, the column one of {', '.join(allowed)}")
    if "diagnosis" not in section.content:
        section.note("diagnosis", f"is missing, for kinds of hair loss are never pooled; allowed: {', '.join(kinds)}")
    diagnosis = section.choice("diagnosis", kinds) or kinds[0]
    others = {text for text in where if text.startswith("diagnosis=")} - {f"diagnosis={diagnosis}"}
    if "diagnosis" in section.content and others:
        section.note("where", f"found {min(others)!r}, and the people are those with {diagnosis}; take one of them out")
    return People(
        diagnosis=diagnosis,
        where=where,
        prevalent=section.boolean("prevalent"),
        needling=section.boolean("needling"),
        adjuncts_asked=section.boolean("adjuncts_asked"),
    )


def _landmark(top: Section, aim: Aim) -> int:
    """Of side effects every session counts by what was done in it: no arm has to be settled by a day."""
    allowed = [int(row["days"]) for row in reference.rows("landmarks")]
    if aim == "recovery":
        if "landmark_days" in top.content:
            top.note("landmark_days", 'has no meaning where aim = "recovery"; take it out')
        return min(allowed)
    days = top.content.get("landmark_days")
    if days not in allowed:
        top.note("landmark_days", f"found {days!r}; expected one of {', '.join(map(str, allowed))}")
        return allowed[0]
    return int(days)


def _arms(top: Section, least: int) -> Iterator[ProtocolArm]:
    section = top.child("arms")
    if least == 0 and section.content:
        section.note("", 'has no meaning where aim = "recovery"; take it out')
    if len(section.content) < least:
        section.note("", f"found {len(section.content)} arms; expected at least {least}, such as [arms.weekly]")
    arms = [_arm(name, section.child(name)) for name in section.content]
    for one, other in itertools.combinations(arms, 2):
        if can_overlap(one, other):
            section.note(one.id, f"somebody could belong to it and to {other.id!r}; say in both what tells them apart")
    yield from arms


def _arm(name: str, section: Section) -> ProtocolArm:
    section.only(("label", *ARM_COLUMNS))
    conditions = {column: _condition(section, column) for column in section.content if column in ARM_COLUMNS}
    if not conditions:
        section.note("", f"has no condition; allowed: {', '.join(ARM_COLUMNS)}")
    arm = ProtocolArm(name, section.text("label") or name, conditions)
    if contradicts_itself(arm):
        section.note(
            "needling", "is false, and the arm asks for what only people who needle have; take one of them out"
        )
    return arm


def _condition(section: Section, column: str) -> Condition:
    match ARM_COLUMNS[column].kind:
        case "flag":
            return section.boolean(column)
        case "range":
            return _range(section, column)
        case "words":
            allowed = ARM_COLUMNS[column].words()
            words = section.words(column)
            for word in words:
                if word not in allowed:
                    section.note(column, f"found {word!r}; allowed: {', '.join(allowed)}")
            return words


def _range(section: Section, column: str) -> Range:
    value = section.content[column]
    if isinstance(value, list) and len(value) == 2 and all(type(v) in (int, float) for v in value):
        low, high = value
        if -math.inf < low < high < math.inf:
            return Range(float(low), float(high))
    section.note(column, f"found {value!r}; expected two numbers, the lower first, such as [0.45, 0.61]")
    return Range(0.0, 0.0)


def _covariates(top: Section) -> tuple[str, ...]:
    if "covariates" not in top.content:
        return COVARIATES
    given = top.texts("covariates")
    for name in given:
        if name not in COVARIATES:
            top.note("covariates", f"found {name!r}; allowed: {', '.join(COVARIATES)}")
        elif given.count(name) > 1:
            top.note("covariates", f"{name!r} stands twice; name it once")
    return given


def _strategies(section: Section) -> Iterator[tuple[str, Strategy]]:
    section.only(STRATEGIES)
    for event, usual in STRATEGIES.items():
        allowed = ("treatment_policy", "hypothetical") if event in CHOSEN_STRATEGIES else (usual,)
        yield event, cast(Strategy, section.choice(event, allowed, usual))


def _check_order(top: Section, protocol: Protocol) -> None:
    """A visit that opens before arms are settled would let what came afterwards decide them."""
    week, halves = protocol.outcome.week, visit_half_widths()
    given = top.content.get("landmark_days") == protocol.landmark_days  # what is wrong itself is told already
    if given and protocol.recovery is None and week in halves and find_window(week, protocol.landmark_days) is None:
        top.note(
            "landmark_days",
            f"{protocol.landmark_days} lies in or after the visit's window, which opens on day "
            f"{7 * (week - halves[week])}; choose an earlier landmark or a later week",
        )
