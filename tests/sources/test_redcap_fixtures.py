"""Two real flat exports of REDCap, with the dictionaries of their projects, as nobody here wrote them.

They are test projects with invented people, from OuhscBbmc/REDCapR (inst/test-data/projects, MIT licence); they lie
beside the repository and are not copied into it.
"""

from pathlib import Path

import pytest

from pipeline.sources.redcap.settings import RECORD
from tests.sources.redcap_exports import ReadExport, read_export

__all__ = ["read_export"]

FIXTURES = Path(__file__).resolve().parents[3] / "shared" / "fixtures" / "redcap"
pytestmark = pytest.mark.skipif(not FIXTURES.is_dir(), reason=f"the real exports are not at {FIXTURES}")

REPEATING = """
[tables.participants]
where = { redcap_repeat_instrument = "" }
columns = { date_enrolled = "enrolled_on", age = "age_years", sex = "sex" }
[tables.outcomes]
where = { redcap_repeat_instrument = "bp" }
columns = { date_bp = "assessed_on" }
instruments = { bp_systolic = { instrument = "satisfaction_nrs" } }
"""
BOXES = """
[tables.side_effects]
columns = { form_2_complete = "asked_on" }
effects = { check_one___1 = "redness", check_one___2 = "swelling", check_two___a = "itching" }
asked = { form_2_complete = ["2"] }
"""


def test_repeating_instruments_stand_on_rows_of_their_own(read_export: ReadExport) -> None:
    folder = FIXTURES / "repeating-instruments"
    data, dictionary = ((folder / name).read_bytes() for name in ("data.csv", "dictionary.csv"))
    found = read_export(data, REPEATING, dictionary)
    assert (found.staged.records, found.staged.malformed, found.warnings) == (6, None, ())
    assert found.column(RECORD) == ["1", "1", "1", "1", "2", "2"]
    assert found.column("bp_systolic") == [None, "110", "111", "112", None, "114"]
    assert found.table("participants").values == {"sex": {"0": "Female", "1": "Male"}}


def test_a_field_of_the_person_is_found_on_repeated_rows(read_export: ReadExport) -> None:
    data = (FIXTURES / "repeating-instruments" / "data.csv").read_bytes()
    tables = REPEATING.replace('date_bp = "assessed_on"', 'date_bp = "assessed_on", sex = "region"')
    assert read_export(data, tables).column("sex") == ["0", "0", "0", "0", "1", "1"]


def test_checkboxes_are_columns_named_after_their_codes(read_export: ReadExport) -> None:
    folder = FIXTURES / "checkboxes-1"
    data, dictionary = ((folder / name).read_bytes() for name in ("data.csv", "dictionary.csv"))
    found = read_export(data, BOXES, dictionary)
    assert (found.staged.records, found.staged.malformed, found.warnings) == (4, None, ())
    assert found.column("check_one___1") == ["1", "0", "1", "0"]
    assert found.column("check_two___a") == ["1", "0", "0", "0"]
    assert found.column("form_2_complete") == ["2", "0", "2", "0"]
