"""Commands about payment methods. Ids of what is made are given by the caller, so that a retry makes the same thing."""

from collections.abc import Mapping

from msgspec import UNSET, Struct, UnsetType

from frontdesk.book import MetadataChange
from frontdesk.payment_methods import CardHolder, PaymentMethod
from frontdesk.refunds import RefundReason


class AttachPaymentMethod(Struct, frozen=True, tag=True, kw_only=True):
    """Keep a payment method for a customer, as it is before it is anybody's. `default` makes it the customer's."""

    method: PaymentMethod
    default: bool = False


class UpdatePaymentMethod(Struct, frozen=True, tag=True, kw_only=True):
    """Change what is noted of a method. The card stays the same; its expiry follows the bank's news."""

    method: str
    holder: CardHolder | UnsetType = UNSET
    exp_month: int | UnsetType = UNSET
    exp_year: int | UnsetType = UNSET
    metadata: MetadataChange | UnsetType = UNSET
    set_up: bool | UnsetType = UNSET


class DetachPaymentMethod(Struct, frozen=True, tag=True, kw_only=True):
    """Let a customer's method go. It is nobody's default any more, and never comes back."""

    method: str


class SetDefaultPaymentMethod(Struct, frozen=True, tag=True, kw_only=True):
    """Say by which method a customer pays, or one `subscription` of theirs. None: by none of its own."""

    method: str | None
    subscription: str | None = None


class ChargeInvoice(Struct, frozen=True, tag=True, kw_only=True):
    """Charge what is left of an open invoice: by this `method`, or by the one that pays for it anyway.

    `confirmed` says that the holder has just confirmed the payment at the bank. What a bank refuses is refused, and
    nothing changes. `passing` is a card that pays this once, of whoever has the link to the invoice: it is not kept.
    """

    invoice: str
    method: str | None = None
    passing: PaymentMethod | None = None
    confirmed: bool = False
    by: str = ""


class RefundCharge(Struct, frozen=True, tag=True, kw_only=True):
    """Let a charge of an invoice go back to its card, or a part of it; None: all that is left."""

    id: str
    invoice: str
    charge: str
    amount: int | None = None
    reason: RefundReason | None = None
    metadata: Mapping[str, str] = {}
    by: str = ""


class SettleRefund(Struct, frozen=True, tag=True, kw_only=True):
    """Note what the bank made of a refund that was not done at once."""

    invoice: str
    refund: str


PaymentMethodCommand = AttachPaymentMethod | UpdatePaymentMethod | DetachPaymentMethod | SetDefaultPaymentMethod
