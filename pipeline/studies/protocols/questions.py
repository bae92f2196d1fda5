"""The nine questions of the field, and what answering each takes, as data.

A comparison names its arms over `exposure` and `participants`; a question of another kind counts what
it needs. Kinds of hair loss are never pooled: growth is compared in androgenetic alopecia.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.contract import reference

LONGEST, SHORTEST = 84, 28
"""Landmarks: the shortest for schedules of a week at most, the longest where seldom needling counts too."""

_AGA, _AREATA = "androgenetic_alopecia", "alopecia_areata"
_NEEDLING = "CASE WHEN is_needling THEN 'needling' ELSE 'none' END"
_NEEDLING_ARMS = {"needling": "needling", "none": "not needling"}

MIN_ASKED = 0.5
"""Under this share of sessions asked about, the rate of side effects is that of the people who complain (claim C5)."""

MIN_TIMED = 0.5
"""Under this share of side effects with a word about when they ended, how long they last is guessed (claim C5)."""


@dataclass(frozen=True)
class Pair:
    """One comparison: `arm` is SQL, `arms` the codes it must yield and their words. Other people than those of
    the diagnosis who fulfil the condition take no part."""

    arm: str
    arms: Mapping[str, str]
    condition: str = "true"
    diagnosis: str = _AGA
    landmark: int = LONGEST
    name: str = ""


@dataclass(frozen=True)
class Need:
    """`what` must be 10 or more, or at least a share of `of`."""

    what: str
    sentence: str
    of: str = ""
    share: float = 0.0


@dataclass(frozen=True)
class Question:
    """One question, answered by comparisons (`pairs`) or by what a query counts (`fact`)."""

    claim: str
    text: str
    pairs: tuple[Pair, ...] = ()
    fact: str | None = None
    counts: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()


def _schedules() -> dict[str, str]:
    return {row["code"]: row["label"] for row in reference.rows("schedules")}


def _adjunct(code: str) -> Pair:
    label = reference.label("treatment", code).lower()
    return Pair("adjunct", {"none": "needling alone", code: f"with {label}"}, "is_needling AND adjuncts_asked")


def _device(band: Mapping[str, str]) -> Pair:
    arms = {code: reference.label("device", code).lower() for code in ("dermaroller", "dermastamp")}
    return Pair("device", arms, f"depth_band = '{band['code']}'", name=f"{band['label']}, ")


def _bands() -> list[dict[str, str]]:
    """The needle lengths that the field recommends: a roller and a stamp are compared at an equal one."""
    recommended = [float(row["depth_low_mm"]) for row in reference.rows("schedules")]
    return [row for row in reference.rows("depth_bands") if float(row["low_mm"]) in recommended]


_STAGES = "CASE WHEN is_early THEN 'early ' WHEN NOT is_early THEN 'later ' END || " + _NEEDLING
_STAGE_ARMS = {
    f"{stage} {code}": f"{stage} stage, {label}"
    for stage in ("early", "later")
    for code, label in _NEEDLING_ARMS.items()
}

_SAFETY = """
SELECT count(DISTINCT session_id), count(DISTINCT session_id) FILTER (was_asked),
  count(DISTINCT participant_id) FILTER (was_asked),
  count(*) FILTER (effect <> 'none'), count(*) FILTER (effect <> 'none' AND resolved_after_hours IS NOT NULL
    OR effect <> 'none' AND still_present_at_hours IS NOT NULL)
FROM safety JOIN chosen USING (participant_id)"""

_SPREAD = """
SELECT count(DISTINCT o.participant_id) FILTER (e.is_needling),
  count(DISTINCT o.participant_id) FILTER (NOT e.is_needling)
FROM outcome_change o JOIN chosen p USING (participant_id)
JOIN exposure e ON e.participant_id = p.participant_id AND e.landmark_days = $landmark
JOIN instruments i ON i.code = o.instrument
WHERE o.visit_week >= $week AND o.improvement_milli IS NOT NULL AND i.measurement_error IS NOT NULL
  AND p.diagnosis = 'androgenetic_alopecia'"""

_COSTS = """
SELECT count(DISTINCT c.participant_id) FILTER (e.setting = 'home'),
  count(DISTINCT c.participant_id) FILTER (e.setting IN ('salon', 'clinic')),
  count(DISTINCT c.participant_id), count(DISTINCT c.participant_id) FILTER (c.per_month IS NOT NULL)
FROM cost c JOIN chosen p USING (participant_id)
JOIN exposure e ON e.participant_id = p.participant_id AND e.landmark_days = $landmark"""

QUESTIONS: tuple[Question, ...] = (
    Question("C1", "Is 0.5 mm twice a week as good as 1.5 mm once a week?",
          (Pair("schedule", _schedules(), "is_needling", landmark=SHORTEST),)),
    Question("C2", "Does needling do more together with minoxidil or ketoconazole shampoo?",
          (_adjunct("minoxidil_topical"), _adjunct("ketoconazole_shampoo"))),
    Question("C3", "Does needling do better than no needling over months?", (Pair(_NEEDLING, _NEEDLING_ARMS),)),
    Question("C4", "How large is the change, and how much does it differ from person to person?", fact=_SPREAD,
          counts=("needling", "comparison"),
          needs=(Need("needling", "people who needle, with a change of an instrument whose error is known"),
                 Need("comparison", "people who do not needle, with the same"))),
    Question("C5", "How often are there side effects, and how long do they last?", fact=_SAFETY,
          counts=("sessions", "asked", "people", "effects", "timed"),
          needs=(Need("asked", "sessions after which somebody was asked about side effects", "sessions", MIN_ASKED),
                 Need("people", "people who were asked"),
                 Need("timed", "side effects whose end, or last day seen, is known", "effects", MIN_TIMED))),
    Question("C6", "Does needling do more in early stages?", (Pair(_STAGES, _STAGE_ARMS),)),
    Question("C7", "Does it help in androgenetic alopecia and in alopecia areata, at hairline and crown?",
          (Pair(_NEEDLING, _NEEDLING_ARMS, "region = 'hairline'", name="androgenetic, hairline, "),
           Pair(_NEEDLING, _NEEDLING_ARMS, "region = 'crown'", name="androgenetic, crown, "),
           Pair(_NEEDLING, _NEEDLING_ARMS, diagnosis=_AREATA, name="areata, "))),
    Question("C8", "What does needling cost at home, and with a professional?", fact=_COSTS,
          counts=("home", "professional", "people", "spread"),
          needs=(Need("home", "people who needle at home and told what they paid"),
                 Need("professional", "people who go to a professional and told what they paid"),
                 Need("spread", "people whose costs can be spread over months", "people", 0.5))),
    Question("C9", "Do a roller and a stamp of the same needle length do the same?", tuple(map(_device, _bands()))),
)  # fmt: skip
"""In the order of the product's list of claims."""
