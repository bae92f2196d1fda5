"""Words: understood, proposed, shown or kept to ourselves."""

import pytest

from pipeline.contract.tables import TABLES
from pipeline.proposal.profile import Word
from pipeline.proposal.words import codes, instrument_code, meanings, share_understood, tellable

DEVICE = TABLES["sessions"].column("device")
CONSENT = TABLES["participants"].column("consent")
REGION = TABLES["sessions"].column("region")


def words(*texts: str, people: int = 5) -> list[Word]:
    return [Word(text, 10, people) for text in texts]


def test_known_words_need_nothing_and_near_ones_are_proposed() -> None:
    found = meanings(DEVICE, words("Roller", "Dermaroler", "Derma  Pen"))
    assert found.understood == ("Roller",)
    assert found.proposed == {"Dermaroler": "dermaroller", "Derma  Pen": "pen_motorised"}
    assert found.unknown == ()


def test_yes_and_no_of_five_languages() -> None:
    found = meanings(CONSENT, words("ja", "nein", "Oui", "non", "sí", "no", "sim", "não", "yes"))
    assert found.proposed == {
        "ja": "yes", "nein": "no", "Oui": "yes", "non": "no", "sí": "yes", "sim": "yes", "não": "no",
    }  # fmt: skip
    assert found.understood == ("no", "yes")
    assert codes(CONSENT) == ("yes", "no")


def test_an_unknown_word_is_shown_only_if_several_people_share_it() -> None:
    found = meanings(DEVICE, [*words("Zwirbler"), Word("Anna Muster", 30, 2), Word("Anna", 4, 1)])
    assert [word.text for word in found.unknown] == ["Zwirbler"]
    assert found.n_hidden == 2


@pytest.mark.parametrize(
    "text",
    ["03.04.2025", "anna@example.org", "0171 2345678", "I did it twice, then stopped. It hurt.", "x" * 41, "a b c d"],
)
def test_what_is_no_code_is_never_shown(text: str) -> None:
    assert not tellable(Word(text, 100, 100))


def test_a_word_without_people_beside_it_is_not_shown() -> None:
    assert not tellable(Word("Zwirbler", 100, 0))
    assert tellable(Word("Zwirbler", 100, 3))


def test_short_words_are_no_misspellings() -> None:
    assert meanings(REGION, words("xy", "to")).proposed == {}


def test_the_share_that_is_understood() -> None:
    assert share_understood(DEVICE, words("Roller", "Zwirbler")) == 0.5
    assert share_understood(DEVICE, []) == 0
    assert share_understood(TABLES["sessions"].column("passes"), words("3")) == 1
    assert meanings(TABLES["sessions"].column("passes"), words("3")).understood == ()


def test_instruments_are_words_too() -> None:
    assert instrument_code("Haardichte") == "hair_density"
    assert instrument_code("weight") is None
    assert "norwood" in codes(TABLES["outcomes"].column("instrument"))
