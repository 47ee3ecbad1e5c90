"""`/v1/invoices/create_preview`: the invoice that comes next, or that would come of a change that is described.

What is described is done, looked at and taken back within one transaction, so that what is shown is what would be
billed, to the cent, by the same code. An invoice that would be issued at once is shown as such; otherwise it is the
next regular one, with what waits for it.
"""

from datetime import datetime
from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from frontdesk import cancellations, invoices, pausing, subscriptions
from frontdesk.book import Customer, Invoice, Subscription
from frontdesk.commands import CancelSubscription, ResumeSubscription
from frontdesk.invoice_commands import CreateInvoice, InvoiceFields
from frontdesk.quoting import next_bill, next_due
from frontdesk.upcoming import upcoming_invoice
from frontdesk_tenants import clocks, listings
from frontdesk_tenants.local_desk import LocalDesk
from frontdesk_tenants.paging import Cursor
from frontdesk_tenants.remote_desk import RemoteDesk
from frontdesk_web.api.automatic_taxes import AUTOMATIC_TAX
from frontdesk_web.api.calls import Call, Endpoint
from frontdesk_web.api.customers import NAMES, named, present
from frontdesk_web.api.discount_parameters import DISCOUNTS, choices
from frontdesk_web.api.errors import ApiError, missing_param
from frontdesk_web.api.inline_prices import InlinePrices
from frontdesk_web.api.invoice_items import UPDATE as ITEM
from frontdesk_web.api.invoice_items import new_item
from frontdesk_web.api.parameters import Absent, Choice, Flag, Group, Instant, Many, Text
from frontdesk_web.api.renamed_params import inside, named_by, renamed_params
from frontdesk_web.api.shapes import invoices as shapes
from frontdesk_web.api.subscription_changes import CHANGES, CREATE_BEHAVIORS, PERIOD_ENDS, change
from frontdesk_web.api.subscriptions import BILLING_MODE, create_command, set_end
from frontdesk_web.api.tax_rates import TAX_RATES

_DETAILS: dict[str, Any] = {
    "billing_cycle_anchor": Instant(words=("now", "unchanged")),
    "billing_mode": BILLING_MODE,
    "billing_schedules": Absent(what="Billing schedules are"),
    "cancel_at": Instant(words=PERIOD_ENDS, clears=True),
    "cancel_at_period_end": Flag(),
    "cancel_now": Flag(),
    "default_tax_rates": TAX_RATES,
    "items": CHANGES,
    "proration_behavior": CREATE_BEHAVIORS,
    "proration_date": Instant(),
    "resume_at": Choice(of=("now",)),
    "start_date": Instant(),
    "trial_end": Instant(words=("now",)),
}
PREVIEW: dict[str, Any] = NAMES | {
    "automatic_tax": AUTOMATIC_TAX,
    "currency": Text(maximum=3),
    "customer_details": Absent(what="Previews for customers that are not there are"),
    "discounts": DISCOUNTS,
    "invoice_items": Many(
        of=Group(of=ITEM | {"currency": Text(maximum=3), "invoiceitem": Absent(what="Changed invoice items are")}),
        maximum=20,
    ),
    "issuer": Absent(what="Other issuers are"),
    "on_behalf_of": Absent(what="Connected accounts are"),
    "preview_mode": Choice(of=("next", "recurring")),
    "schedule": Absent(what="Previews of schedules are"),
    "schedule_details": Absent(what="Previews of schedules are"),
    "subscription": Text(maximum=255),
    "subscription_details": Group(of=_DETAILS),
}
ID = "upcoming_"
"""What the id of an invoice that is not there begins with."""


async def preview(call: Call) -> dict[str, Any]:
    """What would be billed. Nothing is changed."""
    given = call.given
    if given.get("preview_mode") == "recurring":
        raise ApiError("Previews of what recurs alone are not available yet.", param="preview_mode")
    of, subscription = named(given), await _named(call)
    if of is None and subscription is not None:
        of = subscription.customer, "subscription"
    if of is None:
        raise missing_param("customer")
    customer = await present(call, *of)
    if subscription is not None and subscription.customer != customer.id:
        raise ApiError("The subscription is another customer's.", param="subscription")
    async with call.undone():
        previewed = await _previewed(call, customer, subscription)
        previewed = replace(previewed, id=ID + previewed.id)
        call.foreseen[previewed.id] = previewed
        return await _shown(call, previewed)


async def _named(call: Call) -> Subscription | None:
    id_ = call.given.get("subscription")
    found: Subscription | None = None if id_ is None else await call.stored("subscription", id_, "subscription")
    return found


async def _previewed(call: Call, customer: Customer, subscription: Subscription | None) -> Invoice:
    """The invoice that comes of it."""
    given = call.given
    before = {each.id for each in await _issued(call, customer.id)}
    for place, item in enumerate(given.get("invoice_items", ())):
        with renamed_params(inside(f"invoice_items[{place}]")):
            of = {} if subscription is None else {"subscription": subscription.id}
            command = await new_item(call, {**item, **of}, None if subscription is None else subscription.currency)
            async with call.desk(customer.id) as desk:
                await invoices.write(desk, command)
    if not given.keys().isdisjoint(("subscription_details", "discounts", "automatic_tax")):
        subscription = await _changed(call, customer, subscription)
    for each in await _issued(call, customer.id):
        if each.id not in before and (subscription is None or each.subscription == subscription.id):
            return each
    async with call.desk(customer.id) as desk:
        return await _next(call, desk, subscription)


async def _changed(call: Call, customer: Customer, subscription: Subscription | None) -> Subscription | None:
    """Do what is described, to the subscription or by starting one."""
    details = dict(call.given.get("subscription_details") or {})
    for name in ("automatic_tax", "discounts"):
        if name in call.given:
            details[name] = call.given[name]
    with renamed_params(_within_details), named_by("subscription", "subscription"):
        if subscription is None:
            if "subscription_details" not in call.given:
                return None
            if "items" not in details:
                raise missing_param("items")
            return await _started(call, customer, details)
        return await _altered(call, subscription, details)


async def _started(call: Call, customer: Customer, details: dict[str, Any]) -> Subscription:
    if "start_date" in details:
        details["backdate_start_date"] = details.pop("start_date")
    if isinstance(details.get("billing_cycle_anchor"), str):
        del details["billing_cycle_anchor"]
    if "currency" in call.given:
        details["currency"] = call.given["currency"]
    command = await create_command(call, {**details, "items": await InlinePrices(call).named(details["items"])})
    async with call.desk(customer.id) as desk:
        known = {each.id for each in desk.account.subscriptions}
        changes = await subscriptions.create(desk, command)
        (created,) = (each for each in changes.subscriptions if each.id not in known)
        await set_end(desk, created.id, details)
    return created


async def _altered(call: Call, subscription: Subscription, details: dict[str, Any]) -> Subscription:
    if isinstance(details.get("billing_cycle_anchor"), datetime) or "start_date" in details:
        raise ApiError("A subscription that runs keeps its start.", param="billing_cycle_anchor")
    behavior = details.get("proration_behavior", "create_prorations")
    if details.pop("resume_at", None):
        async with call.desk(subscription.customer) as desk:
            resumed = ResumeSubscription(subscription=subscription.id, proration_behavior=behavior)
            await pausing.resume(desk, resumed)
    cancels = details.pop("cancel_now", False)
    await change(call, subscription, details)
    if cancels:
        now = CancelSubscription(subscription=subscription.id, when="now", prorate=behavior != "none", invoice_now=True)
        async with call.desk(subscription.customer) as desk:
            await cancellations.cancel(desk, now)
    found: Subscription = await call.stored("subscription", subscription.id)
    return found


async def _next(call: Call, desk: LocalDesk | RemoteDesk, subscription: Subscription | None) -> Invoice:
    """The next regular invoice: of the subscription, of the one that is billed first, or of what waits."""
    customer = desk.account.customer
    running = [each for each in desk.account.subscriptions if subscription is None or each.id == subscription.id]
    coming = [(due.at, each) for each in running if (due := next_due(desk.account, each, desk.terms)) is not None]
    if coming:
        chosen = min(coming, key=lambda each: (each[0], each[1].id))[1]
        bill = next_bill(desk.account, chosen, desk.terms, call.ids)
        if bill is not None:
            balance = customer.balances.get(chosen.currency, 0)
            return upcoming_invoice(desk.account, chosen, bill, balance, desk.terms, call.ids)
    waiting = [each for each in desk.account.pending_items if each.invoice is None]
    if waiting and subscription is None:
        asked = choices(call.given)
        fields = InvoiceFields(discounts=UNSET if asked is None else asked)
        command = CreateInvoice(id=call.ids("in"), currency=waiting[0].line.currency, pending="include", fields=fields)
        changes = await invoices.write(desk, command)
        return changes.invoices[0]
    raise ApiError(f"No upcoming invoices for customer: {customer.id}", code="invoice_upcoming_none", status=404)


async def _shown(call: Call, stored: Invoice) -> dict[str, Any]:
    async with call.transaction() as connection:
        known = await listings.find_all(connection, "price", {each.price for each in stored.lines if each.price})
        on_clocks = {} if call.livemode else await clocks.of_customers(connection, [stored.customer])
    clock = on_clocks.get(stored.customer)
    return shapes.upcoming(stored, known, call.side, call.livemode, test_clock=clock)


async def _issued(call: Call, customer: str) -> tuple[Invoice, ...]:
    async with call.transaction() as connection:
        return (await listings.invoices(connection, Cursor(limit=100), customer=customer)).items


def _within_details(param: str) -> str:
    return param if param.startswith("discounts") else inside("subscription_details")(param)


endpoints = (Endpoint(method="POST", path="/v1/invoices/create_preview", takes=PREVIEW, act=preview),)
