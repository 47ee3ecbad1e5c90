"""What billing backends tell us over HTTP: nothing is kept of what is not theirs, and nobody is asked (B25, B27)."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from api_server import ApiServer, serving
from mirrored_world import Mirrored, Provides, mirrored_on, rename
from msgspec.structs import replace

import frontdesk_invoice_only
import frontdesk_tax_codes
from frontdesk.mirroring import Heard
from frontdesk.plugins import PluginHost
from frontdesk.secret import Secret
from frontdesk.testing.mirrored import Teller
from frontdesk.testing.remote import FarSide
from frontdesk_invoice_only.backend import InvoiceOnly
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.mirror_inbox import LARGEST


@pytest.fixture(scope="module")
def server(postgres: PostgresAddresses) -> Iterator[ApiServer]:
    far = FarSide(InvoiceOnly(InvoiceOnly.Settings()))
    plugins = PluginHost.of(
        invoice_only=frontdesk_invoice_only,
        tax_codes=frontdesk_tax_codes,
        remote=Provides(far, Teller(far, livemode=False)),
    )
    with serving(postgres, plugins=plugins) as made:
        yield made


async def test_only_what_the_backend_signed_just_now_is_taken(server: ApiServer, postgres: PostgresAddresses) -> None:
    async with mirrored_on(postgres, customers_at_first=1) as ours, mirrored_on(postgres) as theirs:
        for world in (ours, theirs):
            await world.connect()
            await world.work()
        customer = next(iter(ours.far.accounts))
        await ours.far.act(customer, rename("Jenny Rosen"), await ours.now())
        asked = list(ours.teller.asked)
        heard = ours.teller.told[-1]
        with server.http("nobody") as http:
            for status, label, answer in await tried(http, ours, theirs, heard):
                assert status == answer.status_code, label
            assert await ours.inbox() == {heard.id: "waiting", "evt_odd": "done"}
            assert await theirs.inbox() == {}
        assert ours.teller.asked == asked, "nobody was asked anything while it was answered"
        await ours.work()
        await ours.same()


async def tried(
    http: httpx.Client, ours: Mirrored, theirs: Mirrored, heard: Heard
) -> list[tuple[int, str, httpx.Response]]:
    now = await ours.now()
    ((url, mine),) = ours.teller.endpoints.values()
    ((foreign_url, foreign),) = theirs.teller.endpoints.values()
    path, foreign_path = (each.removeprefix("https://pay.example.com") for each in (url, foreign_url))
    found = []

    def send(status: int, label: str, body: bytes, signature: str | None, to: str = path) -> None:
        headers = {} if signature is None else {"Far-Signature": signature.encode("latin-1")}
        found.append((status, label, http.post(to, content=body, headers=headers)))

    def message(told: Heard, secret: Secret = mine, at: Any = now) -> tuple[bytes, str]:
        return ours.teller.message(told, at, secret)

    body, signature = message(heard)
    send(400, "unsigned", body, None)
    send(400, "nonsense for a signature", body, "t=x,v1=\u00fc")
    send(400, "another tenant's secret", *message(heard, foreign))
    send(400, "long ago", *message(heard, at=now - timedelta(minutes=6)))
    send(400, "in future", *message(heard, at=now + timedelta(minutes=6)))
    send(400, "swapped body", body.replace(b"cus_", b"cuz_"), signature)
    send(400, "no JSON", b"{", signature)
    send(413, "too large", b" " * (LARGEST + 1), signature)
    send(400, "another account", *message(replace(heard, account="acct_other")))
    send(400, "the other mode", *message(replace(heard, livemode=True)))
    send(400, "a NUL", *message(replace(heard, id="evt_\x00")))
    send(400, "their endpoint", body, signature, to=foreign_path)
    send(
        400,
        "our side, their endpoint",
        body,
        signature,
        to=f"{path.rsplit('/', 1)[0]}/{foreign_path.rsplit('/', 1)[1]}",
    )
    send(400, "nobody's endpoint", body, signature, to="/webhooks/nobody000000/none")
    send(200, "what it is", body, signature)
    send(200, "once more", body, signature)
    send(200, "about nothing", *message(replace(heard, id="evt_odd", about=None)))
    return found


async def test_messages_at_once_are_each_kept_once(server: ApiServer, postgres: PostgresAddresses) -> None:
    async with mirrored_on(postgres, customers_at_first=1) as world:
        await world.connect()
        await world.work()
        ((url, _),) = world.teller.endpoints.values()
        path, now = url.removeprefix("https://pay.example.com"), await world.now()
        heard = [replace(world.teller.told[0], id=f"evt_{number % 10}") for number in range(40)]

        def send(each: Heard) -> int:
            body, signature = world.teller.message(each, now)
            with server.http("nobody") as http:
                return http.post(path, content=body, headers={"Far-Signature": signature}).status_code

        answers = await asyncio.gather(*(asyncio.to_thread(send, each) for each in heard))
        assert set(answers) == {200}
        assert len(await world.inbox()) == 10
        asked = world.teller.asked.count("refresh")
        await world.work()
        assert world.teller.asked.count("refresh") == asked + 1
