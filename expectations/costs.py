"""Payments: one currency a person, purchases with a stated life."""

from pipeline.validate.recurring import late_entry, row_count_drift, same_as_landing, same_sum
from pipeline.validate.rules import Groups, Measure, Rule, Suite

MOST_WITHOUT_LIFE = 0.5
"""Above it, most purchases cannot be spread over months; judgement of this project."""

_LIFE_UNKNOWN = "SELECT avg((lasts_months IS NULL)::INTEGER) FROM {batch} WHERE item IN ('device', 'cartridge')"

SUITE = Suite(
    "costs",
    (
        Rule(
            "costs.life_unknown_share",
            "warning",
            f"At most {MOST_WITHOUT_LIFE:.0%} of devices and cartridges lack months of use, without "
            "which no cost per month can be said.",
            Measure(_LIFE_UNKNOWN, high=MOST_WITHOUT_LIFE),
        ),
        Rule(
            "costs.one_currency",
            "warning",
            "A person pays in one currency; amounts are never converted, so a second one is shown apart.",
            Groups("SELECT {person} FROM {batch} GROUP BY {person} HAVING count(DISTINCT currency) > 1"),
        ),
        late_entry("costs"),
        row_count_drift("costs"),
        *same_as_landing("costs"),
        same_sum("costs", "amount * 100"),
    ),
)
