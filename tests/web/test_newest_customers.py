"""Sign-in of somebody who became a customer at a remote backend a moment ago, of whom the mirror has not heard yet.

They get their code as soon as it has. The backend is asked what is new, and for nobody's address: however many
addresses are typed, it is asked once.
"""

from collections.abc import AsyncIterator, Callable

import pytest
from mirrored_world import STAFF, Mirrored, Provides, mirrored_on, new_customer
from msgspec import Struct
from sign_in_world import Clock, Mailbox, World, mailbox, open_site
from sqlalchemy import select

import frontdesk_invoice_only
import frontdesk_otp_email
from frontdesk.plugins import PluginHost
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.enabling import enable
from frontdesk_tenants.tables import challenges

__all__ = ["mailbox"]


class Place(Struct):
    """A portal whose customers are a far side's, all of them imported, and a clock that stands."""

    mirrored: Mirrored
    portal: World
    clock: Clock

    async def newcomer(self) -> str:
        """The address of somebody who has just become a customer there."""
        customer = await new_customer(self.mirrored, self.clock.now)
        email = self.mirrored.far.accounts[customer].customer.email
        assert email is not None
        return email

    async def outcomes(self) -> list[str]:
        """What became of all codes."""
        return [each.delivery for each in await self.portal.rows(select(challenges.c.delivery))]


@pytest.fixture
async def place(
    fresh_database: Callable[[], PostgresAddresses], valkey_url: str, mailbox: Mailbox
) -> AsyncIterator[Place]:
    mailbox.clear()
    addresses = fresh_database()
    clock = Clock(addresses)
    async with mirrored_on(addresses, customers_at_first=1) as mirrored:
        await mirrored.connect()
        await mirrored.work()
        clock.forward(minutes=1)
        plugins = PluginHost.of(
            invoice_only=frontdesk_invoice_only,
            otp_email=frontdesk_otp_email,
            remote_fake=Provides(mirrored.far, mirrored.teller),
        )
        async with open_site(addresses, valkey_url, mailbox.port, plugins=plugins) as (site, app):
            await enable(site.tenancy, mirrored.door, "otp_email", {}, STAFF)
            yield Place(mirrored, World(site, app, mailbox, mirrored.tenant), clock)


async def test_who_became_a_customer_a_moment_ago_gets_a_code(place: Place) -> None:
    email = await place.newcomer()
    visitor = place.portal.visitor()
    await visitor.ask(email)
    await place.portal.send_letters()
    assert place.portal.mailbox.to(email) == []
    assert await place.outcomes() == ["queued"], "nothing is given up yet"
    assert await place.portal.waiting_jobs() == 2, "the job that would have sent it, and the one that looks again"
    await place.mirrored.work()
    answer = await visitor.type(await place.portal.code_for(email))
    assert answer.status_code == 303
    assert (await visitor.whoami())["address"] == email.casefold()
    assert "customers_with_address" not in place.mirrored.teller.asked


async def test_however_many_addresses_are_typed_the_backend_is_asked_once(place: Place) -> None:
    asked = place.mirrored.teller.asked
    before = asked.count("heard_since")
    for number in range(12):
        await place.portal.visitor().ask(f"nobody{number}@example.com")
        await place.portal.send_letters()
        await place.mirrored.work()
    assert asked.count("heard_since") == before + 1
    place.clock.forward(seconds=11)
    await place.portal.send_letters()
    await place.mirrored.work()
    assert asked.count("heard_since") == before + 2
    place.clock.forward(seconds=30)
    await place.portal.send_letters()
    assert set(await place.outcomes()) == {"dropped"}
    assert place.portal.mailbox.messages == []
    assert "customers_with_address" not in asked


async def test_a_backend_that_is_away_is_left_alone(place: Place) -> None:
    place.mirrored.far.down = True
    await place.mirrored.due_now("repair")
    await place.mirrored.work()
    asked = len(place.mirrored.teller.asked)
    await place.portal.visitor().ask("nobody@example.com")
    await place.portal.send_letters()
    await place.mirrored.work()
    assert len(place.mirrored.teller.asked) == asked


async def test_an_address_that_is_known_does_not_wait(place: Place) -> None:
    (customer,) = place.mirrored.far.accounts.values()
    await place.portal.visitor().ask(customer.customer.email or "")
    await place.portal.send_letters()
    assert await place.outcomes() == ["accepted"]
    assert await place.portal.waiting_jobs() == 1
