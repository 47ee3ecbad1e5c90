"""What may be done, decided in one place.

Who acts, the portal configuration, the backend's capabilities and the account's state go in; yes, or a refusal that
says why, comes out. Pages, API and dashboard show the same answer. The configuration binds customers only; everybody
is bound by what is possible. Where we part from Stripe (portal_spec.md §C.2):

* subscriptions paid by invoice, of several items, or billed by use can be changed (§H 4 to 6;
  `frontdesk.customers_plans`);
* two prices whose tax behavior is `unspecified` may replace each other: nothing is taxed differently, and a tenant
  who never thought of taxes would otherwise have a portal without a plan page (§H 19). Prices that differ may not.

While a side is suspended nothing is permitted but what `frontdesk.suspension` leaves to customers.

A subscription that is set to cancel cannot be changed, as in Stripe: the customer keeps it first. Otherwise a change
of interval would move the end that they were promised.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import TypeVar

from msgspec import UNSET, Struct
from msgspec.structs import asdict, replace

from frontdesk import (
    cancellation_refusals,
    details_refusals,
    pause_refusals,
    plan_refusals,
    refusals,
    suspension_refusals,
)
from frontdesk.billing import Capabilities
from frontdesk.book import Account, Subscription, Terms
from frontdesk.commands import (
    AccountCommand,
    BillingDetails,
    CancelSubscription,
    ChangePlan,
    ExplainCancellation,
    KeepSubscription,
    MoveResumption,
    PauseSubscription,
    ResumeSubscription,
    StartAgain,
    TakeOffer,
    UndoPlanChange,
    UpdateBillingDetails,
)
from frontdesk.customers_plans import billed_as_configured, choice_bars, discount_bars, plan_bars
from frontdesk.desk import Actor
from frontdesk.errors import Refusal, Refused
from frontdesk.offers import offers_something_else
from frontdesk.pause_ends import ends, other_ends
from frontdesk.payment_method_commands import ChargeInvoice, PaymentMethodCommand
from frontdesk.payment_method_rules import method_bars, paying_method
from frontdesk.portal_configuration import PortalConfiguration
from frontdesk.possibilities import impossible, is_set_to_cancel
from frontdesk.restarts import restart_bars
from frontdesk.suspension import OPEN_TO_CUSTOMERS
from frontdesk.trial_ends import rests_after_trial

Asked = TypeVar("Asked", bound=AccountCommand)


class Permission(Struct, frozen=True):
    """Yes, or the refusal that says why not. It is true where the answer is yes."""

    refusal: Refusal | None = None

    def __bool__(self) -> bool:
        return self.refusal is None

    def or_refuse(self) -> None:
        """Raises Refused where the answer is no."""
        if self.refusal is not None:
            raise Refused(self.refusal)


class SubscriptionPermissions(Struct, frozen=True, kw_only=True):
    """What an actor may do with one subscription of an account, for the buttons of a page or the reasons why there are
    none. Each answer is worked out when it is asked for: a page shows few of them. `now` is the account's time.
    """

    actor: Actor
    account: Account
    subscription: Subscription
    configuration: PortalConfiguration
    capabilities: Capabilities
    terms: Terms
    suspended: bool
    now: datetime

    @property
    def change_plan(self) -> Permission:
        """Whether there is anything else that the plan could be changed to."""
        subscription, configuration = self.subscription, self.configuration
        if self.suspended:
            return may_change(self.suspended)
        if subscription.paused is not None:
            return Permission(pause_refusals.is_paused(subscription.id))
        if self.actor.kind != "customer":
            return Permission()
        barred = next(plan_bars(subscription, configuration), None)
        if barred is None and not offers_something_else(subscription, configuration, self.capabilities, self.terms):
            barred = plan_refusals.nothing_else_offered()
        return Permission(barred)

    @property
    def cancel(self) -> Permission:
        """Whether it can be cancelled."""
        return self._ask(CancelSubscription(subscription=self.subscription.id))

    @property
    def keep(self) -> Permission:
        """Whether its cancellation can be taken back."""
        return self._ask(KeepSubscription(subscription=self.subscription.id))

    @property
    def undo_change(self) -> Permission:
        """Whether a change that was put off can be taken back."""
        return self._ask(UndoPlanChange(subscription=self.subscription.id))

    @property
    def pause(self) -> Permission:
        """Whether it can rest."""
        return self._ask(PauseSubscription(subscription=self.subscription.id))

    @property
    def move_pause(self) -> Permission:
        """Whether its pause can end at another time."""
        end = _moved(self.subscription, self.configuration, self.now)
        return self._ask(MoveResumption(subscription=self.subscription.id, resumes_at=end))

    @property
    def resume(self) -> Permission:
        """Whether its pause can end now."""
        return self._ask(ResumeSubscription(subscription=self.subscription.id))

    def _ask(self, command: AccountCommand) -> Permission:
        asked = as_configured(self.actor, self.configuration, command, self.account, self.terms)
        return permitted(
            self.actor,
            self.account,
            self.configuration,
            self.capabilities,
            asked,
            self.terms,
            suspended=self.suspended,
        )


def permitted(
    actor: Actor,
    account: Account | None,
    configuration: PortalConfiguration,
    capabilities: Capabilities,
    command: AccountCommand,
    terms: Terms,
    *,
    suspended: bool,
) -> Permission:
    """Whether the actor may have this command carried out on the account, as it stands.

    `account` is None only for `CreateCustomer`. A customer's command is first made what the configuration says of
    it: `as_configured`. `suspended` says that the side is.
    """
    if suspended and not (actor.kind == "customer" and isinstance(command, OPEN_TO_CUSTOMERS)):
        return may_change(suspended)
    if actor.kind == "customer":
        barred = _customer_bar(actor, account, configuration, command, terms)
        if barred is not None:
            return Permission(barred)
    return Permission(impossible(account, command, capabilities, terms))


def may_change(suspended: bool) -> Permission:
    """Whether anybody may change anything of a side beside accounts: its catalogue, its settings, its look."""
    return Permission(suspension_refusals.side_suspended() if suspended else None)


def as_configured(
    actor: Actor, configuration: PortalConfiguration, command: Asked, account: Account | None, terms: Terms
) -> Asked:
    """The command as the actor may give it: when a customer's change comes and how it is billed is the
    configuration's to say.

    Whatever a browser sent for these fields is overwritten. Other actors' commands stay as they are.
    """
    if actor.kind != "customer":
        return command
    features = configuration.features
    # In the order of how often they are asked about, as below.
    if isinstance(command, CancelSubscription):
        cancel = features.subscription_cancel
        now = cancel.mode == "immediately"
        return replace(
            command,
            when="now" if now else "period_end",
            at=None,
            prorate=now and cancel.proration_behavior == "create_prorations",
            invoice_now=False,
        )
    if isinstance(command, PauseSubscription):
        # What is left of the paid period is given back, on the next invoice: nobody pays for time to rest.
        return replace(command, credit_from="now", invoice_now=False)
    if isinstance(command, ChangePlan):
        return replace(command, **billed_as_configured(command, features.subscription_update, account, terms))
    return command


def permissions_of(
    actor: Actor,
    account: Account,
    subscription: Subscription,
    configuration: PortalConfiguration,
    capabilities: Capabilities,
    terms: Terms,
    *,
    suspended: bool,
    now: datetime,
) -> SubscriptionPermissions:
    """What the actor may do with a subscription of the account. `now` is the account's time."""
    return SubscriptionPermissions(
        actor=actor,
        account=account,
        subscription=subscription,
        configuration=configuration,
        capabilities=capabilities,
        terms=terms,
        suspended=suspended,
        now=now,
    )


# -- what binds customers ---------------------------------------------------------------------------------------------


def _customer_bar(
    actor: Actor, account: Account | None, configuration: PortalConfiguration, command: AccountCommand, terms: Terms
) -> Refusal | None:
    """What keeps customers from giving a command, the first where there is more; None where nothing does."""
    features = configuration.features
    # In the order of how often they are asked about: every card of the home page asks about the first two.
    match command:
        case CancelSubscription():
            return _cancel_bar(account, command, configuration)
        case PauseSubscription():
            return None if features.subscription_pause.enabled else pause_refusals.pause_disabled()
        case UpdateBillingDetails(details=details):
            return next(_detail_bars(actor, details, configuration), None)
        case ChangePlan():
            return next(_change_bars(actor, account, command, configuration, terms), None)
        case KeepSubscription() | TakeOffer():
            return _ending_bar(configuration)
        case StartAgain(subscription=id):
            ended = None if account is None else account.subscription(id)
            return next(restart_bars(account, ended, configuration, terms), None)
        case ChargeInvoice():
            return None
        case _ if isinstance(command, PaymentMethodCommand):
            return next(method_bars(account, command, features.payment_method_update.enabled), None)
        case UndoPlanChange():
            return None if features.subscription_update.enabled else plan_refusals.update_disabled()
        case MoveResumption():
            return next(_move_bars(account, command, configuration), None)
        case ResumeSubscription():
            return _resume_bar(account, command, configuration)
        case ExplainCancellation():
            return _ending_bar(configuration) or next(_explanation_bars(command, configuration), None)
        case _:
            return refusals.not_for_customers(type(command).__name__)


def _resume_bar(
    account: Account | None, command: ResumeSubscription, configuration: PortalConfiguration
) -> Refusal | None:
    """A pause that the trial's end brought about is over as soon as there is something to charge."""
    subscription = account and account.subscription(command.subscription)
    if account and subscription:
        if rests_after_trial(subscription):
            lacking = paying_method(account.customer, subscription) is None
            return pause_refusals.method_first() if lacking else None
        if _chose(subscription):
            return None
    return None if configuration.features.subscription_pause.enabled else pause_refusals.pause_disabled()


def _cancel_bar(
    account: Account | None, command: CancelSubscription, configuration: PortalConfiguration
) -> Refusal | None:
    barred = _ending_bar(configuration)
    if barred is not None:
        return barred
    subscription, details = account and account.subscription(command.subscription), command.details
    if subscription and is_set_to_cancel(subscription):
        return cancellation_refusals.already_set_to_cancel(subscription.id)
    if details.feedback or details.comment:
        return next(_reason_bars(details.feedback, configuration), None)
    return None


def _ending_bar(configuration: PortalConfiguration) -> Refusal | None:
    return None if configuration.features.subscription_cancel.enabled else cancellation_refusals.cancel_disabled()


def _change_bars(
    actor: Actor, account: Account | None, command: ChangePlan, configuration: PortalConfiguration, terms: Terms
) -> Iterator[Refusal]:
    yield from discount_bars(actor, command, configuration)
    subscription = account and account.subscription(command.subscription)
    if subscription:
        yield from plan_bars(subscription, configuration)
        yield from choice_bars(subscription, command, configuration, terms)


def _move_bars(
    account: Account | None, command: MoveResumption, configuration: PortalConfiguration
) -> Iterator[Refusal]:
    feature, end = configuration.features.subscription_pause, command.resumes_at
    if not feature.enabled:
        yield pause_refusals.pause_disabled()
    subscription = account and account.subscription(command.subscription)
    pause = subscription.paused if subscription else None
    if pause is not None and (end == pause.resumes_at or end not in ends(feature.duration, pause.since)):
        yield pause_refusals.no_other_pause_end()


def _detail_bars(actor: Actor, details: BillingDetails, configuration: PortalConfiguration) -> Iterator[Refusal]:
    feature = configuration.features.customer_update
    touched = [field for field, value in asdict(details).items() if value is not UNSET]
    if "email" in touched and actor.source != "api_session":
        yield details_refusals.email_fixed()
    if not feature.enabled:
        yield details_refusals.details_disabled()
    for field in touched:
        if {"tax_ids": "tax_id"}.get(field, field) not in feature.allowed_updates:
            yield details_refusals.detail_not_allowed(field)


def _chose(subscription: Subscription) -> bool:
    """Whether the pause is one that the customer took as an offer to stay."""
    return subscription.paused is not None and subscription.paused.since == subscription.offer_taken_at


def _moved(subscription: Subscription, configuration: PortalConfiguration, now: datetime) -> datetime | None:
    """An end that the pause could be moved to, its own where there is no other."""
    pause = subscription.paused
    if pause is None:
        return None
    others = other_ends(pause, configuration.features.subscription_pause.duration, now)
    return others[0] if others else pause.resumes_at


def _explanation_bars(command: ExplainCancellation, configuration: PortalConfiguration) -> Iterator[Refusal]:
    yield from _reason_bars(command.feedback, configuration)
    asked, option = configuration.features.subscription_cancel.cancellation_reason, command.feedback_option
    if option is not None and option not in asked.feedback_options:
        yield cancellation_refusals.reason_unknown(option[:40])


def _reason_bars(feedback: str | None, configuration: PortalConfiguration) -> Iterator[Refusal]:
    asked = configuration.features.subscription_cancel.cancellation_reason
    if not asked.enabled:
        yield cancellation_refusals.reason_not_asked()
    if feedback is not None and feedback not in asked.options:
        yield cancellation_refusals.reason_unknown(feedback[:40])
