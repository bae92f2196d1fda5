"""`needling map` on exports of REDCap and on FHIR responses."""

import gzip
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from pipeline import config, flow
from pipeline.errors import UsageError
from tests.sources.fhir_responses import bundle, item, ndjson, response

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
HEAD = "record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,"
EXPORT = (
    HEAD
    + """enrol_date,age,sex,consent,session_date,device,needle
1,base_arm_1,,,2025-01-10,34,0,1,,,
1,diary_arm_1,session,1,,,,,2025-01-12,2,0.5
2,base_arm_2,,,2025-01-11,35,1,1,,,
2,diary_arm_2,session,1,,,,,2025-01-13,1,1.0
2,close_arm_2,,,,,,1,,,
"""
)
DICTIONARY = """Variable / Field Name,Form Name,Field Type,Field Label,"Choices, Calculations, OR Slider Labels"
record_id,base,text,Record,
enrol_date,base,text,Enrolled,
age,base,text,Age,
sex,base,radio,Sex,"0, Female | 1, Male"
consent,base,yesno,Consent,
session_date,session,text,Date,
device,session,radio,Device,"1, Derma roller | 2, Pen X"
needle,session,text,Needle,
seen,session,checkbox,Seen,"1, Redness"
"""


def proposed(tmp_path: Path, *paths: Path) -> dict[str, Any]:
    text = flow.propose_mapping(config.load(tmp_path / "home"), list(paths))["toml"]
    return tomllib.loads(text) | {"text": text}


def export(tmp_path: Path, data: str = EXPORT, dictionary: str | None = DICTIONARY) -> Path:
    folder = tmp_path / "trial-south"
    folder.mkdir()
    (folder / "data.csv").write_text(data, encoding="utf-8")
    if dictionary is not None:
        (folder / "fields.csv").write_text(dictionary, encoding="utf-8")
    return folder


def test_each_form_of_an_export_is_a_table_of_its_own_rows(tmp_path: Path) -> None:
    found = proposed(tmp_path, export(tmp_path) / "data.csv")
    assert found["source"]["format"] == "redcap"
    assert found["redcap"] == {"data": "data.csv", "dictionary": "fields.csv"}
    people, sessions = found["tables"]["participants"], found["tables"]["sessions"]
    assert people["where"] == {"redcap_event_name": ["base_arm_1", "base_arm_2"]}  # where people are described
    assert sessions["where"] == {"redcap_repeat_instrument": "session"}
    assert sessions["columns"]["session_date"] == "performed_on"
    assert "files" not in sessions


def test_labels_stand_in_place_of_codes(tmp_path: Path) -> None:
    found = proposed(tmp_path, export(tmp_path))
    assert "# understood as they are: Derma roller" in found["text"]
    assert found["source"]["id"] == "trial-south"


def test_without_a_dictionary_there_is_a_place_for_one(tmp_path: Path) -> None:
    found = proposed(tmp_path, export(tmp_path, dictionary=None) / "data.csv")
    assert found["redcap"] == {"data": "data.csv"}
    assert '# dictionary = "dictionary.csv"' in found["text"]
    assert "Derma roller" not in found["text"]


def test_the_proposal_can_be_tried_at_once(tmp_path: Path) -> None:
    """Of the sample, the enrolled and most of what they did are taken as soon as the open questions are answered."""
    folder = tmp_path / "trial-east"
    shutil.copytree(SAMPLES / "trial-east", folder)
    (folder / "source.toml").unlink()
    found = proposed(tmp_path, folder)
    text = found["text"]
    assert set(found["tables"]) == {"participants", "sessions", "outcomes"}
    assert found["tables"]["participants"]["columns"]["enrol_date"] == "enrolled_on"
    assert "# device: which header holds it?" in text
    assert "data.csv, form reaction is like no table: if it is one, add [tables.NAME] with where = {" in text
    assert "# seen___2 is ticked for: Swelling" in text
    (folder / "source.toml").write_text(text, encoding="utf-8")
    document, code = flow.check(config.load(tmp_path / "home"), folder)
    assert (code, document["refused"]) == (0, [])
    assert document["tables"]["participants"]["admitted"] == 26


def test_a_project_without_events_is_known_by_its_dictionary(tmp_path: Path) -> None:
    data = "record_id,enrol_date,age,sex,consent,base_complete\n1,2025-01-10,34,0,1,2\n"
    found = proposed(tmp_path, export(tmp_path, data))
    assert found["redcap"]["dictionary"] == "fields.csv"
    assert "where" not in found["tables"]["participants"]
    (tmp_path / "other").mkdir()
    alone = proposed(tmp_path, export(tmp_path / "other", data, None))
    assert alone["source"]["format"] == "csv"


def test_a_dictionary_of_another_project_is_none(tmp_path: Path) -> None:
    other = DICTIONARY.splitlines()[0] + "\nbp,f,text,Blood pressure,\n"
    assert proposed(tmp_path, export(tmp_path, dictionary=other) / "data.csv")["redcap"] == {"data": "data.csv"}


def test_two_exports_are_two_drops(tmp_path: Path) -> None:
    folder = export(tmp_path)
    shutil.copyfile(folder / "data.csv", folder / "more.csv")
    with pytest.raises(UsageError, match=r"data.csv, more.csv are exports of REDCap: map them one by one"):
        proposed(tmp_path, folder)


@pytest.mark.parametrize("name", ["diary.ndjson", "diary.json", "diary.ndjson.gz"])
def test_of_responses_the_questions_are_told(tmp_path: Path, name: str) -> None:
    resources = [response(item("g", items=[item("needle", "1")]), item("device", "pen"), n=n) for n in (1, 2)]
    content = bundle(*resources, indent=1) if name.endswith(".json") else ndjson(*resources)
    (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    with pytest.raises(UsageError) as refused:
        proposed(tmp_path, tmp_path / name)
    told = str(refused.value)
    assert told.startswith(f"{name} holds FHIR responses, and no mapping is proposed for them.")
    assert "Questionnaires: urn:example:diary (2). LinkIds with answers: device, needle." in told
