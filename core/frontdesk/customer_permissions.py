"""Everything that a customer could do by themselves, each thing allowed or with the reason why not.

It answers "why can this customer not do that", for which Stripe's users have nothing but a button that is not there
(portal_spec.md §H 18 and 19). It asks the very rules that the pages and the use cases ask, so the three agree.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, get_args

from msgspec import Struct
from msgspec.structs import replace

from frontdesk import invoice_refusals, payment_refusals, plan_refusals, refusals
from frontdesk.billing import Capabilities, Capability
from frontdesk.book import Account, Subscription, Terms
from frontdesk.commands import AccountCommand, BillingDetails, StartAgain, UpdateBillingDetails
from frontdesk.desk import Actor
from frontdesk.discount_refusals import codes_not_asked
from frontdesk.errors import Refusal
from frontdesk.permissions import Permission, SubscriptionPermissions, may_change, permissions_of, permitted
from frontdesk.portal_configuration import AllowedDetail, AllowedUpdate, PortalConfiguration

DETAILS: tuple[AllowedDetail, ...] = get_args(AllowedDetail)


class Question(Struct, frozen=True, kw_only=True):
    """What the answer depends on: who would act, on which account, under which configuration and backend. `ended` are
    the subscriptions that are over, which the account does not hold; `now` is the account's time."""

    actor: Actor
    account: Account
    configuration: PortalConfiguration
    capabilities: Capabilities
    terms: Terms
    suspended: bool
    now: datetime
    ended: tuple[Subscription, ...] = ()


class CustomerPermissions(Struct, frozen=True, kw_only=True):
    """The answers. `details` are by field of the billing details, `subscriptions` by id and then by act."""

    details: Mapping[AllowedDetail, Permission]
    invoices: Permission
    pay: Permission
    payment_methods: Permission
    subscriptions: Mapping[str, Mapping[str, Permission]]
    start_again: Mapping[str, Permission]
    """By the id of a subscription that is over."""


def customer_permissions(question: Question) -> CustomerPermissions:
    """What the customer may do with their details, invoices, payment methods and each subscription that is not over."""
    return CustomerPermissions(
        details={each: _detail(question, each) for each in DETAILS},
        invoices=Permission(_no_invoices(question.configuration)),
        pay=Permission(next(_no_payment(question), None)),
        payment_methods=Permission(next(_no_methods(question), None)),
        subscriptions={each.id: subscription_acts(question, each) for each in question.account.subscriptions},
        start_again={each.id: _start_again(question, each) for each in question.ended},
    )


def subscription_acts(question: Question, subscription: Subscription) -> dict[str, Permission]:
    """What the customer may do with one subscription, by act."""
    all_of_it = _asked(question, subscription)
    return {
        "change_price": _part_of_change(question, subscription, "price"),
        "change_quantity": _part_of_change(question, subscription, "quantity"),
        "use_promotion_code": _code(question, all_of_it.change_plan),
        "cancel": all_of_it.cancel,
        "keep": all_of_it.keep,
        "undo_change": all_of_it.undo_change,
        "pause": all_of_it.pause,
        "move_pause": all_of_it.move_pause,
        "resume": all_of_it.resume,
    }


def _asked(question: Question, subscription: Subscription) -> SubscriptionPermissions:
    return permissions_of(
        question.actor,
        question.account,
        subscription,
        question.configuration,
        question.capabilities,
        question.terms,
        suspended=question.suspended,
        now=question.now,
    )


def _part_of_change(question: Question, subscription: Subscription, part: AllowedUpdate) -> Permission:
    """Whether the plan alone, or the quantity alone, can be changed to anything else.

    It is the whole permission of a configuration that allows nothing but this part.
    """
    configuration = question.configuration
    update = configuration.features.subscription_update
    if not update.enabled or not update.default_allowed_updates:
        return _asked(question, subscription).change_plan
    alone = replace(update, default_allowed_updates=(part,))
    only = replace(configuration, features=replace(configuration.features, subscription_update=alone))
    answer = _asked(replace(question, configuration=only), subscription).change_plan
    if answer.refusal is not None and answer.refusal.code != _NOTHING_ELSE:
        return answer
    if part not in update.default_allowed_updates:
        return Permission(_LEFT_OUT[part]())
    if answer.refusal is None or part == "price":
        return answer
    return Permission(_quantity_stays(question, subscription) or answer.refusal)


def _quantity_stays(question: Question, subscription: Subscription) -> Refusal | None:
    """Why the quantity of the present plan cannot be changed, where it is the configuration's doing."""
    price = question.terms.prices.get(subscription.items[0].price)
    offered = None if price is None else question.configuration.offered(price.product)
    if price is not None and (offered is None or price.id not in offered.prices):
        return plan_refusals.price_not_offered(price.id)
    if offered is not None and not offered.adjustable_quantity.enabled:
        return plan_refusals.quantity_not_adjustable()
    return None


def _code(question: Question, change: Permission) -> Permission:
    """A code is typed where a plan is changed."""
    update = question.configuration.features.subscription_update
    if not update.enabled or not change:
        return change
    if "promotion_code" not in update.default_allowed_updates:
        return Permission(codes_not_asked())
    if Capability.DISCOUNTS not in question.capabilities.can:
        return Permission(refusals.cannot(Capability.DISCOUNTS.value))
    return change


_NOTHING_ELSE = plan_refusals.nothing_else_offered().code
_LEFT_OUT = {"price": plan_refusals.price_not_adjustable, "quantity": plan_refusals.quantity_not_adjustable}


def _start_again(question: Question, ended: Subscription) -> Permission:
    account = replace(question.account, subscriptions=(*question.account.subscriptions, ended))
    return _permitted(replace(question, account=account), StartAgain(ended.id))


def _detail(question: Question, detail: AllowedDetail) -> Permission:
    touched: dict[str, Any] = {"tax_ids": ()} if detail == "tax_id" else {detail: None}
    return _permitted(question, UpdateBillingDetails(details=BillingDetails(**touched)))


def _permitted(question: Question, command: AccountCommand) -> Permission:
    return permitted(
        question.actor,
        question.account,
        question.configuration,
        question.capabilities,
        command,
        question.terms,
        suspended=question.suspended,
    )


def _no_invoices(configuration: PortalConfiguration) -> Refusal | None:
    return None if configuration.features.invoice_history.enabled else invoice_refusals.invoices_hidden()


def _no_payment(question: Question) -> Iterator[Refusal]:
    pays = question.account.customer.payment_methods or question.configuration.features.payment_method_update.enabled
    if not question.capabilities.payment_methods or not pays:
        yield payment_refusals.paid_by_transfer()
    barred = may_change(question.suspended).refusal
    if barred is not None:
        yield barred


def _no_methods(question: Question) -> Iterator[Refusal]:
    if not question.capabilities.payment_methods:
        yield payment_refusals.no_payment_methods()
    if not question.configuration.features.payment_method_update.enabled:
        yield payment_refusals.payment_methods_disabled()
    barred = may_change(question.suspended).refusal
    if barred is not None:
        yield barred


SETTINGS: Mapping[str, str] = {
    "subscription_update_disabled": "features[subscription_update][enabled]",
    "price_not_adjustable": "features[subscription_update][default_allowed_updates]",
    "quantity_not_adjustable": "features[subscription_update][default_allowed_updates]",
    "promotion_code_not_allowed": "features[subscription_update][default_allowed_updates]",
    "price_not_offered": "features[subscription_update][products]",
    "nothing_else_offered": "features[subscription_update][products]",
    "subscription_cancel_disabled": "features[subscription_cancel][enabled]",
    "no_other_pause_end": "features[subscription_pause][duration]",
    "subscription_pause_disabled": "features[subscription_pause][enabled]",
    "customer_update_disabled": "features[customer_update][enabled]",
    "detail_not_allowed": "features[customer_update][allowed_updates]",
    "invoice_history_disabled": "features[invoice_history][enabled]",
    "restart_disabled": "frontdesk[restart][enabled]",
    "payment_method_update_disabled": "features[payment_method_update][enabled]",
}
"""The setting of the configuration that would change a refusal, by its code. Others have causes outside of it."""


def setting_of(refusal: Refusal | None) -> str | None:
    """Which setting would have to be another, in the API's bracket notation; None where no setting would help."""
    return None if refusal is None else SETTINGS.get(refusal.code)
