"""What a tenant on Stripe can do: what the commands that are written do, and no more."""

from frontdesk.billing import Capabilities, Capability

CAN = Capabilities(
    remote=True,
    can=frozenset(
        {
            Capability.CHANGE_PRICE,
            Capability.CHANGE_QUANTITY,
            Capability.CHANGE_ITEMS,
            Capability.CANCEL_AT_PERIOD_END,
            Capability.CANCEL_NOW,
            Capability.CANCEL_AT,
            Capability.KEEP,
            Capability.PRORATE,
            Capability.INVOICE_AT_ONCE,
            Capability.CLASSIC_BILLING_MODE,
            Capability.PAY_OUT_OF_BAND,
            Capability.CLOSE_INVOICES,
            Capability.TRIALS,
            Capability.ANCHORS,
            Capability.PUT_OFF,
            Capability.DISCOUNTS,
            Capability.START_AGAIN,
        }
    ),
    collection_methods=("send_invoice", "charge_automatically"),
    payment_methods=True,
    charges=True,
    hosted_pages=True,
    mirrored=True,
    tells_movements=True,
)
"""Not here: CUSTOMER_DISCOUNTS (since 2025 Stripe gives coupons to subscriptions alone), PAUSE (Stripe's
`pause_collection` goes on billing, which is another thing; its real pause is newer than the API version that we
speak), USAGE (meters are not mirrored), WRITE_INVOICES (drafts, invoice items, credit notes and adjustments of a
balance are written at Stripe; what is open can be taken back or given up here, which is CLOSE_INVOICES)."""
