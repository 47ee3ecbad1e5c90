"""What a customer is found by."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from frontdesk.book import Customer
from frontdesk.search_words import (
    ASKED_AT_MOST,
    CUT,
    WORD_LENGTH,
    WORDS_AT_MOST,
    asked_words,
    folded,
    number_words,
    word_within,
    words_of,
)

JENNY = Customer(
    id="cus_01HqZ",
    created=datetime(2026, 1, 1, tzinfo=UTC),
    email="Jenny.Rosen+vip@Ashford-Lane.example",
    name="Jenny Müller-O’Neill (Ashford & Lane)",
    metadata={"crm": "K-4711", "note": "Großkunde Straße"},
)


def found_by(question: str, customer: Customer = JENNY) -> bool:
    """The rule that the database applies."""
    words, asked = words_of(customer), asked_words(question)
    return bool(asked) and all(any(word.startswith(each) for word in words) for each in asked)


@pytest.mark.parametrize(
    "question",
    [
        "jenny", "JEN", "rosen", "vip", "ashford-lane.example", "ashford", "lane", "Jenny.Rosen+VIP@",
        "jenny.rosen+vip@ashford-lane.example", "muller", "Müller", "mueller", "MÜLLER-O", "neill", "o’neill",
        "o'neill", "müller-o'neill", "cus_01hqz", "cus_01HqZ", "k-4711", "4711", "grosskunde", "GROSSKUNDE", "strasse",
        "straße", "ashford jen", "lane  mueller", '"Jenny" <jenny.rosen+vip@ashford-lane.example>', "ｊｅｎｎｙ",
        "  jenny ",
    ],
)  # fmt: skip
def test_found(question: str) -> None:
    assert found_by(question)


@pytest.mark.parametrize(
    "question", ["", "   ", "enny", "jenny smith", "711", "crm", "@", "<>", "us_01", "\u200b", "example"]
)
def test_not_found(question: str) -> None:
    assert not found_by(question)


def test_a_name_written_with_an_e_is_found_as_written() -> None:
    plain = Customer(id="cus_1", created=JENNY.created, name="Mueller")
    assert found_by("mueller", plain)
    assert not found_by("muller", plain)


def test_numbers_are_words_too() -> None:
    assert number_words("INV-0042") == {"inv-0042", "0042"}


def test_much_metadata_leaves_room_for_the_address() -> None:
    filled = Customer(
        id="cus_1",
        created=JENNY.created,
        email="jenny@example.com",
        metadata={str(key): " ".join(f"w{key}x{number}" for number in range(90)) for key in range(50)},
    )
    words = words_of(filled)
    assert len(words - {CUT}) == WORDS_AT_MOST
    assert found_by("jenny@example.com", filled)
    assert CUT in words
    assert CUT not in words_of(JENNY)


def test_a_question_has_few_words() -> None:
    assert len(asked_words(" ".join(map(str, range(50))))) == ASKED_AT_MOST


texts = st.text(max_size=200)


@given(texts, texts)
def test_whoever_has_a_text_has_its_word(text: str, other: str) -> None:
    """In either letter case, as Stripe's search takes it."""
    word = word_within(text)
    for spelled in (text, text.upper(), text.lower()):
        customer = Customer(id="cus_1", created=JENNY.created, name=other, metadata={"key": spelled})
        if word and spelled.lower() == text.lower():
            assert {word, CUT} & words_of(customer)
    assert word != CUT


@given(texts, texts, texts)
def test_every_record_is_found_by_each_of_its_words(name: str, value: str, email: str) -> None:
    customer = Customer(id="cus_1", created=JENNY.created, name=name, email=email, metadata={"key": value})
    words = words_of(customer)
    for text in (name, value):
        for chunk in text.split():
            for asked in asked_words(chunk):
                assert any(word.startswith(asked) for word in words)
    for word in words:
        assert 0 < len(word) <= WORD_LENGTH
        assert "\0" not in word
        assert not any("\ud800" <= each <= "\udfff" or each == "\U0010ffff" for each in word)


@given(texts)
@example("\ufe31")
def test_folding_twice_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)
