"""What the contract leaves open and how it was settled; printed in the data dictionary."""

DECISIONS: tuple[tuple[str, str], ...] = (
    (
        "Whose record it is",
        "A person is known by the namespace (`people` in source.toml, else the source id) together with the "
        "participant id. Two sources that name one namespace speak of the same people. Records of every other "
        "table belong to the source that sent them: two sources never correct each other's sessions or outcomes, "
        "even about the same person.",
    ),
    (
        "Wide rows",
        "Each non-empty cell of a column named in `instruments`, and each ticked box named in `effects`, is a "
        "record of its own. The header of its column is part of its identity. A box counts as ticked by 1, true, "
        "yes, x, checked and the like, as unticked by 0, false, no, unchecked and the like; anything else is "
        "`unknown_value`.",
    ),
    (
        "Dates or days",
        "A file gives dates, or whole days from enrolment under `<name>_day`, never both for one table. Days from "
        "enrolment have no recorded_on: there is no date to compare with. `enrolled_on` is always a date; "
        "`enrolled_quarter` such as 2025Q3 is accepted in its place, and the person's other records then need "
        "days from enrolment.",
    ),
    (
        "Age",
        "Completed years at enrolment: 34.9 is 34. `age_band` is accepted in place of age_years, with the codes "
        "of the table below.",
    ),
    (
        "Numbers",
        "A number may carry its declared unit and no other. More decimals than the column keeps are rounded. A "
        "column's range is checked after its unit has been converted.",
    ),
    (
        "Words",
        "Codes, labels and synonyms of a vocabulary all match, after trimming and ignoring case. No synonym "
        "stands for two codes.",
    ),
    (
        "Frequencies",
        "The word biweekly and its spellings are refused as `ambiguous` in every column: it means twice a week to "
        "some and every two weeks to others. Give days between sessions, or a number of uses a week.",
    ),
    (
        "Stages",
        "A stage is read on the scale of its row, in Roman or Arabic figures. Between two stages (II-III) it is "
        "`ambiguous`. A SALT stage is the whole percentage. As an outcome, the instrument is the scale and the "
        "value the stage; it is kept as the rank.",
    ),
    (
        "Treatments",
        "Every treatment needs started_on, except `none`, which needs asked_on. A start that is only a month or a "
        "year is kept as the first and last day it may mean.",
    ),
    (
        "Instruments and diagnoses",
        "An instrument that is made for one diagnosis is also admitted where the diagnosis is other or unknown, "
        "and refused where another diagnosis is certain.",
    ),
    (
        "Instruments without a baseline",
        "`is_change` is true for every instrument whose value speaks for itself: global assessments (a change "
        "already), satisfaction with the result, and pain after a session. Their value is compared as it is.",
    ),
    (
        "Counts in an area",
        "hair_count is divided by area_cm2. Its margin, responder threshold and measurement error are in "
        "hairs/cm2 after division.",
    ),
    (
        "Measurement error",
        "The standard error of one measurement. A difference of two measurements of one person is beyond it from "
        "1.96 times the root of 2 times that error (7.5 hairs/cm2 gives 21).",
    ),
    (
        "Bands",
        "Lower ends belong to a band, upper ends do not. Needle lengths keep two decimals: an upper end of 0.61 "
        "means up to 0.60.",
    ),
    (
        "Visits",
        "Windows of visits overlap at their edges: a value belongs to the nearest visit, the earlier on a tie.",
    ),
    (
        "Consent",
        "No consent given and no consent column are different: the first is refused as not_consented, the second, "
        "and an empty or unreadable consent, is quarantined.",
    ),
    (
        "Currency",
        "Current ISO 4217 codes without funds and metals, and four withdrawn ones for payments before: BGN, HRK, "
        "ANG, CUC. A dollar sign alone is no currency. Amounts are never converted.",
    ),
    (
        "Left out",
        "BASP and Savin (categories without an order), the Girman questionnaire and Razum's (no range found), "
        "Kingsley (name seen only) and MAAS (no such hair instrument found). Each can be added when its source is "
        "read.",
    ),
)
"""(subject, decision), in the order of the contract."""
