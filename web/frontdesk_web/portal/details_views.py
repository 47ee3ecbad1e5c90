"""The form for billing details: from a customer or from what was typed, and back to a command."""

import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Any

from babel import Locale
from msgspec import Struct

from frontdesk.book import Address, Customer
from frontdesk.commands import BillingDetails
from frontdesk.countries import COUNTRIES
from frontdesk.errors import Refusal
from frontdesk.portal_configuration import PortalConfiguration
from frontdesk_tenants.sessions import Source
from frontdesk_web.portal.subscription_cards import sentence_of
from frontdesk_web.portal.views import DetailsPage, Field, Option, TaxIdLine, TaxIdsForm
from frontdesk_web.postal_addresses import begins_with_code
from frontdesk_web.tax_id_words import state_badge, type_name, type_options

_ADDRESS_FIELDS = {
    "address_line1": "line1",
    "address_line2": "line2",
    "postal_code": "postal_code",
    "city": "city",
    "state": "state",
    "country": "country",
}
"""The form's names for the parts of an address."""
PARAMS = {f"address[{part}]": field for field, part in _ADDRESS_FIELDS.items()} | {"name": "name", "phone": "phone"}
"""The form's field for what a refusal calls the parameter at fault."""


class TypedTaxId(Struct, frozen=True, kw_only=True):
    """A tax id that somebody typed, and why it was not taken."""

    type: str
    value: str
    refusal: Refusal


def customer_form(customer: Customer) -> dict[str, str]:
    """The form as a customer's details fill it in."""
    address = customer.address or Address()
    form = {field: getattr(address, part) or "" for field, part in _ADDRESS_FIELDS.items()}
    return {**form, "name": customer.name or "", "phone": customer.phone or "", "email": customer.email or ""}


def asked_details(form: Mapping[str, str]) -> BillingDetails:
    """The details that a posted form asks for, whether or not they may be changed. What was not posted stays."""
    details: dict[str, Any] = {field: form[field] for field in ("name", "phone", "email") if field in form}
    if any(field in form for field in _ADDRESS_FIELDS):
        details["address"] = Address(**{part: form.get(field) or None for field, part in _ADDRESS_FIELDS.items()})
    return BillingDetails(**details)


def details_page(
    customer: Customer,
    form: Mapping[str, str],
    configuration: PortalConfiguration,
    locale: str,
    *,
    source: Source,
    country: str | None,
    action: str,
    csrf: str,
    back_url: str,
    refusal: Refusal | None = None,
    tax_id: TypedTaxId | None = None,
) -> DetailsPage:
    """The page with `form` filled in. `country` is chosen where the form names none; `tax_id` was typed and refused."""
    allowed = configuration.features.customer_update.allowed_updates
    # In a session begun by login link the address is never editable (portal_spec.md §C.9).
    email_editable = "email" in allowed and source == "api_session"
    sentence = "" if refusal is None else sentence_of(refusal, locale)
    place = "" if refusal is None else _place(refusal, email_editable)

    def field(name: str) -> Field:
        return Field(value=form.get(name, ""), error=sentence if place == name else "")

    return DetailsPage(
        action=action,
        csrf=csrf,
        back_url=back_url,
        email=field("email") if email_editable else Field(value=customer.email or ""),
        email_editable=email_editable,
        name=field("name") if "name" in allowed else None,
        phone=field("phone") if "phone" in allowed else None,
        line1=field("address_line1") if "address" in allowed else None,
        line2=field("address_line2"),
        postal_code=field("postal_code"),
        city=field("city"),
        state=field("state"),
        countries=country_options(form.get("country") or country, locale),
        country_error=sentence if place == "country" else "",
        code_first=begins_with_code(form.get("country") or country, locale),
        error="" if place else sentence,
        tax_ids=_tax_ids(customer, action, locale, tax_id) if "tax_id" in allowed else None,
    )


def _tax_ids(customer: Customer, action: str, locale: str, typed: TypedTaxId | None) -> TaxIdsForm:
    return TaxIdsForm(
        action=f"{action}/tax-ids",
        rows=tuple(
            TaxIdLine(
                value=each.value,
                kind=type_name(each.type, locale),
                badge=state_badge(each, locale),
                remove_action=f"{action}/tax-ids/{each.id}/remove",
            )
            for each in customer.tax_ids
        ),
        types=type_options("eu_vat" if typed is None else typed.type, locale),
        value=Field() if typed is None else Field(value=typed.value, error=sentence_of(typed.refusal, locale)),
    )


def _place(refusal: Refusal, email_editable: bool) -> str:
    if refusal.param == "email" and email_editable:
        return "email"
    return PARAMS.get(refusal.param or "", "") if refusal.code != "detail_not_allowed" else ""


def country_options(chosen: str | None, locale: str, optional: bool = False) -> tuple[Option, ...]:
    """All countries by name. An empty entry stands first where none is chosen, or where none need be."""
    options = tuple(Option(value=code, text=name, selected=code == chosen) for code, name in _country_names(locale))
    if chosen in COUNTRIES and not optional:
        return options
    return (Option(value="", text="", selected=chosen not in COUNTRIES), *options)


@cache
def _country_names(locale: str) -> tuple[tuple[str, str], ...]:
    """Codes and names of all countries, in the order of their names."""
    territories = Locale.parse(locale).territories
    names = {code: str(territories.get(code, code)) for code in COUNTRIES}
    return tuple(sorted(names.items(), key=lambda each: _sortable(each[1])))


def _sortable(name: str) -> str:
    """Ö sorts as O does, in both of our languages."""
    decomposed = unicodedata.normalize("NFKD", name)
    return "".join(each for each in decomposed if not unicodedata.combining(each)).casefold()
