"""A design gives what the whole matrix would give, whichever way its columns are kept."""

from collections.abc import Callable

import numpy as np
import pytest

from pipeline.studies.estimators.at_risk import AtRisk
from pipeline.studies.estimators.design import Design
from pipeline.studies.estimators.inputs import Covariates, covariates
from pipeline.studies.estimators.words import Words, rows_of, together

RNG = np.random.default_rng(12)
PEOPLE = 300
GIVEN = covariates(
    {
        "baseline": RNG.normal(size=PEOPLE),
        "sex": Words.of(RNG.choice(["f", "m"], PEOPLE).tolist()),
        "years": RNG.normal(size=PEOPLE) ** 2,
        "source": Words.of(RNG.choice(["a", "b", "c", "d"], PEOPLE).tolist()),
    }
)
WORDS = {"sex": "fm", "source": "abcd", "stage": "xyz"}
WEIGHT, VALUES, B = RNG.random(PEOPLE), RNG.normal(size=PEOPLE), RNG.normal(size=GIVEN.design.shape[1])
KEPT = RNG.random(PEOPLE) < 0.4
ROOT = RNG.normal(size=(len(B), len(B)))

WAYS: dict[str, Callable[[Design], np.ndarray]] = {
    "gram": lambda d: d.gram(),
    "weighted": lambda d: d.gram(WEIGHT),
    "cross": lambda d: d.cross(VALUES),
    "times": lambda d: d.times(B),
    "quadratic": lambda d: d.quadratic(ROOT + ROOT.T),
    "means and spread": lambda d: np.concatenate([d.means(WEIGHT), d.spread(), d.is_binary()]),
    "some people": lambda d: d.chosen(KEPT).gram(),
    "so few that the table is longer": lambda d: d.chosen(slice(0, 5)).gram(WEIGHT[:5]),
    "some columns": lambda d: d.columns([4, 0, 2]).dense(),
    "the first columns": lambda d: d.beside(VALUES).first(50, len(B)).gram(),
    "more columns": lambda d: d.with_intercept.beside(VALUES, WEIGHT).gram(WEIGHT),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_design_of_words_and_numbers_is_its_matrix(way: Callable[[Design], np.ndarray]) -> None:
    design = GIVEN.design
    assert (len(design.table), design.own.shape) == (8, (PEOPLE, 2))
    assert way(design) == pytest.approx(way(Design.of(design.dense())), rel=1e-10, abs=1e-10)


def test_columns_stand_in_the_order_in_which_they_were_given() -> None:
    assert [name.split("=")[0] for name in GIVEN.names] == ["baseline", "sex", "years", "source", "source", "source"]
    x, design = GIVEN.matrix, GIVEN.design
    assert x[:, [0, 2]].mean(axis=0) == pytest.approx(0)
    assert set(x[:, [1, 3, 4, 5]].ravel()) == {0.0, 1.0}
    assert design.gram() == pytest.approx(x.T @ x)
    assert design.times(B) == pytest.approx(x @ B)
    assert np.array_equal(Covariates(design.columns([1, 2]), GIVEN.names[1:3], ()).matrix, x[:, [1, 2]])


def test_as_many_different_rows_as_people_are_told_apart() -> None:
    words = [(RNG.integers(0, 50, 40), 50) for _ in range(4)]
    rows, cell = rows_of(words, 40)
    assert np.array_equal(rows[cell], np.column_stack([code for code, _ in words]))


def test_words_on_common_rows_say_what_they_said_apart() -> None:
    apart = {name: Words.of(RNG.choice(list(letters), PEOPLE).tolist()) for name, letters in WORDS.items()}
    common = together(apart)
    assert len({id(words.rows) for words in common.values()}) == 1
    group = RNG.integers(0, 3, PEOPLE)
    for name, words in common.items():
        assert list(words) == list(apart[name])
        assert np.array_equal(words.people, apart[name].people)
        assert np.array_equal(words.people_of(group, 2), apart[name].people_of(group, 2))
        assert list(words.chosen(KEPT)) == list(apart[name].chosen(KEPT))
    assert covariates(common).design.gram() == pytest.approx(covariates(apart).design.gram(), rel=0)


def test_people_at_risk_visit_after_visit_are_the_rows_of_a_pooled_model() -> None:
    n, arms = (PEOPLE, 180, 60), 3
    arm, last = RNG.integers(0, arms, PEOPLE), RNG.normal(size=(PEOPLE, 3))
    rows = []
    for k, people in enumerate(n):
        seen = last[:people, [k]] if k else np.zeros((people, 1))
        belongs = (arm[:people, None] == [1, 2]).astype(np.float64)
        visit = np.tile([float(k == 1), float(k == 2)], (people, 1))
        rows.append(np.hstack([np.ones((people, 1)), visit, belongs, seen, seen * belongs, GIVEN.matrix[:people]]))
    whole, found = np.vstack(rows), AtRisk(GIVEN.design, arm, arms, last, n)
    weight, b = RNG.random(len(whole)), RNG.normal(size=whole.shape[1])
    assert found.shape == whole.shape
    assert found.gram(weight) == pytest.approx(whole.T @ (whole * weight[:, None]))
    assert found.gram() == pytest.approx(whole.T @ whole)
    assert found.cross(weight) == pytest.approx(whole.T @ weight)
    assert found.times(b) == pytest.approx(whole @ b)
    few = found.chosen(np.arange(0, PEOPLE, 7))
    assert few.n == (43, 26, 9)
    part = np.vstack([visit[::7] for visit in rows])
    assert few.cross(np.ones(len(part))) == pytest.approx(part.sum(axis=0))
