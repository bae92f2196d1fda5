"""What people paid, known to the cent: lognormal amounts a month, at home and with a professional.

Written as tables into a database that `world.build` has filled; everybody needles, half with a professional, and
density is seen at weeks 24 and 36.
"""

import duckdb
import numpy as np

SPREAD = 0.7
"""Standard deviation of the logarithm of an amount."""

HOME = 10.0
"""Mean amount a month at home."""


def add(
    con: duckdb.DuckDBPyConnection,
    people: int,
    *,
    times: float = 10.0,
    told: float = 0.6,
    more: float = 0.0,
    seed: int = 1,
) -> None:
    """`times` as much is paid to a professional; `told` is the share who say so; `more` is added to the share of 0.2
    that responds, among those who go to a professional. `people` is that of `world.build`."""
    rng = np.random.default_rng((seed, 8))
    professional = rng.random(people) < 0.5
    mean = np.where(professional, times * HOME, HOME)
    responds = rng.random(people) < 0.2 + more * professional
    con.register("drawn", {
        "participant_id": np.arange(people, dtype=np.int32), "professional": professional,
        "amount": mean * np.exp(rng.normal(-(SPREAD**2) / 2, SPREAD, people)), "told": rng.random(people) < told,
        "euro": rng.random(people) < 0.2, "responds": responds, "stays": rng.random(people) < 0.8,
    })  # fmt: skip
    con.execute(_TABLES)
    con.unregister("drawn")


_TABLES = """
UPDATE exposure SET is_needling = true, needle_length_mm = 0.5, device = 'dermaroller',
  setting = CASE WHEN d.professional THEN 'clinic' ELSE 'home' END
FROM drawn d WHERE d.participant_id = exposure.participant_id;
UPDATE participants SET enrolled_quarter = CASE participant_id % 3 WHEN 0 THEN '2024Q4' ELSE '2025Q1' END;
DELETE FROM cost; DELETE FROM costs; DELETE FROM outcome_change;
INSERT INTO cost SELECT participant_id, CASE WHEN euro THEN 'EUR' ELSE 'USD' END,
  CASE WHEN professional THEN 'session_fee' ELSE 'device' END, amount FROM drawn WHERE told;
INSERT INTO cost SELECT participant_id, 'USD', 'treatment', 500 FROM drawn WHERE told;
INSERT INTO costs SELECT participant_id, 0, item, currency FROM cost;
INSERT INTO outcome_change
SELECT participant_id, 'hair_density', 'crown', NULL, 'software', NULL, w.week, 7 * w.week,
  CASE WHEN responds THEN 25000 ELSE 5000 END + 500 * ((participant_id * 7919) % 13 - 6), 150000
FROM drawn, (VALUES (12), (24), (36)) w(week) WHERE w.week = 12 OR stays;
"""
