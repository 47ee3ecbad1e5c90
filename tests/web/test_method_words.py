"""What payment methods are called, in every language, and how the API shows each."""

from datetime import UTC, datetime
from typing import get_args

import pytest
from stripe_openapi import object_faults

from frontdesk.method_kinds import TYPES, BacsDebit, Link, Means, OtherMethod, PayPal, SepaDebit, UsBankAccount
from frontdesk.payment_methods import Card, CardBrand, PaymentMethod, Wallet
from frontdesk_web.api.shapes.payment_methods import payment_method
from frontdesk_web.languages import LOCALES
from frontdesk_web.portal.method_words import detail_beside_badge, method_badge, method_detail, method_name

NOW = datetime(2026, 11, 16, tzinfo=UTC)
OWN_STRUCTS = {"card", "sepa_debit", "bacs_debit", "us_bank_account", "paypal", "link"}
SEPA = SepaDebit(last4="3000", country="DE")
NAMES: list[tuple[Means, str, str]] = [
    (SEPA, "SEPA debit ending in 3000", "Bank in Germany"),
    (SepaDebit(last4="3000", through="ideal"), "iDEAL (SEPA debit ending in 3000)", ""),
    (SepaDebit(), "SEPA debit", ""),
    (BacsDebit(last4="2345", sort_code="108800"), "Bacs debit ending in 2345", "Sort code 108800"),
    (UsBankAccount(bank_name="First", last4="6789", account_type="savings"), "First ending in 6789", "Savings account"),
    (UsBankAccount(), "Bank account", ""),
    (PayPal(email="ada@example.com"), "PayPal (ada@example.com)", ""),
    (PayPal(), "PayPal", ""),
    (Link(email="ada@example.com"), "Link (ada@example.com)", ""),
    (OtherMethod(type="au_becs_debit", last4="3456"), "BECS debit ending in 3456", ""),
    (OtherMethod(type="revolut_pay"), "Revolut Pay", ""),
    (OtherMethod(type="came_up_yesterday"), "Payment method", ""),
]


def method(means: Means | None, card: Card | None = None) -> PaymentMethod:
    return PaymentMethod(id="pm_1", created=NOW, customer="cus_1", means=means, card=card)


@pytest.mark.parametrize(("means", "name", "detail"), NAMES)
def test_names_and_what_is_said_beside_them(means: Means, name: str, detail: str) -> None:
    assert (method_name(method(means), "en"), method_detail(method(means), NOW, "en")) == (name, detail)
    assert method_badge(method(means), NOW, "en") is None


def test_names_are_in_the_language_of_the_reader() -> None:
    names = {locale: method_name(method(SEPA), locale) for locale in LOCALES}
    assert len(set(names.values())) == 6
    assert all("3000" in name and "SEPA" in name for name in names.values())
    assert method_detail(method(SEPA), NOW, "de") == "Bank in Deutschland"


def test_cards_of_any_brand_and_wallet() -> None:
    brands = {
        brand: method_name(method(None, Card(brand=brand, last4="4242", exp_month=3, exp_year=2027)), "de")
        for brand in get_args(CardBrand)
    }
    assert all(name.endswith(" •••• 4242") for name in brands.values())
    assert (brands["unknown"], brands["cartes_bancaires"]) == ("Karte •••• 4242", "Cartes Bancaires •••• 4242")
    phone = Card(brand="visa", last4="4242", exp_month=3, exp_year=2026, wallet="apple_pay")
    assert method_name(method(None, phone), "en") == "Apple Pay (Visa •••• 4242)"
    badge = method_badge(method(None, phone), NOW, "en")
    assert badge is not None
    assert (badge.text, detail_beside_badge(method(None, phone), NOW, "en")) == ("Expired 03/2026", "")


def test_every_type_of_stripes_has_a_name() -> None:
    unnamed = {type_ for type_ in TYPES if method_name(method(OtherMethod(type=type_)), "en") == "Payment method"}
    assert unnamed == OWN_STRUCTS | {"crypto", "custom"}


def test_the_api_shows_each_as_stripe_does() -> None:
    for means, _, _ in NAMES:
        shown = payment_method(method(means), livemode=True)
        assert shown["type"] == "came_up_yesterday" or object_faults("payment_method", shown) == []
    for type_ in set(TYPES) - OWN_STRUCTS:
        shown = payment_method(method(OtherMethod(type=type_, last4="4242")), livemode=True)
        assert object_faults("payment_method", shown) == []
    for wallet in get_args(Wallet):
        card = Card(brand="unknown", last4="4242", exp_month=3, exp_year=2027, wallet=wallet)
        assert object_faults("payment_method", payment_method(method(None, card), livemode=True)) == []
