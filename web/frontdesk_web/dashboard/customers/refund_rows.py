"""The refunds of an invoice, as staff read them."""

from collections.abc import Mapping

from msgspec import Struct

from frontdesk.refunds import Refund, RefundReason
from frontdesk_web.formatting import date_long, money
from frontdesk_web.messages import _, translate
from frontdesk_web.portal.views import Badge

REASONS: Mapping[RefundReason, str] = {
    "requested_by_customer": _("The customer asked for it"),
    "duplicate": _("Charged twice"),
    "fraudulent": _("Not ordered by the customer"),
}
"""Why something goes back."""


class RefundRow(Struct, frozen=True, kw_only=True):
    """What went back to a card, or was to."""

    text: str
    amount: str
    details: str
    badge: Badge | None


def refund_row(refund: Refund, locale: str, names: Mapping[str, str]) -> RefundRow:
    """A refund; `names` are those of staff."""
    day = date_long(refund.created, locale)
    said = [] if refund.reason is None else [translate(locale, REASONS[refund.reason])]
    if refund.status == "failed":
        said.append(translate(locale, "the bank sent it back, so the customer did not get it"))
    if refund.by in names:
        said.append(names[refund.by])
    return RefundRow(
        text=translate(locale, "Refunded on {date}", date=day),
        amount=money(refund.amount, refund.currency, locale),
        details=" · ".join(said),
        badge=_badge(refund, locale),
    )


def _badge(refund: Refund, locale: str) -> Badge | None:
    if refund.status == "failed":
        return Badge(translate(locale, "Failed"), "danger")
    return Badge(translate(locale, "On its way"), "info") if refund.status == "pending" else None
