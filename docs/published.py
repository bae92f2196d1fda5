"""The page of what was published: its tables are written from `data/evidence/`."""

from collections.abc import Iterable, Sequence

from pipeline.contract.evidence import ReviewRow, TrialRow, native_factor, reviews, trials
from pipeline.contract.evidence_checks import REVIEW_CHECKS, SENTENCES, TRIAL_CHECKS
from pipeline.contract.instruments import instruments
from pipeline.studies.claims.evidence_contrast import REASONS

PREAMBLE = """# What was published

Generated from `data/evidence/` by `make fix`; do not edit.

The project knows of {compared} trials of scalp microneedling with a comparator and {alone} series without one, most
of them small. They counted hairs per square centimetre, per square inch, in a tattooed spot or in a microscope's
field; many say nothing of how far people differed. Read side by side **they disagree**: beside minoxidil, needling
added about 2 hairs/cm2 in one trial and 69 in another. One trial of 60 people leans towards 0.6 mm over 1.2 mm
without testing it; a meta-analysis of 12 trials found no effect of needle length. So nothing here is called best, no
length, no schedule, no device, and none of it is advice.

Most figures were read in abstracts, tables of reviews or copies, none in a full text (`verified_fulltext` is false
throughout). **What was not found is empty, not nought**: a missing spread is missing here because it could not be
read, not because nobody measured it. What was not read in a source is marked so and never counted.

## Beside a study

`needling studies run` ends each study with the trials that compared the same: same kind of hair loss, same difference
between the arms (needling against none, with another treatment against without it, one length against another). With
`--json` they stand under `evidence`, in a notebook `home.evidence("c3-density-week-24")` gives them. Figures are
converted to the study's unit where unit and area are known; above 0 is better. Changes in percent are never turned
into hairs.

One figure is pooled of them (random effects after Paule and Mandel, interval after Hartung and Knapp, with how far
trials lie apart) only if at least three can be brought together. A trial that cannot is shown and not pooled, for one
or more of these reasons. **Today none can.**
"""

_OF_TRIALS = (
    "trial", "design", "people", "arm", "needles", "every", "week", "outcome", "figure", "p", "doubts", "source",
)  # fmt: skip
_OF_REVIEWS = ("review", "kind", "trials", "people", "outcome", "figure", "doubts", "source")

PLAIN = {"": "", "sd": " (SD)", "se": " (SE)", "not_said": " (of what is not said)"}


def render() -> str:
    """The whole page as Markdown."""
    return "\n".join(
        [
            PREAMBLE.format(compared=len(_named() - _named("uncontrolled", "confounded")),
                            alone=len(_named("uncontrolled", "confounded"))),
            _grid(("reason", "means"), ((f"`{code}`", sentence) for code, sentence in REASONS.items())),
            "## Trials and series\n\nFigures as they were printed; in brackets after conversion. `*`: something in the "
            "row was not read in a source, and its doubts say what.\n",
            _grid(_OF_TRIALS, map(_trial, trials())),
            "## Reviews\n\nMD mean difference, SMD standardised mean difference, RR relative risk; SUCRA is a rank by "
            "probability and tells nothing of how large a difference is.\n",
            _grid(_OF_REVIEWS, map(_review, reviews())),
            "## What figures must obey\n\nA figure that does not is kept and marked, for whoever meets it elsewhere; "
            "the marks are tested against what fails.\n",
            _grid(("check", "what holds"), ((f"`{c.code}`", c.sentence) for c in (*TRIAL_CHECKS, *REVIEW_CHECKS))),
        ]
    )  # fmt: skip


def _named(*designs: str) -> set[str]:
    return {row.trial for row in trials() if not designs or row.design in designs}


def _trial(row: TrialRow) -> tuple[str, ...]:
    people = [f"{row.n}" if row.n else "", f"of {row.n_total}" if row.n_total else "", row.population]
    needles = " to ".join(dict.fromkeys(f"{mm:g}" for mm in row.needle_mm)) + " mm" if row.needle_mm else ""
    days = " to ".join(dict.fromkeys(f"{d:g}" for d in row.interval_days)) + " d" if row.interval_days else ""
    every = row.interval_in_words
    doubts = [*_failed(row), row.disagreement, row.note, _unread(row)]
    return (
        f"{row.name}{'*' if row.unread else ''}",
        row.design.replace("_", " "),
        _joined(people),
        _arm(row),
        _joined([needles, row.device.replace("_", " ")]),
        _joined([days, every]),
        "" if row.weeks is None else f"{row.weeks:g}",
        row.outcome,
        _figure(row),
        row.p_value,
        _joined(doubts, "; "),
        f"{row.source}, {row.source_locator}" if row.source_locator else row.source,
    )


def _arm(row: TrialRow) -> str:
    what = "" if row.needling is None else "needling" if row.needling else "no needling"
    beside = ", ".join(sorted(word.replace("_", " ") for word in row.adjuncts))
    against = f"against {', '.join(row.comparators)}" if row.comparators and row.kind == "contrast" else ""
    return _joined([f"**{row.arm}**" if row.arm else "", what, row.adjunct_detail or beside, against])


def _figure(row: TrialRow) -> str:
    if row.value is None:
        return ""
    spread = f" \u00b1 {row.spread:g}{PLAIN[row.spread_kind]}" if row.spread is not None else ""
    area = f" in {row.area_cm2:g} cm2" if row.area_cm2 else ""
    factor, own = native_factor(row), instruments().get(row.instrument)
    is_other = factor is not None and own is not None and row.unit != own.unit
    converted = f" [{row.value * factor:.2f} {own.unit}]" if is_other and factor and own else ""
    return f"{row.quantity.replace('_pct', '').replace('_', ' ')} {row.printed}{spread} {row.unit}{area}{converted}"


def _review(row: ReviewRow) -> tuple[str, ...]:
    figure = "" if row.value is None else f"{row.measure} {row.value:g}"
    limits = "" if row.ci_lower is None else f" ({row.ci_lower:g} to {row.ci_upper:g})"
    scatter = "" if row.i2_pct is None else f", I2 {row.i2_pct:g}%"
    return (
        row.name,
        row.design.replace("_", " "),
        "" if row.n_studies is None else str(row.n_studies),
        "" if row.n_people is None else f"{row.n_people:,}",
        _joined([row.outcome, row.subgroup]),
        f"{figure}{limits}{' ' if row.unit else ''}{row.unit}{scatter}",
        _joined([*_failed(row), row.disagreement, row.note], "; "),
        row.source,
    )


def _failed(row: TrialRow | ReviewRow) -> list[str]:
    return [f"does not hold: {SENTENCES[code].rstrip('.')}" for code in sorted(row.known_failures)]


def _unread(row: TrialRow) -> str:
    return f"not read in a source: {', '.join(sorted(row.unread)).replace('_', ' ')}" if row.unread else ""


def _joined(words: Iterable[str], by: str = ", ") -> str:
    return by.join(word for word in words if word)


def _grid(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)
