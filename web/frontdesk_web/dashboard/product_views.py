"""What the pages of the catalogue show: the list, one product, and the forms."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import ClassVar

from msgspec import Struct

from frontdesk.catalogue import TEXT_LIMITS
from frontdesk.meters import Meter
from frontdesk.money import EXPONENTS
from frontdesk.statement_descriptors import on_statement
from frontdesk_tenants.directory import Side
from frontdesk_web.dashboard.catalogue_words import TAX_WORDS, longest_interval
from frontdesk_web.dashboard.price_more_form import MoreFields, more_fields
from frontdesk_web.dashboard.price_scheme_views import SchemeFields, TierCells, scheme_fields
from frontdesk_web.dashboard.product_form import CUSTOM, INTERVALS, ONCE, PRESETS, PriceForm, ProductForm, preset
from frontdesk_web.dashboard.product_pictures import small_url
from frontdesk_web.dashboard.tax_code_search import TaxCodeChoice
from frontdesk_web.dashboard.views import PictureField, Tab, Table
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.formatting import interval_name
from frontdesk_web.locale_data import locale_data
from frontdesk_web.messages import _, translate
from frontdesk_web.portal.views import Badge, Detail, Field, Notice, Option

COMMON_CURRENCIES = ("eur", "usd", "gbp", "chf")
_INTERVAL_NAMES = {"day": _("days"), "week": _("weeks"), "month": _("months"), "year": _("years")}
_TAX_HELP = {
    "inclusive": _("The amount is what the customer pays."),
    "exclusive": _("Tax comes on top of the amount."),
    "unspecified": _("You decide later. Until then the amount is what the customer pays."),
}


class ProductsPage(Struct, frozen=True, kw_only=True):
    """The list. `table` None: nothing to show, and `empty_title` and `empty_text` say why."""

    template: ClassVar[str] = "dashboard/products.html"
    tabs: tuple[Tab, ...]
    search_action: str
    show: str
    words: str
    new_url: str
    table: Table | None = None
    empty_title: str = ""
    empty_text: str = ""
    empty_action: str = ""
    empty_url: str = ""
    first: bool = False


class TaxCodeField(Struct, frozen=True, kw_only=True):
    """The tax code's text, and where several fit, those to choose from. None where no catalogue is installed."""

    value: str
    search_url: str
    error: str = ""
    options: tuple[Option, ...] = ()


class DescriptorField(Struct, frozen=True, kw_only=True):
    """The statement descriptor, what stands before it, and how it is printed."""

    value: str
    prefix: str
    printed: str
    error: str = ""


class ProductFields(Struct, frozen=True, kw_only=True):
    """The fields of a product. `more_open` unfolds the rarer ones."""

    id: str
    name: Field
    description: Field
    unit_label: Field
    features: Field
    picture: PictureField
    tax_code: TaxCodeField | None
    descriptor: DescriptorField
    limits: Mapping[str, int]
    more_open: bool = False


class PriceFields(Struct, frozen=True, kw_only=True):
    """The fields of a price."""

    amount: Field
    scheme: SchemeFields
    currencies: tuple[Option, ...]
    currency_error: str
    once: bool
    intervals: tuple[Option, ...]
    interval_count: Field
    units: tuple[Option, ...]
    interval_help: str
    tax: tuple[Option, ...]
    tax_help: Mapping[str, str]
    more: MoreFields | None = None
    """Only where a product has a price already."""


class ProductFormPage(Struct, frozen=True, kw_only=True):
    """A new product with its first price, or (`price` None) an existing one to edit."""

    template: ClassVar[str] = "dashboard/product_form.html"
    title: str
    lead: str
    button: str
    action: str
    csrf: str
    back_text: str
    back_url: str
    preview_url: str
    preview_action: str
    product: ProductFields
    price: PriceFields | None = None
    error: str = ""


class PriceFormPage(Struct, frozen=True, kw_only=True):
    """Another price of a product."""

    template: ClassVar[str] = "dashboard/price_form.html"
    id: str
    action: str
    csrf: str
    back_url: str
    name: str
    preview_url: str
    preview_action: str
    price: PriceFields
    error: str = ""


class PriceAct(Struct, frozen=True, kw_only=True):
    """Something that can be done with a price. `label` names the price for those who hear the page."""

    text: str
    action: str
    label: str


class PriceRow(Struct, frozen=True, kw_only=True):
    """A price of a product."""

    text: str
    details: tuple[str, ...]
    badges: tuple[Badge, ...] = ()
    acts: tuple[PriceAct, ...] = ()
    tiers: tuple[TierCells, ...] = ()


class ProductPage(Struct, frozen=True, kw_only=True):
    """One product: what is known of it, its prices, how customers see it, and what can be done with it."""

    template: ClassVar[str] = "dashboard/product.html"
    csrf: str
    name: str
    description: str
    active: bool
    back_url: str
    facts: tuple[Detail, ...]
    features: tuple[str, ...]
    prices: tuple[PriceRow, ...]
    subscriptions: str
    preview_url: str
    may_edit: bool
    edit_url: str
    new_price_url: str
    activate_action: str
    archive_action: str
    delete_action: str
    deletable: bool
    offered: bool
    portal_url: str
    image_url: str = ""
    elsewhere: str = ""
    warning: str = ""
    notice: Notice | None = None
    more_prices: bool = False


def product_fields(
    visit: StaffVisit,
    form: ProductForm,
    faults: Mapping[str, str],
    tax: TaxCodeChoice,
    *,
    with_tax_codes: bool,
) -> ProductFields:
    """The fields with what was typed, and what is wrong with it."""
    rarer = ("features", "tax_code", "statement_descriptor")
    removed = bool(form.remove_picture)
    return ProductFields(
        id=form.id,
        name=_field(form, faults, "name"),
        description=_field(form, faults, "description"),
        unit_label=_field(form, faults, "unit_label"),
        features=_field(form, faults, "features"),
        picture=PictureField(
            name=form.picture,
            url=small_url(visit.door, form.picture),
            removed=removed,
            error=faults.get("image", ""),
            upload_url=visit.path("products", "new", "picture"),
        ),
        tax_code=TaxCodeField(
            value=form.tax_code,
            search_url=visit.path("tax-codes"),
            error=faults.get("tax_code", "") or tax.error,
            options=tax.options,
        )
        if with_tax_codes or form.tax_code
        else None,
        descriptor=_descriptor(visit.side, form.statement_descriptor, faults.get("statement_descriptor", "")),
        limits=TEXT_LIMITS,
        more_open=bool(tax.error) or any(name in faults or getattr(form, name) for name in rarer),
    )


def price_fields(
    form: PriceForm,
    faults: Mapping[str, str],
    locale: str,
    default_currency: str,
    meters: Sequence[Meter] | None = None,
) -> PriceFields:
    """The fields with what was typed, and what is wrong with it. `meters` are those that it can be billed by."""
    chosen = form.currency.strip().lower()
    currencies = _currencies(locale, default_currency)
    return PriceFields(
        amount=Field(value=form.amount, error=faults.get("amount", "")),
        scheme=scheme_fields(form.scheme, faults, locale),
        currencies=tuple(Option(value=code, text=text, selected=code == chosen) for code, text in currencies),
        currency_error=faults.get("currency", ""),
        once=form.billing == ONCE,
        intervals=(
            *(
                Option(
                    value=preset(interval, count),
                    text=interval_name(interval, count, locale),
                    selected=form.interval == preset(interval, count),
                )
                for interval, count in PRESETS
            ),
            Option(value=CUSTOM, text=translate(locale, "Another interval"), selected=form.interval == CUSTOM),
        ),
        interval_count=Field(value=form.interval_count, error=faults.get("interval_count", "")),
        units=tuple(
            Option(value=each, text=translate(locale, _INTERVAL_NAMES[each]), selected=each == form.interval_unit)
            for each in reversed(INTERVALS)
        ),
        interval_help=longest_interval(locale),
        tax=tuple(
            Option(value=each, text=translate(locale, words), selected=each == form.tax)
            for each, words in TAX_WORDS.items()
        ),
        tax_help={each: translate(locale, words) for each, words in _TAX_HELP.items()},
        more=None if meters is None else more_fields(form.more, faults, meters, currencies, locale),
    )


def _descriptor(side: Side, typed: str, error: str) -> DescriptorField:
    short = side.brand.short_descriptor
    prefix = f"{short.upper()}* " if short else ""
    line = on_statement(side.brand.statement_descriptor, short, typed)
    return DescriptorField(value=typed, prefix=prefix, printed=line if typed and line else "", error=error)


def _field(form: ProductForm, faults: Mapping[str, str], name: str) -> Field:
    return Field(value=getattr(form, name), error=faults.get(name, ""))


@cache
def _currencies(locale: str, default: str) -> tuple[tuple[str, str], ...]:
    """Codes with their names: the side's own first, then those that many use, then all by code."""
    names = locale_data(locale).currencies
    first = dict.fromkeys((default, *COMMON_CURRENCIES, *sorted(EXPONENTS)))
    return tuple((code, f"{code.upper()} – {names.get(code.upper(), code.upper())}") for code in first)
