"""The form for a customer's details, as staff fill it in: from a customer or what was typed, and back to details."""

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from frontdesk.book import Customer
from frontdesk.commands import BillingDetails
from frontdesk.errors import Refusal
from frontdesk_web.languages import LOCALE_NAMES
from frontdesk_web.messages import translate
from frontdesk_web.portal.details_views import PARAMS, asked_details, country_options, customer_form
from frontdesk_web.portal.subscription_cards import sentence_of
from frontdesk_web.portal.views import Field, Option

FIELDS = (
    *("name", "email", "phone", "language", "note"),
    *("address_line1", "address_line2", "postal_code", "city", "state", "country"),
)
"""What the form posts."""
_PARAMS = {**PARAMS, "email": "email", "description": "note"}


class CustomerForm(Struct, frozen=True, kw_only=True):
    """The form with what was typed, and what is wrong with it at the field at fault; `error` where there is none."""

    name: Field
    email: Field
    phone: Field
    note: Field
    line1: Field
    line2: Field
    postal_code: Field
    city: Field
    state: Field
    languages: tuple[Option, ...]
    countries: tuple[Option, ...]
    country_error: str = ""
    error: str = ""


def details_of(customer: Customer) -> dict[str, str]:
    """The form as a customer's details fill it in."""
    language = next((each for each in customer.preferred_locales if each in LOCALE_NAMES), "")
    return {**customer_form(customer), "language": language, "note": customer.description or ""}


def typed(form: Mapping[str, str]) -> dict[str, str]:
    """The fields of a posted form that belong to the details."""
    return {name: form.get(name, "") for name in FIELDS}


def asked(form: Mapping[str, str], present: Customer | None = None) -> BillingDetails:
    """The details that a form asks for. Languages that we do not speak stay where none of ours is chosen."""
    details = replace(asked_details(form), description=form.get("note", ""))
    language = form.get("language", "")
    ours = (language,) if language in LOCALE_NAMES else ()
    others = tuple(each for each in (() if present is None else present.preferred_locales) if each not in LOCALE_NAMES)
    return replace(details, preferred_locales=ours + others)


def customer_details_form(
    form: Mapping[str, str], locale: str, country: str | None, refusal: Refusal | None = None
) -> CustomerForm:
    """The form filled in. `country` is chosen where the form names none."""
    sentence = "" if refusal is None else sentence_of(refusal, locale)
    place = "" if refusal is None else _PARAMS.get(refusal.param or "", "")

    def field(name: str) -> Field:
        return Field(value=form.get(name, ""), error=sentence if place == name else "")

    return CustomerForm(
        name=field("name"),
        email=field("email"),
        phone=field("phone"),
        note=field("note"),
        line1=field("address_line1"),
        line2=field("address_line2"),
        postal_code=field("postal_code"),
        city=field("city"),
        state=field("state"),
        languages=_languages(form.get("language", ""), locale),
        countries=country_options(form.get("country") or country, locale, optional=True),
        country_error=sentence if place == "country" else "",
        error="" if place else sentence,
    )


def _languages(chosen: str, locale: str) -> tuple[Option, ...]:
    yours = Option(value="", text=translate(locale, "As the portal's"), selected=not chosen)
    return (
        yours,
        *(Option(value=each, text=name, selected=each == chosen) for each, name in LOCALE_NAMES.items()),
    )
