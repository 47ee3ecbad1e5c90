"""The pages about payment methods: all of them, adding one, what the bank asks, paying an invoice."""

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from msgspec import Struct

from frontdesk.book import Account, Invoice, Subscription, Terms
from frontdesk.payment_method_rules import charged, kept_for_plan, needing, paying_for
from frontdesk.payment_methods import PaymentMethod
from frontdesk.restarts import is_owed
from frontdesk.test_cards import CARDS, OFFERED
from frontdesk_web.formatting import money
from frontdesk_web.messages import translate
from frontdesk_web.portal.card_words import BEHAVIORS, card_name
from frontdesk_web.portal.method_words import detail_beside_badge, method_badge, method_detail, method_name
from frontdesk_web.portal.subscription_cards import sentence_of, subscription_name
from frontdesk_web.portal.views import Badge, Notice, Option
from frontdesk_web.portal.waiting_changes import named_waits_words, unpaid_words, waiting_for


class HeldMethod(Struct, frozen=True, kw_only=True):
    """A payment method that is kept. Without a `remove_url`, `reason` says why it stays. `badge` is of its expiry."""

    name: str
    detail: str
    is_default: bool
    default_url: str | None
    remove_url: str | None
    reason: str = ""
    badge: Badge | None = None


class PlanPayment(Struct, frozen=True, kw_only=True):
    """By which method a plan is paid; the first option is the default one."""

    name: str
    action: str
    field_id: str
    options: tuple[Option, ...]


class OwedInvoice(Struct, frozen=True, kw_only=True):
    """An invoice that can be paid now."""

    sentence: str
    pay_url: str


class MethodsPage(Struct, frozen=True, kw_only=True):
    """All payment methods of a customer. `add_url` None: none can be added."""

    template: ClassVar[str] = "portal/payment_methods.html"
    csrf: str
    back_url: str
    add_url: str | None
    methods: tuple[HeldMethod, ...]
    plans: tuple[PlanPayment, ...]
    owed: tuple[OwedInvoice, ...]
    notice: Notice | None = None


class CardChoice(Struct, frozen=True, kw_only=True):
    """A card to choose."""

    value: str
    name: str
    detail: str
    selected: bool = False


class AddMethodPage(Struct, frozen=True, kw_only=True):
    """Asks which test card is to be added. There is no field for a number anywhere. `for_plan` says that a change of
    the plan waits for it, to which it leads back."""

    template: ClassVar[str] = "portal/add_method.html"
    action: str
    csrf: str
    back_url: str
    choices: tuple[CardChoice, ...]
    error: str = ""
    for_plan: bool = False


class CheckoutPage(Struct, frozen=True, kw_only=True):
    """Asks which test card is to be added, of whoever came by the address of a checkout session."""

    template: ClassVar[str] = "portal/checkout.html"
    action: str
    csrf: str
    choices: tuple[CardChoice, ...]
    error: str = ""


class BankPage(Struct, frozen=True, kw_only=True):
    """What a bank would ask the holder of a card; `hidden` goes back with the answer."""

    template: ClassVar[str] = "portal/bank.html"
    action: str
    csrf: str
    name: str
    amount: str
    hidden: tuple[tuple[str, str], ...]


class PayPage(Struct, frozen=True, kw_only=True):
    """Asks by which method an invoice is paid, which is also the confirmation; posts `field`.

    `back_text` is said where the way back does not lead to the billing page. `planned` says that a change of the plan
    waits for it and until when, `otherwise` what comes if it is not paid by then; a POST to `undo_action` takes the
    change back.
    """

    template: ClassVar[str] = "portal/pay.html"
    action: str
    csrf: str
    back_url: str
    number: str
    amount: str
    choices: tuple[CardChoice, ...]
    add_url: str | None
    error: str = ""
    field: str = "method"
    lead: str = ""
    back_text: str = ""
    planned: str = ""
    otherwise: str = ""
    undo_action: str | None = None


def methods_page(
    account: Account,
    terms: Terms,
    base: str,
    locale: str,
    *,
    now: datetime,
    csrf: str,
    notice: Notice | None,
    allowed: bool,
) -> MethodsPage:
    """The page of an account. Where changing methods is not `allowed`, they are shown alone."""
    return MethodsPage(
        csrf=csrf,
        back_url=f"{base}/",
        add_url=f"{base}/payment-methods/add" if allowed else None,
        methods=tuple(_held(account, each, base, now, locale, allowed) for each in account.customer.payment_methods),
        plans=tuple(_plans(account, terms, base, locale)) if allowed else (),
        owed=tuple(owed_invoices(account, base, locale)),
        notice=notice,
    )


def owed_invoices(account: Account, base: str, locale: str) -> Iterator[OwedInvoice]:
    """The open invoices of an account, with the way to pay each."""
    for each in account.invoices:
        if is_owed(each):
            amount = money(each.amount_remaining, each.currency, locale)
            yield OwedInvoice(
                sentence=translate(
                    locale, "{amount} of invoice {number} is open.", amount=amount, number=each.number or ""
                ),
                pay_url=f"{base}/invoices/{each.id}/pay",
            )


def add_page(
    action: str, *, csrf: str, back_url: str, locale: str, chosen: str = "visa", error: str = "", for_plan: bool = False
) -> AddMethodPage:
    """The choice among the test cards; `for_plan`, for a change of a plan that was not paid."""
    return AddMethodPage(
        action=action,
        for_plan=for_plan,
        csrf=csrf,
        back_url=back_url,
        choices=card_choices(locale, chosen),
        error=error,
    )


def checkout_page(action: str, *, csrf: str, locale: str, chosen: str = "visa", error: str = "") -> CheckoutPage:
    """The choice among the test cards, on the page of a checkout session."""
    return CheckoutPage(action=action, csrf=csrf, choices=card_choices(locale, chosen), error=error)


def card_choices(locale: str, chosen: str) -> tuple[CardChoice, ...]:
    """The test cards, each with what it does."""
    return tuple(
        CardChoice(
            value=name,
            name=card_name(CARDS[name].brand, CARDS[name].last4, locale),
            detail=translate(locale, BEHAVIORS[name]),
            selected=name == chosen,
        )
        for name in OFFERED
    )


def pay_page(
    account: Account,
    invoice: Invoice,
    terms: Terms,
    base: str,
    locale: str,
    *,
    now: datetime,
    csrf: str,
    allowed: bool,
    chosen: str | None = None,
    error: str = "",
) -> PayPage:
    """How this invoice can be paid. `allowed` says whether methods can be added."""
    paying = paying_for(account, invoice)
    chosen = chosen or (None if paying is None else paying.id)
    methods, plan = account.customer.payment_methods, waiting_for(account, invoice)
    if methods and all(each.id != chosen for each in methods):
        chosen = methods[-1].id
    return PayPage(
        action=f"{base}/invoices/{invoice.id}/pay",
        csrf=csrf,
        back_url=f"{base}/",
        number=invoice.number or "",
        amount=money(invoice.amount_remaining, invoice.currency, locale),
        choices=tuple(
            CardChoice(
                value=each.id,
                name=method_name(each, locale),
                detail=method_detail(each, now, locale),
                selected=each.id == chosen,
            )
            for each in methods
        ),
        add_url=f"{base}/payment-methods/add" if allowed else None,
        error=error,
        planned="" if plan is None else named_waits_words(plan, subscription_name(plan, terms), locale),
        otherwise=unpaid_words(invoice, locale),
        undo_action=None if plan is None else f"{base}/subscriptions/{plan.id}/undo-change",
    )


def _held(account: Account, method: PaymentMethod, base: str, now: datetime, locale: str, allowed: bool) -> HeldMethod:
    is_default = account.customer.default_payment_method == method.id
    needed = needing(account, method.id) is not None
    path = f"{base}/payment-methods/{method.id}"
    return HeldMethod(
        name=method_name(method, locale),
        detail=detail_beside_badge(method, now, locale),
        is_default=is_default,
        default_url=f"{path}/default" if allowed and not is_default else None,
        remove_url=f"{path}/remove" if allowed and not needed else None,
        reason=sentence_of(kept_for_plan(account.customer, method.id), locale) if allowed and needed else "",
        badge=method_badge(method, now, locale),
    )


def _plans(account: Account, terms: Terms, base: str, locale: str) -> Iterator[PlanPayment]:
    """The plans that are charged. Which method pays can be chosen where there are two, or one of a plan's own."""
    methods = account.customer.payment_methods
    for each in charged(account.subscriptions):
        if len(methods) > 1 or each.default_payment_method is not None:
            yield PlanPayment(
                name=subscription_name(each, terms),
                action=f"{base}/subscriptions/{each.id}/payment-method",
                field_id=f"method-{each.id}",
                options=tuple(_options(account, each, locale)),
            )


def _options(account: Account, subscription: Subscription, locale: str) -> Iterator[Option]:
    methods = account.customer.payment_methods
    default = next((each for each in methods if each.id == account.customer.default_payment_method), None)
    own = subscription.default_payment_method
    if default is not None:
        text = translate(locale, "The default one ({card})", card=method_name(default, locale))
        yield Option(value="", text=text, selected=own is None)
    for each in methods:
        yield Option(value=each.id, text=method_name(each, locale), selected=own == each.id)
