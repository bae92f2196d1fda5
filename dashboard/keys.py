"""Names of the widgets, which are the names in a link too. One place, so that no two pages clash."""

from enum import StrEnum


class Compare(StrEnum):
    """Controls of the page Compare."""

    BY = "by"
    INSTRUMENT = "instrument"
    WEEK = "week"
    AGAINST = "against"
    SHOW = "show"
    STUDY = "study"
    CLOSER = "closer"


class Folded(StrEnum):
    """Parts of a page that are drawn once they are opened. They stand in no link."""

    CODE = "code_opened"
    HELD = "held_opened"
    LEAVERS = "leavers_opened"
    MAP = "map_opened"
    PROTOCOL = "protocol_opened"
    STEPS = "steps_opened"
    WITHHELD = "withheld_opened"


class Curve(StrEnum):
    """Controls of the pages of curves: the map, course, time to response, published trials."""

    SETTLED = "settled"
    INTERVALS = "intervals"
    CELL = "cell"
    ALIKE = "alike"
    CLAIM = "claim"


class Filter(StrEnum):
    """Controls that narrow down people, shared by every page that has them."""

    DIAGNOSIS = "diagnosis"
    SEX = "sex"
    AGE = "age"
    CLINIC = "clinic"
    SETTING = "setting"
    DEVICE = "device"
    ADJUNCT = "adjunct"


class Cohort(StrEnum):
    """Controls of the page Cohort that stand in no link."""

    NAME = "cohort_name"
    SAVE = "cohort_save"


class Steward(StrEnum):
    """Controls of the page Steward. They stand in no link: what is put in is nobody else's."""

    FILES = "steward_files"
    SENDER = "steward_sender"
    MAPPING = "steward_mapping"
    PROPOSE = "steward_propose"
    CHECK = "steward_check"
    TAKE_IN = "steward_take_in"
    BACK_TO = "steward_back_to"
    PREPARE = "steward_prepare"
    DOWNLOAD = "steward_download"


class Help(StrEnum):
    """Controls of the page Help."""

    FIND = "find"
    PAGE = "page"


class Login(StrEnum):
    """Buttons of the door."""

    IN = "log_in"
    OUT = "log_out"


class Clinic(StrEnum):
    """Controls of the page Clinic."""

    OF = "of"
    TABLE = "table"
    WEEK = "week"


class Safety(StrEnum):
    """Controls of the page Safety."""

    BY = "sessions_by"
    PLACE = "place"
    EFFECT = "effect"


class Cost(StrEnum):
    """Controls of the page Cost."""

    BY = "cost_by"
    CURRENCY = "currency"
    PER = "per"


class Adherence(StrEnum):
    """Controls of the page Adherence."""

    BY = "people_by"
    WEEK = "until_week"


class Quality(StrEnum):
    """Controls of the page Data quality."""

    COLUMN = "column"
    SIGN = "sign"


class Figure(StrEnum):
    """Charts."""

    SIDE_EFFECTS_BY = "side-effects-by"
    SIDE_EFFECTS = "side-effects"
    SEVERITY = "severity"
    OVER = "over-within"
    COST_BY = "cost-by"
    COST_ITEMS = "cost-items"
    DONE = "plan-done"
    PLAN = "plan-levels"
    GAPS = "gaps"
    SWITCHED = "switched"
    STOPPED = "stopped-by"
    STOP_REASONS = "stop-reasons"
    GATES = "gates"
    HELD = "quarantine"
    DRIFT = "drift"
    SIGNS = "self-report"

    FOREST = "forest"
    FOREST_SECOND = "forest-unadjusted"
    LOVE = "balance"
    RETENTION = "retention"
    ATTRITION = "attrition"
    DISTRIBUTION = "distribution"
    FOLLOW_UP = "follow-up"
    ENROLMENT = "enrolment"
    MAP = "map"
    DOSE_DEPTH = "dose-depth"
    DOSE_FREQUENCY = "dose-frequency"
    TRAJECTORY = "trajectory"
    SEEN = "seen"
    LEAVING = "leaving"
    RESPONSE = "response"
    RESPONSE_DIFFERENCE = "response-difference"
    PUBLISHED = "published"
