"""The form for billing details: from a customer or from what was typed, and back to a command."""

import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar

from msgspec import Struct

from frontdesk.address_forms import address_form
from frontdesk.book import Address, Customer, Shipping
from frontdesk.commands import BillingDetails
from frontdesk.countries import COUNTRIES
from frontdesk.errors import Refusal
from frontdesk.portal_configuration import AllowedDetail, PortalConfiguration
from frontdesk.tax_id_types import MAXIMUM
from frontdesk_tenants.sessions import Source
from frontdesk_web.address_words import part_labels
from frontdesk_web.locale_data import locale_data
from frontdesk_web.messages import translate
from frontdesk_web.portal.subscription_cards import sentence_of
from frontdesk_web.portal.views import Badge, Detail, Field, Notice, Option
from frontdesk_web.postal_addresses import address_lines, begins_with_code
from frontdesk_web.tax_id_words import state_badge, type_name, type_options
from frontdesk_web.typed_text import one_line


class TaxIdLine(Struct, frozen=True, kw_only=True):
    """A tax id of the customer: its kind, its number, what is known of it."""

    value: str
    kind: str
    badge: Badge | None
    remove_action: str


class TaxIdsForm(Struct, frozen=True, kw_only=True):
    """The customer's tax ids, and the form that adds one: posts `type` and `value`, `with_details` or by itself."""

    action: str
    rows: tuple[TaxIdLine, ...]
    types: tuple[Option, ...]
    value: Field
    with_details: bool = False


class AddressField(Struct, frozen=True, kw_only=True):
    """A part of an address, posted as `name`."""

    name: str
    label: str
    value: str
    autocomplete: str
    maxlength: int
    error: str = ""


class AddressFields(Struct, frozen=True, kw_only=True):
    """An address as its country writes it, row by row; posts `{prefix}country` and the rows' fields."""

    prefix: str
    section: str
    rows: tuple[tuple[AddressField, ...], ...]
    countries: tuple[Option, ...]
    country_error: str = ""


class ShippingFields(Struct, frozen=True, kw_only=True):
    """Where goods go: posts `shipping_name`, `shipping_phone` and the address."""

    name: Field
    phone: Field
    address: AddressFields


class DetailsPage(Struct, frozen=True, kw_only=True):
    """Editing name, e-mail, phone, postal and shipping address, each as far as it is open.

    Posts `name`, `phone`, `email` where `email_editable`, and the addresses' fields; `adapt` asks for the form again
    in the order of the countries that are chosen. A part that may not be edited is None, and its `…_text` or lines are
    shown instead; `some_fixed` says that there is one.
    """

    template: ClassVar[str] = "portal/details.html"
    action: str
    csrf: str
    back_url: str
    email: Field
    email_editable: bool = False
    email_help: str = ""
    name: Field | None = None
    name_text: str = ""
    phone: Field | None = None
    phone_text: str = ""
    address: AddressFields | None = None
    address_lines: tuple[str, ...] = ()
    shipping: ShippingFields | None = None
    shipping_lines: tuple[str, ...] = ()
    some_fixed: bool = False
    error: str = ""
    notice: Notice | None = None
    tax_ids: TaxIdsForm | None = None
    tax_id_texts: tuple[Detail, ...] = ()


_PARTS: tuple[str, ...] = ("line1", "line2", "postal_code", "city", "state", "country")
_BILLING = {f"address_{part}" if part.startswith("line") else part: part for part in _PARTS}
"""The form's names for the parts of the postal address."""
_SHIPPING = {f"shipping_{part}": part for part in _PARTS}
PARAMS = (
    {f"address[{part}]": field for field, part in _BILLING.items()}
    | {f"shipping[address][{part}]": field for field, part in _SHIPPING.items()}
    | {"shipping[name]": "shipping_name", "shipping[phone]": "shipping_phone", "name": "name", "phone": "phone"}
)
"""The form's field for what a refusal calls the parameter at fault."""
_LENGTHS = {"postal_code": 20, "city": 100, "state": 100}
_FILLED_IN = {
    "line1": "address-line1",
    "line2": "address-line2",
    "postal_code": "postal-code",
    "city": "address-level2",
    "state": "address-level1",
}
"""What browsers call the parts (HTML, `autocomplete`)."""


class DetailsAsked(Struct, frozen=True, kw_only=True):
    """Who asks for the form, and where it leads. `country` is chosen where the form names none.

    `one_form` puts a new tax id into the same form as the rest, since saving it is the end of the job.
    """

    configuration: PortalConfiguration
    locale: str
    source: Source
    country: str | None
    business: str
    one_form: bool
    action: str
    csrf: str
    back_url: str

    @property
    def allowed(self) -> tuple[AllowedDetail, ...]:
        """What may be edited. In a session begun by login link the e-mail address never may (portal_spec.md §C.9)."""
        allowed = self.configuration.features.customer_update.allowed_updates
        return allowed if self.source == "api_session" else tuple(each for each in allowed if each != "email")


class TypedTaxId(Struct, frozen=True, kw_only=True):
    """A tax id that somebody typed, and why it was not taken, if it was not."""

    type: str
    value: str
    refusal: Refusal | None = None


def customer_form(customer: Customer) -> dict[str, str]:
    """The form as a customer's details fill it in."""
    address, shipping = customer.address or Address(), customer.shipping
    goods = Address() if shipping is None else shipping.address
    return {
        **{field: getattr(address, part) or "" for field, part in _BILLING.items()},
        **{field: getattr(goods, part) or "" for field, part in _SHIPPING.items()},
        "shipping_name": "" if shipping is None else shipping.name,
        "shipping_phone": "" if shipping is None else shipping.phone or "",
        "name": customer.name or "",
        "phone": customer.phone or "",
        "email": customer.email or "",
    }


def typed_tax_id(form: Mapping[str, str]) -> TypedTaxId | None:
    """The tax id in a form, or None."""
    type_, value = (one_line(form.get(name, "")[: 4 * MAXIMUM])[:MAXIMUM] for name in ("type", "value"))
    return TypedTaxId(type=type_, value=value) if value else None


def asked_details(form: Mapping[str, str]) -> BillingDetails:
    """The details that a posted form asks for, whether or not they may be changed. What was not posted stays."""
    details: dict[str, Any] = {field: form[field] for field in ("name", "phone", "email") if field in form}
    if any(field in form for field in _BILLING):
        details["address"] = Address(**{part: form.get(field) or None for field, part in _BILLING.items()})
    if any(field.startswith("shipping_") for field in form):
        details["shipping"] = _asked_shipping(form)
    return BillingDetails(**details)


def _asked_shipping(form: Mapping[str, str]) -> Shipping | None:
    """Where goods go. A country alone, which is always chosen, is no address."""
    typed = {field: form.get(field, "").strip() for field in (*_SHIPPING, "shipping_name", "shipping_phone")}
    if not any(value for field, value in typed.items() if field != "shipping_country"):
        return None
    return Shipping(
        address=Address(**{part: typed[field] or None for field, part in _SHIPPING.items()}),
        name=typed["shipping_name"],
        phone=typed["shipping_phone"] or None,
    )


def details_page(
    asked: DetailsAsked,
    customer: Customer,
    form: Mapping[str, str],
    *,
    refusal: Refusal | None = None,
    tax_id: TypedTaxId | None = None,
) -> DetailsPage:
    """The page with `form` filled in; `tax_id` was typed and refused."""
    allowed, locale = asked.allowed, asked.locale
    sentence = "" if refusal is None else sentence_of(refusal, locale)
    place = "" if refusal is None else _place(refusal, "email" in allowed)

    def field(name: str) -> Field:
        return Field(value=form.get(name, ""), error=sentence if place == name else "")

    def address(fields: Mapping[str, str], section: str) -> AddressFields:
        return _address_fields(fields, section, form, asked, {place: sentence})

    goods = None
    if "shipping" in allowed:
        goods = ShippingFields(
            name=field("shipping_name"), phone=field("shipping_phone"), address=address(_SHIPPING, "shipping")
        )
    return DetailsPage(
        action=asked.action,
        csrf=asked.csrf,
        back_url=asked.back_url,
        email=field("email") if "email" in allowed else Field(value=customer.email or ""),
        email_editable="email" in allowed,
        email_help=_email_help(asked),
        name=field("name") if "name" in allowed else None,
        name_text=customer.name or "",
        phone=field("phone") if "phone" in allowed else None,
        phone_text=customer.phone or "",
        address=address(_BILLING, "billing") if "address" in allowed else None,
        address_lines=address_lines(customer.address, locale),
        shipping=goods,
        shipping_lines=_shipping_lines(customer.shipping, locale),
        some_fixed=not {"name", "phone", "address"} <= {*allowed},
        error="" if place else sentence,
        tax_ids=_tax_ids(customer, asked, tax_id or typed_tax_id(form)) if "tax_id" in allowed else None,
        tax_id_texts=tuple(Detail(label=type_name(each.type, locale), value=each.value) for each in customer.tax_ids),
    )


def _email_help(asked: DetailsAsked) -> str:
    if "email" in asked.allowed:
        return translate(asked.locale, "A new address counts once you have entered the code that we send to it.")
    if asked.source == "login_link":
        return translate(
            asked.locale,
            "You sign in with this address, so it cannot be changed here. {name} can change it for you.",
            name=asked.business,
        )
    return translate(asked.locale, "It cannot be changed here. {name} can change it for you.", name=asked.business)


def _address_fields(
    fields: Mapping[str, str], section: str, form: Mapping[str, str], asked: DetailsAsked, errors: Mapping[str, str]
) -> AddressFields:
    """An address in the form of its country: the one that is chosen, else the tenant's."""
    names = {part: name for name, part in fields.items()}
    country = form.get(names["country"]) or asked.country
    written = address_form(
        country,
        filled=[part for part, name in names.items() if form.get(name)],
        large_first=begins_with_code(country, asked.locale),
    )
    labels = part_labels(written, asked.locale)
    return AddressFields(
        prefix="shipping_" if section == "shipping" else "",
        section=section,
        rows=tuple(
            tuple(
                AddressField(
                    name=names[part],
                    label=labels[part],
                    value=form.get(names[part], ""),
                    autocomplete=f"{section} {_FILLED_IN[part]}",
                    maxlength=_LENGTHS.get(part, 200),
                    error=errors.get(names[part], ""),
                )
                for part in row
            )
            for row in written.rows
        ),
        countries=country_options(country, asked.locale),
        country_error=errors.get(names["country"], ""),
    )


def _shipping_lines(shipping: Shipping | None, locale: str) -> tuple[str, ...]:
    if shipping is None:
        return ()
    lines = (shipping.name, *address_lines(shipping.address, locale), shipping.phone or "")
    return tuple(each for each in lines if each)


def _tax_ids(customer: Customer, asked: DetailsAsked, typed: TypedTaxId | None) -> TaxIdsForm:
    action, locale = asked.action, asked.locale
    refusal = None if typed is None else typed.refusal
    return TaxIdsForm(
        action=f"{action}/tax-ids",
        with_details=asked.one_form,
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
        value=Field(
            value="" if typed is None else typed.value,
            error="" if refusal is None else sentence_of(refusal, locale),
        ),
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
    territories = locale_data(locale).countries
    names = {code: str(territories.get(code, code)) for code in COUNTRIES}
    return tuple(sorted(names.items(), key=lambda each: _sortable(each[1])))


def _sortable(name: str) -> str:
    """Ö sorts as O does, in both of our languages."""
    decomposed = unicodedata.normalize("NFKD", name)
    return "".join(each for each in decomposed if not unicodedata.combining(each)).casefold()
