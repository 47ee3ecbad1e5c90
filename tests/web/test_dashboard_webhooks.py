"""Webhooks in the dashboard: an endpoint is added, changed, given a new secret, looked into, asked again, deleted."""

import re

from hired import StaffBrowser, hire
from sides import Tenant, sell
from sites import RunningSite

from frontdesk.roles import Role
from frontdesk_tenants import happenings, webhook_calls, webhook_endpoints
from frontdesk_tenants.database import clock
from frontdesk_tenants.paging import Cursor
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_tenants.webhook_calls import Batch, Outcome

GOOD = {"url": "https://hooks.example.com/in", "which": "some", "event_price.created": "on"}


async def called(tenancy: Tenancy, tenant: Tenant, endpoint: str, status: int | None, answer: str) -> str:
    """What a worker would write down after it called the endpoint with the newest event; returns the event's id."""
    async with tenancy.database.side(tenant.door.tenant_id) as connection:
        now = await clock(connection)
        (event, *_) = (await happenings.page(connection, Cursor(limit=1))).items
        told = ((endpoint, event.id, "price.created"),)
        await webhook_calls.spread(connection, tenant.door.tenant_id, told, (event.id,), now)
        found = await webhook_endpoints.find(connection, endpoint)
        assert found is not None
        outcome = Outcome(happening=event.id, status=status, answer=answer, milliseconds=1250)
        batch = Batch(endpoint=found, happenings=(event.id,))
        await webhook_calls.keep_outcomes(connection, tenancy.jobs, tenant.door, batch, (outcome,), now)
    return event.id


async def test_the_life_of_an_endpoint(tenancy: Tenancy, tenant: Tenant, running_site: RunningSite) -> None:
    owner = await hire(tenancy, tenant.live.door)
    await sell(tenancy, tenant.door)
    async with StaffBrowser(running_site, tenant.door, owner.secret) as staff:
        await staff.get("/webhooks")
        assert "No endpoint yet" in staff.text
        assert "stripe.Webhook.construct_event" in staff.html
        await staff.get("/webhooks/new")
        for wrong, sentence in (
            ({"url": ""}, "Enter the address that is to be called."),
            ({"url": "http://10.0.0.1/"}, "Enter a public address that begins with https://"),
            ({"description": "x" * 501}, "At most 500 characters."),
        ):
            await staff.post("/webhooks/new", **(GOOD | wrong))
            assert (staff.page.status_code, sentence in staff.text) == (400, True), wrong
        await staff.post("/webhooks/new", url=GOOD["url"], which="some")
        assert "Choose at least one event." in staff.text
        await staff.post("/webhooks/new", **GOOD, description="Accounting\x00")
        await staff.follow()
        assert "The endpoint is added." in staff.text
        endpoint = re.findall(r"/webhooks/(we_[A-Za-z0-9]+)/edit", staff.html)[0]
        assert "price.created" in staff.text
        assert "Nothing was sent yet." in staff.text

        event = await called(tenancy, tenant, endpoint, 500, "<b>broken</b>")
        await staff.get(f"/webhooks/{endpoint}")
        assert "Failing" in staff.text
        assert "It has taken no call since" in staff.text
        await staff.get(f"/webhooks/{endpoint}/deliveries/{event}")
        assert "500" in staff.text
        assert "<b>broken</b>" in staff.html
        assert "<b>broken</b>" not in staff.page.text
        assert '"type": "price.created"' in staff.html
        await staff.post(f"/webhooks/{endpoint}/deliveries/{event}/again")
        await staff.follow()
        assert "It is being sent again." in staff.text
        await called(tenancy, tenant, endpoint, 204, "")
        await staff.get(f"/webhooks/{endpoint}?show=waiting")
        assert "Nothing waits to be sent." in staff.text
        for which, sentence in (("failed", "nothing of that"), ("all", "1 event is being sent again.")):
            await staff.post(f"/webhooks/{endpoint}/again", span="day", which=which)
            await staff.follow()
            assert sentence in staff.text

        await staff.get(f"/webhooks/{endpoint}/secret")
        old = re.findall(r'value="(whsec_[A-Za-z0-9]+)"', staff.html)[0]
        await staff.post(f"/webhooks/{endpoint}/secret", overlap="12")
        await staff.follow()
        new = re.findall(r'value="(whsec_[A-Za-z0-9]+)"', staff.html)[0]
        assert old != new
        assert "The secret before it signs too until" in staff.text

        await staff.get(f"/webhooks/{endpoint}/edit")
        assert "checked" in re.findall(r'name="event_price\.created"[^>]*', staff.html)[0]
        await staff.post(f"/webhooks/{endpoint}/edit", url=GOOD["url"], which="all")
        await staff.follow()
        assert "All events" in staff.text
        for on, sentence in (("false", "The endpoint is off."), ("true", "The endpoint is on.")):
            await staff.post(f"/webhooks/{endpoint}/switch", on=on)
            await staff.follow()
            assert sentence in staff.text

        await staff.get("/events?type=price.created")
        assert event in staff.html
        await staff.get(f"/events/{event}")
        assert GOOD["url"] in staff.html
        await staff.get("/events?type=coupon.deleted")
        assert "No event of this type" in staff.text
        await staff.get(f"/webhooks/{endpoint}")
        await staff.post(f"/webhooks/{endpoint}/delete")
        await staff.follow()
        assert "The endpoint is deleted." in staff.text
        assert (await staff.get(f"/webhooks/{endpoint}")).status_code == 404
    helper = await hire(tenancy, tenant.live.door, Role.SUPPORT)
    async with StaffBrowser(running_site, tenant.door, helper.secret) as staff:
        assert "Add endpoint" not in (await staff.get("/webhooks")).text
        assert (await staff.get("/webhooks/new")).status_code == 403
        assert "price.created" in (await staff.get("/events")).text
