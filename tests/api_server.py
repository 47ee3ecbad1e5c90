"""The API on a real socket, with the official SDK and a plain client in front of it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
import stripe
import uvicorn
from hurry import Hurried, counts_in
from laid_out import application
from msgspec import Struct
from sides import MASTER_KEY, Tenant

from frontdesk.plugins import PluginHost
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_web.config import Config, Smtp
from frontdesk_web.site import Site


class ApiServer(Struct, frozen=True):
    """Where the API answers."""

    url: str

    def sdk(self, key: str, **settings: Any) -> stripe.StripeClient:
        """Stripe's own client: only the base URL is changed."""
        client = stripe.HTTPXClient(allow_sync_methods=True, verify_ssl_certs=False)
        return stripe.StripeClient(key, base_addresses={"api": self.url}, http_client=client, **settings)

    def http(self, key: str, **headers: str) -> httpx.Client:
        """A client without opinions about parameters."""
        return Hurried(
            base_url=self.url,
            headers={"Authorization": f"Bearer {key}", **headers},
            timeout=20,
            trust_env=False,
            verify=False,
        )


class Shop(Struct, frozen=True, kw_only=True):
    """A tenant with something to sell, made through the API."""

    server: ApiServer
    tenant: Tenant
    key: str
    product: str
    monthly: str
    yearly: str

    def http(self, **headers: str) -> httpx.Client:
        """A client with this tenant's key."""
        return self.server.http(self.key, **headers)

    def customer(self, email: str = "jenny@example.com", **fields: str) -> str:
        """A new customer's id."""
        with self.http() as http:
            return made(http.post("/v1/customers", data={"email": email, **fields}))

    def subscription(self, customer: str, quantity: int = 10, **fields: str) -> str:
        """A new monthly subscription's id."""
        items = {"items[0][price]": self.monthly, "items[0][quantity]": str(quantity)}
        with self.http() as http:
            return made(http.post("/v1/subscriptions", data={"customer": customer, **items, **fields}))


def made(answer: httpx.Response) -> str:
    """The id of what was made."""
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


@pytest.fixture
async def api_key(tenant: Tenant) -> str:
    """The live secret key of a tenant of this test alone: its limit is the higher one."""
    return tenant.live.secret_key.reveal()


@pytest.fixture
async def shop(api_server: ApiServer, tenant: Tenant, api_key: str) -> Shop:
    """A tenant of this test alone that sells Team by the month and by the year."""
    with api_server.http(api_key) as http:
        product = made(http.post("/v1/products", data={"name": "Team", "unit_label": "seat"}))
        terms = {"product": product, "currency": "eur"}
        month = {"unit_amount": "1200", "recurring[interval]": "month"}
        year = {"unit_amount": "12000", "recurring[interval]": "year"}
        monthly = made(http.post("/v1/prices", data=terms | month))
        yearly = made(http.post("/v1/prices", data=terms | year))
    return Shop(server=api_server, tenant=tenant, key=api_key, product=product, monthly=monthly, yearly=yearly)


@pytest.fixture(scope="session")
def api_server(postgres: PostgresAddresses, valkey_url: str) -> Iterator[ApiServer]:
    """The API, as a program outside sees it."""
    with serving(postgres, valkey_url) as server:
        yield server


@contextmanager
def serving(
    postgres: PostgresAddresses, valkey_url: str | None = None, plugins: PluginHost | None = None
) -> Iterator[ApiServer]:
    """The API in a thread with an event loop of its own."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = int(listener.getsockname()[1])
    counts_in(port, valkey_url)
    url = f"http://127.0.0.1:{port}"
    config = Config(
        database_url=postgres.app_url,
        base_url=url,
        master_keys=(MASTER_KEY,),
        redis_url=valkey_url,
        plain_http=True,
        # Named, and never asked: without one nobody is asked for an address.
        smtp=Smtp(host="127.0.0.1", port=1, tls="none", sender="billing@frontdesk.example"),
    )
    with application(Site(config, plugins)) as served:
        server = uvicorn.Server(uvicorn.Config(served, log_level="warning", lifespan="on"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        patient = httpx.HTTPTransport(retries=50, verify=False)
        with httpx.Client(trust_env=False, transport=patient, timeout=30) as client:
            client.get(url + "/v1/products")
        yield ApiServer(url)
        server.should_exit = True
        thread.join(timeout=20)
    listener.close()
