"""Staff set up the sender of their e-mails, try it out, and see what became of each: through pages alone."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from html import unescape

import httpx
import msgspec
import pytest
from dkim_keys import verifies
from hired import Hired, StaffBrowser, hire
from mail_world import SPF
from name_server import NameServer, name_server
from posts import Mailbox, mailbox, plain
from sides import Tenant, new_tenant, subscribe
from sites import RunningSite
from sqlalchemy import select, text

from frontdesk.branding import Brand
from frontdesk.channels import Letter
from frontdesk.roles import Role
from frontdesk_tenants import mail_log, provisioning
from frontdesk_tenants.database import clock
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.tables import audit
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_tenants.worker_loop import Pace
from frontdesk_web.config import Smtp
from frontdesk_web.site import Site
from frontdesk_web.worker import run_worker

_VALUE = re.compile(r'id="(spf|dkim|dmarc)-(name|value)" type="text" value="([^"]*)"')
OPERATORS = "billing@frontdesk.example.com"


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """A tenant on a running site with its name server and its mail server."""

    running: RunningSite
    tenancy: Tenancy
    tenant: Tenant
    robin: Hired
    names: NameServer
    post: Mailbox

    def browser(self, hired: Hired | None = None, **headers: str) -> StaffBrowser:
        return StaffBrowser(self.running, self.tenant.live.door, (hired or self.robin).secret, **headers)

    def publish(self, page: httpx.Response) -> None:
        """Do what the page asks for: copy names and values into the DNS."""
        fields = {(kind, part): unescape(value) for kind, part, value in _VALUE.findall(page.text)}
        for kind in ("spf", "dkim", "dmarc"):
            self.names.publish(fields[kind, "name"], fields[kind, "value"])


@pytest.fixture
async def desk(
    fresh_database: Callable[[], PostgresAddresses], valkey_url: str, site_at: Callable[..., RunningSite]
) -> AsyncIterator[Desk]:
    """The site, its worker, and an owner."""
    addresses = fresh_database()
    async with name_server() as names, mailbox() as post:
        smtp = Smtp(host="127.0.0.1", port=post.port, tls="none", sender=OPERATORS)
        running = site_at(addresses, valkey_url, smtp=smtp, mail_spf=(SPF,), dns_servers=(names.address,))
        site = Site(running.config)
        working = asyncio.create_task(run_worker(site, Pace(sweep=0.2, rescue=0.2, heartbeat=0.2, stalled=1.0)))
        tenancy = Tenancy(addresses.app_url, running.config.master_keys, site.plugins)
        await tenancy.open()
        tenant = await new_tenant(tenancy)
        brand = Brand(business_name="Northbeam", support_email="help@northbeam.example")
        await provisioning.brand_side(tenancy, tenant.live.door, brand)
        robin = await hire(tenancy, tenant.live.door)
        yield Desk(running=running, tenancy=tenancy, tenant=tenant, robin=robin, names=names, post=post)
        working.cancel()
        with pytest.raises(asyncio.CancelledError):
            await working
        await tenancy.aclose()


async def test_an_owner_sets_an_own_domain_up_and_gets_a_signed_test_from_it(desk: Desk) -> None:
    async with desk.browser() as staff:
        await staff.get("/email")
        assert "Shared sender" in staff.text
        assert OPERATORS in staff.text
        assert "Answers go to help@northbeam.example." in staff.text
        await staff.post("/email", local_part="rechnung", domain="Northbeam.example")
        page = await staff.follow()
        assert "Waiting for records" in staff.text
        assert staff.text.count("Missing") == 3
        desk.publish(page)
        await staff.post("/email/check")
        await staff.follow()
        # Looked at a moment ago: for some seconds that counts.
        async with desk.tenancy.database.side(desk.tenant.live.door.tenant_id) as connection:
            await connection.execute(text("UPDATE sender_domains SET checked_at = checked_at - interval '6 seconds'"))
        await staff.post("/email/check")
        await staff.follow()
        assert "All three records are found. E-mails come from rechnung@northbeam.example." in staff.text
        assert "In use" in staff.text
        await staff.post("/email/test")
        await staff.follow()
        assert f"A test e-mail is on its way to {desk.robin.address}." in staff.text
        (letter,) = await desk.post.arrived(1)
        assert str(letter["from"]) == "Northbeam <rechnung@northbeam.example>"
        assert str(letter["reply-to"]) == "help@northbeam.example"
        assert str(letter["subject"]) == "Test e-mail from Northbeam"
        assert "It comes from rechnung@northbeam.example." in plain(letter)
        selector = re.search(r"s=(fd[a-z0-9]+)", str(letter["dkim-signature"]))
        assert selector is not None
        assert verifies(desk.post.raw[0], desk.names.text(f"{selector[1]}._domainkey.northbeam.example"))
    async with desk.tenancy.database.side(desk.tenant.live.door.tenant_id) as connection:
        rows = await connection.execute(select(audit.c.action, audit.c.actor).order_by(audit.c.number))
        told = [(row.action, row.actor) for row in rows if row.actor == desk.robin.member.id]
    assert told == [(each, desk.robin.member.id) for each in ("sender_set", "sender_checked", "test_email_sent")]


async def test_each_record_says_what_was_found_and_what_to_do(desk: Desk) -> None:
    desk.names.publish("northbeam.example", "v=spf1 include:_spf.google.com ~all")
    desk.names.publish("_dmarc.northbeam.example", "v=DMARC1; p=reject")
    async with desk.browser() as staff:
        await staff.get("/email")
        await staff.post("/email", local_part="billing", domain="northbeam.example")
        page = await staff.follow()
        assert "Your SPF record does not name our mail servers." in staff.text
        assert "v=spf1 include:_spf.google.com ~all" in staff.text, "what was found"
        fields = {(kind, part): unescape(value) for kind, part, value in _VALUE.findall(page.text)}
        assert fields["spf", "value"] == f"v=spf1 {SPF} include:_spf.google.com ~all"
        assert fields["dkim", "name"].endswith("._domainkey.northbeam.example")
        assert fields["dmarc", "value"] == "v=DMARC1; p=reject"
        assert 'data-copy="' in page.text
        german = await staff.get("/email?lang=de")
        assert "Ihr SPF-Eintrag nennt unsere Mailserver nicht." in unescape(german.text)


@pytest.mark.parametrize(
    ("local_part", "domain", "said"),
    [
        ("billing", "co.uk", "co.uk belongs to everybody"),
        ("billing", "mail.example.com", "belongs to whoever runs this Frontdesk"),
        ("billing", "https://acme.example", "Please enter a domain alone"),
        ("bill ing", "acme.example", "Please enter what stands before the @"),
        ("<script>", '"><script>', "Please enter a domain alone"),
    ],
)
async def test_what_cannot_be_claimed_is_shown_again_with_the_reason(
    desk: Desk, local_part: str, domain: str, said: str
) -> None:
    async with desk.browser() as staff:
        await staff.get("/email")
        answer = await staff.post("/email", local_part=local_part, domain=domain)
        assert answer.status_code == 400
        assert said in staff.text
        assert "<script>" not in answer.text.replace('<script type="module"', "")
        assert 'aria-invalid="true"' in answer.text
        assert desk.names.asked == []


async def test_going_back_to_the_shared_sender(desk: Desk) -> None:
    async with desk.browser() as staff:
        await staff.get("/email")
        await staff.post("/email", local_part="billing", domain="northbeam.example")
        await staff.follow()
        await staff.post("/email/remove")
        await staff.follow()
        assert "E-mails come from the shared sender again." in staff.text
        assert "northbeam.example" not in staff.text.replace("help@northbeam.example", "")


async def test_roles_see_the_sender_and_only_some_change_it(desk: Desk) -> None:
    reader = await hire(desk.tenancy, desk.tenant.live.door, Role.READ_ONLY)
    helper = await hire(desk.tenancy, desk.tenant.live.door, Role.SUPPORT)
    developer = await hire(desk.tenancy, desk.tenant.live.door, Role.DEVELOPER)
    for hired, log, edit in ((reader, 403, False), (helper, 200, False), (developer, 200, True)):
        async with desk.browser(hired) as staff:
            page = await staff.get("/email")
            assert page.status_code == 200
            assert ("Send test e-mail" in staff.text) is edit
            assert ('name="domain"' in page.text) is edit
            assert ("View delivery log" in staff.text) is (log == 200)
            for path in ("/email", "/email/check", "/email/remove", "/email/test"):
                assert (await staff.post(path, csrf="x")).status_code == 403
            assert (await staff.get("/email/log")).status_code == log


async def test_a_bounce_is_seen_by_staff_and_the_log_is_searched(desk: Desk) -> None:
    door = desk.tenant.live.door
    customer = await subscribe(desk.tenancy, door, None, email="jenny@exmaple.com")
    desk.post.answers = ["550 5.1.1 No such user here"]
    letter = Letter(
        to="jenny@exmaple.com", subject="x", text="x", message_id="<evt_1@x>", sender_name="x", purpose="plan_changed"
    )
    async with desk.tenancy.database.side(door.tenant_id) as connection:
        row = await mail_log.begin(connection, door.tenant_id, letter, await clock(connection), customer)
        await mail_log.note(connection, row, "bounced", "550 5.1.1 No such user here", await clock(connection))
    async with desk.browser() as staff:
        await staff.get("/email")
        await staff.post("/email/test")
        await desk.post.refusals(1)
        await staff.get("/email/log")
        assert "jenny@exmaple.com" in staff.text
        assert "550 5.1.1 No such user here" in staff.text
        assert desk.robin.address in staff.text
        await staff.get("/email/log?q=JENNY%40ex&show=failed")
        assert "jenny@exmaple.com" in staff.text
        assert desk.robin.address not in staff.html.partition('<main class="work"')[2]
        await staff.get(f"/email/log/{row}")
        assert "The mail server says that this address takes no e-mail." in staff.text
        assert f"/customers/{customer}" in staff.html
        await staff.get("/email/log?q=nobody%00")
        assert "No e-mail like this" in staff.text
        for unknown in ("mail_0", "mail_" + "0" * 22, "x", "mail_%00"):
            assert (await staff.get(f"/email/log/{unknown}")).status_code == 404


async def test_the_log_is_paged_by_place_forth_and_back(desk: Desk) -> None:
    door = desk.tenant.live.door
    async with desk.tenancy.database.side(door.tenant_id) as connection:
        await connection.execute(
            text(
                "INSERT INTO mail_log (tenant_id, id, cause, message_id, recipient, address, purpose, language,"
                " outcome, detail, attempts, created, updated)"
                " SELECT :side, 'mail_' || lpad(n::text, 22, '0'), 'evt_' || n, '<' || n || '@x>',"
                " 'c' || lpad(n::text, 5, '0') || '@example.com', 'c' || lpad(n::text, 5, '0') || '@example.com',"
                " 'passcode', 'en', 'accepted', '', 1,"
                " frontdesk_now() - interval '1 second' * (n / 7), frontdesk_now() FROM generate_series(1, 10000) n"
            ),
            {"side": door.tenant_id},
        )
        await connection.execute(text("SET LOCAL enable_seqscan = off"))
        for question in (
            "SELECT * FROM mail_log ORDER BY created DESC, id DESC LIMIT 51",
            "SELECT * FROM mail_log WHERE address >= 'c0500' AND address < 'c0500\U0010ffff' LIMIT 51",
        ):
            plan = "\n".join(row[0] for row in await connection.execute(text(f"EXPLAIN {question}")))
            assert "Index Scan" in plan, plan
            assert "Filter" not in plan.replace("Filter: (tenant_id", ""), plan
    async with desk.browser() as staff:
        seen: list[str] = []
        page = await staff.get("/email/log")
        for _ in range(3):
            seen += re.findall(r'class="table-link" href="[^"]*">([^<]+)<', page.text)
            older = re.search(r'href="([^"]+)" rel="next"', page.text)
            assert older is not None
            page = await staff.get(unescape(older[1]))
        assert len(seen) == len(set(seen)) == 150
        for number in (2, 1, 0):
            newer = re.search(r'href="([^"]+)" rel="prev"', page.text)
            assert newer is not None, number
            page = await staff.get(unescape(newer[1]))
            shown = re.findall(r'class="table-link" href="[^"]*">([^<]+)<', page.text)
            assert shown == seen[number * 50 : number * 50 + 50]
        assert 'rel="prev"' not in page.text
        found = await staff.get("/email/log?q=c0500")
        assert "c05000@example.com" in found.text


async def test_without_the_operators_servers_in_spf_no_own_domain_is_offered(
    postgres: PostgresAddresses, site_at: Callable[..., RunningSite], tenancy: Tenancy, tenant: Tenant
) -> None:
    robin = await hire(tenancy, tenant.live.door)
    without_mail = site_at(postgres, plain_http=True, smtp=None)
    async with StaffBrowser(without_mail, tenant.live.door, robin.secret) as staff:
        page = await staff.get("/email")
        assert "No mail server is set up" in staff.text
        assert 'name="domain"' not in page.text
        refused = await staff.post("/email", local_part="billing", domain="acme.example")
        assert refused.status_code == 400
        assert "has not set up sending from domains of your own" in staff.text
