"""The words of the pages that stand in no vocabulary. Plain English for a clinician; a promise is made nowhere."""

PRODUCT = "Microneedling Outcomes"

SIMULATED = "The people on this page are invented. The data were simulated and describe nobody."
SINGLE_USER = "Single-user mode: this server answers this computer only."
BETTER_IS_RIGHT = "to the right is better"
LOWER_IS_BETTER = "to the left is better"

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

CLAIMS_TITLE = "What do the data say today about what is claimed of needling?"
OWN_STUDIES = "Studies of this home's own"
NO_SINGLE_VERDICT = "It compares several arms, and has no single verdict."
VERDICTS = {
    "supported": "the 95% interval lies on the side of the claim, after correction for the claim's other studies; "
    "where sameness is claimed, the 90% interval lies inside the margin that matters",
    "contradicted": "the interval leaves no room for a difference that matters, or lies on the other side",
    "inconclusive": "there are enough people, and the interval holds both a difference that matters and none",
    "not enough people": "only a difference larger than the one that matters could have been seen",
    "failed diagnostics": "the people of the arms are too different for a fair comparison",
    "not answerable": "such data cannot answer it: nobody was measured so, or nobody is there to compare with",
}

CLINIC_TITLE = "How do the patients of {clinic} do, beside those of other clinics?"
NO_CLINIC_TITLE = "No clinic has figures here yet"
NO_CLINIC = (
    "A clinic has figures once patients of it are published who consented to comparisons between clinics. "
    "For those who belong to one clinic it shows that one alone."
)
OTHER_CLINIC = "This link asks for another clinic. You can see the figures of your own, and the others only together."
NO_SHARES = "No share of this table can be shown: its groups are too small, or were released at different times."
PRICES_OF_OTHERS = "Prices of other clinics are shown together from five clinics on, for each currency apart."
CLINIC_RULES = (
    "Only people who consented to comparisons between clinics are counted. *Suppressed*: so few people, or so few that "
    "could be worked out from the rest, that one of them might be found; it does not mean none. {rounded}"
    "*An earlier one*: too few people changed since that version for a new figure. The others are at "
    "least three clinics, none with over half of the people."
)

STANDING_TITLE = "Where does this clinic stand among the others?"
NO_STANDING = "This version does not say where clinics stand; the next one will."
STANDING_RULES = (
    "Made of figures that are released, and of no others: by kind and stage of hair loss, the own clinic being no part "
    "of what it is held against. Limits are widened by how much the others differ anyway. A difference is an "
    "association: clinics' patients differ in more than is recorded."
)
TABLES_TITLE = "What do the figures say, group by group?"
SAFETY_TITLE = "How safe was it?"
PROFILE_TITLE = "What can this clinic see, and by which rule?"
OWN_PROFILE = (
    "These figures are **for the own clinic's eyes** (profile *own_clinic*): groups from 5 patients, counts as they "
    "are, and none told as none. A data steward granted it, and can take it back.{basis} Nothing of it goes into what "
    "other clinics see, and where this clinic stands rests on the rounded figures that everybody's are."
)
STANDARD_PROFILE = (
    "These figures follow the home's profile, **{rule}**. A small clinic sees little by it; a data steward can grant "
    "it figures for its own eyes where there is a basis for that."
)
SIZES_TITLE = "What clinics of 30, 60, 100 and 200 patients can see"
SIZES = (
    "Of twenty simulated clinics of each size, whose patients joined over a year, half a year after the last of them: "
    "how many see at least one figure."
)

COUNTS_ARE_ROUNDED = "Other counts are rounded. "

NOT_STEWARD = "Only a data steward may put data in or change anything here."
NOT_PROTECTED = (
    "Streamlit's protection against other sites' pages is switched off in its settings, so this page changes nothing. "
    "Start the dashboard with `needling dashboard`, which switches it on."
)
READ_ONLY = "The folder `{home}` can only be read by whoever started this dashboard, so nothing can be put in here."

STEWARD_TITLE = "What comes in, and what needs looking after?"
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
    "Each is named by its line in the sender's own file: only the sender can tell who it is. "
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

NOT_FOR_CLINICS_TITLE = "This page is not for a clinic's account"
NOT_FOR_CLINICS = (
    "It reads the records of single people. The figures of your own clinic stand on the page Clinic, beside those of "
    "the others together."
)
FAILED_GATE = (
    "This version of the data did not pass its checks. Rely on no figure here until whoever looks after the data has "
    "mended it and published anew."
)
SHOW_CODE = "Show the code that gives this result"
CANNOT_SHOW = "This cannot be shown"
_WHAT_NEXT = "What this page shows all the same is right, what failed is missing, and the other pages go on. "
OUT_OF_MEMORY = (
    "The server has too little memory to work this out. " + _WHAT_NEXT + "Ask about fewer people or by another "
    "grouping, or try again when fewer others ask. If it stays so, tell whoever runs this dashboard: reference "
    "`{reference}`; the server's log says under it where it failed."
)
UNFORESEEN = (
    "Something went wrong that nobody foresaw. " + _WHAT_NEXT + "Load the page again. If it stays so, tell whoever "
    "runs this dashboard: reference `{reference}`; the server's log says under it where it failed."
)

TO_HELP = "What the words here mean, and how the figures are made: [Help](/help)."

LARGEST_ARM = "Largest arm"
SHOW = {"differences": "Difference from the reference", "arms": "Each arm"}

OWN_QUESTION = "A question of your own"
EXPLORATORY = "Exploratory"
FIXED = "Fixed in advance on {day}"
GATES = {
    "pass": ("Diagnostics passed", "green", ":material/verified:"),
    "caution": ("Diagnostics: read with caution", "orange", ":material/warning:"),
    "fail": ("Diagnostics failed", "red", ":material/error:"),
}
WITHHELD_TITLE = "Withheld: the diagnostics failed"
OPEN_WITHHELD = "Open the withheld figures, which are not to be relied on"
OPENED = (
    "The arms are too different, or too few people are alike, for these figures to mean what they say. They are here "
    "so that a researcher can see what was withheld; they belong in no report."
)
FOREST_NOTE = (
    "Filled point, solid line: adjusted for what was recorded at the start, and for who left. Open point, dashed line: "
    "as people are, of those with a result. The lines are 95% intervals; the dashed vertical is no difference."
)
MEANS_NOTE = (
    "Open point: mean of the arm's people with a result, as they are. Line: 95% interval (Welch, unequal spread "
    "allowed). The dashed vertical is no change. Arms differ in more than their needling: compare them under "
    "*Difference from the reference*."
)
LOVE_NOTE = (
    "Up to 0.10 (dotted) the arms count as alike, beyond 0.25 (dashed) as too different for a figure to be given."
)
NOTHING_ADJUSTED = "There are too few people to adjust for anything, so no characteristics are compared here."
NO_BALANCE = "For this question no balance between two arms is given; its diagnostics stand among the sentences below."
LOOKS_NOT_COUNTED = (
    "Figures seen {where} are not noted as a look: there the data are only read. Whoever comes back to a study with "
    "each version runs `needling studies run` on each: then its verdict rests on the interval that stays right "
    "however often one looks."
)
NO_STUDIES = "The studies of this home cannot be listed: {error}"


def question(by: str, instrument: str) -> str:
    """The page's title."""
    return _QUESTIONS[by].format(verb=verb(instrument))


def verb(instrument: str) -> str:
    """What people do more of who do better by this instrument."""
    return _VERBS.get(instrument, "improve more")
