"""Count rules, as data with their sources. A count that may not be shown is a mark of its own, never 0."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from pipeline.contract.clinic_profiles import OWN

if TYPE_CHECKING:  # every run asks for a policy, and few for what Polars does with it
    import polars as pl

Count = TypeVar("Count", int, "pl.Expr")


@dataclass(frozen=True)
class Policy:
    """Counts up to `suppress_up_to` are suppressed, the rest rounded to the nearest `round_to`.

    `are_zeros_shown`: nobody at all may be said to be nobody. `min_clinics` and `max_share` bound what several
    clinics are shown together: how many, and the largest share of the people that one of them may hold.
    `dominant_share` and `p_ratio` bound what a sum or a mean may rest on: see `is_dominated`.
    """

    name: str
    suppress_up_to: int
    are_zeros_shown: bool
    round_to: int
    source: str
    min_clinics: int = 3
    max_share: float = 0.5
    dominant_share: float = 0.9
    p_ratio: float = 0.1

    @property
    def threshold(self) -> int:
        """The fewest people that may be shown, or by whom two releases may differ."""
        return self.suppress_up_to + 1

    @property
    def blurs_differences(self) -> bool:
        """Whether rounding alone hides by how few what is withheld grew between two releases: of either one total and
        at least one cell are rounded, and each of the four leaves `round_to` - 1 open.

        >>> STRICT.blurs_differences, PROFILES["acro"].blurs_differences
        (True, False)
        """
        return 4 * (self.round_to - 1) >= self.threshold

    @property
    def rule(self) -> str:
        """The rule in words, to stand beside every number it was applied to."""
        first = 1 if self.are_zeros_shown else 0
        rounded = f", rounded to {self.round_to}" if self.round_to > 1 else ""
        return f"{self.name}: {first} to {self.suppress_up_to} suppressed{rounded}"

    def is_small(self, count: int) -> bool:
        """Whether a count may not be shown.

        >>> STRICT.is_small(0), OWN_CLINIC.is_small(0), OWN_CLINIC.is_small(4)
        (True, False, True)
        """
        return count <= self.suppress_up_to and not (count == 0 and self.are_zeros_shown)

    def rounded(self, count: Count) -> Count:
        """A count, or a column of counts, that may be shown, to the nearest multiple. What is shown as 10 under
        `STRICT` is 11 or 12.

        >>> [STRICT.rounded(count) for count in (11, 12, 13, 17)]
        [10, 10, 15, 15]
        """
        return (count + self.round_to // 2) // self.round_to * self.round_to

    def is_dominated(self, total: float, first: float, second: float) -> bool:
        """Whether a sum tells what its largest contributor put in. All three are of sizes, that is without a sign.

        n-k: the two largest are over `dominant_share` of the total. p%: whoever put in the second largest can take
        it off the sum and knows the largest to within `p_ratio` of itself. Hundepool, A. et al. (2012). Statistical
        Disclosure Control, 4.2.1; n = 2, k = 0.9 and p = 0.1 are the defaults of ACRO.

        >>> STRICT.is_dominated(1000, 950, 20), STRICT.is_dominated(1000, 100, 90)
        (True, False)
        """
        return first + second > self.dominant_share * total or total - first - second < self.p_ratio * first

    def is_told_by_squares(self, total: float, first: float, second: float) -> bool:
        """Whether a sum of squares tells its largest value: whoever put in the second largest takes it off, and the
        root of what is left is the largest to within `p_ratio` of itself. All three are squares.

        >>> STRICT.is_told_by_squares(27000.0, 22500.0, 400.0), STRICT.is_told_by_squares(8000.0, 3600.0, 400.0)
        (True, False)
        """
        return total - second < (1 + self.p_ratio) ** 2 * first


STRICT = Policy(
    "strict", 10, False, 5,
    "CMS cell suppression policy (no cell of 1 to 10) with UK LLC's treatment of zero as small; rounding to 5 after "
    "redaction as OpenSAFELY does",
)  # fmt: skip
FEWEST_CLINICS = 3
"""Of several clinics together nothing is told where there are fewer, whatever a profile allows (judgement)."""

FEWEST_CLINICS_FOR_PRICES = 5
"""Prices of competitors are told together of five or more: statement 6 of the US antitrust agencies' policy in health
care (1996, withdrawn in 2023), which is still the usual rule of thumb."""

OWN_CLINIC = Policy(
    OWN, 4, True, 1,
    "judgement: a clinic's own patients only, where a steward recorded on what basis; fewer than 5 as many registries",
)  # fmt: skip

PROFILES: Mapping[str, Policy] = {
    policy.name: policy
    for policy in (
        STRICT,
        Policy("opensafely", 7, True, 5, "OpenSAFELY output checking: redact 7 or fewer, then round to 5"),
        Policy("cms", 10, True, 1, "CMS cell size suppression policy: no cell of 1 to 10"),
        Policy("hcup", 10, False, 1, "HCUP: no cell of 10 or fewer, at least two hospitals in a cell", min_clinics=2),
        Policy("nhs_hes", 7, True, 5, "NHS England, HES and ECDS from September 2018: 1 to 7 suppressed"),
        Policy("ukllc", 9, False, 1, "UK LLC: fewer than 10 rejected, zero included"),
        Policy("acro", 9, False, 1, "ACRO's defaults: threshold 10, zeros are disclosive"),
        OWN_CLINIC,
    )
}
"""By name. `STRICT` is what is used where nothing else was chosen."""


def named(rule: str) -> Policy | None:
    """The profile whose `rule` is kept beside a figure, by its name; None for one that is no longer there.

    >>> named(STRICT.rule) is STRICT
    True
    """
    return PROFILES.get(rule.partition(":")[0])


CHOICES = tuple(name for name in PROFILES if name != OWN_CLINIC.name)
"""The profiles that a home may choose for the tables that go into the benchmark."""
