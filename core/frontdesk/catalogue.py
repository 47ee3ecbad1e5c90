"""The catalogue: what may be written of products and prices (portal_spec.md §D.1, §D.2; limits as in Stripe's API).

`terms` must hold what a command can touch: the product with all its prices, and any price that holds the wanted
lookup key. That keys are unique in the end is the storage's business.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NoReturn

from msgspec import UNSET, UnsetType
from msgspec.structs import asdict, replace

from frontdesk import coupon_catalogue, tax_rate_catalogue
from frontdesk.book import CurrencyOption, Interval, Metadata, MetadataChange, Price, Product, Recurring, Terms
from frontdesk.catalogue_commands import (
    CatalogueCommand,
    CreateCoupon,
    CreatePrice,
    CreateProduct,
    CreatePromotionCode,
    CreateTaxRate,
    DeleteCoupon,
    DeleteProduct,
    ProductFields,
    UpdateCoupon,
    UpdatePrice,
    UpdateProduct,
    UpdatePromotionCode,
    UpdateTaxRate,
)
from frontdesk.catalogue_refusals import refuse
from frontdesk.changes import Changes
from frontdesk.coupons import Coupon, PromotionCode
from frontdesk.errors import Refused
from frontdesk.money import known_currency
from frontdesk.price_rules import option_faults, price_faults
from frontdesk.refusals import no_such
from frontdesk.tax_rates import TaxRate

MAX_INTERVALS: Mapping[Interval, tuple[int, str]] = {
    "day": (1095, "daily"),
    "week": (156, "weekly"),
    "month": (36, "monthly"),
    "year": (3, "yearly"),
}
"""Three years of each, with Stripe's adjective."""

TEXT_LIMITS = {"name": 5000, "description": 40_000, "statement_descriptor": 22, "unit_label": 12, "url": 5000}
"""Characters of a product's texts."""
MAX_FEATURES = 15
MAX_FEATURE_LENGTH = 80


def change_catalogue(terms: Terms, command: CatalogueCommand, now: datetime) -> Changes:
    """The new snapshots that a catalogue command makes.

    Raises:
        Refused: the command names something unknown or breaks a rule; Stripe's sentence where it has one.
    """
    match command:
        case CreateProduct():
            return _create_product(terms, command, now)
        case UpdateProduct():
            return _update_product(terms, command, now)
        case DeleteProduct():
            return _delete_product(terms, command, now)
        case CreatePrice():
            return _create_price(terms, command, now)
        case UpdatePrice():
            return _update_price(terms, command)
        case CreateCoupon():
            return coupon_catalogue.create_coupon(terms, command, now, merge_metadata({}, command.metadata))
        case UpdateCoupon():
            return coupon_catalogue.update_coupon(
                terms, command, _merged(terms.coupons.get(command.id), command.metadata)
            )
        case DeleteCoupon():
            return coupon_catalogue.delete_coupon(terms, command)
        case CreatePromotionCode():
            return coupon_catalogue.create_code(terms, command, now, merge_metadata({}, command.metadata))
        case UpdatePromotionCode():
            known = terms.promotion_codes.get(command.id)
            return coupon_catalogue.update_code(terms, command, now, _merged(known, command.metadata))
        case CreateTaxRate():
            return tax_rate_catalogue.create_rate(terms, command, now, merge_metadata({}, command.metadata))
        case UpdateTaxRate():
            rate = terms.tax_rates.get(command.id)
            return tax_rate_catalogue.update_rate(terms, command, _merged(rate, command.metadata))


def merge_metadata(old: Metadata, change: MetadataChange | UnsetType) -> dict[str, str]:
    """Metadata after a change: new values replace old ones, None deletes a key.

    Raises:
        Refused: more than 50 keys, a key over 40 or a value over 500 characters.
    """
    if change is UNSET:
        return dict(old)
    merged: dict[str, str | None] = {**old, **change}
    kept = {key: value for key, value in merged.items() if value is not None}
    if len(kept) > 50:
        refuse("metadata_too_large", "You can have at most 50 metadata keys.", "metadata")
    for key, value in kept.items():
        if not key or len(key) > 40 or "[" in key or "]" in key:
            refuse("metadata_key", "A metadata key has 1 to 40 characters and no square brackets.", "metadata")
        if len(value) > 500:
            refuse("metadata_value", "A metadata value has at most 500 characters.", f"metadata[{key}]")
    return kept


def _merged(known: Coupon | PromotionCode | TaxRate | None, change: MetadataChange | UnsetType) -> Metadata | None:
    return None if known is None else merge_metadata(known.metadata, change)


def _create_product(terms: Terms, command: CreateProduct, now: datetime) -> Changes:
    if command.id in terms.products:
        refuse("product_exists", "Product already exists.", "id", api_code="resource_already_exists")
    if not isinstance(command.fields.name, str):
        refuse("name_missing", "Missing required param: name.", "name", api_code="parameter_missing")
    blank = Product(id=command.id, name="", created=now, updated=now, version=0)
    return Changes(products=(_written(terms, blank, command.fields, now),))


def _update_product(terms: Terms, command: UpdateProduct, now: datetime) -> Changes:
    return Changes(products=(_written(terms, _product(terms, command.id), command.fields, now),))


def _delete_product(terms: Terms, command: DeleteProduct, now: datetime) -> Changes:
    product = _product(terms, command.id)
    if any(each.product == product.id for each in terms.prices.values()):
        refuse("product_has_prices", "This product cannot be deleted because it has one or more user-created prices.")
    return Changes(products=(replace(product, deleted=True, active=False, updated=now, version=product.version + 1),))


def _written(terms: Terms, product: Product, fields: ProductFields, now: datetime) -> Product:
    given = {name: value for name, value in asdict(fields).items() if value is not UNSET and name != "metadata"}
    for name, limit in TEXT_LIMITS.items():
        text = given.get(name)
        if text is not None and len(text) > limit:
            refuse("text_too_long", f"`{name}` has at most {limit} characters.", name)
    if "name" in given and not given["name"].strip():
        refuse("name_empty", "A product has a name.", "name", api_code="parameter_invalid_empty")
    for name, check in _CHECKS.items():
        sentence = check(given[name]) if given.get(name) else None
        if sentence:
            refuse(f"{name}_invalid", sentence, name)
    default = given.get("default_price")
    if default is not None:
        _check_default(terms, product, default)
    return replace(
        product,
        **given,
        metadata=merge_metadata(product.metadata, fields.metadata),
        updated=now,
        version=product.version + 1,
    )


def _check_default(terms: Terms, product: Product, default: str) -> None:
    price = terms.prices.get(default)
    if price is None:
        _missing("price", default, param="default_price")
    if price.product != product.id:
        refuse(
            "default_price_of_another",
            "The price `{price}` does not belong to the product `{product}`.",
            "default_price",
            price=default,
            product=product.id,
        )
    if not price.active:
        refuse("default_price_inactive", "The default price of a product must be active.", "default_price")


def _statement_descriptor(text: str) -> str | None:
    # Banks leave out the others, so that nothing would be printed.
    if not any(each.isascii() and each.isalpha() for each in text):
        return "The statement descriptor must contain at least one alphabetic character."
    if any(each in "<>\\'\"" for each in text):
        return "The statement descriptor may not contain any of these characters: `<`, `>`, `\\`, `\"`, `'`."
    return None


_CHECKS: Mapping[str, Callable[..., str | None]] = {
    "statement_descriptor": _statement_descriptor,
    "images": lambda images: "A product has at most 8 images." if len(images) > 8 else None,
    "marketing_features": lambda features: (
        "A product has at most 15 marketing features of at most 80 characters."
        if len(features) > MAX_FEATURES or any(not 0 < len(each.name) <= MAX_FEATURE_LENGTH for each in features)
        else None
    ),
}


def _create_price(terms: Terms, command: CreatePrice, now: datetime) -> Changes:
    if command.id in terms.prices:
        refuse("price_exists", "Price already exists.", "id", api_code="resource_already_exists")
    product = _product(terms, command.product, param="product")
    if not known_currency(command.currency):
        refuse("currency_unknown", "Invalid currency: {currency}.", "currency", currency=command.currency)
    if command.recurring is not None:
        _check_recurring(command.recurring)
    _check_labels(command.nickname, command.lookup_key)
    price = Price(
        id=command.id,
        product=product.id,
        currency=command.currency,
        unit_amount=command.unit_amount,
        created=now,
        recurring=command.recurring,
        active=command.active,
        nickname=command.nickname,
        lookup_key=command.lookup_key or None,
        tax_behavior=command.tax_behavior,
        billing_scheme=command.billing_scheme,
        tiers=command.tiers,
        tiers_mode=command.tiers_mode,
        transform_quantity=command.transform_quantity,
        currency_options=command.currency_options,
        metadata=merge_metadata({}, command.metadata),
    )
    for fault in price_faults(price):
        raise Refused(fault)
    return Changes(prices=(*_released(terms, price, command.transfer_lookup_key), price))


def _update_price(terms: Terms, command: UpdatePrice) -> Changes:
    price = terms.prices.get(command.id)
    if price is None:
        _missing("price", command.id, param="price")
    nickname = price.nickname if command.nickname is UNSET else command.nickname
    lookup_key = price.lookup_key if command.lookup_key is UNSET else command.lookup_key or None
    tax_behavior = price.tax_behavior if command.tax_behavior is UNSET else command.tax_behavior
    active = price.active if command.active is UNSET else command.active
    _check_labels(nickname, lookup_key)
    if tax_behavior != price.tax_behavior and price.tax_behavior != "unspecified":
        refuse(
            "tax_behavior_frozen",
            "You cannot change `tax_behavior` once it is set to `inclusive` or `exclusive`.",
            "tax_behavior",
        )
    product = terms.products.get(price.product)
    if price.active and not active and product is not None and product.default_price == price.id:
        refuse(
            "price_is_default",
            "This price cannot be archived because it is the default price of its product.",
            "active",
        )
    changed = replace(
        price,
        currency_options=_with_currencies(price, command.currency_options),
        active=active,
        nickname=nickname,
        lookup_key=lookup_key,
        tax_behavior=tax_behavior,
        metadata=merge_metadata(price.metadata, command.metadata),
        version=price.version + 1,
    )
    return Changes(prices=(*_released(terms, changed, command.transfer_lookup_key), changed))


def _with_currencies(price: Price, added: Mapping[str, CurrencyOption]) -> Mapping[str, CurrencyOption]:
    """The options of a price after an update. An amount never changes, so that what was shown and is billed stays."""
    for fault in option_faults(replace(price, currency_options=added)):
        raise Refused(fault)
    for currency, option in added.items():
        before = price.currency_options.get(currency)
        if before is None or before == option:
            continue
        if replace(before, tax_behavior=option.tax_behavior) != option:
            refuse(
                "currency_option_frozen",
                "You cannot change the amounts of the currency option `{currency}`. Create another price instead.",
                f"currency_options[{currency}]",
                currency=currency,
            )
        if before.tax_behavior != "unspecified":
            refuse(
                "tax_behavior_frozen",
                "You cannot change `tax_behavior` once it is set to `inclusive` or `exclusive`.",
                f"currency_options[{currency}][tax_behavior]",
            )
    return {**price.currency_options, **added}


def _check_recurring(recurring: Recurring) -> None:
    limit, adjective = MAX_INTERVALS[recurring.interval]
    if recurring.interval_count < 1:
        refuse(
            "interval_count_invalid",
            "This value must be greater than or equal to 1.",
            "recurring[interval_count]",
            api_code="parameter_invalid_integer",
        )
    if recurring.interval_count > limit:
        refuse(
            "interval_too_long",
            "The interval_count for {adjective} prices can't be greater than {limit}",
            "recurring[interval_count]",
            adjective=adjective,
            limit=limit,
        )


def _check_labels(nickname: str | None, lookup_key: str | None) -> None:
    if nickname is not None and len(nickname) > 5000:
        refuse("text_too_long", "`nickname` has at most 5000 characters.", "nickname")
    if lookup_key is not None and len(lookup_key) > 200:
        refuse("text_too_long", "`lookup_key` has at most 200 characters.", "lookup_key")


def _released(terms: Terms, wanted: Price, transfer: bool) -> tuple[Price, ...]:
    """The price that gives up the lookup key which `wanted` takes, if there is one."""
    key = wanted.lookup_key
    holders = [each for each in terms.prices.values() if key and each.lookup_key == key and each.id != wanted.id]
    if holders and not transfer:
        refuse(
            "lookup_key_taken", "A price (`{price}`) already uses that lookup key.", "lookup_key", price=holders[0].id
        )
    return tuple(replace(each, lookup_key=None, version=each.version + 1) for each in holders)


def _product(terms: Terms, id: str, param: str = "id") -> Product:
    product = terms.products.get(id)
    if product is None or product.deleted:
        _missing("product", id, param)
    return product


def _missing(kind: str, id: str, param: str) -> NoReturn:
    raise Refused(no_such(kind, id, param))
