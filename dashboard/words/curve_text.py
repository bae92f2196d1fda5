"""The words of the map, the course, the time to response and the published trials. No dose is advised anywhere."""

from dashboard.words.text import verb

_QUESTIONS = {
    "map": "Do people {verb} at some needle lengths and frequencies than at others?",
    "course": "Do people {verb} from visit to visit, and who leaves?",
    "response": "How soon do people respond, and how many?",
}

MEANS = {"alike": "Arms made alike", "own": "Each arm's own people"}
MEANS_HELP = (
    "Arms made alike: one model of all arms that can be made to resemble each other, adjusted for what was recorded "
    "at the start, so that arms can be set side by side. Each arm's own people: as they are, so arms also differ "
    "because their people do."
)

MAP_NOTE = (
    "The number in a cell is the difference in mean improvement from the reference cell, adjusted and *drawn towards "
    "the other cells* (partial pooling): the fewer people a cell has, the more it is drawn, so that a fluke does not "
    "stand out. Drawn points have no interval; the intervals are those of each cell by itself and hold for all cells "
    "at once. Hatched with lines: too few people (with a result, of how many). Hatched with crosses: the people are "
    "too different from the others to be compared. The frame marks the reference, the commonest cell. The map makes "
    "no ranking: the cell that looks most striking is often so by chance."
)
DOSE_NOTE = (
    "Squares: bands of dose, each at the mean dose of its people; they are the record. Lines: 95% intervals that "
    "hold for all bands at once. Open diamond: the reference band, 0 by definition. Curve: a smooth line through "
    "single doses (natural spline, four degrees of freedom); the darker area holds at each dose, the lighter one "
    "along the whole curve. Grey crosses: bands without a figure."
)
NO_CURVE_NOTE = (
    "Squares: bands of dose with 95% intervals that hold for all bands at once. Open diamond: the reference band, 0 "
    "by definition. Grey crosses: bands without a figure. No smooth curve is drawn: {why}"
)
NO_CURVE = "with fewer than three bands that have a figure it would be a straight line, which hides a plateau."

COURSE_NOTE = (
    "Everybody starts at 0. Each point is the mean of all the arm's people, also those who were not seen: a model of "
    "all visits (repeated measures) takes whoever left as those like them who stayed. Bands: 95% intervals. Open "
    "points: visits before the arms were settled, which are history and no result."
)
OTHER_METHOD = (
    "Arms with {least} results or more at week {week}: the headline of Compare is found for them by another method "
    "(sequential doubly robust, where few skipped a visit), so its difference need not be the distance between these "
    "lines. [The same question on Compare]({link}){settled}."
)
OTHER_SETTLED = ", where arms are settled by the last day possible"
NOT_ALIKE = "No figure is given for:"
SEEN_NOTE = (
    "Of people for whom the last visit has passed, so nobody counts as lost whose visit is still to come. Who misses "
    "one visit may come to the next."
)
LEAVING_NOTE = (
    "Stopped reporting: no result of any kind from the opening of the visit at week {week} on. Whoever stopped "
    "needling but still reports is counted in the means as anybody else. A reason stands for somebody only if it was "
    "recorded."
)
NO_LEAVING = "Who left and why is recorded from week 12 on, and nobody of these people is due by then."

RESPONSE_NOTE = (
    "Steps: share of each arm that had responded by then (Kaplan-Meier), weighted so that the arms resemble each "
    "other and that who stays stands for those like them who left. Bands: 95% intervals. Below: people still at risk "
    "before the visit · people who responded at it, as counted, not weighted."
)

EVIDENCE_TITLE = "What have published trials found? {question}"
PUBLISHED_NOTE = (
    "Each published difference was brought to this study's unit: per cm², and turned so that to the right is better. "
    "Filled: an interval is known and the trial may be pooled. Open: shown, not pooled, and the table says what is "
    "doubtful. A point without a line has no interval, because the spread was not published. Dashed: no difference."
)
NO_PUBLISHED_FIGURE = (
    "These trials ask the same, but none printed a figure of both arms that can be brought to this study's unit. The "
    "table says for each what stands against it."
)
REVIEW_TERMS = (
    "MD: mean difference. SMD: standardised mean difference, in standard deviations. RR: relative risk. SUCRA: a "
    "rank by probability, which says nothing of how large a difference is."
)
EVIDENCE_CAVEATS = (
    "Published figures were transcribed from abstracts and tables; most papers were not read in full, and what was "
    "not read is marked and never pooled.",
    "Trials that find something are published more easily than those that do not, and small ones vary widely.",
    "Trials and these data are about different people, devices and adjuncts. A difference here is an association.",
)
EVERYTHING_NOTE = (
    "{trials} rows of trials and {reviews} rows of reviews, as they were printed, with source, place in the source "
    "and what contradicts what. How they were checked stands in the manual under *Published evidence*."
)


def curve_question(page: str, instrument: str) -> str:
    """The title of one of the pages, for an instrument."""
    return _QUESTIONS[page].format(verb=verb(instrument))
