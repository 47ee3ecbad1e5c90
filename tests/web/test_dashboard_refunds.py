"""Staff refund what a card paid: by roles, with a look at it before, and the customer sees what went back."""

import re
from html import unescape
from io import BytesIO
from typing import Any

import httpx
import pytest
import stripe
from api_server import ApiServer
from hired import StaffBrowser, hire
from pypdf import PdfReader
from sides import Tenant
from sites import RunningSite
from sqlalchemy import select
from stripe_openapi import CheckedClient

from frontdesk.roles import Role
from frontdesk_tenants.tables import audit
from frontdesk_tenants.tenancy import Tenancy


@pytest.fixture
def charged(api_server: ApiServer, tenant: Tenant) -> tuple[stripe.StripeClient, Any]:
    """The SDK, and an invoice of 12.00 that a card paid."""
    sdk = stripe.StripeClient(
        tenant.sandbox.secret_key.reveal(), base_addresses={"api": api_server.url}, http_client=CheckedClient()
    )
    v1, card = sdk.v1, "pm_card_visa"
    default: Any = {"payment_method": card, "invoice_settings": {"default_payment_method": card}}
    customer = v1.customers.create({"email": "jenny@example.com"} | default).id
    terms: Any = {"currency": "eur", "unit_amount": 1200, "recurring": {"interval": "month"}}
    price = v1.prices.create(terms | {"product_data": {"name": "Team"}}).id
    made = v1.subscriptions.create({"customer": customer, "items": [{"price": price}], "expand": ["latest_invoice"]})
    return sdk, made.latest_invoice


async def test_staff_refund_a_payment_and_explain_it(
    charged: tuple[stripe.StripeClient, Any], running_site: RunningSite, tenancy: Tenancy, tenant: Tenant
) -> None:
    sdk, invoice = charged
    page = f"/customers/{invoice.customer}/invoices/{invoice.id}"
    reader = await hire(tenancy, tenant.live.door, Role.DEVELOPER)
    async with StaffBrowser(running_site, tenant.sandbox.door, reader.secret) as staff:
        await staff.get(page)
        assert "Visa •••• 4242" in staff.text
        assert "/refund" not in staff.html
    lena = await hire(tenancy, tenant.live.door, Role.OWNER)
    async with StaffBrowser(running_site, tenant.sandbox.door, lena.secret) as staff:
        await staff.get(page)
        assert "/reverse" not in staff.html, "what was charged is refunded"
        form = str(re.findall(r'href="([^"]+/refund)"', staff.html)[0])
        await staff.get(form)
        assert "At most €12.00 can." in staff.text
        await staff.post(form, amount="12.01", reason="duplicate")
        assert (staff.page.status_code, "at most €12.00" in staff.text) == (400, True)
        await staff.post(form, amount="5", reason="duplicate")
        for said in ("It goes back to Visa •••• 4242.", "The invoice stays paid", "Refund €5.00"):
            assert said in staff.text
        seen = str(re.findall(r'name="seen" value="(\d+)"', staff.html)[0])
        asked = {"amount": "5", "reason": "duplicate", "seen": seen, "act": "refund"}
        await staff.post(form, **asked)
        await staff.follow()
        assert "Refunded on" in staff.text
        assert "Charged twice" in staff.text
        await staff.get(form)
        await staff.post(form, **asked)
        assert "The invoice changed meanwhile." in staff.text, "sent twice, it is shown again"
        credit = f"{page}/credit"
        await staff.get(credit)
        for said in ("It goes back to the card, at most €7.00", "It was refunded before, at most €5.00"):
            assert said in staff.text
        for amount, rest, said in (
            ("5", "refunded", "€5.00 of it was refunded before."),
            ("4", "card", "€4.00 goes back to the customer's card."),
        ):
            await staff.get(credit)
            fields = {"what": "part", "line-0": amount, "rest": rest}
            await staff.post(credit, **fields)
            assert said in staff.text
            seen = str(re.findall(r'name="seen" value="(\d+)"', staff.html)[0])
            await staff.post(credit, **fields, seen=seen, act="issue")
            await staff.follow()
    refunds = sdk.v1.refunds.list().data
    assert [(each.amount, each.reason) for each in refunds] == [(400, None), (500, "duplicate")]
    notes = sdk.v1.credit_notes.list({"invoice": invoice.id}).data
    assert [each.refunds[0].refund for each in notes] == [each.id for each in refunds]
    async with tenancy.at(tenant.sandbox.door) as (connection, _):
        kinds = await connection.scalars(select(audit.c.actor_kind).where(audit.c.action == "RefundCharge"))
        assert set(kinds) == {"staff"}
    async with httpx.AsyncClient(verify=False, follow_redirects=True) as browser:
        shown = await browser.get(str(invoice.hosted_invoice_url))
        assert "Refunded on" in shown.text
        assert "€5.00" in shown.text
        receipt = re.findall(r'href="([^"]+/receipt)"', unescape(shown.text))[0]
        paper = await browser.get(str(shown.url.join(receipt)))
        assert "Refunded on" in PdfReader(BytesIO(paper.content)).pages[0].extract_text()
