"""The form of a product and the form of a price: as they were typed, and what they ask for."""

import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict, replace

from frontdesk.book import Interval, MarketingFeature, Price, Product, Recurring, TaxBehavior
from frontdesk.catalogue_commands import CreatePrice, ProductFields
from frontdesk.money import known_currency
from frontdesk_web.dashboard.catalogue_words import TAX_WORDS
from frontdesk_web.dashboard.price_more_form import MoreForm
from frontdesk_web.dashboard.price_scheme_form import Charged, SchemeForm
from frontdesk_web.messages import translate
from frontdesk_web.typed_text import lines, one_line

INTERVALS: tuple[Interval, ...] = ("day", "week", "month", "year")
PRESETS: tuple[tuple[Interval, int], ...] = (
    ("month", 1),
    ("year", 1),
    ("month", 3),
    ("month", 6),
    ("week", 1),
    ("day", 1),
)
"""Intervals that are chosen with one click; others are `CUSTOM`, with a number and a unit."""
CUSTOM = "custom"
ONCE, RECURRING = "once", "recurring"
_COUNT = re.compile(r"[0-9]{1,6}", re.ASCII)
_OWN_ID = re.compile(r"prod_[0-9A-Za-z]{22}")


class ProductForm(Struct, frozen=True, kw_only=True):
    """What was typed of a product. `picture` is the name of the stored picture that it has (see `product_pictures`),
    `remove_picture` is `on` where it shall go, `id` what a new product will be called."""

    name: str = ""
    description: str = ""
    unit_label: str = ""
    features: str = ""
    tax_code: str = ""
    tax_code_pick: str = ""
    statement_descriptor: str = ""
    picture: str = ""
    remove_picture: str = ""
    id: str = ""

    @staticmethod
    def read(fields: Mapping[str, str]) -> "ProductForm":
        """The form from posted fields; what is missing is empty."""
        return ProductForm(**_texts(ProductForm, fields))

    @staticmethod
    def of(product: Product, tax_code: str, picture: str) -> "ProductForm":
        """The form as a product fills it in. `tax_code` and `picture` as the form has them."""
        return ProductForm(
            name=product.name,
            description=product.description or "",
            unit_label=product.unit_label or "",
            features="\n".join(each.name for each in product.marketing_features),
            tax_code=tax_code,
            statement_descriptor=product.statement_descriptor or "",
            picture=picture,
            id=product.id,
        )

    def fields(self, *, tax_code: str | None, images: tuple[str, ...]) -> ProductFields:
        """What the form asks for. What a person leaves empty is none."""
        features = lines(self.features).split("\n")
        return ProductFields(
            name=one_line(self.name),
            description=_none(lines(self.description)),
            unit_label=_none(one_line(self.unit_label)),
            marketing_features=tuple(MarketingFeature(each) for each in features if each),
            statement_descriptor=_none(one_line(self.statement_descriptor)),
            tax_code=tax_code,
            images=images,
        )

    @property
    def new_id(self) -> str | None:
        """The id that was made up for a new product; None where it is none of ours."""
        return self.id if _OWN_ID.fullmatch(self.id) else None


class PriceForm(Struct, frozen=True, kw_only=True):
    """What was typed of a price. `interval` is a preset such as `month-1`, or `custom`: then the other two count."""

    amount: str = ""
    currency: str = ""
    billing: str = RECURRING
    interval: str = "month-1"
    interval_count: str = "2"
    interval_unit: str = "month"
    tax_behavior: str = "unspecified"
    scheme: SchemeForm = SchemeForm()
    more: MoreForm = MoreForm()

    @staticmethod
    def read(fields: Mapping[str, str]) -> "PriceForm":
        """The form from posted fields."""
        texts = {name: text for name, text in _texts(PriceForm, fields).items() if name not in ("scheme", "more")}
        return PriceForm(**texts, scheme=SchemeForm.read(fields), more=MoreForm.read(fields))

    @staticmethod
    def like(price: Price | None, currency: str) -> "PriceForm":
        """An empty form that goes on as the last price did."""
        if price is None:
            return PriceForm(currency=currency)
        scheme = SchemeForm.like(price)
        form = PriceForm(currency=price.currency, tax_behavior=price.tax_behavior, scheme=scheme)
        recurring = price.recurring
        if recurring is None:
            return replace(form, billing=ONCE)
        if (recurring.interval, recurring.interval_count) in PRESETS:
            return replace(form, interval=preset(recurring.interval, recurring.interval_count))
        return replace(
            form, interval=CUSTOM, interval_count=str(recurring.interval_count), interval_unit=recurring.interval
        )

    def command(self, id_: str, product: str, locale: str) -> tuple[CreatePrice | None, dict[str, str]]:
        """The price that the form asks for, or what is wrong with it by field."""
        faults: dict[str, str] = {}
        currency = self.currency.strip().lower()
        charged = Charged()
        if not known_currency(currency):
            faults["currency"] = translate(locale, "Choose a currency from the list.")
        else:
            charged = self.scheme.charged(self.amount, currency, locale, faults)
        recurring = None
        if self.billing != ONCE:
            recurring = self._recurring()
            if recurring is None:
                faults["interval_count"] = translate(locale, "Enter a whole number, 1 or more.")
        options = self.more.options(currency, self.tax, self.scheme.in_tiers, locale, faults)
        if faults:
            return None, faults
        command = CreatePrice(
            id=id_,
            product=product,
            currency=currency,
            recurring=self.more.measured(recurring),
            tax_behavior=self.tax,
            currency_options=options,
            **asdict(charged),
        )
        return command, {}

    @property
    def tax(self) -> TaxBehavior:
        """Whether tax is included."""
        return next((each for each in TAX_WORDS if each == self.tax_behavior), "unspecified")

    def _recurring(self) -> Recurring | None:
        for known, every in PRESETS:
            if self.interval == preset(known, every):
                return Recurring(interval=known, interval_count=every)
        interval = next((each for each in INTERVALS if each == self.interval_unit), None)
        count = self.interval_count.strip()
        if interval is None or not _COUNT.fullmatch(count):
            return None
        return Recurring(interval=interval, interval_count=int(count))


def preset(interval: Interval, count: int) -> str:
    """A preset as the form names it: `month-3`."""
    return f"{interval}-{count}"


def with_picture(form: ProductForm, picture: str) -> ProductForm:
    """The form after a picture was stored."""
    return replace(form, picture=picture, remove_picture="")


def _texts(kind: type[Struct], fields: Mapping[str, str]) -> dict[str, Any]:
    return {name: fields[name] for name in kind.__struct_fields__ if name in fields}


def _none(text: str) -> str | None:
    return text.strip() or None
