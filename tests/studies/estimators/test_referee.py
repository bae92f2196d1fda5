"""The library that benchmarks and tests lean on gives R's numbers for the models we do not write ourselves."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from statsmodels.duration.hazard_regression import PHReg

from tests.studies.estimators.golden import expected, numbers, text


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_cox_as_r_gives_it(ties: str) -> None:
    columns = np.column_stack([numbers("lung", name) for name in ("time", "status", "age", "sex", "ph.ecog")])
    time, status, *x = columns[np.isfinite(columns).all(axis=1)].T
    there, r = PHReg(time, np.column_stack(x), status=status - 1, ties=ties).fit(), expected(f"lung_cox_{ties}")
    assert dict(zip(("age", "sex", "ph.ecog"), there.params, strict=True)) == pytest.approx(
        {name: r[name] for name in ("age", "sex", "ph.ecog")}, rel=1e-7
    )
    assert there.llf == pytest.approx(r["log_likelihood"], abs=1e-6)
    if ties == "efron":
        assert there.bse == pytest.approx([r["se_age"], r["se_sex"], r["se_ph.ecog"]], rel=1e-6)


@pytest.mark.parametrize("random", ["intercept", "slope"])
def test_mixed_models_as_r_gives_them(random: str) -> None:
    """The default optimiser stops short of R's likelihood for a random slope; lbfgs does not."""
    age, female = numbers("orthodont", "age"), np.array([s == "Female" for s in text("orthodont", "sex")]) * 1.0
    product = [age * female] if random == "slope" else []
    fixed = np.column_stack([np.ones(108), age, female, *product])
    around = np.column_stack([np.ones(108), age]) if random == "slope" else np.ones((108, 1))
    model = sm.MixedLM(numbers("orthodont", "distance"), fixed, groups=text("orthodont", "subject"), exog_re=around)
    there, r = model.fit(method="lbfgs"), expected(f"orthodont_lme_{random}")
    assert there.converged
    assert there.fe_params == pytest.approx([r[f"coef_{k}"] for k in range(1, fixed.shape[1] + 1)], rel=1e-8)
    assert there.bse_fe == pytest.approx([r[f"se_{k}"] for k in range(1, fixed.shape[1] + 1)], rel=5e-6)
    assert there.llf == pytest.approx(r["log_likelihood"], abs=1e-5)
    if random == "intercept":
        spreads = np.sqrt([np.asarray(there.cov_re)[0, 0], there.scale])
        assert spreads == pytest.approx([r["sd_subject"], r["sd_residual"]], rel=1e-4)


def test_generalised_estimating_equations_as_r_gives_them() -> None:
    resp, age, smoke, child = (numbers("ohio", name) for name in ("resp", "age", "smoke", "id"))
    design = pd.DataFrame({"one": 1.0, "age": age, "smoke": smoke, "both": age * smoke})
    model = sm.GEE(resp, design, groups=child, family=sm.families.Binomial(), cov_struct=sm.cov_struct.Exchangeable())
    there, r = model.fit(ctol=1e-10), expected("ohio_gee")
    assert there.params.to_numpy() == pytest.approx([r[f"coef_{k}"] for k in range(1, 5)], rel=1e-6)
    assert float(model.cov_struct.dep_params) == pytest.approx(r["alpha"], abs=5e-4)
    assert there.bse.to_numpy() == pytest.approx([r[f"se_{k}"] for k in range(1, 5)], rel=1e-6)
