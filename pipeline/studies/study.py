"""A comparison answered in full: unadjusted, and beside it each contrast adjusted, with what it rests on.

The headline of a contrast is withheld where its diagnostics fail. Many arms are compared in one population where they
have one, else each contrast among the people of its own two arms; p-values are corrected for how many there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import numpy as np
from threadpoolctl import threadpool_limits

from pipeline.contract.results import Arm, Comparison, Gate
from pipeline.studies.contrasts.adjusted import pair_of
from pipeline.studies.contrasts.caveats import adjusted_caveats
from pipeline.studies.contrasts.compare import Found, Question, ask_study, people_at_hand, unadjusted
from pipeline.studies.contrasts.contrast import Answer, Asked, answer, refused
from pipeline.studies.contrasts.headline import MIN_ADJUSTED, MIN_SHOWN
from pipeline.studies.contrasts.joint_answers import APART, Together, together
from pipeline.studies.contrasts.landmarks import (
    NOT_REPEATED,
    adjusted_contrasts,
    exposure_sensitivity,
    rows_of_days,
)
from pipeline.studies.contrasts.negative_control import Controls, none_looked_for
from pipeline.studies.contrasts.side_by_side import side_by_side
from pipeline.studies.estimators.multiplicity import holm
from pipeline.studies.estimators.once import once
from pipeline.studies.kinds import KINDS
from pipeline.studies.people.frame import Fetched, Frame, read_frame
from pipeline.studies.people.other_days import is_told_by_exposure, people_of_other_days
from pipeline.studies.people.population import Population
from pipeline.studies.protocols.instrument import Instrument
from pipeline.studies.protocols.protocol import Contrast, Protocol


def run_study(
    con: duckdb.DuckDBPyConnection, protocol: Protocol, version: str | None = None, *, sensitivity: bool = True
) -> Comparison:
    """The contrasts of a protocol in the version that `con` reads, adjusted and unadjusted, and with `sensitivity`
    also at other landmarks.

    Raises UsageError where the protocol names what this version does not know. What the data cannot
    answer is no error: the result says why.
    """
    if protocol.aim in KINDS:
        return KINDS[protocol.aim](con, protocol, version)
    question = ask_study(con, protocol, version)
    other_days = sensitivity and protocol.contrast is not None
    with people_at_hand(con, question, other_days=other_days) as found:
        crude, contrast = unadjusted(con, question, found), protocol.contrast
        if contrast is None:
            return crude
        contrasts = [contrast] if contrast.arm else _each_arm(question, crude)
        return _in_full(con, question, found, crude, contrasts, sensitivity=sensitivity)


def compare_adjusted(con: duckdb.DuckDBPyConnection, question: Question, *, sensitivity: bool = True) -> Comparison:
    """Each arm of the question's dimension against one of them, adjusted and unadjusted.

    With `sensitivity` also at the other landmarks and without tied depths, which takes more than twice as long; left
    out, the answer says so.
    """
    with people_at_hand(con, question, other_days=sensitivity) as found:
        crude = unadjusted(con, question, found)
        return _in_full(con, question, found, crude, _each_arm(question, crude), sensitivity=sensitivity)


def _each_arm(question: Question, crude: Comparison) -> list[Contrast]:
    """None where nobody is there to be compared with."""
    against, asked = crude.estimand["reference"], question.protocol.contrast
    margin = asked.margin if asked else None
    return [Contrast(arm.arm, against, margin) for arm in crude.arms if against not in (None, arm.arm)]


def _in_full(
    con: duckdb.DuckDBPyConnection,
    question: Question,
    people: Found | str,
    crude: Comparison,
    contrasts: Sequence[Contrast],
    *,
    sensitivity: bool,
) -> Comparison:
    if not contrasts:
        return crude
    if isinstance(people, str):
        return replace(crude, estimates=tuple(replace(e, role="headline") for e in crude.estimates))
    rows = _Rows(con, people.population)
    with threadpool_limits(1, "blas"):  # the matrices are small: 0.7 s of computing took 5 s with two threads
        found, elsewhere = _with_other_days(question, crude, rows, contrasts, people.days)
    is_adjusted = any(a.numbers["adjusted_for"] for a in found.each)
    answers, joint = _corrected(found.each), found.joint
    unasked = (NOT_REPEATED,) if is_adjusted and not sensitivity and is_told_by_exposure(question.protocol) else ()
    spoken = {e.arm for a in answers for e in a.estimates if e.role != "sensitivity"}
    rest = [e for e in crude.estimates if e.reference is None or e.arm not in spoken]
    single = answers[0] if len(answers) == 1 else None
    return replace(
        crude,
        estimand={**crude.estimand, **_attributes(question, contrasts, is_adjusted, bool(joint.answers))},
        estimates=(*(e for a in answers for e in a.estimates), *rest),
        diagnostics={
            **crude.diagnostics,
            "contrasts": [dict(a.numbers) for a in answers],
            **_joint(joint),
            **elsewhere,
        },
        gate=_gate(answers),
        warnings=(*joint.warnings, *_told(answers), *unasked, *adjusted_caveats(crude.warnings, is_adjusted)),
        reason=single.headline.reason if single and not single.headline.is_given else crude.reason,
    )


@dataclass(frozen=True)
class _Rows:
    """The people one by one: read once, and not at all where every contrast is refused."""

    con: duckdb.DuckDBPyConnection
    population: Population

    @once
    def frame(self) -> Frame:
        return read_frame(self.con, self.population)

    @once
    def controls(self) -> Controls:
        return Controls(self.con, self.population)


def _with_other_days(
    question: Question,
    crude: Comparison,
    rows: _Rows,
    contrasts: Sequence[Contrast],
    days: dict[int, Fetched],
) -> tuple["_Answers", dict[str, Any]]:
    """The contrasts, and what stands beside them of other days: fitted at the same time, for those contrasts in which
    something will probably be adjusted for."""
    seen = {arm.arm: arm.n_observed for arm in crude.arms}
    likely = [
        Contrast(c.arm, c.reference)
        for c in contrasts
        if min(seen.get(c.arm, 0), seen.get(c.reference, 0)) >= MIN_ADJUSTED
    ]

    are_told = bool(days)
    others = rows_of_days(days, question.instrument, likely)
    found, elsewhere = side_by_side(rows.con, lambda: _answers(question, crude, rows, contrasts), others)
    if not are_told:
        return found, {}
    asked = adjusted_contrasts(found.each)
    if asked != likely:
        again = people_of_other_days(rows.con, rows.population)
        elsewhere = [on() for on in rows_of_days(again, question.instrument, asked)]
    beside = [row for each in elsewhere for row in each]
    return found, exposure_sensitivity(rows.con, rows.population, rows.frame, found.each, beside)


def _answers(question: Question, crude: Comparison, rows: _Rows, contrasts: Sequence[Contrast]) -> "_Answers":
    """Each contrast: in the common population where there is one and the arm has part in it, else by itself."""
    arms, instrument = {arm.arm: arm for arm in crude.arms}, question.instrument
    found: dict[str, Answer | Asked] = {}
    for contrast in contrasts:
        if not {contrast.arm, contrast.reference} <= arms.keys():
            found[contrast.arm] = refused(contrast, instrument, "no_arm")
            continue
        here, there = arms[contrast.arm], arms[contrast.reference]
        same = next(e for e in crude.estimates if e.reference and e.arm == contrast.arm)
        if min(here.n_observed, there.n_observed) < MIN_SHOWN:
            found[contrast.arm] = refused(contrast, instrument, _too_few(here, there))
        else:
            found[contrast.arm] = Asked(contrast, same, (here, there), instrument, question.protocol.aim)
    asked = [one for one in found.values() if isinstance(one, Asked)]
    joint = together(rows.frame, asked) if len(asked) > 1 and instrument.scale == "ratio" else Together({}, None, {})
    return _Answers([_controlled(rows, _one(rows, one, joint), one) for one in found.values()], joint)


@dataclass(frozen=True)
class _Answers:
    each: list[Answer]
    joint: Together


def _controlled(rows: _Rows, found: Answer, asked: Answer | Asked) -> Answer:
    if isinstance(asked, Answer) or not found.numbers["adjusted_for"]:
        return none_looked_for(found)
    return rows.controls.beside(found, rows.frame, asked.contrast)


def _one(rows: _Rows, found: Answer | Asked, joint: Together) -> Answer:
    if isinstance(found, Answer):
        return found
    contrast = found.contrast
    if contrast.arm in joint.answers:
        return joint.answers[contrast.arm]
    pair = pair_of(rows.frame, contrast.arm, contrast.reference)
    alone = answer(pair, contrast, found.crude, found.arms, found.instrument, found.aim)
    apart = (APART,) if joint.answers and contrast.arm in joint.apart else ()
    numbers = {**alone.numbers, "population": "of these two arms"}
    return replace(alone, numbers=numbers, warnings=(*alone.warnings, *apart))


def _too_few(here: Arm, there: Arm) -> str:
    return "not_yet_due" if min(here.n_due, there.n_due) == 0 else "too_few"


def _corrected(answers: list[Answer]) -> list[Answer]:
    """Holm over the headlines of the comparison (Holm 1979, Scandinavian Journal of Statistics 6, 65-70)."""
    tested = [(i, a.headline.p_value) for i, a in enumerate(answers) if a.headline.p_value is not None]
    if not tested:
        return answers
    corrected = dict(zip((i for i, _ in tested), holm(np.array([p for _, p in tested])).tolist(), strict=True))
    return [a.with_p_adjusted(corrected[i]) if i in corrected else a for i, a in enumerate(answers)]


def _gate(answers: Sequence[Answer]) -> Gate:
    """Fails where no contrast may be read; passes where every one may, without a doubt."""
    gates = {a.gate for a in answers}
    return "pass" if gates == {"pass"} else "fail" if gates == {"fail"} else "caution"


def _told(answers: Sequence[Answer]) -> list[str]:
    """Every warning; where there are several contrasts, with the one that it is about."""
    if len(answers) == 1:
        return list(answers[0].warnings)
    return [f"{a.headline.contrast}: {warning}" for a in answers for warning in a.warnings]


def _joint(joint: Together) -> dict[str, Any]:
    """What the common population rests on; nothing where no more than two arms were asked about."""
    return {} if joint.numbers is None else {"joint": dict(joint.numbers)}


def _attributes(question: Question, contrasts: Sequence[Contrast], is_adjusted: bool, is_joint: bool) -> dict[str, Any]:
    """The five attributes of the estimand (ICH E9(R1), 2019)."""
    protocol, instrument = question.protocol, question.instrument
    labels = {arm.id: arm.label for arm in protocol.arms}
    named = [code for contrast in contrasts for code in (contrast.arm, contrast.reference)]
    kinds = f"people of kinds that {'all' if is_joint else 'both'} arms have, whose visit has passed"
    return {
        "treatment": [labels[code] for code in dict.fromkeys(named)],
        "population": kinds if is_adjusted else "people of the arms whose visit has passed",
        "variable": instrument.at_week(protocol.outcome.week, is_change=not instrument.is_count),
        "intercurrent_events": dict(protocol.strategies),
        **_summary(instrument, is_adjusted=is_adjusted),
        "people_without_a_result": "taken as those like them who stayed" if is_adjusted else "left out",
    }


def _summary(instrument: Instrument, *, is_adjusted: bool) -> dict[str, str]:
    if instrument.is_count:
        better = "below" if instrument.direction == "lower" else "above"
        return {"summary": "ratio of mean counts", "quantity": f"ratio of mean counts, {better} 1 is better"}
    if instrument.is_ordinal:
        if not is_adjusted:
            return {"summary": "chance of a better result"}
        return {"summary": "odds ratio of a better step", "quantity": "odds ratio of a better step, above 1 is better"}
    return {"summary": "difference of means"}
