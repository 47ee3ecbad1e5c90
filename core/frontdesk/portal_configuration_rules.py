"""What a portal configuration may say. The API and the dashboard ask `validate` before one is stored.

Stripe's own rules are in portal_spec.md §A.3 to A.8. What the billing backend cannot do is refused when it is
switched on, each thing in a sentence of its own, so that no tenant believes in a setting that does nothing.
"""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

from msgspec.structs import replace

from frontdesk.billing import Capabilities, Capability
from frontdesk.book import Price, Terms
from frontdesk.catalogue import merge_metadata
from frontdesk.configuration_refusals import setting_invalid
from frontdesk.errors import Refusal, Refused
from frontdesk.feedback_options import CHOSEN
from frontdesk.item_refusals import price_inactive, price_not_recurring
from frontdesk.periods import boundary
from frontdesk.portal_configuration import (
    CancellationReasons,
    OfferedProduct,
    PaymentMethodUpdate,
    PortalConfiguration,
    SubscriptionCancel,
    SubscriptionPause,
    SubscriptionUpdate,
    recurring_of,
)
from frontdesk.pricing import currencies_of
from frontdesk.refusals import no_such
from frontdesk.retention_rules import retention_faults
from frontdesk.sentences import _

HEADLINE_LENGTH = 60
PRODUCTS = 10
URL_LENGTH = 5000
PAUSES = 10
PAUSE_YEARS = 3

UPDATE = "features[subscription_update]"
CANCEL = "features[subscription_cancel]"
METHODS = "features[payment_method_update]"
PAUSE = "features[subscription_pause][duration]"


def validate(
    configuration: PortalConfiguration,
    terms: Terms,
    capabilities: Capabilities,
    before: PortalConfiguration | None = None,
    own_reasons: Collection[str] = (),
) -> None:
    """Refuse a configuration that cannot be stored.

    `terms` hold the products, prices and coupons that the configuration names, as far as they exist. Offers that stay
    as they were `before` are not looked at again: a price archived since must not stand in the way of another name.
    `own_reasons` are the ids of the tenant's active feedback options, as far as they are named.

    Raises:
        Refused: with the first fault found; `param` names the field in Stripe's bracket notation.
    """
    for fault in faults(configuration, terms, capabilities, before, own_reasons):
        raise Refused(fault)
    merge_metadata({}, configuration.metadata)


def faults(
    configuration: PortalConfiguration,
    terms: Terms,
    capabilities: Capabilities,
    before: PortalConfiguration | None = None,
    own_reasons: Collection[str] = (),
) -> Iterator[Refusal]:
    """Everything that is wrong with a configuration, in the order of its fields."""
    offers = configuration.features.subscription_update.products
    yield from _profile_faults(configuration)
    yield from _method_faults(configuration.features.payment_method_update, capabilities)
    yield from _cancel_faults(configuration.features.subscription_cancel, capabilities)
    asked = configuration.features.subscription_cancel.cancellation_reason
    known = () if before is None else before.features.subscription_cancel.cancellation_reason.feedback_options
    yield from _reason_faults(asked, {*own_reasons, *known})
    yield from _pause_faults(configuration.features.subscription_pause, capabilities)
    yield from retention_faults(
        configuration.frontdesk.retention,
        None if before is None else before.frontdesk.retention,
        terms,
        capabilities,
        frozenset(own_reasons),
    )
    yield from _update_faults(configuration.features.subscription_update, capabilities)
    if before is None or before.features.subscription_update.products != offers:
        yield from _offer_faults(offers, terms)


def _profile_faults(configuration: PortalConfiguration) -> Iterator[Refusal]:
    profile = configuration.business_profile
    if profile.headline is not None and len(profile.headline) > HEADLINE_LENGTH:
        yield setting_invalid(
            "headline_too_long",
            _("The headline must be at most {maximum} characters."),
            "business_profile[headline]",
            maximum=HEADLINE_LENGTH,
        )
    addresses = {
        "default_return_url": configuration.default_return_url,
        "business_profile[privacy_policy_url]": profile.privacy_policy_url,
        "business_profile[terms_of_service_url]": profile.terms_of_service_url,
    }
    for param, url in addresses.items():
        if url is not None and not is_web_address(url):
            yield replace(setting_invalid("url_invalid", _("Not a valid URL"), param), api_code="url_invalid")


def is_web_address(url: str) -> bool:
    """Whether this is an absolute http or https address that a link can carry safely, without anybody's name in it."""
    if len(url) > URL_LENGTH or not url.isprintable() or any(character in ' "<>\\' for character in url):
        return False
    try:
        parts = urlsplit(url)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        return False
    host_is_plain = bool(parts.hostname) and not any(character in parts.netloc for character in "@%")
    return parts.scheme in ("http", "https") and host_is_plain and port_is_fine


def _method_faults(methods: PaymentMethodUpdate, capabilities: Capabilities) -> Iterator[Refusal]:
    if methods.enabled and not capabilities.payment_methods:
        yield setting_invalid(
            "not_supported",
            _(
                "Payment methods cannot be updated with this billing backend: it collects by invoice and keeps none."
                " Subscription updates can be enabled without."
            ),
            f"{METHODS}[enabled]",
        )
    named = methods.payment_method_configuration
    if named is not None:
        yield no_such("payment_method_configuration", named, f"{METHODS}[payment_method_configuration]")


def _cancel_faults(cancel: SubscriptionCancel, capabilities: Capabilities) -> Iterator[Refusal]:
    if cancel.proration_behavior == "always_invoice":
        yield setting_invalid(
            "cancel_always_invoice",
            _("`always_invoice` is not supported for cancellations. Use `none` or `create_prorations`."),
            f"{CANCEL}[proration_behavior]",
        )
    if not cancel.enabled:
        return
    now = cancel.mode == "immediately"
    yield from _lacking(capabilities, Capability.CANCEL_NOW, now, f"{CANCEL}[mode]")
    yield from _lacking(capabilities, Capability.CANCEL_AT_PERIOD_END, not now, f"{CANCEL}[mode]")
    credits = now and cancel.proration_behavior == "create_prorations"
    yield from _lacking(capabilities, Capability.PRORATE, credits, f"{CANCEL}[proration_behavior]")


def _reason_faults(asked: CancellationReasons, known: Collection[str]) -> Iterator[Refusal]:
    param = f"{CANCEL}[cancellation_reason][feedback_options]"
    if len(asked.feedback_options) > CHOSEN:
        yield setting_invalid(
            "too_many_reasons", _("At most {maximum} reasons of your own can be shown."), param, maximum=CHOSEN
        )
    for place, id in enumerate(asked.feedback_options):
        if id not in known:
            yield no_such("feedback option", id, f"{param}[{place}]")
        if id in asked.feedback_options[:place]:
            yield setting_invalid("reason_twice", _("A reason can be shown once only."), f"{param}[{place}]")


def _pause_faults(pause: SubscriptionPause, capabilities: Capabilities) -> Iterator[Refusal]:
    """Stripe's rule: at most three years, and a choice where there are intervals to choose from (§A.4)."""
    options, param = pause.duration.interval_options, f"{PAUSE}[interval_options]"
    if pause.duration.type == "interval_options" and not options:
        yield setting_invalid("pause_without_options", _("Choose at least one duration that a pause can have."), param)
    if len(options) > PAUSES:
        yield setting_invalid(
            "too_many_pauses", _("At most {maximum} durations can be offered."), param, maximum=PAUSES
        )
    start = datetime(2025, 1, 1, tzinfo=UTC)
    latest = start.replace(year=start.year + PAUSE_YEARS)
    seen = set()
    for place, option in enumerate(options):
        if option.interval_count > PAUSE_YEARS * 366 or boundary(start, recurring_of(option), 1) > latest:
            yield setting_invalid("pause_too_long", _("A pause lasts at most three years."), f"{param}[{place}]")
        if option in seen:
            yield setting_invalid("pause_twice", _("Each duration can be offered once only."), f"{param}[{place}]")
        seen.add(option)
    yield from _lacking(capabilities, Capability.PAUSE, pause.enabled, "features[subscription_pause][enabled]")


def _update_faults(update: SubscriptionUpdate, capabilities: Capabilities) -> Iterator[Refusal]:
    if not update.enabled:
        return
    allowed, behavior = update.default_allowed_updates, update.proration_behavior
    param = f"{UPDATE}[default_allowed_updates]"
    yield from _lacking(capabilities, Capability.CHANGE_PRICE, "price" in allowed, param)
    yield from _lacking(capabilities, Capability.CHANGE_QUANTITY, "quantity" in allowed, param)
    param = f"{UPDATE}[proration_behavior]"
    yield from _lacking(capabilities, Capability.PRORATE, behavior != "none", param)
    yield from _lacking(capabilities, Capability.INVOICE_AT_ONCE, behavior == "always_invoice", param)
    waits = bool(update.schedule_at_period_end)
    yield from _lacking(capabilities, Capability.PUT_OFF, waits, f"{UPDATE}[schedule_at_period_end][conditions]")


def _lacking(capabilities: Capabilities, needed: Capability, asked: bool, param: str) -> Iterator[Refusal]:
    if asked and needed not in capabilities.can:
        yield setting_invalid(
            "not_supported", _("The billing backend cannot do this: {capability}."), param, capability=needed.value
        )


def _offer_faults(products: tuple[OfferedProduct, ...], terms: Terms) -> Iterator[Refusal]:
    if len(products) > PRODUCTS:
        yield setting_invalid(
            "too_many_products",
            _("At most {maximum} products can be offered in a portal configuration."),
            f"{UPDATE}[products]",
            maximum=PRODUCTS,
        )
    seen: set[str] = set()
    for place, offered in enumerate(products):
        param = f"{UPDATE}[products][{place}]"
        if offered.product in seen:
            yield setting_invalid(
                "product_twice",
                _("The product `{product}` is listed twice."),
                f"{param}[product]",
                product=offered.product,
            )
        seen.add(offered.product)
        yield from _product_faults(offered, terms, param)
        yield from _quantity_faults(offered, f"{param}[adjustable_quantity]")


def _product_faults(offered: OfferedProduct, terms: Terms, param: str) -> Iterator[Refusal]:
    product = terms.products.get(offered.product)
    if product is None or product.deleted:
        yield no_such("product", offered.product, f"{param}[product]")
        return
    if not product.active:
        yield setting_invalid(
            "product_inactive",
            _("The product `{product}` is inactive and cannot be offered."),
            f"{param}[product]",
            product=product.id,
        )
    if not offered.prices:
        yield setting_invalid(
            "no_prices",
            _("At least one price of the product `{product}` must be offered."),
            f"{param}[prices]",
            product=product.id,
        )
    periods: set[tuple[object, ...]] = set()
    for place, id in enumerate(offered.prices):
        yield from _price_faults(id, terms.prices.get(id), offered.product, periods, f"{param}[prices][{place}]")


def _price_faults(
    id: str, price: Price | None, product: str, periods: set[tuple[object, ...]], param: str
) -> Iterator[Refusal]:
    """Faults of one price; `periods` gathers what the product's other prices are billed by."""
    if price is None:
        yield no_such("price", id, param)
        return
    if price.product != product:
        yield setting_invalid(
            "price_of_other_product",
            _("The price `{price}` does not belong to the product `{product}`."),
            param,
            price=id,
            product=product,
        )
    if not price.active:
        yield price_inactive(id, param)
    if price.recurring is None:
        yield price_not_recurring(id, param)
        return
    # Currency and count are part of it: a customer sees prices of one currency only, and can tell a quarter from a
    # month, so neither pair would be ambiguous on the page. That is where Stripe's rule comes from.
    found = {(currency, price.recurring.interval, price.recurring.interval_count) for currency in currencies_of(price)}
    if found & periods:
        yield setting_invalid(
            "interval_twice",
            _("The product `{product}` has two prices with the same `recurring.interval`. Offer one of them."),
            param,
            product=product,
        )
    periods |= found


def _quantity_faults(offered: OfferedProduct, param: str) -> Iterator[Refusal]:
    bounds = offered.adjustable_quantity
    if bounds.minimum < 0:
        yield setting_invalid("minimum_negative", _("`minimum` must be at least 0."), f"{param}[minimum]")
    if bounds.maximum is not None and bounds.maximum < max(1, bounds.minimum):
        yield setting_invalid(
            "maximum_too_small", _("`maximum` must be at least 1 and at least `minimum`."), f"{param}[maximum]"
        )
