"""Cost, one row per participant, currency and item: the sums are those of the payments."""

from pipeline.contract import reference
from pipeline.validate.recurring import row_count_drift
from pipeline.validate.rules import Between, HasColumns, InSet, Matches, Measure, NotNull, Rows, Rule, Suite, Unique

_COLUMNS = (
    ("participant_id", "INTEGER"),
    ("currency", "VARCHAR"),
    ("item", "VARCHAR"),
    ("per_month", "DOUBLE"),
)
_ORPHAN = "NOT EXISTS (SELECT 1 FROM {participants} AS p WHERE p.participant_id = b.participant_id)"


def _codes(vocabulary: str) -> tuple[str, ...]:
    return tuple(term.code for term in reference.vocabulary(vocabulary))


SUITE = Suite(
    "cost",
    (
        Rule("cost.columns", "critical", "cost has the columns that its readers need.", HasColumns(_COLUMNS)),
        Rule(
            "cost.grain",
            "critical",
            "There is one row per participant, currency and item; currencies are never added up.",
            Unique(("participant_id", "currency", "item")),
        ),
        Rule("cost.participant.exists", "critical", "Every cost belongs to a participant.", Rows(_ORPHAN)),
        Rule("cost.amount.present", "critical", "Every row has its amount.", NotNull("amount")),
        Rule("cost.amount.range", "critical", "No amount is negative.", Between("amount", low=0)),
        Rule(
            "cost.per_month.range",
            "critical",
            "No monthly cost is negative; it is empty where it cannot be said.",
            Between("per_month", low=0),
        ),
        Rule(
            "cost.currency.vocabulary",
            "critical",
            "Currencies are ISO 4217 codes.",
            InSet("currency", _codes("currency")),
        ),
        Rule("cost.item.vocabulary", "critical", "Items are those of the vocabulary.", InSet("item", _codes("item"))),
        Rule(
            "cost.has_payments",
            "critical",
            "Every row is made of at least one payment.",
            Rows("coalesce(b.n_payments, 0) < 1"),
        ),
        Rule(
            "cost.sum_of_payments",
            "critical",
            "The amounts add up to those of the payments: none lost, none doubled.",
            Measure(
                "SELECT coalesce(sum(amount), 0) - coalesce((SELECT sum(amount) FROM {costs}), 0) FROM {batch}",
                low=0,
                high=0,
            ),
        ),
        Rule(
            "cost.sum_at_landing",
            "critical",
            "The amounts add up to those at landing.",
            Matches(
                "SELECT coalesce(sum(amount), 0) FROM {batch}", "SELECT coalesce(sum(amount), 0) FROM landing_costs"
            ),
        ),
        Rule(
            "cost.number_of_payments",
            "critical",
            "As many payments went into the sums as there are.",
            Measure("SELECT coalesce(sum(n_payments), 0) - (SELECT count(*) FROM {costs}) FROM {batch}", low=0, high=0),
        ),
        row_count_drift("cost"),
    ),
    is_mart=True,
)
