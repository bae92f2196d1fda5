"""From the conditions of arms to SQL, over `p` (participants) and `e` (exposure at the study's landmark)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pipeline.contract import reference
from pipeline.studies.protocols.protocol import Condition, ProtocolArm, Range

Kind = Literal["flag", "range", "words"]

EARLY_OR_LATER, EARLY_AND_LATER = "early_or_later", ("early", "later")
"""Stage at enrolment, in two; early is Norwood I to III, Ludwig I, Sinclair 1 to 2."""


@dataclass(frozen=True)
class ArmColumn:
    """What an arm may be told by. `sql` has `{value}` (or `{low}` and `{high}`) in place of what is bound."""

    kind: Kind
    sql: str
    words: Callable[[], tuple[str, ...]] = tuple


def _vocabulary(name: str, *more: str) -> Callable[[], tuple[str, ...]]:
    return lambda: (*more, *(term.code for term in reference.vocabulary(name)))


def _rows(name: str, *more: str) -> Callable[[], tuple[str, ...]]:
    return lambda: (*more, *(row["code"] for row in reference.rows(name)))


_IN_RANGE = "(e.{column} >= {{low}} AND e.{column} < {{high}})"
_IN_WORDS = "list_contains({{value}}, e.{column})"
_ALL_OF = "list_has_all(e.{column}, {{value}})"
_TREATMENTS = _vocabulary("treatment")

COLUMNS: Mapping[str, ArmColumn] = {
    "needling": ArmColumn("flag", "e.is_needling = {value}"),
    EARLY_OR_LATER: ArmColumn(
        "words",
        "list_contains({value}, CASE p.is_early WHEN true THEN 'early' WHEN false THEN 'later' END)",
        lambda: EARLY_AND_LATER,
    ),
    "stage": ArmColumn(
        "words",
        "list_contains({value}, p.staging_scale || '_' || p.stage)",
        lambda: tuple(f"{row['scale']}_{row['code']}" for row in reference.rows("stages")),
    ),
    "needle_length_mm": ArmColumn("range", _IN_RANGE.format(column="needle_length_mm")),
    "sessions_per_week": ArmColumn("range", _IN_RANGE.format(column="sessions_per_week")),
    "depth_band": ArmColumn("words", _IN_WORDS.format(column="depth_band"), _rows("depth_bands", "none")),
    "frequency_band": ArmColumn("words", _IN_WORDS.format(column="frequency_band"), _rows("frequency_bands", "none")),
    "schedule": ArmColumn("words", _IN_WORDS.format(column="schedule"), _rows("schedules", "none", "other")),
    "device": ArmColumn("words", _IN_WORDS.format(column="device"), _vocabulary("device", "none")),
    "setting": ArmColumn("words", _IN_WORDS.format(column="setting"), _vocabulary("setting", "none")),
    "adjunct": ArmColumn("words", _IN_WORDS.format(column="adjunct"), _vocabulary("treatment", "none", "several")),
    "with": ArmColumn("words", _ALL_OF.format(column="adjuncts_at_zero"), _TREATMENTS),
    "with_over_6_months": ArmColumn("words", _ALL_OF.format(column="adjuncts_over_6_months"), _TREATMENTS),
    "with_under_6_months": ArmColumn("words", _ALL_OF.format(column="adjuncts_under_6_months"), _TREATMENTS),
}
"""Also the only names of an arm's conditions that ever reach the SQL text; values are bound."""


def arm_sql(arms: Sequence[ProtocolArm]) -> tuple[str, dict[str, Any]]:
    """The arm somebody belongs to, NULL for none of them, and the values to bind.

    Somebody who meets the conditions of two arms belongs to the first; a protocol in which that could
    happen is refused when it is read.
    """
    asked, bound = _asked(arms)
    named = {f"arm{i}": arm.id for i, arm in enumerate(arms)}
    return f"CASE {' '.join(f'WHEN {sql} THEN $arm{i}' for i, sql in enumerate(asked))} END", bound | named


def arm_place_sql(arms: Sequence[ProtocolArm]) -> str:
    """The same as the arm's place among them."""
    return f"CASE {' '.join(f'WHEN {sql} THEN {i}' for i, sql in enumerate(_asked(arms)[0]))} END"


def _asked(arms: Sequence[ProtocolArm]) -> tuple[list[str], dict[str, Any]]:
    """What each arm asks, and the values to bind."""
    asked: list[str] = []
    bound: dict[str, Any] = {}
    for i, arm in enumerate(arms):
        found = [_condition(column, c, f"arm{i}_{column}") for column, c in arm.conditions.items()]
        asked.append(" AND ".join(sql for sql, _ in found) or "true")
        for _, values in found:
            bound |= values
    return asked, bound


def _condition(column: str, condition: Condition, name: str) -> tuple[str, dict[str, Any]]:
    sql = COLUMNS[column].sql
    if isinstance(condition, Range):
        low, high = f"{name}_low", f"{name}_high"
        return sql.format(low=f"${low}", high=f"${high}"), {low: condition.low, high: condition.high}
    return sql.format(value=f"${name}"), {name: condition if isinstance(condition, bool) else list(condition)}


def can_overlap(one: ProtocolArm, other: ProtocolArm) -> bool:
    """True unless what both say about the same column shuts out that anybody belongs to both."""
    here, there = with_needling(one), with_needling(other)
    return not any(_are_disjoint(column, here[column], there[column]) for column in here.keys() & there.keys())


def contradicts_itself(arm: ProtocolArm) -> bool:
    """True where nobody needles in the arm, and it asks for what only people who needle have."""
    others = {column: condition for column, condition in arm.conditions.items() if column != "needling"}
    return arm.conditions.get("needling") is False and "needling" in with_needling(ProtocolArm("", "", others))


def with_needling(arm: ProtocolArm) -> dict[str, Condition]:
    """The conditions, and that people needle where one of them cannot be met otherwise."""
    implied = any(
        isinstance(c, Range) or (isinstance(c, tuple) and column in _TELL_NEEDLING and "none" not in c)
        for column, c in arm.conditions.items()
    )
    return {"needling": True, **arm.conditions} if implied else dict(arm.conditions)


_TELL_NEEDLING = ("depth_band", "frequency_band", "schedule", "device", "setting")


def _are_disjoint(column: str, one: Condition, other: Condition) -> bool:
    match one, other:
        case bool(), bool():
            return one != other
        case Range(), Range():
            return one.high <= other.low or other.high <= one.low
        case tuple(), tuple() if not column.startswith("with"):
            return not set(one) & set(other)
        case _:
            return False
