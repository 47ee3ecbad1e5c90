"""Stripe's preview of the bill that a change would make, read as an invoice that is not there."""

from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from frontdesk.book import Account, Invoice, PendingItem, Subscription
from frontdesk.errors import Refused, Unavailable
from frontdesk.sentences import _
from frontdesk_stripe.commanding.doing import Doing
from frontdesk_stripe.commanding.parameters import Params
from frontdesk_stripe.reading.invoices import read_invoice
from frontdesk_stripe.reading.wire import NotKnown, Unreadable

NOTHING_TO_BILL = "invoice_upcoming_none"


class Bill(Struct, frozen=True, kw_only=True):
    """The bill of a change, and lines that wait for the next one."""

    invoice: Invoice | None = None
    items: tuple[PendingItem, ...] = ()

    def waiting(self, account: Account) -> "Bill":
        """The same for a change that is not billed at once: its prorations wait, but for those that wait already."""
        if self.invoice is None:
            return self
        known = {each.id for each in account.pending_items}
        lines = [each for each in self.invoice.lines if each.proration and each.pending_item not in known]
        items = tuple(
            PendingItem(
                id=each.pending_item or each.id,
                customer=account.customer.id,
                line=replace(each, id=each.pending_item or each.id),
                created=self.invoice.created,
                subscription=each.subscription,
            )
            for each in lines
        )
        return Bill(items=items)


async def preview(doing: Doing, subscription: Subscription | None, details: Params, beside: Params) -> Bill:
    """What would be billed if a subscription (None: a new one) were as described.

    Raises:
        Refused: Stripe would not have it.
        Unavailable: it answers nothing that can be read.
    """
    params: dict[str, Any] = {"customer": doing.customer, "subscription_details": details, **beside}
    params["expand"] = ["discounts.source.coupon", "discounts.promotion_code"]
    if subscription is not None:
        params["subscription"] = subscription.id
    terms = doing.request.terms
    try:
        shown = await doing.stripe.preview("/v1/invoices/create_preview", params)
        if shown["lines"].get("has_more"):
            raise Unreadable("the bill is longer than a preview shows")
        invoice = read_invoice(
            {**shown, "id": shown.get("id") or "upcoming"},
            0,
            products=terms.products,
            coupons=terms.coupons,
            rates=terms.tax_rates,
        )
    except Refused as error:
        if error.refusal.api_code == NOTHING_TO_BILL:
            return Bill()
        raise
    except (NotKnown, Unreadable) as error:
        raise Unavailable(_("Stripe answered a bill that cannot be read.")) from error
    return Bill(invoice=invoice)
