"""What a version says of the field's claims, as types: for the dashboard and a notebook."""

from dataclasses import dataclass

from pipeline.contract.results import Estimate


@dataclass(frozen=True)
class Claimed:
    """One study's word on one claim.

    `question` is the claim's, in plain words; `judgement` and `because` the verdict, None of both where the study
    compares too many things for a single one. `headline` may hold no number, and then why. `n_observed` are the people
    with a result in the arms of the study. `is_fixed`: the protocol was fixed before anybody looked.
    `q_value` is the p-value corrected for every tested study of the list (Benjamini-Hochberg), None without a test.
    """

    study: str
    title: str
    claim: str | None
    question: str
    judgement: str | None
    because: str | None
    headline: Estimate | None
    n_observed: int
    n_looks: int
    is_fixed: bool
    q_value: float | None = None
