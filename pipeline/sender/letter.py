"""The quality letter: one page for one sender, with counts of nothing but what they sent."""

from collections.abc import Sequence

from pipeline.contract.quality import Filled, Overdue, Quality
from pipeline.contract.reasons import REASONS
from pipeline.sender import advice
from pipeline.sender.page import Block, Heading, Items, Paragraph, Table, to_html, to_markdown

DELIVERIES_SHOWN = 8
"""The latest so many deliveries show where it goes."""

LINES_SHOWN = 40
"""So many lines are named per visit; the rest is counted, and stands in the list beside the letter."""

COLUMNS_SHOWN = 6


_AGAIN = "and send it again: what is in order then is taken, and nothing else changes."
_HOW_TO_MEND = (
    "The copy of your file under marked/ says in its last column, or in the list beside it, what is wrong in a row. "
    f"Correct the row, leave that column as it is, {_AGAIN}"
)
_WHERE_TO_LOOK = f"not-taken.csv names file, line and column of each. Correct your file {_AGAIN}"


def render(quality: Quality, *, has_copies: bool) -> tuple[str, str]:
    """(Markdown, HTML). `has_copies`: marked copies of the sender's files lie beside the letter."""
    title = f"What you sent: {quality.source}"
    blocks = [Heading(title, 1), *_summary(quality), *_first(quality), *_reasons(quality, has_copies), *_trend(quality)]
    blocks += [*_complete(quality), *_overdue(quality), *_lags(quality)]
    return to_markdown(blocks), to_html(title, blocks)


def _summary(quality: Quality) -> list[Block]:
    taken, waiting = sum(quality.n_taken.values()), sum(quality.n_open.values())
    state = f"{waiting:,} could not be taken yet" if waiting else "nothing waits for a correction"
    return [
        Paragraph(
            f"Data taken out up to {quality.data_until}. {taken:,} of your records are in use; {state}. Thank you."
        ),
        Paragraph(
            "Every figure counts what you sent, and nobody else's. People are named by the lines of your files alone."
        ),
    ]


def _first(quality: Quality) -> list[Block]:
    what = advice.first(quality)
    return [Heading("What to do first"), Items(tuple(what), is_numbered=True)] if what else []


def _reasons(quality: Quality, has_copies: bool) -> list[Block]:
    if not quality.reasons:
        return []
    rows = tuple((f"{n:,}", REASONS[reason].sentence) for reason, n in quality.reasons.items())
    return [
        Heading("Why records were not taken"),
        Table(("records", "reason"), rows),
        Paragraph(_HOW_TO_MEND if has_copies else _WHERE_TO_LOOK),
    ]


def _trend(quality: Quality) -> list[Block]:
    shown = quality.deliveries[-DELIVERIES_SHOWN:]
    rows = tuple((str(d.taken_out_on), f"{d.n_read:,}", f"{d.n_quarantined:,}", _percent(d.share)) for d in shown)
    more = len(quality.deliveries) - len(shown)
    note = [Paragraph(f"{more:,} earlier ones are not shown.")] if more else []
    return [Heading("From delivery to delivery"), Table(("taken out on", "read", "not taken", "share"), rows), *note]


def _complete(quality: Quality) -> list[Block]:
    tables = dict.fromkeys(f.table for f in quality.filled)
    rows = tuple(_row([f for f in quality.filled if f.table == table]) for table in tables)
    if not rows:
        return []
    headers = ("table", "records", "always filled", "filled in part", "never filled")
    return [Heading("How complete your records are"), Table(headers, rows)]


def _row(filled: Sequence[Filled]) -> tuple[str, ...]:
    whole = [f for f in filled if f.n_filled == f.n_records]
    part = sorted((f for f in filled if 0 < f.n_filled < f.n_records), key=lambda f: f.share)
    never = [f for f in filled if not f.n_filled]
    told = [f"{f.column} {_percent(f.share)}" for f in part]
    return (
        filled[0].table,
        f"{filled[0].n_records:,}",
        f"{len(whole)} of {len(filled)} columns",
        _listed(told) or "none",
        _listed([f.column for f in never]) or "none",
    )


def _overdue(quality: Quality) -> list[Block]:
    if not quality.n_due:
        return []
    rows = []
    for week, n in sorted(quality.n_due.items()):
        late = sum(len(o.lines) for o in quality.overdue if o.week == week)
        rows.append((f"week {week}", f"{n:,}", f"{late:,}", _percent(late / n)))
    blocks: list[Block] = [
        Heading("Visits that were due"),
        Table(("visit", "due", "no outcome came", "share"), tuple(rows)),
    ]
    if quality.overdue:
        blocks.append(Items(tuple(_places(overdue) for overdue in quality.overdue)))
    return blocks


def _places(overdue: Overdue) -> str:
    shown = ", ".join(map(str, overdue.lines[:LINES_SHOWN]))
    more = len(overdue.lines) - LINES_SHOWN
    rest = f" and {more:,} more (overdue.csv)" if more > 0 else ""
    word = "line" if len(overdue.lines) == 1 else "lines"
    return f"Week {overdue.week}: {overdue.file} as taken out on {overdue.taken_out_on}, {word} {shown}{rest}"


def _lags(quality: Quality) -> list[Block]:
    if not quality.lags:
        return []
    rows = tuple(
        (lag.table, f"{lag.n_records:,}", f"{lag.median_days:,}", f"{lag.ninth_decile_days:,}") for lag in quality.lags
    )
    headers = ("table", "records that say when", "median, days", "nine in ten within, days")
    return [Heading("How soon records are written down"), Table(headers, rows)]


def _listed(words: Sequence[str]) -> str:
    more = len(words) - COLUMNS_SHOWN
    return ", ".join(words[:COLUMNS_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _percent(share: float | None) -> str:
    """A share as it may be said: what is not all is never 100%, what is not none never 0%."""
    if share is None:
        return "-"
    percent = 100 * share
    if 0 < percent < 10 or 99 < percent < 100:
        return f"{min(max(percent, 0.1), 99.9):.1f}%"
    return f"{percent:.0f}%"
