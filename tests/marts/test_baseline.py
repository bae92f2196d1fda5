"""Baseline: what somebody was like at the start, told of everybody who was measured then."""

from tests.marts.landing_text import Landing
from tests.marts.test_outcome_change import needle_weekly

STRATUM = "participant_id, instrument, region, side, rater, method"


def test_somebody_who_never_came_back_has_a_baseline_too(landing: Landing) -> None:
    landing.people("ann", "bob", "cat")
    needle_weekly(landing, "ann", "bob", "cat")
    landing.add(
        "outcomes",
        """
        who | assessed_day | value | replicate
        ann | -20          | 900   |
        ann | 3            | 1000  | 1
        ann | 3            | 1001  | 2
        bob | 0            | 1000  |
        bob | 168          | 1100  |
        cat | 8            | 1000  |
    """,
    )
    landing.build()
    assert landing.of("baseline", "baseline_day, baseline_milli, n_values") == {
        "ann": (3, 100_050, 2),
        "bob": (0, 100_000, 1),
    }
    assert landing.of("outcome_change", "baseline_milli") == {"bob": 100_000}


def test_each_way_of_measuring_has_its_own_and_a_change_has_none(landing: Landing) -> None:
    landing.people("ann")
    landing.add(
        "outcomes",
        """
        who | assessed_day | instrument     | value | region | rater       | area_cm2
        ann | 0            | hair_density   | 1000  |        | software    |
        ann | 0            | hair_density   | 2000  | crown  | software    |
        ann | 0            | hair_density   | 3000  | crown  | clinician   |
        ann | 0            | hair_count     | 100   | crown  | clinician   | 0.650
        ann | 0            | ga_participant | 1     |        | participant |
    """,
    )
    landing.build()
    assert landing.query("SELECT instrument, region, rater, baseline_milli FROM baseline ORDER BY baseline_milli") == [
        ("hair_density", None, "software", 100_000),
        ("hair_count", "crown", "clinician", 153_846),
        ("hair_density", "crown", "software", 200_000),
        ("hair_density", "crown", "clinician", 300_000),
    ]


def test_a_change_takes_its_baseline_from_the_one_table(landing: Landing) -> None:
    landing.people("ann")
    landing.add(
        "outcomes",
        """
        who | assessed_day | value | region | side
        ann | -5           | 1000  |        | left
        ann | 5            | 1100  |        | left
        ann | 2            | 2000  | crown  |
        ann | 168          | 1200  |        | left
        ann | 168          | 2500  | crown  |
    """,
    )
    landing.build()
    shared = f"SELECT {STRATUM}, baseline_day, baseline_milli"
    assert landing.query(f"{shared} FROM outcome_change ORDER BY ALL") == landing.query(
        f"{shared} FROM baseline ORDER BY ALL"
    )
    assert landing.of("baseline", "baseline_day", "region IS NULL") == {"ann": -5}
