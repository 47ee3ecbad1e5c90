"""What the page of automatic tax shows: settings, registrations, and what a customer somewhere would pay."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from msgspec import Struct

from frontdesk.automatic_tax import automatic_rates, home_of
from frontdesk.book import Address, BillingSettings, Customer, Product, Terms
from frontdesk.eu_vat_area import EU_COUNTRIES
from frontdesk.tax_ids import TaxId, Verification
from frontdesk.tax_settings import Registration, TaxSettings
from frontdesk.tax_sourcing import Reason, treatment_of
from frontdesk_web.dashboard.product_views import TaxCodeField
from frontdesk_web.formatting import date_long, money
from frontdesk_web.messages import _, translate
from frontdesk_web.portal.details_views import country_options
from frontdesk_web.portal.views import Badge, Field, Notice, Option
from frontdesk_web.postal_addresses import country_name
from frontdesk_web.tax_words import rate_name

BEHAVIORS = {
    "exclusive": _("On top of them"),
    "inclusive": _("Included in them"),
    "inferred_by_currency": _("By currency: on top in USD and CAD, included elsewhere"),
}
SCHEMES = {
    "standard": _("Registered in this country"),
    "oss_union": _("One-stop shop (OSS), for consumers in all of the EU"),
    "oss_non_union": _("One-stop shop (OSS), for businesses outside of the EU"),
}
_REASONS: dict[Reason, str] = {
    "registered": _("You are registered there."),
    "origin": _("You are not registered there, so the rate of your own country is charged."),
    "reverse_charge": _("Reverse charge: the business owes the tax itself, and the invoice says so."),
    "exempt": _("The customer is exempt."),
    "not_registered": _("You are not registered there, so no tax is charged."),
}
_EXAMPLE = 10_000
"""Minor units: what the preview works tax out for."""


class RegistrationRow(Struct, frozen=True, kw_only=True):
    """A registration. `end_action` is None where it has ended, or the role may not end it."""

    name: str
    scheme: str
    dates: str
    badge: Badge
    end_action: str | None


class NewRegistration(Struct, frozen=True, kw_only=True):
    """The form for a new registration."""

    action: str
    countries: tuple[Option, ...]
    schemes: tuple[Option, ...]
    state: Field
    since: Field
    error: str = ""


class Tried(Struct, frozen=True, kw_only=True):
    """What somebody would pay: why, by which rates, and an example in words."""

    reason: str
    rates: tuple[str, ...]
    example: str


class TryForm(Struct, frozen=True, kw_only=True):
    """The form of the preview, and its answer."""

    action: str
    countries: tuple[Option, ...]
    state: str
    kinds: tuple[Option, ...]
    products: tuple[Option, ...]
    answer: Tried | None


class TaxSettingsPage(Struct, frozen=True, kw_only=True):
    """The page. `address_url` leads to the business's address where it has no country."""

    template: ClassVar[str] = "dashboard/tax_settings.html"
    csrf: str
    may_edit: bool
    action: str
    automatic: tuple[Option, ...]
    behaviors: tuple[Option, ...]
    tax_code: TaxCodeField
    rows: tuple[RegistrationRow, ...]
    new: NewRegistration | None
    attempt: TryForm
    home: str
    address_url: str | None
    notice: Notice | None = None


class Attempt(Struct, frozen=True, kw_only=True):
    """What somebody wants to try: a customer in a country, `business` or not, who buys a product."""

    country: str = ""
    state: str = ""
    business: bool = False
    product: str = ""


def registration_row(one: Registration, now: datetime, locale: str, end_action: str | None) -> RegistrationRow:
    """A registration in words."""
    state = "" if one.state is None else f", {one.state}"
    ended = one.expires_at is not None and one.expires_at <= now
    dates = translate(locale, "since {date}", date=date_long(one.active_from, locale))
    if one.expires_at is not None:
        dates = translate(locale, "{since}, until {date}", since=dates, date=date_long(one.expires_at, locale))
    if ended:
        badge = Badge(translate(locale, "Ended"), "neutral")
    elif one.holds(now):
        badge = Badge(translate(locale, "Active"), "success")
    else:
        badge = Badge(translate(locale, "Planned"), "info")
    return RegistrationRow(
        name=country_name(one.country, locale) + state,
        scheme=translate(locale, SCHEMES[one.scheme]),
        dates=dates,
        badge=badge,
        end_action=None if ended or one.expires_at is not None else end_action,
    )


def tried(attempt: Attempt, settings: BillingSettings, product: Product | None, now: datetime, locale: str) -> Tried:
    """What the customer of an attempt would pay for 100.00."""
    customer = _customer(attempt, now)
    treatment = treatment_of(customer, settings.tax, home_of(settings), now)
    code = None if product is None else product.tax_code
    terms = Terms(settings=settings)
    rates = automatic_rates(customer, code, "exclusive", settings.currency, terms, now)
    charged = [each for each in rates if each.exempt == "none"]
    percent = sum(each.percentage for each in charged)
    total = _EXAMPLE + round(_EXAMPLE * percent / 100)
    reason = translate(locale, _REASONS[treatment.reason])
    if treatment.places and not rates:
        reason = translate(locale, "This is not taxed there.")
    return Tried(
        reason=reason,
        rates=tuple(rate_name(each, locale) for each in charged),
        example=translate(
            locale,
            "{net} before tax are {total} to pay.",
            net=money(_EXAMPLE, settings.currency, locale),
            total=money(total, settings.currency, locale),
        ),
    )


def attempt_form(
    attempt: Attempt, action: str, products: Sequence[Product], answer: Tried | None, locale: str
) -> TryForm:
    """The form as it was filled in."""
    kinds = (
        ("consumer", translate(locale, "A consumer, or a business without a confirmed VAT number")),
        ("business", translate(locale, "A business with a confirmed VAT number")),
    )
    without = translate(locale, "A product without a tax code")
    return TryForm(
        action=action,
        countries=country_options(attempt.country or None, locale),
        state=attempt.state,
        kinds=tuple(
            Option(value=value, text=text, selected=(value == "business") == attempt.business) for value, text in kinds
        ),
        products=(
            Option(value="", text=without, selected=not attempt.product),
            *(Option(value=each.id, text=each.name, selected=each.id == attempt.product) for each in products),
        ),
        answer=answer,
    )


def automatic_options(tax: TaxSettings, locale: str) -> tuple[Option, ...]:
    """Whether tax is worked out for what is new."""
    return (
        Option(value="off", text=translate(locale, "No, I choose tax rates by hand"), selected=not tax.automatic),
        Option(value="on", text=translate(locale, "Yes, for new plans and invoices"), selected=tax.automatic),
    )


def _customer(attempt: Attempt, now: datetime) -> Customer:
    ids: tuple[TaxId, ...] = ()
    if attempt.business and attempt.country in EU_COUNTRIES:
        number = {"GR": "EL"}.get(attempt.country, attempt.country)
        verified = Verification(status="verified")
        ids = (TaxId(id="", type="eu_vat", value=number, created=now, verification=verified),)
    address = Address(country=attempt.country or None, state=attempt.state or None)
    return Customer(id="", created=now, address=address, tax_ids=ids)
