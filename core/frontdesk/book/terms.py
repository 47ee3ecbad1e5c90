"""What an account is billed by: the side's settings, and what it sells."""

from collections.abc import Mapping

from msgspec import Struct

from frontdesk.book.catalogue import Price, Product
from frontdesk.book.customer import Address
from frontdesk.coupons import Coupon, PromotionCode
from frontdesk.notice_settings import NoticeSettings
from frontdesk.payment_methods import CollectionSettings
from frontdesk.reminders import ReminderSettings
from frontdesk.tax_rates import TaxRate
from frontdesk.tax_settings import TaxSettings


class SellerDetails(Struct, frozen=True, kw_only=True):
    """What an invoice must say of the tenant, and how to pay it.

    `bank_account` describes an account without an IBAN in words ("Routing 021000021, account 1234567890").
    """

    name: str = ""
    email: str | None = None
    phone: str | None = None
    address: Address | None = None
    tax_number: str | None = None
    bank_account_holder: str | None = None
    iban: str | None = None
    bic: str | None = None
    bank_account: str | None = None

    @property
    def account_holder(self) -> str:
        """Whose account it is, as a transfer names it: today's, also for an invoice that has an earlier name on it."""
        return self.bank_account_holder or self.name


class BillingSettings(Struct, frozen=True, kw_only=True):
    """How a side bills: its default currency, terms of payment and what its invoices say."""

    currency: str
    days_until_due: int = 14
    invoice_prefix: str = "INV"
    seller: SellerDetails = SellerDetails()
    invoice_footer: str | None = None
    tax: TaxSettings = TaxSettings()
    send_receipts: bool = True
    """Whether customers get a letter once an invoice is paid."""
    send_refund_letters: bool = True
    """Whether customers get a letter about a refund that no credit note speaks of."""
    reminders: ReminderSettings = ReminderSettings()
    collection: CollectionSettings = CollectionSettings()
    notices: NoticeSettings = NoticeSettings()
    cancel_late_after: int | None = None
    """How many days after an invoice was due its subscription ends if it is still unpaid; None: never by itself."""


class Terms(Struct, frozen=True, kw_only=True):
    """What an account is billed by: settings, and the products and prices that its command can touch, by id.

    The descriptors are the tenant's own (`frontdesk.statement_descriptors`).
    """

    settings: BillingSettings
    products: Mapping[str, Product] = {}
    prices: Mapping[str, Price] = {}
    coupons: Mapping[str, Coupon] = {}
    promotion_codes: Mapping[str, PromotionCode] = {}
    tax_rates: Mapping[str, TaxRate] = {}
    statement_descriptor: str | None = None
    short_descriptor: str | None = None
