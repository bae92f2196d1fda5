"""Names of files from a browser are a stranger's."""

from dataclasses import dataclass

import pytest

from dashboard.uploads import Upload, gather


@dataclass
class Sent:
    name: str
    content: bytes = b"x"

    def getvalue(self) -> bytes:
        return self.content


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("sessions.csv", "sessions.csv"),
        ("Übersicht 2026.xlsx", "Übersicht 2026.xlsx"),
        ("../../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\data.csv", "data.csv"),
        ("/etc/cron.d/job", "job"),
    ],
)
def test_only_the_last_part_of_a_name_is_taken(name: str, kept: str) -> None:
    assert list(gather([Sent(name)]).files) == [kept]


@pytest.mark.parametrize("name", ["..", ".", "", ".hidden", "a/", "a\0b", "a\nb", "x" * 200, " lead", "a/..", "\\"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    upload = gather([Sent(name)])
    assert upload.files == {}
    assert len(upload.problems) == 1


def test_two_files_of_one_name_are_refused_whatever_the_case() -> None:
    upload = gather([Sent("a/data.csv", b"1"), Sent("b/DATA.csv", b"2")])
    assert upload.files == {"data.csv": b"1"}
    assert upload.problems == ("Two files are called DATA.csv. Remove one, or give it another name.",)


def test_what_a_check_has_seen_is_told_from_anything_else() -> None:
    same = Upload({"a": b"1", "b": b"2"}).digest
    assert Upload({"b": b"2", "a": b"1"}).digest == same
    others = [{"a": b"12", "b": b""}, {"a": b"1", "b": b"3"}, {"a": b"1", "c": b"2"}, {"a": b"1"}]
    assert same not in [Upload(files).digest for files in others]


def test_the_mapping_is_no_data() -> None:
    upload = gather([Sent("source.toml", b"t"), Sent("a.csv")])
    assert upload.manifest == b"t"
    assert list(upload.data) == ["a.csv"]
