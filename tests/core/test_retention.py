"""Offers to stay: who is made which, what taking one does, and that nobody is paid twice for leaving."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace
from seat_shop import CONFIGURATION, NOW, TERMS, change, open_shop, subscription_of

from frontdesk import cancellations, plan_changes, staying
from frontdesk.acts import QuoteChanged
from frontdesk.billing import Capabilities, Capability
from frontdesk.book import Terms
from frontdesk.commands import ChangeDiscounts, ChangePlan, SetCustomerDiscount, TakeOffer
from frontdesk.coupons import Coupon, DiscountChoice
from frontdesk.errors import Refused
from frontdesk.events import CancellationTakenBack, OfferTaken, PlanChangePutOff, SubscriptionPaused
from frontdesk.frontdesk_settings import FrontdeskSettings
from frontdesk.portal_configuration import PortalConfiguration
from frontdesk.portal_configuration_rules import faults
from frontdesk.retention import OfferRule, RetentionSettings, StayOffer, tenure
from frontdesk.testing.desk import MemoryDesk
from frontdesk_invoice_only.backend import InvoiceOnly

QUARTER = StayOffer(type="coupon", coupon="quarter")
REST = StayOffer(type="pause", months=2)
SMALLER = StayOffer(type="plan", price="small")


def coupon(id: str, **fields: Any) -> Coupon:
    fields = {"percent_off": Decimal(25), "duration": "repeating", "duration_in_months": 3} | fields
    return Coupon(id=id, created=NOW, **fields)


KNOWN: Terms = replace(
    TERMS,
    coupons={"quarter": coupon("quarter"), "gone": coupon("gone", deleted=True)},
    prices={**TERMS.prices, "small": replace(TERMS.prices["team"], id="small", unit_amount=Decimal(500))},
)


def offering(**settings: Any) -> PortalConfiguration:
    return replace(CONFIGURATION, frontdesk=FrontdeskSettings(retention=RetentionSettings(enabled=True, **settings)))


async def open_desk(**settings: Any) -> MemoryDesk:
    desk = await open_shop()
    desk.terms, desk.configuration = KNOWN, offering(**settings)
    return desk


async def made_before(desk: MemoryDesk) -> StayOffer | None:
    made = await staying.offer_before(desk, subscription_of(desk).id)
    return None if made is None else made.offer


async def test_a_coupon_taken_after_cancelling_takes_that_back_at_the_price_that_was_shown() -> None:
    desk = await open_desk(after=(OfferRule(offer=QUARTER, reasons=("too_expensive",)),))
    subscription = subscription_of(desk)
    await cancellations.cancel(desk, _cancel(subscription.id))
    assert await staying.offer_after(desk, subscription.id) is None, "nobody said why"
    await cancellations.explain(desk, subscription.id, "unused")
    assert await staying.offer_after(desk, subscription.id) is None, "for another reason"
    await cancellations.explain(desk, subscription.id, "too_expensive")
    made = await staying.offer_after(desk, subscription.id)
    assert made is not None
    assert made.otherwise is not None
    assert made.quote.renewal is not None
    assert (made.quote.due_now, made.otherwise.amount, made.quote.renewal.amount) == (0, 12000, 9000)
    changes = await staying.confirm(desk, made.quote.id)
    stays = subscription_of(desk)
    assert (stays.cancel_at, stays.cancellation.feedback) == (None, None)
    assert [each.coupon for each in stays.discounts] == ["quarter"]
    assert stays.offer_taken_at == desk.now
    kinds = [type(each) for each in changes.events]
    assert (kinds[0], kinds[-1]) == (CancellationTakenBack, OfferTaken)
    (told,) = [each for each in changes.events if isinstance(each, OfferTaken)]
    assert (told.offer, told.took_back) == (QUARTER, True)


async def test_each_offer_before_does_what_it_says() -> None:
    desk = await open_desk(before=(OfferRule(offer=REST),))
    made = await staying.offer_before(desk, subscription_of(desk).id)
    assert made is not None
    changes = await staying.confirm(desk, made.quote.id)
    paused = subscription_of(desk).paused
    assert paused is not None
    assert paused.resumes_at == datetime(2027, 1, 11, tzinfo=UTC)
    assert [type(each) for each in changes.events] == [SubscriptionPaused, OfferTaken]

    desk = await open_desk(before=(OfferRule(offer=SMALLER),))
    made = await staying.offer_before(desk, subscription_of(desk).id)
    assert made is not None
    assert made.quote.renewal is not None
    assert (made.quote.due_now, made.quote.credited, made.quote.renewal.amount) == (0, 0, 5000)
    changes = await staying.confirm(desk, made.quote.id)
    assert [type(each) for each in changes.events] == [PlanChangePutOff, OfferTaken]
    waits = subscription_of(desk).put_off
    assert waits is not None
    assert [each.price for each in waits.items] == ["small"]


async def test_an_offer_is_not_made_again_until_its_months_are_over() -> None:
    desk = await open_desk(before=(OfferRule(offer=QUARTER), OfferRule(offer=REST)), again_after_months=6)
    assert await made_before(desk) == QUARTER
    made = await staying.offer_before(desk, subscription_of(desk).id)
    second = await staying.offer_before(desk, subscription_of(desk).id)
    assert made is not None
    assert second is not None
    await staying.confirm(desk, made.quote.id)
    assert await made_before(desk) is None
    with pytest.raises(Refused) as refused:
        await staying.confirm(desk, second.quote.id)
    assert refused.value.refusal.code == "offer_taken"
    for days, again in ((180, None), (182, REST)):
        desk.now = NOW + timedelta(days=10 + days)
        assert await made_before(desk) == again, "the coupon is in the customer's hands still"
        desk.now = NOW + timedelta(days=10)


async def test_an_offer_that_saves_nothing_or_cannot_be_had_is_not_made() -> None:
    for offer in (
        StayOffer(type="coupon", coupon="gone"),
        StayOffer(type="coupon", coupon="unheard_of"),
        StayOffer(type="plan", price="company"),
        StayOffer(type="plan", price="team"),
        StayOffer(type="plan", price="dollars"),
        StayOffer(type="plan", price="archived"),
    ):
        desk = await open_desk(before=(OfferRule(offer=offer), OfferRule(offer=REST)))
        assert await made_before(desk) == REST, offer
    half = await open_desk(before=(OfferRule(offer=QUARTER), OfferRule(offer=REST)))
    half.terms = replace(KNOWN, coupons={**KNOWN.coupons, "half": coupon("half", percent_off=Decimal(50))})
    half.actor = replace(half.actor, kind="api")
    await half.carry_out(SetCustomerDiscount(discount=DiscountChoice(coupon="half")))
    half.actor = replace(half.actor, kind="customer")
    assert await made_before(half) == REST, "the coupon would take the place of the customer's better one"


async def test_who_is_made_an_offer() -> None:
    team, company = OfferRule(offer=REST, products=("team_product",)), OfferRule(offer=REST, products=("other",))
    for rule, days, expected in (
        (team, 10, REST),
        (company, 10, None),
        (OfferRule(offer=REST, from_months=1), 10, None),
        (OfferRule(offer=REST, from_months=1), 30, REST),
        (OfferRule(offer=REST, from_months=1, to_months=2), 60, REST),
        (OfferRule(offer=REST, from_months=1, to_months=2), 61, None),
    ):
        desk = await open_desk(before=(rule,))
        desk.now = NOW + timedelta(days=days)
        assert await made_before(desk) == expected, (rule, days)
    assert [tenure(subscription_of(desk), NOW + timedelta(days=each)) for each in (0, 29, 30, 365)] == [0, 0, 1, 12]
    desk = await open_desk(before=(OfferRule(offer=REST),))
    desk.configuration = replace(
        desk.configuration, frontdesk=FrontdeskSettings(retention=RetentionSettings(before=(OfferRule(offer=REST),)))
    )
    assert await made_before(desk) is None, "switched off"
    desk.configuration = offering(before=(OfferRule(offer=REST),))
    desk.suspended = True
    assert await made_before(desk) is None


async def test_what_a_program_promised_goes_before_the_rules() -> None:
    desk = await open_desk(before=(OfferRule(offer=REST),))
    id = subscription_of(desk).id
    made = await staying.offer_before(desk, id, QUARTER)
    assert made is not None
    assert made.offer == QUARTER
    await staying.confirm(desk, made.quote.id)
    assert await staying.offer_before(desk, id, QUARTER) is None, "it was taken, and rules say once in twelve months"
    bare = await open_desk()
    bare.configuration = CONFIGURATION
    promised = await staying.offer_before(bare, id, QUARTER)
    assert promised is not None


async def test_an_offer_shown_beside_a_cancellation_holds_after_it_if_it_costs_the_same() -> None:
    desk = await open_desk(before=(OfferRule(offer=QUARTER),))
    id = subscription_of(desk).id
    leaving = await cancellations.quote(desk, id)
    made = await staying.offer_before(desk, id)
    assert made is not None
    await cancellations.confirm(desk, leaving.id)
    await staying.confirm(desk, made.quote.id)
    assert (subscription_of(desk).cancel_at, len(subscription_of(desk).discounts)) == (None, 1)


async def test_an_offer_is_worked_out_anew_where_it_would_come_to_something_else() -> None:
    desk = await open_desk(before=(OfferRule(offer=QUARTER),))
    made = await staying.offer_before(desk, subscription_of(desk).id)
    assert made is not None
    desk.actor = replace(desk.actor, kind="api")
    await plan_changes.change(desk, replace(change(desk, None, 20), proration_behavior="none"))
    desk.actor = replace(desk.actor, kind="customer")
    with pytest.raises(QuoteChanged) as changed:
        await staying.confirm(desk, made.quote.id)
    assert changed.value.new.renewal is not None
    assert changed.value.new.renewal.amount == 18000
    assert subscription_of(desk).discounts == ()


async def test_an_offer_is_one_thing() -> None:
    assert StayOffer(type="coupon", coupon="a").is_whole
    for wrong in (
        StayOffer(type="coupon"),
        StayOffer(type="pause", coupon="a"),
        StayOffer(type="plan", price="a", months=2),
    ):
        assert not wrong.is_whole
        assert codes(offering(before=(OfferRule(offer=wrong),)))[-1] == "offer_incomplete"


def codes(configuration: PortalConfiguration, **kept: Any) -> list[str]:
    return [each.code for each in faults(configuration, KNOWN, InvoiceOnly.capabilities, **kept)]


def test_what_offers_may_say() -> None:
    rule = OfferRule(offer=QUARTER, products=("team_product",), reasons=("unused", "fo_1"))
    assert codes(offering(before=(rule,)), own_reasons=("fo_1",)) == []
    for settings, code in (
        ({"again_after_months": -1}, "retention_wait"),
        ({"again_after_months": 121}, "retention_wait"),
        ({"after": (OfferRule(offer=REST, reasons=("boredom",)),)}, "no_such_feedback_option"),
        ({"before": (OfferRule(offer=REST, products=("prod_none",)),)}, "no_such_product"),
        ({"before": (OfferRule(offer=StayOffer(type="coupon", coupon="gone")),)}, "no_such_coupon"),
        ({"before": (OfferRule(offer=StayOffer(type="plan", price="archived")),)}, "price_inactive"),
        ({"before": (OfferRule(offer=StayOffer(type="plan", price="once")),)}, "price_not_recurring"),
        ({"before": (OfferRule(offer=StayOffer(type="plan", price="none")),)}, "no_such_price"),
        ({"before": (OfferRule(offer=StayOffer(type="pause", months=37)),)}, "pause_too_long"),
        ({"before": (OfferRule(offer=REST, from_months=3, to_months=3),)}, "tenure_empty"),
        ({"before": (OfferRule(offer=REST),) * 21}, "too_many_offers"),
    ):
        found: Any = settings
        assert codes(offering(**found)) == [code], settings
        assert codes(offering(**found), before=offering(**found)) == []
    less = Capabilities(remote=False, can=frozenset({*Capability} - {Capability.PAUSE}), collection_methods=())
    found_faults = faults(offering(before=(OfferRule(offer=REST),)), KNOWN, less)
    assert [each.code for each in found_faults] == ["not_supported"]


def _cancel(id: str) -> Any:
    from frontdesk.commands import CancelSubscription

    return CancelSubscription(subscription=id)


async def test_an_offer_says_what_it_does_in_a_command() -> None:
    desk = await open_desk()
    subscription = subscription_of(desk)
    assert isinstance(staying.act_of(QUARTER, subscription, NOW), ChangeDiscounts)
    assert isinstance(staying.act_of(SMALLER, subscription, NOW), ChangePlan)
    other = TakeOffer(
        subscription=subscription.id, offer=QUARTER, act=ChangeDiscounts(subscription="sub_other", discounts=())
    )
    with pytest.raises(Refused, match="no_such_subscription"):
        await desk.preview(other)
