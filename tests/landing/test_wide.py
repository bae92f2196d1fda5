"""Wide files: a column per measurement, a tick box per side effect, several tables in one file."""

from pipeline import flow
from tests.landing.conftest import PEOPLE, Home

WIDE = """[tables.participants]
files = ["participants.csv"]
[tables.outcomes]
files = ["wide.csv"]
columns = { "P" = "participant_id" }
constants = { rater = "clinician", region = "crown" }
[tables.outcomes.instruments]
d0 = { instrument = "hair_density", unit = "/cm2", visit = "0w" }
d12 = { instrument = "hair_density", unit = "/cm2", visit = "12w" }
cnt = { instrument = "hair_count", day = 84, area_column = "area" }
"""


def test_each_filled_cell_is_a_record(home: Home) -> None:
    text = "P,d0,d12,cnt,area\nP1,140,152.5,200,1.2\nP2,130,,,\nP1x,1,,,\nP2,,,,\n"
    document = home.send({"participants.csv": PEOPLE, "wide.csv": text}, extra=WIDE)
    table = document["tables"]["outcomes"]
    assert (table["read"], table["admitted"], table["quarantined"]) == (5, 4, 1)
    (file,) = [f for f in document["files"] if f["table"] == "outcomes"]
    assert (file["records"], file["ignored"], file["malformed"]) == (4, 1, 0)
    found = home.rows("outcomes", "instrument, day, value, region, rater", "ALL")
    assert ("hair_density", 84, 1525, "crown", "clinician") in found
    assert ("hair_count", 84, 2000, "crown", "clinician") in found  # tenths


TICKS = """[tables.participants]
files = ["participants.csv"]
[tables.side_effects]
files = ["log.csv"]
columns = { "P" = "participant_id", "D" = "asked_on" }
effects = { "se_1" = "redness", "se_2" = "swelling" }
asked = { q = "1" }
[tables.sessions]
files = ["log.csv"]
columns = { "P" = "participant_id", "D" = "performed_on" }
constants = { device = "dermaroller", setting = "home", needle_length_mm = "0.5" }
where = { kind = ["mn", ""] }
"""


def test_ticked_boxes_asked_and_none_and_a_shared_file(home: Home) -> None:
    first = "P1,2025-01-12,mn,1,1,yes\nP1,2025-01-13,,1,0,\nP1,2025-01-14,mn,0,,\n"
    text = "P,D,kind,q,se_1,se_2\n" + first + "P1,2025-01-15,other,,,\nP2,2025-03-01,mn,1,maybe,\n"
    document = home.send({"participants.csv": PEOPLE, "log.csv": text}, extra=TICKS)
    assert document["quarantine"] == {"unknown_value": 1}
    assert home.rows("side_effects", "day, effect", "day, effect") == [(2, "redness"), (2, "swelling"), (3, "none")]
    assert home.rows("sessions", "day", "day") == [(2,), (3,), (4,), (19,)]
    files = {f["table"]: f for f in document["files"] if f["path"].endswith("log.csv")}
    assert files["sessions"]["ignored"] == 1


def test_a_tick_box_row_sent_again_is_unchanged(home: Home) -> None:
    text = "P,D,kind,q,se_1,se_2\nP1,2025-01-12,mn,1,1,1\n"
    home.send({"participants.csv": PEOPLE, "log.csv": text}, extra=TICKS)
    again = home.send({"log.csv": text}, extra=TICKS)
    assert again["tables"]["side_effects"]["unchanged"] == 2
    assert flow.status(home.settings)["tables"]["side_effects"] == 2
