"""Signing up: what is asked of somebody who wants a portal, and what may be answered. Nothing asks for a website."""

from collections.abc import Collection

from msgspec import Struct
from msgspec.structs import replace

from frontdesk import set_up_refusals, sign_up_refusals, typed_refusals
from frontdesk.countries import COUNTRIES
from frontdesk.errors import Refusal
from frontdesk.house_settings import SignUpMode
from frontdesk.money import known_currency
from frontdesk.slugs import is_reserved, is_slug, suggested
from frontdesk.starting_points import StartingPoint

NAME_LENGTH = 100
AT_MOST_A_DAY = 5
"""Portals that one person may set up or ask for within 24 hours."""


class SignUp(Struct, frozen=True, kw_only=True):
    """What somebody says of the portal that they want. An empty slug wants to be suggested from the name."""

    name: str
    slug: str
    country: str
    currency: str
    locale: str
    starting_point: StartingPoint
    backend: str


def tidied(asked: SignUp) -> SignUp:
    """As it is kept: single spaces, small letters in slug and currency, capitals in the country, a slug."""
    name = " ".join(asked.name.split())
    slug = asked.slug.strip().lower()
    return replace(
        asked,
        name=name,
        slug=slug or suggested(name),
        country=asked.country.strip().upper(),
        currency=asked.currency.strip().lower(),
    )


def faults_of(asked: SignUp, backends: Collection[str]) -> tuple[Refusal, ...]:
    """What is wrong with it, each with the field in `param`. Whether the slug is free is not known here."""
    found = []
    if not asked.name:
        found.append(typed_refusals.text_needed("name"))
    elif len(asked.name) > NAME_LENGTH:
        found.append(typed_refusals.text_too_long(NAME_LENGTH, "name"))
    elif not asked.name.isprintable():
        found.append(typed_refusals.text_unprintable("name"))
    if not is_slug(asked.slug):
        found.append(sign_up_refusals.slug_invalid())
    elif is_reserved(asked.slug):
        found.append(sign_up_refusals.slug_taken(asked.slug))
    if asked.country not in COUNTRIES:
        found.append(typed_refusals.country_unknown(asked.country, "country"))
    if not known_currency(asked.currency):
        found.append(typed_refusals.currency_unknown(asked.currency))
    if asked.backend not in backends:
        found.append(set_up_refusals.backend_unknown(asked.backend))
    return tuple(found)


def needs_approval(mode: SignUpMode, invited: bool) -> bool:
    """Whether an operator has to say yes before there is a portal. Who was invited has their yes."""
    return mode == "approval" and not invited


def closed_to(mode: SignUpMode, invited: bool) -> Refusal | None:
    """Why somebody cannot sign up, or None."""
    return sign_up_refusals.by_invitation_only() if mode == "invitation" and not invited else None
