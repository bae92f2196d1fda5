"""A protocol made of what somebody asks for, so that a question and a study run the same way."""

import operator
from collections.abc import Sequence

from pipeline.contract import reference as tables
from pipeline.errors import UsageError
from pipeline.studies.protocols.dimensions import Dimension, arms_of
from pipeline.studies.protocols.filters import Filters
from pipeline.studies.protocols.instrument import Instrument
from pipeline.studies.protocols.protocol import Contrast, Outcome, People, Protocol
from pipeline.studies.protocols.window import visit_half_widths

USUAL_DIAGNOSIS = "androgenetic_alopecia"
"""Compared where no diagnosis is asked for, if the instrument is meant for it: kinds of hair loss are never pooled."""

AD_HOC = "ad-hoc"
"""The id of a protocol that nobody has written down."""


def ad_hoc_protocol(
    dimension: Dimension, instrument: Instrument, week: int, filters: Filters, landmark: int | None, against: str | None
) -> Protocol:
    """The protocol of one question. Raises UsageError for a week, a landmark or an arm that does not exist."""
    week, landmark = _whole("week", week), None if landmark is None else _whole("landmark", landmark)
    arms = arms_of(dimension, filters.values.get("staging_scale", ()))
    if against is not None and against not in dimension.labels():
        raise UsageError(
            f"no arm of {dimension.code} is called {against!r}; choose from {', '.join(dimension.labels())}"
        )
    return Protocol(
        id=AD_HOC,
        title=f"{instrument.label} at week {week}, by {dimension.label.lower()}",
        people=People(
            _diagnosis(filters, instrument),
            tuple(filters.texts()),
            needling=dimension.needling,
            adjuncts_asked=dimension.adjuncts_asked,
        ),
        landmark_days=_landmark(week, landmark),
        arms=arms,
        outcome=Outcome(instrument.code, week),
        aim="difference",
        contrast=None if against is None else Contrast("", against),
    )


def _whole(name: str, number: int) -> int:
    """A notebook may give a whole number of NumPy's, which is as good."""
    try:
        return operator.index(number)
    except TypeError:
        raise UsageError(f"{name} {number!r} is no whole number; give one such as 24") from None


def _diagnosis(filters: Filters, instrument: Instrument) -> str:
    asked = filters.values.get("diagnosis", ())
    if len(asked) > 1:
        raise UsageError(f"{len(asked)} diagnoses were given; kinds of hair loss are never pooled, choose one of them")
    if asked:
        return asked[0]
    return USUAL_DIAGNOSIS if instrument.is_for(USUAL_DIAGNOSIS) else instrument.diagnoses[0]


def _landmark(week: int, asked: int | None) -> int:
    """The landmark asked for, else the latest before the visit opens, else the first of all."""
    opens = visit_opens(week)
    if asked is not None:
        return known_landmark(asked)
    days = _landmarks()
    return max((d for d in days if d < opens), default=min(days))


def known_landmark(asked: int) -> int:
    """The day itself. Raises UsageError naming the landmarks where it is none."""
    if asked not in _landmarks():
        raise UsageError(f"landmark {asked} is not known; choose one of {_listed(_landmarks())} days")
    return asked


def _landmarks() -> list[int]:
    return [int(row["days"]) for row in tables.rows("landmarks")]


def visit_opens(week: int) -> int:
    """First day of a visit's window, from time zero. Raises UsageError where there is no such visit."""
    halves = visit_half_widths()
    if week not in halves:
        raise UsageError(f"week {week} is no visit; choose one of {_listed(list(halves))}")
    return 7 * (week - halves[week])


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))
