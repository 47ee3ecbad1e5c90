"""What a card paid for an invoice goes back to it: asked for on a form, shown once more, and then done."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar, cast

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec import Struct

from frontdesk import invoices
from frontdesk.book import Invoice
from frontdesk.charges import Charge
from frontdesk.errors import Refused
from frontdesk.ids import IdSource
from frontdesk.payment_method_commands import RefundCharge
from frontdesk.refund_rules import charge_named
from frontdesk.refunds import RefundReason
from frontdesk.roles import Right
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.customers.acting import posted
from frontdesk_web.dashboard.customers.places import INVOICE, PLACE, invoice_path, read_owned
from frontdesk_web.dashboard.customers.refund_rows import REASONS
from frontdesk_web.dashboard.customers.refusal_words import staff_sentence
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.formatting import money
from frontdesk_web.messages import translate
from frontdesk_web.portal.answers import known_id
from frontdesk_web.portal.card_words import card_name
from frontdesk_web.portal.views import Field, Option
from frontdesk_web.site import Site
from frontdesk_web.typed_money import AmountUnclear, read_amount, typed_amount
from frontdesk_web.typed_text import one_line

REFUND = INVOICE + "/payments/{payment:str}/refund"


class RefundPage(Struct, frozen=True, kw_only=True):
    """The form; or, where `confirming` is the amount, that once more with what comes of it (`facts`)."""

    template: ClassVar[str] = "dashboard/customers/refund.html"
    csrf: str
    action: str
    back_text: str
    back_url: str
    title: str
    card: str
    left: str
    amount: Field
    reason: str
    reasons: tuple[Option, ...]
    error: str = ""
    confirming: str = ""
    facts: tuple[str, ...] = ()
    seen: str = ""
    changed: bool = False


class RefundForm(Struct, frozen=True, kw_only=True):
    """A refund as typed. `seen` is the version of the invoice that was confirmed."""

    amount: str = ""
    reason: str = ""
    seen: str = ""

    @classmethod
    def read(cls, fields: Mapping[str, str]) -> "RefundForm":
        """The form among the fields that were posted."""
        return cls(
            amount=one_line(fields.get("amount", ""))[:40],
            reason=fields.get("reason", "") if fields.get("reason") in REASONS else "",
            seen=one_line(fields.get("seen", ""))[:20],
        )

    def minor(self, charge: Charge, locale: str) -> tuple[int, str]:
        """The amount in minor units; or a sentence that says what is wrong with it."""
        try:
            amount = read_amount(self.amount, charge.currency, locale)
        except AmountUnclear as unclear:
            return 0, unclear.sentence
        if amount != int(amount):
            return 0, translate(locale, "Enter an amount without fractions of the smallest coin.")
        if not 0 < amount <= charge.left:
            left = money(charge.left, charge.currency, locale)
            return 0, translate(locale, "Enter an amount above zero, at most {left}.", left=left)
        return int(amount), ""


@get(REFUND, **needs(Right.BILL_CUSTOMERS))
async def ask_for_refund(
    request: AnyRequest,
    customer: FromPath[str],
    invoice: FromPath[str],
    payment: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """The form, filled in with all that is left."""
    _owner, found = await read_owned(site, visit, customer, invoice)
    charge = _charge(found, payment)
    if charge is None or not charge.left:
        return Redirect(invoice_path(visit, found), status_code=303)
    form = RefundForm(amount=typed_amount(Decimal(charge.left), charge.currency, visit.locale))
    return dashboard_page(request, site, visit, _page(visit, found, payment, charge, form), place=PLACE)


@post(REFUND, **needs(Right.BILL_CUSTOMERS))
async def refund_payment(
    request: AnyRequest,
    customer: FromPath[str],
    invoice: FromPath[str],
    payment: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """Show it once more; once that was confirmed, let it go back."""
    fields = await posted(request, site, visit)
    owner, found = await read_owned(site, visit, customer, invoice)
    charge, form, act = _charge(found, payment), RefundForm.read(fields), fields.get("act", "")
    if charge is None:
        return Redirect(invoice_path(visit, found), status_code=303)
    amount, wrong = form.minor(charge, visit.locale)
    if wrong or act == "edit":
        page = _page(visit, found, payment, charge, form, wrong)
        return dashboard_page(request, site, visit, page, place=PLACE, status=400 if wrong else 200)
    if act == "refund" and form.seen == str(found.version):
        command = RefundCharge(
            id=IdSource(visit.now)("re"),
            invoice=found.id,
            charge=charge.id,
            amount=amount,
            reason=cast(RefundReason, form.reason) if form.reason else None,
            by=visit.actor.id,
        )
        try:
            async with visit.desk(site, owner.id) as desk:
                await invoices.refund(desk, command)
        except Refused as refused:
            sentence = staff_sentence(refused.refusal, visit.locale)
            page = _page(visit, found, payment, charge, form, error=sentence)
            return dashboard_page(request, site, visit, page, place=PLACE, status=400)
        return Redirect(f"{invoice_path(visit, found)}?done=refunded", status_code=303)
    page = _page(visit, found, payment, charge, form, confirming=amount, changed=act == "refund")
    return dashboard_page(request, site, visit, page, place=PLACE)


def _charge(invoice: Invoice, payment: str) -> Charge | None:
    """The charge of a payment; None where no card paid it. Raises NotFoundException for what is no payment."""
    found = next((each for each in invoice.payments if each.id == known_id(payment)), None)
    if found is None:
        raise NotFoundException
    return None if found.charge is None else charge_named(invoice, found.charge)


def _page(
    visit: StaffVisit,
    invoice: Invoice,
    payment: str,
    charge: Charge,
    form: RefundForm,
    wrong: str = "",
    *,
    error: str = "",
    confirming: int = 0,
    changed: bool = False,
) -> RefundPage:
    locale, number = visit.locale, invoice.number or ""
    card = card_name(charge.brand or "unknown", charge.last4 or "", locale)
    none = Option(value="", text=translate(locale, "None"), selected=not form.reason)
    return RefundPage(
        csrf=visit.csrf,
        action=invoice_path(visit, invoice, "payments", payment, "refund"),
        back_text=translate(locale, "Invoice {number}", number=number),
        back_url=invoice_path(visit, invoice),
        title=translate(locale, "Refund a payment of invoice {number}", number=number),
        card=card,
        left=money(charge.left, charge.currency, locale),
        amount=Field(value=form.amount, error=wrong),
        reason=form.reason,
        reasons=(
            none,
            *(
                Option(value=each, text=translate(locale, words), selected=each == form.reason)
                for each, words in REASONS.items()
            ),
        ),
        error=error,
        confirming=money(confirming, charge.currency, locale) if confirming else "",
        facts=(
            translate(locale, "It goes back to {card}.", card=card),
            translate(locale, "A refund cannot be taken back."),
            translate(
                locale,
                "The invoice stays paid and says the same. Issue a credit note as well if what was billed is to be"
                " less: it can name this refund.",
            ),
        ),
        seen=str(invoice.version),
        changed=changed,
    )


routes: list[Any] = [ask_for_refund, refund_payment]
