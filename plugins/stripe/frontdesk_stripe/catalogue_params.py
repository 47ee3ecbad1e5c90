"""Catalogue commands in Stripe's parameters. What stays as it is is left out; what is cleared is an empty text."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from msgspec import UNSET

from frontdesk.book import CurrencyOption, Tier
from frontdesk.catalogue_commands import (
    CreateCoupon,
    CreatePrice,
    CreateProduct,
    CreatePromotionCode,
    CreateTaxRate,
    ProductFields,
    UpdateCoupon,
    UpdatePrice,
    UpdatePromotionCode,
    UpdateTaxRate,
)
from frontdesk.errors import Refusal, Refused
from frontdesk.money import amount_to_stripe, known_currency, unit_amount_to_stripe

Params = dict[str, Any]


def given(fields: object, *names: str) -> Params:
    """What a command says of some fields: those that it leaves as they are are not there."""
    found = {name: getattr(fields, name) for name in names}
    return {name: "" if value is None else value for name, value in found.items() if value is not UNSET}


def filled(fields: object, *names: str) -> Params:
    """What a new object begins with: what is None is not there."""
    found = {name: getattr(fields, name) for name in names}
    return {name: value for name, value in found.items() if value is not None}


def product(fields: ProductFields) -> Params:
    """A product's fields. Lists that are emptied are cleared."""
    plain = ("name", "active", "description", "tax_code", "statement_descriptor", "unit_label", "default_price", "url")
    asked = given(fields, *plain, "shippable", "images", "marketing_features", "metadata")
    if "images" in asked:
        asked["images"] = list(asked["images"]) or ""
    if "marketing_features" in asked:
        asked["marketing_features"] = [{"name": each.name} for each in asked["marketing_features"]] or ""
    return _with_metadata(asked)


def new_product(command: CreateProduct) -> Params:
    """A product to be. What is empty from the beginning is not said."""
    asked = product(command.fields)
    return {"id": command.id} | {name: value for name, value in asked.items() if value != ""}


def new_price(command: CreatePrice) -> Params:
    """A price to be."""
    asked = filled(command, "product", "currency", "active", "nickname", "lookup_key", "tax_behavior")
    asked |= {"billing_scheme": command.billing_scheme, "metadata": dict(command.metadata)}
    if command.transfer_lookup_key:
        asked["transfer_lookup_key"] = True
    if command.unit_amount is not None:
        asked["unit_amount_decimal"] = _unit(command.unit_amount, command.currency)
    if command.tiers:
        asked["tiers"] = _tiers(command.tiers, command.currency)
        asked["tiers_mode"] = command.tiers_mode
    if command.recurring is not None:
        asked["recurring"] = filled(command.recurring, "interval", "interval_count", "usage_type", "meter")
    if command.transform_quantity is not None:
        asked["transform_quantity"] = filled(command.transform_quantity, "divide_by", "round")
    if command.currency_options:
        asked["currency_options"] = _options(command.currency_options)
    return asked


def price(command: UpdatePrice) -> Params:
    """What changes of a price."""
    asked = given(command, "active", "nickname", "lookup_key", "tax_behavior", "metadata")
    if command.transfer_lookup_key:
        asked["transfer_lookup_key"] = True
    if command.currency_options:
        asked["currency_options"] = _options(command.currency_options)
    return _with_metadata(asked)


def new_coupon(command: CreateCoupon) -> Params:
    """A coupon to be."""
    asked = filled(command, "id", "name", "duration", "duration_in_months", "max_redemptions")
    asked["metadata"] = dict(command.metadata)
    if command.percent_off is not None:
        asked["percent_off"] = _plain(command.percent_off)
    if command.currency is not None:
        own = command.amounts_off[command.currency]
        asked |= {"currency": command.currency, "amount_off": _amount(own, command.currency)}
    more = {code: amount for code, amount in command.amounts_off.items() if code != command.currency}
    if more:
        asked["currency_options"] = _amounts(more, "amount_off")
    if command.redeem_by is not None:
        asked["redeem_by"] = _unix(command.redeem_by)
    if command.products:
        asked["applies_to"] = {"products": list(command.products)}
    return asked


def coupon(command: UpdateCoupon) -> Params:
    """What changes of a coupon."""
    asked = given(command, "name", "metadata")
    if command.amounts_off:
        asked["currency_options"] = _amounts(command.amounts_off, "amount_off")
    return _with_metadata(asked)


def new_code(command: CreatePromotionCode) -> Params:
    """A promotion code to be."""
    asked = filled(command, "code", "active", "customer", "max_redemptions")
    asked |= {"promotion": {"type": "coupon", "coupon": command.coupon}, "metadata": dict(command.metadata)}
    if command.expires_at is not None:
        asked["expires_at"] = _unix(command.expires_at)
    limits: Params = {"first_time_transaction": True} if command.first_time_transaction else {}
    if command.currency is not None and command.currency in command.minimum_amounts:
        least = command.minimum_amounts[command.currency]
        limits["minimum_amount"] = _amount(least, command.currency)
        limits["minimum_amount_currency"] = command.currency
    more = {code: amount for code, amount in command.minimum_amounts.items() if code != command.currency}
    if more:
        limits["currency_options"] = _amounts(more, "minimum_amount")
    return {**asked, "restrictions": limits} if limits else asked


def code(command: UpdatePromotionCode) -> Params:
    """What changes of a promotion code."""
    asked = given(command, "active", "metadata")
    if command.minimum_amounts:
        asked["restrictions"] = {"currency_options": _amounts(command.minimum_amounts, "minimum_amount")}
    return _with_metadata(asked)


_OF_A_RATE = ("display_name", "active", "country", "state", "jurisdiction", "description", "tax_type")


def new_rate(command: CreateTaxRate) -> Params:
    """A tax rate to be."""
    asked = filled(command, *_OF_A_RATE, "inclusive")
    return {**asked, "percentage": _plain(command.percentage), "metadata": dict(command.metadata)}


def rate(command: UpdateTaxRate) -> Params:
    """What changes of a tax rate."""
    return _with_metadata(given(command, *_OF_A_RATE, "metadata"))


def _with_metadata(asked: Params) -> Params:
    """A key that is deleted is, at Stripe, one that becomes empty."""
    if "metadata" not in asked:
        return asked
    return {**asked, "metadata": {key: value or "" for key, value in asked["metadata"].items()}}


def _options(options: Mapping[str, CurrencyOption]) -> Params:
    asked = {}
    for currency, each in options.items():
        one: Params = {"tax_behavior": each.tax_behavior}
        if each.unit_amount is not None:
            one["unit_amount_decimal"] = _unit(each.unit_amount, currency)
        if each.tiers:
            one["tiers"] = _tiers(each.tiers, currency)
        asked[currency] = one
    return asked


def _tiers(tiers: tuple[Tier, ...], currency: str) -> list[Params]:
    asked = []
    for each in tiers:
        one: Params = {"up_to": "inf" if each.up_to is None else each.up_to}
        if each.unit_amount is not None:
            one["unit_amount_decimal"] = _unit(each.unit_amount, currency)
        if each.flat_amount is not None:
            one["flat_amount_decimal"] = _unit(each.flat_amount, currency)
        asked.append(one)
    return asked


def _amounts(amounts: Mapping[str, int], name: str) -> Params:
    return {currency: {name: _amount(amount, currency)} for currency, amount in amounts.items()}


def _amount(amount: int, currency: str) -> int:
    return amount_to_stripe(amount, _known(currency))


def _unit(amount: Decimal, currency: str) -> str:
    return _plain(unit_amount_to_stripe(amount, _known(currency)))


def _known(currency: str) -> str:
    """A currency of which we know how Stripe counts it."""
    if known_currency(currency):
        return currency
    raise Refused(
        Refusal(
            code="currency_unknown",
            for_customer="This cannot be done now.",
            for_tenant="Invalid currency: {currency}.",
            parameters={"currency": currency},
            param="currency",
        )
    )


def _plain(number: Decimal) -> str:
    """A number as it is written, without an exponent and without zeros that say nothing."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _unix(instant: datetime) -> int:
    return int(instant.timestamp())
