"""What is done otherwise for many people gives what few steps would give: only the way there is shorter."""

import numpy as np
import pytest

from pipeline.studies.estimators import glm
from pipeline.studies.estimators.gram import with_intercept

RNG = np.random.default_rng(3)
X = RNG.normal(size=(3000, 3))
Y = (RNG.random(len(X)) < 1 / (1 + np.exp(-X @ [0.5, -1.0, 0.2]))).astype(np.float64)


@pytest.mark.parametrize("weight", [None, RNG.random(len(X))])
def test_a_first_fit_to_some_leads_to_the_same_fit_of_all(
    weight: np.ndarray | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    offset = X[:, 0] / 10
    whole = glm.fit(with_intercept(X), Y, glm.logit, weight, offset)
    monkeypatch.setattr(glm, "MANY", 2000)
    found = glm.fit(with_intercept(X), Y, glm.logit, weight, offset)
    assert found.converged
    assert found.coefficients == pytest.approx(whole.coefficients, rel=1e-9)
    assert found.mean == pytest.approx(whole.mean, rel=1e-9)


def test_a_first_fit_that_separates_leads_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    apart = np.arange(len(X)) % glm.SOME == 0  # those who are fitted first are told without exception, the others not
    y = np.where(apart, X[:, 0] > 0, Y).astype(np.float64)
    whole = glm.fit(with_intercept(X), y, glm.logit)
    monkeypatch.setattr(glm, "MANY", 2000)
    assert glm.fit(with_intercept(X), y, glm.logit).coefficients == pytest.approx(whole.coefficients, rel=1e-9)
