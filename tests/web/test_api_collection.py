"""What follows when a payment by card fails: how often it is tried again, and what becomes of the plan."""

from datetime import UTC, datetime
from typing import Any

import pytest
import stripe
from api_server import ApiServer, Shop, made
from hired import StaffBrowser, hire
from sides import Tenant
from sites import RunningSite
from sqlalchemy import select
from stripe_openapi import CheckedClient, object_faults

from frontdesk.channels import Letter
from frontdesk.events import PaymentFailed
from frontdesk.roles import Role
from frontdesk_tenants import clock_walks
from frontdesk_tenants.tables import audit, events
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.letters import after_events


def moment(month: int, day: int) -> int:
    return int(datetime(2026, month, day, tzinfo=UTC).timestamp())


class Plan:
    """A customer on a test clock whose card paid once and is replaced by one that is declined, by Stripe's SDK."""

    def __init__(self, server: ApiServer, tenancy: Tenancy, tenant: Tenant) -> None:
        self.client = CheckedClient()
        self.door = tenant.sandbox.door
        key = tenant.sandbox.secret_key.reveal()
        sdk = stripe.StripeClient(key, base_addresses={"api": server.url}, http_client=self.client)
        self.v1 = v1 = sdk.v1
        self.tenancy = tenancy
        self.clock = v1.test_helpers.test_clocks.create({"frozen_time": moment(1, 1)}).id
        card = "pm_card_visa"
        default: Any = {"payment_method": card, "invoice_settings": {"default_payment_method": card}}
        self.customer = v1.customers.create({"email": "jenny@example.com", "test_clock": self.clock} | default).id
        terms: Any = {"currency": "eur", "unit_amount": 1200, "recurring": {"interval": "month"}}
        self.price = v1.prices.create(terms | {"product_data": {"name": "Team"}}).id
        self.id = v1.subscriptions.create({"customer": self.customer, "items": [{"price": self.price}]}).id

    def pays_by(self, card: str) -> None:
        method = self.v1.payment_methods.attach(card, {"customer": self.customer}).id
        self.v1.customers.update(self.customer, {"invoice_settings": {"default_payment_method": method}})

    async def walk(self, month: int, day: int) -> Any:
        """The plan with its newest invoice, on another day."""
        self.v1.test_helpers.test_clocks.advance(self.clock, {"frozen_time": moment(month, day)})
        await clock_walks.walk(self.tenancy, self.door.tenant_id, self.clock)
        return self.now()

    def now(self) -> Any:
        return self.v1.subscriptions.retrieve(self.id, {"expand": ["latest_invoice"]})


async def letters(running: RunningSite, tenancy: Tenancy, plan: Plan) -> list[Letter]:
    """What is written about the payments that failed, as it would be now."""
    async with tenancy.at(plan.door) as (connection, side):
        failed = [each for each in await connection.scalars(select(events.c.body)) if isinstance(each, PaymentFailed)]
        written = [await after_events.letter_of(running.site, side, connection, each, "evt_1") for each in failed]
    return [each for each in written if each is not None]


async def test_a_plan_that_is_unpaid_goes_on_once_the_newest_invoice_is_paid(
    api_server: ApiServer, running_site: RunningSite, tenancy: Tenancy, tenant: Tenant
) -> None:
    plan = Plan(api_server, tenancy, tenant)
    v1, own = plan.v1, "acct_" + plan.door.public_id
    assert v1.accounts.retrieve_current().to_dict()["frontdesk"]["collection"] == {
        "after": "cancel",
        "letters": True,
        "retry_days": [3, 5, 7],
    }
    asked: Any = {"frontdesk": {"collection": {"retry_days": [2, 4], "after": "unpaid"}}}
    assert v1.accounts.update(own, asked).to_dict()["frontdesk"]["collection"] == {
        "after": "unpaid",
        "letters": True,
        "retry_days": [2, 4],
    }
    wrong: Any = {"frontdesk": {"collection": {"retry_days": [2, 31]}}}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.accounts.update(own, wrong)
    assert refused.value.param == "frontdesk[collection][retry_days][1]"
    lena = await hire(tenancy, tenant.live.door, Role.OWNER)
    async with StaffBrowser(running_site, plan.door, lena.secret) as staff:
        await staff.get("/collection")
        assert 'value="2, 4"' in staff.html
        await staff.post("/collection", retry_days="2, tomorrow", after="unpaid")
        assert "Enter days from 1 to 30, with commas between them: 3, 5, 7." in staff.text
        await staff.post("/collection", retry_days="2", after="unpaid", letters="on")
        await staff.follow()
        assert "It counts for payments that fail from now on." in staff.text
    async with tenancy.at(plan.door) as (connection, _):
        saved = await connection.scalars(select(audit.c.actor_kind).where(audit.c.action == "collection_saved"))
        assert sorted(saved) == ["api", "staff"]
    plan.pays_by("pm_card_chargeCustomerFail")
    assert (await plan.walk(2, 2)).status == "past_due"
    late = await plan.walk(2, 4)
    assert (late.status, late.latest_invoice.attempt_count) == ("unpaid", 2)
    (last,) = await letters(running_site, tenancy, plan)
    assert "did not go through" in last.subject
    for said in ("Visa •••• 0341", "The bank declined this card.", "We do not try again by ourselves.", "/p/invoice/"):
        assert said in last.text
    assert late.latest_invoice.next_payment_attempt is None
    later = await plan.walk(3, 2)
    draft = later.latest_invoice
    assert (later.status, draft.status, draft.auto_advance, draft.attempted) == ("unpaid", "draft", False, False)
    plan.pays_by("pm_card_visa")
    with pytest.raises(stripe.InvalidRequestError):
        v1.invoices.delete(draft.id)
    v1.invoices.finalize_invoice(draft.id)
    v1.invoices.pay(draft.id)
    assert plan.now().status == "active"
    paid = await plan.walk(4, 2)
    assert (paid.status, paid.latest_invoice.status) == ("active", "paid")
    types = [each.type for each in v1.events.list({"limit": 100}).auto_paging_iter()]
    assert (types.count("invoice.payment_failed"), types.count("payment_method.attached")) == (2, 3)
    old = v1.payment_methods.list({"customer": plan.customer}).data[-1]
    v1.payment_methods.detach(old.id)
    (gone,) = v1.events.list({"type": "payment_method.detached"}).data
    assert (gone.data.object["id"], gone.data.object["customer"]) == (old.id, None)
    assert gone.data.to_dict()["previous_attributes"]["customer"] == plan.customer
    assert [each.status for each in v1.invoices.list({"subscription": plan.id}).data] == [
        "paid",
        "paid",
        "open",
        "paid",
    ]
    assert object_faults("account", v1.accounts.retrieve_current().to_dict()) == []


async def test_where_nothing_is_charged_nothing_is_set(
    shop: Shop, running_site: RunningSite, tenancy: Tenancy, tenant: Tenant
) -> None:
    own = "acct_" + tenant.live.door.public_id
    with shop.http() as http:
        assert http.get("/v1/account").json()["frontdesk"]["collection"] is None
        assert made(http.post(f"/v1/accounts/{own}")) == own
        answer = http.post(f"/v1/accounts/{own}", data={"frontdesk[collection][after]": "unpaid"})
        assert answer.json()["error"]["param"] == "frontdesk[collection]"
    lena = await hire(tenancy, tenant.live.door, Role.OWNER)
    async with StaffBrowser(running_site, tenant.live.door, lena.secret) as staff:
        await staff.get("/collection")
        assert "Your customers pay by invoice here" in staff.text
        assert "<form" not in staff.html.split("</h1>")[1].split("</main>")[0]
        await staff.post("/collection", retry_days="2", after="unpaid")
        assert staff.page.status_code == 400
