"""A cell is one world at one size, with its effect or without: how it is drawn, and where its figures are kept."""

import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.coverage.found import Replicate
from benchmarks.coverage.registry import BY_NAME, JUDGED_FROM, World

RESULTS = Path(__file__).resolve().parents[1] / "results" / "coverage"
LARGE, SMALL = 500, 60
"""People per arm from which on, and up to which, a world costs much or next to nothing."""
CHUNK = 20
"""Replications that a process does before it reports."""

Document = dict[str, Any]


@dataclass(frozen=True)
class Cell:
    """`n` people per arm; `effect` 1 as the world tells it, 0 for none."""

    world: str
    n: int
    effect: float
    replications: int
    seed: int

    @property
    def key(self) -> Document:
        return {"n_per_arm": self.n, "effect": self.effect, "replications": self.replications, "seed": self.seed}

    def replicate(self, which: Sequence[int]) -> list[Replicate]:
        """These replications. Each has its own stream of random numbers, whoever draws it and in whatever order."""
        world, name = BY_NAME[self.world], zlib.crc32(self.world.encode())
        with threadpool_limits(1, "blas"):
            return [
                world.replicate(np.random.default_rng([self.seed, name, self.n, int(self.effect), i]), n, self.effect)
                for i in which
                for n in [self.n * world.arms]
            ]

    @property
    def chunks(self) -> list[range]:
        starts = range(0, self.replications, CHUNK)
        return [range(start, min(start + CHUNK, self.replications)) for start in starts]


def cells(world: World, replications: int, seed: int) -> Iterator[Cell]:
    """Every size with the effect; where the chance of a false finding is judged without it too.

    Large arms cost most: half the replications where a promise is judged, a quarter elsewhere. Each figure is given
    with its Monte Carlo error.
    """
    for n in world.sizes:
        is_judged = n < LARGE or n == JUDGED_FROM or world.is_assumed is not False
        times = replications if n < LARGE else replications // 2 if is_judged else replications // 4
        if world.with_effect:
            yield Cell(world.name, n, 1.0, times, seed)
        if not world.with_effect or n in (min(world.sizes), JUDGED_FROM) or n < SMALL:
            yield Cell(world.name, n, 0.0, times if n < LARGE else replications // 4, seed)


def kept(into: Path, world: str) -> list[Document]:
    """What is kept of a world."""
    path = into / f"{world}.json"
    return json.loads(path.read_text(encoding="utf-8"))["cells"] if path.is_file() else []


def keep(into: Path, world: str, found: Document) -> None:
    """Add a cell to its world's file, in place of an earlier one of the same size and effect."""
    into.mkdir(parents=True, exist_ok=True)
    same = [(found["n_per_arm"], found["effect"])]
    others = [cell for cell in kept(into, world) if (cell["n_per_arm"], cell["effect"]) not in same]
    ordered = sorted([*others, found], key=lambda cell: (cell["n_per_arm"], -cell["effect"]))
    text = json.dumps({"world": world, "cells": ordered}, indent=1, ensure_ascii=False)
    (into / f"{world}.json").write_text(text + "\n", encoding="utf-8")


def is_kept(into: Path, cell: Cell) -> bool:
    """Whether it stands there, drawn from the same seed at least as often."""
    same = {name: told for name, told in cell.key.items() if name != "replications"}
    return any(
        same.items() <= one.items() and one["replications"] >= cell.replications for one in kept(into, cell.world)
    )
