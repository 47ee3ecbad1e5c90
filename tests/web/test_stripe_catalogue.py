"""What is sold, made and changed at a Stripe that keeps it, comes back as our own rules make it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from api_server import ApiServer
from msgspec.structs import replace
from peer_stripe import ANSWER_LOST, Fault, Peer, peer_at

from frontdesk.book import BillingSettings, CurrencyOption, MarketingFeature, Recurring, Terms, Tier, TransformQuantity
from frontdesk.catalogue import change_catalogue
from frontdesk.catalogue_commands import (
    CatalogueCommand,
    CreateCoupon,
    CreatePrice,
    CreateProduct,
    CreatePromotionCode,
    CreateTaxRate,
    DeleteCoupon,
    DeleteProduct,
    ProductFields,
    UpdateCoupon,
    UpdatePrice,
    UpdateProduct,
    UpdatePromotionCode,
    UpdateTaxRate,
)
from frontdesk.changes import Changes
from frontdesk.errors import Refused
from frontdesk.secret import Secret
from frontdesk_stripe.backend import StripeBackend, StripeSettings
from frontdesk_tenants.tenancy import Tenancy

NOW = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
KINDS = ("products", "prices", "coupons", "promotion_codes", "tax_rates")
SEAT = ProductFields(
    name="Seat",
    description="One person",
    images=("https://example.com/seat.png",),
    tax_code="txcd_10103001",
    statement_descriptor="NORTHBEAM SEAT",
    unit_label="seat",
    marketing_features=(MarketingFeature("Quick"), MarketingFeature("Calm")),
    url="https://example.com/seat",
    shippable=False,
    metadata={"crm": "77"},
)
MONTHLY = Recurring(interval="month", interval_count=3)
STEPS = (
    Tier(up_to=5, unit_amount=Decimal("120.5")),
    Tier(up_to=None, unit_amount=Decimal(100), flat_amount=Decimal(7)),
)


class Selling:
    """A catalogue that is changed twice: at the peer through the plugin, and by our own rules."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.backend = StripeBackend(StripeSettings(api_key=Secret(peer.key)), address=peer.url)
        self.terms = Terms(settings=BillingSettings(currency="eur"))
        self._calls = 0

    async def do(self, command: CatalogueCommand, *, key: str | None = None) -> Any:
        """Carry it out; what came back is what our rules say, but for ids and times that are Stripe's."""
        self._calls += 1
        found = await self.backend.carry_out_catalogue(self.terms, command, NOW, key or f"intent-{self._calls}")
        wanted = change_catalogue(self.terms, command, NOW)
        for name in KINDS:
            told = {each.id: each for each in getattr(found, name)}
            for each in getattr(wanted, name):
                known = told.get(each.id) or list(told.values())[-1]
                theirs = {part: getattr(known, part) for part in ("id", "version", "created")}
                theirs |= {"updated": known.updated} if name == "products" else {}
                assert known == replace(each, **theirs)
        self.learn(found)
        return next(getattr(found, name)[-1] for name in reversed(KINDS) if getattr(found, name))

    def learn(self, changes: Changes) -> None:
        for name in KINDS:
            known = {**getattr(self.terms, name), **{each.id: each for each in getattr(changes, name)}}
            self.terms = replace(self.terms, **{name: known})


@pytest.fixture
async def selling(tenancy: Tenancy, api_server: ApiServer) -> AsyncIterator[Selling]:
    async with peer_at(tenancy, api_server.url) as peer:
        one = Selling(peer)
        yield one
        await one.backend.aclose()
        peer.all_as_scripted()


async def test_everything_that_can_be_sold_is_made_and_changed_there(selling: Selling) -> None:
    do = selling.do
    await do(CreateProduct(id="seat", fields=SEAT))
    seat = await do(
        CreatePrice(
            id="proposed",
            product="seat",
            currency="eur",
            unit_amount=Decimal("1050.5"),
            recurring=MONTHLY,
            nickname="Quarterly",
            lookup_key="seat",
            tax_behavior="exclusive",
            transform_quantity=TransformQuantity(divide_by=3, round="up"),
            currency_options={
                "jpy": CurrencyOption(unit_amount=Decimal(1200)),
                "kwd": CurrencyOption(unit_amount=Decimal(4500)),
            },
            metadata={"a": "1"},
        )
    )
    assert seat.id != "proposed"
    await do(
        CreatePrice(
            id="tiers",
            product="seat",
            currency="eur",
            recurring=Recurring(interval="year"),
            billing_scheme="tiered",
            tiers_mode="graduated",
            tiers=STEPS,
            lookup_key="seat",
            transfer_lookup_key=True,
        )
    )
    await do(UpdateProduct(id="seat", fields=ProductFields(default_price=seat.id, description=None, images=())))
    await do(UpdateProduct(id="seat", fields=ProductFields(marketing_features=(), metadata={"crm": None, "b": "2"})))
    more = {"usd": CurrencyOption(unit_amount=Decimal(999), tax_behavior="inclusive")}
    await do(UpdatePrice(id=seat.id, nickname=None, currency_options=more, metadata={"a": None}))
    await do(CreateCoupon(id="TENTH", name="A tenth", percent_off=Decimal("12.5"), redeem_by=NOW + timedelta(days=9)))
    off = {"eur": 500, "jpy": 600}
    await do(
        CreateCoupon(
            id="FIVE", amounts_off=off, currency="eur", duration="repeating", duration_in_months=3, products=("seat",)
        )
    )
    await do(UpdateCoupon(id="FIVE", name="Five", amounts_off={"usd": 550}, metadata={"a": "1"}))
    code = await do(
        CreatePromotionCode(
            id="proposed",
            code="WELCOME",
            coupon="FIVE",
            expires_at=NOW + timedelta(days=30),
            max_redemptions=5,
            first_time_transaction=True,
            currency="eur",
            minimum_amounts={"eur": 2000, "jpy": 3000},
        )
    )
    await do(UpdatePromotionCode(id=code.id, active=False))
    rate = await do(
        CreateTaxRate(id="proposed", display_name="VAT", percentage=Decimal("19.6"), inclusive=True, country="FR")
    )
    await do(UpdateTaxRate(id=rate.id, description="TVA", active=False))
    await do(DeleteCoupon("TENTH"))
    await do(CreateProduct(id="gone", fields=ProductFields(name="Gone")))
    await do(DeleteProduct("gone"))
    changed = selling.peer.effects()
    assert all(each.path.startswith("/v1/") for each in changed)


async def test_an_answer_that_was_lost_makes_nothing_twice(selling: Selling) -> None:
    await selling.do(CreateProduct(id="seat", fields=SEAT))
    for _ in range(10):
        await selling.backend.page_of_customers(None)  # What may be retried is a tenth of all calls.
    selling.peer.script(Fault("POST", "/v1/prices", ANSWER_LOST))
    wanted = CreatePrice(id="proposed", product="seat", currency="eur", unit_amount=Decimal(100))
    made = await selling.do(wanted, key="intent-once")
    again = await selling.do(wanted, key="intent-once")
    assert made.id == again.id
    assert len(selling.peer.effects("/v1/prices")) == 1


async def test_what_stripe_does_not_allow_is_said_as_stripe_says_it(selling: Selling) -> None:
    await selling.do(CreateProduct(id="seat", fields=SEAT))
    wanted = CreatePrice(id="p", product="nothing", currency="eur", unit_amount=Decimal(1))
    with pytest.raises(Refused, match="No such product: 'nothing'") as raised:
        await selling.do(wanted)
    assert (raised.value.refusal.param, raised.value.refusal.api_code) == ("product", "resource_missing")
    with pytest.raises(Refused, match="already exists"):
        await selling.do(CreateProduct(id="seat", fields=SEAT))
    with pytest.raises(Refused, match="zzz"):
        await selling.do(CreatePrice(id="p", product="seat", currency="zzz", unit_amount=Decimal(1)))


async def test_what_was_changed_there_meanwhile_is_shown_and_not_overwritten(selling: Selling) -> None:
    await selling.do(CreateProduct(id="seat", fields=SEAT))
    other = StripeBackend(StripeSettings(api_key=Secret(selling.peer.key)), address=selling.peer.url)
    theirs = UpdateProduct(id="seat", fields=ProductFields(name="Place", metadata={"crm": "78"}))
    await other.carry_out_catalogue(selling.terms, theirs, NOW, "theirs")
    for ours in (ProductFields(name="Chair"), ProductFields(metadata={"crm": "79"})):
        with pytest.raises(Refused) as raised:
            await selling.do(UpdateProduct(id="seat", fields=ours))
        refusal = raised.value.refusal
        assert refusal.code == "changed_at_stripe"
        assert refusal.parameters["theirs"] in ("Place", "78")
    # Another field is nobody's business, and so is what is there as it is wanted.
    found = await selling.backend.carry_out_catalogue(
        selling.terms, UpdateProduct(id="seat", fields=ProductFields(name="Place", unit_label="place")), NOW, "ours"
    )
    assert [(each.name, each.unit_label) for each in found.products] == [("Place", "place")]
    await other.aclose()
