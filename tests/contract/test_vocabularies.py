"""Vocabularies: complete, without a word that means two things, and with the codes the contract promises."""

from collections import defaultdict

import pytest

from pipeline.contract import reference
from pipeline.contract.instruments import instruments
from pipeline.contract.tables import TABLES
from pipeline.landing.flags import SESSION_FLAGS

NAMED = sorted(
    {c.vocabulary for t in TABLES.values() for c in t.columns if c.vocabulary and c.vocabulary != "instrument"}
)
ALL = sorted({row["vocabulary"] for row in reference.rows("vocabularies")})
PROMISED = {
    "sex": "female male other unknown",
    "diagnosis": "androgenetic_alopecia alopecia_areata telogen_effluvium other unknown",
    "diagnosis_by": "self clinician",
    "staging_scale": "norwood ludwig sinclair salt",
    "skin_type": "I II III IV V VI",
    "prior_microneedling": "never over_90d within_90d unknown",
    "prior_minoxidil_response": "yes no never_used unknown",
    "device": "dermaroller dermastamp pen_motorised rf_fractional nano_patch other",
    "setting": "home salon clinic",
    "depth_basis": "nominal dial",
    "operator": "self trained",
    "region": "hairline crown mid_scalp temporal occipital whole_scalp",
    "endpoint": "none mild_erythema uniform_erythema pinpoint_bleeding",
    "rater": "participant clinician software",
    "solicited": "checklist open spontaneous",
    "event": """course_completed lost moved stopped_side_effect stopped_no_effect stopped_cost withdrew_consent
        hair_transplant pregnancy shaved_or_dyed died other""",
    "item": "device cartridge session_fee treatment other",
    "effect": """none redness swelling pinpoint_bleeding pain dryness_flaking itching lymph_node contact_dermatitis
        hyperpigmentation scarring granuloma infection fainting headache palpitations shedding other""",
}
TREATMENTS = {
    "none", "minoxidil_topical", "minoxidil_oral", "finasteride_oral", "finasteride_topical", "dutasteride",
    "ketoconazole_shampoo", "spironolactone", "prp", "lllt", "growth_factor", "triamcinolone", "hair_transplant",
    "camouflage_fibres",
}  # fmt: skip


def codes(name: str) -> list[str]:
    return [term.code for term in reference.vocabulary(name)]


def meanings(words: list[tuple[str, str]]) -> dict[str, set[str]]:
    """For each word, trimmed and case-folded, the codes it stands for; only those with more than one."""
    found: dict[str, set[str]] = defaultdict(set)
    for word, code in words:
        found[word.strip().casefold()].add(code)
    return {word: owners for word, owners in found.items() if len(owners) > 1}


@pytest.mark.parametrize("name", NAMED)
def test_every_vocabulary_that_a_column_names_has_terms(name: str) -> None:
    assert codes(name)


@pytest.mark.parametrize("name", PROMISED)
def test_codes_are_those_promised(name: str) -> None:
    assert set(codes(name)) == set(PROMISED[name].split())


def test_treatments_include_those_promised() -> None:
    assert set(codes("treatment")) >= TREATMENTS
    assert "other" not in codes("treatment")


@pytest.mark.parametrize("name", ALL)
def test_codes_stand_once_and_carry_label_explanation_and_source(name: str) -> None:
    terms = reference.vocabulary(name)
    assert len({term.code for term in terms}) == len(terms)
    for term in terms:
        assert term.label, term.code
        assert term.source, term.code
        assert term.explanation or name == "currency", term.code
        assert "|" not in term.explanation


@pytest.mark.parametrize("name", ALL)
def test_no_word_stands_for_two_codes(name: str) -> None:
    terms = reference.vocabulary(name)
    assert not meanings([(word, t.code) for t in terms for word in (t.code, t.label, *t.synonyms)])


def test_no_word_stands_for_two_stages_of_a_scale() -> None:
    for scale in {row["scale"] for row in reference.rows("stages")}:
        rows = [row for row in reference.rows("stages") if row["scale"] == scale]
        words = [(w, r["code"]) for r in rows for w in (r["code"], r["label"], *r["synonyms"].split("|")) if w]
        assert not meanings(words), scale


def test_no_word_stands_for_two_instruments() -> None:
    assert not meanings([(w, i.code) for i in instruments().values() for w in (i.code, i.label, *i.synonyms)])


def test_biweekly_is_a_synonym_of_nothing() -> None:
    words = " ".join(row["synonyms"] for name in ("vocabularies", "units", "stages") for row in reference.rows(name))
    assert "biweek" not in words.casefold()
    assert "bi-week" not in words.casefold()


@pytest.mark.parametrize(
    ("name", "word", "code"),
    [
        ("sex", "weiblich", "female"),
        ("sex", "hombre", "male"),
        ("diagnosis", "AGA", "androgenetic_alopecia"),
        ("device", "Stempel", "dermastamp"),
        ("setting", "à domicile", "home"),
        ("region", "vertex", "crown"),
        ("treatment", "nizoral", "ketoconazole_shampoo"),
        ("currency", "€", "EUR"),
    ],
)
def test_words_that_senders_use_are_understood(name: str, word: str, code: str) -> None:
    found = [t.code for t in reference.vocabulary(name) if word.casefold() in {s.casefold() for s in t.synonyms}]
    assert found == [code]


def test_currencies_are_three_letters_without_funds_and_metals() -> None:
    assert {"EUR", "USD", "GBP", "CHF", "BRL", "INR", "XCG"} <= set(codes("currency"))
    assert all(len(code) == 3 and code.isupper() for code in codes("currency"))
    assert not {"XAU", "XDR", "XXX", "USN", "CLF"} & set(codes("currency"))


def test_flags_raised_at_the_door_are_explained() -> None:
    assert set(SESSION_FLAGS) <= set(codes("flag"))
