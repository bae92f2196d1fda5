"""What is true by construction: potential outcomes, rates, and how many rows are bad. Becomes truth.json."""

from collections import Counter, defaultdict
from dataclasses import asdict, dataclass, field
from datetime import date

import numpy as np

from pipeline.simulate.assumptions import ARMS, BANDS, NOTE, TRUTH_WEEKS, Assumptions, documented
from pipeline.simulate.contrasts import Means, differences, mixtures, session_chances
from pipeline.simulate.draws import Flags
from pipeline.simulate.evidence import EVIDENCE
from pipeline.simulate.people import ANDROGENETIC
from pipeline.simulate.response import World, expected_change, minoxidil_effect
from pipeline.simulate.visits import Seen

_FREQUENCIES = ("over_twice_weekly", "twice_weekly", "weekly", "fortnightly", "under_fortnightly")
_MEANING = (
    "Mean change in density since time zero, had everybody had the arm: admissible people with androgenetic alopecia "
    "who did not needle in the 90 days before enrolment, at the clinics (where density is counted) and everywhere. "
    "as_followed lets needling end as it does under that arm."
)
_CODES = [arm.code for arm in ARMS]


@dataclass
class Tally:
    """Sums over the parts of a simulation, from which the truth is told at the end."""

    sums: dict[tuple[str, ...], float] = field(default_factory=lambda: defaultdict(float))
    rows: Counter[str] = field(default_factory=Counter)
    not_consented: Counter[str] = field(default_factory=Counter)
    bad_rows: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    parts: Counter[str] = field(default_factory=Counter)

    def add(self, world: World, seen: Seen) -> None:
        """Count some people in."""
        people = world.people
        eligible = (people.diagnosis == ANDROGENETIC) & people.is_admissible & ~people.is_prevalent
        populations = {"everyone": eligible, "clinics": eligible & people.site.is_clinic}
        strata = {"all": np.ones(people.n, dtype=np.bool_), "early": people.is_early, "later": ~people.is_early}
        for population, inside in populations.items():
            for stratum, member in strata.items():
                self._add_outcomes(world, population, stratum, inside & member)
            for number, code in enumerate(_CODES):
                self.sums["share", population, code] += int((inside & (world.exposure.arm == number)).sum())
        self._add_retention(world, seen)
        self._add_parts(world, seen)

    def _add_outcomes(self, world: World, population: str, stratum: str, inside: Flags) -> None:
        self.sums["n", population, stratum] += int(inside.sum())
        for week in TRUTH_WEEKS:
            when = np.full(world.people.n, float(week))
            self.sums["minoxidil", population, stratum, str(week)] += float(minoxidil_effect(world, week)[inside].sum())
            for number, code in enumerate(_CODES):
                arm = np.full(world.people.n, number, dtype=np.int64)
                for policy, keeps_going in (("as_followed", False), ("had_nobody_ended_needling", True)):
                    total = float(expected_change(world, arm, when, keeps_going)[inside].sum())
                    self.sums[policy, population, stratum, code, str(week)] += total

    def _add_retention(self, world: World, seen: Seen) -> None:
        for week in TRUTH_WEEKS:
            target = world.exposure.start + 7 * week
            due = target <= world.people.observed
            for depth, inside in (("deep", world.exposure.is_deep), ("other", ~world.exposure.is_deep)):
                key = (world.people.site.kind, depth, str(week))
                self.sums["due", *key] += int((due & inside).sum())
                self.sums["reporting", *key] += int((due & inside & (seen.last >= target)).sum())

    def _add_parts(self, world: World, seen: Seen) -> None:
        people, exposure, adjuncts = world.people, world.exposure, world.adjuncts
        self.parts.update(
            {
                "without_consent": int((~people.has_consent).sum()),
                "under_age": int(people.is_minor.sum()),
                "prevalent_users": int((people.is_prevalent & exposure.is_needling).sum()),
                "not_needling": int((exposure.arm == 0).sum()),
                "minoxidil_without_needling": int(((exposure.arm == 0) & adjuncts.at_zero).sum()),
                "neither": int(((exposure.arm == 0) & ~adjuncts.uses).sum()),
                "minoxidil_unrecorded": int((adjuncts.uses & ~adjuncts.is_recorded).sum()),
                "started_needling_later": int(((exposure.arm == 0) & exposure.is_needling).sum()),
                "left_before_extraction": int(seen.has_left.sum()),
            }
        )

    def told(
        self, *, seed: int, participants: int, extracted_on: date, drops: list[str], a: Assumptions
    ) -> dict[str, object]:
        """The content of truth.json."""
        return {
            "simulated": True,
            "complete": True,
            "note": "Nobody here exists. Every magnitude is an assumption; none was estimated from people. "
            "Sources such as F32 name an entry under evidence; judgement says that nothing published was found.",
            "seed": seed,
            "participants": participants,
            "extracted_on": extracted_on.isoformat(),
            "drops": drops,
            "potential_outcomes": self._potential_outcomes(),
            "effects": {population: self._effects(population) for population in ("clinics", "everyone")},
            "dropout": self._retention(),
            "side_effects": session_chances(),
            "arms": [asdict(arm) | {"note": NOTE, "source": "F1 F2 F4 F7 F27"} for arm in ARMS],
            "assumptions": documented(a),
            "evidence": EVIDENCE,
            "people": dict(self.parts),
            "rows": dict(self.rows),
            "bad_rows": {table: dict(sorted((+counts).items())) for table, counts in self.bad_rows.items()},
            "not_consented": dict(self.not_consented),
        }

    def _potential_outcomes(self) -> dict[str, object]:
        document: dict[str, object] = {
            "unit": "hairs/cm2",
            "what": _MEANING,
            "note": NOTE,
        }
        for population in ("clinics", "everyone"):
            document[population] = {
                stratum: {"n": int(self.sums["n", population, stratum])}
                | {
                    policy: self._means(policy, population, stratum)
                    for policy in ("as_followed", "had_nobody_ended_needling")
                }
                for stratum in ("all", "early", "later")
            }
        return document

    def _means(self, policy: str, population: str, stratum: str = "all") -> Means:
        n = max(1.0, self.sums["n", population, stratum])
        return {
            code: {str(w): round(self.sums[policy, population, stratum, code, str(w)] / n, 4) for w in TRUTH_WEEKS}
            for code in _CODES
        }

    def _effects(self, population: str) -> dict[str, object]:
        """Average effects among all, as followed. Bands and frequencies are mixtures of their arms."""
        means = self._means("as_followed", population)
        bands = mixtures(means, BANDS, lambda k: ARMS[k].band, lambda k: ARMS[k].share)
        taken = [self.sums["share", population, code] for code in _CODES]
        weekly = mixtures(means, _FREQUENCIES, lambda k: ARMS[k].frequency, lambda k: taken[k])
        n = max(1.0, self.sums["n", population, "all"])
        return {
            "depth_band_against_none": differences(bands, "none"),
            "depth_band_against_0_45_to_0_60": differences(bands, "0_45_to_0_60"),
            "frequency_against_weekly": differences(weekly, "weekly"),
            "arm_against_no_needling": differences(means, "no_needling"),
            "one_and_half_mm_weekly_against_half_mm_twice_weekly": differences(means, "half_mm_twice_weekly")[
                "one_and_half_mm_weekly"
            ],
            "minoxidil_started_at_time_zero_against_none": {
                str(w): round(self.sums["minoxidil", population, "all", str(w)] / n, 4) for w in TRUTH_WEEKS
            },
            "device_at_equal_length": 0.0,
            "other_adjuncts": 0.0,
            "note": NOTE,
        }

    def _retention(self) -> dict[str, object]:
        keys = [key[1:] for key in self.sums if key[0] == "due"]
        shares = {
            "/".join(key): round(self.sums["reporting", *key] / self.sums["due", *key], 4)
            for key in keys
            if self.sums["due", *key]
        }
        return {
            "still_reporting_of_those_due": shares,
            "key": "kind of source / deep is from 1.4 mm on / week",
            "note": NOTE,
        }
