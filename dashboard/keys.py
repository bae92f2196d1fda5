"""Names of the widgets, which are the names in a link too. One place, so that no two pages clash."""

from enum import StrEnum


class Compare(StrEnum):
    """Controls of the page Compare."""

    BY = "by"
    INSTRUMENT = "instrument"
    WEEK = "week"
    AGAINST = "against"
    SHOW = "show"


class Filter(StrEnum):
    """Controls that narrow down people, shared by every page that has them."""

    DIAGNOSIS = "diagnosis"
    SEX = "sex"
    AGE = "age"
    CLINIC = "clinic"
    SETTING = "setting"
    DEVICE = "device"
    ADJUNCT = "adjunct"


class Figure(StrEnum):
    """Charts."""

    FOREST = "forest"
    DISTRIBUTION = "distribution"
