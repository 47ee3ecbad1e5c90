"""A tenant of the demo whose billing is at Stripe, where Stripe is the demo's own API: stories that are marked
`any_backend` are told there too.

The tenant's program speaks to two: to Stripe about all that is billed, to Frontdesk about its portal. So does
`Program`, which looks like one client: a story need not know. What the portal has to hear of first, it hears by
webhooks.
"""

import asyncio
import secrets
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
import stripe
from msgspec.structs import replace

from frontdesk.book import Address, SellerDetails
from frontdesk.branding import Brand
from frontdesk.desk import Actor
from frontdesk_tenants import mirrors, provisioning
from frontdesk_tenants.enabling import enable
from frontdesk_web.config import from_environment
from frontdesk_web.demo.cast import ATLAS
from frontdesk_web.demo.seeds import STAY, Seeding
from frontdesk_web.demo.staffing import hire_owner
from frontdesk_web.links import login_link
from frontdesk_web.local_servers import local_environment
from frontdesk_web.site import Site

HEARD_WITHIN = 60.0
MOST = 5
SELLER = SellerDetails(
    name="Atlas at Stripe",
    address=Address(line1="Am Speicher 4", postal_code="20457", city="Hamburg", country="DE"),
)
STAFF = Actor(kind="staff", id="stf_stories")
COPIED = ("subscription_update", "subscription_cancel", "payment_method_update")
"""Features of the demo's first tenant that this one has too."""


def client_of(secret_key: str, api_base: str) -> stripe.StripeClient:
    """The official SDK, with the base URL changed."""
    return stripe.StripeClient(
        secret_key,
        base_addresses={"api": api_base},
        http_client=stripe.HTTPXClient(allow_sync_methods=True, verify_ssl_certs=False),
        max_network_retries=4,
    )


class Program:
    """What the tenant's program calls, as one client."""

    def __init__(self, there: stripe.StripeClient, here: stripe.StripeClient) -> None:
        self.v1: Any = self
        self._there: Any = there.v1
        self._here: Any = here.v1

    def __getattr__(self, name: str) -> Any:
        if name != "billing_portal":
            return getattr(self._there, name)
        self.wait()
        return self._here.billing_portal

    def wait(self) -> None:
        """Until the portal has heard of everything."""
        told = _newest(self._there)
        until = time.monotonic() + HEARD_WITHIN
        while (heard := _newest(self._here)) != told:
            assert time.monotonic() < until, f"the portal has heard of {heard}, at Stripe there is {told}"
            time.sleep(0.5)


def heard(client: stripe.StripeClient) -> None:
    """Wait until the portal has heard of all that is billed: at once, where it bills itself."""
    if isinstance(client, Program):
        client.wait()


def _newest(v1: Any) -> Any:
    """The newest of everything, by what stories change of it."""
    customers, subscriptions = _latest(v1.customers, {}), _latest(v1.subscriptions, {"status": "all"})
    for each in v1.test_helpers.test_clocks.list({"limit": 25}).data:
        # Who lives on a clock of their own is left out where nobody asks for that clock.
        on_it = {"test_clock": each.id}
        customers += _latest(v1.customers, on_it)
        subscriptions += _latest(v1.subscriptions, {"status": "all", **on_it})
    customers, subscriptions = (
        sorted(each, key=lambda one: (one.created, one.id), reverse=True)[:MOST] for each in (customers, subscriptions)
    )
    held = [each.invoice_settings.default_payment_method for each in customers]
    plans = [
        (
            each.id,
            each.status,
            each.cancel_at,
            each.default_payment_method,
            sorted((part.price.id, getattr(part, "quantity", 0)) for part in each["items"].data),
        )
        for each in subscriptions
    ]
    bills = [(each.id, each.status, each.amount_remaining) for each in v1.invoices.list({"limit": 25}).data]
    cards = [sorted(each.id for each in v1.customers.payment_methods.list(one.id).data) for one in customers[:1]]
    kinds = v1.prices, v1.coupons, v1.promotion_codes
    sold = [sorted(each.id for each in kind.list({"limit": 25}).data) for kind in kinds]
    known = [(each.id, each.email, each.name, each.balance) for each in customers]
    return known, held, sorted(plans), sorted(bills), cards, sold


def _latest(of: Any, asked: dict[str, Any]) -> list[Any]:
    return list(of.list({"limit": MOST, **asked}).data)


async def connected(data: Path, api_base: str) -> dict[str, Any]:
    """Two new tenants of a running demo, as its ready file tells of tenants: one has its portal there, the other plays
    Stripe, and `stripe_key` opens it."""
    config = from_environment({**local_environment(data), "FRONTDESK_BASE_URL": api_base})
    site = Site(config)
    await site.open()
    tenancy = site.tenancy
    try:
        name, token = "Atlas at Stripe", secrets.token_hex(3)
        account = provisioning.NewTenant(slug=f"there-{token}", name=name, currency="eur")
        _, there = await provisioning.create_tenant(tenancy, account)
        await Seeding(ATLAS, api_base, there.secret_key.reveal()).catalogue()
        portal = provisioning.NewTenant(
            slug=f"here-{token}", name=name, currency="eur", backend="stripe", seller=SELLER
        )
        live, here = await provisioning.create_tenant(tenancy, portal)
        company = replace(ATLAS, slug=portal.slug, name=name, support_email=f"help@{portal.slug}.example")
        owner = await hire_owner(site, company, live.door)
        brand = Brand(business_name=name, support_email=company.support_email)
        await provisioning.brand_side(tenancy, here.door, brand)
        await enable(tenancy, here.door, "stripe", {"api_key": there.secret_key.reveal()}, STAFF)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("FRONTDESK_STRIPE_API", api_base)
            await mirrors.connect_side(tenancy, here.door, base_url=api_base, actor=STAFF)
    finally:
        await site.aclose()
    program, own = (client_of(each.secret_key.reveal(), api_base) for each in (there, here))
    await asyncio.to_thread(_same_features, program, own)
    return {
        "slug": portal.slug,
        "name": name,
        "secret_key": here.secret_key.reveal(),
        "stripe_key": there.secret_key.reveal(),
        "staff": [msgspec.to_builtins(owner)],
        "login_link": api_base + login_link(config, here.door, here.login_token).removeprefix(api_base),
    }


def _same_features(there: stripe.StripeClient, here: stripe.StripeClient) -> None:
    """Let customers do the same, as soon as the first import has brought what is sold."""
    until = time.monotonic() + HEARD_WITHIN
    while _newest(here.v1) != _newest(there.v1):
        assert time.monotonic() < until, "the first import does not end"
        time.sleep(0.5)
    (told,), (own,) = (each.v1.billing_portal.configurations.list({"is_default": True}).data for each in (there, here))
    features = told.to_dict()["features"]
    features["subscription_cancel"]["cancellation_reason"].pop("feedback_options", None)
    offers = [{"offer": {"type": "coupon", "coupon": STAY}, "reasons": ["too_expensive"]}]
    asked: Any = {
        "features": {each: features[each] for each in COPIED},
        "frontdesk": {"retention": {"enabled": True, "after": offers}, "restart": {"enabled": True}},
    }
    here.v1.billing_portal.configurations.update(own.id, asked)
