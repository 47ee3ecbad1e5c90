"""The Stripe backend reads a Stripe that keeps what it is told: whoever is there, all that they have, what happened.

What is said either way is held to Stripe's document by the peer.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from api_server import ApiServer
from msgspec.structs import replace
from peer_stripe import Peer, peer_at

from frontdesk.changes import Changes
from frontdesk.errors import Misconfigured, Refused
from frontdesk.mirroring import AddMethod, PayOnPage, Subject
from frontdesk.secret import Secret
from frontdesk.testing.play import sample_terms
from frontdesk_stripe.backend import StripeBackend, StripeSettings
from frontdesk_stripe.connection import Connection
from frontdesk_tenants.tenancy import Tenancy

START = datetime(2026, 1, 31, 12, 30, 15, tzinfo=UTC)


class Far:
    """An account at the peer, the backend that reads it, and the same door for what somebody does there."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.backend = StripeBackend(StripeSettings(api_key=Secret(peer.key)), address=peer.url)
        self._there = Connection(Secret(peer.key), address=peer.url)
        self._calls = 0

    async def do(self, path: str, **asked: Any) -> dict[str, Any]:
        """Something that is done there by somebody else."""
        self._calls += 1
        return await self._there.post(path, asked, key=f"there-{self._calls}")

    async def jenny(self) -> str:
        """A customer with a card, a discount and a tax id, who pays two seats a month."""
        details = {"name": "Jenny", "email": "Jenny@Example.com", "preferred_locales": ["de"], "metadata": {"crm": "7"}}
        customer = str((await self.do("/v1/customers", **details))["id"])
        await self.do(f"/v1/customers/{customer}/tax_ids", type="eu_vat", value="DE123456789")
        await self.do("/v1/payment_methods/pm_card_visa/attach", customer=customer)
        cards = (await self._there.get(f"/v1/customers/{customer}/payment_methods"))["data"]
        default = {"default_payment_method": cards[0]["id"]}
        await self.do(f"/v1/customers/{customer}", invoice_settings=default)
        item = {"price": "basic", "quantity": 2}
        await self.do("/v1/subscriptions", customer=customer, items=[item], collection_method="charge_automatically")
        return customer

    async def aclose(self) -> None:
        await self.backend.aclose()
        await self._there.aclose()


@pytest.fixture
async def far(tenancy: Tenancy, api_server: ApiServer) -> AsyncIterator[Far]:
    async with peer_at(tenancy, api_server.url) as peer:
        await peer.sell(sample_terms("eur", START))
        one = Far(peer)
        yield one
        await one.aclose()
        peer.all_as_scripted()


async def test_an_account_is_connected_walked_and_listened_to(far: Far) -> None:
    backend = far.backend
    connected = await backend.connect()
    assert (connected.livemode, connected.missing) == (False, ())
    assert connected.account.startswith("acct_")
    bad = StripeBackend(StripeSettings(api_key=Secret("sk_test_nobody")), address=far.peer.url)
    with pytest.raises(Misconfigured, match="does not take this key"):
        await bad.connect()
    await bad.aclose()

    customer = await far.jenny()
    sold, after = Changes(), None
    while True:
        page = await backend.page_of_catalogue(after)
        sold, after = sold.then(page.changes), page.after
        if after is None:
            break
    terms = sample_terms("eur", START)
    assert {each.id for each in sold.prices} == set(terms.prices)
    assert {each.id for each in sold.coupons} == set(terms.coupons)
    assert (await backend.refresh_catalogue(Subject("price", "basic"))).products != ()
    assert (await backend.page_of_customers(None)).customers == (customer,)
    assert await backend.customers_with_address("jenny@example.com") == (customer,)

    listening = await backend.listen("https://pay.example.com/webhooks/side/token", "listen-1")
    assert listening.secret.reveal().startswith("whsec_")
    again = await backend.listen("https://pay.example.com/webhooks/side/token", "listen-1")
    assert again == listening
    await backend.stop_listening(listening.endpoint)
    await backend.stop_listening(listening.endpoint)

    began = datetime.now(UTC) - timedelta(hours=1)
    page_of_events = await backend.heard_since(None, began)
    heard = list(page_of_events.heard)
    assert heard[0].about == Subject("product", next(iter(terms.products)))
    assert Subject("customer", customer) in {each.about for each in heard}
    assert [each.at for each in heard] == sorted(each.at for each in heard)
    assert (await backend.heard_since(page_of_events.after, began)).heard == ()
    await far.do(f"/v1/customers/{customer}", name="Jenny Rosen")
    told = await backend.heard_since(page_of_events.after, began)
    assert [each.kind for each in told.heard] == ["customer.updated"]


async def test_customers_that_are_accounts_are_customers(far: Far) -> None:
    """Made and changed by way of `/v2/core/accounts`, found by `contact_email`, asked about by either id."""
    backend = far.backend
    headers = {"Authorization": f"Bearer {far.peer.key}"}
    async with httpx.AsyncClient(base_url=far.peer.url, headers=headers, verify=False, trust_env=False) as http:
        made = await http.post("/v2/core/accounts", json={"contact_email": "Jenny@Example.com"})
        account = made.json()["id"]
        (customer,) = await backend.customers_with_address("jenny@example.com")
        assert (await backend.page_of_customers(None)).customers == (customer,)
        by_account, by_customer = await backend.refresh(account), await backend.refresh(customer)
        assert by_account.customer is not None
        assert by_customer.customer is not None
        assert (by_account.customer.id, by_account.customer.email) == (customer, "Jenny@Example.com")
        assert replace(by_account.customer, version=1) == replace(by_customer.customer, version=1)
        told = await backend.heard_since(None, datetime.now(UTC) - timedelta(hours=1))
        moved = await http.post(f"/v2/core/accounts/{account}", json={"contact_email": "robin@example.com"})
        moved.raise_for_status()
        news = await backend.heard_since(told.after, datetime.now(UTC))
        assert {each.about for each in news.heard} == {Subject("customer", customer)}
    assert await backend.customers_with_address("jenny@example.com") == ()
    assert await backend.customers_with_address("robin@example.com") == (customer,)


async def test_a_customer_is_read_whole_and_led_to_pages(far: Far) -> None:
    backend = far.backend
    customer = await far.jenny()
    await far.do("/v1/invoiceitems", customer=customer, amount=500, currency="eur", description="Workshop")
    draft = await far.do("/v1/invoices", customer=customer, collection_method="send_invoice", days_until_due=7)
    await far.do("/v1/invoiceitems", customer=customer, invoice=draft["id"], amount=900, currency="eur")
    await far.do(f"/v1/invoices/{draft['id']}/finalize")
    await far.do("/v1/credit_notes", invoice=draft["id"], amount=100)
    second = await far.do("/v1/invoices", customer=customer, collection_method="send_invoice", days_until_due=7)
    await far.do("/v1/invoiceitems", customer=customer, invoice=second["id"], amount=300, currency="eur")
    changes = await backend.refresh(customer)
    holder = changes.customer
    assert holder is not None
    assert (holder.name, holder.preferred_locales, holder.metadata) == ("Jenny", ("de",), {"crm": "7"})
    assert [each.value for each in holder.tax_ids] == ["DE123456789"]
    assert [each.id for each in holder.payment_methods] == [holder.default_payment_method]
    (subscription,) = changes.subscriptions
    assert [(each.price, each.quantity) for each in subscription.items] == [("basic", 2)]
    bills = {each.id: each for each in changes.invoices}
    assert {each.status for each in bills.values()} == {"paid", "open", "draft"}
    opened = bills[str(draft["id"])]
    assert (opened.amount_credited, opened.amount_remaining) == (100, opened.total - 100)
    assert [each.total for each in changes.credit_notes] == [100]
    waiting = {each.line.amount: each.invoice for each in changes.pending_items}
    assert waiting == {500: None, 300: second["id"]}

    address = await backend.hosted_page(PayOnPage(customer=customer, invoice=str(draft["id"])), "pay-1")
    assert address == opened.hosted_invoice_url
    page = AddMethod(customer=customer, done_url="https://a.example/d", back_url="https://a.example/b", locale="de")
    assert (await backend.hosted_page(page, "add-1")).startswith("http")
    with pytest.raises(Refused):
        await backend.hosted_page(PayOnPage(customer="cus_other", invoice=str(draft["id"])), "pay-2")


async def test_who_was_deleted_there_is_known_to_be(far: Far) -> None:
    customer = str((await far.do("/v1/customers", name="Gone"))["id"])
    await far._there.delete(f"/v1/customers/{customer}", key="delete-1")
    changes = await far.backend.refresh(customer)
    assert changes.customer is not None
    assert changes.customer.deleted
    assert await far.backend.refresh("cus_nobody") == Changes()
