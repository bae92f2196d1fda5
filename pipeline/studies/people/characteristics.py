"""What is known of people at time zero, as SQL over p (participants), b (baselines) and e (exposure at the landmark).

Every number is a whole thousandth of its unit, and every word is there.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.studies.protocols.instrument import Instrument
from pipeline.studies.protocols.protocol import Protocol

UNKNOWN = "unknown"

WORDS: Mapping[str, Mapping[str, str]] = {
    "age_band": {"age_band": "p.age_band"},
    "sex": {"sex": "p.sex"},
    "stage": {"staging_scale": "p.staging_scale"},
    "prior_minoxidil_response": {"prior_minoxidil_response": "p.prior_minoxidil_response"},
    "prior_microneedling": {"prior_microneedling": "p.prior_microneedling"},
    "minoxidil": {
        "minoxidil": "CASE WHEN NOT coalesce(e.adjuncts_asked, false) THEN 'not asked' "
        "WHEN list_has_any(e.adjuncts_at_zero, ['minoxidil_topical', 'minoxidil_oral']) THEN 'yes' ELSE 'no' END"
    },
    "source": {"source": "p.source"},
}
OF_EXPOSURE = frozenset(("minoxidil",))
"""Words that may be others at another landmark."""

LEVELS: Mapping[str, tuple[str, ...]] = {"minoxidil": ("no", "not asked", "yes")}
"""Of words that are made here; those of the others are what the participants have."""

NUMBERS: Mapping[str, Mapping[str, str]] = {
    "baseline": {"baseline": "b.baseline_milli"},
    "stage": {"stage_rank": "p.stage_rank * 1000"},
    "years_since_onset": {"years_since_onset": "round(p.years_since_onset * 1000)"},
}
"""Per covariate of a protocol, the columns it becomes."""

WITHIN: Mapping[str, str] = {"stage_rank": "staging_scale"}
"""Ranks of one scale say nothing of those of another: a number counts from the mean of its word's people."""

_SETTLED_BY_ARM = {
    "minoxidil": ("adjunct", "with", "with_over_6_months", "with_under_6_months"),
    "stage": ("stage", "early_or_later"),
}
"""A characteristic that makes the arms cannot be adjusted for."""


@dataclass(frozen=True)
class Characteristics:
    """Columns by name, as SQL; `names` holds words and numbers in the order in which they are adjusted for."""

    names: tuple[str, ...]
    words: Mapping[str, str]
    numbers: Mapping[str, str]

    @property
    def start_sql(self) -> str:
        """Those that are the same at every landmark, one after the other, each after a comma: known_<name>."""
        words = {name: f"coalesce({sql}, '{UNKNOWN}')" for name, sql in self.words.items() if name not in OF_EXPOSURE}
        numbers = {name: f"({sql})::BIGINT" for name, sql in self.numbers.items()}
        return "".join(f", {sql} AS known_{name}" for name, sql in (words | numbers).items())

    @property
    def sql(self) -> str:
        """All columns, of the rows in which those stand and of the exposure."""
        own = {name: f"coalesce({sql}, '{UNKNOWN}')" for name, sql in self.words.items() if name in OF_EXPOSURE}
        return "".join(f", {own.get(name, f'p.known_{name}')} AS {name}" for name in (*self.words, *self.numbers))


def characteristics(protocol: Protocol, instrument: Instrument) -> Characteristics:
    """Those that a protocol adjusts for and that its arms do not settle."""
    told = protocol.told_by
    asked = [
        name
        for name in protocol.covariates
        if not told & set(_SETTLED_BY_ARM.get(name, ())) and (name != "baseline" or not instrument.is_change)
    ]
    return Characteristics(
        tuple(name for code in asked for name in (*WORDS.get(code, ()), *NUMBERS.get(code, ()))),
        {name: sql for code in asked for name, sql in WORDS.get(code, {}).items()},
        {name: sql for code in asked for name, sql in NUMBERS.get(code, {}).items()},
    )
