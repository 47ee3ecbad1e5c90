"""A tenant whose every text field holds a token: nobody else ever sees one, on pages, in letters, documents or logs.

Trust.md B5. Both tenants are marked and both look at everything that they can reach, so that each is the other's
positive control: its own tokens must be there.
"""

import html
import logging
from collections.abc import Callable
from typing import Any

import pytest
from furnished import FurnishedSide
from marked_tenants import READS, everything_that_can_be_read, letters_of_all, marked_tenant, words_of
from sides import MASTER_KEY
from sign_in_world import Mailbox
from sites import RunningSite, browser_headers
from some_of_many import Choice
from sqlalchemy import select

from frontdesk.plugins import PluginHost
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.tables import customers
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.config import Smtp

CACHED = ("GET /p/{portal}", "GET /p/login/{token}", "GET /dashboard/{portal}")
"""Pages that are read most."""
WATCHED_LOGS = ("frontdesk", "litestar", "sqlalchemy", "procrastinate", "uvicorn.error", "asyncio", "psycopg")


async def test_nobody_sees_a_token_of_another_tenant(
    fresh_database: Callable[[], PostgresAddresses],
    site_at: Callable[..., RunningSite],
    caplog: pytest.LogCaptureFixture,
    choose: Choice,
) -> None:
    """In turns, so that what each has left in a cache or on a connection would meet the other. In `make test` the first
    reads what a cache may hold for it again, and when there is time everything."""
    caplog.set_level(logging.DEBUG)
    addresses, mailbox = fresh_database(), Mailbox()
    await mailbox.start()
    smtp = Smtp(host="127.0.0.1", port=mailbox.port, tls="none", sender="billing@frontdesk.example.com")
    running = site_at(addresses, smtp=smtp)
    tenancy = Tenancy(addresses.app_url, (MASTER_KEY,), PluginHost.load())
    await tenancy.open()
    try:
        pair = [await marked_tenant(tenancy, running, addresses, locale) for locale in ("en", "de")]
        again = [each for each in READS if choose((True, *[False] * 7), str(each), 1)[0] or str(each) in CACHED]
        for marked, among in ((pair[0], READS), (pair[1], READS), (pair[0], again)):
            seen: set[str] = set()
            async for where, answer in everything_that_can_be_read(marked, among):
                words = words_of(answer)
                assert marked.marks.foreign_in(words) == set(), where
                assert answer.status_code < 500, where
                seen |= marked.marks.own_in(words)
                if answer.headers.get("content-type") == "application/pdf":
                    assert marked.marks.own_in(words), "the document names nobody"
            fewest = 20 if among is READS else 5
            assert len(seen) > fewest, "hardly any token is seen by its own tenant: nor could the others' be"
        for marked in pair:
            home = marked.world.home
            link = f"/p/login/{home.door.public_id}{home.keys.login_token}"
            async with running.client(**browser_headers(running.config)) as client:
                address = await _address(tenancy, home)
                assert (await client.post(link, data={"email": address})).status_code == 303
        await letters_of_all(addresses, running)
    finally:
        await tenancy.aclose()
        mailbox.stop()
    letters = [(each["to"], _whole(each)) for each in mailbox.messages]
    for marked in pair:
        own = [text for to, text in letters if marked.marks.own_in(to)]
        assert any("code" in text.lower() for text in own)
        assert len(own) >= 3, "passcode, invoice and plan change"
        assert all(marked.marks.foreign_in(text) == set() for text in own)
    logged = [
        f"{record.name} {record.getMessage()} {record.exc_text or ''} {record.__dict__}"
        for record in caplog.records
        if record.name.startswith(WATCHED_LOGS)
    ]
    assert [line[:300] for line in logged for marked in pair if marked.marks.own_in(line)] == []


async def _address(tenancy: Tenancy, home: FurnishedSide) -> str:
    async with tenancy.database.side(home.door.tenant_id) as connection:
        found = await connection.execute(
            select(customers.c.address).where(customers.c.id == home.jenny.ids["customer"])
        )
        return str(found.scalar_one())


def _whole(message: Any) -> str:
    parts = [str(part.get_content()) for part in message.walk() if part.get_content_maintype() == "text"]
    return html.unescape("\n".join([*(f"{name}: {value}" for name, value in message.items()), *parts]))
