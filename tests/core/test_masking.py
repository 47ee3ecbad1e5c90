"""What a log keeps: no secret, whatever it stands under and wherever it stands."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.masking import MASK, masked

SECRET = "x" * 12 + "Q7" * 16
SECRETS = (
    f"sk_live_{SECRET}",
    f"rk_test_{SECRET}",
    f"whsec_{SECRET}+/=",
    f"cuss_secret_{SECRET}",
    f"seti_1Ab_secret_{SECRET}",
    f"https://billing.example/p/session/live_{SECRET}",
    f"https://billing.example/p/session/live_{SECRET}?lang=de",
)


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("client_secret", "abc", MASK),
        ("secret", "abc", MASK),
        ("password", "abc", MASK),
        ("card_cvc", "123", MASK),
        ("cvc", 123, MASK),
        ("number", "4242 4242 4242 4242", f"{MASK}4242"),
        ("number", "INV-0001", "INV-0001"),
        ("phone", "+49 40 123456 123456", "+49 40 123456 123456"),
        ("secret", None, None),
        ("secret", "", ""),
        ("livemode", False, False),
        ("email", "jenny@example.com", "jenny@example.com"),
        ("description", "pay with sk_live_abc soon", f"pay with sk_live_{MASK} soon"),
        ("id", "in_1Xy", "in_1Xy"),
    ],
)
def test_values(name: str, value: Any, kept: Any) -> None:
    assert masked({name: value}) == {name: kept}


_LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=20), st.sampled_from(SECRETS))
_TREES = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=12,
)


@given(_TREES, st.sampled_from(SECRETS), st.text(" a/:\"'", max_size=3), st.text(" &#\"'", max_size=3))
def test_no_secret_is_left_anywhere(tree: Any, secret: str, before: str, after: str) -> None:
    kept = json.dumps(masked({"of": [tree, {"url": before + secret + after}]}))
    assert SECRET not in kept
    assert MASK in kept


@given(_TREES)
def test_the_shape_stays(tree: Any) -> None:
    def shape(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: shape(each) for name, each in value.items()}
        return [shape(each) for each in value] if isinstance(value, list) else None

    assert shape(masked(tree)) == shape(tree)
