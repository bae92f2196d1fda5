"""Methods that look at those with a result alone: however well they adjust for the choice of arm, who left is lost.

They stand beside the headline, to be compared with it. Weighting completers covered 9.5% where 95% was promised,
so none of them is ever the headline where people left.
"""

from collections.abc import Iterator

import numpy as np

from pipeline.studies.estimators.clusters import clustered_ancova
from pipeline.studies.estimators.design import Design
from pipeline.studies.estimators.effect import ArmMeans, Array, Codes, Result, Withheld
from pipeline.studies.estimators.entropy_balancing import entropy_weights
from pipeline.studies.estimators.linear import ancova
from pipeline.studies.estimators.propensity import clipped, propensity
from pipeline.studies.estimators.sequential_doubly_robust import aipw
from pipeline.studies.estimators.weighting import balancing_weights, weighted_means
from pipeline.studies.estimators.words import Words


def completers(y: Array, arm: Codes, x: Design, clinic: Words) -> Iterator[tuple[str, Result]]:
    """Every such method by code, arm 1 against arm 0. `y` is one value per person, none missing."""
    yield "ancova", ancova(y, arm, x)
    if np.count_nonzero(clinic.people) > 1:
        yield "ancova_by_clinic", clustered_ancova(y, arm, x, clinic.code)
    chance = propensity(arm, x)
    if isinstance(chance, Withheld):
        yield from ((code, chance) for code in ("iptw", "overlap_weights", "aipw"))
    else:
        near = clipped(chance)
        yield "iptw", difference(weighted_means(y, arm, balancing_weights(near, arm, "ate")))
        yield "overlap_weights", difference(weighted_means(y, arm, balancing_weights(near, arm, "ato")))
        yield "aipw", difference(aipw(y, arm, x, near))
    yield "entropy_balancing", _balanced(y, arm, x)


def _balanced(y: Array, arm: Codes, x: Design) -> Result:
    weight = entropy_weights(arm, x)
    return weight if isinstance(weight, Withheld) else difference(weighted_means(y, arm, weight))


def difference(means: ArmMeans | Withheld) -> Result:
    """Of arm 1 and arm 0."""
    return means if isinstance(means, Withheld) else means.difference(1, 0)
