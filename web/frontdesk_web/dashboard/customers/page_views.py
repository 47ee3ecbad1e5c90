"""What the page of a customer shows: frozen structs of finished text."""

from typing import ClassVar

from msgspec import Struct

from frontdesk_web.dashboard.clock_views import ClockView
from frontdesk_web.dashboard.customers.backend_section import BackendSection
from frontdesk_web.dashboard.customers.history_words import HistoryRow
from frontdesk_web.dashboard.customers.permission_words import PermissionGroup
from frontdesk_web.portal.invoice_views import InvoiceRow
from frontdesk_web.portal.subscription_cards import SubscriptionCard
from frontdesk_web.portal.views import Badge, Detail, Notice


class EndedPlan(Struct, frozen=True, kw_only=True):
    """A subscription that is over."""

    name: str
    ended: str


class StaffInvoiceRow(Struct, frozen=True, kw_only=True):
    """An invoice, with what staff can do. `pay_url` asks whether it was paid; None where there is nothing to pay."""

    row: InvoiceRow
    pay_url: str | None


class SessionRow(Struct, frozen=True, kw_only=True):
    """A session in which somebody can see this customer's pages now."""

    source: str
    began: str
    last_seen: str


class LetterRow(Struct, frozen=True, kw_only=True):
    """A letter that was written to this customer. `detail` is the mail server's answer, where it says something."""

    url: str
    about: str
    to: str
    at: str
    outcome: Badge
    detail: str = ""


class SignInHelp(Struct, frozen=True, kw_only=True):
    """How this customer signs in. `url` is the login link with the address filled in, None where there is none.

    `send_action` takes a POST; None where no link can be sent or the role may not, `reason` says why not. Where nobody
    can sign in, `ways` lead to what would help, each an address with its text.
    """

    sentence: str
    url: str | None
    no_code_url: str
    send_action: str | None = None
    reason: str = ""
    ways: tuple[tuple[str, str], ...] = ()


class CustomerPage(Struct, frozen=True, kw_only=True):
    """A customer. Ways and actions that are None are not open to the role, or do not apply.

    `credit` is what is carried to the next invoice.
    """

    template: ClassVar[str] = "dashboard/customers/page.html"
    csrf: str
    list_url: str
    name: str
    email: str
    id: str
    created: str
    badges: tuple[Badge, ...]
    notices: tuple[Notice, ...]
    subscriptions: tuple[SubscriptionCard, ...]
    ended: tuple[EndedPlan, ...]
    start_url: str | None
    invoice_url: str | None
    statement_url: str | None
    invoices: tuple[StaffInvoiceRow, ...]
    newer_invoices_url: str | None
    older_invoices_url: str | None
    credit: str
    details: tuple[Detail, ...]
    edit_url: str | None
    metadata: tuple[tuple[str, str], ...]
    metadata_url: str | None
    sign_in: SignInHelp | None
    sessions: tuple[SessionRow, ...]
    end_sessions_action: str | None
    letters: tuple[LetterRow, ...]
    history: tuple[HistoryRow, ...] | None
    close_url: str | None
    discounts_url: str | None = None
    own_discount: str = ""
    tax_ids_url: str | None = None
    use: tuple[str, ...] = ()
    """What was used and is not billed yet."""
    clock: ClockView | None = None
    backend: BackendSection | None = None
    permissions: tuple[PermissionGroup, ...] = ()
    """What the customer can do in the portal; nothing of a closed one."""
