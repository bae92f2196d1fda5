"""docs/operating-characteristics.md from the results that are kept: no figure on it is typed by hand."""

from collections.abc import Iterator
from pathlib import Path

from benchmarks.coverage.cells import RESULTS, Document, kept
from benchmarks.coverage.registry import JUDGED_FROM, WORLDS, World
from benchmarks.coverage.tables import ERRORS, PROMISE, alarms, headlines, is_promise_kept, methods, percent

_WORDS = Path(__file__).parent


def render(results: Path = RESULTS) -> str:
    """The whole page."""
    found = {world.name: kept(results, world.name) for world in WORLDS}
    parts = [_words("words.md"), *_in_short(found), _words("words_after.md"), headlines(found), alarms(found),
             *methods(found), _made(found)]  # fmt: skip
    return "\n\n".join(part for part in parts if part) + "\n"


def _words(name: str) -> str:
    return (_WORDS / name).read_text(encoding="utf-8").strip()


def _judged(found: dict[str, list[Document]]) -> Iterator[tuple[World, Document, Document]]:
    """(world, cell, the headline's figures) of every large world with a headline; pairs of arms one by one."""
    for world in WORLDS:
        for cell in found[world.name]:
            if world.is_assumed is not None and cell["n_per_arm"] >= JUDGED_FROM and cell["effect"]:
                for name, figures in cell["methods"].items():
                    if name.startswith("headline") and figures["coverage"]:
                        yield world, cell, figures


def _in_short(found: dict[str, list[Document]]) -> Iterator[str]:
    every = list(_judged(found))
    holds = [one for one in every if one[0].is_assumed]
    kept_ = [one for one in holds if is_promise_kept(one[2]["coverage"])]
    yield "## In short"
    if holds:
        shares = [f["coverage"]["share"] for _, _, f in holds]
        yield (
            f"**With {JUDGED_FROM:,} people or more in each arm, and where what the method supposes is so,** the "
            f"headline's 95% interval held the truth in {100 * min(shares):.1f} to {100 * max(shares):.1f} of 100 "
            f"studies. Promised are {100 * PROMISE[0]:.0f} to {100 * PROMISE[1]:.0f}; {len(kept_)} of {len(holds)} "
            f"figures keep it within {ERRORS:g} Monte Carlo errors."
            + _exceptions([one for one in holds if one not in kept_])
        )
    broken = [one for one in every if not one[0].is_assumed]
    if broken:
        lines = [
            f"- {world.title} ({cell['n_per_arm']:,} an arm): **{100 * f['coverage']['share']:.1f}**{_off(f)}"
            for world, cell, f in broken
        ]
        told = "**Where something that it supposes is not so,** it held the truth in this many of 100:"
        yield "\n".join([told, "", *lines])


def _off(figures: Document) -> str:
    return "" if figures["bias"] is None else f", off by {figures['bias']:+.2f} on average"


def _exceptions(broken: list[tuple[World, Document, Document]]) -> str:
    told = [f"{world.title} ({cell['n_per_arm']:,} an arm): {percent(f['coverage'])}" for world, cell, f in broken]
    return f" Not kept: {'; '.join(told)}." if told else ""


def _made(found: dict[str, list[Document]]) -> str:
    cells = [cell for world in WORLDS for cell in found[world.name]]
    if not cells:
        return ""
    seeds = ", ".join(str(seed) for seed in sorted({cell["seed"] for cell in cells}))
    machines = dict.fromkeys(
        f"{m['cpu']}, {m['cores']} cores, {m['system']}; Python {m['python']}, numpy {m['numpy']}"
        for m in (cell["machine"] for cell in cells)
    )
    revisions = ", ".join(sorted({cell["revision"] for cell in cells}))
    days = sorted({cell["measured_at"][:10] for cell in cells})
    when = [days[0]] if len(days) == 1 else [days[0], days[-1]]
    return (
        f"## How it was made\n\nSeed {seeds}; every replication has random numbers of its own, so that the figures do "
        f"not depend on how many processes share the work. Code at revision {revisions}, {' to '.join(when)}. "
        "`make coverage` (`python -m benchmarks.coverage`); the command of each cell stands with its figures in "
        "`benchmarks/results/coverage/`. The worlds are `benchmarks/coverage/worlds.py` and `other_worlds.py`.\n\n"
        + "\n".join(f"- {machine}" for machine in machines)
    )
