"""What a customer can do in the portal, in words for staff: each no with its reason and the way to the setting."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from frontdesk.customer_permissions import CustomerPermissions, Question, customer_permissions, setting_of
from frontdesk.errors import Refusal
from frontdesk.permissions import Permission
from frontdesk.portal_configuration import PortalConfiguration
from frontdesk_web.dashboard.customers.refusal_words import staff_sentence
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.messages import _, translate
from frontdesk_web.portal.subscription_cards import subscription_name

_ACTS = {
    "change_price": _("Change to another plan"),
    "change_quantity": _("Change the quantity"),
    "use_promotion_code": _("Use a promotion code"),
    "cancel": _("Cancel the plan"),
    "keep": _("Take a cancellation back"),
    "undo_change": _("Undo a change that waits"),
    "pause": _("Pause"),
    "move_pause": _("Move the end of a pause"),
    "resume": _("Resume"),
}
_DETAILS = {
    "name": _("Change the name"),
    "email": _("Change the e-mail address"),
    "address": _("Change the postal address"),
    "phone": _("Change the phone number"),
    "shipping": _("Change the shipping address"),
    "tax_id": _("Change tax ids"),
}
PLACES = {
    "subscription_update": "plans",
    "subscription_cancel": "cancellations",
    "subscription_pause": "pauses",
    "restart": "endings",
    "customer_update": "details",
    "invoice_history": "invoices",
    "payment_method_update": "methods",
}
"""Where a feature stands on the page of the portal's settings."""
REASONS: Mapping[str, str] = {
    "subscription_update_disabled": _("Changing plans is switched off."),
    "price_not_adjustable": _("Changing to another plan is switched off."),
    "quantity_not_adjustable": _("Changing the quantity is switched off, for this product or for all."),
    "promotion_code_not_allowed": _("Promotion codes are switched off."),
    "price_not_offered": _("The present plan is not among the prices that are offered."),
    "nothing_else_offered": _(
        "Nothing is offered that this plan could be changed to. Look at the chosen prices: the currency, the interval,"
        " and whether they include tax."
    ),
    "several_items": _("The plan has several parts."),
    "set_to_cancel": _("The plan is cancelled already. It has to be kept first."),
    "already_set_to_cancel": _("The plan is cancelled already."),
    "not_set_to_cancel": _("The plan is not cancelled."),
    "nothing_put_off": _("No change is waiting."),
    "status_forbids": _("The plan is not active now."),
    "status_forbids_pause": _("The plan is not active now."),
    "subscription_paused": _("The plan is paused. It has to go on first."),
    "subscription_not_paused": _("The plan is not paused."),
    "subscription_pause_disabled": _("Pausing is switched off."),
    "no_other_pause_end": _("No other length of pause is offered that would end later than now."),
    "pause_needs_flexible": _("Only plans in flexible billing mode can be paused."),
    "subscription_cancel_disabled": _("Cancelling is switched off."),
    "customer_update_disabled": _("Changing details is switched off."),
    "detail_not_allowed": _("This detail is not ticked."),
    "email_fixed": _("It is what they sign in with. In a session that your program opens it could be edited."),
    "invoice_history_disabled": _("Showing invoices is switched off."),
    "paid_by_transfer": _("They pay by bank transfer; you record the payment."),
    "no_payment_methods": _("They pay by invoice, so there is none."),
    "payment_method_needed": _("A plan is charged by it."),
    "nothing_to_charge": _("There is no payment method."),
    "subscription_incomplete": _("Its first invoice is not paid."),
    "payment_method_update_disabled": _("Changing payment methods is switched off."),
    "restart_disabled": _("Starting again is switched off."),
    "had_already": _("They have a plan with this product already."),
    "owed_for": _("Something of it is not paid yet."),
    "no_longer_sold": _("It is not sold any more."),
    "not_for_customers": _("Only you can do this."),
    "side_suspended": _("Your account is suspended: customers can read and cancel, nothing else."),
}


class PermissionRow(Struct, frozen=True, kw_only=True):
    """One thing. `reason` is empty where it is allowed; `setting_url` leads to what would change it, where there is."""

    act: str
    reason: str = ""
    code: str = ""
    setting_url: str = ""


class PermissionGroup(Struct, frozen=True, kw_only=True):
    """What belongs together: a plan, or the rest."""

    title: str
    rows: tuple[PermissionRow, ...]


def permission_groups(question: Question, visit: StaffVisit) -> tuple[PermissionGroup, ...]:
    """What the customer can do, plan by plan, then with everything else."""
    return tuple(_groups(question, customer_permissions(question), visit))


def _groups(question: Question, found: CustomerPermissions, visit: StaffVisit) -> Iterator[PermissionGroup]:
    configuration = question.configuration
    for each in question.account.subscriptions:
        rows = _rows(found.subscriptions[each.id], _ACTS, configuration, visit)
        yield PermissionGroup(title=subscription_name(each, question.terms), rows=rows)
    for each in question.ended:
        row = _row(translate(visit.locale, "Start again"), found.start_again[each.id].refusal, configuration, visit)
        title = translate(visit.locale, "{name}, ended", name=subscription_name(each, question.terms))
        yield PermissionGroup(title=title, rows=(row,))
    details = _rows(found.details, _DETAILS, configuration, visit)
    rest = _rows(
        {"view": found.invoices, "pay": found.pay, "methods": found.payment_methods},
        {
            "view": _("See invoices"),
            "pay": _("Pay invoices online"),
            "methods": _("Change payment methods"),
        },
        configuration,
        visit,
    )
    yield PermissionGroup(title=translate(visit.locale, "Details and invoices"), rows=(*details, *rest))


def _rows(
    permissions: Mapping[Any, Permission],
    words: Mapping[str, str],
    configuration: PortalConfiguration,
    visit: StaffVisit,
) -> tuple[PermissionRow, ...]:
    return tuple(
        _row(translate(visit.locale, text), permissions[name].refusal, configuration, visit)
        for name, text in words.items()
        if name in permissions
    )


def _row(act: str, refusal: Refusal | None, configuration: PortalConfiguration, visit: StaffVisit) -> PermissionRow:
    if refusal is None:
        return PermissionRow(act=act)
    plain = REASONS.get(refusal.code)
    return PermissionRow(
        act=act,
        reason=translate(visit.locale, plain, **refusal.parameters) if plain else staff_sentence(refusal, visit.locale),
        code=refusal.code,
        setting_url=_setting_url(setting_of(refusal), configuration, visit),
    )


def _setting_url(setting: str | None, configuration: PortalConfiguration, visit: StaffVisit) -> str:
    if setting is None:
        return ""
    feature = setting.partition("[")[2].partition("]")[0]
    named = "" if configuration.is_default else f"?configuration={configuration.id}"
    return f"{visit.path('portal')}{named}#{PLACES.get(feature, 'configuration')}"
