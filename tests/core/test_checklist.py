"""The checklist: what counts as set up, and what going live waits for."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from frontdesk.billing import Capabilities
from frontdesk.book import Address, BillingSettings, SellerDetails
from frontdesk.branding import Brand
from frontdesk.checklist import SetupFacts, Step, before_live, checklist, missing_of
from frontdesk.portal_configuration import LoginPage, default_configuration

NOW = datetime(2026, 11, 27, tzinfo=UTC)
LOCAL = Capabilities(remote=False, can=frozenset(), collection_methods=("send_invoice",))
REMOTE = replace(LOCAL, remote=True)
SELLER = SellerDetails(
    name="Lena Brandt",
    address=Address(line1="Hafenstraße 7", postal_code="20457", city="Hamburg", country="DE"),
    tax_number="DE 123 456 789",
    iban="DE02120300000000202051",
)
BORN = default_configuration("bpc_1", NOW)
FRESH = SetupFacts(
    livemode=True,
    live=False,
    brand=Brand(business_name="Brandt Yoga"),
    name="Brandt Yoga",
    settings=BillingSettings(currency="eur", invoice_prefix="BRANDT", seller=SellerDetails(name="Brandt Yoga")),
    configuration=replace(BORN, login_page=LoginPage(enabled=False)),
    settings_saved=False,
    sold=False,
    has_customers=False,
)
WHOLE = replace(FRESH.settings, seller=SELLER)


def done(facts: SetupFacts, capabilities: Capabilities = LOCAL) -> set[Step]:
    return {each.step for each in checklist(facts, capabilities).items if each.done}


def test_a_new_side_has_everything_before_it() -> None:
    fresh = checklist(FRESH, LOCAL)
    assert [each.step for each in fresh.items] == list(Step)
    assert (fresh.done, fresh.complete) == (0, False)
    assert all(each.title and each.sentence for each in fresh.items)


@pytest.mark.parametrize(
    ("changed", "step"),
    [
        ({"sold": True}, Step.PRODUCT),
        ({"brand": Brand(business_name="Brandt Yoga", accent="#aa3355")}, Step.BRAND),
        ({"settings_saved": True}, Step.PORTAL_SETTINGS),
        (
            {"configuration": replace(FRESH.configuration, features=replace(BORN.features, subscription_cancel=replace(
                BORN.features.subscription_cancel, enabled=False)))},
            Step.PORTAL_SETTINGS,
        ),
        ({"settings": WHOLE}, Step.SELLER),
        ({"has_customers": True}, Step.CUSTOMER),
        ({"live": True, "configuration": BORN}, Step.LINK),
    ],
)  # fmt: skip
def test_each_step_is_done_by_what_it_names_alone(changed: dict[str, object], step: Step) -> None:
    assert done(replace(FRESH, **changed)) == {step}  # type: ignore[arg-type]


def test_a_link_that_was_switched_off_again_is_to_be_activated() -> None:
    facts = replace(FRESH, live=True)
    (link,) = [each for each in checklist(facts, LOCAL).items if each.step is Step.LINK]
    assert (link.done, link.title) == (False, "Activate the link")


def test_before_going_live_a_first_customer_signs_in_in_the_sandbox_alone() -> None:
    def sentence(facts: SetupFacts) -> str:
        return next(each.sentence for each in checklist(facts, LOCAL).items if each.step is Step.CUSTOMER)

    assert "the sandbox" in sentence(FRESH)
    assert "the sandbox" not in sentence(replace(FRESH, live=True))


def test_only_a_backend_that_prints_our_invoices_asks_for_the_seller() -> None:
    assert Step.SELLER in [each.step for each in checklist(FRESH, LOCAL).items]
    assert Step.SELLER not in [each.step for each in checklist(FRESH, REMOTE).items]
    assert before_live(FRESH, REMOTE) is None


def test_going_live_waits_for_the_seller_and_for_nothing_else() -> None:
    refusal = before_live(FRESH, LOCAL)
    assert refusal is not None
    assert refusal.parameters["missing"] == "line1, postal_code, city, country, tax_number, iban"
    assert before_live(replace(FRESH, settings=WHOLE), LOCAL) is None
    assert checklist(FRESH, LOCAL).missing == (Step.SELLER,)


def test_a_sandbox_waits_for_nothing() -> None:
    assert checklist(replace(FRESH, livemode=False), LOCAL).missing == ()


@pytest.mark.parametrize("field", ["name", "tax_number", "iban"])
def test_each_field_of_the_seller_is_missed(field: str) -> None:
    settings = replace(WHOLE, seller=replace(SELLER, **{field: " " if field == "name" else None}))
    assert missing_of(settings) == (field,)


@pytest.mark.parametrize("field", ["line1", "postal_code", "city", "country"])
def test_each_part_of_the_address_is_missed(field: str) -> None:
    assert SELLER.address is not None
    address = replace(SELLER.address, **{field: None})
    assert missing_of(replace(WHOLE, seller=replace(SELLER, address=address))) == (field,)


def test_an_account_without_an_iban_will_do() -> None:
    seller = replace(SELLER, iban=None, bank_account="Routing 021000021, account 1234567890")
    assert missing_of(replace(WHOLE, seller=seller)) == ()


def test_the_prefix_is_missed() -> None:
    assert missing_of(replace(WHOLE, invoice_prefix="")) == ("invoice_prefix",)
