"""Passcodes: made, kept, judged (trust.md §A2, A1, A5, A6, A21)."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from frontdesk.passcodes import (
    Challenge,
    Judgement,
    PasscodeRules,
    digest,
    judge,
    new_challenge,
    new_code,
    normalise,
)
from frontdesk.secret import Secret

NOW = datetime(2026, 11, 22, tzinfo=UTC)
PEPPER = Secret("pepper")
RULES = PasscodeRules()


def challenge(code: str = "012345", **parts: Any) -> Challenge:
    given_parts = {"id": "ch_1", "tenant": "ten_1", "address": "jenny@example.com", "kid": "k1", **parts}
    return new_challenge(code=code, pepper=PEPPER, now=NOW, rules=RULES, **given_parts)


def guess(asked: Challenge, typed: str, after: timedelta = timedelta(), **more: Any) -> Judgement:
    return judge(asked, typed, PEPPER, NOW + after, rules=RULES, **more)


@pytest.mark.parametrize("digits", range(6, 11))
def test_codes_have_leading_zeros(digits: int) -> None:
    codes = [new_code(digits) for _ in range(500)]
    assert all(len(code) == digits and code.isascii() and code.isdigit() for code in codes)
    assert len(set(codes)) > 490
    assert len(Counter(code[0] for code in codes)) == 10


def test_the_right_code_signs_in_once() -> None:
    first = guess(challenge(), "012345")
    assert (first.accepted, first.evaluated, first.challenge.used_at) == (True, True, NOW)
    second = guess(first.challenge, "012345")
    assert (second.outcome, second.evaluated, second.adds_risk) == ("used", False, False)


def test_five_attempts_then_even_the_right_code_is_refused() -> None:
    asked = challenge()
    for number in range(1, 6):
        judgement = guess(asked, "999999")
        assert (judgement.outcome, judgement.adds_risk) == ("wrong", True)
        asked = judgement.challenge
        assert asked.attempts == number
    sixth = guess(asked, "012345")
    assert (sixth.outcome, sixth.evaluated, sixth.challenge) == ("exhausted", False, asked)


def test_ten_minutes_to_the_second() -> None:
    asked = challenge()
    assert guess(asked, "012345", timedelta(minutes=9, seconds=59)).accepted
    assert guess(asked, "012345", timedelta(minutes=10)).outcome == "expired"


def test_a_code_that_has_become_too_short() -> None:
    assert guess(challenge(), "012345", least_digits=8).outcome == "outgrown"
    assert guess(challenge("01234567"), "01234567", least_digits=8).accepted


def test_a_limit_holds_even_for_the_right_code() -> None:
    limited = guess(challenge(), "012345", limited=True)
    assert (limited.outcome, limited.evaluated) == ("limited", False)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("012345", "012345"),
        (" 012 345\n", "012345"),
        ("012-345", "012345"),
        ("012\u2013345", "012345"),
        ("0\u00a01\u20092\u200b345", "012345"),
        ("", None),
        ("-", None),
        ("abcdef", None),
        ("01234\u0665", None),
        ("０１２３４５", None),
        ("²12345", None),
        ("+12345", None),
        ("1e5", None),
        ("0.5", None),
        ("012345\0", None),
        ("\udcff", None),
        ("1" * 11, None),
        ("1" * 1_000_000, None),
    ],
)
def test_typed_codes(typed: str, code: str | None) -> None:
    assert normalise(typed) == code
    assert guess(challenge(), typed).accepted is (code == "012345")


@given(st.text(st.characters()) | st.text("0123456789 -", max_size=12))
def test_a_strange_code_is_a_wrong_code(typed: str) -> None:
    judgement = guess(challenge("5550123456"), typed)
    assert judgement.outcome in ("wrong", "accepted")
    assert judgement.accepted is (normalise(typed) == "5550123456")


def test_an_empty_code_never_signs_in() -> None:
    empty = replace(challenge(), digest=digest(PEPPER, "k1", "ten_1", "ch_1", ""))
    assert guess(empty, "").outcome == "wrong"
    assert guess(empty, "xyz").outcome == "wrong"


def test_a_code_belongs_to_its_challenge_its_tenant_and_its_pepper() -> None:
    asked = challenge()
    for other in ({"id": "ch_2"}, {"tenant": "ten_2"}, {"kid": "k2"}):
        assert guess(replace(asked, **other), "012345").outcome == "wrong"
    assert judge(asked, "012345", Secret("other"), NOW, rules=RULES).outcome == "wrong"


def test_the_parts_of_a_digest_cannot_be_shifted() -> None:
    assert digest(PEPPER, "k", "a", "bc", "1") != digest(PEPPER, "k", "ab", "c", "1")
    assert digest(PEPPER, "k", "a", "b", "12") != digest(PEPPER, "ka", "", "b", "12")


def test_neither_the_code_nor_the_pepper_is_kept() -> None:
    stored = msgspec.json.encode(challenge("918273"))
    assert b"918273" not in stored
    assert b"pepper" not in stored
    assert len(challenge().digest) == 32


@pytest.mark.parametrize(
    "beyond",
    [
        {"lifetime": timedelta(minutes=11)},
        {"lifetime": timedelta(minutes=2)},
        {"attempts": 6},
        {"attempts": 2},
        {"live_per_address": 4},
        {"letters_per_hour": 6},
        {"letters_per_day": 11},
    ],
)
def test_no_rules_leave_the_bounds(beyond: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="bounds"):
        PasscodeRules(**beyond)
