"""What happened to a customer, in words: who did what, and what of it changed."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from frontdesk_tenants.customer_history import Act
from frontdesk_web.formatting import date_time
from frontdesk_web.messages import _, translate

_ACTIONS = {
    "CreateCustomer": _("Opened the account"),
    "UpdateBillingDetails": _("Changed details"),
    "DeleteCustomer": _("Closed the account"),
    "CreateSubscription": _("Started a plan"),
    "ChangePlan": _("Changed the plan"),
    "PauseSubscription": _("Paused the plan"),
    "MoveResumption": _("Moved the end of the pause"),
    "ResumeSubscription": _("Resumed the plan"),
    "UndoPlanChange": _("Took back a change of plan"),
    "PlanAhead": _("Planned changes of plan ahead"),
    "SetTrialEnd": _("Changed the end of the trial"),
    "CancelSubscription": _("Cancelled the plan"),
    "ChangeDiscounts": _("Changed the discounts of a plan"),
    "SetCustomerDiscount": _("Changed the customer's discount"),
    "StartAgain": _("Started a plan again"),
    "KeepSubscription": _("Took the cancellation back"),
    "TakeOffer": _("Stayed for an offer"),
    "ExplainCancellation": _("Said why the plan was cancelled"),
    "DescribeSubscription": _("Changed what is noted of a plan"),
    "PayInvoice": _("Marked an invoice as paid"),
    "ChargeInvoice": _("Paid an invoice by a payment method"),
    "RefundCharge": _("Refunded a payment"),
    "SettleRefund": _("Heard what became of a refund"),
    "AttachPaymentMethod": _("Added a payment method"),
    "UpdatePaymentMethod": _("Changed a payment method"),
    "DetachPaymentMethod": _("Removed a payment method"),
    "SetDefaultPaymentMethod": _("Chose which payment method pays"),
    "RecordPayment": _("Recorded a payment"),
    "ReversePayment": _("Reversed a payment"),
    "CreateCreditNote": _("Issued a credit note"),
    "UpdateCreditNote": _("Changed what is noted of a credit note"),
    "VoidCreditNote": _("Voided a credit note"),
    "AdjustBalance": _("Changed the balance"),
    "CreateInvoice": _("Began an invoice"),
    "UpdateInvoice": _("Changed an invoice"),
    "DeleteInvoice": _("Deleted a draft"),
    "FinalizeInvoice": _("Issued an invoice"),
    "SendInvoice": _("Sent an invoice"),
    "RemindOfInvoice": _("Reminded of an invoice"),
    "CreateInvoiceItem": _("Added a line to an invoice"),
    "UpdateInvoiceItem": _("Changed a line of an invoice"),
    "DeleteInvoiceItem": _("Removed a line of an invoice"),
    "VoidInvoice": _("Voided an invoice"),
    "MarkUncollectible": _("Gave up on an invoice"),
    "ReportUsage": _("Reported use"),
    "CancelUsage": _("Took back a report of use"),
    "Advance": _("Renewed or ended what was due"),
    "news": _("Told by the billing backend"),
    "signed_in": _("Signed in"),
    "signed_out": _("Signed out"),
    "switched_customer": _("Switched to this customer"),
    "sent_link": _("Sent the link to the portal"),
    "ended_sessions": _("Ended all sessions"),
    "forgot_wrong_codes": _("Took wrong sign-in codes back"),
}
_FIELDS = {
    "email": _("e-mail address"),
    "name": _("name"),
    "phone": _("phone"),
    "trusted_phone": _("phone for codes"),
    "address": _("postal address"),
    "description": _("description"),
    "preferred_locales": _("language"),
    "shipping": _("shipping address"),
    "tax_ids": _("tax ids"),
    "metadata": _("metadata"),
}
_TOLD_FROM = frozenset({"email", "name", "phone"})
"""Fields whose values are told, before and after."""


class HistoryRow(Struct, frozen=True, kw_only=True):
    """An entry of the history. `details` are further lines, such as what an address was before."""

    at: str
    who: str
    what: str
    details: tuple[str, ...] = ()


def history_row(act: Act, names: Mapping[str, str], locale: str) -> HistoryRow:
    """An act in words. `names` are of staff, by id."""
    sentences = [translate(locale, _ACTIONS[each]) for each in act.action.split() if each in _ACTIONS]
    changes = _changes(act)
    fields = ", ".join(translate(locale, _FIELDS[each]) for each in changes if each in _FIELDS)
    what = "; ".join(sentences) or act.action
    return HistoryRow(
        at=date_time(act.at, locale),
        who=_who(act, names, locale),
        what=f"{what}: {fields}" if fields and act.action == "UpdateBillingDetails" else what,
        details=tuple(_told(locale, *changes[each]) for each in changes if each in _TOLD_FROM),
    )


def _who(act: Act, names: Mapping[str, str], locale: str) -> str:
    match act.actor_kind:
        case "staff":
            return names.get(act.actor) or translate(locale, "Somebody of the staff")
        case "customer":
            return translate(locale, "The customer")
        case "api":
            return translate(locale, "Your program (API)")
    return translate(locale, "Frontdesk, on its own")


def _changes(act: Act) -> dict[str, tuple[Any, Any]]:
    """The fields of the customer that an edit changed, with their values before and after."""
    for each in act.touched:
        if each.before is not None and each.after is not None and "email" in {**each.before, **each.after}:
            before, after = each.before, each.after
            return {
                name: (before.get(name), after.get(name)) for name in _FIELDS if before.get(name) != after.get(name)
            }
    return {}


def _told(locale: str, before: Any, after: Any) -> str:
    none = translate(locale, "none")
    return translate(locale, "{before} → {after}", before=before or none, after=after or none)
