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

NOT_SERVED = "Not served"
LIST_WRONG = "The list of users cannot be used"
LOG_IN, LOG_OUT = "Log in", "Log out"
LOGGED_OUT = "Log in with the account that whoever runs this dashboard has let in."
EXPIRED = "Your login has run out. Log in again; the page you were on opens with the link you have."
UNKNOWN_TITLE = "You are logged in, and not on the list"
UNKNOWN = (
    "Whoever runs this dashboard keeps a list of those who may see it. Ask them to add the account you logged in with."
)
ROLES = {
    "researcher": "You see everything, row level included.",
    "steward": "You see everything, and may put data in.",
    "clinic": "You see the figures of the clinic `{clinic}` and of the others together.",
}

CLINIC_TITLE = "How do the patients of {clinic} do, beside those of other clinics?"
NO_CLINIC_TITLE = "No clinic has figures here yet"
NO_CLINIC = (
    "A clinic has figures once patients of it are published who consented to comparisons between clinics. "
    "For those who belong to one clinic it shows that one alone."
)
OTHER_CLINIC = "This link asks for another clinic. You can see the figures of your own, and the others only together."
NO_SHARES = "No share of this table can be shown: its groups are too small, or were released at different times."
CLINIC_RULES = (
    "People are counted, who consented to comparisons between clinics. *Suppressed*: so few people, or so few that "
    "could be worked out from the rest, that one of them might be found; it does not mean none. Other counts are "
    "rounded. *An earlier one*: too few people changed since that version for a new figure. The others are at "
    "least three clinics, none with over half of the people."
)

NOT_STEWARD = "Only a data steward may put data in or change anything here."
NOT_PROTECTED = (
    "Streamlit's protection against other sites' pages is switched off in its settings, so this page changes nothing. "
    "Start the dashboard with `needling dashboard`, which switches it on."
)
READ_ONLY = "The folder `{home}` can only be read by whoever started this dashboard, so nothing can be put in here."

STEWARD_TITLE = "Put data in, and look after them"
STEWARD_LEAD = "Try a delivery before anything is stored. What is not taken says its line, its column and why."
STEWARD_REFUSED = "This page is closed here"
FILES = "The files of one delivery"
FILES_HELP = "Data files as the sender wrote them, and the `source.toml` that says how to read them, if there is one."
NO_MANIFEST = (
    "There is no `source.toml` among the files. One can be proposed from their headers and cells; nothing is stored."
)
SENDER_HELP = "It names the sender for ever: choose it well, and use the same for every delivery."
CHECK_FIRST = "A check shows what would become of every record. Nothing is stored until you take the files in."
ALERTS = (
    "They are named by the line of the sender's own file: only the sender can tell who it is. "
    "Ask there today whether the person is cared for."
)
ALERTS_WAITING = "In quarantine, and so in no result where somebody else would see it: {n}."
NOTHING_HELD = "Nothing is in quarantine. Records that cannot be taken in are kept there, with their reasons."
HAND_BACK = (
    "A letter on the quality, and a list of every record with its reason. With the files that were sent, added under "
    "*Put data in*, they come back marked line by line."
)
RAW_ROWS = "It may hold the sender's own rows: send it to nobody else, and delete it once it is sent."
NO_LEDGER = "Nothing has been put in yet. The ledger begins with the first delivery."
ACCOUNT = (
    "Read = taken in + corrected + there already + not taken + without consent, for every file and table. "
    "Lines that are not a record count as not taken."
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
