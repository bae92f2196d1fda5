"""Two arms of a world, answered as people see it: the rule picks the headline, the diagnostics may withhold it.

Beside it every other estimator on the same people. Those of the answer that look only at who stayed are the trap.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from benchmarks.coverage.found import Found, Replicate, of_estimate, of_result
from benchmarks.coverage.stacked import stacked_aipw
from benchmarks.coverage.worlds import Array, Codes, Draw, Study, Truth, truth
from pipeline.contract.results import Arm, Estimate
from pipeline.studies.contrasts.adjusted import pair_of
from pipeline.studies.contrasts.contrast import Answer, Asked, answer
from pipeline.studies.contrasts.diagnostics import BALANCED, UNBALANCED, simpson
from pipeline.studies.contrasts.headline import MIN_SHOWN
from pipeline.studies.estimators.clusters import ClusterSums, cluster_bootstrap, clustered_ancova
from pipeline.studies.estimators.dropout import staying
from pipeline.studies.estimators.effect import ArmMeans, Effect, Result, Withheld
from pipeline.studies.estimators.equivalence import equivalence
from pipeline.studies.estimators.inputs import Column
from pipeline.studies.estimators.linear import ancova, g_computation
from pipeline.studies.estimators.propensity import clipped, propensity
from pipeline.studies.estimators.weighting import balancing_weights, weighted_means
from pipeline.studies.estimators.welch import Moments, difference
from pipeline.studies.estimators.words import Words
from pipeline.studies.people.frame import Frame
from pipeline.studies.protocols.instrument import Instrument
from pipeline.studies.protocols.protocol import Contrast

DENSITY = Instrument("hair_density", "Hair density", "/cm2", 1, "ratio", False, (), 12, None)
WEEKS = (8, 12, 24)
NAMES = ("stage", "age", "sex", "baseline")

Extra = str
"""`completers`, `nobody_left` or `clinics`: which estimators stand beside the answer."""


def replicate(draw: Draw, extra: Extra, rng: np.random.Generator, n: int, effect: float) -> Replicate:
    """One set of n people, all of it."""
    people = draw(rng, n, effect)
    true = truth(draw, effect)
    given = answered(frame_of(people), "deep", "shallow")
    if given is None:
        return Replicate((Found("headline", reason="too_few"),), method="withheld: too_few")
    beside = {"completers": completers, "nobody_left": nobody_left, "clinics": by_clinic}[extra]
    found = (*of_answer(given, true), *beside(people, true))
    return Replicate(found, flags(given), method_of(given))


def frame_of(people: Study) -> Frame:
    """As `read_frame` gives it: the arms, the visits, what is adjusted for, the clinic."""
    columns: dict[str, Column] = {name: people.x[:, k] for k, name in enumerate(NAMES) if name != "sex"}
    columns["sex"] = Words.of(["female" if value else "male" for value in people.x[:, NAMES.index("sex")]])
    clinic = Words.of(["one"] * len(people.arm) if people.clinic is None else [f"clinic {c}" for c in people.clinic])
    if people.is_recorded:
        columns["source"] = clinic
    return Frame(("shallow", "deep"), people.arm, WEEKS, people.y, columns, clinic)


def answered(frame: Frame, arm: str, reference: str, instrument: Instrument = DENSITY) -> Answer | None:
    """The contrast as a study answers it; None where an arm has too few results for anything to be shown."""
    asked = asked_of(frame, arm, reference, instrument)
    if min(side.n_observed for side in asked.arms) < MIN_SHOWN:
        return None
    pair = pair_of(frame, arm, reference)
    return answer(pair, asked.contrast, asked.crude, asked.arms, instrument, asked.aim)


def asked_of(frame: Frame, arm: str, reference: str, instrument: Instrument) -> Asked:
    """What is known of a contrast before anything is adjusted."""
    arms = {code: _arm(frame, place) for place, code in enumerate(frame.arms)}
    crude = _crude(frame, arm, reference)
    return Asked(Contrast(arm, reference), crude, (arms[arm], arms[reference]), instrument, "difference")


def _arm(frame: Frame, place: int) -> Arm:
    own = frame.arm == place
    due, seen = int(own.sum()), int(np.isfinite(frame.horizon[own]).sum())
    return Arm(frame.arms[place], frame.arms[place], due, due, seen)


def _crude(frame: Frame, arm: str, reference: str) -> Estimate:
    sides = [moments(frame.horizon[frame.arm == frame.arms.index(code)]) for code in (arm, reference)]
    found = difference(*sides)
    if found is None:
        return Estimate("difference", "welch", arm, reference, DENSITY.unit, reason="no_variation")
    told = (found.estimate, found.std_error, found.ci_lower, found.ci_upper, found.p_value)
    return Estimate("difference", "welch", arm, reference, DENSITY.unit, *told)


def moments(values: Array) -> Moments:
    seen = values[np.isfinite(values)]
    return Moments(len(seen), float(seen.mean()), float(seen.var(ddof=1)) if len(seen) > 1 else None)


def of_answer(given: Answer, true: Truth) -> Iterator[Found]:
    """The headline and each method. Overlap weights are held to the truth of their own people."""
    target = {
        "seq_dr_overlap": true.ato,
        "overlap_weights": true.ato,
        "entropy_balancing": true.att,
    }
    yield of_estimate("headline", given.headline, target.get(given.headline.method, true.ate))
    for method in dict.fromkeys(e.method for e in given.estimates):
        one = next(e for e in reversed(given.estimates) if e.method == method)  # a withheld headline stands first
        yield of_estimate(method, one, target.get(method, true.ate))


def method_of(given: Answer) -> str:
    return given.headline.method if given.headline.is_given else f"withheld: {given.headline.reason}"


def flags(given: Answer) -> dict[str, bool]:
    """What the reader is warned of, each as the code that warns finds it."""
    numbers = given.numbers
    crude = next(e for e in reversed(given.estimates) if e.method == "welch")
    found = {
        "withheld_unbalanced": given.headline.reason == "failed_diagnostics",
        "withheld_few_effective": given.headline.reason == "too_few_effective",
        "clinics": numbers["clinic_confounded"],
        "retention": any("who stayed may differ" in warning for warning in given.warnings),
    }
    if numbers["balance"]:
        worst = max(abs(row["after"]) for row in numbers["balance"])
        found |= {"balance_caution": worst > BALANCED, "balance_fail": worst > UNBALANCED}
    if given.headline.estimate is not None and given.headline.method != "welch":
        found["simpson"] = simpson(crude, given.headline.estimate)
    return found


def completers(people: Study, true: Truth) -> Iterator[Found]:
    """Weights for choice and for leaving."""
    chance, stay = _chance(people.arm, people.x), staying(people.y, people.arm, people.x, 2)
    for wrong in (chance, stay):
        if isinstance(wrong, Withheld):
            yield Found("iptw_ipcw", reason=wrong.reason)
            return
    weight = balancing_weights(chance, people.arm, "ate") / stay.chance[:, -1]
    found = stay.seen[:, -1]
    result = _difference(weighted_means(people.y[found, -1], people.arm[found], weight[found]))
    yield of_result("iptw_ipcw", result, true.ate)


def nobody_left(people: Study, true: Truth) -> Iterator[Found]:
    """Everybody has a result: what else adjusts for choice alone."""
    y, arm, x = people.complete[:, -1], people.arm, people.x
    yield of_result("stacked_aipw", stacked_aipw(y, arm, x), true.ate)
    yield of_result("g_computation", g_computation(y, arm, x), true.ate)
    adjusted = ancova(y, arm, x)
    if isinstance(adjusted, Effect) and true.ate > 0:
        same = equivalence(adjusted, -true.ate, true.ate)  # the truth is the margin: to call it the same is an error
        yield Found("equivalence", is_rejected=not isinstance(same, Withheld) and same.is_same)


def by_clinic(people: Study, true: Truth) -> Iterator[Found]:
    """Clinics as the units that vary."""
    y, arm, x, clinic = people.complete[:, -1], people.arm, people.x, people.clinic
    if clinic is None:
        return
    yield of_result("cr0", clustered_ancova(y, arm, x, clinic, "cr0"), true.ate)
    yield of_result("cr2", clustered_ancova(y, arm, x, clinic, "cr2"), true.ate)
    design = np.column_stack([np.ones(len(y)), arm, x])
    row: Sequence[float] = [0.0, 1.0, *([0.0] * x.shape[1])]
    sums = ClusterSums.of_rows(design, y, clinic)
    yield of_result("bootstrap", cluster_bootstrap(sums, np.array(row)), true.ate)


def _chance(arm: Codes, x: Array) -> Array | Withheld:
    found = propensity(arm, x)
    return found if isinstance(found, Withheld) else clipped(found)


def _difference(found: ArmMeans | Withheld) -> Result:
    return found if isinstance(found, Withheld) else found.difference(1, 0)
