"""CR2 against clubSandwich and against the matrices it is defined by; the bootstrap beside it."""

import numpy as np
import pytest
from scipy import linalg

from pipeline.studies.estimators.clusters import ClusterSums, cluster_bootstrap, cluster_robust, clustered_ancova
from pipeline.studies.estimators.effect import Array, Codes, Withheld
from pipeline.studies.estimators.linear import ancova
from tests.studies.estimators.golden import expected, given, numbers


def lung() -> tuple[Array, Codes, Array, Codes]:
    """Weight loss, women, age and performance, institution; complete rows."""
    columns = np.column_stack([numbers("lung", name) for name in ("wt.loss", "sex", "age", "ph.ecog", "inst")])
    whole = columns[np.isfinite(columns).all(axis=1)]
    return whole[:, 0], (whole[:, 1] == 2).astype(np.int64), whole[:, 2:4], whole[:, 4].astype(np.int64)


def test_institutions_as_clubsandwich_gives_them() -> None:
    cr2, cr0, r = given(clustered_ancova(*lung())), given(clustered_ancova(*lung(), "cr0")), expected("lung_cluster")
    assert (cr2.estimate, cr2.std_error, cr2.df) == pytest.approx((r["estimate"], r["cr2"], r["df"]), rel=1e-8)
    assert cr0.std_error == pytest.approx(r["cr0"], rel=1e-8)
    assert cr0.df == len(np.unique(lung()[3])) - 1


def test_by_the_definition() -> None:
    """Residuals of a cluster times (I - H)^(-1/2), with n x n matrices."""
    y, treated, x, cluster = lung()
    design = np.column_stack([np.ones(len(y)), treated, x])
    bread = np.linalg.inv(design.T @ design)
    residual = y - design @ bread @ design.T @ y
    meat = np.zeros((4, 4))
    for c in np.unique(cluster):
        own = design[cluster == c]
        adjusted = linalg.fractional_matrix_power(np.eye(len(own)) - own @ bread @ own.T, -0.5).real
        score = own.T @ adjusted @ residual[cluster == c]
        meat += np.outer(score, score)
    assert given(clustered_ancova(*lung())).std_error == pytest.approx(np.sqrt((bread @ meat @ bread)[1, 1]), rel=1e-9)


def test_everybody_a_clinic_is_hc2() -> None:
    y, treated, x, _ = lung()
    here, hc2 = given(clustered_ancova(y, treated, x, np.arange(len(y)))), given(ancova(y, treated, x, "hc2"))
    assert here.std_error == pytest.approx(hc2.std_error, rel=1e-9)


def test_drawing_clinics_again_agrees_roughly() -> None:
    y, treated, x, cluster = lung()
    design = np.column_stack([np.ones(len(y)), treated, x])
    sums = ClusterSums.of_rows(design, y, cluster)
    drawn, cr2 = given(cluster_bootstrap(sums, np.eye(4)[1])), given(clustered_ancova(*lung()))
    assert drawn.estimate == pytest.approx(cr2.estimate)
    assert drawn.std_error == pytest.approx(cr2.std_error, rel=0.15)
    assert cluster_bootstrap(sums, np.eye(4)[1]) == drawn


def test_one_clinic_has_no_spread_between_clinics() -> None:
    y, treated, x, cluster = lung()
    assert clustered_ancova(y, treated, x, np.ones_like(cluster)) == Withheld("few_clusters")
    sums = ClusterSums.of_rows(np.column_stack([np.ones(len(y)), treated]), y, np.ones_like(cluster))
    assert cluster_bootstrap(sums, np.eye(2)[1]) == Withheld("few_clusters")


def test_arms_that_are_clinics_cannot_be_drawn_again() -> None:
    y, treated, _, _ = lung()
    sums = ClusterSums.of_rows(np.column_stack([np.ones(len(y)), treated]), y, treated)
    assert cluster_bootstrap(sums, np.eye(2)[1]) == Withheld("few_clusters")
    assert cluster_robust(ClusterSums.of_rows(np.eye(3), y[:3], np.arange(3)), np.eye(3)[0]) == Withheld(
        "too_many_covariates"
    )
