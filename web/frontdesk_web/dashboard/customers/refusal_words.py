"""Refusals in plain words for staff, where the tenant's own sentence is written for programmers of the API."""

from collections.abc import Mapping

from litestar import Response
from msgspec.structs import replace

from frontdesk.errors import Refusal
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.customers.places import PLACE
from frontdesk_web.dashboard.pages import refusal_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.messages import _, translate
from frontdesk_web.site import Site

_GONE = _("We cannot find this any more. It may have ended or been replaced.")
_PLAIN: Mapping[str, str] = {
    "no_changes": _("The customer has this plan in this quantity already. Choose another plan or another quantity."),
    "price_inactive": _("This price is archived, so nothing can be started with it any more."),
    "currencies_differ": _("This price is in another currency than the customer's plan."),
    "duplicate_price": _("The customer's plan holds this price already. Change the quantity there instead."),
    "intervals_differ": _(
        "The products of one plan are all billed in the same rhythm. Choose a price with that rhythm."
    ),
    "already_set_to_cancel": _("This plan is set to end already."),
    "not_set_to_cancel": _("This plan is not set to end."),
    "quantity_impossible": _("Enter a whole number from 1 on."),
    "not_supported": _("Your billing backend cannot do this."),
    "invoice_already_paid": _("This invoice is paid already."),
    "invoice_not_payable": _("Only an open invoice can be marked as paid."),
    "invoice_not_open": _("This can only be done with an open invoice. This one is not open any more."),
    "invoice_has_payments": _("Something was paid for this invoice already, so it cannot be voided."),
    "paid_as_a_whole": _("Your billing backend records an invoice as paid as a whole. Enter what is open."),
    "payment_reversed": _("This payment was reversed already."),
    "payment_amount": _("Enter an amount above zero."),
    "payment_day": _("A payment cannot have come in on a day that has not come yet, nor before 2000."),
    "invoice_empty": _("There is nothing on this draft yet. Add a line first."),
    "already_final": _("This invoice is issued already."),
    "amount_impossible": _("This amount is larger than can be billed at once."),
    "price_recurring": _("This price recurs. Choose one that is paid once."),
    "invoice_currencies_differ": _("Everything on an invoice is in one currency."),
    "customer_without_address": _("This customer has no e-mail address. Add one to the details first."),
    "already_uncollectible": _("This invoice is marked as uncollectible already."),
    "clock_advancing": _("The clock of this customer is just being moved on. Try again in a moment."),
    "clock_failed": _("The clock was stopped by a failure of ours. It can still be read and deleted."),
    "clock_full": _("There are {most} customers on this clock already. Please create another clock."),
    "sandbox_only": _("Test clocks are in the sandbox: on the live side everybody lives in real time."),
    "coupon_expired": _("This coupon has expired."),
    "coupon_used_up": _("This coupon has been given as often as it may be."),
    "coupon_applies_to_nothing": _("This coupon is for other products than those of the plan."),
    "coupon_currency": _("This coupon takes off an amount in another currency than the plan's."),
    "coupon_twice": _("The customer has this discount already."),
    "tax_rate_inactive": _("This tax rate is archived. Choose another one."),
    "tax_behavior_conflicts": _("The price and the tax rate disagree on whether tax is included. Choose another rate."),
    "tax_code_unknown": _(
        "The tax code of {product} is unknown, so tax cannot be worked out. Give the product another one, or none."
    ),
    "customer_tax_location_invalid": _(
        "Tax is worked out by the customer's country. Add the address to the customer's details first."
    ),
    "tax_id_invalid": _("This is no number of that kind. Compare it with the customer's papers."),
    "tax_id_exists": _("The customer has this tax id already."),
    "too_many_tax_ids": _("A customer has at most {most} tax ids. Remove one first."),
    "metadata_too_large": _("You can have at most 50 metadata keys."),
    "metadata_key": _("A metadata key has 1 to 40 characters and no square brackets."),
    "metadata_value": _("A metadata value has at most 500 characters."),
}


def staff_sentence(refusal: Refusal, locale: str) -> str:
    """A refusal's sentence for the tenant's staff."""
    plain = _PLAIN.get(refusal.code) or (_GONE if refusal.missing else refusal.for_tenant)
    return translate(locale, plain, **refusal.parameters)


def refused_page(request: AnyRequest, site: Site, visit: StaffVisit, refusal: Refusal) -> Response[bytes]:
    """A refusal on a page of its own, with the way back."""
    told = replace(refusal, for_tenant=staff_sentence(refusal, visit.locale), parameters={})
    return refusal_page(request, site, visit, told, place=PLACE)
