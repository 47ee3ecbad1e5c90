"""Editing who is billed and where. Lengths are Stripe's (portal_spec.md §C.9), counted in characters."""

import unicodedata
from typing import Any

from msgspec import UNSET, UnsetType
from msgspec.structs import asdict, replace

from frontdesk.acts import allow
from frontdesk.address_changes import is_new
from frontdesk.addresses import parse_address
from frontdesk.book import Address, Shipping
from frontdesk.changes import Changes
from frontdesk.commands import BillingDetails, UpdateBillingDetails
from frontdesk.countries import COUNTRIES
from frontdesk.desk import Desk
from frontdesk.details_refusals import email_unproven
from frontdesk.errors import Refused
from frontdesk.trusted_phones import trust, with_trust
from frontdesk.typed_refusals import country_unknown, text_too_long, text_unprintable

NAME_LENGTH = 256
PHONE_LENGTH = 20
TEXT_LENGTH = 5000


async def update(desk: Desk, details: BillingDetails, *, proven: bool = False) -> Changes:
    """Change the customer's details. What is left UNSET stays. `proven` says that a customer typed the code that was
    sent to the new address: without, they cannot change it (`frontdesk.address_changes`).

    Raises:
        Refused: the actor may not edit one of the fields, or a value is not as it must be. Nothing is changed then.
    """
    allow(desk, UpdateBillingDetails(details=details))
    if desk.actor.kind == "customer" and details.email is not UNSET and not proven:
        raise Refused(email_unproven())
    whole = with_trust(checked(details), desk.account.customer, desk.actor)
    return await desk.carry_out(UpdateBillingDetails(details=whole))


async def trust_phone(desk: Desk) -> Changes:
    """Say that the phone number of the customer is theirs, so that codes may go to it. Never for customers.

    Raises:
        Refused: a customer asks.
    """
    details = trust(desk.account.customer)
    allow(desk, UpdateBillingDetails(details=details))
    return await desk.carry_out(UpdateBillingDetails(details=details))


async def new_address(desk: Desk, typed: str) -> str | None:
    """The address that a customer wants to have from now on, as it is stored; None where it is the one they have.

    Raises:
        Refused: they may not change it, or it is none.
    """
    allow(desk, UpdateBillingDetails(details=BillingDetails(email=typed)))
    email = parse_address(typed)
    return email if is_new(desk.account.customer, email) else None


def checked(details: BillingDetails) -> BillingDetails:
    """The details as they are stored: spaces at the ends removed, nothing instead of empty text, countries in capitals.

    Raises:
        Refused: a value is too long, has control characters, or is no e-mail address or country.
    """
    changes: dict[str, Any] = {
        "email": None if not details.email else parse_address(details.email),
        "name": plain_text(details.name, NAME_LENGTH, "name"),
        "phone": plain_text(details.phone, PHONE_LENGTH, "phone"),
        "address": _address(details.address, "address"),
        "shipping": _shipping(details.shipping),
    }
    return replace(
        details, **{field: value for field, value in changes.items() if getattr(details, field) is not UNSET}
    )


def _shipping(shipping: Shipping | UnsetType | None) -> Shipping | None:
    if not isinstance(shipping, Shipping):
        return None
    return Shipping(
        address=_address(shipping.address, "shipping[address]") or Address(),
        name=plain_text(shipping.name, NAME_LENGTH, "shipping[name]") or "",
        phone=plain_text(shipping.phone, PHONE_LENGTH, "shipping[phone]"),
    )


def _address(address: Address | UnsetType | None, param: str) -> Address | None:
    """An address without any line is no address."""
    if not isinstance(address, Address):
        return None
    lines = {field: plain_text(value, TEXT_LENGTH, f"{param}[{field}]") for field, value in asdict(address).items()}
    country = lines["country"]
    if country is not None:
        if country.upper() not in COUNTRIES:
            raise Refused(country_unknown(country, f"{param}[country]"))
        lines["country"] = country.upper()
    return Address(**lines) if any(lines.values()) else None


def plain_text(text: str | UnsetType | None, length: int, param: str) -> str | None:
    """A text on one line without spaces at its ends; None for nothing.

    Raises:
        Refused: it is too long or has control characters.
    """
    if not isinstance(text, str):
        return None
    # Cc: control, Cs: half a surrogate pair, Zl and Zp: line and paragraph ends. They break letters and documents.
    if any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in text):
        raise Refused(text_unprintable(param))
    text = text.strip()
    if len(text) > length:
        raise Refused(text_too_long(length, param))
    return text or None
