"""What each method of a comparison is, in words a reader who is no statistician can go by."""

from collections.abc import Mapping

METHODS: Mapping[str, str] = {
    "seq_dr": "Everybody: right if either the outcomes, or the choices and the leaving, are modelled right "
    "(sequential doubly robust)",
    "seq_dr_overlap": "People who could have been in any of the arms: right if either the outcomes, or the choices and "
    "the leaving, are modelled right (sequential doubly robust)",
    "mmrm": "Everybody: all visits in one model, so those who left tell what they showed before (repeated measures)",
    "proportional_odds": "People with a result: odds of a better step, among like people (proportional odds)",
    "proportional_odds_weighted": "Everybody: odds of a better step, among like people, those seen standing for those "
    "like them who left (proportional odds)",
    "count_model": "Everybody: ratio of mean counts, weighted for who chose the arm and who left (log-linear model)",
    "count_model_difference": "The same model, as a difference of mean counts; above 0 is better",
    "poisson_completers": "Those who stayed only: ratio of mean counts among like people (Poisson, robust)",
    "count_ratio": "Those who stayed only, not adjusted: ratio of mean counts",
    "ancova": "Those who stayed only: difference among like people (linear model)",
    "ancova_by_clinic": "Those who stayed only: the same, the spread between clinics counted (CR2)",
    "iptw": "Those who stayed only: weighted so that the arms resemble everybody who stayed (IPTW)",
    "overlap_weights": "Those who stayed only: weighted towards people who could have been in any of the arms",
    "aipw": "Those who stayed only: right if either the outcomes or the choices are modelled right (AIPW)",
    "entropy_balancing": "Those who stayed only: the reference weighted to resemble the people of the arm",
    "seq_dr_variance": "Everybody: ratio of variances, right if either the outcomes, or the choices and the leaving, "
    "are modelled right (sequential doubly robust)",
    "bonett": "Those who stayed only, not adjusted: ratio of variances, for values of any shape (Bonett)",
    "turnbull": "Share over by an hour, from what was over, still there, or over in between when somebody asked "
    "(Turnbull; groups of people left out one after the other)",
    "per_session_asked": "Sessions with one among sessions asked about, people taken as the units that vary",
    "bootstrap_t": "Means of what was paid, not adjusted; people drawn again, for few pay much (bootstrap-t)",
    "responders": "Everybody: share beyond the measurement error at this visit and the next, among like people",
    "fieller": "Difference in cost over difference in responders, however the two go together (Fieller)",
    "brunner_munzel": "Those who stayed only, not adjusted: how often somebody of the arm did better (Brunner-Munzel)",
    "welch": "Those who stayed only, not adjusted: difference of means (Welch)",
}
"""Every method by code. Where people left, what is about those who stayed is never more than a comparison."""

NOT_ADJUSTED = ("welch", "count_ratio", "brunner_munzel")
"""In the headline of a contrast only where there are too few people to adjust for anything."""

AS_PEOPLE_ARE = frozenset((*NOT_ADJUSTED, "bonett", "bootstrap_t", "turnbull", "per_session_asked"))
"""Whatever stands in the headline, nothing that was recorded at the start is taken into account by these."""

MIN_DOUBLY_ROBUST = 500
"""Results in the smaller arm from which the headline is sequential doubly robust. Below it its standard error is too
small: 11% at 200 an arm, where its interval covered 90.5%. A page that shows another method says so from here on."""
