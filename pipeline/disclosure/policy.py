"""Count rules. A count that may not be shown is a mark of its own, never 0."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Policy:
    """Counts from 0 to `suppress_up_to` are suppressed, the rest rounded to the nearest `round_to`."""

    name: str
    suppress_up_to: int
    round_to: int
    source: str

    @property
    def rule(self) -> str:
        """The rule in words, to stand beside every number it was applied to."""
        return f"{self.name}: 0 to {self.suppress_up_to} suppressed, rounded to {self.round_to}"


STRICT = Policy(
    "strict",
    suppress_up_to=10,
    round_to=5,
    source="CMS cell suppression policy (no cell of 1 to 10) with UK LLC's treatment of zero as small; "
    "rounding to 5 after redaction as OpenSAFELY does",
)


@dataclass(frozen=True)
class Count:
    """A count as it may be shown; `n_shown` is None where it is suppressed."""

    n_shown: int | None
    is_suppressed: bool
    rule: str


def suppress(count: int, policy: Policy = STRICT) -> Count:
    """The count under the policy.

    >>> suppress(10).n_shown is None, suppress(13).n_shown
    (True, 15)
    """
    if count <= policy.suppress_up_to:
        return Count(None, True, policy.rule)
    return Count((count + policy.round_to // 2) // policy.round_to * policy.round_to, False, policy.rule)
