"""Estimators of other questions than a difference between two arms, in the worlds of `other_worlds`."""

from collections.abc import Iterator
from functools import cache

import numpy as np

from benchmarks.coverage.found import ALPHA, Found, Replicate, of_estimate, of_result
from benchmarks.coverage.other_worlds import (
    BY_DEPTH,
    DEPTHS,
    HAZARD,
    ODDS,
    RATE,
    Counted,
    combed,
    counted,
    depths,
    few,
    ordered,
    three_arms,
    truth_of_arms,
)
from benchmarks.coverage.two_arms import DENSITY, NAMES, WEEKS, answered, asked_of, method_of, moments, of_answer
from benchmarks.coverage.worlds import TRUTH_FROM, Array, Codes, Truth, linear
from pipeline.contract.results import Arm, Estimate
from pipeline.studies.contrasts.adjusted import pair_of
from pipeline.studies.contrasts.contrast import answer
from pipeline.studies.contrasts.headline import MIN_SHOWN
from pipeline.studies.contrasts.joint_answers import Together, together
from pipeline.studies.estimators.always_valid import always_valid_interval
from pipeline.studies.estimators.counts import log_rate_ratio
from pipeline.studies.estimators.discrete_hazard import log_hazard_ratio
from pipeline.studies.estimators.dose_response import by_dose, spline_curve
from pipeline.studies.estimators.effect import Effect, Withheld
from pipeline.studies.estimators.inputs import Column
from pipeline.studies.estimators.multiplicity import holm
from pipeline.studies.estimators.propensity import clipped, propensity
from pipeline.studies.estimators.time_to_response import responses_by
from pipeline.studies.estimators.welch import difference
from pipeline.studies.estimators.win_probability import win_probability
from pipeline.studies.estimators.words import Words
from pipeline.studies.people.frame import Frame
from pipeline.studies.protocols.instrument import Instrument
from pipeline.studies.protocols.protocol import Contrast

COMBED = Instrument("comb_count_60s", "60-second comb count", "hairs", 0, "count", False, (), 12, None, "lower")
ORDERED = Instrument("steps", "Five steps", "step", 0, "ordinal", False, (), 24, None)
PAIRS = ((1, 0), (2, 0), (2, 1))
ARMS = ("none", "half", "one_and_half")
RESPONSE = 6.0
"""Hairs/cm2."""
DAYS = (56.0, 84.0, 168.0)
LOOKS = 50


def columns_of(x: Array) -> dict[str, Column]:
    return {name: x[:, k] for k, name in enumerate(NAMES)}


def handful(rng: np.random.Generator, n: int, effect: float) -> Replicate:
    """A few people a side: Welch alone, and the headline, which is empty below ten."""
    y, arm, x = few(rng, n, effect)
    true = 5 * effect
    a, b = moments(y[arm == 1]), moments(y[arm == 0])
    frame = Frame(("shallow", "deep"), arm, WEEKS[-1:], y[:, None], columns_of(x), Words.of(["one"] * n))
    given = answered(frame, "deep", "shallow")
    if given is None:
        found = difference(a, b)
        assert found is not None
        apart = (found.estimate - true, found.std_error, found.ci_lower <= true <= found.ci_upper)
        welch = Found("welch", *apart, is_rejected=found.p_value < ALPHA)
        return Replicate((Found("headline", reason="too_few"), welch), method="withheld: too_few")
    return Replicate(tuple(of_answer(given, Truth(true, true, true))), {}, method_of(given))


def many(rng: np.random.Generator, n: int, effect: float) -> Replicate:
    """Three arms as a comparison answers them, in one population; and pair by pair, as where they have none."""
    people, true = three_arms(rng, n, effect), truth_of_arms(effect)
    frame = Frame(ARMS, people.arm, WEEKS, people.y, columns_of(people.x), Words.of(["one"] * n))
    asked = [asked_of(frame, arm, ARMS[0], DENSITY) for arm in ARMS[1:]]
    joint = together(frame, asked)
    method = f"in one population: {joint.numbers['headline']}" if joint.numbers else "in pairs"
    return Replicate((*_at_once(joint, true), *_by_pair(frame, true)), {}, method)


def _at_once(joint: Together, true: dict[tuple[int, int, str], float]) -> Iterator[Found]:
    headlines = []
    for place, code in enumerate(ARMS[1:], 1):
        given = joint.answers.get(code)
        name = f"headline: {code} vs {ARMS[0]}"
        if given is None:
            yield Found(name, reason=joint.apart.get(code, "no_population"))
            continue
        yield of_estimate(name, given.headline, true[place, 0, _among(given.headline)])
        for one in given.estimates:
            if one.method in ("seq_dr", "seq_dr_overlap", "mmrm") and one.is_given:
                yield of_estimate(f"{one.method}, one population: {one.contrast}", one, true[place, 0, _among(one)])
        headlines.append(given.headline)
    if joint.numbers and joint.numbers["simultaneous"]:
        limits = joint.numbers["simultaneous"]["contrasts"]
        among = _among(headlines[0])
        held = [
            c["ci_lower"] <= true[ARMS.index(c["contrast"].split(" vs ")[0]), 0, among] <= c["ci_upper"] for c in limits
        ]
        yield Found("all intervals at once (max-t)", is_covered=all(held))
    p = np.array([one.p_value for one in headlines if one.p_value is not None])
    if len(p):
        yield Found("any difference found (Holm)", is_rejected=bool((holm(p) < ALPHA).any()))


def _among(estimate: Estimate) -> str:
    return "overlap" if estimate.method == "seq_dr_overlap" else "all"


def _by_pair(frame: Frame, true: dict[tuple[int, int, str], float]) -> Iterator[Found]:
    for arm, reference in PAIRS:
        name = f"pair by pair: {ARMS[arm]} vs {ARMS[reference]}"
        given = answered(frame, ARMS[arm], ARMS[reference])
        if given is None:
            yield Found(name, reason="too_few")
            continue
        yield of_estimate(name, given.headline, true[arm, reference, "pair"])


def comb(rng: np.random.Generator, n: int, effect: float) -> Replicate:
    """An instrument that counts: the ratio of mean counts in the headline."""
    people = combed(rng, n, effect)
    fewer = 12 - people.count  # everybody began with as many
    frame = Frame(("shallow", "deep"), people.arm, WEEKS[1:], fewer, columns_of(people.x), Words.of(["one"] * n),
                  counted=people.count[:, 1])  # fmt: skip
    given = answered(frame, "deep", "shallow", COMBED)
    if given is None:
        return Replicate((Found("headline", reason="too_few"),), method="withheld: too_few")
    ratios = [e for e in given.estimates if e.quantity == "rate_ratio"]
    found = [of_estimate("headline", given.headline, -RATE * effect)]
    found += [of_estimate(one.method, one, -RATE * effect) for one in ratios if one.is_given]
    return Replicate(tuple(found), {}, method_of(given))


def steps(rng: np.random.Generator, n: int, effect: float, by_early: bool) -> Replicate:
    """An ordered scale: proportional odds in the headline."""
    people = ordered(rng, n, effect, by_early)
    y = np.column_stack([people.early, people.value]).astype(np.float64)
    y[people.seen == 0, 1] = np.nan
    own = [people.arm == 0, people.arm == 1]
    arms = tuple(Arm(code, code, int(o.sum()), int(o.sum()), int(people.seen[o].sum()))
                 for code, o in zip(("shallow", "deep"), own, strict=True))  # fmt: skip
    if min(arm.n_observed for arm in arms) < MIN_SHOWN:
        return Replicate((Found("headline", reason="too_few"),), method="withheld: too_few")
    crude = Estimate("win_probability", "brunner_munzel", "deep", "shallow", "probability")
    frame = Frame(("shallow", "deep"), people.arm, WEEKS[1:], y, columns_of(people.x), Words.of(["one"] * n))
    pair = pair_of(frame, "deep", "shallow")
    given = answer(pair, Contrast("deep", "shallow"), crude, (arms[1], arms[0]), ORDERED, "difference")
    if given.headline.method == "welch":  # too few to adjust: the crude figure is asked in a world of its own
        return Replicate((Found("headline", reason="too_few_to_adjust"),), method="brunner_munzel")
    odds = [e for e in given.estimates if e.quantity == "odds_ratio" and e.is_given]
    found = [of_estimate("headline", given.headline, ODDS * effect)]
    found += [of_estimate(one.method, one, ODDS * effect) for one in odds]
    return Replicate(tuple(found), {}, method_of(given))


def wins(rng: np.random.Generator, n: int, effect: float) -> Replicate:
    """Who did better, by the toss of a coin, nobody leaving."""
    value, arm = _tossed_steps(rng, n, effect)
    counts = [dict(zip(*map(np.ndarray.tolist, np.unique(value[arm == a], return_counts=True)), strict=True))
              for a in (1, 0)]  # fmt: skip
    found, true = win_probability(*counts), _true_wins(effect)
    if found is None:
        return Replicate((Found("brunner_munzel", reason="no_variation"),))
    held = found.ci_lower <= true <= found.ci_upper
    return Replicate((Found("brunner_munzel", found.estimate - true, found.std_error, held, found.p_value < ALPHA),))


def _tossed_steps(rng: np.random.Generator, n: int, effect: float) -> tuple[Codes, Codes]:
    people = ordered(rng, n, 0.0)
    arm = np.arange(n) % 2
    return people.value + (rng.random(n) < 0.3 * effect) * arm, arm


@cache
def _true_wins(effect: float) -> float:
    value, arm = _tossed_steps(np.random.default_rng(0), TRUTH_FROM, effect)
    shares = [np.bincount(value[arm == a], minlength=6) / (arm == a).sum() for a in (0, 1)]
    return float(shares[1] @ (np.cumsum(shares[0]) - shares[0] / 2)) if effect else 0.5


def counts(rng: np.random.Generator, n: int, effect: float) -> Replicate:
    """Rates of side effects, and the hazard of a response that is seen only at visits."""
    people = counted(rng, n, effect)
    rate = log_rate_ratio(people.count, people.exposure, people.arm, people.x)
    return Replicate((
        of_result("log rate ratio, Poisson with robust error", rate, RATE * effect),
        of_result("log hazard ratio, discrete time", _hazard(people), HAZARD * effect),
    ))  # fmt: skip


def _hazard(people: Counted) -> Effect | Withheld:
    person, visit = np.nonzero(np.arange(1, 4) <= np.where(people.visit == 0, 3, people.visit)[:, None])
    event = (people.visit[person] == visit + 1).astype(np.int64)
    return log_hazard_ratio(person, visit, event, people.arm[person], people.x[person])


def response(rng: np.random.Generator, n: int, effect: float) -> Replicate:
    """How much likelier a response by week 24 is, in the linear world that half leave."""
    people, true = linear(rng, n, effect), true_response(effect)
    chance = propensity(people.arm, people.x)
    if isinstance(chance, Withheld):
        return Replicate((Found("risk difference", reason=chance.reason),))
    found = responses_by(people.y >= RESPONSE, people.y, DAYS, people.arm, people.x, clipped(chance))
    result = found if isinstance(found, Withheld) else found.difference(1, 0)
    return Replicate((of_result("risk difference, IPTW x IPCW Kaplan-Meier", result, true),))


@cache
def true_response(effect: float) -> float:
    """Difference in the share that ever responds, everybody being seen: each person in both arms."""
    if effect == 0:
        return 0.0
    people = linear(np.random.default_rng(0), TRUTH_FROM, effect)
    without = people.complete - people.arm[:, None] * people.gain
    ever = [(one >= RESPONSE).any(axis=1).mean() for one in (without + people.gain, without)]
    return float(ever[0] - ever[1])


def doses(rng: np.random.Generator, n: int, effect: float) -> Replicate:
    """Seven depths with a plateau: each as it is, and the curve."""
    y, dose, x = depths(rng, n, effect)
    true = dict(zip(DEPTHS.tolist(), (effect * BY_DEPTH).tolist(), strict=True))
    others = np.array([d for d in DEPTHS if d != 0.5])
    curve = spline_curve(y, dose, x, 0.5, others)
    found = [of_result(f"each depth: {d:g} mm", r, true[d]) for d, r in by_dose(y, dose, x, 0.5).items()]
    found += [of_result(f"natural spline: {d:g} mm", r, true[d]) for d, r in zip(others.tolist(), curve, strict=True)]
    return Replicate(tuple(found))


def looks(rng: np.random.Generator, n: int, effect: float) -> Replicate:
    """Fifty looks at the same question while people come in; an error is any interval that misses the truth."""
    y = rng.normal(0, 12, n) + 3 * effect * (np.arange(n) % 2)
    fixed, always = [], []
    for stop in np.linspace(n / LOOKS, n, LOOKS).astype(int):
        a, b = (moments(y[start:stop:2]) for start in (1, 0))
        error = float(np.sqrt((a.variance or 0) / a.n + (b.variance or 0) / b.n))
        now = Effect(a.mean - b.mean, error, float("inf"), stop, stop)
        fixed.append(_holds(now.interval(), 3 * effect))
        always.append(_holds(always_valid_interval(now), 3 * effect))
    return Replicate((
        Found("usual interval at each of 50 looks", is_covered=all(fixed), is_rejected=not all(fixed)),
        Found("always-valid interval at each of 50 looks", is_covered=all(always), is_rejected=not all(always)),
    ))  # fmt: skip


def _holds(limits: tuple[float, float], true: float) -> bool:
    return limits[0] <= true <= limits[1]
