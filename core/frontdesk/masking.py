"""What is kept of requests and answers: the same without what whoever reads a log must not be able to use.

Secrets are told by the name that they stand under, and by what they look like wherever they stand.
"""

import re
from typing import Any

MASK = "****"
_NAMES = re.compile(
    r"(.*_)?(secret|password|passwd|token|cvc|cvv|authorization|cookie|code_verifier|private_key|api_key)(_.*)?",
    re.IGNORECASE,
)
_NOT_SECRET = frozenset({"account_token", "token_count", "password_reset", "secret_expires_at"})
_KEYS = re.compile(r"((?:sk|rk|pk)_(?:test|live)_)[0-9A-Za-z]+")
_SIGNING = re.compile(r"(whsec_|cuss_secret_)[0-9A-Za-z+/=_-]+")
_CLIENT_SECRETS = re.compile(r"((?:seti|pi|cs)_[0-9A-Za-z_]+_secret_)[0-9A-Za-z]+")
_LINKS = re.compile(r"(/p/session/|/p/address/|/dashboard/invitation/|/pay/[0-9A-Za-z]+/)[^\s\"'?#/]+")
_CARD = re.compile(r"(?<![0-9A-Za-z])(?:[0-9][ -]?){12,15}([0-9]{4})(?![0-9A-Za-z])")
_CARD_NAMES = frozenset({"number", "card_number"})


def masked(value: Any, name: str = "") -> Any:
    """A tree of texts, numbers, objects and lists without secrets. `name` is what it stands under."""
    if isinstance(value, dict):
        return {key: masked(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [masked(each, name) for each in value]
    if value in (None, "", True, False):
        return value
    if _NAMES.fullmatch(name) and name not in _NOT_SECRET:
        return MASK
    if not isinstance(value, str):
        return value
    if name in _CARD_NAMES:
        value = _CARD.sub(rf"{MASK}\1", value)
    return masked_text(value)


def masked_text(text: str) -> str:
    """A text without the secrets that can be told by their look."""
    for pattern in (_KEYS, _SIGNING, _CLIENT_SECRETS, _LINKS):
        text = pattern.sub(rf"\1{MASK}", text)
    return text
