"""The quick way through admission against the long one: row for row the same, whatever the cells hold."""

import csv
import io
import tempfile
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipeline.contract.tables import TABLES
from pipeline.engine.duckdb import open_scratch
from pipeline.landing import bench, lookups, plain
from pipeline.sources import registry
from pipeline.sources.parquet import scan as parquet_scan
from pipeline.sources.text import line_sieve
from tests.landing.conftest import PEOPLE, Home

ODD = ["", "NA", "na", "NULL", " ", " 1", "1 ", "\t1", "\u00a01", "1\ufeff", "+1", "1e0", "0x1", "nan", "inf", "-0",
       ".5", "1.", "1,5", "1_0", "\u0661", "½", "1mm", "0.5 mm", "a\0b", "a\x1fb", "Ünï", '"', "biweekly"]  # fmt: skip
CELLS = {
    "session_id": ["S1", "S2", "S3", "S 4", "na2", *ODD],
    "participant_id": ["P1", "P2", "P9", "P1 ", "p1", *ODD],
    "performed_on": ["2025-03-01", "2025-03-02", "2020-01-01", "2030-01-01", "2025-02-30", "2025-3-01", " 025-03-01",
                     "2025-03-1 ", " 2025-3-1", "2025-03-01T23:59:00", "2025-03-01T23:59:00+02:00", "20250301", *ODD],
    "device": ["dermaroller", "Roller", "roller", "ROLLER", "Derma Roller", "dermaroller ", "DP", "rake", *ODD],
    "needle_length_mm": ["0.5", "0.50", "1.5", "2.9", "3.5", "9", "99999999999", *ODD],
    "setting": ["home", "clinic", "Home", "moon", *ODD],
    "passes": ["3", "3.0", "3.5", "0", "51", *ODD],
    "new_cartridge": ["true", "True", "0", "yes", " yes", "maybe", *ODD],
    "shared_device": ["false", "1", *ODD],
    "withdrawn": ["", "", "", "false", "true", " true", "perhaps"],
    "recorded_on": ["2025-03-04", "2019-01-01", "2025-03-04 ", *ODD],
    "course_id": ["C1", "C 1", *ODD],
}  # fmt: skip
USUAL = {"device": "dermaroller", "needle_length_mm": "0.5", "setting": "home", "performed_on": "2025-03-01"}
MAPPED = '[tables.sessions]\nfiles = ["sessions*.csv"]\n'
MAPPINGS = [
    "",
    f'{MAPPED}values = {{ device = {{ "Roller" = "dermastamp", "dermaroller" = "pen_motorised", "" = "other" }} }}\n',
    f'{MAPPED}key = ["participant_id", "passes"]\nunits = {{ needle_length_mm = "um" }}\n',
    f'{MAPPED}constants = {{ region = "crown" }}\n',
]
OWN_SETTINGS = ["", 'decimal = ","\n', 'timezone = "Europe/Berlin"\n', 'dates = "%Y-%m-%d"\n', 'default_clinic = "n"\n']


def cells(name: str) -> st.SearchStrategy[str]:
    """Mostly what is usual: a record with two oddities tells no more than one with one."""
    return st.one_of(st.just(USUAL.get(name, CELLS[name][0])), st.sampled_from(CELLS[name]))


RECORDS = st.lists(st.fixed_dictionaries({name: cells(name) for name in CELLS}), min_size=1, max_size=12)
NIGHT = {name: values[0] for name, values in CELLS.items()} | USUAL


def written(records: list[dict[str, str]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(CELLS), lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return text.getvalue()


def choose(monkeypatch: pytest.MonkeyPatch, least: int) -> None:
    """Which way files of this length go, and that their records lie apart where their format may leave them so."""
    for module in (plain, registry):
        monkeypatch.setattr(module, "LEAST_RECORDS", least)
    monkeypatch.setattr(plain, "LEAST_SHARE", -1.0)
    for reader in (line_sieve, parquet_scan):
        monkeypatch.setattr(reader, "LEAST_BYTES", least)
    monkeypatch.setattr(line_sieve, "MOST_ODD", 2.0)


Sent = dict[str, str | bytes]


def landed(sent: Sequence[tuple[str, Sent]], extra: str) -> list[Any]:
    """Everything that became of two deliveries, told with one key: the accounts, the rows, the quarantine."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        home.settings.key_file.parent.mkdir(parents=True, exist_ok=True)
        home.settings.key_file.write_text("5a" * 32)
        home.settings.key_file.chmod(0o600)
        told: list[Any] = [home.send({"participants.csv": PEOPLE}, on="2026-01-31")["tables"]]
        for on, files in sent:
            document = home.send(files, on=on, extra=extra)
            told += [document["tables"], document["quarantine"], document["warnings"], document["refused"]]
        with bench.opened(home.settings) as work:
            for kind in ("rows", "quarantine", "superseded", "seen", "closed"):
                held = work.shelf.read(TABLES["sessions"], kind)
                told.append(sorted(map(repr, work.con.execute(f"SELECT * FROM {held}").fetchall())))
        return told


ALL_CELLS = [NIGHT | {name: odd} for name in CELLS for odd in CELLS[name]]


@settings(max_examples=3, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(records=RECORDS, mapping=st.sampled_from(MAPPINGS), own=st.sampled_from(OWN_SETTINGS))
@example(records=ALL_CELLS, mapping="", own="")
@example(records=ALL_CELLS, mapping=MAPPINGS[1], own='default_clinic = "n"\n')
@example(records=ALL_CELLS, mapping=MAPPINGS[2], own='timezone = "Europe/Berlin"\n')
@example(records=ALL_CELLS, mapping=MAPPINGS[3], own='dates = "%Y-%m-%d"\ndecimal = ","\n')
def test_both_ways_land_the_same(
    records: list[dict[str, str]], mapping: str, own: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, again = ({"sessions.csv": written(sent)} for sent in (records, records[::-1][:6]))
    both = [("2026-01-31", first), ("2026-02-28", again)]
    choose(monkeypatch, 10**9)
    long_way = landed(both, own + mapping)
    choose(monkeypatch, 0)
    assert landed(both, own + mapping) == long_way
    if not own:
        monkeypatch.setattr(line_sieve, "LEAST_BYTES", 10**9)  # as what a format's reader writes out as text
        assert landed(both, mapping) == long_way


TYPES = {
    "needle_length_mm": pa.float64(),
    "area_cm2": pa.float32(),
    "topical_delay_h": pa.float64(),
    "passes": pa.int64(),
    "pain_nrs": pa.uint64(),
    "new_cartridge": pa.bool_(),
    "recorded_on": pa.date32(),
    "performed_on": pa.date32(),
    "device": pa.string(),
    "session_id": pa.int32(),
    "participant_id": pa.large_string(),
    "setting": pa.string(),
}
DAY, LAG = date(2025, 3, 1), timedelta(days=3)
SAME = (pa.float64(), pa.uint64(), pa.bool_(), pa.date32())
"""Types that are read as they are; of a float of four bytes the text is shorter than its value."""

VALUES: dict[str, list[Any]] = {
    "needle_length_mm": [
        0.5,
        1.5,
        0.1 + 0.2,
        0.125,
        1e-7,
        2.675,
        1.005,
        3.0000005,
        12.5,
        float("nan"),
        float("inf"),
        -0.0,
    ],
    "area_cm2": [40.5, 0.1, 16777.217, float("nan"), 99.999995],
    "topical_delay_h": [2.0, 0.05, 0.15, 123456789.123456, 1e9, 1e300, 5e-324, None],
    "passes": [3, 0, 51, 2**62, -(2**63), None],
    "pain_nrs": [4, 11, 2**64 - 1, None],
    "new_cartridge": [True, False, None],
    "recorded_on": [DAY + LAG, DAY - LAG, date(9999, 12, 31), date(1, 1, 1), None],
    "performed_on": [DAY, DAY + LAG, date(2031, 5, 1), date(1, 1, 1), date(1899, 12, 31), None],
    "device": ["dermaroller", "Derma Roller", "rake", "", "NA", None],
    "session_id": [1, 2, 3, None],
    "participant_id": ["P1", "P2", "P9", " P1", None],
    "setting": ["home", "clinic", "moon"],
}


def packed(records: list[dict[str, Any]]) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table({n: pa.array([r[n] for r in records], kind) for n, kind in TYPES.items()}), sink)
    return sink.getvalue()


@settings(max_examples=3, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(st.lists(st.fixed_dictionaries({n: st.sampled_from(v) for n, v in VALUES.items()}), min_size=1, max_size=12))
@example(
    [{n: v[0] for n, v in VALUES.items()} | {n: v} | {"session_id": i} for n in VALUES for i, v in enumerate(VALUES[n])]
)
def test_values_in_their_own_type_land_like_their_text(
    monkeypatch: pytest.MonkeyPatch, records: list[dict[str, Any]]
) -> None:
    sent: list[tuple[str, Sent]] = [("2026-01-31", {"sessions.parquet": packed(records)})]
    choose(monkeypatch, 10**9)
    long_way = landed(sent, 'format = "parquet"\n')
    choose(monkeypatch, 0)
    assert landed(sent, 'format = "parquet"\n') == long_way


def test_the_quick_way_is_taken(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or the comparison above would compare nothing."""
    choose(monkeypatch, 1)
    taken = []
    real = plain.read
    monkeypatch.setattr(plain, "read", lambda *given: taken.append(real(*given)) or taken[-1])
    good = [NIGHT | {"session_id": f"S{n}"} for n in range(3)]
    home.send({"participants.csv": PEOPLE, "sessions.csv": written([*good, NIGHT | {"passes": "3.5"}])})
    assert [quick is not None for quick in taken] == [False, True]  # people are read with care
    assert [row[0] for row in home.rows("sessions", "line")] == [2, 3, 4]
    assert home.quarantined() == {"wrong_type": 1}


def test_parquet_is_read_in_its_own_types(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    choose(monkeypatch, 0)
    taken = []
    real = plain.read
    monkeypatch.setattr(plain, "read", lambda *given: taken.append(real(*given)) or taken[-1])
    home.send({"participants.csv": PEOPLE})
    good = {n: v[0] for n, v in VALUES.items()}
    content = packed([good, good | {"session_id": 2, "passes": 51}])
    home.send({"sessions.parquet": content}, extra='format = "parquet"\n')
    assert taken[-1].context.typed == {n for n, kind in TYPES.items() if n == "passes" or kind in SAME}
    assert [row[0] for row in home.rows("sessions", "line")] == [1]
    assert home.quarantined() == {"out_of_range": 1}


def test_rows_keep_their_lines_in_a_file_read_by_several_threads(home: Home) -> None:
    """Two lines differ in their number of passes, which tells the line a row stood in."""
    n = 300_000
    lines = (f"S{i},P{1 + i % 2},2025-03-01,dermaroller,0.5,home,{1 + i % 47}" for i in range(n))
    head = "session_id,participant_id,performed_on,device,needle_length_mm,setting,passes\n"
    home.send({"participants.csv": PEOPLE, "sessions.csv": head + "\n".join(lines) + "\n"})
    wrong = "count(*) FILTER (passes <> 1 + (line - 2) % 47)"
    assert home.rows("sessions", f"count(*), count(DISTINCT line), {wrong}") == [(n, n, 0)]


def test_a_code_in_its_own_spelling_means_itself(home: Home) -> None:
    """The quick way takes a code for itself: no other word of its vocabulary may be spelled like it."""
    home.send({"participants.csv": PEOPLE})
    con = open_scratch(home.settings, None)
    lookups.install(con)
    assert con.execute("SELECT count(*) FROM words").fetchall()[0][0] > 100
    other = con.execute(
        "SELECT w.* FROM words w JOIN (SELECT DISTINCT vocabulary, code FROM words) c "
        "ON c.vocabulary = w.vocabulary AND w.token = lower(c.code) AND w.code <> c.code"
    ).fetchall()
    assert other == []
