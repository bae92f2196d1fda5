"""The sums of a study's contrast, and how they are written down."""

from typing import Any

import duckdb
import numpy as np

from pipeline.contract.results import REASONS, Comparison
from pipeline.errors import UsageError
from pipeline.studies.contrasts.compare import ask_study, people_of
from pipeline.studies.estimators.linear import Meat
from pipeline.studies.protocols.protocol import Protocol
from pipeline.studies.sums.pair_sums import PairSums, Part, read_pair_sums

Document = dict[str, Any]


def is_linear(found: Comparison) -> bool:
    """Whether linear models had a part in an answer, so that its sums are of use: a contrast of two means."""
    return any(e.method == "mmrm" and e.reference is not None and e.quantity == "difference" for e in found.estimates)


def study_sums(con: duckdb.DuckDBPyConnection, protocol: Protocol) -> PairSums:
    """Raises UsageError where the study compares no two arms, or the version has nobody for it."""
    contrast = protocol.contrast
    if contrast is None or not {contrast.arm, contrast.reference} <= {arm.id for arm in protocol.arms}:
        raise UsageError(f"study {protocol.id} compares no two arms, so it has no sums; see `needling studies list`")
    population = people_of(con, ask_study(con, protocol))
    if isinstance(population, str):
        raise UsageError(f"study {protocol.id} has no sums in this version: {REASONS[population]}")
    return read_pair_sums(con, population, contrast.arm, contrast.reference)


def to_document(sums: PairSums) -> Document:
    """As plain values."""
    return {
        "names": sums.names,
        "left_out": sums.left_out,
        "n_alone": sums.n_alone,
        "weeks": sums.weeks,
        "parts": [
            {"arm": p.arm, "visits": p.visits, "n": p.n, "zz": p.zz.tolist(), "zy": p.zy.tolist(), "yy": p.yy.tolist()}
            for p in sums.parts
        ],
        "meat": {"matrix": sums.meat.matrix.tolist(), "alone": sums.meat.alone.tolist()},
    }


def from_document(document: Document) -> PairSums:
    """As they were before, to the last bit."""
    names, size = tuple(document["names"]), len(document["names"]) + 2
    parts = [
        Part(
            p["arm"], tuple(p["visits"]), p["n"], np.array(p["zz"]),
            np.array(p["zy"], dtype=np.float64).reshape(size - 1, len(p["visits"])),
            np.array(p["yy"], dtype=np.float64).reshape(len(p["visits"]), len(p["visits"])),
        )
        for p in document["parts"]
    ]  # fmt: skip
    left_out = tuple((name, reason) for name, reason in document["left_out"])
    alone = np.array(document["meat"]["alone"], dtype=np.float64).reshape(-1, size)
    meat = Meat(np.array(document["meat"]["matrix"]), alone)
    return PairSums(names, left_out, document["n_alone"], tuple(document["weeks"]), tuple(parts), meat)
