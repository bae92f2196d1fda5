"""What happened to a participation: once, and nothing after the end."""

from pipeline.validate.recurring import late_entry, row_count_drift, same_as_landing
from pipeline.validate.rules import Groups, Rows, Rule, Suite

_SESSION_AFTER = (
    "b.event IN ('died', 'withdrew_consent') AND EXISTS (SELECT 1 FROM {sessions} AS s "
    "WHERE s.{person} = b.{person} AND s.performed_day > b.occurred_day)"
)

SUITE = Suite(
    "events",
    (
        Rule(
            "events.nothing_after_the_end",
            "warning",
            "Nobody has a session after they died or withdrew; the event's day or the person is mistaken.",
            Rows(_SESSION_AFTER),
            only="research",
        ),
        Rule(
            "events.dies_once",
            "warning",
            "Nobody dies twice; otherwise two people share an id or an event was sent twice with different days.",
            Groups("SELECT {person} FROM {batch} WHERE event = 'died' GROUP BY {person} HAVING count(*) > 1"),
        ),
        late_entry("events"),
        row_count_drift("events"),
        *same_as_landing("events"),
    ),
)
