"""Means and an unstructured covariance of repeated visits, fitted by maximum likelihood to patterns of visits.

Generalised least squares for the coefficients and Fisher scoring for the covariance, in turn: Jennrich and
Schluchter (1986). Steps are halved until the likelihood rises and the covariance stays positive.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.studies.estimators.effect import Array, Withheld
from pipeline.studies.estimators.gram import Solved, solve
from pipeline.studies.estimators.patterns import Pattern

MAX_STEPS = 200
CANCELLED = 1e-12
"""A residual sum of squares below this share of the whole is what subtraction left over, not spread."""
SINGULAR = 1e-10
"""A covariance whose smallest eigenvalue is below this share of the largest has none to speak of."""
SETTLED = 1e-11
"""Largest relative change of any entry of the covariance in the last step."""


@dataclass(frozen=True)
class Unstructured:
    """`beta` regressors x visits; `covariance` of it stacked visit by visit; `rank` regressors determined per visit."""

    beta: Array
    covariance: Array
    sigma: Array
    log_likelihood: float
    rank: int


def maximise(patterns: Sequence[Pattern], visits: int) -> Unstructured | Withheld:
    """Patterns without anybody, or without any visit, must have been taken out.

    Least squares per visit goes first and its fit is taken off the moments once, so that what is iterated
    on is of the size of the residuals and not of the outcome.
    """
    start = _per_visit(patterns, visits)
    if isinstance(start, Withheld):
        return start
    first, sigma = start
    left = [_taken_off(p, first) for p in patterns]
    for _ in range(MAX_STEPS):
        beta, solved = _coefficients(left, sigma)
        likelihood = _log_likelihood(left, beta, sigma)
        moved = _step(left, beta, sigma, likelihood)
        if moved is None:
            return Withheld("not_converged")
        change = np.abs(moved - sigma).max() / np.abs(np.diag(sigma)).min()
        sigma = moved
        if change < SETTLED:
            rank = int(solved.kept.reshape(visits, -1).sum(axis=1).max())
            return Unstructured(first + beta, solved.inverse, sigma, likelihood, rank)
    return Withheld("not_converged")


def _per_visit(patterns: Sequence[Pattern], visits: int) -> tuple[Array, Array] | Withheld:
    """Least squares at each visit among those seen: coefficients, and variances as a diagonal."""
    beta, variance = np.zeros((len(patterns[0].ww), visits)), np.zeros(visits)
    for k in range(visits):
        here = [(p, p.visits.index(k)) for p in patterns if k in p.visits]
        ww, wy = np.sum([p.ww for p, _ in here], axis=0), np.sum([p.wy[:, j] for p, j in here], axis=0)
        total, n = float(sum(p.yy[j, j] for p, j in here)), sum(p.n for p, _ in here)
        solved = solve(ww)
        if n <= solved.rank:
            return Withheld("too_many_covariates")
        beta[:, k] = solved.inverse @ wy
        variance[k] = (total - float(wy @ beta[:, k])) / n
        if variance[k] * n <= CANCELLED * total:
            return Withheld("no_variation")
    return beta, np.diag(variance)


def _taken_off(pattern: Pattern, beta: Array) -> Pattern:
    """The moments of what is left of the outcome."""
    b = beta[:, list(pattern.visits)]
    return Pattern(pattern.visits, pattern.n, pattern.ww, pattern.wy - pattern.ww @ b, _residual(pattern, beta))


def _embed(inverse: Array, pattern: Pattern, visits: int) -> Array:
    whole = np.zeros((visits, visits))
    whole[np.ix_(pattern.visits, pattern.visits)] = inverse
    return whole


def _precision(pattern: Pattern, sigma: Array) -> Array:
    block = sigma[np.ix_(pattern.visits, pattern.visits)]
    return np.asarray(np.linalg.inv(block))


def _coefficients(patterns: Sequence[Pattern], sigma: Array) -> tuple[Array, Solved]:
    """Generalised least squares, given the covariance; the inverse information comes with it."""
    visits, q = len(sigma), len(patterns[0].ww)
    information, score = np.zeros((visits * q, visits * q)), np.zeros((visits, q))
    for p in patterns:
        precision = _precision(p, sigma)
        information += np.kron(_embed(precision, p, visits), p.ww)
        score[list(p.visits)] += precision @ p.wy.T
    solved = solve(information)
    return (solved.inverse @ score.ravel()).reshape(visits, q).T, solved


def _residual(pattern: Pattern, beta: Array) -> Array:
    """Sum over people of (y - b'w)(y - b'w)' at the visits seen."""
    b = beta[:, list(pattern.visits)]
    cross = pattern.wy.T @ b
    return np.asarray(pattern.yy - cross - cross.T + b.T @ pattern.ww @ b)


def _log_likelihood(patterns: Sequence[Pattern], beta: Array, sigma: Array) -> float:
    total = 0.0
    for p in patterns:
        block = sigma[np.ix_(p.visits, p.visits)]
        determinant = 2 * np.log(np.diag(np.linalg.cholesky(block))).sum()
        quadratic = float((_precision(p, sigma) * _residual(p, beta)).sum())
        total -= 0.5 * (p.n * (len(p.visits) * np.log(2 * np.pi) + determinant) + quadratic)
    return float(total)


def _step(patterns: Sequence[Pattern], beta: Array, sigma: Array, likelihood: float) -> Array | None:
    """A scoring step for the covariance, halved while it is not positive or lowers the likelihood."""
    direction = _direction(patterns, beta, sigma)
    visits, size, slack = len(sigma), 1.0, 1e-12 * abs(likelihood)
    while size > 1e-8:
        tried = sigma + size * direction
        smallest, *_, largest = np.linalg.eigvalsh(tried).tolist() if visits > 1 else [tried[0, 0]] * 2
        if smallest > SINGULAR * largest and _log_likelihood(patterns, beta, tried) >= likelihood - slack:
            return np.asarray(tried)
        size /= 2
    return None


def _direction(patterns: Sequence[Pattern], beta: Array, sigma: Array) -> Array:
    visits = len(sigma)
    score = np.zeros((visits, visits))
    information = np.zeros((visits * visits, visits * visits))
    for p in patterns:
        precision = _precision(p, sigma)
        whole = _embed(precision, p, visits)
        score += _embed(precision @ _residual(p, beta) @ precision - p.n * precision, p, visits)
        information += p.n * np.kron(whole, whole)
    # over symmetric matrices: d'(whole x whole)d = tr(whole D whole D), so duplicates share one unknown
    duplicate = _duplication(visits)
    step = solve(duplicate.T @ information @ duplicate).inverse @ (duplicate.T @ score.ravel())
    return np.asarray((duplicate @ step).reshape(visits, visits))


def _duplication(visits: int) -> Array:
    """From the lower triangle of a symmetric matrix to all its entries."""
    rows, columns = np.tril_indices(visits)
    matrix = np.zeros((visits * visits, len(rows)))
    matrix[rows * visits + columns, np.arange(len(rows))] = 1
    matrix[columns * visits + rows, np.arange(len(rows))] = 1
    return matrix
