"""A session that is over on any page: back to signing in, and then to where one was, with what was typed."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

from sign_in_world import Clock, Visitor, World
from spots import spots
from sqlalchemy import select, text

from frontdesk.flows import Flow, Recovery
from frontdesk.portal_configuration import LoginPage
from frontdesk_tenants import book, configurations, sessions
from frontdesk_tenants.database import clock as real_time
from frontdesk_tenants.sweeping import sweep
from frontdesk_tenants.tables import sessions as sessions_table
from frontdesk_web.portal.ways_back import cookie_value, form_page, page_in

JENNY, OTHER = "jenny@example.com", "else@example.com"
TYPED = {"name": "Jenny <Ümlaut> & Daughters", "address_line1": "", "city": "Bremen"}


async def name_of(world: World, customer: str) -> str | None:
    async with world.site.tenancy.database.side(world.door.tenant_id) as connection:
        account = await book.read_account(connection, customer)
    assert account is not None
    return account.customer.name


async def api_session(world: World, customer: str, recovery: Recovery | None, flow: Flow | None = None) -> str:
    """The path of a new session."""
    async with world.site.tenancy.database.side(world.door.tenant_id) as connection:
        _, token = await sessions.create_api_session(
            connection,
            world.door,
            customer=customer,
            configuration=(await configurations.read_default(connection)).id,
            locale=None,
            return_url="https://shop.example/account",
            now=await real_time(connection),
            flow=flow,
            recovery=recovery,
        )
    return f"/p/session/{token}"


async def sign_in_again(visitor: Visitor, over: str, email: str = JENNY) -> str:
    """Through the page that says that the session is over; returns where one ends up."""
    link = re.search(r'href="(/p/login/[^"]+)"', unescape(over))
    assert link is not None
    await visitor.ask(email, link[1])
    answer = await visitor.type(await visitor.world.code_for(email), link[1])
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def test_back_to_the_page_with_what_was_typed(timed_world: tuple[World, Clock]) -> None:
    world, clock = timed_world
    customer, details = await world.customer(), f"/p/{world.portal}/details"
    before = await name_of(world, customer)
    visitor = world.visitor()
    await visitor.sign_in()
    csrf = (await visitor.whoami())["csrf"]
    clock.forward(hours=1, seconds=1)

    # A page that was only to be looked at.
    over = await visitor.http.get(f"{details}?lang=de")
    assert over.status_code == 401
    assert await sign_in_again(visitor, over.text) == f"{details}?lang=de"
    assert (await visitor.http.get(details)).status_code == 200
    csrf = (await visitor.whoami())["csrf"]
    clock.forward(hours=1, seconds=1)

    # A form that was filled in: it is kept sealed, filled in again, and never sent by itself.
    over = await visitor.http.post(details, data={**TYPED, "csrf": csrf})
    assert over.status_code == 401
    assert "is kept for an hour" in over.text
    (row,) = await world.rows(select(sessions_table.c.typed_sealed).where(sessions_table.c.typed_sealed.is_not(None)))
    assert b"Bremen" not in bytes(row[0])
    place = await sign_in_again(visitor, over.text)
    assert place == details
    assert (await visitor.http.get(f"/p/{world.portal}/whoami")).status_code == 200
    shown = unescape((await visitor.http.get(place)).text)
    assert TYPED["name"] in shown
    assert 'value="Bremen"' in shown
    assert await name_of(world, customer) == before, "nothing was sent by itself"
    assert not await world.rows(select(sessions_table.c.id).where(sessions_table.c.typed_sealed.is_not(None)))
    assert "Bremen" not in (await visitor.http.get(place)).text, "it is told once"

    # Signed in again, one sees one's old page no more, and the old way back is forgotten.
    assert (await visitor.sign_in()).headers["location"] == f"/p/{world.portal}/"


async def test_what_was_typed_is_for_nobody_else(timed_world: tuple[World, Clock]) -> None:
    world, clock = timed_world
    await world.customer()
    await world.customer(OTHER)
    details = f"/p/{world.portal}/details"

    async def typed(visitor: Visitor, **forged: str) -> str:
        await visitor.sign_in()
        csrf = (await visitor.whoami())["csrf"]
        clock.forward(hours=1, seconds=1)
        over = await visitor.http.post(details, data={**TYPED, "csrf": csrf, **forged})
        assert over.status_code == 401
        return over.text

    kept = select(sessions_table.c.id).where(sessions_table.c.typed_sealed.is_not(None))
    # A form that is none of ours is not kept, nor one that is too large.
    assert "is kept for an hour" not in await typed(world.visitor(), csrf="x" * 43)
    assert "is kept for an hour" not in await typed(world.visitor(), city="x" * 30_000)
    assert not await world.rows(kept)
    # Somebody else signs in at the same browser.
    visitor = world.visitor()
    assert await sign_in_again(visitor, await typed(visitor), OTHER) == details
    assert not await world.rows(kept)
    assert "Bremen" not in (await visitor.http.get(details)).text
    # Who comes too late finds nothing, and neither does a thief of the database.
    visitor = world.visitor()
    over = await typed(visitor)
    assert len(await world.rows(kept)) == 1
    clock.forward(hours=1, seconds=1)
    await sweep(world.site.tenancy)
    assert not await world.rows(kept)
    await sign_in_again(visitor, over)
    assert "Bremen" not in (await visitor.http.get(details)).text
    # Who left is not led back.
    csrf = (await visitor.whoami())["csrf"]
    await visitor.http.post(f"/p/{world.portal}/sign-out", data={"csrf": csrf})
    await visitor.http.post(details, data={**TYPED, "csrf": csrf})
    assert not await world.rows(kept)


async def test_a_deep_link_is_followed_after_signing_in_to_the_right_account(world: World) -> None:
    older = await world.customer(active=True)
    await world.customer(active=True)
    rows = await world.rows(text(f"SELECT id FROM subscriptions WHERE customer = '{older}'"))
    page = f"/p/{world.portal}/subscriptions/{rows[0][0]}/cancel"
    visitor = world.visitor()
    away = await visitor.http.get(page)
    assert (away.status_code, away.headers["location"]) == (303, world.link)
    assert "back where you were" in (await visitor.http.get(world.link)).text
    assert (await visitor.sign_in()).headers["location"] == page
    assert (await visitor.whoami())["customer"] == older
    assert (await visitor.http.get(page)).status_code == 200
    assert (await visitor.sign_in()).headers["location"] == f"/p/{world.portal}/", "it is followed once"


def test_a_cookie_that_somebody_made_up_leads_nowhere_else() -> None:
    assert page_in(cookie_value("/p/atlas/details?lang=de"), "atlas") == "/p/atlas/details?lang=de"
    for odd in ("//evil.example", "https://evil.example", "/p/atlas-x/details", "/p/atlas/\\evil", "/p/atlas/ü", ""):
        assert page_in(cookie_value(odd), "atlas") is None, odd
    for value in ("%00!", "é", "A", cookie_value("/p/atlas/" + "x" * 800)):
        assert page_in(value, "atlas") is None, value


async def test_a_session_of_the_api_is_begun_again_with_the_customers_address(
    timed_world: tuple[World, Clock],
) -> None:
    world, clock = timed_world
    customer = await world.customer()
    await world.customer(OTHER)
    await world.configure(login_page=LoginPage(enabled=False))
    until = clock.now + timedelta(hours=3)
    flow = Flow(type="customer_update")
    unopened = await api_session(world, customer, Recovery(until=until))
    address = await api_session(world, customer, Recovery(until=until), flow)
    gone = await api_session(world, customer, None)
    visitor, stranger = world.visitor(), world.visitor()
    assert (await visitor.http.get(address)).headers["location"] == f"/p/{world.portal}/flow"
    csrf = re.search(r'name="csrf" value="([^"]+)"', (await visitor.http.get(f"/p/{world.portal}/details")).text)
    assert csrf is not None
    clock.forward(hours=1, seconds=1)

    over = await visitor.http.post(f"/p/{world.portal}/details", data={**TYPED, "csrf": unescape(csrf[1])})
    assert over.status_code == 401
    assert await sign_in_again(visitor, over.text) == f"/p/{world.portal}/details"
    shown = await visitor.http.get(f"/p/{world.portal}/details")
    assert 'value="Bremen"' in shown.text, "in the flow that it was, with what was typed"
    assert (await visitor.http.get(f"/p/{world.portal}/")).headers["location"] == f"/p/{world.portal}/flow"

    # The address of one that is over leads there too, and a code for another address does not open it.
    over = await stranger.http.get(unopened)
    assert over.status_code == 410
    again = f"/p/login/again_{world.door.public_id}"
    assert f'href="{again}"' in unescape(over.text)
    await stranger.ask(OTHER, again)
    wrong = await stranger.type(await world.code_for(OTHER), again)
    assert wrong.status_code == 400
    assert "This code is not right" in wrong.text
    assert await stranger.whoami() == {}
    await sign_in_again(stranger, over.text)
    who = await stranger.whoami()
    assert (who["customer"], who["source"], who["address"]) == (customer, "api_session", None)

    # Without a session that can be begun again, there is nothing behind the door.
    assert (await world.visitor().http.get(again)).status_code == 404
    closed = await world.visitor().http.get(gone)
    assert "/p/login/" not in unescape(closed.text)
    assert "https://shop.example/account" in unescape(closed.text)
    late = world.visitor()
    clock.forward(hours=2)
    assert "/p/login/" not in unescape((await late.http.get(unopened)).text)
    for odd in ("again_", "again_x", f"again_{world.door.public_id}x", "again_" + "0" * 12):
        assert (await world.visitor().http.get(f"/p/login/{odd}")).status_code == 404


async def test_the_end_is_told_in_time_and_can_be_put_off(timed_world: tuple[World, Clock]) -> None:
    world, clock = timed_world
    await world.customer()
    path, visitor = f"/p/{world.portal}/session", world.visitor()

    async def told() -> dict[str, Any]:
        answer = await visitor.http.get(path)
        assert answer.status_code == (200 if answer.json()["left"] else 401)
        return answer.json()

    assert (await told())["act"] == "Sign in again"
    await visitor.sign_in()
    clock.forward(minutes=54)
    assert (await told())["left"] == 360
    # Asking is no visit.
    clock.forward(minutes=2)
    notice = await told()
    assert (notice["left"], notice["act"]) == (240, "Stay signed in")
    assert "{time}" in notice["text"]
    assert (await visitor.http.post(path, data={"csrf": "x" * 43})).status_code == 403
    stayed = await visitor.http.post(path, data={"csrf": notice["csrf"]})
    assert (stayed.status_code, stayed.json()["left"]) == (200, 3600)
    # Nobody puts off the twelfth hour, and the page says so.
    for _ in range(11):
        clock.forward(minutes=59)
        assert (await visitor.http.post(path, data={"csrf": notice["csrf"]})).status_code == 200
    clock.forward(minutes=11)
    notice = await told()
    assert (notice["left"], notice["act"]) == (240, "")
    assert "12 hours" in notice["text"]
    german = await visitor.http.get(path, params={"lang": "de"})
    assert "12 Stunden" in german.json()["text"]
    clock.forward(minutes=4)
    assert "is kept until you have signed in again" in (await told())["text"]
    late = await visitor.http.post(path, data={"csrf": notice["csrf"]})
    assert late.status_code == 401
    assert "fd-" + world.portal + "-page" not in late.headers.get("set-cookie", ""), "this is no page to go back to"
    for place, leads_back in (("", True), ("/transfer-code?of=x", False)):
        gone = await visitor.http.get(f"/p/{world.portal}/invoices/in_1{place}")
        assert gone.status_code == 401
        assert ("fd-" + world.portal + "-page" in gone.headers.get("set-cookie", "")) == leads_back, place


def test_forms_lead_to_the_page_that_they_are_on() -> None:
    """Every path of the portal that takes a form has a page, or leads to one that there is."""
    of_portal = [(each.method, each.path.removeprefix("/p/{portal}")) for each in spots() if each.is_signed_in]
    pages = {path or "/" for method, path in of_portal if method == "GET"}
    posted = {path: form_page(path) for method, path in of_portal if method == "POST"}
    assert posted["/details/tax-ids/{tax_id}/remove"] == "/details"
    assert posted["/subscriptions/{subscription}/reason"] == "/subscriptions/{subscription}/cancelled"
    assert not {path: page for path, page in posted.items() if page not in pages}
