"""Whatever is wrong in a file: the lines that come back marked are those of the quarantine, no more and no fewer."""

import csv
import io
import tempfile
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline import flow
from pipeline.landing import overview
from tests.landing.conftest import PEOPLE, Home
from tests.sender.conftest import Desk

HEADER = ["session_id", "participant_id", "performed_on", "device", "needle_length_mm", "setting", "remark"]
CELLS = {
    "session_id": ["", "S1", "S2", "S3"],
    "participant_id": ["P1", "P2", "P9", "", "=P1"],
    "performed_on": ["2025-03-01", "2025-03-02", "2025-02-31", "2031-01-01", "2019-01-01", ""],
    "device": ["dermaroller", "Dermaroller ", "rake", "", "-pen"],
    "needle_length_mm": ["0.5", "1.5 mm", "9", "0,5", "biweekly", ""],
    "setting": ["home", "clinic", "NA", "at, home", 'the "home"'],
    "remark": ["", "fine", "two\nlines", "a;b", "@SUM(A1)"],
}
ROW = st.tuples(*(st.sampled_from(CELLS[name]) for name in HEADER)).map(list)
GOOD = st.sampled_from(["2025-04-01", "2025-04-02", "2025-04-03"]).map(
    lambda day: ["", "P1", day, "dermaroller", "0.5", "home", ""]
)
BROKEN = st.sampled_from([["P1"], ["S7", "P1", "2025-03-01"], [*["x"] * 9]])


def text_of(rows: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([HEADER, *rows])
    return out.getvalue()


@settings(max_examples=settings.default.max_examples // 25)
@given(st.lists(st.one_of(ROW, GOOD, BROKEN), min_size=1, max_size=14))
@example([["S1", "P1", "2025-03-01", "rake", "9", "", "two\nlines"], ["P1"], ["", "", "", "", "", "", ""]])
@example([["S1", "P1", "2025-03-01", "dermaroller", depth, "home", ""] for depth in ("1.5 mm", "0.5")])
def test_marked_lines_are_the_quarantined_ones(rows: list[list[str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        extra = '[tables.participants]\nfiles = ["participants.csv"]\n[tables.sessions]\nfiles = ["sessions.csv"]\n'
        drop = home.drop({"participants.csv": PEOPLE, "sessions.csv": text_of(rows)}, extra=extra)
        flow.ingest(home.settings, [drop])
        entries, n = overview.entries(home.settings, "north", 1000)
        out, document = Desk(home).hand_back(drop)
        assert document["open"] == document["marked"] == n
        assert document["refused"] == document["warnings"] == []
        quarantined = {entry["line"] for entry in entries}
        path = out / "marked" / "sessions.csv"
        if not quarantined:
            assert path.read_bytes() == (drop / "sessions.csv").read_bytes()
            return
        assert lines_of_records(path) == quarantined
        told = (out / "not-taken.csv").read_text(encoding="utf-8-sig")
        listed = list(csv.DictReader(io.StringIO(told)))
        assert {row["reference"] for row in listed} == {entry["reference"] for entry in entries}
        assert {int(row["line"]) for row in listed} == quarantined
        assert all(row["sentence"] and "{" not in row["sentence"] for row in listed)
        again = flow.ingest(home.settings, [out / "marked"])[0]
        assert again["tables"]["sessions"]["admitted"] == again["tables"]["sessions"]["superseding"] == 0
        assert overview.entries(home.settings, "north", 1000)[1] == n


def lines_of_records(path: Path) -> set[int]:
    """The first lines of the marked records, of which some run over two lines."""
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.reader(handle)
        header, found, first = next(reader), set(), reader.line_num + 1
        for row in reader:
            if len(row) >= len(header) and any(row[len(header) - 1 :]):
                found.add(first)
            first = reader.line_num + 1
    return found
