"""Letters about what happened: the plan changed, a subscription ends or ended, an invoice was issued.

They are written when they are sent, from the book as it is then. Nobody gets one without an e-mail address, and none is
sent about nothing: no invoice over zero, no word to an account that was closed.
"""

import logging
from urllib.parse import quote
from uuid import UUID

from frontdesk.book import CreditNote, Customer, Invoice, Subscription
from frontdesk.channels import Letter
from frontdesk.events import (
    CancellationScheduled,
    CreditNoteIssued,
    Event,
    InvoiceFinalized,
    InvoiceLinkAsked,
    InvoicePaid,
    InvoiceReminded,
    InvoiceSent,
    LinkSent,
    OfferTaken,
    PaymentFailed,
    PlanChanged,
    RefundFailed,
    RefundMade,
    ResumptionMoved,
    SubscriptionCanceled,
    SubscriptionPaused,
    SubscriptionResumed,
    TrialWillEnd,
    WaitingActRefused,
)
from frontdesk.invoice_links import has_page
from frontdesk.lateness import is_awaited
from frontdesk.receipts import receipt_of, settling_payment
from frontdesk_tenants import configurations, listings
from frontdesk_tenants.announcements import announce, read_event
from frontdesk_tenants.database import SideTransaction, clock
from frontdesk_tenants.directory import Side
from frontdesk_tenants.invoice_reads import notes_of
from frontdesk_web.formatting import date_long, interval_name, listed, money, number
from frontdesk_web.invoice_links import invoice_path, invoice_token
from frontdesk_web.invoice_words import how_to_pay, line_views, payment_sentence, totals
from frontdesk_web.languages import spoken
from frontdesk_web.letter_views import (
    InvoiceLetter,
    LetterFrame,
    PauseEndingLetter,
    PlanChangedLetter,
    PlanNewsLetter,
    PortalLinkLetter,
    SubscriptionCancelledLetter,
    TrialEndingLetter,
)
from frontdesk_web.letters.failed_payment import failed_letter
from frontdesk_web.letters.papers import credit_note_letter, link_letter, receipt_letter
from frontdesk_web.letters.plan_news import PlanNews, news_of
from frontdesk_web.letters.post import deliver, frame_of, write
from frontdesk_web.letters.refund_news import refund_told
from frontdesk_web.letters.refused import refusal_told
from frontdesk_web.letters.reminder import reminder_letter
from frontdesk_web.letters.time_sentences import last_bill_words, resumed_sentences, trial_sentences
from frontdesk_web.links import login_link
from frontdesk_web.messages import translate
from frontdesk_web.reminder_words import text_of
from frontdesk_web.rendering import Page
from frontdesk_web.site import Site

SEND_LETTER = "send_letter"
"""The job that writes and sends the letter of an event. Apart from announcing, so that it can be repeated alone."""
TOLD = (
    *(PlanChanged, CancellationScheduled, SubscriptionCanceled, SubscriptionPaused, ResumptionMoved),
    *(SubscriptionResumed, OfferTaken, TrialWillEnd, LinkSent, InvoiceLinkAsked, WaitingActRefused),
    *(InvoiceFinalized, InvoiceSent, InvoiceReminded, InvoicePaid, PaymentFailed, CreditNoteIssued),
    *(RefundMade, RefundFailed),
)
"""Events that a customer gets a letter about."""
log = logging.getLogger("frontdesk.letters")


async def after_event(site: Site, tenant_id: UUID, event_id: str) -> None:
    """Tell the plugins, then see to the letter."""
    event = await announce(site.tenancy, tenant_id, event_id)
    if isinstance(event, TOLD):
        async with site.tenancy.database.side(tenant_id) as connection:
            await site.tenancy.jobs.enqueue(connection, SEND_LETTER, tenant_id, event_id)


async def send_letter(site: Site, tenant_id: UUID, event_id: str) -> None:
    """Write the letter of an event and hand it over. A second copy has the same Message-ID.

    Raises:
        Unavailable: not now; run the job again later.
        Misconfigured: no channel of the side can carry letters.
    """
    door = await site.tenancy.door(tenant_id)
    async with site.tenancy.at(door) as (connection, side):
        event = await read_event(connection, event_id)
        letter = None if event is None else await letter_of(site, side, connection, event, event_id)
    if event is None or letter is None:
        return
    delivery = await deliver(site, door, letter, event.customer)
    if delivery.outcome != "accepted":
        log.warning(
            "letter not taken",
            extra={"tenant": str(tenant_id), "message_id": letter.message_id, "outcome": delivery.outcome},
        )


async def letter_of(site: Site, side: Side, connection: SideTransaction, event: Event, event_id: str) -> Letter | None:
    """The letter about an event; None where none is written of it, or there is nobody to write to."""
    customer: Customer | None = await listings.find(connection, "customer", event.customer)
    if customer is None or customer.deleted or not customer.email:
        return None
    locale = locale_of(customer, side)
    writing = _Writing(site, side, connection, customer, locale)
    view = await writing.view_of(event)
    if view is None:
        return None
    purpose = str(type(event).__struct_config__.tag)
    return write(site, side, view, to=customer.email, locale=locale, event_id=event_id, purpose=purpose)


def locale_of(customer: Customer, side: Side) -> str:
    """The language to write in: the first of the customer's that we speak, else the tenant's."""
    return next((ours for each in customer.preferred_locales if (ours := spoken(each))), side.locale)


def invoice_letter(frame: LetterFrame, name: str, invoice: Invoice, side: Side, invoice_url: str) -> InvoiceLetter:
    """The letter that carries an invoice; its language is that of the frame."""
    paid, locale = invoice.status == "paid", frame.locale
    return InvoiceLetter(
        frame=frame,
        customer=name,
        number=invoice.number or "",
        amount=money(invoice.amount_due, invoice.currency, locale),
        sentence=translate(locale, "It is already paid. Thank you.") if paid else payment_sentence(invoice, locale),
        lines=line_views(invoice, locale),
        totals=totals(invoice, locale),
        invoice_url=invoice_url,
        how_to_pay=() if paid else how_to_pay(side.settings, invoice, locale),
    )


class _Writing:
    """One letter while it is being written."""

    def __init__(self, site: Site, side: Side, connection: SideTransaction, customer: Customer, locale: str) -> None:
        self._site = site
        self._side = side
        self._connection = connection
        self._customer = customer
        self._locale = locale
        self._frame = frame_of(site, side, locale)

    async def view_of(self, event: Event) -> Page | None:
        match event:
            case PlanChanged():
                return await self._plan_changed(event)
            case CancellationScheduled() | SubscriptionCanceled():
                return await self._cancelled(event)
            case InvoiceFinalized(quiet=True):
                return None
            case InvoiceFinalized() | InvoiceSent():
                return await self._invoice(event)
            case InvoicePaid():
                return await self._receipt(event)
            case CreditNoteIssued(quiet=True):
                return None
            case CreditNoteIssued():
                return await self._credit_note(event)
            case RefundMade() | RefundFailed():
                return await self._refund(event)
            case InvoiceReminded():
                return await self._reminder(event)
            case PaymentFailed():
                return await self._payment_failed(event)
            case TrialWillEnd():
                return await self._trial_ending(event)
            case SubscriptionResumed():
                return await self._resumed(event)
            case SubscriptionPaused() | ResumptionMoved() | OfferTaken():
                return await self._plan_news(event)
            case LinkSent():
                return await self._link()
            case InvoiceLinkAsked():
                return await self._fresh_link(event)
            case WaitingActRefused():
                return await self._refused(event)
        return None

    async def _link(self) -> Page:
        return PortalLinkLetter(
            frame=self._frame,
            customer=self._name(),
            email=self._customer.email or "",
            portal_url=await self._portal_url(),
        )

    async def _plan_changed(self, event: PlanChanged) -> Page | None:
        old, new = await self._plans(event.before, event.after)
        if old == new:
            return None
        day = date_long(event.at.date(), self._locale)
        return PlanChangedLetter(
            frame=self._frame,
            customer=self._name(),
            old=old,
            new=new,
            sentences=(translate(self._locale, "The change took effect on {date}.", date=day),),
            portal_url=await self._portal_url(),
        )

    async def _cancelled(self, event: CancellationScheduled | SubscriptionCanceled) -> Page | None:
        subscription: Subscription | None = await listings.find(self._connection, "subscription", event.subscription)
        if subscription is None:
            return None
        items = tuple((each.price, each.quantity) for each in subscription.items)
        plan, _ = await self._plans(items, items)
        if isinstance(event, CancellationScheduled):
            if subscription.cancel_at is None:
                # Taken back before the letter was written: it would only alarm.
                return None
            day = date_long(event.ends.date(), self._locale)
            sentences = (
                translate(self._locale, "Your plan stays as it is until {date}, then it ends.", date=day),
                await last_bill_words(self._connection, self._side, event, self._locale),
            )
        else:
            day = date_long(event.at.date(), self._locale)
            sentences = (
                translate(self._locale, "Your plan ended on {date}.", date=day),
                translate(self._locale, "It ended because an invoice was not paid. That invoice stays open.")
                if subscription.cancellation.reason == "payment_failed"
                else translate(self._locale, "Nothing more is charged."),
            )
        return SubscriptionCancelledLetter(
            frame=self._frame,
            customer=self._name(),
            plan=plan,
            sentences=sentences,
            portal_url=await self._portal_url(),
            can_be_kept=isinstance(event, CancellationScheduled) and not self._side.suspended,
        )

    async def _invoice(self, event: InvoiceFinalized | InvoiceSent) -> Page | None:
        invoice: Invoice | None = await listings.find(self._connection, "invoice", event.invoice)
        if invoice is None or not invoice.amount_due or invoice.status not in ("open", "paid", "uncollectible"):
            return None
        return invoice_letter(self._frame, self._name(), invoice, self._side, await self._page_url(invoice))

    async def _receipt(self, event: InvoicePaid) -> Page | None:
        """For the payment that settled an invoice, where the business wants that."""
        invoice: Invoice | None = await listings.find(self._connection, "invoice", event.invoice)
        if invoice is None or not self._side.settings.send_receipts:
            return None
        notes = await notes_of(self._connection, invoice.customer, invoice.id)
        settled = settling_payment(invoice, notes)
        receipt = None if settled is None else receipt_of(invoice, notes, settled)
        if receipt is None:
            return None
        return receipt_letter(self._frame, self._name(), receipt, invoice, await self._portal_url())

    async def _credit_note(self, event: CreditNoteIssued) -> Page | None:
        note: CreditNote | None = await listings.find(self._connection, "credit note", event.credit_note)
        invoice: Invoice | None = await listings.find(self._connection, "invoice", event.invoice)
        if note is None or invoice is None or note.status == "void":
            return None
        return credit_note_letter(self._frame, self._name(), note, invoice, await self._portal_url())

    async def _refund(self, event: RefundMade | RefundFailed) -> Page | None:
        return await refund_told(
            self._connection, self._side, self._frame, self._name(), event, self._page_url, self._portal_url
        )

    async def _reminder(self, event: InvoiceReminded) -> Page | None:
        """Nobody is reminded of what was paid, voided or given up before the letter was written."""
        invoice: Invoice | None = await listings.find(self._connection, "invoice", event.invoice)
        if invoice is None or not is_awaited(invoice):
            return None
        text = text_of(self._side.settings.reminders, event.stage, self._locale)
        return reminder_letter(self._frame, text, invoice, self._name(), self._side, await self._page_url(invoice))

    async def _payment_failed(self, event: PaymentFailed) -> Page | None:
        """Once for each attempt that was made by itself, where the business wants that."""
        invoice: Invoice | None = await listings.find(self._connection, "invoice", event.invoice)
        if invoice is None or not self._side.settings.collection.letters:
            return None
        return failed_letter(self._frame, self._name(), invoice, event, await self._page_url(invoice))

    async def _fresh_link(self, event: InvoiceLinkAsked) -> Page | None:
        invoice: Invoice | None = await listings.find(self._connection, "invoice", event.invoice)
        if invoice is None or not has_page(invoice):
            return None
        return link_letter(self._frame, self._name(), invoice, await self._page_url(invoice))

    async def _trial_ending(self, event: TrialWillEnd) -> Page | None:
        told = await trial_sentences(self._connection, self._side, event, self._locale)
        if told is None:
            return None
        return TrialEndingLetter(
            frame=self._frame,
            customer=self._name(),
            plan=told.plan,
            ends=date_long(event.ends.date(), self._locale),
            sentences=told.sentences,
            portal_url=await self._portal_url(),
        )

    async def _resumed(self, event: SubscriptionResumed) -> Page | None:
        told = await resumed_sentences(self._connection, self._side, event, self._locale)
        if told is None:
            return None
        return PauseEndingLetter(
            frame=self._frame,
            customer=self._name(),
            plan=told.plan,
            sentences=told.sentences,
            portal_url=await self._portal_url(),
        )

    async def _plan_news(self, event: PlanNews) -> Page | None:
        news = await news_of(self._connection, self._side, event, self._locale)
        if news is None:
            return None
        return PlanNewsLetter(
            frame=self._frame,
            customer=self._name(),
            title=news.title,
            sentences=news.sentences,
            portal_url=await self._portal_url(),
        )

    async def _refused(self, event: WaitingActRefused) -> Page | None:
        told = await refusal_told(self._connection, self._side, event, self._locale)
        if told is None:
            return None
        return PlanNewsLetter(
            frame=self._frame,
            customer=self._name(),
            title=told.title,
            sentences=told.sentences,
            portal_url=await self._portal_url(),
        )

    async def _plans(self, before: tuple[tuple[str, int], ...], after: tuple[tuple[str, int], ...]) -> tuple[str, str]:
        """Both plans in words; with their intervals where those alone tell them apart."""
        prices = await listings.find_all(self._connection, "price", {price for price, _ in (*before, *after)})
        products = await listings.find_all(self._connection, "product", {each.product for each in prices.values()})

        def words(items: tuple[tuple[str, int], ...], interval: bool) -> str:
            parts = []
            for price_id, quantity in items:
                price = prices[price_id]
                name = products[price.product].name
                if quantity != 1 or products[price.product].unit_label:
                    name = f"{number(quantity, self._locale)} × {name}"
                if interval and price.recurring is not None:
                    rhythm = interval_name(price.recurring.interval, price.recurring.interval_count, self._locale)
                    name = f"{name} ({rhythm})"
                parts.append(name)
            return listed(parts, self._locale)

        old, new = words(before, False), words(after, False)
        return (old, new) if old != new else (words(before, True), words(after, True))

    def _name(self) -> str:
        return self._customer.name or self._customer.email or ""

    async def _page_url(self, invoice: Invoice) -> str:
        """The invoice's own page, which asks for no sign-in. The link is good from now on."""
        now, vault = await clock(self._connection), self._site.tenancy.vault
        return self._site.config.url(invoice_path(invoice_token(vault, self._side.door, invoice, now)))

    async def _portal_url(self) -> str:
        """The login link with the customer's address filled in; the portal's own address where there is no link."""
        configuration = await configurations.read_default(self._connection)
        token = await configurations.login_token(self._connection, configuration.id)
        if token is None or not (configuration.active and configuration.login_page.enabled):
            return self._site.config.url(f"/p/{self._side.door.portal}/")
        link = login_link(self._site.config, self._side.door, token)
        return f"{link}?prefilled_email={quote(self._customer.email or '', safe='')}"
