"""The words of the pages that stand in no vocabulary. Plain English for a clinician; a promise is made nowhere."""

PRODUCT = "Microneedling Outcomes"

SIMULATED = "The people on this page are invented. The data were simulated and describe nobody."
SINGLE_USER = "Single-user mode: this server answers this computer only."
NOT_ADJUSTED = "These figures are not adjusted"
BETTER_IS_RIGHT = "to the right is better"

NO_VERSION_TITLE = "Nothing is published here yet"
NO_VERSION = (
    "This page reads a published version of the data, and the folder this dashboard looks into has none. "
    "Put data in and publish them with the command below, then load this page again."
)
NO_VERSION_COMMAND = "needling run DROP... --home "

NO_RESULTS_TITLE = "Nobody here has a result yet"
NO_RESULTS = (
    "This version holds people, but no outcome that falls into the window of a visit. "
    "Results appear once outcomes have been put in and published."
)

NOT_LOCAL = (
    "Without a login this dashboard answers the computer it runs on only, and this server listens elsewhere too. "
    "Start it with `needling dashboard`, which binds 127.0.0.1."
)

_QUESTIONS = {
    "depth": "Do people who needle deeper {verb}?",
    "frequency": "Do people who needle more often {verb}?",
    "schedule": "On which schedules do people {verb}?",
    "adjunct": "Do people who add another treatment {verb}?",
    "device": "Do people {verb} with one device than with another?",
    "setting": "Do people {verb} in one setting than in another?",
    "stage": "Do people who start at an early stage {verb}?",
}

_VERBS = {
    "hair_density": "gain more hair",
    "hair_count": "gain more hair",
    "cumulative_thickness": "gain more hair",
    "shaft_diameter": "grow thicker hair",
    "comb_count_60s": "lose fewer hairs",
    "wash_test": "lose fewer hairs",
    "shedding_visual": "shed less hair",
    "shedding_sinclair": "shed less hair",
    "satisfaction_nrs": "become more satisfied",
    "waa_qol": "live better with their hair",
}

LARGEST_ARM = "Largest arm"
SHOW = {"arms": "Each arm", "differences": "Difference from the reference"}


def question(by: str, instrument: str) -> str:
    """The page's title."""
    return _QUESTIONS[by].format(verb=_VERBS.get(instrument, "improve more"))
