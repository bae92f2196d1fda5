"""Every study of a version with its verdict, side by side under the claim it speaks to."""

from collections.abc import Mapping, Sequence

from pipeline.contract.claimed import Claimed
from pipeline.contract.results import Comparison
from pipeline.studies.claims.claims import verdicts
from pipeline.studies.protocols.protocol import Protocol
from pipeline.studies.protocols.questions import QUESTIONS

_TEXTS = {question.claim: question.text for question in QUESTIONS}


def claimed(
    found: Sequence[tuple[Protocol, Comparison]], looks: Mapping[str, int], fixed: Mapping[str, bool]
) -> tuple[Claimed, ...]:
    """In the order of the claims, a home's own studies last. `looks` and `fixed` are by study."""
    judged = {verdict.study: verdict for verdict in verdicts(found, looks)}
    rows = []
    for protocol, comparison in sorted(found, key=lambda pair: pair[0].claim or "~"):
        verdict = judged.get(protocol.id)
        rows.append(
            Claimed(
                study=protocol.id,
                title=protocol.title or protocol.id,
                claim=protocol.claim,
                question=_TEXTS.get(protocol.claim or "", ""),
                judgement=verdict.judgement if verdict else None,
                because=verdict.because if verdict else None,
                headline=next((e for e in comparison.estimates if e.role == "headline"), None),
                n_observed=sum(arm.n_observed for arm in comparison.arms),
                n_looks=looks.get(protocol.id, 1),
                is_fixed=fixed.get(protocol.id, False),
                q_value=verdict.q_value if verdict else None,
            )
        )
    return tuple(rows)
