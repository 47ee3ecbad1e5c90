"""The sections of a customer's page, from what was read."""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote

from msgspec import Struct
from msgspec.structs import replace

from frontdesk.book import Customer, Invoice
from frontdesk.customer_permissions import Question
from frontdesk.quoting import next_dues
from frontdesk.roles import Right
from frontdesk.tax_ids import TaxId
from frontdesk_tenants.customer_history import Act
from frontdesk_tenants.customer_reads import CustomerFacts
from frontdesk_tenants.customer_sessions import CustomerSession
from frontdesk_tenants.mail_log import LoggedLetter
from frontdesk_web.config import Config
from frontdesk_web.dashboard.customers.history_words import history_row
from frontdesk_web.dashboard.customers.page_notices import notices
from frontdesk_web.dashboard.customers.page_views import (
    CustomerPage,
    EndedPlan,
    LetterRow,
    SessionRow,
    SignInHelp,
    StaffInvoiceRow,
)
from frontdesk_web.dashboard.customers.permission_words import permission_groups
from frontdesk_web.dashboard.customers.places import customers_path
from frontdesk_web.dashboard.customers.use_words import use_so_far
from frontdesk_web.dashboard.email_words import outcome_badge, purpose_name
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.discount_words import held_phrase
from frontdesk_web.formatting import date_long, date_short, date_time, money
from frontdesk_web.languages import LOCALE_NAMES
from frontdesk_web.links import login_link
from frontdesk_web.messages import translate, translate_plural
from frontdesk_web.portal.invoice_views import InvoiceRow, invoice_badge
from frontdesk_web.portal.subscription_cards import CardReader, SubscriptionCard, subscription_name
from frontdesk_web.portal.views import Badge, Detail
from frontdesk_web.postal_addresses import address_lines
from frontdesk_web.tax_id_words import state_badge, type_name


class Around(Struct, frozen=True, kw_only=True):
    """What is told of a customer beside the book. `history` is None for who may not see logs, `names` are of staff,
    `newest` is the newest letter to the address with a known outcome, `question` what they can do in the portal."""

    sessions: tuple[CustomerSession, ...]
    letters: tuple[LoggedLetter, ...]
    newest: LoggedLetter | None
    history: tuple[Act, ...] | None
    names: Mapping[str, str]
    question: Question


def customer_page(
    facts: CustomerFacts,
    around: Around,
    visit: StaffVisit,
    config: Config,
    *,
    done: str,
    invoices_after: str | None,
    now: datetime,
) -> CustomerPage:
    """All sections. `now` is the time that the customer lives in; acts that the role may not do are left out."""
    customer, locale = facts.customer, visit.locale
    path = customers_path(visit, customer.id)
    helps = visit.may(Right.HELP_CUSTOMERS) and not customer.deleted
    bills = visit.may(Right.BILL_CUSTOMERS) and not customer.deleted
    last = facts.invoices.items[-1].id if facts.invoices.items else ""
    return CustomerPage(
        csrf=visit.csrf,
        list_url=customers_path(visit),
        name=customer.name or customer.email or translate(locale, "Without a name"),
        email=customer.email or "",
        id=customer.id,
        created=date_long(customer.created, locale),
        badges=_badges(facts, now, locale),
        notices=notices(facts, around.newest, visit, done),
        subscriptions=_cards(facts, visit, path, bills, now),
        ended=tuple(
            EndedPlan(
                name=subscription_name(each, facts.terms), ended=date_short(each.ended_at or each.created, locale)
            )
            for each in facts.ended
        ),
        start_url=f"{path}/subscribe" if bills and not visit.side.suspended else None,
        statement_url=f"{path}/statement" if facts.capabilities.knows_statements else None,
        invoice_url=f"{path}/invoices/new" if bills and not visit.side.suspended else None,
        invoices=tuple(_invoice(each, path, bills, now, locale) for each in facts.invoices.items),
        newer_invoices_url=f"{path}#invoices" if invoices_after else None,
        older_invoices_url=f"{path}?invoices_after={last}#invoices" if facts.invoices.has_more else None,
        credit=_credit(customer, locale),
        details=_details(customer, locale),
        edit_url=f"{path}/details" if helps else None,
        metadata=tuple(sorted(customer.metadata.items())),
        metadata_url=f"{path}/metadata" if helps else None,
        sign_in=None if customer.deleted else sign_in_help(facts, visit, config, path, helps),
        sessions=tuple(_session(each, locale) for each in around.sessions),
        end_sessions_action=f"{path}/end-sessions" if visit.may(Right.HELP_CUSTOMERS) and around.sessions else None,
        letters=tuple(_letter(each, customer, visit) for each in around.letters),
        history=None
        if around.history is None
        else tuple(history_row(each, around.names, locale) for each in around.history),
        close_url=f"{path}/close" if bills else None,
        discounts_url=f"{path}/discounts" if bills and not visit.side.suspended else None,
        own_discount=_own_discount(facts, locale),
        tax_ids_url=f"{path}/tax-ids" if bills and not visit.side.suspended else None,
        permissions=() if customer.deleted else permission_groups(around.question, visit),
        use=use_so_far(facts.account, facts.terms, locale),
    )


def sign_in_help(facts: CustomerFacts, visit: StaffVisit, config: Config, path: str, helps: bool) -> SignInHelp:
    """How a customer signs in, and their link."""
    email, locale = facts.customer.email, visit.locale
    no_code_url = customers_path(visit, "no-code") + (f"?q={quote(email, safe='')}" if email else "")
    if not email:
        sentence = translate(locale, "Without an e-mail address this customer cannot sign in.")
        return SignInHelp(sentence=sentence, url=None, no_code_url=no_code_url)
    if facts.login_token is None:
        return _nobody_signs_in(visit, no_code_url)
    url = f"{login_link(config, visit.door, facts.login_token)}?prefilled_email={quote(email, safe='')}"
    sentence = translate(locale, "Signs in with {email} and a code that is sent there.", email=email)
    if facts.namesakes:
        shared = translate_plural(
            locale,
            "{number} other customer has this address too: they are in a switcher after sign-in.",
            "{number} other customers have this address too: they are in a switcher after sign-in.",
            len(facts.namesakes),
        )
        sentence = f"{sentence} {shared}"
    return SignInHelp(
        sentence=sentence, url=url, no_code_url=no_code_url, send_action=f"{path}/send-link" if helps else None
    )


def _nobody_signs_in(visit: StaffVisit, no_code_url: str) -> SignInHelp:
    """Why the link is off, and what would help."""
    locale = visit.locale
    if visit.side.live_since is None:
        sandbox = f"/dashboard/{visit.doors[1].portal}/customers"
        return SignInHelp(
            sentence=translate(locale, "Customers can sign in once you are live. Until then, try it in the sandbox."),
            url=None,
            no_code_url=no_code_url,
            ways=(
                (visit.path("go-live"), translate(locale, "Go live")),
                (sandbox, translate(locale, "Customers in the sandbox")),
            ),
        )
    return SignInHelp(
        sentence=translate(locale, "The login link is switched off: no customer can sign in at the moment."),
        url=None,
        no_code_url=no_code_url,
        ways=((visit.path("portal", "link"), translate(locale, "Activate the link")),),
    )


def _badges(facts: CustomerFacts, now: datetime, locale: str) -> tuple[Badge, ...]:
    if facts.customer.deleted:
        return (Badge(translate(locale, "Closed")),)
    open_ = [each for each in facts.account.invoices if each.status == "open" and each.amount_remaining]
    late = [each for each in open_ if each.due_date is not None and each.due_date < now]
    badges = []
    if facts.account.subscriptions:
        badges.append(Badge(translate(locale, "With a plan"), "success"))
    else:
        badges.append(Badge(translate(locale, "Without a plan")))
    if late:
        text = translate_plural(locale, "{number} late invoice", "{number} late invoices", len(late))
        badges.append(Badge(text, "danger"))
    elif open_:
        text = translate_plural(locale, "{number} open invoice", "{number} open invoices", len(open_))
        badges.append(Badge(text, "info"))
    return tuple(badges)


def _cards(
    facts: CustomerFacts, visit: StaffVisit, path: str, bills: bool, now: datetime
) -> tuple[SubscriptionCard, ...]:
    cards = CardReader(
        base=path,
        public_id=visit.door.public_id,
        locale=visit.locale,
        actor=visit.actor,
        account=facts.account,
        terms=facts.terms,
        dues=next_dues(facts.account, facts.terms),
        configuration=facts.configuration,
        capabilities=facts.capabilities,
        suspended=visit.side.suspended,
        now=now,
    ).cards()
    if bills:
        return cards
    return tuple(
        replace(
            each,
            change_url=None,
            cancel_url=None,
            pause_url=None,
            resume_url=None,
            keep_action=None,
            undo_action=None,
            notes=(),
        )
        for each in cards
    )


def _invoice(invoice: Invoice, path: str, bills: bool, now: datetime, locale: str) -> StaffInvoiceRow:
    to_pay = invoice.status in ("open", "uncollectible") and invoice.amount_remaining > 0
    address = f"{path}/invoices/{invoice.id}"
    badge = invoice_badge(invoice.status, invoice.due_date, now, locale)
    return StaffInvoiceRow(
        row=InvoiceRow(
            number=invoice.number or translate(locale, "Draft"),
            date=date_short(invoice.finalized_at or invoice.created, locale),
            amount=money(invoice.total, invoice.currency, locale),
            status=badge.text,
            tone=badge.tone,
            url=address,
        ),
        pay_url=f"{address}/paid" if bills and to_pay else None,
    )


def _own_discount(facts: CustomerFacts, locale: str) -> str:
    """What the customer's own discount takes off; empty where there is none."""
    own, currency = facts.customer.discount, facts.customer.currency or facts.terms.settings.currency
    if own is None:
        return ""
    phrase = held_phrase(own, currency, locale)
    return f"{own.name}: {phrase}" if own.name else phrase


def _credit(customer: Customer, locale: str) -> str:
    carried = [money(-amount, currency, locale) for currency, amount in sorted(customer.balances.items()) if amount < 0]
    if not carried:
        return ""
    return translate(locale, "Credit for the next invoices: {amount}", amount=" + ".join(carried))


def _details(customer: Customer, locale: str) -> tuple[Detail, ...]:
    language = next((each for each in customer.preferred_locales if each in LOCALE_NAMES), None)
    found = (
        Detail(label=translate(locale, "Name or company"), value=customer.name or ""),
        Detail(label=translate(locale, "E-mail address"), value=customer.email or "", copy=True),
        Detail(label=translate(locale, "Phone"), value=customer.phone or ""),
        Detail(label=translate(locale, "Postal address"), value=", ".join(address_lines(customer.address, locale))),
        *(
            Detail(label=type_name(each.type, locale), value=_tax_id(each, locale), copy=False)
            for each in customer.tax_ids
        ),
        Detail(label=translate(locale, "Language"), value=LOCALE_NAMES[language] if language else ""),
        Detail(label=translate(locale, "Note"), value=customer.description or ""),
    )
    return tuple(each for each in found if each.value)


def _tax_id(tax_id: TaxId, locale: str) -> str:
    badge = state_badge(tax_id, locale)
    return tax_id.value if badge is None else f"{tax_id.value} ({badge.text})"


def _session(session: CustomerSession, locale: str) -> SessionRow:
    by_link = session.source == "login_link"
    return SessionRow(
        source=translate(locale, "Signed in with a code") if by_link else translate(locale, "Opened by your program"),
        began=date_time(session.created, locale),
        last_seen=date_time(session.last_seen, locale),
    )


def _letter(letter: LoggedLetter, customer: Customer, visit: StaffVisit) -> LetterRow:
    locale = visit.locale
    settled = letter.outcome == "accepted"
    return LetterRow(
        url=visit.path("email", "log", letter.id),
        about=purpose_name(letter.purpose, locale),
        to="" if letter.to == customer.email else letter.to,
        at=date_time(letter.created, locale),
        outcome=outcome_badge(letter.outcome, locale),
        detail="" if settled else letter.detail,
    )
