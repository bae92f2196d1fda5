"""The words of the page Safety."""

from collections.abc import Sequence

import pandas as pd

from dashboard.figures.rates import Mark, Row
from dashboard.words.numbers import people
from dashboard.words.rate_words import WITHHELD, limits, note, percent
from pipeline.api import explained
from pipeline.contract import reference
from pipeline.contract.cells import Over, Rate, Safety, Unasked

TITLE = "How often are there side effects, how bad are they, and how soon are they over?"
NO_SESSIONS_TITLE = "Nobody has logged a session yet"
NO_SESSIONS = "Side effects are counted per session. This version holds no session, so there is nothing to count."
BY = {"setting": "Setting", "depth": "Needle depth", "device": "Device"}
ALL_PLACES = "All settings"
USUAL_BY, USUAL_EFFECT = "setting", "any"
RATE_NOTE = (
    "Point and line: the share of the sessions that somebody was *asked* about, with its 95% interval; one person's "
    "sessions are alike, and the interval allows for it. Open triangle, dotted line: none was seen, and so many there "
    "may be all the same (95% upper limit). A session that nobody asked about is no session without side effects: "
    "where under half were asked, no share is given."
)
EFFECTS_NOTE = "Several may follow one session, so the shares add up to more than that of any side effect."
SEVERITY_NOTE = (
    "The worst of a session, of sessions with a side effect of which it was told. What people say of themselves and "
    "what a clinician grades are two scales and are not put together. CTCAE: the grades that clinical trials use."
)
GRADED_BY = {"people": "**As people say themselves**", "clinicians": "**As clinicians grade it (CTCAE)**"}
OVER_NOTE = (
    "Of sessions with a side effect, the share after which *all* were over by then, at least; the line also holds what "
    "it may be at most, for an end is known only between two questions (Turnbull's estimate). Over means the last one "
    "is over. An end that nobody told counts as not yet seen."
)
UNASKED_NOTE = (
    "These were told without anybody asking. They count in no share above, neither among the sessions with a side "
    "effect nor among those asked about: nobody knows after how many sessions somebody would have told."
)
FEW_ASKED = (
    "That is fewer than half, so the answers may come mostly from those who had something to complain of, and no share "
    "of all of them is given."
)
NOT_CAUSE = "People choose how deep and where they needle, so the rows are no comparison of like with like."


def places() -> dict[str, str]:
    """All, and each setting."""
    return {"all": ALL_PLACES} | {term.code: term.label for term in reference.vocabulary("setting")}


def answer(found: Safety) -> str:
    """What the whole says, or why it says nothing and what can be said all the same. Markdown."""
    whole, where = found.whole, "" if found.place == "all" else f" in the setting {places()[found.place].lower()}"
    share = f" ({whole.n / whole.n_all:.0%})" if whole.n_all else ""
    asked = f"People were asked about side effects after {whole.n:,} of {whole.n_all:,} sessions{where}{share}."
    gap = FEW_ASKED if whole.reason == "under_half_asked" else explained(whole.reason)
    said = [asked, _rate(whole) if whole.is_given else gap]
    said += [_soon(found.over[0])] if whole.is_given and found.over else []
    if not whole.is_given:
        given = [rate for rate in found.rates if rate.is_given]
        said += [f"**{rate.label}**: {_what(whole)} after {_short(rate)}." for rate in given[:3]]
    return " ".join([*(part for part in said if part), "These are associations."])


def whole_of(found: Safety) -> str:
    """Of which sessions the parts below tell, and where to look if they tell nothing. Markdown."""
    where = "all sessions" if found.place == "all" else f"sessions in the setting **{places()[found.place].lower()}**"
    told = f"Counted over {where}, whatever is chosen for the rows above."
    given = [rate.label for rate in found.rates if rate.is_given] if found.by == "setting" else []
    if found.whole.is_given or not given:
        return told
    return f"{told} At least half were asked in: {', '.join(given)}. Choose it under *In which setting*."


def _rate(rate: Rate) -> str:
    name = _what(rate)
    if rate.is_none_seen:
        most = percent(rate.ci_upper or 0, rate.ci_upper or 0)
        return (
            f"**None** of those asked about, of {people(rate.people)}, had {name}; it may still be up to **{most}** "
            "(95% limit)."
        )
    return f"**{_limits(rate)}** of those asked about, of {people(rate.people)}, had {name}."


def _short(rate: Rate) -> str:
    if rate.is_none_seen:
        most = percent(rate.ci_upper or 0, rate.ci_upper or 0)
        return f"none of {rate.n:,} sessions asked about, at most {most}"
    return f"{_limits(rate)} of {rate.n:,} sessions asked about, of {people(rate.people)}"


def _what(rate: Rate) -> str:
    if rate.code == "any":
        return "a side effect"
    return "one marked as serious" if rate.code == "serious" else rate.label.lower()


def _limits(rate: Rate) -> str:
    value, low, high = rate.estimate or 0, rate.ci_lower or 0, rate.ci_upper or 0
    return f"{percent(value, high)} (95% interval {percent(low, high)} to {percent(high, high)})"


def _soon(over: Over) -> str:
    told = {within.hours: within for within in over.within}
    if 24 not in told:
        return ""
    day, days = told[24], told[72]
    return (
        f"All was over within a day after {limits(day.estimate, day.ci_lower, day.ci_upper)} of the {over.n:,} "
        f"sessions with any side effect, within three days after {limits(days.estimate, days.ci_lower, days.ci_upper)}."
    )


def over_rows(found: Sequence[Over]) -> list[Row]:
    """One line for each kind of session, with a mark for each span."""
    return [Row(one.label, f"{one.n:,} sessions with one, {people(one.people)}", _marks(one)) for one in found]


def _marks(one: Over) -> tuple[Mark, ...]:
    if not one.within:
        return (Mark(_SPANS[24], 0, note=note(one.reason)),)
    return tuple(
        Mark(_SPANS[w.hours], place, w.estimate, w.ci_lower, w.ci_upper, limits(w.estimate, w.ci_lower, w.ci_upper))
        for place, w in enumerate(one.within)
    )


_SPANS = {24: "within a day", 72: "within three days", 168: "within a week"}


def over_table(found: Sequence[Over]) -> list[dict[str, str]]:
    """One row for each kind of session."""
    return [_over_row(one) for one in found]


def _over_row(one: Over) -> dict[str, str]:
    spans = {w.hours: limits(w.estimate, w.ci_lower, w.ci_upper) for w in one.within}
    gap = f"{WITHHELD}: {note(one.reason)}" if one.reason else ""
    median = "" if one.reason else "not seen" if one.median_hours is None else f"{one.median_hours} h"
    return {
        "Sessions": one.label,
        "People": f"{one.people:,}",
        "With a side effect": f"{one.n:,}",
        "Something told of its end": f"{one.timed:,}",
        **{f"Over {name} (95% interval)": spans.get(hours, gap) for hours, name in _SPANS.items()},
        "Half were over by": median,
    }


def over_records(found: Sequence[Over]) -> pd.DataFrame:
    """One span a row, unrounded."""
    return pd.DataFrame(
        [
            {"sessions": one.label, "people": one.people, "n": one.n, "timed": one.timed, "hours": w.hours,
             "unit": "share", "estimate": w.estimate, "ci_lower": w.ci_lower, "ci_upper": w.ci_upper,
             "median_hours": one.median_hours, "reason": one.reason}
            for one in found for w in one.within
        ]
        + [{"sessions": one.label, "people": one.people, "n": one.n, "timed": one.timed, "reason": one.reason}
           for one in found if not one.within]
    )  # fmt: skip


def unasked_table(found: Sequence[Unasked]) -> list[dict[str, str]]:
    """One effect a row."""
    return [
        {
            "Told unasked": one.label,
            "Reports": f"{one.n_reports:,}",
            "People": f"{one.n_people:,}",
            "Marked as serious": f"{one.n_serious:,}",
        }
        for one in found
    ]
