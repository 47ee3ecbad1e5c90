"""What each part of a brand may be, and the sentence for what may not. Sentences are message ids.

Everything is a typed token (`#rrggbb`, an enumeration, a hash, an address) or a text of bounded length, so nothing that
a tenant writes can reach a stylesheet or an attribute as anything else (trust.md B16).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec.structs import asdict

from frontdesk.book import Address
from frontdesk.countries import COUNTRIES
from frontdesk.statement_descriptors import full_problem, short_problem

NAME_LENGTH = 100
HEADLINE_LENGTH = 60
WEB_ADDRESS_LENGTH = 2048
ADDRESS_LINE_LENGTH = 200

_COLOUR = re.compile(r"#[0-9a-f]{6}", re.ASCII)
_FILE = re.compile(r"[0-9a-f]{16,128}(\.(png|jpg|jpeg|gif))?", re.ASCII)
_WEB_ADDRESS = re.compile(r"https?://[\w.:-]+([/?#][^\s\"'<>\\]*)?")
_MAIL_ADDRESS = re.compile(r"[^\s@<>\"',;:]+@[^\s@<>\"',;:]+")
_PHONE = re.compile(r"[0-9+()/. -]{3,20}", re.ASCII)

Rule = Callable[[Any], str | None]
"""Takes the value of a part; returns the sentence that says what to enter instead, or None where it is good."""


def _(message: str) -> str:
    """Marks a sentence for the message catalogue."""
    return message


class BrandInvalid(ValueError):
    """A brand that cannot be used. `field` names the part; `sentence`, a message id, says what to enter instead."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(f"{field}: {sentence}")
        self.field = field
        self.sentence = sentence


def problems(values: Mapping[str, Any], rules: Mapping[str, Rule]) -> Iterator[tuple[str, str]]:
    """The parts that cannot be used, each with its sentence, in the order of the rules."""
    for field, rule in rules.items():
        if field in values and (sentence := rule(values[field])) is not None:
            yield field, sentence


def check(part: object, rules: Mapping[str, Rule]) -> None:
    """Raises BrandInvalid for the first field of a struct that breaks its rule."""
    for field, rule in rules.items():
        if (sentence := rule(getattr(part, field))) is not None:
            raise BrandInvalid(field, sentence)


def _matching(pattern: re.Pattern[str], sentence: str, optional: bool = True) -> Rule:
    def rule(value: Any) -> str | None:
        if value is None and optional:
            return None
        good = isinstance(value, str) and len(value) <= WEB_ADDRESS_LENGTH and pattern.fullmatch(value)
        return None if good else sentence

    return rule


def _name(value: Any) -> str | None:
    if isinstance(value, str) and value.strip() and len(value) <= NAME_LENGTH:
        return None
    return _("Enter the name that your customers know you by, at most 100 characters.")


def _headline(value: Any) -> str | None:
    if isinstance(value, str) and len(value) <= HEADLINE_LENGTH:
        return None
    return _("Shorten the headline to at most 60 characters.")


def _address(value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, Address) or any(len(line or "") > ADDRESS_LINE_LENGTH for line in asdict(value).values()):
        return _("Shorten the lines of the address to at most 200 characters each.")
    if value.country is not None and value.country not in COUNTRIES:
        return _("Choose a country from the list.")
    return None


_HEX = _("Enter the colour as # and six hexadecimal digits, such as #1d2b4f.")
_FULL_ADDRESS = _("Enter a full web address that begins with https://.")

COLOURS: Mapping[str, Rule] = {
    "background": _matching(_COLOUR, _HEX, optional=False),
    "accent": _matching(_COLOUR, _HEX, optional=False),
}
IMAGES: Mapping[str, Rule] = {
    "icon_file": _matching(_FILE, _("Upload the icon again.")),
    "logo_file": _matching(_FILE, _("Upload the logo again.")),
}
DETAILS: Mapping[str, Rule] = {
    "business_name": _name,
    "headline": _headline,
    "support_email": _matching(_MAIL_ADDRESS, _("Enter one e-mail address, such as help@example.com.")),
    "support_phone": _matching(_PHONE, _("Enter 3 to 20 digits, spaces and + ( ) / . - only.")),
    "support_address": _address,
    "support_url": _matching(_WEB_ADDRESS, _FULL_ADDRESS),
    "website": _matching(_WEB_ADDRESS, _FULL_ADDRESS),
    "terms_url": _matching(_WEB_ADDRESS, _FULL_ADDRESS),
    "privacy_url": _matching(_WEB_ADDRESS, _FULL_ADDRESS),
    "refund_url": _matching(_WEB_ADDRESS, _FULL_ADDRESS),
    "statement_descriptor": full_problem,
    "short_descriptor": short_problem,
}
