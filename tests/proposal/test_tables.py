"""Which tables a file holds, which columns are sure, and what is left to the sender."""

from pathlib import Path

import pytest

from pipeline import flow
from pipeline.errors import RefusedError, UsageError
from tests.proposal.conftest import Desk


def lines(head: str, template: str, n: int = 6) -> str:
    return head + "\n" + "".join(template.format(i=i, d=10 + i) + "\n" for i in range(n))


def test_a_wide_file_is_two_tables(desk: Desk) -> None:
    text = lines(
        "Patient,enrolled,age,sex,diagnosis,consent,density_baseline,density_w12,density_w24,salt_m3",
        "P{i},2025-01-{d},40,f,AGA,yes,{d}0,{d}1,{d}2,3{i}",
    )
    found = desk.map({"study.csv": text})
    assert set(found["tables"]) == {"participants", "outcomes"}
    assert found["unknown"] == {}
    instruments = found["mapping"]["tables"]["outcomes"]["instruments"]
    assert {h: (w["instrument"], w.get("visit"), w.get("day")) for h, w in instruments.items()} == {
        "density_baseline": ("hair_density", "0w", None),
        "density_w12": ("hair_density", "12w", None),
        "density_w24": ("hair_density", "24w", None),
        "salt_m3": ("salt", None, 91),
    }
    assert "assessed_on" not in found["mapping"]["tables"]["outcomes"]["columns"].values()
    toml = found["toml"].replace('instrument = "hair_density"', 'instrument = "hair_density", rater = "software"')
    tables = desk.check(toml.replace('instrument = "salt"', 'instrument = "salt", rater = "clinician"'))["tables"]
    assert (tables["participants"]["admitted"], tables["outcomes"]["admitted"]) == (6, 18)


def test_a_log_with_tick_boxes_is_sessions_and_side_effects(desk: Desk) -> None:
    text = lines(
        "session_id,Patient,Date,Device,Needle (mm),Setting,asked,redness,swelling",
        "S{i},P{i},2025-02-{d},roller,0.5,home,yes,x,",
    )
    found = desk.map({"log.csv": text})
    assert set(found["tables"]) == {"sessions", "side_effects"}
    effects = found["mapping"]["tables"]["side_effects"]
    assert effects["effects"] == {"redness": "redness", "swelling": "swelling"}
    assert effects["asked"] == {"asked": "yes"}
    assert effects["columns"] == {"Patient": "participant_id", "Date": "asked_on"}, "session_id is called so already"


def test_the_table_can_be_told(desk: Desk) -> None:
    text = lines("Patient,Date,what", "P{i},2025-02-{d},lost")
    assert set(desk.map({"x.csv": text}, table="events")["tables"]) == {"events"}
    with pytest.raises(UsageError, match="no table 'visits'"):
        desk.map({"x.csv": text}, table="visits")


def test_what_is_like_no_table_is_said(desk: Desk) -> None:
    with pytest.raises(UsageError, match="no table of the contract is like this"):
        desk.map({"x.csv": lines("alpha,beta", "a{i},b{i}")})


def test_a_file_like_no_table_beside_one_that_is(desk: Desk) -> None:
    people = lines("Patient,enrolled,age,sex,diagnosis,consent", "P{i},2025-01-{d},40,f,AGA,yes")
    found = desk.map({"people.csv": people, "x.csv": lines("alpha,beta", "a{i},b{i}")})
    assert found["unlike"] == ["x.csv"]
    assert "# x.csv is like no table: needling map --table" in found["toml"]


def test_an_export_of_redcap_is_recognised(desk: Desk) -> None:
    text = lines("record_id,redcap_event_name,device,needle_length_mm,setting", "P{i},v1,roller,0.5,home")
    found = desk.map({"x.csv": text})
    assert found["format"] == "redcap"
    assert '[redcap]\ndata = "x.csv"' in found["toml"]


def test_a_first_line_that_is_a_record_is_refused_untold(desk: Desk) -> None:
    with pytest.raises(RefusedError, match="looks like a record") as refused:
        desk.map({"x.csv": "P1,03.02.2025,0.5,Anna\n"})
    assert "Anna" not in str(refused.value)


def test_equally_good_matches_are_left_to_the_sender(desk: Desk) -> None:
    text = lines("Patient,pid,Date,Device,Needle,Setting", "P{i},Q{i},2025-02-{d},roller,0.5,home")
    found = desk.map({"sessions.csv": text})
    assert found["mapping"]["tables"]["sessions"]["columns"]["Patient"] == "participant_id"
    assert "pid" not in found["mapping"]["tables"]["sessions"]["columns"]
    assert '# "pid" could be participant_id too, which is taken from "Patient"' in found["toml"]


def test_a_guess_by_spelling_is_marked(desk: Desk) -> None:
    text = lines("Patient,Date,Device,Neddle length,Setting", "P{i},2025-02-{d},roller,0.5,home")
    assert '"Neddle length" = "needle_length_mm"  # a guess by its spelling' in desk.map({"sessions.csv": text})["toml"]


def test_cells_decide_against_a_name(desk: Desk) -> None:
    text = lines("Patient,Date,Device,Needle,Setting,Pain", "P{i},2025-02-{d},roller,0.5,home,not much")
    found = desk.map({"sessions.csv": text})
    assert "Pain" not in found["mapping"]["tables"]["sessions"]["columns"]
    assert '# "Pain" is called like pain_nrs, but its cells are something else' in found["toml"]


def test_a_number_that_repeats_is_no_id_of_the_row(desk: Desk) -> None:
    text = "ID,Sitzung,Date,Device,Needle,Setting\n" + "".join(
        f"P{i // 4},{i % 4},2025-02-{10 + i},roller,0.5,home\n" for i in range(8)
    )
    columns = desk.map({"sessions.csv": text})["mapping"]["tables"]["sessions"]["columns"]
    assert columns["ID"] == "participant_id"
    assert "session_id" not in columns.values()


def test_days_are_told_from_dates(desk: Desk) -> None:
    text = lines("Patient,day,Device,Needle,Setting", "P{i},{i},roller,0.5,home")
    assert desk.map({"sessions.csv": text})["mapping"]["tables"]["sessions"]["columns"]["day"] == "performed_day"


def test_a_table_gives_dates_or_days_never_both(desk: Desk) -> None:
    text = lines("Patient,treatment,asked on,start", "P{i},minoxidil,2025-02-{d},{i}")
    found = desk.map({"treatments.csv": text})
    columns = found["mapping"]["tables"]["treatments"]["columns"]
    assert len({"asked_on", "started_day"} & set(columns.values())) == 1
    assert "a table gives dates or days, never both" in found["toml"]


def test_dates_that_could_be_read_both_ways_are_not_chosen(desk: Desk) -> None:
    text = "Patient,Date,Device,Needle,Setting\n" + "".join(
        f"P{i},0{i + 1}/0{9 - i}/2025,roller,0.5,home\n" for i in range(8)
    )
    found = desk.map({"sessions.csv": text})
    assert found["dates"] is None
    assert "dates" not in found["mapping"]["source"]
    assert '# dates = "%d/%m/%Y"\n# dates = "%m/%d/%Y"' in found["toml"]


def test_two_years_of_one_log_share_a_mapping_and_another_form_does_not(desk: Desk) -> None:
    log = lines("Patient,Date,Device,Needle,Setting", "P{i},2025-02-{d},roller,0.5,home")
    other = lines("pid,when,tool,depth,place", "P{i},2024-02-{d},roller,0.5,home")
    found = desk.map({"sessions-2024.csv": log, "sessions-2025.csv": log, "sessions-old.csv": other})
    assert found["mapping"]["tables"]["sessions"]["files"] == ["sessions-2024.csv", "sessions-2025.csv"]
    assert found["apart"] == [{"file": "sessions-old.csv", "table": "sessions"}]
    assert "# sessions-old.csv looks like sessions too, under other headers" in found["toml"]


def test_files_of_one_drop_are_written_in_one_way(desk: Desk) -> None:
    log = lines("Patient,Date,Device,Needle,Setting", "P{i},2025-02-{d},roller,0.5,home")
    with pytest.raises(UsageError, match=r"not written in one way.*the same people in"):
        desk.map({"a.csv": log, "b.csv": log.replace(",", ";")})


def test_names_dates_and_ids_are_in_no_proposal(desk: Desk) -> None:
    template = "Q-77{i},Anna Muster,2025-02-{d},{{}},0.5,home,weint"
    text = lines("Patient,Name,Date,Device,Needle,Setting,Note", template, 4).format("Pen", "Pen", "Kurt 1", "Kurt 2")
    found = str(desk.map({"sessions.csv": text}))
    assert not [secret for secret in ("Q-77", "Anna", "2025-02", "Kurt", "weint") if secret in found]
    assert "too rare to be shown, for they may name somebody: 2 more" in found


def test_any_header_is_quoted_so_that_it_can_be_read_back(desk: Desk) -> None:
    head = 'Patient;Date;Device;Needle;Setting;"odd ""one""";back\\slash;#;tab\there;[x]'
    text = lines(head, "P{i};2025-02-{d};roller;0.5;home;1;2;3;4;5")
    found = desk.map({"log [1].csv": text})
    assert found["mapping"]["tables"]["sessions"]["files"] == ["log [[]1].csv"]
    assert desk.check(found["toml"])["tables"]["sessions"]["read"] == 6


def test_title_lines_above_the_header_are_found(desk: Desk) -> None:
    log = lines("Patient;Datum;Gerät;Nadel (mm);Ort", "P{i};{d}.02.2025;Roller;0,5;zuhause")
    found = desk.map({"sessions.csv": "Praxis am Markt\n\n" + log})
    assert found["mapping"]["tables"]["sessions"]["header_row"] == 3
    assert desk.check(found["toml"])["tables"]["sessions"]["read"] == 6


def test_an_empty_file_and_a_missing_one_are_refused(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="is empty"):
        desk.map({"x.csv": ""})
    with pytest.raises(RefusedError, match="no mapping can be proposed for this kind of file"):
        desk.map({"x.docx": "words"})
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="holds no file that can be read"):
        flow.propose_mapping(desk.settings, [tmp_path / "empty"])
    with pytest.raises(RefusedError, match=r"sesions\.csv is not there; see how the file is called"):
        flow.propose_mapping(desk.settings, [tmp_path / "sesions.csv"])
