"""Events before and after their time: chosen by staff, told on a test clock as it passes, signed, and once each."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import stripe
from hired import StaffBrowser, hire
from sides import Tenant, new_tenant
from sites import RunningSite
from sqlalchemy import select
from stripe_openapi import object_faults
from webhook_world import Receiver, receiving, told, webhook_site

from frontdesk.notice_settings import NoticeSettings
from frontdesk.roles import Role
from frontdesk_tenants import clock_walks
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.tables import audit
from frontdesk_web.site import Site

START = datetime(2027, 1, 1, 12, tzinfo=UTC)
RENEWS = datetime(2027, 2, 1, 12, tzinfo=UTC)
TYPES = ["invoice.upcoming", "invoice.will_be_due", "invoice.overdue"]


@pytest.fixture
async def world(
    fresh_database: Callable[[], PostgresAddresses], site_at: Callable[..., RunningSite]
) -> AsyncIterator[tuple[RunningSite, Site, Tenant, Receiver]]:
    addresses = fresh_database()
    running = site_at(addresses, plain_http=True, loopback_servers=True)
    async with webhook_site(addresses) as site, receiving() as receiver:
        yield running, site, await new_tenant(site.tenancy), receiver


async def test_what_is_told_before_and_after_its_time(world: tuple[RunningSite, Site, Tenant, Receiver]) -> None:
    running, site, tenant, receiver = world
    lena = await hire(site.tenancy, tenant.live.door, Role.OWNER)
    async with StaffBrowser(running, tenant.door, lena.secret) as staff:
        await staff.get("/webhooks")
        assert "When events are sent" in staff.text
        await staff.get("/webhooks/times")
        assert 'value="7"' in staff.page.text
        assert "Send invoice.will_be_due" in staff.text
        asked = {"upcoming_on": "on", "upcoming_days": "7", "will_be_due_on": "on", "overdue_on": "on"}
        await staff.post("/webhooks/times", **asked, will_be_due_days="61", overdue_days="1")
        assert staff.page.status_code == 400
        assert "Enter a number of days from 1 to 60." in staff.text
        await staff.post("/webhooks/times", **asked, will_be_due_days="3", overdue_days="1")
        await staff.follow()
        assert "Saved." in staff.text
        await staff.get("/webhooks/new")
        assert all(each in staff.text for each in TYPES)

    async with site.tenancy.at(tenant.door) as (connection, side):
        saved = await connection.scalars(select(audit.c.actor_kind).where(audit.c.action == "notices_saved"))
        assert list(saved) == ["staff"]
    assert side.settings.notices == NoticeSettings(upcoming=7, will_be_due=3, overdue=1)
    await _by_a_program(running, site, tenant)

    key = tenant.sandbox.secret_key.reveal()
    way = stripe.HTTPXClient(allow_sync_methods=True)
    client = stripe.StripeClient(key, base_addresses={"api": running.url}, http_client=way)
    v1: Any = client.v1
    endpoint, clock, subscription = await asyncio.to_thread(_begin, v1, receiver.url)

    async def advance(to: datetime) -> list[stripe.Event]:
        """What the endpoint takes until then."""
        known = len(receiver.calls)
        await asyncio.to_thread(v1.test_helpers.test_clocks.advance, clock.id, {"frozen_time": int(to.timestamp())})
        await clock_walks.walk(site.tenancy, tenant.door.tenant_id, clock.id)
        await told(site)
        return [
            stripe.Webhook.construct_event(each.body, each.headers["stripe-signature"], endpoint.secret)
            for each in receiver.calls[known:]
        ]

    due = START + timedelta(days=14)
    assert await advance(due - timedelta(days=3, seconds=1)) == []
    (soon,) = await advance(due - timedelta(days=3))
    (late,) = await advance(due + timedelta(days=2))
    assert (soon.type, late.type) == ("invoice.will_be_due", "invoice.overdue")
    assert soon.data.object["id"] == late.data.object["id"] == subscription.latest_invoice
    assert soon.data.object["status"] == "open"

    assert await advance(RENEWS - timedelta(days=7, seconds=1)) == []
    (coming,) = await advance(RENEWS - timedelta(days=6))
    invoice = coming.data.object.to_dict()
    assert coming.type == "invoice.upcoming"
    assert "id" not in invoice
    assert (invoice["status"], invoice["billing_reason"], invoice["test_clock"]) == ("draft", "upcoming", clock.id)
    assert invoice["customer_email"] == "jenny@example.com"
    assert invoice["parent"]["subscription_details"]["subscription"] == subscription.id
    assert (invoice["created"], invoice["period_end"]) == (int(RENEWS.timestamp()),) * 2
    preview = await asyncio.to_thread(
        v1.invoices.create_preview, {"customer": invoice["customer"], "subscription": subscription.id}
    )
    same = ("amount_due", "total", "due_date", "collection_method", "customer_email", "account_name", "test_clock")
    assert {name: invoice[name] for name in same} == {name: preview[name] for name in same}
    assert [each["amount"] for each in invoice["lines"]["data"]] == [1200]

    assert [each.type for each in await advance(RENEWS + timedelta(days=1))] == []
    listed = await asyncio.to_thread(v1.events.list, {"types": TYPES})
    assert [each.type for each in listed.data] == ["invoice.upcoming", "invoice.overdue", "invoice.will_be_due"]
    assert listed.data[0].data.object.to_dict() == invoice
    changes = (await asyncio.to_thread(v1.events.list, {"type": "customer.subscription.updated"})).data
    renewed = [each for each in changes if "current_period_end" in str(each.data["previous_attributes"])]
    assert renewed, "it renewed"
    fewest = [each for each in changes if each not in renewed and each.data.object["status"] == "active"]
    assert fewest == [], "being told of is no change of a subscription"


async def _by_a_program(running: RunningSite, site: Site, tenant: Tenant) -> None:
    """The same is read and set by a program, and is afterwards what it was."""
    bearer = {"Authorization": f"Bearer {tenant.sandbox.secret_key.reveal()}"}
    own = f"/v1/accounts/acct_{tenant.door.public_id}"
    chosen = {"upcoming": 7, "will_be_due": 3, "overdue": 1}
    async with httpx.AsyncClient(base_url=running.url, headers=bearer, trust_env=False) as program:
        shown = (await program.get("/v1/account")).json()
        assert shown["frontdesk"]["notices"] == chosen
        assert object_faults("account", shown) == []

        async def says(**days: str) -> Any:
            asked = {f"frontdesk[notices][{name}]": each for name, each in days.items()}
            return (await program.post(own, data=asked or {"frontdesk[notices]": ""})).json()

        assert (await says(overdue="", upcoming="60"))["frontdesk"]["notices"] == {
            **chosen,
            "overdue": None,
            "upcoming": 60,
        }
        for name, days in (("upcoming", "0"), ("will_be_due", "61"), ("overdue", "366")):
            assert (await says(**{name: days}))["error"]["param"] == f"frontdesk[notices][{name}]"
        assert (await says())["frontdesk"]["notices"] == {"upcoming": 7, "will_be_due": None, "overdue": 0}
        assert (await says(will_be_due="3", overdue="1"))["frontdesk"]["notices"] == chosen
    async with site.tenancy.at(tenant.door) as (connection, _):
        saved = await connection.scalars(select(audit.c.actor_kind).where(audit.c.action == "notices_saved"))
        assert sorted(saved) == ["api", "api", "api", "staff"]


def _begin(v1: Any, url: str) -> tuple[Any, Any, Any]:
    endpoint = v1.webhook_endpoints.create({"url": url, "enabled_events": TYPES})
    clock = v1.test_helpers.test_clocks.create({"frozen_time": int(START.timestamp())})
    customer = v1.customers.create({"email": "jenny@example.com", "test_clock": clock.id})
    price = v1.prices.create(
        {
            "product_data": {"name": "Team"},
            "currency": "eur",
            "unit_amount": 1200,
            "recurring": {"interval": "month"},
        }
    )
    asked = {"customer": customer.id, "items": [{"price": price.id}], "collection_method": "send_invoice"}
    return endpoint, clock, v1.subscriptions.create({**asked, "days_until_due": 14})
