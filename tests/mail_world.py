"""Tenants who send from a domain of their own: a real name server, a real mail server, and letters between them."""

from collections.abc import AsyncIterator, Callable

import pytest
from dkim_keys import verifies
from name_server import NameServer, name_server
from sides import Tenant, new_tenant
from sign_in_world import JENNY, Clock, Mailbox, World, open_site

from frontdesk.channels import Letter
from frontdesk.desk import Actor
from frontdesk_tenants import sender_domains
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import Door
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.sender_domains import KeyPair, SenderDomain
from frontdesk_tenants.sweeping import sweep
from frontdesk_web.letters.post import deliver

SPF = "include:spf.frontdesk.example.com"
STAFF = Actor(kind="staff", id="stf_1")
OPERATORS = "billing@frontdesk.example.com"
"""The operator's sender (`sign_in_world.open_site`)."""


class MailWorld(World):
    """A tenant, the DNS, and what a test does with both. Everything is of the sandbox, unless a door is given."""

    names: NameServer
    _letters = 0

    async def claim(
        self,
        local_part: str = "billing",
        domain: str = "acme.example",
        door: Door | None = None,
        keys: KeyPair | None = None,
    ) -> None:
        """Say that letters come from this address."""
        tenant_id = (door or self.door).tenant_id
        keys = keys or await sender_domains.new_key_pair()
        async with self.site.tenancy.database.side(tenant_id) as connection:
            await sender_domains.claim(
                connection,
                self.site.tenancy.vault,
                tenant_id,
                local_part=local_part,
                domain=domain,
                keys=keys,
                actor=STAFF,
                now=await clock(connection),
            )

    async def sender(self, door: Door | None = None) -> SenderDomain:
        """The side's own sender as it stands."""
        async with self.site.tenancy.database.side((door or self.door).tenant_id) as connection:
            found = await sender_domains.read(connection)
        assert found is not None
        return found

    async def check(self, door: Door | None = None) -> SenderDomain:
        """Look at it in the DNS."""
        own = await self.sender(door)
        tenant_id = (door or self.door).tenant_id
        found = await sender_domains.check(
            self.site.tenancy, tenant_id, own.id, self.site.names, self.site.config.mail_spf
        )
        assert found is not None
        return found

    async def publish(self, door: Door | None = None) -> None:
        """Do what the page asks for: all three records."""
        own = await self.sender(door)
        for finding in own.findings or (await self.check(door)).findings:
            self.names.publish(finding.name, finding.publish)

    async def letter_arrives(self, door: Door | None = None, to: str = JENNY) -> bytes:
        """Send a letter; returns it as the mail server got it."""
        MailWorld._letters += 1
        letter = Letter(
            to=to,
            subject="Your invoice",
            text="Hello\n",
            message_id=f"<evt_{MailWorld._letters}@billing.example.com>",
            sender_name="Acme",
            purpose="test",
            reply_to="help@acme.example",
        )
        assert (await deliver(self.site, door or self.door, letter)).outcome == "accepted"
        return self.mailbox.raw[-1]

    def is_signed(self, message: bytes, own: SenderDomain) -> bool:
        """Whether the signature of a letter fits the key that lies in the DNS."""
        return verifies(message, self.names.text(f"{own.selector}._domainkey.{own.domain}"))

    async def work(self) -> None:
        """What a worker does about senders: the sweep asks for what is due, the jobs do it."""
        await sweep(self.site.tenancy)
        async with self.site.tenancy.database.unscoped() as connection:
            raw = await connection.exec_driver_sql(
                "DELETE FROM procrastinate_jobs WHERE task_name = 'check_sender_domain' AND status = 'todo'"
                " RETURNING args->>'tenant_id', args->>'row_id'"
            )
            due = raw.all()
        for tenant_id, row_id in due:
            await self.site.tenancy.jobs.app.tasks[sender_domains.CHECK](tenant_id=tenant_id, row_id=row_id)


async def mail_world(
    addresses: PostgresAddresses, valkey_url: str, mailbox: Mailbox, names: NameServer, tenant: Tenant | None = None
) -> AsyncIterator[MailWorld]:
    """A site that asks this name server, with a tenant of its own."""
    from frontdesk_web.worker import implement_jobs

    mailbox.clear()
    async with open_site(addresses, valkey_url, mailbox.port, mail_spf=(SPF,), dns_servers=(names.address,)) as (
        site,
        app,
    ):
        implement_jobs(site)
        world = MailWorld(site, app, mailbox, tenant or await new_tenant(site.tenancy))
        world.names = names
        yield world


@pytest.fixture
async def mail(postgres: PostgresAddresses, valkey_url: str, mailbox: Mailbox) -> AsyncIterator[MailWorld]:
    """A tenant whose operator offers own senders."""
    async with name_server() as names:
        async for world in mail_world(postgres, valkey_url, mailbox, names):
            yield world


@pytest.fixture
async def timed_mail(
    fresh_database: Callable[[], PostgresAddresses], valkey_url: str, mailbox: Mailbox
) -> AsyncIterator[tuple[MailWorld, Clock]]:
    """The same, with a clock that stands until it is moved."""
    addresses = fresh_database()
    time = Clock(addresses)
    async with name_server() as names:
        async for world in mail_world(addresses, valkey_url, mailbox, names):
            yield world, time
