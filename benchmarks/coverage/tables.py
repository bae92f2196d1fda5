"""The tables of the page: the headline, the warnings, every method."""

from collections.abc import Iterator

from benchmarks.coverage.cells import Document
from benchmarks.coverage.registry import JUDGED_FROM, WORLDS, World

PROMISE = (0.93, 0.97)
"""What the headline's interval may cover where its assumptions hold."""
ERRORS = 2.0
"""Monte Carlo errors within which a share counts as inside the promise."""
METHODS = {
    "headline": "**headline**",
    "seq_dr": "sequential doubly robust",
    "seq_dr_overlap": "the same, people who could be in either arm",
    "mmrm": "repeated measures",
    "ancova": "those who stayed: linear model",
    "ancova_by_clinic": "those who stayed: linear model, clinics counted (CR2)",
    "iptw": "those who stayed: IPTW",
    "overlap_weights": "those who stayed: overlap weights",
    "aipw": "those who stayed: AIPW",
    "entropy_balancing": "those who stayed: entropy balancing",
    "welch": "those who stayed, not adjusted: Welch",
    "iptw_ipcw": "weights for choice and leaving (IPTW x IPCW)",
    "stacked_aipw": "AIPW, stacked standard error",
    "g_computation": "linear model with slopes by arm (HC2)",
    "equivalence": "called the same where the truth is the margin (TOST, one-sided 5%)",
    "cr0": "linear model, clinics counted (CR0)",
    "cr2": "linear model, clinics counted (CR2)",
    "bootstrap": "linear model, clinics drawn again",
    "proportional_odds": "those who stayed: proportional odds",
    "proportional_odds_weighted": "proportional odds, weighted for who left",
    "count_model": "ratio of mean counts among everybody",
    "poisson_completers": "those who stayed: Poisson",
    "count_ratio": "those who stayed, not adjusted: ratio of mean counts",
    "brunner_munzel": "chance of a better result (Brunner-Munzel)",
}
FLAGS = {
    "simpson": "adjusting turned or moved the difference",
    "clinics": "clinics and arms cannot be told apart",
    "balance_caution": "difference after weighting above 0.10",
    "balance_fail": "difference after weighting above 0.25",
    "withheld_few_effective": "withheld: worth too few people",
    "withheld_unbalanced": "withheld: people too different",
    "retention": "retention 20 points apart",
}


def table(head: str, rows: list[list[str]]) -> str:
    columns = head.split("|")
    return "\n".join("| " + " | ".join(line) + " |" for line in (columns, ["---"] * len(columns), *rows))


def percent(share: Document | None) -> str:
    return "" if share is None else f"{100 * share['share']:.1f} ± {100 * share['error']:.1f}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}" if abs(value) < 1 else f"{value:.2f}"


def is_promise_kept(coverage: Document) -> bool:
    """Inside the promise, or not beyond it by more than its Monte Carlo error explains."""
    low, high = PROMISE
    room = ERRORS * float(coverage["error"])
    return low - room <= float(coverage["share"]) <= high + room


def headlines(found: dict[str, list[Document]]) -> str:
    head = "world|people per arm|drawn|headline|shown|bias|SD of estimates|mean standard error|covers|promise"
    head += "|false findings"
    rows = [
        _headline_row(world, cell, name, found[world.name])
        for world in WORLDS
        for cell in found[world.name]
        for name in cell["methods"]
        if cell["effect"] and name.startswith("headline")
    ]
    told = (
        "People per arm are those who begin; *drawn* is how many studies were invented. *Covers* is how many of 100 "
        "intervals held the truth, *false findings* how many of 100 found a difference (p under 0.05) in the "
        "same world without one; each with its Monte Carlo error (±). A mean standard error below the SD of "
        "estimates tells of intervals that are too narrow."
    )
    return f"## The headline\n\n{told}\n\n{table(head, rows)}"


def _headline_row(world: World, cell: Document, name: str, others: list[Document]) -> list[str]:
    figures, which = cell["methods"][name], name.removeprefix("headline").replace("_", " ")
    null = next((c for c in others if c["n_per_arm"] == cell["n_per_arm"] and not c["effect"]), None)
    given = figures["given"] / cell["replications"]
    return [
        world.title + which,
        f"{cell['n_per_arm']:,}",
        f"{cell['replications']:,}",
        ", ".join(f"{_method(was)} {n / cell['replications']:.0%}" for was, n in cell["headline_was"].items()),
        f"{given:.0%}",
        _with_error(figures, "bias"),
        _with_error(figures, "empirical_se"),
        _number(figures["mean_se"]),
        percent(figures["coverage"]),
        _verdict(world, cell, figures["coverage"]),
        percent(null["methods"][name]["rejected"]) if null else "",
    ]


def _method(name: str) -> str:
    return {"mmrm": "repeated measures", "seq_dr": "doubly robust", "seq_dr_overlap": "doubly robust, overlap"}.get(
        name, name.replace("_", " ")
    )


def _with_error(figures: Document, name: str) -> str:
    value, error = figures[name], figures[f"{name}_error"]
    return "" if value is None else f"{_number(value)} ± {_number(error)}"


def _verdict(world: World, cell: Document, coverage: Document | None) -> str:
    if coverage is None:
        return ""
    if not world.is_assumed:
        return "not made"
    if cell["n_per_arm"] < JUDGED_FROM:
        return "from 1,000 on"
    return "kept" if is_promise_kept(coverage) else "**broken**"


def alarms(found: dict[str, list[Document]]) -> str:
    shown = [w for w in WORLDS if w.is_harmless] + [w for w in WORLDS if not w.is_harmless]
    rows = [
        [world.title, "no" if world.is_harmless else "yes", f"{cell['n_per_arm']:,}", "yes" if cell["effect"] else "no",
         *(percent(cell["flags"].get(flag)) for flag in FLAGS)]
        for world in shown for cell in found[world.name] if cell["flags"]
    ]  # fmt: skip
    told = (
        "How many of 100 studies were warned of, or withheld. Where nothing is wrong, every one of these is a false "
        "alarm; but where half leave on what they saw, leaving itself tells the arms apart, and it is right to say so."
    )
    head = "world|anything wrong|people per arm|with an effect|" + "|".join(FLAGS.values())
    return f"## Warnings and false alarms\n\n{told}\n\n{table(head, rows)}"


def methods(found: dict[str, list[Document]]) -> Iterator[str]:
    yield (
        "## Every method, world by world\n\nEach against the truth of the people that it speaks of: overlap weights "
        "against those who could be in either arm, entropy balancing against the people of the deeper arm. A method "
        "that stands beside another question than a difference tells it in its name."
    )
    head = "people per arm|method|given|bias|SD of estimates|mean standard error|covers|found a difference"
    head += "|where there was none"
    for world in WORLDS:
        cells = [cell for cell in found[world.name] if _is_told(world, cell)]
        rows = [row for cell in cells for row in _method_rows(cell, found[world.name])]
        if rows:
            yield f"### {world.title}\n\n{table(head, rows)}"


def _is_told(world: World, cell: Document) -> bool:
    """With the effect where there is one; of worlds with a headline the judged size and the smallest."""
    shown = (
        (JUDGED_FROM, min(world.sizes)) if "headline" in cell["methods"] and world.name != "handful" else world.sizes
    )
    return bool(cell["effect"]) is world.with_effect and cell["n_per_arm"] in shown


def _method_rows(cell: Document, others: list[Document]) -> Iterator[list[str]]:
    null = next((c for c in others if c["n_per_arm"] == cell["n_per_arm"] and not c["effect"]), None)
    for name, figures in cell["methods"].items():
        without = null["methods"].get(name, {}).get("rejected") if null and null is not cell else None
        yield [
            f"{cell['n_per_arm']:,}",
            METHODS.get(name, name),
            f"{figures['given'] / cell['replications']:.0%}",
            _with_error(figures, "bias"),
            _with_error(figures, "empirical_se"),
            _number(figures["mean_se"]),
            percent(figures["coverage"]),
            percent(figures["rejected"]),
            percent(without),
        ]
