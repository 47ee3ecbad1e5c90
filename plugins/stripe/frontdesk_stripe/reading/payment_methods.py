"""Payment methods that are attached to a customer: cards, and whatever else Stripe takes."""

from collections.abc import Mapping
from typing import Any, Literal, get_args

from msgspec import Struct

from frontdesk.method_kinds import BacsDebit, Link, Means, OtherMethod, PayPal, SepaDebit, UsBankAccount
from frontdesk.payment_methods import Card, CardBrand, CardHolder, Funding, PaymentMethod, Wallet
from frontdesk_stripe.reading.wire import (
    Expandable,
    Unreadable,
    WireAddress,
    decoded,
    id_or_none,
    instant,
    one_of,
    own_metadata,
)


class WireWallet(Struct, frozen=True):
    """From which wallet a card was taken."""

    type: str | None = None


class WireCard(Struct, frozen=True, kw_only=True):
    """What is known of a card."""

    brand: str
    last4: str
    exp_month: int
    exp_year: int
    funding: str | None = None
    country: str | None = None
    fingerprint: str | None = None
    wallet: WireWallet | None = None


class WireMeans(Struct, frozen=True, kw_only=True):
    """What is known of any other one: of each kind some of it."""

    last4: str | None = None
    bank_code: str | None = None
    branch_code: str | None = None
    country: str | None = None
    fingerprint: str | None = None
    sort_code: str | None = None
    bank_name: str | None = None
    account_type: str | None = None
    account_holder_type: str | None = None
    routing_number: str | None = None
    payer_email: str | None = None
    payer_id: str | None = None
    email: str | None = None


class WireHolder(Struct, frozen=True, kw_only=True):
    """Whose it is."""

    address: WireAddress | None = None
    email: str | None = None
    name: str | None = None
    phone: str | None = None


class WirePaymentMethod(Struct, frozen=True, kw_only=True):
    """A payment method. What it is by its type stands in a field that is called like it."""

    id: str
    type: str
    created: int
    billing_details: WireHolder = WireHolder()
    card: WireCard | None = None
    customer: Expandable | None = None
    metadata: Mapping[str, str] | None = None


def read_payment_method(given: Mapping[str, Any]) -> PaymentMethod:
    """A payment method. It is attached, so its holder has said that it may be charged.

    Raises:
        Unreadable: it is none.
    """
    wire = decoded(given, WirePaymentMethod)
    card = _card(wire) if wire.type == "card" else None
    return PaymentMethod(
        id=wire.id,
        created=instant(wire.created),
        card=card,
        means=_means(wire.type, given) if card is None else None,
        customer=id_or_none(wire.customer),
        holder=_holder(wire.billing_details),
        metadata=own_metadata(wire.metadata),
        set_up=True,
    )


def _card(wire: WirePaymentMethod) -> Card:
    known = wire.card
    if known is None:
        raise Unreadable(f"payment method {wire.id}: it is a card of which nothing is known")
    # A calendar must have the end of its last month.
    if not (1 <= known.exp_month <= 12 and 1970 <= known.exp_year <= 9990):
        raise Unreadable(f"payment method {wire.id}: no card ends in {known.exp_month}/{known.exp_year}")
    return Card(
        brand=one_of(known.brand, get_args(CardBrand), "unknown"),
        last4=known.last4,
        exp_month=known.exp_month,
        exp_year=known.exp_year,
        funding=one_of(known.funding, get_args(Funding), "unknown"),
        country=known.country,
        fingerprint=known.fingerprint,
        wallet=None if known.wallet is None else one_of(known.wallet.type, get_args(Wallet), None),
    )


def _means(type: str, given: Mapping[str, Any]) -> Means:
    part = given.get(type)
    wire = decoded(part if isinstance(part, Mapping) else {}, WireMeans)
    match type:
        case "sepa_debit":
            return SepaDebit(
                last4=wire.last4,
                bank_code=wire.bank_code,
                branch_code=wire.branch_code,
                country=wire.country,
                fingerprint=wire.fingerprint,
            )
        case "bacs_debit":
            return BacsDebit(last4=wire.last4, sort_code=wire.sort_code, fingerprint=wire.fingerprint)
        case "us_bank_account":
            return _us_bank_account(wire)
        case "paypal":
            return PayPal(email=wire.payer_email, payer_id=wire.payer_id, country=wire.country)
        case "link":
            return Link(email=wire.email)
    return OtherMethod(type=type, last4=wire.last4)


def _us_bank_account(wire: WireMeans) -> UsBankAccount:
    kind: Literal["checking", "savings"] | None = one_of(wire.account_type, ("checking", "savings"), None)
    holder: Literal["individual", "company"] | None
    holder = one_of(wire.account_holder_type, ("individual", "company"), None)
    return UsBankAccount(
        last4=wire.last4,
        bank_name=wire.bank_name,
        account_type=kind,
        holder_type=holder,
        routing_number=wire.routing_number,
        fingerprint=wire.fingerprint,
    )


def _holder(wire: WireHolder) -> CardHolder:
    found = wire.address
    parts = {} if found is None else {name: getattr(found, name) for name in found.__struct_fields__}
    return CardHolder(name=wire.name, email=wire.email, phone=wire.phone, address=parts)
