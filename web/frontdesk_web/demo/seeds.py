"""Fill the demo's tenants with the official Stripe SDK, over HTTP, as a tenant's own code would.

The months that lie behind a customer are really lived: the database's clock is set back, everything is created
there, and the worker walks it forward to today. Only the owner of a schema can do that.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import stripe

from frontdesk.book import Interval
from frontdesk_web.demo.cast import Company, Person

SetBack = Callable[[timedelta], Awaitable[None]]
"""Sets the database's clock back by so much."""
Renew = Callable[[], Awaitable[None]]
"""Does everything that has fallen due."""
DAYS_TO_PAY = 9
DECLINED = "chargeCustomerFail"
STAY = "stay-25"
"""The coupon of those who leave because it costs too much."""
_OFFERS: dict[str, Any] = {
    "frontdesk": {
        "retention": {
            "enabled": True,
            "after": [
                {"offer": {"type": "coupon", "coupon": STAY}, "reasons": ["too_expensive"]},
                {"offer": {"type": "pause", "months": 2}, "reasons": ["unused"]},
            ],
        },
        "restart": {"enabled": True},
    }
}


class Seeding:
    """One company's data, created and then walked forward with the others'."""

    def __init__(self, company: Company, api_base: str, secret_key: str) -> None:
        self.company = company
        self._stripe = stripe.StripeClient(
            secret_key, base_addresses={"api": api_base}, http_client=stripe.HTTPXClient(), max_network_retries=2
        )
        self._prices: dict[tuple[str, str], str] = {}
        self._products: dict[str, str] = {}
        self.customers: list[dict[str, Any]] = []

    async def catalogue(self) -> None:
        """Products, prices and what customers may change by themselves."""
        for plan in self.company.plans:
            product = await self._stripe.v1.products.create_async(
                _filled(
                    name=plan.name,
                    description=plan.description,
                    tax_code=self.company.tax_code,
                    marketing_features=[{"name": each} for each in plan.features],
                    unit_label=plan.unit_label,
                )
            )
            self._products[plan.key] = product.id
            intervals: tuple[tuple[Interval, int], ...] = (("month", plan.month), ("year", plan.year))
            for interval, amount in intervals:
                price = await self._stripe.v1.prices.create_async(
                    {
                        "product": product.id,
                        "currency": self.company.currency,
                        "unit_amount": amount,
                        "recurring": {"interval": interval},
                        "lookup_key": f"{plan.key}_{interval}",
                        "tax_behavior": "inclusive",
                    }
                )
                self._prices[plan.key, interval] = price.id
        (default,) = (await self._stripe.v1.billing_portal.configurations.list_async({"is_default": True})).data
        reason = await self._stripe.v1.billing.feedback_options.create_async(
            {"description": "Wir sind umgezogen" if self.company.locale == "de" else "We have moved"}
        )
        await self._stripe.v1.coupons.create_async(
            {"id": STAY, "percent_off": 25, "duration": "repeating", "duration_in_months": 3}
        )
        settings: Any = {**self._settings(reason.id), **_OFFERS}
        await self._stripe.v1.billing_portal.configurations.update_async(default.id, settings)

    def _settings(self, reason: str) -> Any:
        updates = ["price", "quantity"] if self.company.quantities else ["price"]
        return {
            "business_profile": {
                "headline": self.company.headline,
                "privacy_policy_url": f"{self.company.website}/privacy",
                "terms_of_service_url": f"{self.company.website}/terms",
            },
            "default_return_url": self.company.website,
            "features": {
                "subscription_update": {
                    "enabled": True,
                    "default_allowed_updates": updates,
                    "proration_behavior": "always_invoice",
                    "products": [
                        {"product": self._products[plan.key], "prices": self._both(plan.key)}
                        for plan in self.company.plans
                    ],
                },
                "payment_method_update": {"enabled": True},
                "subscription_cancel": {
                    "enabled": True,
                    "cancellation_reason": {"enabled": True, "feedback_options": [reason]},
                },
                "subscription_pause": {
                    "enabled": True,
                    "duration": {
                        "type": "interval_options",
                        "interval_options": [{"interval": "month", "interval_count": count} for count in (1, 3)],
                    },
                },
            },
        }

    def _both(self, plan: str) -> list[str]:
        return [self._prices[plan, "month"], self._prices[plan, "year"]]

    async def join(self, person: Person) -> None:
        """A customer subscribes."""
        customer = await self._stripe.v1.customers.create_async(
            _filled(
                name=person.name,
                email=person.email,
                preferred_locales=[self.company.locale],
                phone=person.phone,
                address=person.address,
                **self._paying(person.card),
            )
        )
        collection: Any = {"collection_method": "send_invoice", "days_until_due": 14}
        if person.card:
            collection = {"collection_method": "charge_automatically"}
        items = [{"price": self._prices[person.plan, person.interval], "quantity": person.quantity}]
        asked: Any = {"customer": customer.id, "items": items, **collection}
        subscription = await self._stripe.v1.subscriptions.create_async(asked)
        if person.card_fails:
            await self._pay_by(customer.id, DECLINED)
        self.customers.append(
            {"email": person.email, "id": customer.id, "subscriptions": [subscription.id], "person": person}
        )

    def _paying(self, card: str) -> Any:
        if not card:
            return {}
        method = f"pm_card_{card}"
        return {"payment_method": method, "invoice_settings": {"default_payment_method": method}}

    async def _pay_by(self, customer: str, card: str) -> None:
        """Make another card the default."""
        method = await self._stripe.v1.payment_methods.attach_async(f"pm_card_{card}", {"customer": customer})
        settings: Any = {"invoice_settings": {"default_payment_method": method.id}}
        await self._stripe.v1.customers.update_async(customer, settings)

    async def pay(self, now: datetime) -> None:
        """Mark bills paid that have been open for some days, as a bookkeeper would."""
        for bill in await self._open_bills(created={"lte": int((now - timedelta(days=DAYS_TO_PAY)).timestamp())}):
            await self._mark_paid(bill)

    async def settle(self) -> None:
        """Mark everything paid, but the newest bill of those who still owe it."""
        owing = {each["id"] for each in self.customers if each["person"].unpaid}
        for bill in await self._open_bills():
            if bill.customer in owing:
                owing.remove(str(bill.customer))
            else:
                await self._mark_paid(bill)

    async def expire(self, now: datetime) -> None:
        """Those whose card is over have not told of another one."""
        for customer in self.customers:
            if customer["person"].card_expired:
                (card,) = (await self._stripe.v1.customers.payment_methods.list_async(customer["id"])).data
                over: Any = {"card": {"exp_month": now.month, "exp_year": now.year - 1}}
                await self._stripe.v1.payment_methods.update_async(card.id, over)

    async def _open_bills(self, **which: Any) -> list[stripe.Invoice]:
        """Those that are open, newest first, of all who have no card: the bank of the others sees to theirs, or not."""
        by_transfer = {each["id"] for each in self.customers if not each["person"].card}
        asked: Any = {"status": "open", "limit": 100, **which}
        bills = await self._stripe.v1.invoices.list_async(asked)
        return [each async for each in bills.auto_paging_iter() if each.customer in by_transfer]

    async def _mark_paid(self, bill: stripe.Invoice) -> None:
        await self._stripe.v1.invoices.pay_async(str(bill.id), {"paid_out_of_band": True})

    async def leave(self) -> None:
        """Those who cancel do so today, at the end of their period."""
        for customer in self.customers:
            if customer["person"].cancels:
                await self._stripe.v1.subscriptions.update_async(
                    customer["subscriptions"][0], {"cancel_at_period_end": True}
                )


async def seed(seedings: list[Seeding], now: datetime, set_back: SetBack, renew: Renew) -> None:
    """Live the past months of all companies, day by day on which something happens. The clock ends where it was."""
    people = sorted(
        ((person, each) for each in seedings for person in each.company.people), key=lambda both: -both[0].since_days
    )
    try:
        await set_back(timedelta(days=people[0][0].since_days + 1))
        for each in seedings:
            await each.catalogue()
        for person, its in people:
            ago = timedelta(days=person.since_days, hours=7)
            await set_back(ago)
            await renew()
            for each in seedings:
                await each.pay(now - ago)
            await its.join(person)
    finally:
        await set_back(timedelta(0))
    await renew()
    for each in seedings:
        await each.settle()
        await each.expire(now)
        await each.leave()


def _filled(**fields: Any) -> Any:
    """Parameters without those that have no value."""
    return {name: value for name, value in fields.items() if value}
