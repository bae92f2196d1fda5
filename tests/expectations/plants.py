"""For every rule, the statements that plant one thing it must find into a good home."""

from pipeline.validate.rules import Between, HasColumns, InSet, NotNull, Place, Rule, Unique
from pipeline.validate.sql import Target

ONE = "WHERE rowid = 0"
_BY_ENDING = {
    ".late_entry": "UPDATE {batch} SET lag_days = 90",
    ".row_count_drift": "DELETE FROM {batch} WHERE rowid % 2 = 0",
    ".same_as_landing": f"DELETE FROM {{batch}} {ONE}",
    ".same_as_account": f"DELETE FROM {{batch}} {ONE}",
    ".sums": f"UPDATE {{batch}} SET nn = 0, yy = 0 {ONE}",
    ".same_sum": "UPDATE landing_account SET checksum = checksum + 1",
}
_ORPHAN: dict[Place, str] = {
    "landing": f"UPDATE {{batch}} SET participant = uuid() {ONE}",
    "research": f"UPDATE {{batch}} SET participant_id = -1 {ONE}",
}
_UPDATES = {
    "participants.quarter_known": f"enrolled_quarter = '2025-Q1' {ONE}",
    "participants.stage_on_its_scale": f"staging_scale = 'ludwig', stage = 'VII' {ONE}",
    "participants.stage_has_rank": f"stage_rank = NULL {ONE}",
    "participants.observed_after_enrolment": f"observed_until_day = -3 {ONE}",
    "participants.unknown_diagnosis_share": "diagnosis = 'unknown'",
    "courses.ends_after_start": f"ended_day = started_day - 5 {ONE}",
    "courses.done_within_reason": f"done_sessions = 100 {ONE}",
    "sessions.home_depth_flagged": f"needle_length_mm = 1.75, flags = [] {ONE}",
    "sessions.home_rf_flagged": f"device = 'rf_fractional', flags = [] {ONE}",
    "sessions.shared_device_flagged": f"shared_device = true, flags = [] {ONE}",
    "sessions.deep_flagged": f"setting = 'clinic', needle_length_mm = 3.5, flags = [] {ONE}",
    "sessions.day_admitted": f"performed_day = -400 {ONE}",
    "sessions.course_exists": f"course_id = -1 {ONE}",
    "sessions.within_observation": f"performed_day = 900 {ONE}",
    "sessions.number_a_day": "performed_day = 3",
    "sessions.pain_straight_lining": "pain_nrs = 5",
    "sessions.depth_drift": "needle_length_mm = 2.0",
    "treatments.start_known": "treatment = 'prp' WHERE treatment = 'none'",
    "treatments.intervals_in_order": "started_to_day = started_from_day - 1 WHERE treatment <> 'none'",
    "treatments.stops_after_start": "stopped_from_day = -900, stopped_to_day = -800 WHERE treatment <> 'none'",
    "treatments.ongoing_or_stopped": "stopped_from_day = 3, stopped_to_day = 3 WHERE ongoing",
    "treatments.none_was_asked": "asked_day = NULL WHERE treatment = 'none'",
    "outcomes.value_on_scale": "value = 4001 WHERE instrument = 'hair_density'",
    "outcomes.native_unit": "unit = '/inch2' WHERE instrument = 'hair_density'",
    "outcomes.count_has_area": "area_cm2 = NULL WHERE instrument = 'hair_count'",
    "outcomes.instrument_for_diagnosis": "instrument = 'salt' WHERE instrument = 'hair_density'",
    "outcomes.day_admitted": f"assessed_day = -400 {ONE}",
    "outcomes.within_observation": f"assessed_day = 900 {ONE}",
    "outcomes.straight_lining": "value = 1 WHERE rater = 'participant'",
    "outcomes.density_drift": "value = value + 500 WHERE instrument = 'hair_density'",
    "side_effects.session_exists": f"session_id = -1 {ONE}",
    "side_effects.session_arrived": f"session = uuid() {ONE}",
    "side_effects.own_session": "{person} = (SELECT max({person}) FROM {participants})",
    "side_effects.resolves_after_onset": f"onset_hours = 50, resolved_after_hours = 20 {ONE}",
    "side_effects.resolved_or_present": f"resolved_after_hours = 20, still_present_at_hours = 90 {ONE}",
    "side_effects.none_has_no_severity": "severity = 3 WHERE effect = 'none'",
    "side_effects.grade_has_version": f"ctcae_grade = 2 {ONE}",
    "events.nothing_after_the_end": "occurred_day = 1 WHERE event = 'died'",
    "costs.life_unknown_share": "lasts_months = NULL",
    "exposure.time_zero_range": f"time_zero_day = 85 {ONE}",
    "exposure.settled_or_why_not": f"is_settled = true, unsettled_reason = 'too_few_sessions' {ONE}",
    "exposure.not_needling_is_none": f"is_needling = false {ONE}",
    "exposure.band_holds_depth": f"depth_band = 'over_1_60' {ONE}",
    "exposure.enough_session_days": "n_session_days = 2 WHERE exposure_source = 'sessions' AND is_settled",
    "exposure.frequency_range": f"sessions_per_week = 30 {ONE}",
    "exposure.gap_not_below_median": f"longest_gap_days = 1, median_interval_days = 7 {ONE}",
    "exposure.adjunct_only_if_asked": "adjuncts_asked = false WHERE adjunct IS NOT NULL",
    "exposure.settled_share": "is_settled = false",
    "exposure.source_logs_needling": "is_needling = false, started_needling_later = false",
    "exposure.asked_share_drift": "adjuncts_asked = false",
    "baseline.in_window": f"baseline_day = -43 {ONE}",
    "baseline.before_the_second_session": f"baseline_day = 8 {ONE}",
    "baseline.has_values": f"n_values = 0 {ONE}",
    "baseline.none_of_a_change": f"instrument = 'ga_participant' {ONE}",
    "baseline.value_on_scale": "baseline_milli = 400001 WHERE instrument = 'hair_density'",
    "outcome_change.visit_within_window": f"visit_day = visit_day + 60 {ONE}",
    "outcome_change.visit_after_zero": f"visit_day = 0 {ONE}",
    "outcome_change.baseline_in_window": "baseline_day = -50 WHERE baseline_day IS NOT NULL",
    "outcome_change.baseline_whole": "baseline_day = NULL WHERE baseline_milli IS NOT NULL",
    "outcome_change.baseline_of_the_mart": "baseline_milli = baseline_milli + 1 WHERE instrument = 'hair_count'",
    "outcome_change.difference_adds_up": "change_milli = change_milli + 1 WHERE baseline_milli IS NOT NULL",
    "outcome_change.change_has_no_baseline": "baseline_milli = 1 WHERE instrument = 'ga_participant'",
    "outcome_change.improvement_direction": f"improvement_milli = -1 - improvement_milli {ONE}",
    "outcome_change.value_on_scale": "value_milli = 400001 WHERE instrument = 'hair_density'",
    "outcome_change.without_baseline_share": "change_milli = NULL",
    "outcome_change.improvement_drift": "improvement_milli = improvement_milli + 50000",
    "back_of_head.a_change_of_outcome_change": f"improvement_milli = improvement_milli + 1 {ONE}",
    "before_start.history_only": f"last_day = 1 {ONE}",
    "before_start.apart": f"first_day = last_day - 27 {ONE}",
    "before_start.none_of_a_change": f"instrument = 'ga_participant' {ONE}",
    "before_start.value_on_scale": "last_milli = 400001 WHERE instrument = 'hair_density'",
    "intercurrent.the_first_from_time_zero": f"first_day = first_day + 1 {ONE}",
    "safety_answers.session.exists": f"session_id = -1 {ONE}",
    "safety_answers.severity.range": f"severity = 9 {ONE}",
    "safety_answers.ctcae_grade.range": f"ctcae_grade = 9 {ONE}",
    "retention.due_unknown_share": "is_due = NULL",
    "retention.not_due_not_lost": f"is_due = false, stopped_reporting = true {ONE}",
    "retention.seen_share": "is_due = true, is_seen = false",
    "retention.seen_share_drift": "is_due = true, is_seen = false",
    "cost.has_payments": f"n_payments = 0 {ONE}",
    "cost.sum_of_payments": f"amount = amount + 1 {ONE}",
    "cost.sum_at_landing": f"amount = amount + 1 {ONE}",
    "cost.number_of_payments": f"n_payments = 2 {ONE}",
    "safety_asked.adds_up": "n_asked = n_asked + 1",
    "safety_cells.adds_up": "n = n + 1",
    "safety_spans.adds_up": "n = n + 1",
    "safety_unasked.adds_up": "n_reports = n_reports + 1",
    "cost_amounts.adds_up": "n_people = n_people + 1",
    "cost_told.adds_up": "n_people = n_people + 1",
    "adherence_cells.adds_up": "n = n + 1",
    "adherence_plan.adds_up": "people = people + 1",
    "profile.everybody_once": "y = y + 1 WHERE kind = 'share'",
    "self_report.adds_up": "n = n + 1",
}
_OTHERS = {
    "participants.no_calendar_dates": "ALTER TABLE {batch} ADD COLUMN seen_on DATE",
    "treatments.none_means_none": "INSERT INTO {batch} SELECT * REPLACE ('prp' AS treatment, -100 AS started_from_day, "
    "-90 AS started_to_day, true AS ongoing) FROM {batch} WHERE treatment = 'none' LIMIT 1",
    "outcomes.digit_preference": "INSERT INTO {batch} SELECT o.* REPLACE (1500 AS value) FROM {batch} AS o, range(20) "
    "WHERE o.instrument = 'hair_density'",
    "events.dies_once": "INSERT INTO {batch} SELECT * FROM {batch} WHERE event = 'died'",
    "costs.one_currency": "INSERT INTO {batch} SELECT * REPLACE ('USD' AS currency) FROM {batch}",
    "back_of_head.nobody_needled_there": "UPDATE sessions SET region = NULL",
    "back_of_head.everybody_spared": f"DELETE FROM {{batch}} {ONE}",
    "exposure.everyone_at_every_landmark": f"DELETE FROM {{batch}} {ONE}",
    "retention.everyone_at_every_visit": f"DELETE FROM {{batch}} {ONE}",
    "safety.columns": "CREATE OR REPLACE VIEW safety AS FROM safety_answers",
    "safety.every_session": "INSERT INTO safety_answers SELECT * REPLACE (-1 AS session_id) "
    "FROM safety_answers LIMIT 1",
    "safety.asked_share": "DELETE FROM safety_answers",
    "safety.asked_share_drift": "DELETE FROM safety_answers",
    "safety_answers.none_alone": "INSERT INTO {batch} SELECT * REPLACE ('none' AS effect) FROM {batch} "
    "WHERE effect = 'redness' LIMIT 1",
}


def is_native(rule: Rule) -> bool:
    """Whether the plant is one more row, so that many of them can stand in one table."""
    return isinstance(rule.check, NotNull | Between | InSet | Unique)


def plant(rule: Rule, target: Target) -> str:
    """One statement after which the rule must fail. KeyError where a rule has no plant yet: write one."""
    return target.fill(_OTHERS.get(rule.id) or _native(rule) or _written(rule, target.place))


def _native(rule: Rule) -> str | None:
    match rule.check:
        case HasColumns(columns):
            return f'ALTER TABLE {{batch}} DROP COLUMN "{columns[-1][0]}"'
        case NotNull(column):
            return _one_more("NULL", column)
        case Between(column, low, high):
            return _one_more(f"{low} - 1" if high is None else f"{high} + 1", column)
        case InSet(column, values):
            return _one_more("'no such code'" if isinstance(values[0], str) else "-1", column)
        case Unique():
            return "INSERT INTO {batch} SELECT * FROM {batch} LIMIT 1"
        case _:
            return None


def _one_more(value: str, column: str) -> str:
    return f'INSERT INTO {{batch}} SELECT * REPLACE ({value} AS "{column}") FROM {{batch}} LIMIT 1'


def _written(rule: Rule, place: Place) -> str:
    ending = "." + rule.id.rpartition(".")[2]
    if ending == ".missing_share":
        return f'UPDATE {{batch}} SET "{rule.id.split(".")[1]}" = NULL'
    if rule.id.endswith(".participant.exists"):
        return _ORPHAN[place]
    if rule.id in _UPDATES:
        return f"UPDATE {{batch}} SET {_UPDATES[rule.id]}"
    return _BY_ENDING[ending]
