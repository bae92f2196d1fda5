"""The words of the page Adherence."""

from dashboard.figures.rates import Mark, Row
from dashboard.words.numbers import people
from dashboard.words.rate_words import WITHHELD, limits, note, told
from pipeline.contract.cells import Adherence, Mean, Rate

TITLE = "Do people keep to their plan, and who stops?"
NOBODY_TITLE = "Nobody has needled for so long yet"
NOBODY = (
    "Of people who needle, none has reached this visit yet by the day on which the data were taken out. Choose an "
    "earlier visit, or come back when newer data are published."
)
NO_PLAN = "Nobody here has both a plan with an interval and a log of sessions, so the two cannot be held side by side."
BY = {
    "setting": "Setting", "depth": "Needle depth", "device": "Device", "diagnosis": "Diagnosis", "stage": "Stage",
    "sex": "Sex", "age": "Age",
}  # fmt: skip
WEEKS = {12: "week 12", 24: "week 24", 52: "week 52"}
DONE_NOTE = (
    "Days with a session, for every session planned from the start to this visit, of people who have both a plan and a "
    "log. Who stopped counts with the whole plan. The line is a 95% interval."
)
GAPS_NOTE = (
    "The longest time between two sessions. The time after the last one is no gap: it stands below, as having stopped. "
    "Somebody with a plan of every two weeks has gaps of two weeks."
)
SWITCHED_NOTE = "At any time up to this visit. Where people needle and with what is settled by day 28 for the rows."
STOPPED_NOTE = (
    "Stopped needling: the last session (or the end of the course) lies before this visit's window. Stopped reporting: "
    "the last result does. Somebody whose visit has not come yet is in neither."
)
REASONS_NOTE = "The last event told of somebody who stopped needling or reporting. What nobody told is not made up."


def answer(found: Adherence) -> str:
    """Plan against done, and how many stopped. Markdown."""
    stopped = {rate.code: rate for rate in found.stopped}
    said = [f"From the start to week {found.week}:"]
    done = found.whole_done
    if done.estimate is not None and done.ci_lower is not None and done.ci_upper is not None:
        said.append(
            f"people who had a plan and kept a log did **{limits(done.estimate, done.ci_lower, done.ci_upper)}** of "
            f"their planned sessions ({people(done.people)});"
        )
    else:
        said.append(f"how much of their plan people did is not given ({note(done.reason)});")
    said.append("; ".join(_stopped(stopped[code], verb) for code, verb in _VERBS.items()) + ".")
    said.append("The numbers in brackets are 95% intervals. These are associations.")
    return " ".join(said)


_VERBS = {"stopped_needling": "had stopped needling", "stopped_reporting": "had stopped reporting"}


def _stopped(rate: Rate, verb: str) -> str:
    if not rate.is_given:
        return f"too few people to say how many {verb}"
    return f"**{told(rate)}** of {people(rate.people)} {verb}"


def done_rows(found: Adherence) -> list[Row]:
    """Everybody, then each kind."""
    return [Row(mean.label, f"{people(mean.people)}, {mean.n:,} sessions planned", (_mark(mean),))
            for mean in (found.whole_done, *found.done)]  # fmt: skip


def _mark(mean: Mean) -> Mark:
    return Mark("", 0, mean.estimate, mean.ci_lower, mean.ci_upper, _share(mean), note(mean.reason))


def _share(mean: Mean) -> str:
    if mean.estimate is None or mean.ci_lower is None or mean.ci_upper is None:
        return ""
    return limits(mean.estimate, mean.ci_lower, mean.ci_upper)


def done_table(found: Adherence, named: str) -> list[dict[str, str]]:
    """One kind a row."""
    return [
        {
            named: mean.label,
            "People with plan and log": f"{mean.people:,}",
            "Sessions planned": f"{mean.n:,}",
            "Done of those planned (95% interval)": _share(mean) or f"{WITHHELD}: {note(mean.reason)}",
        }
        for mean in (found.whole_done, *found.done)
    ]
