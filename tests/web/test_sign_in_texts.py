"""Codes as text messages, through a real gateway: who gets one, who does not, and that nobody else can tell."""

import asyncio
import re
from typing import Any

import pytest
from catalog_findings import as_admin
from kannel import ACCOUNT, PASSWORD, Kannel, Text
from sides import API
from sign_in_world import World
from sqlalchemy import select

from frontdesk import billing_details
from frontdesk.commands import BillingDetails
from frontdesk.desk import Actor
from frontdesk_tenants import enabling, no_code
from frontdesk_tenants.database import clock
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.provisioning import OPERATOR
from frontdesk_tenants.tables import challenges, mail_log
from frontdesk_web.letters.reports import report_url

JENNYS = "+49 171 3920012"
ARRIVED = "+491713920012"


async def text_codes(world: World, url: str, order: tuple[str, ...] = (), **settings: Any) -> None:
    """Switch text messages on for the world's side."""
    filled = {"kind": "kannel", "url": url, "account": ACCOUNT, "secret": PASSWORD, "countries": "DE", **settings}
    await enabling.enable(world.site.tenancy, world.door, "otp_sms", filled, OPERATOR)
    if order:
        async with world.site.tenancy.database.side(world.door.tenant_id) as connection:
            now = await clock(connection)
            await enabling.order(connection, world.door.tenant_id, order, actor=OPERATOR, now=now)


async def jenny(world: World, phone: str = JENNYS, actor: Actor = API) -> str:
    """A customer with a phone number that somebody set."""
    customer = await world.customer()
    async with open_desk(world.site.tenancy, world.door, customer_id=customer, actor=actor) as desk:
        await billing_details.update(desk, BillingDetails(phone=phone))
    return customer


async def by_text(world: World, visitor: Any) -> Any:
    """Ask for the code another way, on the code page."""
    data = {"csrf": await visitor.token(), "by": "phone"}
    return await visitor.http.post(world.link + "/code/again", data=data, follow_redirects=True)


async def arrived(kannel: Kannel) -> Text:
    return await asyncio.to_thread(kannel.next_text)


def code_in(text: Text) -> str:
    return text.text.rpartition("#")[2]


async def test_who_gets_no_mail_asks_for_a_text_and_signs_in_with_it(world: World, kannel: Kannel) -> None:
    await text_codes(world, kannel.url)
    customer = await jenny(world)
    visitor = world.visitor()
    page = await visitor.ask("jenny@example.com")
    assert "Send it by text message" in page.text
    await world.send_letters()
    page = await by_text(world, visitor)
    assert "Check your messages" in page.text
    assert ARRIVED not in page.text
    assert JENNYS not in page.text
    await world.send_letters()
    text = await arrived(kannel)
    code = code_in(text)
    assert (text.to, text.ucs) == (ARRIVED, False)
    logged = await world.rows(select(mail_log.c.recipient, mail_log.c.channel, mail_log.c.outcome))
    assert text.text.startswith(f"{code} is your sign-in code for ")
    assert text.text.endswith(f"\n\n@billing.example.com #{code}")
    assert {tuple(each) for each in logged} == {
        ("jenny@example.com", None, "accepted"),
        ("+49 ••••• 12", "otp_sms", "accepted"),
    }
    async with world.site.tenancy.database.side(world.door.tenant_id) as connection:
        seen = await no_code.codes_asked(connection, "jenny@example.com")
    assert [(each.texted_to, each.text_wanted) for each in seen] == [("+49 ••••• 12", True), ("", False)]
    # The code of the mail went with its challenge.
    assert (await visitor.type(code)).status_code == 303
    assert (await visitor.whoami())["customer"] == customer


async def test_a_side_that_texts_first_still_mails_who_has_no_trusted_number(world: World, kannel: Kannel) -> None:
    await text_codes(world, kannel.url, order=("otp_sms", "otp_email"))
    await jenny(world)
    await world.customer("pat@example.com")
    page = await world.visitor().ask("jenny@example.com")
    assert "Check your messages" in page.text
    assert "Send it by e-mail" in page.text
    await world.send_letters()
    assert (await arrived(kannel)).to == ARRIVED
    assert world.mailbox.messages == []
    visitor = world.visitor()
    await visitor.ask("pat@example.com")
    assert (await visitor.type(await world.code_for("pat@example.com"))).status_code == 303


@pytest.mark.parametrize(
    ("phone", "actor"),
    [
        (JENNYS, Actor(kind="customer", id="ses_1", source="api_session")),
        ("+49 900 1 123456", API),
        ("+33 6 12 34 56 78", API),
    ],
    ids=["a number that the customer set", "a premium number", "another country"],
)
async def test_a_number_that_may_get_no_text_gets_none_and_the_code_is_mailed(
    world: World, phone: str, actor: Actor
) -> None:
    # Nobody listens there: a text would not go.
    await text_codes(world, "http://127.0.0.1:1/cgi-bin/sendsms")
    await jenny(world, phone, actor)
    visitor = world.visitor()
    await visitor.ask("jenny@example.com")
    await by_text(world, visitor)
    await world.send_letters()
    assert len(world.mailbox.to("jenny@example.com")) == 1
    assert {row.channel for row in await world.rows(select(mail_log.c.channel))} == {None}


async def test_two_customers_of_one_address_must_have_one_number(world: World, kannel: Kannel) -> None:
    await text_codes(world, kannel.url)
    await jenny(world)
    await world.customer()
    visitor = world.visitor()
    await visitor.ask("jenny@example.com")
    await by_text(world, visitor)
    await world.send_letters()
    assert len(world.mailbox.to("jenny@example.com")) == 1


async def test_strangers_see_the_same_pages_whether_or_not_there_is_a_number(world: World) -> None:
    await text_codes(world, "http://127.0.0.1:1/cgi-bin/sendsms")
    await jenny(world)
    await world.customer("pat@example.com")
    pages = []
    for address in ("jenny@example.com", "patty@example.com", "pat@example.com"):
        visitor = world.visitor()
        first = await visitor.ask(address)
        second = await by_text(world, visitor)
        pages.append(
            [
                each.text.replace(address, "…").replace(await visitor.token(), "…").partition("csrf")[0]
                for each in (first, second)
            ]
        )
        await world.send_letters()
    assert pages[0] == pages[1] == pages[2]


async def test_a_gateway_that_is_down_or_says_no_leaves_nobody_without_a_code(world: World, kannel: Kannel) -> None:
    await text_codes(world, "http://127.0.0.1:1/cgi-bin/sendsms", order=("otp_sms", "otp_email"))
    await jenny(world)
    visitor = world.visitor()
    await visitor.ask("jenny@example.com")
    assert (await visitor.type(await world.code_for("jenny@example.com"))).status_code == 303
    world.mailbox.clear()
    await text_codes(world, kannel.url, order=("otp_sms", "otp_email"), secret="wrong")
    visitor = world.visitor()
    await visitor.ask("jenny@example.com")
    assert (await visitor.type(await world.code_for("jenny@example.com"))).status_code == 303


async def test_an_address_that_bounces_gets_the_code_by_text(world: World, kannel: Kannel) -> None:
    await text_codes(world, kannel.url)
    await jenny(world)
    world.mailbox.recipient_answers = ["550 5.1.1 unknown here"]
    visitor = world.visitor()
    await visitor.ask("jenny@example.com")
    await world.send_letters()
    assert (await visitor.type(code_in(await arrived(kannel)))).status_code == 303


async def test_texts_are_capped_for_a_number_and_the_code_is_mailed_beyond(world: World, kannel: Kannel) -> None:
    await text_codes(world, kannel.url, order=("otp_sms", "otp_email"), per_hour="2")
    await jenny(world)
    for _ in range(3):
        visitor = world.visitor()
        await visitor.ask("jenny@example.com")
        # Used codes count for no spacing of letters, but for money.
        await world.send_letters()
        if not world.mailbox.messages:
            assert (await visitor.type(code_in(await arrived(kannel)))).status_code == 303
    assert len(world.mailbox.to("jenny@example.com")) == 1


async def test_the_carriers_report_is_noted_and_only_under_its_own_address(world: World, kannel: Kannel) -> None:
    await text_codes(world, kannel.url, order=("otp_sms", "otp_email"))
    await jenny(world)
    visitor = world.visitor()
    await visitor.ask("jenny@example.com")
    await world.send_letters()
    await arrived(kannel)
    (row,) = await world.rows(select(challenges.c.id))
    url = report_url(world.site, world.door, row.id)
    other = report_url(world.site, world.door, "chl_other").rpartition(".")[2]
    gateway = world.client("192.0.2.1")
    forged = await gateway.get(f"{url.rpartition('.')[0]}.{other}?type=2")
    assert forged.status_code == 404
    told = [(await gateway.get(f"{url}?type={kind}")).status_code for kind in ("8", "1", "2", "2", "1")]
    assert told == [204] * 5
    (letter,) = await world.rows(select(mail_log.c.outcome, mail_log.c.detail))
    assert tuple(letter) == ("bounced", "It could not be delivered to the phone.")


async def test_code_and_number_are_neither_in_the_database_nor_in_a_log(
    world: World, kannel: Kannel, postgres: PostgresAddresses, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    await text_codes(world, kannel.url, order=("otp_sms", "otp_email"))
    await jenny(world)
    await world.visitor().ask("jenny@example.com")
    await world.send_letters()
    code = code_in(await arrived(kannel))
    told = caplog.text + "".join(repr(vars(each)) for each in caplog.records)
    assert code not in told
    assert ARRIVED not in told
    with as_admin(postgres) as admin:
        for table in ("challenges", "mail_log", "tenant_plugins", "procrastinate_jobs", "instance_counters"):
            rows = admin.execute(f"SELECT t::text FROM {table} t").fetchall()
            # A number of six digits may stand in a time of day by chance.
            told = [re.sub(r"\d\d:\d\d:\d\d\.\d+", "", row[0]) for row in rows]
            assert not [row for row in told if re.search(rf"\b{code}\b", row) or PASSWORD in row or ARRIVED in row], (
                table
            )
