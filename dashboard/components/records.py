"""What the figures of a comparison show, as rows for a file: numbers unrounded, each with its unit."""

from collections.abc import Sequence
from dataclasses import asdict
from itertools import pairwise

import pandas as pd

from dashboard.figures.love import Difference
from pipeline.contract.results import Comparison


def results(result: Comparison) -> pd.DataFrame:
    """Everything the page shows, one estimate a row, numbers unrounded; what is missing has its reason."""
    arms = {arm.arm: arm for arm in result.arms}
    estimand = result.estimand
    records = [
        {
            "study": result.study,
            **{key: estimand.get(key) for key in ("by", "instrument", "week", "diagnosis")},
            "filters": " & ".join(estimand.get("where") or ()),
            "n": arms[e.arm].n if e.arm in arms else None,
            "n_due": arms[e.arm].n_due if e.arm in arms else None,
            "n_observed": arms[e.arm].n_observed if e.arm in arms else None,
            "quantity": e.quantity,
            **e.to_json(),
        }
        for e in result.estimates
    ]
    return pd.DataFrame(records)


def arms(result: Comparison) -> pd.DataFrame:
    """How many of each arm came back: people, those whose visit has passed, those with a result, their share."""
    return pd.DataFrame(
        [{"arm": a.arm, "label": a.label, "n": a.n, "n_due": a.n_due, "n_observed": a.n_observed,
          "share_observed_of_due": a.retention} for a in result.arms]
    )  # fmt: skip


def steps(result: Comparison) -> pd.DataFrame:
    """People left after each step, and those it left out."""
    counts = [n for _, n in result.attrition]
    lost = [0, *(before - n for before, n in pairwise(counts))]
    return pd.DataFrame({"step": [step for step, _ in result.attrition], "n": counts, "n_left_out": lost})


def changes(result: Comparison) -> pd.DataFrame:
    """People by how much they changed, arm by arm; the first and last bin hold everything beyond them."""
    unit = str(result.estimand.get("unit", ""))
    return pd.DataFrame(
        [
            {"arm": d.arm, "from": d.start + i * d.width, "to": d.start + (i + 1) * d.width, "unit": unit, "n": n}
            for d in result.distributions
            for i, n in enumerate(d.counts)
        ]
    )


def balance(rows: Sequence[Difference]) -> pd.DataFrame:
    """How far the arms lie apart in each characteristic, in standard deviations."""
    return pd.DataFrame([asdict(row) | {"unit": "standard deviations"} for row in rows])
