"""The home page from what its one call told."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import ClassVar

from msgspec import Struct

from frontdesk.billing import Capabilities
from frontdesk.desk import Actor
from frontdesk.pause_ends import other_ends
from frontdesk.permissions import may_change
from frontdesk.plugins import PluginHost
from frontdesk.quoting import next_dues
from frontdesk.suspension_refusals import side_suspended
from frontdesk_tenants.home_query import PAGE_INVOICES
from frontdesk_tenants.home_reads import HomeAnswer, HomeFacts, SideFacts
from frontdesk_web.formatting import date_long, date_time, money
from frontdesk_web.messages import _, translate
from frontdesk_web.portal.customer_views import BillingDetails, billing_details
from frontdesk_web.portal.ended_cards import ended_cards
from frontdesk_web.portal.frames import SignedIn, Switcher, SwitcherOption
from frontdesk_web.portal.invoice_views import InvoiceRow, invoice_row
from frontdesk_web.portal.late_invoices import LateInvoice
from frontdesk_web.portal.panel_views import PanelSection
from frontdesk_web.portal.payment_views import PaymentSection, payment_section, pays_here
from frontdesk_web.portal.subscription_cards import CardReader, SubscriptionCard, sentence_of
from frontdesk_web.portal.views import Notice
from frontdesk_web.portal.waiting_words import refused_words, waiting_sentences


class RefusedNotice(Struct, frozen=True, kw_only=True):
    """What waited for the backend and was refused then. Posting to `action` says that it was read."""

    title: str
    text: str
    action: str


class HomePage(Struct, frozen=True, kw_only=True):
    """The customer's page. `invoices` None leaves the section out.

    `notices` stand on top: what was just done, that the side is suspended, that the customer lives on a test clock.
    """

    template: ClassVar[str] = "portal/home.html"
    csrf: str
    subscriptions: tuple[SubscriptionCard, ...]
    details: BillingDetails
    payment: PaymentSection | None = None
    invoices: tuple[InvoiceRow, ...] | None = ()
    invoices_url: str | None = None
    statement_url: str | None = None
    notices: tuple[Notice, ...] = ()
    late: tuple[LateInvoice, ...] = ()
    waiting: tuple[str, ...] = ()
    """What was asked for and is done once the backend answers again."""
    refused: tuple[RefusedNotice, ...] = ()
    panels: tuple[PanelSection, ...] = ()
    """What plugins add."""


NOTICES = {
    "details": _("Your details are saved."),
    "email": _("Your new e-mail address counts from now on. We have told the former one."),
    "kept": _("Your plan goes on as before."),
    "stayed": _("You keep your plan, as you agreed."),
    "resumed": _("Your plan goes on."),
    "undone": _("Your plan stays as it is."),
    "changed": _("Your plan is changed."),
    "cancelled": _("Your plan is cancelled."),
    "paused": _("Your plan is paused."),
    "noted": _("Noted. It is done as soon as our billing system answers again."),
}
"""What the home page says after something was done, by the value of `?saved=`."""
_NOTHING = Capabilities(remote=False, can=frozenset(), collection_methods=())


def home_page(
    answer: HomeAnswer,
    plugins: PluginHost,
    base: str,
    locale: str,
    *,
    csrf: str,
    public_id: str = "",
    livemode: bool = True,
    notice: str | None = None,
    panels: tuple[PanelSection, ...] = (),
) -> HomePage:
    """The page's view. `base` is the portal's path, `public_id` the side's, below which its images lie."""
    assert answer.page is not None
    facts, side = answer.page
    now = facts.frozen_time or answer.now
    features = side.configuration.features
    account, terms = facts.account, facts.terms(side)
    dues = next_dues(account, terms)
    kind = plugins.billing_backends().get(side.backend)
    reader = CardReader(
        base=base,
        public_id=public_id,
        locale=locale,
        actor=Actor(kind="customer", id=answer.session_id, source=answer.source),
        account=account,
        terms=terms,
        dues=dues,
        configuration=side.configuration,
        # A backend that is not installed any more can do nothing, but what is in the book can still be seen.
        capabilities=_NOTHING if kind is None else kind.abilities(livemode=livemode),
        suspended=side.suspended,
        now=now,
        # Prices that the side's part does not have are this account's alone.
        said={} if facts.prices else side.said,
    )
    editable = (
        may_change(side.suspended) and features.customer_update.enabled and features.customer_update.allowed_updates
    )
    invoices = None
    if features.invoice_history.enabled:
        invoices = tuple([invoice_row(each, base, now, locale) for each in facts.invoices[:PAGE_INVOICES]])
    return HomePage(
        csrf=csrf,
        subscriptions=(*reader.cards(), *ended_cards(reader, facts.ended)),
        details=billing_details(facts.customer, locale, f"{base}/details" if editable else None),
        payment=payment_section(
            facts,
            side,
            dues.values(),
            base,
            now,
            locale,
            pays=pays_here(facts, side, reader.capabilities),
            elsewhere=reader.capabilities.hosted_pages,
            movements=reader.capabilities.knows_movements,
        ),
        invoices=invoices,
        invoices_url=f"{base}/invoices" if invoices else None,
        statement_url=f"{base}/statement" if invoices is not None and reader.capabilities.knows_statements else None,
        late=late_invoices(facts, side, reader.capabilities, base, now, locale) if facts.unpaid else (),
        waiting=waiting_sentences(facts, side, locale),
        refused=refused_acts(facts, side, base, locale),
        notices=tuple(_notices(facts, side, notice, locale)),
        panels=panels,
    )


def _notices(facts: HomeFacts, side: SideFacts, notice: str | None, locale: str) -> Iterator[Notice]:
    if notice is not None:
        yield Notice(tone="success", text=translate(locale, NOTICES[notice]))
    if facts.frozen_time is not None:
        yield clock_notice(facts.frozen_time, locale)
    if side.suspended:
        yield paused_notice(side, locale)
    if side.away_since is not None:
        yield away_notice(side.away_since, locale)


def refused_acts(facts: HomeFacts, side: SideFacts, base: str, locale: str) -> tuple[RefusedNotice, ...]:
    """What waited and was refused, each with the way to have it go."""
    if not facts.refused:
        return ()
    account, terms, email = facts.account, facts.terms(side), side.brand.support_email
    words = ((each.id, refused_words(each, account, terms, email, locale)) for each in facts.refused)
    return tuple(
        RefusedNotice(title=said.title, text=" ".join(said.sentences), action=f"{base}/refused/{id}")
        for id, said in words
    )


def late_invoices(
    facts: HomeFacts, side: SideFacts, capabilities: Capabilities, base: str, now: datetime, locale: str
) -> tuple[LateInvoice, ...]:
    """What is past due, the oldest first. Its page says how to pay it, where invoices have pages."""
    shows = side.configuration.features.invoice_history.enabled
    payable = (capabilities.hosted_pages or pays_here(facts, side, capabilities)) and not side.suspended
    late = []
    for each in facts.unpaid:
        if each.due_date is None or each.due_date >= now:
            continue
        address = f"{base}/invoices/{each.id}"
        sentence = translate(
            locale,
            "Invoice {number} was due on {date}: {amount} is still to be paid.",
            number=each.number or "",
            date=date_long(each.due_date, locale),
            amount=money(each.left, each.currency, locale),
        )
        late.append(
            LateInvoice(
                sentence=sentence, url=address if shows else None, pay_url=f"{address}/pay" if payable else None
            )
        )
    return tuple(late)


def paused_notice(side: SideFacts, locale: str) -> Notice:
    """What a suspended side says on top: what can be done, and whom to ask."""
    sentence = sentence_of(side_suspended(), locale)
    if side.brand.support_email is not None:
        asking = translate(locale, "If you have questions, write to {email}.", email=side.brand.support_email)
        sentence = f"{sentence} {asking}"
    return Notice(tone="info", text=sentence)


def clock_notice(frozen_time: datetime, locale: str) -> Notice:
    """What the page of a customer on a test clock says on top."""
    date = date_long(frozen_time, locale)
    text = translate(locale, "For this account it is {date}: it lives on a test clock.", date=date)
    return Notice(tone="info", text=text)


def away_notice(since: datetime, locale: str) -> Notice:
    """What is said while the backend does not answer: how old the page's facts may be."""
    time = date_time(since.astimezone(UTC), locale)
    return Notice(
        tone="info", text=translate(locale, "Billing data is being updated. You see it as of {time}.", time=time)
    )


def signed_in(facts: HomeFacts, base: str, locale: str) -> SignedIn:
    """Who is signed in, with the customers that can be switched to."""
    return SignedIn(
        email=facts.customer.email or "",
        home_url=f"{base}/",
        sign_out_action=f"{base}/sign-out",
        switcher=_switcher(facts, base, locale),
    )


def good_until(facts: HomeFacts, side: SideFacts, now: datetime) -> datetime | None:
    """When time alone makes the page wrong: as the next open invoice falls due, as a card expires, or as a pause cannot
    be made to end at some time any more."""
    if facts.frozen_time is not None:
        # On a test clock nothing happens by itself; whoever moves it on moves the account's version.
        return None
    coming = [each.due_date for each in facts.unpaid]
    duration = side.configuration.features.subscription_pause.duration
    for subscription in facts.subscriptions:
        if subscription.paused is not None:
            coming += other_ends(subscription.paused, duration, now)
    coming += [each.stands_until(now) for each in facts.customer.payment_methods]
    return min([each for each in coming if each is not None and each >= now], default=None)


def return_url(answer: HomeAnswer, side: SideFacts) -> str | None:
    """Where "Return to …" leads: what the session says, else the configuration."""
    return answer.return_url or side.configuration.default_return_url


def _switcher(facts: HomeFacts, base: str, locale: str) -> Switcher | None:
    if len(facts.others) < 2:
        return None
    unnamed = translate(locale, "Without a name")
    return Switcher(
        action=f"{base}/switch",
        current_name=facts.customer.name or unnamed,
        options=tuple(
            SwitcherOption(
                id=each.id, name=each.name or unnamed, detail=each.plan or "", current=each.id == facts.customer.id
            )
            for each in facts.others
        ),
    )
