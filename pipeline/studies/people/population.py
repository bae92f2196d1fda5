"""Who is compared: the population of a comparison, step by step, as SQL over a published version.

The rules are those of a landmark analysis: arms are settled by a day before the visit opens, values up
to that day are history, and somebody for whom the visit has not come yet is not counted as lost.
"""

import re
from dataclasses import dataclass
from typing import Any

import duckdb

from pipeline.contract import reference
from pipeline.studies.people.at_hand import AtHand
from pipeline.studies.people.characteristics import Characteristics, characteristics
from pipeline.studies.people.reading import fetch
from pipeline.studies.people.visits import same_stratum, shown_sql, visits_sql
from pipeline.studies.protocols.arms import arm_sql
from pipeline.studies.protocols.filters import Filters
from pipeline.studies.protocols.instrument import STRATUM, Instrument
from pipeline.studies.protocols.protocol import CHOSEN_STRATEGIES, Protocol
from pipeline.studies.protocols.window import Window

SETTLED = "coalesce(e.is_settled, false)"
"""The condition of the step by which somebody's arm is known."""

UNMEASURED = ("instrument_absent", "no_baseline")
"""Reasons for which nobody passes the step of the measurement."""

_NEW = "NOT coalesce(e.is_prevalent, false)"
_ASKED = "coalesce(e.adjuncts_asked, false)"


@dataclass(frozen=True)
class Population:
    """The steps people pass, in order, and the SQL that tells who passes which.

    `arm_step` is the sentence of the step in which people without an arm are left behind. Where people, or what does
    not hang on the landmark, are put together for several readers, `gathered` names the table and `start` holds the
    other (see `gathering`).
    """

    protocol: Protocol
    instrument: Instrument
    window: Window
    filters: Filters
    stratum: dict[str, str | None]
    arm_step: str
    gathered: str | None = None
    start: AtHand | None = None

    @property
    def characteristics(self) -> Characteristics:
        """What is known of people at time zero."""
        return characteristics(self.protocol, self.instrument)

    @property
    def steps(self) -> tuple[tuple[str, str], ...]:
        """(sentence, condition) in order; a person counts in a step only after all steps before it."""
        people = self.protocol.people
        exposure = self.filters.sql("exposure")
        return (
            *_first_steps(people.diagnosis, self.filters),
            (f"measured with {self.instrument.label}", "p.is_measured"),
            *([] if people.prevalent else [("not already needling at the start", _NEW)]),
            (f"exposure settled by day {self.window.landmark}", SETTLED),
            *([("match the filters on exposure", exposure)] if exposure != "true" else []),
            *([("needling", "coalesce(e.is_needling, false)")] if people.needling else []),
            *([("asked about other treatments", _ASKED)] if people.adjuncts_asked else []),
            (self.arm_step, f"({arm_sql(self.protocol.arms)[0]}) IS NOT NULL"),
            (f"week {self.window.week} has passed", "p.observed_until_day - e.time_zero_day >= $due_day"),
            ("result recorded", "improvement IS NOT NULL"),
        )

    @property
    def sql(self) -> str:
        """A table expression `person`: one row per participant with arm, how many steps they pass in a row (`step`),
        what is known of them, and what they showed at each visit. Of people at hand: what hangs on the landmark."""
        if self.gathered:
            return f"WITH person AS (FROM temp.{self.gathered})"
        return f"{self._everybody}\n)"

    @property
    def _everybody(self) -> str:
        """The same, its bracket open: a condition may follow."""
        places = (f"WHEN NOT coalesce(({condition}), false) THEN {i}" for i, (_, condition) in enumerate(self.steps))
        return f"""
WITH start AS ({f"FROM temp.{self.start.name}" if self.start else self.start_sql}), person AS (
  SELECT p.participant_id, p.clinic_id, p.clinic, e.unsettled_reason, {shown_sql(self.window.week)},
    {arm_sql(self.protocol.arms)[0]} AS arm, (CASE {" ".join(places)} ELSE {len(self.steps)} END)::UTINYINT AS step,
    coalesce(e.is_depth_tied, false) AS tied, 1000 * e.needle_length_mm AS depth,
    1000 * e.sessions_per_week AS frequency{self.characteristics.sql}
  FROM start p
  LEFT JOIN exposure e ON e.participant_id = p.participant_id AND e.landmark_days = $landmark
"""

    @property
    def due_sql(self) -> str:
        """The same of those alone whose visit has passed, with a result or not: whoever passes every step but the
        last. Asked of the tables where they are read, so that nobody else is joined."""
        if self.gathered:
            return f"WITH person AS (FROM temp.{self.gathered} WHERE {passed(len(self.steps) - 2)})"
        return f"{self._everybody} WHERE {' AND '.join(f'({asked})' for _, asked in self.steps[:-1])}\n)"

    @property
    def start_sql(self) -> str:
        """SELECT: one row per participant with all of it that does not hang on the landmark: what the steps ask of the
        person, what is known at time zero, and what was shown at each visit."""
        conditions = " ".join((arm_sql(self.protocol.arms)[0], *(condition for _, condition in self.steps)))
        asked = sorted(set(re.findall(r"\bp\.(\w+)", conditions)) - {"is_measured"})
        asked_sql = "".join(f", p.{name}" for name in asked if name != "clinic_id")
        is_change = self.instrument.is_change
        return f"""
WITH visit AS ({visits_sql(self.instrument, self.window.week, self.hypothetical)})
{f", measured AS ({MEASURED_CHANGE})" if is_change else ""}
SELECT p.participant_id, p.clinic_id, coalesce(p.clinic_id, p.source) AS clinic,
  {"m" if is_change else "b"}.participant_id IS NOT NULL AS is_measured,
  v.* EXCLUDE (participant_id){asked_sql}{self.characteristics.start_sql}
FROM participants p
LEFT JOIN baseline b ON b.participant_id = p.participant_id AND b.instrument = $instrument AND {same_stratum("b")}
{"LEFT JOIN measured m ON m.participant_id = p.participant_id" if is_change else ""}
LEFT JOIN visit v ON v.participant_id = p.participant_id"""

    @property
    def hypothetical(self) -> list[str]:
        """Events after which results are taken as missing."""
        chosen = self.protocol.strategies
        return [event for event in CHOSEN_STRATEGIES if chosen[event] == "hypothetical"]

    @property
    def parameters(self) -> dict[str, Any]:
        return {
            "diagnosis": self.protocol.people.diagnosis,
            "instrument": self.instrument.code,
            "week": self.window.week,
            "landmark": self.window.landmark,
            "due_day": self.window.due_day,
            "hypothetical": self.hypothetical,
            **{f"at_{column}": value for column, value in self.stratum.items()},
            **arm_sql(self.protocol.arms)[1],
            **self.filters.parameters,
        }


def _first_steps(diagnosis: str, filters: Filters) -> tuple[tuple[str, str], ...]:
    """The steps that ask for nothing but what stands in `participants`, as in `Population.steps`."""
    person = filters.sql("person", besides=("diagnosis",))
    return (
        ("all participants", "true"),
        (f"diagnosis: {reference.label('diagnosis', diagnosis)}", "p.diagnosis = $diagnosis"),
        *([("match the filters on people", person)] if person != "true" else []),
    )


def attrition_without_answer(
    con: duckdb.DuckDBPyConnection, protocol: Protocol, instrument: Instrument, filters: Filters, reason: str
) -> tuple[tuple[str, int], ...]:
    """How far people come where nobody can be compared: to the measurement that nobody has, if that is the reason."""
    steps = _first_steps(protocol.people.diagnosis, filters)
    conditions = [condition for _, condition in steps]
    counts = ", ".join(f"count(*) FILTER ({' AND '.join(conditions[: i + 1])})" for i in range(len(steps)))
    known = {"diagnosis": protocol.people.diagnosis, **filters.parameters}
    (found,) = fetch(con, f"SELECT {counts} FROM participants p", known)
    unmeasured = [(f"measured with {instrument.label}", 0)] if reason in UNMEASURED else []
    return (*((sentence, n) for (sentence, _), n in zip(steps, found, strict=True)), *unmeasured)


def passed(step: int) -> str:
    """SQL: the person passed every step up to this one."""
    return f"step > {step}"


# A change has no baseline to show that somebody takes part in it, and asking for a later value would
# select on the outcome: whoever belongs to a source that records it counts as measured.
MEASURED_CHANGE = f"""
  SELECT participant_id FROM participants WHERE source IN (
    SELECT q.source FROM outcome_change o JOIN participants q USING (participant_id)
    WHERE o.instrument = $instrument AND {same_stratum("o")})"""


def choose_stratum(
    con: duckdb.DuckDBPyConnection, instrument: Instrument, week: int, diagnosis: str, filters: Filters
) -> tuple[dict[str, str | None], int] | None:
    """The one combination of region, side, rater and method in which most people have a result at this
    visit, and how many combinations there are; None where nobody was measured.

    One combination for the whole comparison: so everybody counts once and was measured the same way.
    """
    order = ", ".join(f"{column} NULLS FIRST" for column in STRATUM)
    # the back of the head is a negative control: nobody's hair loss is measured there unless somebody asks for it
    spared = "true" if "region" in filters.values else "o.region IS DISTINCT FROM 'occipital'"
    person = f"p.diagnosis = $diagnosis AND {filters.sql('person', besides=('diagnosis',))}"
    known = {"instrument": instrument.code, "diagnosis": diagnosis, "week": week, **filters.parameters}
    everybody = f"SELECT coalesce(bool_and(coalesce({person}, false)), false) FROM participants p"
    if fetch(con, everybody, known)[0][0]:  # nobody has to be told from others, person by person
        people, person = "", "true"
    else:
        people = "JOIN participants p USING (participant_id)"
    sql = f"""
SELECT {", ".join(f"o.{c}" for c in STRATUM)}
FROM outcome_change o {people}
WHERE o.instrument = $instrument AND {person} AND {filters.sql("measurement")}
  AND o.improvement_milli IS NOT NULL AND {spared}
GROUP BY ALL ORDER BY count(*) FILTER (o.visit_week = $week) DESC, count(*) DESC, {order}"""
    found = fetch(con, sql, known)
    return (dict(zip(STRATUM, found[0], strict=True)), len(found)) if found else None


def is_measured(con: duckdb.DuckDBPyConnection, instrument: Instrument, diagnosis: str, filters: Filters) -> bool:
    """Whether any of these people have a value at any visit, be there a start to compare it with or not."""
    sql = f"""
SELECT count(*) > 0 FROM outcome_change o JOIN participants p USING (participant_id)
WHERE o.instrument = $instrument AND p.diagnosis = $diagnosis
  AND {filters.sql("person", "measurement", besides=("diagnosis",))}"""
    known = {"instrument": instrument.code, "diagnosis": diagnosis}
    return bool(fetch(con, sql, known | filters.parameters)[0][0])
