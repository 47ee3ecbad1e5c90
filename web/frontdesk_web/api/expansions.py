"""`expand[]`: ids in an answer replaced by the objects that they name, up to four levels deep, a level in one query."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from frontdesk.payment_intents import intent_id
from frontdesk_tenants import listings
from frontdesk_tenants.listings import Kind
from frontdesk_tenants.paging import Cursor
from frontdesk_web.api.calls import Call
from frontdesk_web.api.discount_expansion import HELD, expand_discounts
from frontdesk_web.api.errors import ApiError
from frontdesk_web.api.shapes.intents import invoice_payments
from frontdesk_web.api.shapes.prices import currency_options, tiers
from frontdesk_web.api.shapes.schedules import schedule
from frontdesk_web.api.shapes.tax_ids import tax_id
from frontdesk_web.api.shapes.values import amount
from frontdesk_web.api.views import show_all
from frontdesk_web.intent_links import client_secret

LEVELS = 4
EXPANDABLE: Mapping[str, Mapping[str, Kind]] = {
    "product": {"default_price": "price"},
    "price": {"product": "product"},
    "plan": {"product": "product"},
    "promotion_code": {"promotion.coupon": "coupon", "customer": "customer"},
    "discount": {"source.coupon": "coupon", "promotion_code": "promotion code", "customer": "customer"},
    "customer": {
        "test_clock": "test clock",
        "invoice_settings.default_payment_method": "PaymentMethod",
    },
    "account": {"settings.branding.icon": "file upload", "settings.branding.logo": "file upload"},
    "file_link": {"file": "file upload"},
    "payment_method": {"customer": "customer"},
    "setup_intent": {"customer": "customer", "payment_method": "PaymentMethod"},
    "payment_intent": {"customer": "customer", "latest_charge": "charge", "payment_method": "PaymentMethod"},
    "charge": {"customer": "customer", "payment_intent": "payment_intent"},
    "refund": {"charge": "charge", "payment_intent": "payment_intent"},
    "checkout.session": {"customer": "customer", "setup_intent": "setupintent"},
    "invoice_payment": {"invoice": "invoice", "payment.payment_intent": "payment_intent"},
    "subscription": {
        "customer": "customer",
        "default_payment_method": "PaymentMethod",
        "latest_invoice": "invoice",
        "test_clock": "test clock",
        "cancellation_details.feedback_option": "feedback option",
    },
    "invoice": {
        "customer": "customer",
        "test_clock": "test clock",
        "parent.subscription_details.subscription": "subscription",
        "total_taxes.tax_rate_details.tax_rate": "tax rate",
    },
    "customer_balance_transaction": {"credit_note": "credit note", "customer": "customer", "invoice": "invoice"},
    "credit_note": {
        "customer": "customer",
        "customer_balance_transaction": "customer balance transaction",
        "invoice": "invoice",
        "refunds.refund": "refund",
        "total_taxes.tax_rate_details.tax_rate": "tax rate",
    },
    "credit_note_line_item": {"taxes.tax_rate_details.tax_rate": "tax rate"},
    "subscription_schedule": {
        "customer": "customer",
        "phases.items.price": "price",
        "subscription": "subscription",
    },
    "tax_id": {"customer": "customer", "owner.customer": "customer"},
    "invoiceitem": {"customer": "customer", "invoice": "invoice", "pricing.price_details.price": "price"},
    "line_item": {
        "pricing.price_details.price": "price",
        "subscription": "subscription",
        "taxes.tax_rate_details.tax_rate": "tax rate",
    },
    "billing_portal.session": {"configuration": "configuration"},
    "billing_portal.configuration": {
        "features.subscription_cancel.cancellation_reason.feedback_options": "feedback option"
    },
}
"""What can be expanded: by kind of object, the place of an id or of a list of ids, and what the ids are of."""
_EMPTY = {
    "billing_portal.configuration": "application",
    "file": "links",
    "product": "tax_code",
    "coupon": "applies_to currency_options",
    "promotion_code": "restrictions.currency_options",
    "customer": "cash_balance default_source discount sources tax test_clock",
    "subscription": "application default_source default_tax_rates on_behalf_of pending_setup_intent test_clock",
    "subscription_item": "tax_rates",
    "invoice": "account_tax_ids application default_payment_method default_source "
    "default_tax_rates latest_revision on_behalf_of test_clock",
    "customer_balance_transaction": "checkout_session",
    "credit_note": "refunds",
    "invoiceitem": "tax_rates test_clock",
    "setup_intent": "application latest_attempt mandate on_behalf_of single_use_mandate",
    "payment_intent": "application on_behalf_of processing review transfer_data",
    "charge": "application application_fee balance_transaction failure_balance_transaction on_behalf_of review "
    "source_transfer transfer transfer_data",
    "refund": "balance_transaction failure_balance_transaction source_transfer_reversal transfer_reversal",
    "checkout.session": "invoice line_items payment_intent payment_link subscription",
    "search_result": "total_count",
    "subscription_schedule": "application default_settings.default_payment_method default_settings.on_behalf_of "
    "phases.default_payment_method phases.on_behalf_of test_clock",
    "tax_id": "owner.account owner.application",
}
_OF_PRICES = frozenset({("price", "tiers"), ("price", "currency_options"), ("plan", "tiers")})
ALWAYS_EMPTY: Mapping[str, frozenset[str]] = {kind: frozenset(names.split()) for kind, names in _EMPTY.items()}
"""What Stripe lets expand and Frontdesk has nothing for: asking for it changes nothing."""


_MOVED: Mapping[tuple[str, str], str] = {
    ("invoice", "payment_intent"): "`confirmation_secret`, or `payments.data.payment.payment_intent`",
    ("invoice", "charge"): "`payments.data.payment.payment_intent.latest_charge`",
    ("invoice", "subscription"): "`parent.subscription_details.subscription`",
    ("subscription", "discount"): "`discounts`",
    ("subscription", "plan"): "`items.data.price`",
    ("invoice", "discount"): "`discounts`",
    ("discount", "coupon"): "`source.coupon`",
    ("promotion_code", "coupon"): "`promotion.coupon`",
    ("line_item", "price"): "`pricing.price_details.price`",
    ("invoiceitem", "price"): "`pricing.price_details.price`",
}
"""Where Stripe has since 2025-03-31.basil what older programs ask for: they read its name in the refusal."""


class _Place(Struct, frozen=True, kw_only=True):
    """A dict of the answer: which kind of object it belongs to, and where in that object it stands."""

    node: dict[str, Any]
    owner: str
    within: str = ""


def read_paths(given: tuple[str | None, ...]) -> tuple[tuple[str, ...], ...]:
    """The paths of `expand[]`.

    Raises:
        ApiError: one has more than four levels.
    """
    paths = []
    for path in given:
        if not path:
            continue
        names = tuple(path.split("."))
        # `data` steps into a list and is no level of its own.
        if len([each for each in names if each != "data"]) > LEVELS or len(names) > 2 * LEVELS:
            raise ApiError(f"You cannot expand more than {LEVELS} levels of a property. Property: {path}.")
        paths.append(names)
    return tuple(paths)


async def expand(call: Call, answer: dict[str, Any], paths: tuple[tuple[str, ...], ...]) -> None:
    """Replace ids in the answer, in place.

    Raises:
        ApiError: a path names something that cannot be expanded.
    """
    for path in paths:
        places = [_Place(node=answer, owner=str(answer.get("object", "")))]
        for name in path:
            places = await _step(call, places, name, ".".join(path))


async def _step(call: Call, places: list[_Place], name: str, path: str) -> list[_Place]:
    following: list[_Place] = []
    by_kind: dict[Kind, list[_Place]] = {}
    discounted: dict[tuple[str, str], list[dict[str, Any]]] = {}
    priced: list[_Place] = []
    for place in places:
        at = f"{place.within}.{name}" if place.within else name
        kind = EXPANDABLE.get(place.owner, {}).get(at)
        value = place.node.get(name)
        if (place.owner, at) in HELD:
            discounted.setdefault((place.owner, at), []).append(place.node)
        elif kind is not None and isinstance(value, str | list):
            by_kind.setdefault(kind, []).append(place)
        elif isinstance(value, dict):
            inner = str(value.get("object", ""))
            following.append(_Place(node=value, owner=inner or place.owner, within="" if inner else at))
        elif isinstance(value, list) and name == "data":
            following += [_Place(node=each, owner=str(each["object"])) for each in value]
        elif isinstance(value, list) and _leads_on(place.owner, at):
            following += [_Place(node=each, owner=place.owner, within=at) for each in value]
        elif value is None and name in place.node and _leads_on(place.owner, at):
            # An invoice of no subscription has no parent, and stands in a list beside others.
            continue
        elif (place.owner, at.split(".")[0]) in _OF_PRICES:
            priced.append(place)
        elif kind is None and at not in ALWAYS_EMPTY.get(place.owner, frozenset()):
            added = await _added(call, place, at)
            if added is None:
                raise ApiError(f"This property cannot be expanded ({path}).{_now(place.owner, at)}", param="expand")
            following.append(added)
    for kind, holders in by_kind.items():
        following += await _loaded(call, kind, holders, name)
    for (owner, at), nodes in discounted.items():
        expanded = await expand_discounts(call, owner, at, nodes)
        if at.endswith("_amounts"):
            # The path goes on with `discount`, the only thing in an amount that can be expanded.
            following += [_Place(node={"discount": each}, owner="discount amount") for each in expanded]
        else:
            following += [_Place(node=each, owner="discount") for each in expanded]
    return following + (await _of_prices(call, priced, name) if priced else [])


def _now(owner: str, at: str) -> str:
    """Where it is today, as a sentence."""
    if at == "invoice" and owner in ("payment_intent", "charge"):
        return " Ask GET /v1/invoice_payments with `payment[type]` and `payment[payment_intent]` for its invoice."
    moved = _MOVED.get((owner, at))
    return "" if moved is None else f" Expand {moved} of the {owner} instead."


def _leads_on(owner: str, at: str) -> bool:
    """Whether something can be expanded below this place of an object."""
    return any(each.startswith(f"{at}.") for each in (*EXPANDABLE.get(owner, {}), *ALWAYS_EMPTY.get(owner, ())))


async def _loaded(call: Call, kind: Kind, holders: list[_Place], name: str) -> list[_Place]:
    call.refuse_unpermitted(kind)
    wanted = [id for place in holders for id in _ids(place.node[name])]
    async with call.transaction() as connection:
        found = await listings.find_all(connection, kind, set(wanted))
        shown = dict(zip(found, await show_all(call, connection, kind, list(found.values())), strict=True))
    following = []
    for place in holders:
        held = place.node[name]
        objects = {id: dict(shown[id]) for id in _ids(held) if id in shown}
        expanded = [objects.get(each, each) for each in _ids(held)]
        place.node[name] = expanded if isinstance(held, list) else expanded[0]
        following += [_Place(node=each, owner=str(each["object"])) for each in objects.values()]
    return following


def _ids(held: str | list[str]) -> list[str]:
    return held if isinstance(held, list) else [held]


async def _of_prices(call: Call, places: list[_Place], name: str) -> list[_Place]:
    """What prices only show when asked: tiers and further currencies. Where a price has no tiers nothing is added."""
    call.refuse_unpermitted("price")
    if name not in ("tiers", "currency_options"):
        # `currency_options.eur.tiers`: they are there already, unless the price is not sold in that currency.
        return []
    async with call.transaction() as connection:
        found = await listings.find_all(connection, "price", {place.node["id"] for place in places if not place.within})
    following = []
    for place in places:
        stored = None if place.within else found.get(place.node["id"])
        if stored is None:
            continue
        if name == "tiers":
            if stored.tiers:
                place.node["tiers"] = tiers(stored.tiers, stored.currency)
        else:
            place.node["currency_options"] = currency_options(stored)
            following.append(_Place(node=place.node["currency_options"], owner=place.owner, within="currency_options"))
    return following


async def _added(call: Call, place: _Place, at: str) -> _Place | None:
    """What an object only has when it is asked for: a customer's subscriptions and tax ids, an invoice's payments."""
    if place.owner == "invoice" and at in ("payments", "confirmation_secret"):
        return await _paid(call, place, at)
    if (place.owner, at) == ("charge", "refunds"):
        return await _gone_back(call, place)
    if place.owner == "subscription" and at == "schedule":
        return await _scheduled(call, place)
    if place.owner != "customer" or at not in ("invoice_credit_balance", "subscriptions", "tax_ids"):
        return None
    call.refuse_unpermitted("subscription" if at == "subscriptions" else "customer")
    if place.node.get("deleted"):
        # Of a customer who was deleted nothing is left that could be asked for.
        return _Place(node={}, owner=at)
    customer = place.node["id"]
    if at != "subscriptions":
        async with call.transaction() as connection:
            owner = await listings.find(connection, "customer", customer)
        if at == "invoice_credit_balance":
            place.node[at] = {currency: amount(sum_, currency) for currency, sum_ in owner.balances.items() if sum_}
            return _Place(node={}, owner=at)
        place.node["tax_ids"] = {
            "object": "list",
            "url": f"/v1/customers/{customer}/tax_ids",
            "has_more": False,
            "data": [tax_id(each, customer, call.livemode) for each in reversed(owner.tax_ids)],
        }
        return _Place(node=place.node["tax_ids"], owner="list")
    async with call.transaction() as connection:
        page = await listings.subscriptions(connection, Cursor(), customer=customer, statuses=listings.NOT_CANCELED)
        data = await show_all(call, connection, "subscription", list(page.items))
    place.node["subscriptions"] = {
        "object": "list",
        "url": f"/v1/customers/{customer}/subscriptions",
        "has_more": page.has_more,
        "data": data,
    }
    return _Place(node=place.node["subscriptions"], owner="list")


async def _gone_back(call: Call, place: _Place) -> _Place:
    """The refunds of a charge."""
    call.refuse_unpermitted("refund")
    charge = place.node["id"]
    async with call.transaction() as connection:
        page = await listings.refunds(connection, Cursor(), charge=charge)
        data = await show_all(call, connection, "refund", list(page.items))
    place.node["refunds"] = {
        "object": "list",
        "url": f"/v1/charges/{charge}/refunds",
        "has_more": page.has_more,
        "data": data,
    }
    return _Place(node=place.node["refunds"], owner="list")


async def _scheduled(call: Call, place: _Place) -> _Place:
    """The schedule of a subscription with a change that waits."""
    if place.node["schedule"] is None:
        return _Place(node={}, owner="schedule")
    async with call.transaction() as connection:
        stored = await listings.find(connection, "subscription", place.node["id"])
        known = await listings.find_all(connection, "price", stored.prices)
    place.node["schedule"] = schedule(stored, known, call.livemode)
    return _Place(node=place.node["schedule"], owner="subscription_schedule")


async def _paid(call: Call, place: _Place, at: str) -> _Place:
    """How an invoice is paid: by its payment intent, where it is charged."""
    call.refuse_unpermitted("payment_intent")
    invoice = place.node["id"]
    async with call.transaction() as connection:
        intent = await listings.find(connection, "payment_intent", intent_id(invoice))
    if at == "payments":
        place.node["payments"] = invoice_payments(intent, call.livemode)
        return _Place(node=place.node["payments"], owner="list")
    if intent is None:
        place.node["confirmation_secret"] = None
        return _Place(node={}, owner="confirmation_secret")
    secret = client_secret(call.site.tenancy.vault, call.door, intent.id)
    place.node["confirmation_secret"] = {"client_secret": secret, "type": "payment_intent"}
    return _Place(node=place.node["confirmation_secret"], owner="confirmation_secret")
