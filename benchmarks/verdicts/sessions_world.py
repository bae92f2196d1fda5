"""Sessions whose side effects last as long as was decided: people differ, are asked at set hours, and answer.

Hours until all is over are lognormal with median `median`, half of the spread being between people. Written as
tables into a database that `world.build` has filled.
"""

import math

import duckdb
import numpy as np
from scipy import stats

SPREAD = 0.6
"""Standard deviation of the logarithm of the hours, between people and within each."""


def add(
    con: duckdb.DuckDBPyConnection,
    people: int,
    *,
    median: float = 16.0,
    asked: float = 0.8,
    chance: float = 0.5,
    told: float = 0.7,
    seed: int = 1,
) -> None:
    """`asked` is the share of sessions after which somebody asks, `chance` that of a side effect, `told` the share of
    ends that are told to the hour; of the others it is known only that all was over when somebody asked."""
    rng = np.random.default_rng((seed, 5))
    n = rng.integers(1, 8, people)
    person = np.repeat(np.arange(people, dtype=np.int32), n)
    own = rng.normal(0, SPREAD, people)[person]
    hours = median * np.exp(own + rng.normal(0, SPREAD, len(person)))
    at = rng.choice([6.0, 24.0, 48.0, 72.0, 168.0], len(person))
    told_hours = np.where(rng.random(len(person)) < told, np.round(hours, 1), at)
    con.register("drawn", {
        "participant_id": person, "session_id": np.arange(len(person), dtype=np.int32), "hours": hours,
        "day": rng.integers(0, 160, len(person)).astype(np.int32), "when_asked": at,
        "told_hours": np.minimum(told_hours, at),
        "asked": rng.random(len(person)) < asked, "has": rng.random(len(person)) < chance,
        "complains": rng.random(len(person)) < 0.5, "mm": rng.choice([0.5, 1.5], len(person)),
    })  # fmt: skip
    con.execute(_TABLES)
    con.unregister("drawn")


_TABLES = """
DELETE FROM sessions; DELETE FROM side_effects;
INSERT INTO sessions SELECT session_id, participant_id, day, 'dermaroller', 'home', mm, 'crown' FROM drawn;
INSERT INTO side_effects
SELECT participant_id, session_id, CASE WHEN asked THEN 'checklist' ELSE 'spontaneous' END,
  CASE WHEN has THEN 'redness' ELSE 'none' END, when_asked,
  CASE WHEN has AND hours <= when_asked THEN told_hours END, CASE WHEN has AND hours > when_asked THEN when_asked END
FROM drawn WHERE asked OR (has AND complains)
"""


def median_for(within: float, share: float) -> float:
    """The median at which that share is over within so many hours."""
    return float(within / math.exp(stats.norm.ppf(share) * SPREAD * math.sqrt(2)))
