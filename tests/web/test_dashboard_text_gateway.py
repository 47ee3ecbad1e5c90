"""Staff connect a gateway for text messages of their own, try it, and switch it off; nobody is led inside by it."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Callable

import msgspec
import pytest
from hired import StaffBrowser, hire
from portal_shop import Shop, open_shop
from sites import RunningSite
from sqlalchemy import select

from frontdesk_tenants import enabling
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.provisioning import OPERATOR
from frontdesk_tenants.tables import audit, tenant_plugins
from frontdesk_tenants.tenancy import Tenancy

MAIL = {"host": "127.0.0.1", "port": "1", "tls": "none", "sender": "billing@example.com"}
FORM = {
    "kind": "kannel",
    "account": "shop",
    "secret": "correct-horse",
    "countries": "de\nAT",
    "originator": "",
    "home_country": "DE",
    "per_hour": "20",
    "per_day": "100",
}
PATH = "/portal/codes/gateway"
INSIDE = (
    *("https://10.0.0.1/sendsms", "http://169.254.169.254/latest", "https://[::1]:8443/", "https://localhost/", "x"),
    *("https://sms.example.com:22/", "https://u:p@sms.example.com/", "http://sms.example.com/", "", "\0"),
)
PHONE = "0171 3920012"


class Gateway:
    """What speaks as Kannel does on a port of this machine. `asked` are heads and bodies; it says yes to a password."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[str] = []
        self.texts: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = re.search(r"content-length: (\d+)", head, re.IGNORECASE)
            text = (await reader.readexactly(int(length[1]) if length else 0)).decode()
            self.asked.append(head)
            status = "202 Accepted" if text else "400 Bad Request"
            if "correct-horse" not in head:
                status = "403 Forbidden"
            elif text:
                self.texts.append(text)
            writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n0:".encode())
            await writer.drain()
        writer.close()


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    made = Gateway()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/sendsms"
    yield made
    server.close()


@pytest.fixture
async def shop(tenancy: Tenancy) -> Shop:
    shop = await open_shop(tenancy)
    await enabling.enable(tenancy, shop.door, "otp_email", MAIL, OPERATOR)
    return shop


@pytest.fixture
async def staff(
    shop: Shop, postgres: PostgresAddresses, site_at: Callable[..., RunningSite]
) -> AsyncIterator[StaffBrowser]:
    """The owner's browser, at a site that lets tenants name servers on this machine."""
    owner = await hire(shop.tenancy, shop.door)
    running = site_at(postgres, None, plain_http=True, loopback_servers=True)
    async with StaffBrowser(running, shop.door, owner.secret) as browser:
        yield browser


async def test_a_gateway_is_connected_tried_and_switched_off(shop: Shop, staff: StaffBrowser, gateway: Gateway) -> None:
    assert "Connect a gateway for text messages" in (await staff.get("/portal/codes")).text
    page = await staff.get(PATH)
    assert "A text to yourself" not in page.text

    async def sent(**changed: str) -> tuple[int, str]:
        answer = await staff.post(PATH, csrf=token, **{**FORM, "url": gateway.url, **changed})
        return answer.status_code, answer.text

    token = staff.csrf
    wrong = {
        "url": ("https://sms.example.com/?to=1", "Enter the address of a gateway on the internet."),
        "countries": ("DE\nXX", "Enter the codes of countries"),
        "home_country": ("DEU", "Enter the code of one country"),
        "per_hour": ("51", "Enter a number from 1 to 50."),
        "secret": ("with space", "Enter the password or token."),
        "kind": ("pigeon", "Choose one of the two."),
        "account": ("a b", "Enter the name that the gateway knows you by"),
    }
    for field, (value, sentence) in wrong.items():
        status, text = await sent(**{field: value})
        assert (status, sentence in text) == (400, True), field
    assert gateway.asked == [], "nothing was asked before it could be right"
    status, text = await sent(secret="wrong-horse")
    assert (status, "refused the user name or the password" in text) == (400, True)
    assert "wrong-horse" not in text

    assert (await sent())[0] == 303
    assert "correct-horse" not in (await staff.get(PATH)).text
    # Left empty the secret stays, as long as it goes to where it was typed for.
    assert (await sent(secret="", per_hour="10"))[0] == 303
    assert (await sent(secret="", url=gateway.url + "/elsewhere"))[0] == 400
    assert (await sent(secret="", account="another"))[0] == 400
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        row = (await connection.execute(select(tenant_plugins).where(tenant_plugins.c.plugin == "otp_sms"))).one()
        assert (row.enabled, row.outside, row.settings_version) == (True, True, 2)
        assert b"correct-horse" not in row.settings_sealed
        rows = await connection.scalars(select(audit.c.after).where(audit.c.action == "channel_connected"))
        told = [msgspec.json.decode(each) for each in rows]
        assert [("secret" in each, each["url"], each["countries"]) for each in told] == [
            (False, gateway.url, ["de", "AT"])
        ] * 2

    # A text to oneself.
    page = await staff.post(f"{PATH}/test", csrf=token, phone="030 1234567")
    assert "it is no mobile number of one of your countries" in page.text
    for number in range(6):
        page = await staff.post(f"{PATH}/test", csrf=token, phone=PHONE)
        assert ("Enough tests for now" if number == 5 else "The gateway has taken a text") in page.text, page.text
    assert len(gateway.texts) == 5
    assert "sign-in codes by text message reach this phone" in gateway.texts[0]
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        tests = (await connection.scalars(select(audit.c.after).where(audit.c.action == "test_text_sent"))).all()
    assert msgspec.json.decode(tests[0]) == {"to": "+49 ••••• 12", "outcome": "sent"}

    await staff.post(f"{PATH}/off", csrf=token)
    assert "is switched off" in (await staff.follow()).text
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        row = (await connection.execute(select(tenant_plugins).where(tenant_plugins.c.plugin == "otp_sms"))).one()
        actions = (await connection.scalars(select(audit.c.action).where(audit.c.object == "otp_sms"))).all()
    assert (row.enabled, row.settings_sealed) == (False, None)
    assert actions.count("channel_switched_off") == 1


async def test_no_gateway_is_asked_inside(shop: Shop, plain_site: RunningSite, gateway: Gateway) -> None:
    """Neither by its address, which is refused as it is typed, nor by one that got into the settings otherwise."""
    owner = await hire(shop.tenancy, shop.door)
    async with StaffBrowser(plain_site, shop.door, owner.secret) as staff:
        await staff.get(PATH)
        token = staff.csrf
        for url in (*INSIDE, gateway.url):
            answer = await staff.post(PATH, csrf=token, **{**FORM, "url": url})
            assert answer.status_code == 400, url
            assert "Enter the address of a gateway on the internet." in answer.text, url
        # As if staff had got it in: the operator's word is taken, the tenant's is not.
        for outside, said in ((True, "It takes no codes"), (False, "It answers, and would take a code now.")):
            settings = {**FORM, "url": gateway.url}
            await enabling.enable(shop.tenancy, shop.door, "otp_sms", settings, OPERATOR)
            async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
                await connection.execute(
                    tenant_plugins.update()
                    .where(tenant_plugins.c.plugin == "otp_sms")
                    .values(outside=outside, settings_version=tenant_plugins.c.settings_version + 1)
                )
            tried = await staff.post("/portal/codes", csrf=token, act="check", channel="otp_sms")
            assert (said in tried.text, len(gateway.asked)) == (True, 0 if outside else 1), tried.text
