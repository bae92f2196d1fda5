"""Columns that are records of their own: an instrument's values at a visit, a side effect's tick box."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.contract import reference
from pipeline.contract.instruments import Instrument, instruments
from pipeline.contract.words import TICKED, UNTICKED
from pipeline.proposal import headers, units
from pipeline.proposal.profile import Profile
from pipeline.proposal.units import Unit

SELF_RATED = (
    "ga_participant", "satisfaction_nrs", "comb_count_60s", "wash_test", "shedding_visual", "sinclair_shedding",
    "waa_qol", "skindex_hair_global", "aappo_emotional", "aappo_activity", "dlqi", "pain_nrs", "pain_vas",
)  # fmt: skip
"""Instruments that the person answers or counts; a global assessment by the investigator is the clinician's. Who judged
any other one, only the sender knows."""

_TICKED_SHARE = 0.8


@dataclass(frozen=True)
class WideColumn:
    """One column of outcomes. `week` or `day` from enrolment where the header names a visit."""

    header: str
    instrument: Instrument
    unit: Unit | None
    week: int | None
    day: int | None

    @property
    def rater(self) -> str | None:
        if self.instrument.code == "ga_investigator":
            return "clinician"
        return "participant" if self.instrument.code in SELF_RATED else None

    @property
    def lacks_unit(self) -> bool:
        """Whether the sender must say which of several units the values are in."""
        return self.unit is None and len(self.instrument.units) > 1

    @property
    def is_placed(self) -> bool:
        return self.week is not None or self.day is not None


def instrument_columns(profiles: Sequence[Profile]) -> tuple[WideColumn, ...]:
    """The columns that hold values of an instrument."""
    found = []
    for profile in profiles:
        name = headers.wide_name(profile.header)
        code = headers.instrument_of(name.words)
        if code is None or not _could_measure(instruments()[code], profile):
            continue
        instrument = instruments()[code]
        unit = units.of_instrument(instrument, profile, name.unit)
        found.append(WideColumn(profile.header, instrument, unit, name.week, name.day))
    return tuple(found)


def _could_measure(instrument: Instrument, profile: Profile) -> bool:
    if profile.n == 0 or profile.is_dates:
        return False
    stages = {
        word.lower()
        for row in reference.rows("stages")
        if row["scale"] == instrument.code
        for word in (row["code"], row["label"], *row["synonyms"].split("|"))
    }
    if stages:
        known = sum(word.n for word in profile.words if word.text.lower() in stages)
        return bool(profile.words) and known >= profile.n / 2
    return profile.is_numeric


def effect_columns(profiles: Sequence[Profile]) -> dict[str, str]:
    """Tick-box columns and the side effect each stands for."""
    found: dict[str, str] = {}
    for profile in profiles:
        effect = headers.effect_of(headers.wide_name(profile.header).words)
        if effect is not None and effect not in found.values() and _is_box(profile):
            found[profile.header] = effect
    return found


def _is_box(profile: Profile) -> bool:
    """Whether the cells are ticks; a box that nobody ticked is one too."""
    ticks = sum(word.n for word in profile.words if word.text.lower() in (*TICKED, *UNTICKED))
    return ticks >= _TICKED_SHARE * profile.n


def ticked_word(profile: Profile) -> str | None:
    """The word of a column that means: yes, this question was put."""
    return next((word.text for word in profile.words if word.text.lower() in TICKED), None)
