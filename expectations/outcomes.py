"""Recorded values: on the instrument's scale, for the right diagnosis, measured rather than guessed."""

from pipeline.contract import reference
from pipeline.contract.tables import EARLIEST_DAY
from pipeline.validate.recurring import late_entry, missing_share, row_count_drift, same_as_landing, same_sum
from pipeline.validate.rules import Drift, Measure, Rows, Rule, Suite

MOST_ROUND_SHARE = 0.6
"""Values that end in 0 or 5: a fifth by chance, over three fifths means that people estimate; judgement."""
FEWEST_TO_JUDGE = 100
"""Below it a share of rounded values says little."""
STRAIGHT_LINE_VISITS = 4
MOST_STRAIGHT_LINERS = 0.5
MOST_DENSITY_SHIFT = 21
"""hairs/cm2: the measurement error of density (product, responders); a mean that moves by it is another method."""


def _text(code: str) -> str:
    return "'" + code.replace("'", "''") + "'"


def _instruments() -> str:
    """The instruments as SQL rows: bounds on the stored scale, native unit, diagnoses."""
    rows = (
        f"({_text(r['code'])}, {float(r['low'])} * 10 ** {r['decimals']}, {float(r['high'])} * 10 ** {r['decimals']}, "
        f"10 ** {r['decimals']}, {_text(r['unit'])}, {_text(r['diagnoses'])}, {r['needs_area']})"
        for r in reference.rows("instruments")
    )
    return f"(VALUES {', '.join(rows)}) AS i(code, low, high, scale, unit, diagnoses, needs_area)"


_OF_INSTRUMENT = f"EXISTS (SELECT 1 FROM {_instruments()} WHERE i.code = b.instrument AND "

_ROUND_SHARE = f"""
    SELECT CASE WHEN count(*) >= {FEWEST_TO_JUDGE} THEN avg((round(value / i.scale) % 5 = 0)::INTEGER) END
    FROM {{batch}} AS o JOIN {_instruments()} ON i.code = o.instrument
    WHERE o.instrument IN ('hair_density', 'hair_count', 'comb_count_60s')
"""
_STRAIGHT_LINERS = f"""
    SELECT avg((lowest = highest)::INTEGER) FROM (
        SELECT min(value) AS lowest, max(value) AS highest FROM {{batch}} WHERE rater = 'participant'
        GROUP BY {{person}}, instrument, region, side HAVING count(*) >= {STRAIGHT_LINE_VISITS})
"""
_MEAN_DENSITY = f"""
    SELECT avg(value / i.scale) FROM {{batch}} AS o JOIN {_instruments()} ON i.code = o.instrument
    WHERE o.instrument = 'hair_density'
"""

SUITE = Suite(
    "outcomes",
    (
        Rule(
            "outcomes.value_on_scale",
            "critical",
            "A value lies on its instrument's scale, as admission promises; beyond it, a unit or a digit is wrong.",
            Rows(_OF_INSTRUMENT + "(b.value < i.low OR b.value > i.high))"),
        ),
        Rule(
            "outcomes.native_unit",
            "critical",
            "A value is stored in its instrument's own unit; two units in one mean make nonsense.",
            Rows(_OF_INSTRUMENT + "b.unit <> i.unit)"),
        ),
        Rule(
            "outcomes.count_has_area",
            "critical",
            "A count of hairs has the area that was counted, or it cannot be compared with another.",
            Rows(_OF_INSTRUMENT + "i.needs_area AND coalesce(b.area_cm2, 0) <= 0)"),
        ),
        Rule(
            "outcomes.instrument_for_diagnosis",
            "warning",
            "The instrument is meant for the person's diagnosis; a corrected diagnosis may have left "
            "old values behind.",
            Rows(
                _OF_INSTRUMENT + "i.diagnoses <> '' AND EXISTS (SELECT 1 FROM {participants} AS p "
                "WHERE p.{person} = b.{person} AND NOT list_contains(string_split(i.diagnoses, '|'), p.diagnosis)))"
            ),
        ),
        Rule(
            "outcomes.day_admitted",
            "warning",
            "No assessment lies more than 365 days before enrolment; a corrected enrolment may have moved old ones.",
            Rows(f"b.assessed_day < {EARLIEST_DAY}"),
            only="research",
        ),
        Rule(
            "outcomes.within_observation",
            "warning",
            "No assessment lies after the day on which the person's data were taken out.",
            Rows(
                "EXISTS (SELECT 1 FROM {participants} AS p WHERE p.participant_id = b.participant_id "
                "AND b.assessed_day > p.observed_until_day)"
            ),
            only="research",
        ),
        Rule(
            "outcomes.digit_preference",
            "warning",
            f"At most {MOST_ROUND_SHARE:.0%} of counted values end in 0 or 5 (a fifth would by "
            "chance); more is estimated by eye.",
            Measure(_ROUND_SHARE, high=MOST_ROUND_SHARE),
        ),
        Rule(
            "outcomes.straight_lining",
            "warning",
            "Most people who rate themselves four times or more give more than one value; otherwise forms are copied.",
            Measure(_STRAIGHT_LINERS, high=MOST_STRAIGHT_LINERS),
        ),
        missing_share("outcomes", "region", 0.8, "baseline and follow-up must share the region."),
        missing_share("outcomes", "method", 0.8, "baseline and follow-up must share the method."),
        late_entry("outcomes"),
        row_count_drift("outcomes"),
        Rule(
            "outcomes.density_drift",
            "warning",
            f"Mean density has moved by at most {MOST_DENSITY_SHIFT} hairs/cm2 since the last "
            "version; a method may have changed.",
            Drift(_MEAN_DENSITY, shift=MOST_DENSITY_SHIFT),
            only="research",
        ),
        *same_as_landing("outcomes"),
        same_sum("outcomes", "value"),
    ),
)
