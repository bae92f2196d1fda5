"""Which of the field's questions a set of people could answer: is what a question needs there, and are they enough?

Reads the marts. A comparison counts as possible where its arms are large enough to show a difference
as small as the instrument's margin; nothing is estimated here.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import duckdb

from pipeline.contract import reference
from pipeline.contract.instruments import Instrument, instruments
from pipeline.studies.contrasts.arm_estimates import MIN_OBSERVED
from pipeline.studies.people.reading import fetch
from pipeline.studies.protocols.questions import LONGEST, QUESTIONS, Pair, Question

Answer = Literal["yes", "in part", "not yet"]

DETECTABLE = 2.8
"""Standard errors that a difference must reach to be seen in 80 of 100 samples at 5%, two-sided: 1.96 + 0.84."""

FROM_WEEK = 12
"""Hair needs a cycle to show anything: no instrument of growth is read earlier."""


@dataclass(frozen=True)
class Readiness:
    """One question. `because` says in plain sentences what is there and what is not."""

    claim: str
    question: str
    answer: Answer
    because: tuple[str, ...]


@dataclass(frozen=True)
class _Arm:
    n: int
    total: float
    squares: float


def readiness(con: duckdb.DuckDBPyConnection, pseudonyms: Sequence[str]) -> tuple[Readiness, ...]:
    """Every question, for the people of these pseudonyms, from a version's marts."""
    con.execute("CREATE OR REPLACE TEMP TABLE asked_for AS SELECT CAST(unnest(?) AS UUID) AS pseudonym", [pseudonyms])
    con.execute(_PEOPLE)
    return tuple(_one(con, question) for question in QUESTIONS)


def nobody() -> tuple[Readiness, ...]:
    """Every question, where there is nobody to answer it."""
    return tuple(Readiness(q.claim, q.text, "not yet", ("no participant was admitted",)) for q in QUESTIONS)


_PEOPLE = """
CREATE OR REPLACE TEMP TABLE chosen AS
SELECT * FROM participants WHERE pseudonym IN (SELECT pseudonym FROM asked_for)
"""

_RESULTS = """
SELECT {arm} AS arm, o.improvement_milli / 1000.0 AS improvement
FROM chosen p
JOIN exposure e ON e.participant_id = p.participant_id AND e.landmark_days = $landmark
JOIN outcome_change o ON o.participant_id = p.participant_id
WHERE o.instrument = $instrument AND o.visit_week >= $week AND o.visit_day > $landmark AND p.diagnosis = $diagnosis
  AND o.improvement_milli IS NOT NULL AND e.is_settled AND NOT coalesce(e.is_prevalent, false) AND {condition}
QUALIFY row_number() OVER (PARTITION BY p.participant_id ORDER BY abs(o.visit_week - 24), o.visit_week, o.region) = 1
"""


def _instrument(con: duckdb.DuckDBPyConnection, diagnosis: str) -> Instrument | None:
    """The instrument of growth that most people have a change of; hair density where there is a tie."""
    found = fetch(
        con,
        "SELECT o.instrument, count(DISTINCT o.participant_id) AS n FROM outcome_change o JOIN chosen p USING "
        "(participant_id) WHERE p.diagnosis = $diagnosis AND o.visit_week >= $week AND o.improvement_milli IS NOT NULL "
        "GROUP BY o.instrument ORDER BY n DESC, o.instrument <> 'hair_density', o.instrument",
        {"week": FROM_WEEK, "diagnosis": diagnosis},
    )
    known = instruments()
    usable = [known[code] for code, _ in found if known[code].margin is not None and known[code].scale != "ordinal"]
    return usable[0] if usable else None


def _one(con: duckdb.DuckDBPyConnection, question: Question) -> Readiness:
    if question.fact is not None:
        answer, because = _fact(con, question)
    else:
        found = [_pair(con, pair) for pair in question.pairs]
        because = [sentence for _, sentence in found]
        enough = [is_enough for is_enough, _ in found]
        answer = "yes" if all(enough) else "in part" if any(enough) else "not yet"
    return Readiness(question.claim, question.text, answer, tuple(dict.fromkeys(because)))


def _pair(con: duckdb.DuckDBPyConnection, pair: Pair) -> tuple[bool, str]:
    """Whether the arms of one comparison are enough, and a sentence with their numbers."""
    instrument = _instrument(con, pair.diagnosis)
    if instrument is None:
        label = reference.label("diagnosis", pair.diagnosis).lower()
        return False, f"nobody with {label} has a baseline and a result after {FROM_WEEK} weeks or more"
    results = _RESULTS.format(arm=pair.arm, condition=pair.condition)
    sums = "count(*), coalesce(sum(improvement), 0), coalesce(sum(improvement * improvement), 0)"
    known = {"instrument": instrument.code, "landmark": pair.landmark, "week": FROM_WEEK, "diagnosis": pair.diagnosis}
    rows = fetch(con, f"SELECT arm, {sums} FROM ({results}) GROUP BY arm", known)
    found = {row[0]: _Arm(int(row[1]), float(row[2]), float(row[3])) for row in rows}
    arms = [found.get(code, _Arm(0, 0.0, 0.0)) for code in pair.arms]
    counts = ", ".join(f"{label} {arm.n}" for label, arm in zip(pair.arms.values(), arms, strict=True))
    head = f"{pair.name}people with a change of {instrument.label.lower()}: {counts}"
    if min(arm.n for arm in arms) < MIN_OBSERVED:
        return False, f"{head}; at least {MIN_OBSERVED} of each are needed to compare at all"
    return _precision(arms, instrument, head)


def _precision(arms: Sequence[_Arm], instrument: Instrument, head: str) -> tuple[bool, str]:
    n = sum(arm.n for arm in arms)
    within = sum(arm.squares - arm.total**2 / arm.n for arm in arms)
    deviation = math.sqrt(max(within, 0.0) / max(n - len(arms), 1))
    smallest = DETECTABLE * deviation * math.sqrt(sum(1 / arm.n for arm in arms))
    margin = instrument.margin or 0.0
    sentence = f"{head}; they could show a difference of {smallest:.1f}, and {margin:g} is what matters"
    if smallest <= margin:
        return True, sentence
    wanted = math.ceil(len(arms) * (DETECTABLE * deviation / margin) ** 2)
    return False, f"{sentence}: about {wanted} of each would do, here or in other drops"


def _fact(con: duckdb.DuckDBPyConnection, question: Question) -> tuple[Answer, list[str]]:
    known = {"landmark": LONGEST, "week": FROM_WEEK}
    ((*counts,),) = fetch(con, question.fact or "", known)
    lines = list(_sentences(question, [int(n or 0) for n in counts]))
    is_met = [met for met, _ in lines]
    return ("yes" if all(is_met) else "not yet"), [sentence for _, sentence in lines]


def _sentences(question: Question, counts: list[int]) -> Iterator[tuple[bool, str]]:
    """One per need of the question: (is it met, the sentence)."""
    named = dict(zip(question.counts, counts, strict=True))
    for need in question.needs:
        least = math.ceil(need.share * named[need.of]) if need.of else MIN_OBSERVED
        is_met = named[need.what] >= max(least, 1)
        wanted = "" if is_met else f"; {max(least, 1)} or more are needed"
        of = f" of {named[need.of]}" if need.of else ""
        yield is_met, f"{need.sentence}: {named[need.what]}{of}{wanted}"
