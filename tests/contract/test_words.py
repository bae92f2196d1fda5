"""Headers that are told, and headers that are somebody's record."""

from pipeline.contract.words import headers_told


def test_headers_are_told_as_they_are() -> None:
    headers = ("Patient", "Nadel (µm)", "density_w12", "comb60", "se___1", "Größe 2")
    assert headers_told(headers) == headers


def test_a_header_that_looks_like_data_is_not_told() -> None:
    assert headers_told(("Patient", "a@b.example", "Alter", "Ort")) == ("Patient", "(column 2)", "Alter", "Ort")


def test_a_first_line_that_is_a_record_is_not_told_at_all() -> None:
    assert headers_told(("P-014", "03.03.2026", "Anna Muster")) == ("(column 1)", "(column 2)", "(column 3)")
    assert headers_told(("1", "34", "male", "Anna")) == ("(column 1)", "(column 2)", "(column 3)", "(column 4)")


def test_no_header_at_all() -> None:
    assert headers_told(()) == ()
