"""A Stripe for tests that keeps what it is told: our own API, in front of a sandbox of its own that charges test cards.

It is the real application on real PostgreSQL, reached through a proxy that records every exchange, holds both
directions to Stripe's document, and goes wrong as a test has scripted it. Its customers can live on times of their own.

    peer.script(Fault("POST", "/v1/subscriptions", ANSWER_LOST))
"""

import json
import re
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime

import httpx
from msgspec import Struct
from msgspec.structs import replace
from sides import API, Tenant, new_tenant
from stripe_openapi import faults
from stripe_requests import request_faults
from watched_api import Exchange, Spoiled, Watched, watching

from frontdesk.book import Terms
from frontdesk.catalogue_commands import CatalogueCommand, CreateCoupon, CreatePrice, CreateProduct, ProductFields
from frontdesk.clocks import furthest
from frontdesk.ids import IdSource
from frontdesk.meters import Meter
from frontdesk_tenants import catalogues, clock_walks, clocks, meters
from frontdesk_tenants.database import clock
from frontdesk_tenants.tables import sides
from frontdesk_tenants.tenancy import Tenancy

ANSWER_LOST = Spoiled()
"""It is done, and nothing comes back."""
REFUSED = Spoiled(late=False)
"""The connection is cut before anything is done."""
FAILS = Spoiled(status=500, late=False)
FAILS_AFTERWARDS = Spoiled(status=500)
"""It is done, and the answer says that something went wrong."""
NEWER = re.compile("/v1/billing/feedback_options.*|/v1/subscriptions/[^/]+/pause")
"""What the SDK knows and Stripe's document of that day does not."""


def too_many(seconds: int = 1, *, again: bool = True) -> Spoiled:
    """The peer asks to be left alone for so long."""
    headers = (("Retry-After", str(seconds)), ("Stripe-Should-Retry", "true" if again else "false"))
    return Spoiled(status=429, late=False, headers=headers)


def slow(seconds: float) -> Spoiled:
    """The peer takes its time."""
    return Spoiled(seconds=seconds, passes=True)


class Fault(Struct, frozen=True):
    """What goes wrong with the next requests of a method to a path (a regular expression)."""

    method: str
    path: str
    what: Spoiled
    times: int = 1


class Peer:
    """One account of this Stripe."""

    def __init__(self, tenancy: Tenancy, tenant: Tenant, watched: Watched) -> None:
        self.tenancy = tenancy
        self.tenant = tenant
        self.watched = watched
        self.faults: list[str] = []
        """What was said that is not as Stripe's document has it."""
        self._scripted: list[tuple[Fault, int]] = []
        self._begins_on: str | None = None
        self._begun: dict[bytes, bytes] = {}
        self._judged: set[str] = set()
        watched.spoils, watched.changed, watched.judges = self._spoils, self._changed, self._judge

    @property
    def url(self) -> str:
        """Where it answers."""
        return self.watched.url

    @property
    def key(self) -> str:
        """Its secret key."""
        return self.tenant.sandbox.secret_key.reveal()

    @property
    def exchanges(self) -> list[Exchange]:
        """All requests that came, with what it answered."""
        return self.watched.exchanges

    def effects(self, path: str = "") -> list[Exchange]:
        """Those that changed something, at paths that match."""
        return [each for each in self.exchanges if each.has_effect and re.match(path, each.path)]

    def script(self, *coming: Fault) -> None:
        """Have requests go wrong. Of several faults that fit a request the first is meant."""
        self._scripted += [(each, each.times) for each in coming]

    @contextmanager
    def away(self, what: Spoiled = REFUSED) -> Iterator[None]:
        """Nothing answers until the end of the block."""
        before, self.watched.spoils = self.watched.spoils, lambda _method, _path, _body: what
        try:
            yield
        finally:
            self.watched.spoils = before

    def all_as_scripted(self) -> None:
        """Every fault came to pass, and everything that was said is as Stripe's document has it."""
        assert self._scripted == []
        assert self.faults == [], "\n".join(self.faults)

    async def sell(self, terms: Terms, used: Collection[Meter] = ()) -> None:
        """Be who the terms say, with these products, prices and coupons by these ids. Nobody is late for ten years."""
        commands: list[CatalogueCommand] = [
            CreateProduct(id=each.id, fields=ProductFields(name=each.name, unit_label=each.unit_label))
            for each in terms.products.values()
        ]
        commands += [
            CreatePrice(
                id=each.id,
                product=each.product,
                currency=each.currency,
                unit_amount=each.unit_amount,
                recurring=each.recurring,
            )
            for each in terms.prices.values()
        ]
        commands += [
            CreateCoupon(id=each.id, percent_off=each.percent_off, duration=each.duration)
            for each in terms.coupons.values()
        ]
        door = self.tenant.door
        async with self.tenancy.at(door) as (connection, side):
            named = replace(side.settings, seller=terms.settings.seller, days_until_due=3650)
            await connection.execute(sides.update().values(settings=named))
            for meter in used:
                await meters.create(connection, door.tenant_id, meter, actor=API, request_id=None)
        for command in commands:
            await catalogues.carry_out(
                lambda: self.tenancy.database.side(door.tenant_id),
                self.tenancy,
                side,
                command,
                actor=API,
                idempotency_key=command.id,
            )

    async def attach(self, customer: str, card: str = "pm_card_visa") -> None:
        """Let a customer have a test card that pays for everything, as after a visit to Stripe's own page."""
        headers = {"Authorization": f"Bearer {self.key}"}
        async with httpx.AsyncClient(
            base_url=self.url, headers=headers, trust_env=False, verify=False, timeout=30
        ) as http:
            # Every request has a key: some tests see that none of the plugin's lacks one.
            keys = [{"Idempotency-Key": f"{act} {card} for {customer}"} for act in ("attach", "choose")]
            attach = f"/v1/payment_methods/{card}/attach"
            answer = await http.post(attach, data={"customer": customer}, headers=keys[0])
            chosen = {"invoice_settings[default_payment_method]": answer.json()["id"]}
            (await http.post(f"/v1/customers/{customer}", data=chosen, headers=keys[1])).raise_for_status()

    async def begin_at(self, instant: datetime) -> None:
        """Customers that are created from now on live on a time of their own, which begins then."""
        async with self.tenancy.at(self.tenant.door) as (connection, side):
            now = await clock(connection)
            made = await clocks.create(
                connection, side, name=None, frozen_time=instant, ids=IdSource(now), actor=API, now=now, request_id=None
            )
        self._begins_on = made.id

    async def time_is(self, customer: str, instant: datetime) -> None:
        """Let time pass for a customer, with all that falls due. A time that is past already changes nothing."""
        door = self.tenant.door
        while True:
            async with self.tenancy.at(door) as (connection, side):
                at = await clocks.hold_of_customer(connection, customer)
                if at is None or at.frozen_time >= instant:
                    return
            async with self.tenancy.at(door) as (connection, side):
                await clocks.advance(
                    connection,
                    side,
                    at.id,
                    min(instant, furthest(at)),
                    actor=API,
                    now=await clock(connection),
                    jobs=self.tenancy.jobs,
                    request_id=None,
                )
            await clock_walks.walk(self.tenancy, door.tenant_id, at.id)

    def _spoils(self, method: str, path: str, body: bytes) -> Spoiled | None:
        for index, (fault, left) in enumerate(self._scripted):
            if fault.method in (method, "*") and re.fullmatch(fault.path, path):
                self._scripted[index : index + 1] = [(fault, left - 1)] if left > 1 else []
                return fault.what
        return None

    def _changed(self, method: str, path: str, body: bytes) -> bytes:
        if (method, path) != ("POST", "/v1/customers"):
            return body
        # The same again for a request that is repeated.
        mark = b"" if self._begins_on is None else b"&test_clock=" + self._begins_on.encode()
        return self._begun.setdefault(body, (body + mark).lstrip(b"&"))

    def _judge(self, exchange: Exchange) -> None:
        if NEWER.fullmatch(exchange.path):
            return
        likeness = _likeness(exchange)
        if likeness in self._judged:
            return
        self._judged.add(likeness)
        named = f"{exchange.method} {exchange.path}"
        asked = request_faults(exchange.method, exchange.path, exchange.query, exchange.sent)
        self.faults += [f"{named} asked: {each}" for each in asked]
        if exchange.path.startswith("/v2/") and exchange.status < 400:
            # Of these the document does not say which properties may be null.
            return
        told = faults(exchange.method, exchange.path, exchange.status, exchange.body)
        self.faults += [f"{named} answered: {each}" for each in told]


@asynccontextmanager
async def peer_at(tenancy: Tenancy, upstream: str, currency: str = "eur") -> AsyncIterator[Peer]:
    """A new account of the API that is served at `upstream` on the database of `tenancy`."""
    tenant = await new_tenant(tenancy, currency=currency)
    with watching(upstream) as watched:
        yield Peer(tenancy, tenant, watched)


def _likeness(exchange: Exchange) -> str:
    """The exchange but for what differs between any two: ids, amounts and instants. What looks alike is judged once."""
    body = json.dumps(exchange.body, sort_keys=True)
    told = f"{exchange.method} {exchange.path} {exchange.status} {exchange.query} {exchange.sent} {body}"
    return re.sub(r"[0-9]+", "0", re.sub(r"\b[a-z_]+_[0-9A-Za-z]{14,}", "id", told))
