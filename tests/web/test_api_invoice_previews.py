"""What would be billed, and lines of drafts several at a time, through Stripe's official SDK."""

from typing import Any

import pytest
import stripe
from api_server import Shop
from catalog_findings import as_admin
from digests import Watch
from stripe_openapi import CheckedClient

from frontdesk_tenants.embedded import PostgresAddresses


@pytest.fixture
def v1(shop: Shop) -> Any:
    """The SDK, every answer held to Stripe's document."""
    return stripe.StripeClient(shop.key, base_addresses={"api": shop.server.url}, http_client=CheckedClient()).v1


def _totals(invoice: Any) -> tuple[int, list[int]]:
    return invoice.total, [each.amount for each in invoice.lines.data]


def test_a_preview_says_what_is_billed_and_changes_nothing(shop: Shop, v1: Any, postgres: PostgresAddresses) -> None:
    customer = shop.customer()
    subscription = shop.subscription(customer, quantity=2)
    item = v1.subscriptions.retrieve(subscription)["items"].data[0]
    other = {"currency": "eur", "product": shop.product, "recurring": {"interval": "month"}, "unit_amount": 300}
    now = {"proration_behavior": "always_invoice", "proration_date": item.current_period_start}
    more = {"items": [{"id": item.id, "quantity": 5}], **now}
    with as_admin(postgres) as admin:
        watch = Watch(admin, [shop.tenant.live.door.tenant_id])
        before = {name: each for name, each in watch.tables().items() if name != "idempotency_keys"}

        def preview(**given: Any) -> Any:
            return v1.invoices.create_preview(given)

        coming = preview(subscription=subscription)
        assert (coming.status, coming.number, coming.billing_reason) == ("draft", None, "upcoming")
        assert (_totals(coming), coming.created) == ((2400, [2400]), item.current_period_end)
        assert _totals(preview(customer=customer)) == (2400, [2400])
        extra = [{"amount": 500, "currency": "eur", "description": "Help"}]
        assert _totals(preview(subscription=subscription, invoice_items=extra)) == (2900, [500, 2400])
        at_once = preview(subscription=subscription, subscription_details=more)
        assert (_totals(at_once), at_once.id[:11]) == ((3600, [-2400, 6000]), "upcoming_in")
        later = preview(subscription=subscription, subscription_details=more | {"proration_behavior": "none"})
        assert _totals(later) == (6000, [6000])
        new = {"items": [{"price_data": other, "quantity": 3}]}
        assert _totals(preview(customer=customer, subscription_details=new)) == (900, [900])
        trial = preview(customer=customer, subscription_details=new | {"trial_end": item.current_period_end})
        assert _totals(trial) == (0, [0])
        nothing = {"cancel_at_period_end": True}
        with pytest.raises(stripe.InvalidRequestError) as none:
            preview(subscription=subscription, subscription_details=nothing)
        assert (none.value.http_status, none.value.code) == (404, "invoice_upcoming_none")
        credit = preview(subscription=subscription, subscription_details={"cancel_now": True, **now})
        assert credit.total < 0
        # The SDK gives every request a key of its own.
        assert {name: each for name, each in watch.tables().items() if name != "idempotency_keys"} == before
    v1.subscriptions.update(subscription, {"items": [{"id": item.id, "quantity": 5}], **now})
    billed = v1.invoices.retrieve(v1.subscriptions.retrieve(subscription).latest_invoice)
    assert _totals(billed) == _totals(at_once)


def test_lines_of_a_draft_are_written_several_at_a_time(shop: Shop, v1: Any) -> None:
    customer = shop.customer()
    draft = v1.invoices.create({"customer": customer, "currency": "eur", "metadata": {"deal": "17"}}).id
    described = {"currency": "eur", "product": shop.product, "unit_amount": 700}
    both = [{"amount": 1000, "description": "Help"}, {"price_data": described, "quantity": 2}]
    written = v1.invoices.add_lines(draft, {"lines": both, "invoice_metadata": {"deal": "18"}})
    assert (_totals(written), written.metadata.to_dict()) == ((2400, [1000, 1400]), {"deal": "18"})
    help_, seats = (each.id for each in written.lines.data)
    changed = v1.invoices.update_lines(
        draft, {"lines": [{"id": help_, "amount": 1500, "metadata": {"a": "b"}}, {"id": seats, "quantity": 3}]}
    )
    assert _totals(changed) == (3600, [1500, 2100])
    one = v1.invoices.line_items.update(draft, help_, {"description": "More help"})
    assert (one.description, one.metadata.to_dict(), one.invoice) == ("More help", {"a": "b"}, draft)
    gone = {"lines": [{"id": help_, "behavior": "unassign"}, {"id": seats, "behavior": "delete"}]}
    assert _totals(v1.invoices.remove_lines(draft, gone)) == (0, [])
    (waits,) = v1.invoice_items.list({"customer": customer}).data
    assert (waits.invoice, waits.amount) == (None, 1500)
    whole = v1.invoices.create({"customer": customer, "pending_invoice_items_behavior": "include"})
    assert _totals(whole) == (1500, [1500])
    v1.invoices.delete(whole.id)
    assert v1.invoice_items.list({"customer": customer, "pending": True}).data[0].id == waits.id


def test_what_has_ended_can_still_be_explained(shop: Shop, v1: Any) -> None:
    """Stripe's rule: of a canceled subscription the metadata and the reason can change, and nothing else."""
    subscription = shop.subscription(shop.customer())
    v1.subscriptions.cancel(subscription)
    told = v1.subscriptions.update(
        subscription, {"metadata": {"why": "moved"}, "cancellation_details": {"feedback": "unused"}}
    )
    assert (told.metadata.to_dict(), told.cancellation_details.feedback) == ({"why": "moved"}, "unused")
    with pytest.raises(stripe.InvalidRequestError, match="can only update its cancellation_details and metadata"):
        v1.subscriptions.update(subscription, {"description": "Gone"})


def test_an_end_that_is_set_is_set_again(shop: Shop, v1: Any) -> None:
    subscription = shop.subscription(shop.customer())
    first = v1.subscriptions.update(subscription, {"cancel_at_period_end": True})
    again = v1.subscriptions.update(subscription, {"cancel_at_period_end": True, "metadata": {"a": "b"}})
    assert (again.cancel_at, again.metadata.to_dict()) == (first.cancel_at, {"a": "b"})
    earlier = v1.subscriptions.update(subscription, {"cancel_at": first.cancel_at - 86_400})
    assert earlier.cancel_at == first.cancel_at - 86_400
    assert v1.subscriptions.update(subscription, {"cancel_at_period_end": True}).cancel_at == first.cancel_at


def test_a_preview_shows_its_discounts_when_asked(shop: Shop, v1: Any) -> None:
    spring = v1.coupons.create({"percent_off": 25, "duration": "repeating", "duration_in_months": 3, "name": "Spring"})
    three = v1.coupons.create({"amount_off": 300, "currency": "eur", "duration": "once"})
    code = v1.promotion_codes.create({"promotion": {"type": "coupon", "coupon": spring.id}, "code": "SPRING"})
    customer = shop.customer()
    item: dict[str, Any] = {"price": shop.monthly, "quantity": 2, "discounts": [{"coupon": three.id}]}
    started = v1.subscriptions.create(
        {"customer": customer, "items": [item], "discounts": [{"promotion_code": code.id}], "expand": ["discounts"]}
    )
    (held,) = started.discounts
    whole = [
        "discounts.promotion_code",
        "discounts.source.coupon",
        "lines.data.discounts",
        "lines.data.discount_amounts.discount",
        "total_discount_amounts.discount",
    ]

    def preview(**given: Any) -> Any:
        return v1.invoices.create_preview({**given, "expand": whole})

    def named(of: Any) -> list[str]:
        """All the discounts that it shows, seen to be shown alike wherever they stand."""
        seen = {each.id: each.to_dict() for each in of.discounts}
        for line in of.lines.data:
            for each in (*line.discounts, *(taken.discount for taken in line.discount_amounts)):
                assert (each.id in seen, each.start) == (True, seen[each.id]["start"])
        assert {each.discount.id for each in of.total_discount_amounts} <= seen.keys()
        return [each.source.coupon.id for each in of.discounts]

    # What comes next has what is held, but no longer what was had once.
    coming = preview(subscription=started.id)
    assert (coming.total, named(coming)) == (1800, [spring.id])
    (shown,) = coming.discounts
    assert (shown.id, shown.subscription, shown.end, shown.invoice) == (held.id, started.id, held.end, None)
    assert (shown.promotion_code.code, shown.source.coupon.percent_off) == ("SPRING", 25)
    # So has what is billed at once as another period begins: what is kept, and what is given with the change.
    bound = {"id": started["items"].data[0].id, "quantity": 5, "discounts": [{"coupon": three.id}]}
    anew = {"items": [bound], "billing_cycle_anchor": "now", "proration_behavior": "none"}
    kept = preview(subscription=started.id, subscription_details=anew)
    assert (kept.total, named(kept)) == (4275, [three.id, spring.id])
    assert kept.discounts[0].subscription_item == bound["id"]
    other = preview(subscription=started.id, subscription_details=anew, discounts=[{"coupon": three.id}])
    assert (other.total, named(other)) == (5400, [three.id, three.id])
    # And so has a subscription that is only thought of, and an item that waits.
    new = {"items": [{"price": shop.monthly}]}
    thought_of = preview(customer=customer, subscription_details=new, discounts=[{"promotion_code": code.id}])
    assert (thought_of.total, named(thought_of)) == (900, [spring.id])
    one = {"amount": 800, "currency": "eur", "discounts": [{"coupon": three.id}]}
    alone = preview(customer=shop.customer(), invoice_items=[one])
    assert (alone.total, named(alone)) == (500, [three.id])
    assert (alone.discounts[0].invoice, alone.discounts[0].invoice_item) == (
        alone.id,
        alone.lines.data[0].parent.invoice_item_details.invoice_item,
    )
    with_it = preview(subscription=started.id, invoice_items=[one])
    assert (with_it.total, sorted(named(with_it))) == (2300, sorted([three.id, spring.id]))
    assert v1.invoices.create_preview({"subscription": started.id}).discounts == [held.id]


def test_a_preview_has_the_customer_s_own_discount_and_none_that_is_over(shop: Shop, v1: Any) -> None:
    own = v1.coupons.create({"amount_off": 200, "currency": "eur", "duration": "forever"})
    customer = shop.customer(coupon=own.id)
    subscription = shop.subscription(customer, quantity=1)
    asked = {"subscription": subscription, "expand": ["total_discount_amounts.discount", "discounts"]}
    coming = v1.invoices.create_preview(asked)
    assert (coming.total, [each.source.coupon for each in coming.discounts]) == (1000, [own.id])
    assert coming.total_discount_amounts[0].discount.id == v1.customers.retrieve(customer).discount.id
