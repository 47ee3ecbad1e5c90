"""What a portal configuration may say."""

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from seat_shop import CONFIGURATION, NOW, TERMS, UPDATE, price, with_feature, with_update

from frontdesk.billing import Capability
from frontdesk.book import Recurring
from frontdesk.portal_configuration import (
    DEFAULT_REASONS,
    AdjustableQuantity,
    BusinessProfile,
    CancellationReasons,
    Features,
    OfferedProduct,
    PortalConfiguration,
    default_configuration,
)
from frontdesk.portal_configuration_rules import faults, is_web_address, validate
from frontdesk_invoice_only.backend import InvoiceOnly

CAPABILITIES = InvoiceOnly.capabilities


def codes(configuration: PortalConfiguration, **kept: Any) -> list[tuple[str, str | None]]:
    """Code and param of every fault."""
    return [(each.code, each.param) for each in faults(configuration, TERMS, CAPABILITIES, **kept)]


def test_a_side_is_born_with_the_defaults_of_the_dashboard() -> None:
    born = default_configuration("bpc_1", NOW)
    features = born.features
    assert (born.is_default, born.active, born.login_page.enabled) == (True, True, True)
    assert set(features.customer_update.allowed_updates) == {"name", "email", "address", "phone"}
    assert features.invoice_history.enabled
    assert features.subscription_cancel.enabled
    assert features.subscription_cancel.mode == "at_period_end"
    assert features.subscription_cancel.cancellation_reason.enabled
    assert features.subscription_cancel.cancellation_reason.options == DEFAULT_REASONS
    assert not features.subscription_update.enabled
    assert not features.subscription_pause.enabled
    assert not features.payment_method_update.enabled
    validate(born, TERMS, CAPABILITIES)


def test_what_the_api_leaves_out_is_off() -> None:
    features = msgspec.structs.asdict(Features())
    assert not any(feature.enabled for feature in features.values())
    assert codes(replace(CONFIGURATION, features=Features())) == []


def test_a_configuration_survives_storage() -> None:
    stored = msgspec.json.encode(CONFIGURATION)
    assert msgspec.json.decode(stored, type=PortalConfiguration) == CONFIGURATION


def test_unknown_words_are_no_configuration() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"enabled": True, "mode": "tomorrow"}, type(CONFIGURATION.features.subscription_cancel))


def test_updates_by_invoice_need_no_payment_methods() -> None:
    fits = replace(UPDATE, products=UPDATE.products[:1])
    validate(with_update(products=fits.products), TERMS, CAPABILITIES)


def test_payment_methods_need_a_backend_that_keeps_them() -> None:
    param = "features[payment_method_update]"
    on = with_feature("payment_method_update", enabled=True)
    assert codes(on) == [("not_supported", f"{param}[enabled]")]
    keeps = replace(CAPABILITIES, payment_methods=True)
    assert list(faults(on, TERMS, keeps)) == []
    named = with_feature("payment_method_update", payment_method_configuration="pmc_1")
    assert codes(named) == [("no_such_payment_method_configuration", f"{param}[payment_method_configuration]")]


def test_reasons_of_the_tenants_own_exist_and_are_named_once() -> None:
    def asking(*options: str) -> PortalConfiguration:
        return with_feature("subscription_cancel", cancellation_reason=CancellationReasons(feedback_options=options))

    param = "features[subscription_cancel][cancellation_reason][feedback_options]"
    bare = codes(asking())
    assert codes(asking("fo_1"), own_reasons=("fo_1",)) == bare
    assert codes(asking("fo_1"), before=asking("fo_1")) == [], "it was deactivated since"
    assert (codes(asking("fo_1"))[0]) == ("no_such_feedback_option", f"{param}[0]")
    assert ("reason_twice", f"{param}[1]") in codes(asking("fo_1", "fo_1"), own_reasons=("fo_1",))
    many = tuple(f"fo_{each}" for each in range(21))
    assert ("too_many_reasons", param) in codes(asking(*many), own_reasons=many)


def test_headline() -> None:
    for length, fine in ((60, True), (61, False)):
        profile = BusinessProfile(headline="ä" * length)
        found = codes(replace(CONFIGURATION, business_profile=profile, features=Features()))
        assert found == ([] if fine else [("headline_too_long", "business_profile[headline]")])


@pytest.mark.parametrize(
    ("url", "fine"),
    [
        ("https://example.com", True),
        ("http://127.0.0.1:8000/back?x=1#y", True),
        ("https://müller.de/zurück", True),
        ("javascript:alert(1)", False),
        ("JavaScript:alert(1)", False),
        ("data:text/html,x", False),
        ("//example.com", False),
        ("example.com", False),
        ("https://", False),
        ("https:///path", False),
        ("https://example.com:99999/", False),
        ("https://exa mple.com", False),
        ("https://example.com/\r\nSet-Cookie: x", False),
        ('https://example.com/"><script>', False),
        ("https://example.com\\@evil.com", False),
        ("https://example.com@evil.com", False),
        ("https://me:word@example.com", False),
        ("https://example.com%40evil.com", False),
        ("https://example.com/@me", True),
        ("https://[::1", False),
        ("https://example.com/" + "x" * 5000, False),
    ],
)
def test_web_addresses(url: str, fine: bool) -> None:
    assert is_web_address(url) is fine
    bare = replace(CONFIGURATION, features=Features())
    expected = [] if fine else [("url_invalid", "default_return_url")]
    assert codes(replace(bare, default_return_url=url)) == expected
    for field in ("privacy_policy_url", "terms_of_service_url"):
        profile = BusinessProfile(**{field: url})
        expected = [] if fine else [("url_invalid", f"business_profile[{field}]")]
        assert codes(replace(bare, business_profile=profile)) == expected


def test_a_cancellation_is_never_invoiced_at_once() -> None:
    found = codes(with_feature("subscription_cancel", proration_behavior="always_invoice"))
    assert ("cancel_always_invoice", "features[subscription_cancel][proration_behavior]") in found


PRODUCTS = "features[subscription_update][products]"


@pytest.mark.parametrize(
    ("offered", "code", "param"),
    [
        (OfferedProduct(product="nothing", prices=("team",)), "no_such_product", "[0][product]"),
        (OfferedProduct(product="inactive_product", prices=("of_inactive",)), "product_inactive", "[0][product]"),
        (OfferedProduct(product="team_product", prices=()), "no_prices", "[0][prices]"),
        (OfferedProduct(product="team_product", prices=("team", "nothing")), "no_such_price", "[0][prices][1]"),
        (OfferedProduct(product="team_product", prices=("company",)), "price_of_other_product", "[0][prices][0]"),
        (OfferedProduct(product="company_product", prices=("archived",)), "price_inactive", "[0][prices][0]"),
        (OfferedProduct(product="company_product", prices=("once",)), "price_not_recurring", "[0][prices][0]"),
        (OfferedProduct(product="team_product", prices=("team", "team")), "interval_twice", "[0][prices][1]"),
        (
            OfferedProduct(
                product="team_product", prices=("team",), adjustable_quantity=AdjustableQuantity(minimum=-1)
            ),
            "minimum_negative",
            "[0][adjustable_quantity][minimum]",
        ),
        (
            OfferedProduct(
                product="team_product", prices=("team",), adjustable_quantity=AdjustableQuantity(minimum=5, maximum=4)
            ),
            "maximum_too_small",
            "[0][adjustable_quantity][maximum]",
        ),
        (
            OfferedProduct(
                product="team_product", prices=("team",), adjustable_quantity=AdjustableQuantity(minimum=0, maximum=0)
            ),
            "maximum_too_small",
            "[0][adjustable_quantity][maximum]",
        ),
    ],
)
def test_what_cannot_be_offered(offered: OfferedProduct, code: str, param: str) -> None:
    assert codes(with_update(products=(offered,))) == [(code, PRODUCTS + param)]


def test_two_prices_of_one_interval_confuse_unless_they_can_be_told_apart() -> None:
    rival = price("rival", "team_product", 900)
    quarter = replace(rival, id="quarter", recurring=Recurring(interval="month", interval_count=3))
    pounds = replace(rival, id="pounds", currency="gbp")
    terms = replace(TERMS, prices={**TERMS.prices, **{each.id: each for each in (rival, quarter, pounds)}})
    for prices, found in (
        (("team", "rival"), ["interval_twice"]),
        (("team", "quarter"), []),
        (("team", "pounds"), []),
    ):
        offered = OfferedProduct(product="team_product", prices=prices)
        refusals = faults(with_update(products=(offered,)), terms, CAPABILITIES)
        assert [each.code for each in refusals] == found


def test_at_most_ten_products_each_once() -> None:
    team = OfferedProduct(product="team_product", prices=("team",))
    found = codes(with_update(products=(team,) * 11))
    assert found[0] == ("too_many_products", PRODUCTS)
    assert found[1] == ("product_twice", f"{PRODUCTS}[1][product]")
    assert len(found) == 11


def test_offers_that_stay_are_not_looked_at_again() -> None:
    stale = with_update(products=(OfferedProduct(product="company_product", prices=("archived",)),))
    renamed = replace(stale, name="Partners")
    assert codes(renamed, before=stale) == []
    assert codes(renamed, before=CONFIGURATION) != []


@pytest.mark.parametrize(
    ("lacking", "feature", "settings"),
    [
        (Capability.CHANGE_PRICE, "subscription_update", {}),
        (Capability.CHANGE_QUANTITY, "subscription_update", {}),
        (Capability.PRORATE, "subscription_update", {}),
        (Capability.INVOICE_AT_ONCE, "subscription_update", {}),
        (Capability.PUT_OFF, "subscription_update", {"schedule_at_period_end": ("shortening_interval",)}),
        (Capability.CANCEL_AT_PERIOD_END, "subscription_cancel", {}),
        (Capability.CANCEL_NOW, "subscription_cancel", {"mode": "immediately"}),
        (
            Capability.PRORATE,
            "subscription_cancel",
            {"mode": "immediately", "proration_behavior": "create_prorations"},
        ),
    ],
)
def test_the_backend_must_be_able_to(lacking: Capability, feature: str, settings: dict[str, Any]) -> None:
    capabilities = replace(CAPABILITIES, can=CAPABILITIES.can - {lacking})
    products = UPDATE.products[:1]
    only = replace(
        CONFIGURATION,
        features=replace(
            Features(),
            **{feature: replace(getattr(with_update(products=products).features, feature), **settings)},
        ),
    )
    assert [each.code for each in faults(only, TERMS, CAPABILITIES)] == []
    assert [each.code for each in faults(only, TERMS, capabilities)] == ["not_supported"]
