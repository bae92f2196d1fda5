"""What to do first: the few things that would bring most records in, in plain words."""

from collections.abc import Mapping

from pipeline.contract.quality import Quality

MOST = 4
"""A list of more is not a list of what to do first."""

SLOW_DAYS = 30
"""Records written down later than this are written unchecked: a judgement, no figure of a study."""

_WAITING = "unknown_participant"

_BY_REASON: Mapping[str, str] = {
    "missing_required": "Fill in the required cells that are empty",
    "wrong_type": "Write dates, numbers and yes or no in the agreed way",
    "out_of_range": "Look at the values that cannot be, often a slip of the keyboard or another unit",
    "unknown_value": "Use the known words, or let us know the new ones: a word of yours can be added to source.toml",
    "before_time": "Look at the days that lie more than a year before the person's enrolment",
    "in_future": "Look at the days that lie after the day on which the data were taken out",
    "duplicate_id": "Keep one of the rows that say different things of the same record, or give each its own id",
    "ambiguous": "Say exactly what is meant where a value can be read in two ways",
    "unit_missing": "Add the unit",
    "area_missing": "Add the area that was counted to every hair count",
    "instrument_not_for_diagnosis": "Look at values of instruments that are not meant for the person's diagnosis",
    "minor": "Leave out people under 18: they are never taken",
    "malformed_line": "Mend the lines that do not fit their header, often a quote or a line break inside a cell",
    "encoding": "Save the file in the agreed encoding: some letters arrive damaged",
}


def first(quality: Quality) -> list[str]:
    """At most MOST sentences, what concerns most records first."""
    waiting = quality.reasons.get(_WAITING, 0)
    people = quality.n_open.get("participants", 0)
    ranked = [(n, f"{_BY_REASON[r]} ({n:,}).") for r, n in quality.reasons.items() if r in _BY_REASON]
    if waiting and people:
        ranked.append((waiting + people, f"Mend the rows of people first ({people:,}): {_they_wait(waiting)}."))
    elif waiting:
        ranked.append((waiting, f"Send the rows of the people who are missing: {_they_wait(waiting)}."))
    n_overdue = sum(len(o.lines) for o in quality.overdue)
    if n_overdue:
        ranked.append(
            (n_overdue, f"Look for the outcomes of visits that were due, or record why none came ({n_overdue:,}).")
        )
    slow = [lag for lag in quality.lags if lag.ninth_decile_days > SLOW_DAYS]
    said = [text for _, text in sorted(ranked, key=lambda pair: -pair[0])]
    if slow:
        said.append(f"Write records down within {SLOW_DAYS} days where that is possible.")
    return said[:MOST]


def _they_wait(n: int) -> str:
    return (
        "one record waits for somebody who is not there"
        if n == 1
        else f"{n:,} records wait for somebody who is not there"
    )
