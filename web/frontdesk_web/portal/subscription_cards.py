"""Subscriptions on the home page: what is paid, when, what can be done, and why not where it cannot."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from msgspec import Struct, field

from frontdesk.billing import Capabilities
from frontdesk.book import Account, Interval, Pause, Price, Subscription, SubscriptionItem, SubscriptionStatus, Terms
from frontdesk.desk import Actor
from frontdesk.errors import Refusal
from frontdesk.lines import full_amount
from frontdesk.permissions import Permission, permissions_of
from frontdesk.portal_configuration import PortalConfiguration
from frontdesk.possibilities import is_set_to_cancel
from frontdesk.pricing import in_currency, is_metered
from frontdesk.put_off import as_renewed, comes_at
from frontdesk.quoting import NextDue
from frontdesk_web.discount_words import held_phrases
from frontdesk_web.formatting import date_long, interval_phrase, listed, money
from frontdesk_web.messages import _, translate
from frontdesk_web.portal.trial_words import NoMethod, no_method_words
from frontdesk_web.portal.views import Badge, Tone
from frontdesk_web.portal.waiting_changes import waits_words
from frontdesk_web.price_words import REMEMBERED, quantity_words, rhythm_words
from frontdesk_web.product_images import own_path
from frontdesk_web.tax_words import plus_tax, taxes_on_top


class SubscriptionCard(Struct, frozen=True, kw_only=True):
    """A subscription on the home page.

    `total` is `€120.00 per month`, `prices` are what it is made of: `10 × €12.00 per seat`, or a line for each of
    several items. `status` is a word, `tone` its colour. `next_label` and `next_text` say what comes and when: "Renews
    on" and "1 December 2026, €120.00". `image_url` is a small picture of the product, empty where there is none.
    `planned` is a change that waits ("On 1 July 2026 it changes to Basic"), which a POST to `undo_action` takes back;
    one that waits for its payment is paid at `pay_url`.

    What can be done has an address: a page's, but `keep_action` takes a POST and is offered while a cancellation waits
    for the period's end. Why something cannot be done is among the `notes`; what the configuration does not offer is in
    neither.
    """

    name: str
    status: str
    tone: Tone
    total: str
    prices: tuple[str, ...] = ()
    image_url: str = ""
    description: str = ""
    next_label: str = ""
    next_text: str = ""
    change_url: str | None = None
    cancel_url: str | None = None
    pause_url: str | None = None
    resume_url: str | None = None
    move_pause_url: str | None = None
    start_again_url: str | None = None
    """Of one that has ended."""
    keep_action: str | None = None
    planned: str = ""
    undo_action: str | None = None
    pay_url: str | None = None
    method_url: str | None = None
    """Where a payment method is added that a trial lacks, or chosen; `method_way` is what that link says."""
    method_way: str = ""
    discounts: tuple[str, ...] = ()
    """What its next bills have: "25% off until 30 April 2027"."""
    taxes: tuple[str, ...] = ()
    """What comes on top of `total`: "+ VAT 19%"."""
    notes: tuple[str, ...] = ()


class PlanWords(Struct, frozen=True, kw_only=True):
    """What a card says of a plan, the same for everybody who has it."""

    name: str
    total: str
    prices: tuple[str, ...]
    image_url: str
    description: str


PlanKey = tuple[object, ...]
"""A plan and its reader: prices with quantities, currency, language."""
_MOST_PLANS = 1000
"""Plans of a side whose words are kept. What they are asked with comes from customers, who choose quantities."""
_SWITCHED_OFF = frozenset(
    {"subscription_update_disabled", "subscription_cancel_disabled", "subscription_pause_disabled", "side_suspended"}
)
"""Refusals for which nothing is shown at all: the tenant does not offer this, or the page says it once for all."""
_STATUSES: dict[SubscriptionStatus, tuple[str, Tone]] = {
    "active": (_("Active"), "success"),
    "trialing": (_("Trial"), "info"),
    "past_due": (_("Payment overdue"), "danger"),
    "unpaid": (_("Payment overdue"), "danger"),
    "incomplete": (_("Not started"), "warning"),
    "incomplete_expired": (_("Not started"), "neutral"),
    "paused": (_("Paused"), "neutral"),
    "canceled": (_("Ended"), "neutral"),
}


class CardReader(Struct, frozen=True, kw_only=True):
    """All that the cards of one account are made from. `base` is the portal's path, such as `/p/acme`; `public_id` is
    the side's, below which its images lie; `dues` are the account's `next_dues`; `now` is its time.

    `said` are words of plans that other cards of the side had, of the same prices and products."""

    base: str
    public_id: str
    locale: str
    actor: Actor
    account: Account
    terms: Terms
    dues: Mapping[str, NextDue]
    configuration: PortalConfiguration
    capabilities: Capabilities
    suspended: bool
    now: datetime
    said: dict[PlanKey, PlanWords] = field(default_factory=dict)

    def cards(self) -> tuple[SubscriptionCard, ...]:
        """A card for each subscription that has not ended."""
        return tuple([self._card(each) for each in self.account.subscriptions])

    def _card(self, subscription: Subscription) -> SubscriptionCard:
        allowed = permissions_of(
            self.actor,
            self.account,
            subscription,
            self.configuration,
            self.capabilities,
            self.terms,
            suspended=self.suspended,
            now=self.now,
        )
        terms, locale, address = self.terms, self.locale, f"{self.base}/subscriptions/{subscription.id}"
        ends, plan = is_set_to_cancel(subscription), self._plan(subscription)
        change_url = cancel_url = pause_url = resume_url = move_pause_url = keep_action = undo_action = pay_url = None
        method_url, method_way = None, ""
        planned = ""
        notes: list[str] = []
        if ends:
            # What is cancelled says how it can be kept, and needs no reasons beside that.
            keep_action = self._way(allowed.keep, f"{address}/keep", notes)
        else:
            change_url = self._way(allowed.change_plan, f"{address}/change", notes)
            if subscription.paused is None:
                # Staff know what their own backend cannot do.
                said = notes if self.actor.kind == "customer" else []
                pause_url = self._way(allowed.pause, f"{address}/pause", said)
            else:
                # What rests says how it goes on instead.
                resume_url = f"{address}/resume" if allowed.resume else None
                move_pause_url = f"{address}/pause-end" if allowed.move_pause else None
            cancel_url = self._way(allowed.cancel, f"{address}/cancel", notes)
            if subscription.awaits_change:
                planned = planned_words(subscription, terms, locale)
                undo_action = f"{address}/undo-change" if allowed.undo_change else None
                pay_url = None if self.suspended else self._pay_url(subscription)
            if subscription.without_method != "create_invoice":
                missing = self._no_method(subscription)
                if missing is not None:
                    planned = f"{missing.sentence} {planned}".rstrip()
                    method_url, method_way = missing.path and f"{self.base}{missing.path}", missing.way
        badge, (next_label, next_text) = badge_of(subscription.status, ends, locale), self._coming(subscription, ends)
        return SubscriptionCard(
            name=plan.name,
            status=badge.text,
            tone=badge.tone,
            total=plan.total,
            prices=plan.prices,
            image_url=plan.image_url,
            description=subscription.description or plan.description,
            next_label=next_label,
            next_text=next_text,
            change_url=change_url,
            cancel_url=cancel_url,
            pause_url=pause_url,
            resume_url=resume_url,
            move_pause_url=move_pause_url,
            keep_action=keep_action,
            planned=planned,
            undo_action=undo_action,
            pay_url=pay_url,
            method_url=method_url,
            method_way=method_way,
            discounts=() if ends else self._discounts(subscription),
            taxes=taxes_on_top(self.account.customer, subscription, terms, locale),
            notes=tuple(notes),
        )

    def _plan(self, subscription: Subscription) -> PlanWords:
        held = [(each.price, each.quantity) for each in subscription.items]
        key = (subscription.currency, self.locale, *held)
        plan = self.said.get(key)
        if plan is None:
            terms, single = self.terms, len(held) == 1
            plan = PlanWords(
                name=subscription_name(subscription, terms),
                total=total_phrase(subscription, terms, self.locale),
                prices=price_lines(subscription, terms, self.locale),
                image_url=self._image(subscription) if single else "",
                description=_description(subscription, terms) if single else "",
            )
            if len(self.said) < _MOST_PLANS:
                self.said[key] = plan
        return plan

    def _pay_url(self, subscription: Subscription) -> str | None:
        """Where a change is paid that waits for that, if this backend's invoices can be paid in the portal."""
        pays = self.capabilities.hosted_pages or self.capabilities.payment_methods
        pending = subscription.pending
        return None if pending is None or not pays else f"{self.base}/invoices/{pending.invoice}/pay"

    def _no_method(self, subscription: Subscription) -> NoMethod | None:
        """What a trial lacks to go on. Customers are shown the way to it, where there is one."""
        can_add = (
            self.actor.kind == "customer"
            and self.capabilities.payment_methods
            and self.configuration.features.payment_method_update.enabled
            and not self.suspended
        )
        return no_method_words(self.account.customer, subscription, self.locale, can_add=can_add)

    def _taxed_total(self, subscription: Subscription) -> str:
        text = total_phrase(subscription, self.terms, self.locale)
        return plus_tax(text, self.account.customer, subscription, self.terms, self.locale)

    def _discounts(self, subscription: Subscription) -> tuple[str, ...]:
        if not (subscription.discounts or self.account.customer.discount):
            return ()
        return held_phrases(self.account.customer, subscription, subscription.period_end, self.locale)

    def _image(self, subscription: Subscription) -> str:
        product = self.terms.products.get(self.terms.prices[subscription.items[0].price].product)
        return own_path(self.public_id, product.images) if product is not None and product.images else ""

    def _coming(self, subscription: Subscription, ends: bool) -> tuple[str, str]:
        if ends:
            return translate(self.locale, "Ends on"), date_long(end_of(subscription), self.locale)
        if subscription.paused is not None:
            return self._paused(subscription.paused)
        due = self.dues.get(subscription.id)
        if due is None:
            # Of what is not set to end that is a trial alone, where nobody has named a payment method.
            over = subscription.trial_end if subscription.status == "trialing" else None
            return ("", "") if over is None else (translate(self.locale, "Trial until"), date_long(over, self.locale))
        if subscription.status == "trialing":
            then = self._taxed_total(subscription)
            date = date_long(due.at, self.locale)
            return translate(self.locale, "Trial until"), translate(
                self.locale, "{date}, then {amount}", date=date, amount=then
            )
        amount = money(due.amount, subscription.currency, self.locale)
        return translate(self.locale, "Renews on"), listed((date_long(due.at, self.locale), amount), self.locale)

    def _paused(self, pause: Pause) -> tuple[str, str]:
        if pause.resumes_at is None:
            return translate(self.locale, "Paused since"), date_long(pause.since, self.locale)
        return translate(self.locale, "Paused until"), date_long(pause.resumes_at, self.locale)

    def _way(self, permission: Permission, url: str, notes: list[str]) -> str | None:
        """The address if this is permitted; if not, `notes` gets the sentence that says why."""
        refusal = permission.refusal
        if refusal is None:
            return url
        if refusal.code not in _SWITCHED_OFF:
            notes.append(sentence_of(refusal, self.locale))
        return None


def sentence_of(refusal: Refusal, locale: str) -> str:
    """A refusal's sentence for the customer, in their language."""
    return translate(locale, refusal.for_customer, **refusal.parameters)


def subscription_name(subscription: Subscription, terms: Terms) -> str:
    """What a customer calls a subscription: the names of its products."""
    return " + ".join([product_name(each, terms) for each in subscription.items])


def planned_words(subscription: Subscription, terms: Terms, locale: str) -> str:
    """A change that was put off: `Changes to Basic, €12.00 per month, on 1 July 2026`, or that waits for its payment;
    empty where none does."""
    if subscription.pending is not None:
        return waits_words(subscription, locale)
    if subscription.put_off is None:
        return ""
    after = as_renewed(subscription, terms, lambda prefix: prefix, comes_at(subscription))
    plan = listed((subscription_name(after, terms), total_phrase(after, terms, locale)), locale)
    date = date_long(comes_at(subscription), locale)
    return translate(locale, "On {date} it changes to {plan}.", date=date, plan=plan)


def price_lines(subscription: Subscription, terms: Terms, locale: str) -> tuple[str, ...]:
    """What the total is made of: `10 × €12.00 per seat`, or one line for each of several items, with its name."""
    phrases = [item_phrase(each, subscription.currency, terms, locale) for each in subscription.items]
    if len(phrases) == 1:
        return (phrases[0],) if phrases[0] else ()
    names = [product_name(each, terms) for each in subscription.items]
    return tuple([f"{name}: {phrase}" if phrase else name for name, phrase in zip(names, phrases, strict=True)])


def item_phrase(item: SubscriptionItem, currency: str, terms: Terms, locale: str) -> str:
    """`10 × €12.00 per seat`; empty where the total says it all: one unit without a name."""
    return quantity_phrase(in_currency(terms.prices[item.price], currency), item.quantity, terms, locale)


def quantity_phrase(price: Price, quantity: int, terms: Terms, locale: str) -> str:
    """`10 × €12.00 per seat` for a price in the currency that it is shown in; empty where the total says it all."""
    product = terms.products.get(price.product)
    label = product.unit_label if product is not None else None
    if label is None and quantity == 1 and not is_metered(price):
        return ""
    return quantity_words(price, quantity, label, locale)


def total_phrase(subscription: Subscription, terms: Terms, locale: str) -> str:
    """`€120.00 per month`: all items together."""
    currency, items, amount, metered = subscription.currency, subscription.items, 0, 0
    for each in items:
        price = terms.prices[each.price]
        amount += full_amount(price, each.quantity, currency)
        metered += is_metered(price)
    first = in_currency(terms.prices[items[0].price], currency)
    if metered == len(items):
        return rhythm_words(first, locale)
    phrase = period_phrase(first, amount, locale)
    return translate(locale, "{amount} plus use", amount=phrase) if metered else phrase


def period_phrase(price: Price, amount: int, locale: str) -> str:
    """An amount for each period of a price, in its currency: `€120.00 per month`."""
    if price.recurring is None:
        return money(amount, price.currency, locale)
    return _period_text(amount, price.currency, price.recurring.interval, price.recurring.interval_count, locale)


@lru_cache(maxsize=REMEMBERED)
def _period_text(amount: int, currency: str, interval: Interval, count: int, locale: str) -> str:
    return f"{money(amount, currency, locale)} {interval_phrase(interval, count, locale)}"


# There are few, and every card has one.
@lru_cache(maxsize=256)
def badge_of(status: SubscriptionStatus, ends: bool, locale: str) -> Badge:
    """A subscription's status in a word. `ends` says that it is set to end."""
    if ends:
        return Badge(translate(locale, "Ends soon"), "warning")
    word, tone = _STATUSES[status]
    return Badge(translate(locale, word), tone)


def end_of(subscription: Subscription) -> datetime:
    """When a subscription that is set to cancel ends."""
    return subscription.cancel_at or subscription.period_end


def product_name(item: SubscriptionItem, terms: Terms) -> str:
    product = terms.products.get(terms.prices[item.price].product)
    return product.name if product is not None else ""


def _description(subscription: Subscription, terms: Terms) -> str:
    product = terms.products.get(terms.prices[subscription.items[0].price].product)
    return (product.description or "") if product is not None else ""
