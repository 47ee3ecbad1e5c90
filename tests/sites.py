"""The whole application on a real socket, as a browser or a program meets it, and short ways to be signed in.

`running_site` speaks as production does behind its proxy: https addresses, `__Host-` cookies, one public host.
`plain_site` is what the demo is. `site_at` serves a database that belongs to one test.
"""

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import uvicorn
from hurry import counts_in
from msgspec import Struct
from sides import MASTER_KEY

from frontdesk.plugins import PluginHost
from frontdesk_tenants import configurations, sessions
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import Door
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.config import Config, Smtp
from frontdesk_web.cookies import cookie_name
from frontdesk_web.csrf import csrf_token

if TYPE_CHECKING:
    from frontdesk_web.site import Site

HOST = "billing.example.com"
STARTS_WITHIN_SECONDS = 30.0


class RunningSite(Struct, frozen=True):
    """A site that answers at `url`; its public address is `config.base_url`."""

    site: "Site"
    config: Config
    url: str
    port: int

    @property
    def tenancy(self) -> Tenancy:
        """The server's own tenancy. It lives on the server's loop: tests use the one of their fixture."""
        return self.site.tenancy

    def client(self, **headers: str) -> httpx.AsyncClient:
        """A browser or program without a cookie jar of its own: what is sent is what the test says."""
        return httpx.AsyncClient(
            base_url=self.url,
            headers={"Host": self.config.host, **headers},
            timeout=30,
            trust_env=False,
            # It speaks plain HTTP. To read all authorities that the world trusts takes longer than most tests.
            verify=False,
        )

    def cookie(self, door: Door, secret: str) -> str:
        """A Cookie header with a session's secret."""
        return f"{cookie_name(self.config, door.portal)}={secret}"

    def csrf(self, session_id: str) -> str:
        """The token of the forms of a session or challenge, by its public id."""
        return csrf_token(self.site.tenancy.vault, session_id)


class SignedIn(Struct, frozen=True, kw_only=True):
    """A session of a customer: its public id and the cookie's value."""

    door: Door
    customer: str
    id: str
    secret: str


@contextmanager
def serve_site(
    addresses: PostgresAddresses,
    redis_url: str | None = None,
    *,
    plain_http: bool = False,
    extra_routes: tuple[Any, ...] = (),
    plugins: PluginHost | None = None,
    **changed: Any,
) -> Iterator[RunningSite]:
    """Serve a migrated database until the end of the block, in a thread with an event loop of its own.

    `changed` are fields of the configuration.
    """
    # Here, so that suites which serve nothing do not load the web.
    from laid_out import application

    from frontdesk_web import time_limit
    from frontdesk_web.site import Site

    # A busy machine may take longer over a page than anybody should wait for one.
    time_limit.READ_SECONDS = 30.0
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        port = int(listener.getsockname()[1])
        url = f"http://127.0.0.1:{port}"
        counts_in(port, redis_url)
        settings: dict[str, Any] = {
            "database_url": addresses.app_url,
            "base_url": url if plain_http else f"https://{HOST}",
            "master_keys": (MASTER_KEY,),
            "redis_url": redis_url,
            "plain_http": plain_http,
            # Named, and never asked: letters are the worker's. Without one nobody is asked for an address.
            "smtp": Smtp(host="127.0.0.1", port=1, tls="none", sender=f"billing@{HOST}"),
        }
        config = Config(**(settings | changed))
        site = Site(config, plugins)
        server = _Server(
            uvicorn.Config(
                stack.enter_context(application(site, extra_routes)),
                log_config=None,
                lifespan="on",
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=5,
            )
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        if not server.ready.wait(STARTS_WITHIN_SECONDS) or not server.started:
            raise RuntimeError("the site did not start")
        try:
            yield RunningSite(site, config, url, port)
        finally:
            server.should_exit = True
            thread.join(timeout=STARTS_WITHIN_SECONDS)


@pytest.fixture(scope="session")
def running_site(postgres: PostgresAddresses, valkey_url: str) -> Iterator[RunningSite]:
    """The site of this worker's database, as production is."""
    with serve_site(postgres, valkey_url) as running:
        yield running


@pytest.fixture(scope="session")
def plain_site(postgres: PostgresAddresses, valkey_url: str) -> Iterator[RunningSite]:
    """The site of this worker's database, as the demo is: plain http on 127.0.0.1."""
    with serve_site(postgres, valkey_url, plain_http=True) as running:
        yield running


@pytest.fixture
def site_at() -> Iterator[Callable[..., RunningSite]]:
    """Serves databases that a test has to itself; takes what `serve_site` takes."""
    with ExitStack() as stack:
        yield lambda *arguments, **settings: stack.enter_context(serve_site(*arguments, **settings))


async def sign_in(
    tenancy: Tenancy, door: Door, customer: str, address: str = "jenny@example.com", locale: str | None = None
) -> SignedIn:
    """A session by login link for a customer with this address."""
    async with tenancy.database.side(door.tenant_id) as connection:
        configuration = await configurations.read_default(connection)
        id_, secret = await sessions.open_session(
            connection,
            door,
            address=address,
            customer=customer,
            configuration=configuration.id,
            locale=locale,
            now=await clock(connection),
        )
    return SignedIn(door=door, customer=customer, id=id_, secret=secret)


async def session_token(tenancy: Tenancy, door: Door, customer: str, return_url: str | None = None) -> str:
    """The token of an unopened session that the tenant's API has made."""
    async with tenancy.database.side(door.tenant_id) as connection:
        configuration = await configurations.read_default(connection)
        _, token = await sessions.create_api_session(
            connection,
            door,
            customer=customer,
            configuration=configuration.id,
            locale=None,
            return_url=return_url,
            now=await clock(connection),
        )
    return token


def browser_headers(config: Config) -> Mapping[str, str]:
    """What a browser says when it posts one of our own forms."""
    return {"Origin": config.base_url, "Sec-Fetch-Site": "same-origin"}


class _Server(uvicorn.Server):
    """Says when it serves, or that it never will."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self.ready.set()

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            super().run(sockets=sockets)
        finally:
            self.ready.set()
