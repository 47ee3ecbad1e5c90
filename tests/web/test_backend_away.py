"""A day without the billing backend (F5): pages are read as ever and say as of when, acts that may wait do, and in the
end all is as if nothing had been, done once."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage

import httpx
import pytest
from api_server import ApiServer, serving
from mirrored_world import API, Mirrored, Provides, leave, mirrored_on, new_customer, rename, seats, subscription_of
from posts import mailbox, plain, site_of
from sqlalchemy import select

import frontdesk_invoice_only
import frontdesk_otp_email
import frontdesk_tax_codes
from frontdesk.branding import Brand
from frontdesk.commands import (
    AccountCommand,
    BillingDetails,
    CancelSubscription,
    ExplainCancellation,
    KeepSubscription,
    UpdateBillingDetails,
)
from frontdesk.desk import Actor
from frontdesk.errors import Queued, Refused, Unavailable
from frontdesk.plugins import PluginHost
from frontdesk_tenants import configurations, intents, provisioning, sessions
from frontdesk_tenants.database import clock
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.enabling import enable
from frontdesk_tenants.home_reads import HomeAnswer, HomeReads
from frontdesk_tenants.intents import waiting_acts
from frontdesk_tenants.mirror_work import look_for
from frontdesk_tenants.mirrors import following
from frontdesk_tenants.owner_tools import set_clock
from frontdesk_tenants.refused_acts import ListedRefusal, refused_lately
from frontdesk_tenants.tables import events
from frontdesk_tenants.tables import intents as intent_rows
from frontdesk_web.letters.after_events import send_letter

ROBIN = Actor(kind="customer", id="ses_1", source="login_link")
PAGES = ("", "invoices", "details", "invoices/{invoice}", "subscriptions/{subscription}/cancel")


@pytest.fixture
async def away(fresh_database: Callable[[], PostgresAddresses]) -> AsyncIterator[tuple[Mirrored, PostgresAddresses]]:
    addresses = fresh_database()
    async with mirrored_on(addresses, customers_at_first=1) as world:
        await world.connect()
        await world.work()
        yield world, addresses


@contextmanager
def serving_it(world: Mirrored, addresses: PostgresAddresses) -> Iterator[ApiServer]:
    plugins = PluginHost.of(
        invoice_only=frontdesk_invoice_only,
        tax_codes=frontdesk_tax_codes,
        otp_email=frontdesk_otp_email,
        remote=Provides(world.far, world.teller),
    )
    with serving(addresses, plugins=plugins) as made:
        yield made


async def signed_in(world: Mirrored, customer: str) -> str:
    async with world.tenancy.database.side(world.door.tenant_id) as connection:
        configuration = await configurations.read_default(connection)
        email = (world.far.accounts[customer].customer.email or "").casefold()
        _, secret = await sessions.open_session(
            connection, world.door, address=email, customer=customer, configuration=configuration.id, locale="en",
            now=await clock(connection),
        )  # fmt: skip
    return secret


async def act(world: Mirrored, customer: str, command: AccountCommand, actor: Actor = API) -> None:
    async with open_desk(world.tenancy, world.door, customer_id=customer, actor=actor) as desk:
        await desk.carry_out(command)


async def home(addresses: PostgresAddresses, world: Mirrored, secret: str, known: str | None = None) -> HomeAnswer:
    reads = HomeReads(addresses.app_url, connections=1)
    await reads.open()
    try:
        answer = await reads.read(world.door.tenant_id, secret, known)
    finally:
        await reads.aclose()
    assert answer is not None
    return answer


async def pending(world: Mirrored) -> list[str]:
    async with world.tenancy.at(world.door) as (connection, _):
        question = select(intent_rows.c.id).where(intent_rows.c.state == "pending").order_by(intent_rows.c.number)
        return list(await connection.scalars(question))


async def test_a_day_without_the_backend(away: tuple[Mirrored, PostgresAddresses]) -> None:
    world, addresses = away
    customer = next(iter(world.far.accounts))
    plan = subscription_of(world, customer).id
    secret = await signed_in(world, customer)
    before = await home(addresses, world, secret)
    assert before.page is not None
    assert (before.page[0].waiting, before.page[1].away_since) == ((), None)
    world.far.down = True
    await world.due_now()
    await world.work()
    known = (await home(addresses, world, secret)).page_version
    assert known == before.page_version, "nobody is told of a moment's silence"
    with pytest.raises(Queued):
        await act(world, customer, leave(world, customer))
    waiting = await home(addresses, world, secret, known)
    assert waiting.page is not None, "the page is made anew"
    assert [type(each.command).__name__ for each in waiting.page[0].waiting] == ["CancelSubscription"]
    set_clock(addresses.owner_url, timedelta(hours=23))
    await world.due_now()
    await world.work()
    secret = await signed_in(world, customer)
    with pytest.raises(Queued):
        await act(world, customer, ExplainCancellation(subscription=plan, feedback="too_expensive"))
    with pytest.raises(Queued):
        await act(world, customer, rename("Jenny Rosen"))
    with pytest.raises(Unavailable) as refused:
        await act(world, customer, seats(world, customer, 9))
    assert not isinstance(refused.value, Queued)
    with serving_it(world, addresses) as server:
        async with httpx.AsyncClient(
            base_url=server.url, cookies={f"fd-{world.door.portal}": secret}, trust_env=False, timeout=20
        ) as http:
            ids = {"invoice": world.far.accounts[customer].invoices[0].id, "subscription": plan}
            paths = [f"/p/{world.door.portal}/{each.format(**ids)}" for each in PAGES]
            answers = {each: (await http.get(each)).status_code for each in paths}
    assert set(answers.values()) == {200}, answers
    late = await home(addresses, world, secret)
    assert late.page is not None
    assert len(late.page[0].waiting) == 3
    assert late.page[1].away_since is not None
    assert len(await pending(world)) == 3, "what may not wait is not sent behind them"
    world.far.down = False
    for each in reversed(await pending(world)):
        await intents.settle(world.tenancy, world.door.tenant_id, each)
    await world.due_now()
    await world.work()
    acts = [each.act for each in world.far.effects(customer) if each.key]
    assert acts == ["CancelSubscription", "ExplainCancellation", "UpdateBillingDetails"], "in the order asked, once"
    await world.same()
    after = await home(addresses, world, secret)
    assert after.page is not None
    assert (after.page[0].waiting, after.page[1].away_since) == ((), None)
    kinds = await world.told()
    assert (kinds.count("cancellation_scheduled"), kinds.count("customer_updated")) == (1, 1)


async def test_an_act_that_is_so_already_is_refused_and_nobody_is_alarmed(
    away: tuple[Mirrored, PostgresAddresses],
) -> None:
    world, addresses = away
    customer = next(iter(world.far.accounts))
    secret = await signed_in(world, customer)
    await world.far.act(customer, leave(world, customer), await world.now())
    await world.due_now("repair")
    await world.work()
    world.far.down = True
    with pytest.raises(Queued):
        await act(world, customer, KeepSubscription(subscription_of(world, customer).id), ROBIN)
    world.far.down = False
    await world.far.act(customer, KeepSubscription(subscription_of(world, customer).id), await world.now())
    (intent,) = await pending(world)
    await world.due_now("repair")
    await world.work()
    await intents.settle(world.tenancy, world.door.tenant_id, intent)
    async with world.tenancy.at(world.door) as (connection, _):
        assert await waiting_acts(connection, customer) == ()
        (listed,) = await refused_lately(connection)
    assert (listed.id, listed.told) == (intent, False), "staff see it"
    page = (await home(addresses, world, secret)).page
    assert page is not None
    assert page[0].refused == (), "it goes on, as it was to"
    assert "waiting_act_refused" not in await world.told()
    with pytest.raises(Refused):
        await act(world, customer, KeepSubscription(subscription_of(world, customer).id))


async def test_who_asked_for_what_was_refused_in_the_end_is_told_once(
    away: tuple[Mirrored, PostgresAddresses],
) -> None:
    world, addresses = away
    customer = next(iter(world.far.accounts))
    stranger = await new_customer(world)
    plan = subscription_of(world, customer).id
    german = UpdateBillingDetails(details=BillingDetails(preferred_locales=("de",)))
    await world.far.act(customer, german, await world.now())
    await world.far.act(customer, leave(world, customer), await world.now())
    await world.due_now("repair")
    await world.work()
    brand = Brand(business_name="Northbeam", support_email="help@northbeam.example")
    await provisioning.brand_side(world.tenancy, world.door, brand)
    secret = await signed_in(world, customer)
    known = (await home(addresses, world, secret)).page_version
    world.far.down = True
    for who in (ROBIN, API):
        with pytest.raises(Queued):
            await act(world, customer, KeepSubscription(plan), who)
    with pytest.raises(Queued):
        await act(world, customer, ExplainCancellation(subscription=plan, feedback="unused"), ROBIN)
    world.far.down = False
    gone = CancelSubscription(subscription=plan, when="now")
    await world.far.act(customer, gone, await world.now())
    waiting = await pending(world)
    tries = [intents.settle(world.tenancy, world.door.tenant_id, each) for each in waiting for _ in range(3)]
    await asyncio.gather(*tries)
    for each in waiting:
        await intents.settle(world.tenancy, world.door.tenant_id, each)
    assert (await world.told()).count("waiting_act_refused") == 1, "only what a customer asked for themselves"
    answer = await home(addresses, world, secret, known)
    assert answer.page is not None, "the page is made anew"
    (refused,) = answer.page[0].refused
    assert (refused.id, refused.command) == (waiting[0], KeepSubscription(plan))
    assert [each.told for each in await listed_refusals(world)] == [False, False, True]
    (letter,) = await letters_of(world, addresses, "waiting_act_refused")
    assert "Wir konnten die Kündigung von Team nicht zurücknehmen" in str(letter["subject"])
    assert str(letter["from"]).startswith("Northbeam")
    for part in ("als unser Abrechnungssystem nicht antwortete", "nichts berechnet", "help@northbeam.example"):
        assert part in plain(letter), part
    with serving_it(world, addresses) as server:
        cookies = {f"fd-{world.door.portal}": secret}
        async with httpx.AsyncClient(base_url=server.url, cookies=cookies, trust_env=False, timeout=20) as http:
            base = f"/p/{world.door.portal}/"
            shown = (await http.get(base)).text
            assert "We could not take back the cancellation of Team" in shown, "the session is in English"
            csrf = re.search(r'name="csrf" value="([^"]+)"', shown)
            assert csrf is not None
            read = {"csrf": csrf[1]}
            assert (await http.post(f"{base}refused/int_nobodys", data=read)).status_code == 404
            assert (await http.post(f"{base}refused/{waiting[1]}", data=read)).status_code == 303
            async with httpx.AsyncClient(
                base_url=server.url,
                cookies={f"fd-{world.door.portal}": await signed_in(world, stranger)},
                trust_env=False,
                timeout=20,
            ) as elsewhere:
                theirs = re.search(r'name="csrf" value="([^"]+)"', (await elsewhere.get(base)).text)
                assert theirs is not None
                tried = await elsewhere.post(f"{base}refused/{waiting[0]}", data={"csrf": theirs[1]})
                assert tried.status_code == 404, "it is another customer's"
            assert "We could not" in (await http.get(base)).text
            assert (await http.post(f"{base}refused/{waiting[0]}", data={"csrf": "x"})).status_code == 403
            assert (await http.post(f"{base}refused/{waiting[0]}", data=read)).status_code == 303
            assert "We could not" not in (await http.get(base)).text


async def test_what_was_done_after_all_is_no_longer_said_to_be_refused(
    away: tuple[Mirrored, PostgresAddresses],
) -> None:
    world, addresses = away
    customer = next(iter(world.far.accounts))
    secret = await signed_in(world, customer)
    world.far.down = True
    wrong = UpdateBillingDetails(details=BillingDetails(metadata={"seats": "9" * 501}))
    with pytest.raises(Queued):
        await act(world, customer, wrong, ROBIN)
    world.far.down = False
    (intent,) = await pending(world)
    await intents.settle(world.tenancy, world.door.tenant_id, intent)
    page = (await home(addresses, world, secret)).page
    assert page is not None
    assert [each.id for each in page[0].refused] == [intent]
    await act(world, customer, leave(world, customer), ROBIN)
    assert (await home(addresses, world, secret)).page[0].refused != (), "of another act"  # type: ignore[index]
    await act(world, customer, rename("Jenny Rosen"), ROBIN)
    assert (await home(addresses, world, secret)).page[0].refused == ()  # type: ignore[index]


async def listed_refusals(world: Mirrored) -> tuple[ListedRefusal, ...]:
    async with world.tenancy.at(world.door) as (connection, _):
        return await refused_lately(connection)


async def letters_of(world: Mirrored, addresses: PostgresAddresses, kind: str) -> list[EmailMessage]:
    """The letters that come of all events of a kind."""
    async with world.tenancy.database.side(world.door.tenant_id) as connection:
        ids = list(await connection.scalars(select(events.c.id).where(events.c.kind == kind)))
    plugins = PluginHost.of(
        invoice_only=frontdesk_invoice_only,
        otp_email=frontdesk_otp_email,
        remote=Provides(world.far, world.teller),
    )
    async with mailbox() as post:
        site = site_of(addresses.app_url, post.port, plugins)
        await site.open()
        await enable(site.tenancy, world.door, "otp_email", {}, API)
        for each in ids:
            await send_letter(site, world.door.tenant_id, each)
        await site.aclose()
        return post.letters


async def test_whoever_signs_in_during_an_import_is_asked_for(postgres: PostgresAddresses) -> None:

    async with mirrored_on(postgres, customers_at_first=2) as world:
        await world.connect()
        customer = await new_customer(world)
        email = world.far.accounts[customer].customer.email
        async with world.tenancy.at(world.door) as (connection, side):
            assert await following(connection, side) == "importing"
        await look_for(world.tenancy, side, str(email).casefold())
        assert list((await world.book())["customers"]) == [customer]
        await world.work()
        await world.same()
        async with world.tenancy.at(world.door) as (connection, side):
            assert await following(connection, side) == "mirroring"
