"""The home page's section about paying: what is due next, how it is paid, what comes then, and what credit there is."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime

from msgspec import Struct

from frontdesk.billing import Capabilities
from frontdesk.book import Customer
from frontdesk.quoting import NextDue
from frontdesk.statement_descriptors import transfer_reference
from frontdesk.transfer_codes import transfer_code
from frontdesk_tenants.home_reads import HomeFacts, InvoiceSummary, SideFacts
from frontdesk_web.balance_words import balance_sentences
from frontdesk_web.formatting import date_long, money
from frontdesk_web.messages import translate, translate_plural
from frontdesk_web.portal.customer_views import HowToPay, how_to_pay
from frontdesk_web.portal.method_words import detail_beside_badge, method_badge, method_name
from frontdesk_web.portal.transfer_marks import FIELD, PLACE, transfer_mark
from frontdesk_web.portal.views import Badge
from frontdesk_web.remembering import remembered


class MethodLine(Struct, frozen=True, kw_only=True):
    """A payment method on the home page. `badge` says that it has expired or is about to."""

    name: str
    detail: str
    is_default: bool
    badge: Badge | None = None


class PaymentSection(Struct, frozen=True, kw_only=True):
    """What is to be paid next and how. `due` is about the invoice that is due first, `due_url` its page; empty where
    that is past due, which the page says on top.

    `more` says how many others are open, `upcoming` what comes next, `credit` what is carried over; each with the page
    that says more, where there is one.
    """

    how: HowToPay | None = None
    due: str = ""
    due_url: str | None = None
    more: str = ""
    more_url: str | None = None
    upcoming: str = ""
    upcoming_url: str = ""
    credit: tuple[str, ...] = ()
    credit_url: str | None = None
    methods: tuple[MethodLine, ...] = ()
    methods_url: str | None = None
    """Their page, where there can be any."""
    pay_url: str | None = None
    """Where what is due first can be paid."""


def payment_section(
    facts: HomeFacts,
    side: SideFacts,
    dues: Collection[NextDue],
    base: str,
    now: datetime,
    locale: str,
    *,
    pays: bool = False,
    elsewhere: bool = False,
    movements: bool = True,
) -> PaymentSection | None:
    """The section; None where there is nothing to say. Pages of invoices are named only where customers see those.

    `dues` are the next ones of the subscriptions.

    `pays` says that there can be payment methods, by which invoices are paid here. `elsewhere` says that they are paid
    on pages of the backend's. `movements` says that it is known how the balance came about.
    """
    shows = side.configuration.features.invoice_history.enabled
    first = facts.unpaid[0] if facts.unpaid else None
    coming = first if first is None or not is_late(first, now) else None
    credit = balance_sentences(facts.customer.balances, locale)
    section = PaymentSection(
        how=_how(facts, side, first, base, locale),
        due="" if coming is None else _due(coming, locale),
        due_url=f"{base}/invoices/{coming.id}" if coming is not None and shows else None,
        # Those that are past due are on top of the page.
        more=_more(len(facts.unpaid) - (_late(facts.unpaid, now) if coming is None else 1), locale),
        more_url=f"{base}/invoices?status=open" if shows else None,
        upcoming=_upcoming(dues, first is None, locale),
        upcoming_url=f"{base}/upcoming",
        credit=credit,
        credit_url=f"{base}/balance" if shows and credit and movements else None,
        methods_url=f"{base}/payment-methods" if pays else None,
        methods=tuple(_methods(facts.customer, now, locale)) if pays else (),
        pay_url=f"{base}/invoices/{coming.id}/pay"
        if (pays or elsewhere) and coming is not None and not side.suspended
        else None,
    )
    says = pays or section.how is not None or section.due or section.upcoming or section.credit
    return section if says else None


def pays_here(facts: HomeFacts, side: SideFacts, capabilities: Capabilities) -> bool:
    """Whether there are payment methods, or customers may add them."""
    return capabilities.payment_methods and (
        side.configuration.features.payment_method_update.enabled or bool(facts.customer.payment_methods)
    )


def _how(facts: HomeFacts, side: SideFacts, first: InvoiceSummary | None, base: str, locale: str) -> HowToPay | None:
    """How invoices are paid: with the reference, and the code to scan, of the one that is due first."""
    if first is None or first.number is None:
        return how_to_pay(side.settings, facts.subscriptions, locale)
    reference, seller = transfer_reference(first.number, first.statement_descriptor), side.settings.seller
    told = transfer_code(
        name=seller.account_holder,
        iban=seller.iban,
        bic=seller.bic,
        amount=first.left,
        currency=first.currency,
        reference=reference,
    )
    code = ""
    if told is not None:
        code = f"{base}/invoices/{first.id}/{PLACE}?{FIELD}={transfer_mark(told)}"
    return how_to_pay(side.settings, facts.subscriptions, locale, reference, code)


def _methods(customer: Customer, now: datetime, locale: str) -> Iterator[MethodLine]:
    """The payment methods, the default one first."""
    held = customer.payment_methods
    for each in sorted(held, key=lambda each: each.id != customer.default_payment_method):
        yield MethodLine(
            name=method_name(each, locale),
            detail=detail_beside_badge(each, now, locale),
            is_default=each.id == customer.default_payment_method,
            badge=method_badge(each, now, locale),
        )


def is_late(invoice: InvoiceSummary, now: datetime) -> bool:
    """Whether it is past due."""
    return invoice.due_date is not None and invoice.due_date < now


def _late(unpaid: Sequence[InvoiceSummary], now: datetime) -> int:
    return sum([is_late(each, now) for each in unpaid])


def _due(first: InvoiceSummary, locale: str) -> str:
    amount, number = money(first.left, first.currency, locale), first.number or ""
    if first.due_date is None:
        return translate(locale, "{amount} is to be paid for invoice {number}.", amount=amount, number=number)
    day = date_long(first.due_date, locale)
    return translate(locale, "{amount} for invoice {number} is due on {date}.", amount=amount, number=number, date=day)


# Of these two there are few, and nearly every page says one.
@remembered(1024)
def _more(others: int, locale: str) -> str:
    if others < 1:
        return ""
    return translate_plural(locale, "{number} more invoice is open.", "{number} more invoices are open.", others)


@remembered(1024)
def _comes_on(day: date, nothing_open: bool, locale: str) -> str:
    shown = date_long(day, locale)
    if nothing_open:
        return translate(locale, "Nothing is to be paid now. The next invoice comes on {date}.", date=shown)
    return translate(locale, "The next invoice comes on {date}.", date=shown)


def _upcoming(dues: Collection[NextDue], nothing_open: bool, locale: str) -> str:
    """When the next invoice comes."""
    return _comes_on(min([each.at for each in dues]).date(), nothing_open, locale) if dues else ""
