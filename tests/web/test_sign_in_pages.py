"""Signing in as people do it: the address, the code, which customer is opened, and leaving."""

import html

import httpx
import pytest
from sign_in_world import BASE, Visitor, World
from sqlalchemy import select, text

from frontdesk.portal_configuration import LoginPage
from frontdesk_tenants.tables import subscriptions

VIP = "j%2Bvip%40example.com"


async def test_a_customer_signs_in_with_the_code_from_the_letter(world: World) -> None:
    customer = await world.customer()
    visitor = world.visitor()
    page = await visitor.ask("jenny@example.com")
    assert page.status_code == 200
    assert page.url.path == world.link + "/code"
    answer = await visitor.type(await world.code_for("jenny@example.com"))
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/p/{world.portal}/"
    who = await visitor.whoami()
    assert who["customer"] == customer
    assert who["address"] == "jenny@example.com"
    assert who["source"] == "login_link"


async def test_who_comes_by_the_login_link_again_needs_no_new_code(world: World) -> None:
    await world.customer()
    visitor = world.visitor()
    await visitor.ask("jenny@example.com")
    assert "still signed in" not in (await visitor.http.get(world.link)).text
    await visitor.type(await world.code_for("jenny@example.com"))
    page = (await visitor.http.get(world.link)).text
    assert "You are still signed in as jenny@example.com." in page
    assert f'href="/p/{world.portal}/"' in html.unescape(page)
    assert "still signed in" not in (await world.visitor().http.get(world.link)).text
    csrf, secret = (await visitor.whoami())["csrf"], visitor.cookie()
    assert secret is not None
    await visitor.http.post(f"/p/{world.portal}/sign-out", data={"csrf": csrf})
    visitor.set_cookie("", secret)
    assert "still signed in" not in (await visitor.http.get(world.link)).text


async def test_the_letter_is_the_tenants_and_has_one_message_id(world: World) -> None:
    await world.customer()
    visitor = world.visitor()
    await visitor.http.post(world.link + "?lang=de", data={"email": "Jenny@Example.COM"})
    code = await world.code_for("jenny@example.com")
    letter = world.mailbox.to("jenny@example.com")[-1]
    assert letter["subject"] == f"{code} ist Ihr Code für {world.tenant.slug.title()}"
    assert world.tenant.slug.title() in letter["from"]
    rows = await world.rows(text("SELECT id FROM challenges"))
    assert rows[0].id in letter["message-id"]
    parts = {part.get_content_type(): part.get_content() for part in letter.walk() if not part.is_multipart()}
    assert code in parts["text/plain"]
    assert code in parts["text/html"]


async def test_nobody_without_a_customer_gets_mail(world: World) -> None:
    visitor = world.visitor()
    assert (await visitor.ask("nobody@example.com")).status_code == 200
    await world.send_letters()
    assert world.mailbox.to("nobody@example.com") == []
    rows = await world.rows(text("SELECT delivery, code_sealed FROM challenges"))
    assert [(row.delivery, row.code_sealed) for row in rows] == [("dropped", None)]


@pytest.mark.parametrize(
    ("query", "filled"),
    [
        ("prefilled_email=jenny%40example.com", "jenny@example.com"),
        ("prefilled_email=jenny@example.com", "jenny@example.com"),
        (f"prefilled_email={VIP}", "j+vip@example.com"),
        (f"utm=1&prefilled_email={VIP}&lang=de", "j+vip@example.com"),
        ("prefilled_email=j+vip@example.com", ""),
        ("prefilled_email=nobody", ""),
        ("prefilled_email=" + "a" * 600, ""),
        ("prefilled_email=a%40example.com%0d%0aBcc:x@example.com", ""),
        ("prefilled_email=%22%3E%3Cscript%3Ealert(1)%3C/script%3E@example.com", ""),
        ("prefilled_email=a@example.com&prefilled_email=b@example.com", ""),
        ("prefilled_email=%ff%fe@example.com", ""),
        ("prefilled_email", ""),
        ("%", ""),
    ],
)
async def test_a_link_fills_in_an_address_or_silently_none(world: World, query: str, filled: str) -> None:
    await world.customer("j+vip@example.com")
    visitor = world.visitor()
    page = await visitor.http.get(f"{world.link}?{query}")
    assert page.status_code == 200
    assert f'id="email" name="email" type="email" value="{filled}"' in page.text
    assert "<script>" not in page.text
    answer = await visitor.http.post(f"{world.link}?{query}", data={"email": "j+vip@example.com"})
    assert answer.status_code == 303
    assert (await visitor.type(await world.code_for("j+vip@example.com"))).status_code == 303


@pytest.mark.parametrize(
    "typed",
    ["", "nobody", "a@b", "a@x\r\nBcc: b@example.com", "a" * 600 + "@example.com", "<b>@example.com", "\0@a.com"],
)
async def test_what_is_no_address_is_refused_in_words(world: World, typed: str) -> None:
    answer = await world.visitor().http.post(world.link, data={"email": typed})
    assert answer.status_code == 400
    assert "complete e-mail address" in answer.text
    assert await world.rows(text("SELECT FROM challenges")) == []


async def test_a_repeated_or_foreign_field_is_no_address(world: World) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    visitor = world.visitor()
    twice = await visitor.http.post(world.link, content="email=a@example.com&email=b@example.com", headers=headers)
    assert twice.status_code == 400
    json = await visitor.http.post(world.link, json={"email": "a@example.com"})
    assert json.status_code == 400
    many = await visitor.http.post(world.link, content="&".join(f"a{n}=1" for n in range(200)), headers=headers)
    assert many.status_code == 400
    huge = await visitor.http.post(world.link, content=b"a" * 2_000_000, headers=headers)
    assert huge.status_code == 413
    garbage = await visitor.http.post(world.link, content=bytes(range(256)), headers=headers)
    assert garbage.status_code == 400


@pytest.mark.parametrize("token", ["ü", "%ff", "%00", "a", "test_", "test_" + "a" * 28, "a" * 5000, "x" * 28])
async def test_a_link_of_nobody_is_not_found(world: World, token: str) -> None:
    for method in ("GET", "POST", "HEAD"):
        answer = await world.visitor().http.request(method, f"/p/login/{token}")
        assert answer.status_code == 404
    for path in ("code", "code/again"):
        answer = await world.visitor().http.post(f"/p/login/{token}/{path}")
        assert answer.status_code == 404


async def test_a_link_that_was_switched_off_leads_to_the_tenants_page(world: World) -> None:
    await world.customer()
    visitor = world.visitor()
    await visitor.ask("jenny@example.com")
    code, token = await world.code_for("jenny@example.com"), await visitor.token()
    await world.configure(login_page=LoginPage(enabled=False))
    for answer in (await visitor.http.get(world.link), await visitor.type(code, token=token)):
        assert answer.status_code == 404
        assert world.tenant.slug.title() in answer.text
        assert "This link does not work any more" in answer.text
    assert await visitor.whoami() == {}
    wrong = world.link[:-4] + "zzzz"
    assert world.tenant.slug.title() in (await visitor.http.get(wrong)).text


async def test_live_and_sandbox_links_are_not_each_others(world: World) -> None:
    live = world.tenant.live
    visitor = world.visitor()
    assert (await visitor.http.get(f"/p/login/{live.door.public_id}{live.login_token}")).status_code == 200
    assert (await visitor.http.get(f"/p/login/test_{live.door.public_id}{live.login_token}")).status_code == 404
    assert (await visitor.http.get(world.link.replace("test_", ""))).status_code == 404


async def test_which_customer_is_opened_and_who_is_in_the_switcher(world: World) -> None:
    active = await world.customer(active=True)
    newest = await world.customer("JENNY@example.com")
    stranger = await world.customer("other@example.com")
    visitor = world.visitor()
    await visitor.sign_in()
    first = await visitor.whoami()
    assert first["customer"] == active

    switch = f"/p/{world.portal}/switch"
    foreign = await visitor.http.post(switch, data={"customer": stranger, "csrf": first["csrf"]})
    assert foreign.status_code == 404
    assert (await visitor.whoami())["customer"] == active

    old_cookie = visitor.cookie()
    answer = await visitor.http.post(switch, data={"customer": newest, "csrf": first["csrf"]})
    assert answer.status_code == 303
    second = await visitor.whoami()
    assert second["customer"] == newest
    assert second["session"] != first["session"]
    assert visitor.cookie() != old_cookie
    visitor.set_cookie("", old_cookie or "")
    assert await visitor.whoami() == {}


async def test_a_page_of_another_account_of_ones_own_offers_to_switch(world: World) -> None:
    """To nobody else: a stranger's page is as one that never was, for people and for the tenant's program."""
    ours = {await world.customer(active=True), await world.customer(active=True)}
    stranger = await world.customer("x@example.com", active=True)
    rows = await world.rows(select(subscriptions.c.customer, subscriptions.c.id))
    plans = {row.customer: row.id for row in rows}
    visitor = world.visitor()
    await visitor.sign_in()
    who = await visitor.whoami()
    open_ = who["customer"]
    (other,) = ours - {open_}
    others, strangers = plans[other], plans[stranger]

    async def asked(subscription: str, by: Visitor) -> str:
        answer = await by.http.get(f"/p/{world.portal}/subscriptions/{subscription}/change")
        assert answer.status_code == 404
        return answer.text.replace(subscription, "")

    assert await asked(strangers, visitor) == await asked(strangers[:-1] + "-", visitor)
    offer = html.unescape(await asked(others, visitor))
    assert "This belongs to Jenny" in offer
    assert other in offer
    # A form from an old tab does nothing, and leads there too.
    posted = await visitor.http.post(f"/p/{world.portal}/subscriptions/{others}/keep", data={"csrf": who["csrf"]})
    assert posted.status_code == 404
    assert f'name="page" value="/p/{world.portal}/"' in html.unescape(posted.text)

    page = f"/p/{world.portal}/subscriptions/{others}/change"
    switched = await visitor.http.post(
        f"/p/{world.portal}/switch", data={"csrf": who["csrf"], "customer": other, "page": page}
    )
    assert (switched.status_code, switched.headers["location"]) == (303, page)
    assert (await visitor.whoami())["customer"] == other
    # Back again, with a way on that is none of ours.
    data = {"csrf": (await visitor.whoami())["csrf"], "customer": open_, "page": "//evil.example/p/"}
    home = await visitor.http.post(f"/p/{world.portal}/switch", data=data)
    assert home.headers["location"] == f"/p/{world.portal}/"


async def test_signing_out_kills_the_session(world: World) -> None:
    await world.customer()
    visitor = world.visitor()
    await visitor.sign_in()
    who, cookie = await visitor.whoami(), visitor.cookie() or ""
    answer = await visitor.http.post(f"/p/{world.portal}/sign-out", data={"csrf": who["csrf"]}, follow_redirects=True)
    assert answer.status_code == 200
    assert "You are signed out" in answer.text
    assert visitor.cookie() is None
    visitor.set_cookie("", cookie)
    dead = await visitor.http.get(f"/p/{world.portal}/whoami")
    assert dead.status_code == 401
    assert "Please sign in again" in dead.text
    assert world.link in html.unescape(dead.text)


async def test_who_never_signed_in_is_led_to_the_login_page(world: World) -> None:
    visitor = world.visitor()
    answer = await visitor.http.get(f"/p/{world.portal}/whoami")
    assert (answer.status_code, answer.headers["location"]) == (303, world.link)
    visitor.set_cookie("", "ü".encode().hex() + "\x7f")
    assert (await visitor.http.get(f"/p/{world.portal}/whoami")).status_code == 303
    raw = httpx.Request("GET", f"{BASE}/p/{world.portal}/whoami", headers={b"cookie": b"__Host-fd-x=\xff\xfe; ="})
    assert (await visitor.http.send(raw)).status_code == 303
    assert (await visitor.http.post(f"/p/{world.portal}/sign-out")).status_code == 401


async def test_the_sign_in_is_in_the_books_and_announced(world: World) -> None:
    customer = await world.customer()
    visitor = world.visitor()
    await visitor.sign_in()
    session = (await visitor.whoami())["session"]
    entries = await world.rows(text("SELECT actor, action, object FROM audit WHERE action = 'signed_in'"))
    assert [(row.actor, row.action, row.object) for row in entries] == [(session, "signed_in", customer)]
    events = await world.rows(text("SELECT customer FROM events WHERE kind = 'customer_signed_in'"))
    assert [row.customer for row in events] == [customer]


async def test_every_page_speaks_german_too(world: World) -> None:
    await world.customer()
    visitor = world.visitor()
    visitor.http.headers["accept-language"] = "de-CH,de;q=0.9,en;q=0.5"
    assert 'lang="de"' in (await visitor.http.get(world.link)).text
    await visitor.ask("jenny@example.com")
    wrong = await visitor.type("000000")
    assert "Dieser Code stimmt nicht" in wrong.text
    await visitor.type(await world.code_for("jenny@example.com"))
    assert (await visitor.whoami())["locale"] == "de"
    switched = await visitor.http.get(f"/p/{world.portal}/whoami?lang=en")
    assert switched.json()["locale"] == "en"
    assert (await visitor.whoami())["locale"] == "en"


async def test_a_new_letter_waits_a_minute_and_the_first_code_stays_good(world: World) -> None:
    await world.customer()
    visitor = world.visitor()
    await visitor.ask("jenny@example.com")
    before = visitor.cookie("-challenge")
    again = await visitor.again()
    assert again.status_code == 200
    assert "If the last code is more than a few minutes old, a new one is on its way." in again.text
    assert visitor.cookie("-challenge") == before
    await visitor.ask("jenny@example.com")
    await world.send_letters()
    assert len(world.mailbox.to("jenny@example.com")) == 1
    assert (await visitor.type(await world.code_for("jenny@example.com"))).status_code == 303


async def test_an_owner_signs_in_on_one_device_after_the_other(world: World) -> None:
    """A letter whose code was used does not keep its owner waiting for the next."""
    await world.customer()
    for peer in world.stranger_networks(7):
        assert (await world.visitor(peer).sign_in()).status_code == 303
