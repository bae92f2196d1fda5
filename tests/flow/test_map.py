"""The command that proposes a mapping: its answer, its exit codes, and whatever a file holds."""

import json
import tempfile
import tomllib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipeline import config, flow, sources
from pipeline.cli import main
from pipeline.errors import NeedlingError

SAMPLE = Path(__file__).parents[2] / "data" / "samples" / "clinic-nord"
KEYS = {"out", "toml", "format", "encoding", "delimiter", "decimal", "dates", "tables", "unknown", "apart", "unlike"}
LOG = "Patient,Date,Device,Needle,Setting\n" + "".join(f"P{i},2025-02-1{i},roller,0.5,home\n" for i in range(6))


def call(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["map", *map(str, words)])


def test_the_proposal_goes_to_standard_output(tmp_path: Path) -> None:
    result = call(SAMPLE / "sitzungen.csv", "--home", tmp_path / "home")
    assert (result.exit_code, result.stderr) == (0, "")
    assert tomllib.loads(result.stdout)["tables"]["sessions"]["units"] == {"needle_length_mm": "um"}
    assert not (tmp_path / "home").exists()


def test_or_into_a_file_that_is_not_there_yet(tmp_path: Path) -> None:
    out = tmp_path / "source.toml"
    result = call(SAMPLE / "verlauf.csv", "--out", out)
    assert result.exit_code == 0
    assert set(tomllib.loads(out.read_text(encoding="utf-8"))["tables"]) == {"outcomes"}
    assert "outcomes: 8 headers of verlauf.csv; still to be told: rater" in result.stdout
    again = call(SAMPLE / "verlauf.csv", "--out", out, "--json")
    assert again.exit_code == 2
    assert "is there already" in json.loads(again.stdout)["error"]["message"]
    assert call(SAMPLE / "verlauf.csv", "--out", tmp_path / "no" / "where.toml").exit_code == 2


def test_json_has_the_documented_keys() -> None:
    document = json.loads(call(SAMPLE / "kosten.csv", "--json").stdout)
    assert set(document) == KEYS
    assert document["tables"]["costs"] == {
        "files": ["kosten.csv"],
        "columns": {"Patient": "participant_id", "Datum": "incurred_on", "Posten": "item", "Betrag": "amount",
                    "Währung": "currency"},
        "instruments": {},
        "effects": {},
        "missing": [],
    }  # fmt: skip


def test_exit_codes(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("alpha,beta\n1,2\n", encoding="utf-8")
    assert call().exit_code == 2
    assert call(tmp_path / "x.csv").exit_code == 2
    assert call(tmp_path / "x.csv", "--table", "events").exit_code == 0
    assert call(tmp_path / "x.csv", "--table", "visits").exit_code == 2
    assert call(tmp_path / "nowhere.csv").exit_code == 3
    assert call(tmp_path / "x.docx").exit_code == 3


@pytest.mark.parametrize("form", ["ndjson", "parquet"])
def test_other_formats_are_mapped_alike(form: str, tmp_path: Path) -> None:
    head, *rows = (line.split(",") for line in LOG.splitlines())
    records = [dict(zip(head, row, strict=True)) for row in rows]
    path = tmp_path / f"log.{form}"
    if form == "ndjson":
        path.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    else:
        pq.write_table(pa.Table.from_pylist(records), path)
    settings = config.load(tmp_path / "home")
    document = flow.propose_mapping(settings, [path])
    assert document["format"] == form
    assert document["tables"]["sessions"]["missing"] == []
    (tmp_path / "source.toml").write_text(document["toml"], encoding="utf-8")
    assert flow.check(settings, tmp_path)[0]["quarantine"] == {"unknown_participant": 6}


HEADERS = st.one_of(
    st.sampled_from(["Patient", "Datum", "day", "id", "age", "consent", "Gerät", "Nadel (µm)", "redness", "asked",
                     "value", "density_w12", "Norwood", "unit", "performed_day", "started_on", "treatment",
                     "Stärke %"]),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\0"), min_size=1, max_size=12),
)  # fmt: skip
CELLS = st.sampled_from(
    ["", "NA", "P1", "P2", "1", "0", "x", "ja", "no", "2025-02-01", "03/04/2025", "01.02.2025", "2023", "45000", "0,5",
     "500", "0.5mm", "II", "roller", "none", "Anna Muster", "1e5", "-3", "minoxidil", "ü\ufffd"]
)  # fmt: skip


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(
    headers=st.lists(HEADERS, min_size=1, max_size=7, unique_by=lambda h: h.strip().casefold()),
    rows=st.lists(st.lists(CELLS, min_size=7, max_size=7), max_size=8),
)
@example(headers=["Patient", "Datum", "performed_day", "started_on"], rows=[["P1", "2025-02-01", "3", "2023"] * 2])
def test_whatever_a_file_holds_its_proposal_can_be_read(headers: list[str], rows: list[list[str]]) -> None:
    """Or it is refused with a reason; never an unforeseen failure, never a name."""
    records = [dict(zip(headers, row, strict=False)) for row in rows] or [dict.fromkeys(headers, "")]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "any.ndjson"
        path.write_text("\n".join(json.dumps(record) for record in records), encoding="utf-8")
        try:
            document = flow.propose_mapping(config.load(Path(folder) / "home"), [path])
        except NeedlingError:
            return
        assert "Muster" not in json.dumps(document)
        sources.read_manifest(Path("source.toml"), document["toml"].encode())


def test_a_folder_of_one_file_gives_the_sender_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "clinic-south"
    folder.mkdir()
    (folder / "participants.csv").write_text("participant_id,enrolled_on,age_years,sex,diagnosis,consent\n", "utf-8")
    document = flow.propose_mapping(config.load(tmp_path / "home"), [folder])
    assert 'id = "clinic-south"' in document["toml"]
