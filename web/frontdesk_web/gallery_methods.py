"""Samples of payment methods: all of them, adding one, what a bank asks, paying an invoice by one, and where else they
are seen."""

from collections.abc import Iterator
from datetime import UTC, datetime

from msgspec.structs import replace

from frontdesk.method_kinds import PayPal, SepaDebit, UsBankAccount
from frontdesk.payment_methods import Card, PaymentMethod
from frontdesk.test_cards import CARDS
from frontdesk_web.gallery_billing import invoice, paid_invoice
from frontdesk_web.gallery_brands import CSRF, DUE, HERE, SHOP, Sample
from frontdesk_web.gallery_frames import Exhibit
from frontdesk_web.gallery_home import home
from frontdesk_web.pay import opened
from frontdesk_web.portal import done_views, home_views, invoice_views, payment_views, views
from frontdesk_web.portal.card_words import card_name
from frontdesk_web.portal.hosted_views import AWAITED, AddElsewherePage, LeavingOutPage, PayElsewherePage
from frontdesk_web.portal.method_views import (
    AddMethodPage,
    BankPage,
    CardChoice,
    HeldMethod,
    MethodsPage,
    OwedInvoice,
    PayPage,
    PlanPayment,
    add_page,
    card_choices,
    checkout_page,
)
from frontdesk_web.portal.method_words import method_detail, method_name
from frontdesk_web.portal.views import Badge

_HELD = ("visa", "amex", "authenticationRequired")
_EXPIRY = "12/2030"
NOW = datetime(2026, 11, 16, tzinfo=UTC)


def method_pages(sample: Sample) -> Iterator[Exhibit]:
    """Each page with its name."""
    yield from _all_of_them(sample)
    yield from _added(sample)
    yield from _paid_with(sample)
    yield Exhibit("home-cards", _home(sample))
    yield Exhibit("home-cards-expired", _home_expired(sample), "only customer")
    yield Exhibit("home-cards-none", _home_without(sample), "only customer")
    yield Exhibit("invoice-to-pay", _invoice(sample))
    yield from _by_link(sample)


def _all_of_them(sample: Sample) -> Iterator[Exhibit]:
    methods = _methods(sample)
    yield Exhibit("methods", methods)
    alone = sample.say("This card pays for your plan. Add another one before you remove it.")
    first = replace(methods.methods[0], reason=alone)
    failed = MethodsPage(
        csrf=CSRF, back_url=HERE, add_url=HERE, methods=(first,), plans=(), owed=(_owed(sample, 41), _owed(sample, 42))
    )
    yield Exhibit("methods-owed", failed, "only customer")
    yield Exhibit("methods-none", replace(failed, methods=(), owed=()), "only customer")
    over = replace(
        methods.methods[0],
        detail="",
        badge=Badge(sample.say("Expired {date}", date="10/2026"), "danger"),
    )
    soon = replace(
        methods.methods[1],
        detail=sample.say("Expires {date}", date="12/2026"),
        badge=Badge(sample.say("Expires soon"), "warning"),
    )
    yield Exhibit("methods-expiring", replace(methods, methods=(over, soon), notice=None, owed=()), "only customer")
    yield Exhibit("methods-kinds", _kinds(sample, methods), "only customer")
    fixed = tuple(replace(each, default_url=None, remove_url=None, reason="") for each in methods.methods)
    yield Exhibit("methods-fixed", replace(methods, methods=fixed, plans=(), notice=None, add_url=None))


def _added(sample: Sample) -> Iterator[Exhibit]:
    page = _add(sample)
    yield Exhibit("add-method", page)
    declined = sample.say("There is not enough money on this card for the payment. Use another one.")
    yield Exhibit("add-method-refused", _add(sample, "chargeDeclinedInsufficientFunds", declined))
    yield Exhibit("add-method-flow", replace(page, back_url=SHOP), "flow")
    unconfirmed = sample.say("You did not confirm at your bank, so nothing was added.")
    yield Exhibit("add-method-unconfirmed", _add(sample, "authenticationRequired", unconfirmed))
    yield Exhibit("bank-add", _bank("", ("card", "authenticationRequired")))
    elsewhere = AddElsewherePage(action=HERE, csrf=CSRF, back_url=HERE)
    yield Exhibit("add-elsewhere", elsewhere)
    awaited = replace(elsewhere, back_url=SHOP, notice=sample.say(AWAITED))
    yield Exhibit("add-elsewhere-flow", awaited, "flow")
    yield Exhibit("add-elsewhere-plan", replace(elsewhere, for_plan=True), "only customer")
    yield Exhibit("add-method-plan", replace(page, for_plan=True), "only customer")
    yield Exhibit("leaving-out", LeavingOutPage(url=HERE, host="pay.provider.example"))
    yield from _checkout(sample, declined)
    saved = done_views.DonePage(title=sample.say("Your payment method is saved"), sentences=(), home_url="")
    yield Exhibit("done-method", saved, "flow")


def _checkout(sample: Sample, declined: str) -> Iterator[Exhibit]:
    page = checkout_page(HERE, csrf=CSRF, locale=sample.locale)
    yield Exhibit("checkout", page, "flow")
    yield Exhibit("checkout-refused", replace(page, error=declined), "flow")
    over = sample.say("This page has expired. Go back to where you came from and begin again.")
    yield Exhibit("checkout-over", views.ErrorPage(status=403, sentence=over), "flow")
    yield Exhibit("bank-checkout", replace(_bank("", ("card", "visa")), hidden=()), "anybody")


def _paid_with(sample: Sample) -> Iterator[Exhibit]:
    page = PayPage(
        action=HERE,
        csrf=CSRF,
        back_url=HERE,
        number=sample.number(42),
        amount=_amount(sample),
        choices=tuple(
            CardChoice(value=each, name=_name(each), detail=_expires(sample), selected=each == _HELD[0])
            for each in _HELD
        ),
        add_url=HERE,
    )
    yield Exhibit("pay", page)
    declined = sample.say("The bank declined this card. Use another one, or ask your bank why.")
    yield Exhibit("pay-refused", replace(page, error=declined))
    unconfirmed = sample.say("You did not confirm at your bank, so nothing was paid.")
    yield Exhibit("pay-unconfirmed", replace(page, choices=page.choices[:1], add_url=None, error=unconfirmed))
    yield Exhibit("pay-none", replace(page, choices=()), "only customer")
    elsewhere = PayElsewherePage(
        action=HERE, csrf=CSRF, back_url=HERE, number=sample.number(42), amount=_amount(sample)
    )
    yield Exhibit("pay-elsewhere", elsewhere)
    told = {**_waits(sample), "undo_action": HERE}
    yield Exhibit("pay-elsewhere-plan", replace(elsewhere, **told), "only customer")
    yield Exhibit("pay-plan", replace(page, **told), "only customer")
    yield Exhibit("bank-pay", _bank(_amount(sample), ("method", _HELD[2])))


def _waits(sample: Sample) -> dict[str, str]:
    waits = sample.say("A change of {plan} waits for its payment until {date}.", plan="Team", date=sample.day(DUE))
    otherwise = sample.say(
        "If it is not paid by then, the change is dropped: your plan stays as it is, and this invoice is taken back."
    )
    return {"planned": waits, "otherwise": otherwise}


def _methods(sample: Sample) -> MethodsPage:
    needed = sample.say("This card pays for your plan. Make another one the default before you remove it.")
    held = tuple(
        HeldMethod(
            name=_name(each), detail=_expires(sample), is_default=False, default_url=HERE, remove_url=HERE, reason=""
        )
        for each in _HELD
    )
    return MethodsPage(
        csrf=CSRF,
        back_url=HERE,
        add_url=HERE,
        methods=(replace(held[0], is_default=True, default_url=None, remove_url=None, reason=needed), *held[1:]),
        plans=tuple(_plan(sample, place) for place in (0, 1)),
        owed=(_owed(sample, 42),),
        notice=views.Notice(tone="success", text=sample.say("Your default payment method was changed.")),
    )


def _kinds(sample: Sample, methods: MethodsPage) -> MethodsPage:
    """Methods that are no cards, with words that are as long as they come."""
    shown = (
        PaymentMethod(id="pm_1", created=NOW, means=SepaDebit(last4="3000", country="DE", through="bancontact")),
        PaymentMethod(id="pm_2", created=NOW, means=UsBankAccount(bank_name="Stripe Test Bank", last4="6789")),
        PaymentMethod(id="pm_3", created=NOW, means=PayPal(email="accounts-payable@ashfordlane-holdings.example")),
        PaymentMethod(
            id="pm_4",
            created=NOW,
            card=Card(brand="visa", last4="4242", exp_month=12, exp_year=2030, wallet="apple_pay"),
        ),
    )
    held = tuple(
        replace(
            methods.methods[1], name=method_name(each, sample.locale), detail=method_detail(each, NOW, sample.locale)
        )
        for each in shown
    )
    return replace(methods, methods=held, plans=(), owed=(), notice=None)


def _plan(sample: Sample, place: int) -> PlanPayment:
    default = sample.say("The default one ({card})", card=_name(_HELD[0]))
    own = tuple(views.Option(value=each, text=_name(each), selected=place == 1 and each == _HELD[1]) for each in _HELD)
    return PlanPayment(
        name=sample.plans[place][0],
        action=HERE,
        field_id=f"method-{place}",
        options=(views.Option(value="", text=default, selected=place == 0), *own),
    )


def _owed(sample: Sample, place: int) -> OwedInvoice:
    sentence = sample.say("{amount} of invoice {number} is open.", amount=_amount(sample), number=sample.number(place))
    return OwedInvoice(sentence=sentence, pay_url=HERE)


def _add(sample: Sample, chosen: str = "visa", error: str = "") -> AddMethodPage:
    shown = add_page("", csrf=CSRF, back_url=HERE, locale=sample.locale, chosen=chosen, error=error)
    return replace(shown, action=HERE)


def _bank(amount: str, hidden: tuple[str, str]) -> BankPage:
    return BankPage(action=HERE, csrf=CSRF, name=_name(_HELD[2]), amount=amount, hidden=(hidden,))


def _home(sample: Sample) -> home_views.HomePage:
    """A plan that is charged, whose last invoice is still to be paid."""
    page = home(sample)
    assert page.payment is not None
    lines = tuple(
        payment_views.MethodLine(name=_name(each), detail=_expires(sample), is_default=each == _HELD[0])
        for each in _HELD[:2]
    )
    due = sample.say(
        "{amount} is to be paid for invoice {number}.",
        amount=_amount(sample),
        number=sample.number(42),
    )
    paying = replace(page.payment, how=None, due=due, more="", methods=lines, methods_url=HERE, pay_url=HERE)
    return replace(page, payment=paying)


def _home_expired(sample: Sample) -> home_views.HomePage:
    page = _home(sample)
    assert page.payment is not None
    over = replace(
        page.payment.methods[0],
        detail="",
        badge=Badge(sample.say("Expired {date}", date="10/2026"), "danger"),
    )
    return replace(page, payment=replace(page.payment, due="", due_url=None, pay_url=None, methods=(over,)))


def _home_without(sample: Sample) -> home_views.HomePage:
    page = _home(sample)
    assert page.payment is not None
    return replace(page, payment=replace(page.payment, due="", due_url=None, pay_url=None, methods=(), credit=()))


def _invoice(sample: Sample) -> invoice_views.InvoicePage:
    sentence = sample.say("Please pay by {date}.", date=sample.day(DUE))
    return replace(invoice(sample), sentence=sentence, how_to_pay=None, pay_url=HERE)


def _by_link(sample: Sample) -> Iterator[Exhibit]:
    """What somebody sees who has the link to an invoice, and is not signed in."""
    bill = replace(invoice(sample), back_url="", sign_in_url=HERE, notes=("PO 4711, delivered to 41 Canal Row.",))
    yield Exhibit("invoice-linked", replace(bill, pay_url=HERE), "anybody")
    yield Exhibit("invoice-linked-plan", replace(bill, pay_url=HERE, **_waits(sample)), "anybody")
    thanks = views.Notice(tone="success", text=sample.say("Thank you. Your payment came in."))
    yield Exhibit("invoice-linked-paid", replace(paid_invoice(sample, bill), notice=thanks), "anybody")
    page = PayPage(
        action=HERE,
        csrf=CSRF,
        back_url=HERE,
        back_text=sample.say("Back to the invoice"),
        number=sample.number(42),
        amount=_amount(sample),
        field="card",
        lead=sample.say("These are test cards. No real card is asked for here, and no money moves."),
        choices=card_choices(sample.locale, "visa"),
        add_url=None,
    )
    yield Exhibit("pay-linked", page, "anybody")
    yield Exhibit("pay-linked-plan", replace(page, **_waits(sample)), "anybody")
    declined = sample.say("The bank declined this card. Use another one, or ask your bank why.")
    yield Exhibit("pay-linked-refused", replace(page, error=declined), "anybody")
    yield Exhibit("bank-linked", _bank(_amount(sample), ("card", _HELD[2])), "anybody")
    over = opened.InvoiceLinkOverPage(action=HERE, csrf=CSRF, sign_in_url=HERE)
    yield Exhibit("invoice-link-over", over, "anybody")
    yield Exhibit("invoice-link-sent", replace(over, sent=True), "anybody")
    yield Exhibit("invoice-link-often", replace(over, too_often=True), "anybody")


def _amount(sample: Sample) -> str:
    """What the sample's plan costs."""
    return sample.amount(sample.plans[1][2] * sample.quantity)


def _name(card: str) -> str:
    return card_name(CARDS[card].brand, CARDS[card].last4, "en")


def _expires(sample: Sample) -> str:
    return sample.say("Expires {date}", date=_EXPIRY)
