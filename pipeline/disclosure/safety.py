"""How many side effects may there be where few or none were told: from counts that are told as they are."""

import duckdb
import polars as pl
from scipy import stats

LEVEL = 0.95


def upper_limit(n: int, asked: int, level: float = LEVEL) -> float:
    """The exact one-sided upper limit of a share, `n` of those asked having told of something.

    Clopper, C. J. and Pearson, E. S. (1934). Biometrika 26:404-413. Of none it is 1 - (1 - level)^(1 / asked), about
    three in `asked`: Hanley, J. A. and Lippman-Hand, A. (1983). If nothing goes wrong, is everything all right? JAMA
    249:1743-1745.

    `studies/estimators/clustered_share.py` has the two-sided one, at what clustered things are worth: rooms do not
    import each other, and estimators know nothing of the rest.

    >>> round(upper_limit(0, 27), 3), round(upper_limit(3, 40), 3), upper_limit(5, 5)
    (0.105, 0.183, 1.0)
    """
    return 1.0 if n == asked else float(stats.beta.ppf(level, n + 1, asked - n))


def write_safety(con: duckdb.DuckDBPyConnection) -> None:
    """Table clinic_safety of clinic.duckdb: of clinics with figures for their own eyes, from these."""
    found = con.execute(_TOLD).fetchall()
    rows = [(*row, round(upper_limit(row[2], row[3]), 3)) for row in found]
    columns = {"clinic_id": pl.String, "cell": pl.String, "n": pl.Int32, "n_asked": pl.Int32, "upper": pl.Float64}
    con.register("limits_of_safety", pl.DataFrame(rows, schema=columns, orient="row"))
    con.execute("CREATE TABLE clinic.main.clinic_safety AS FROM limits_of_safety ORDER BY clinic_id, cell")


# Who was asked is everybody less those never asked: both must be told, of one release.
_TOLD = """
SELECT f.clinic_id, f.cell, f.n_shown, f.n_above - n.n_shown AS n_asked
FROM figures f JOIN figures n USING (audience, clinic_id, partition)
WHERE f.audience = 'own_clinic' AND f.partition = 'side_effects' AND f.cell IN ('mild', 'severe')
  AND n.cell = 'not_asked' AND f.released_in = n.released_in AND f.share IS NOT NULL
  AND f.n_above > n.n_shown AND f.n_shown <= n_asked
ORDER BY f.clinic_id, f.cell"""
