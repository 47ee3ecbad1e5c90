"""Attacks on signing in: trust.md §A4, by its numbers."""

import asyncio
import hashlib
import hmac
import logging
import re
from http.cookies import SimpleCookie

import httpx
import pytest
from sign_in_world import BASE, JENNY, Clock, Visitor, World
from sqlalchemy import text

from frontdesk.passcodes import digest
from frontdesk.risk_budget import TENANT_WEIGHT

WRONG = "not right"


def wrong_code(right: str, number: int = 1) -> str:
    """A code that is not the right one."""
    return f"{(int(right) + number) % 10 ** len(right):0{len(right)}d}"


def without_nonces(page: httpx.Response) -> str:
    """A page's bytes without what must differ from one visitor to the next."""
    return re.sub(r'name="csrf" value="[^"]*"', "", page.text)


async def asked(world: World, email: str = JENNY) -> tuple[Visitor, str]:
    """A visitor who asked for a code, and the code."""
    visitor = world.visitor()
    await visitor.ask(email)
    return visitor, await world.code_for(email)


async def known_visitor(world: World) -> Visitor:
    """A visitor who signed in once, and out again."""
    visitor = world.visitor()
    assert (await visitor.sign_in()).status_code == 303
    csrf = (await visitor.whoami())["csrf"]
    await visitor.http.post(f"/p/{world.portal}/sign-out", data={"csrf": csrf})
    return visitor


async def test_a1_the_sixth_guess_is_refused_even_if_right(timed_world: tuple[World, Clock]) -> None:
    world, clock = timed_world
    await world.customer()
    visitor, code = await asked(world)
    pages = []
    for number in range(1, 6):
        pages.append(await visitor.type(wrong_code(code, number)))
        # Slowly enough that no limit but the challenge's own is met.
        clock.forward(seconds=118)
    pages.append(await visitor.type(code))
    assert [page.status_code for page in pages] == [400] * 6
    assert len({without_nonces(page) for page in pages}) == 1
    assert WRONG in pages[0].text
    assert await visitor.whoami() == {}
    assert (await world.rows(text("SELECT attempts FROM challenges")))[0].attempts == 5


async def test_a2_new_codes_do_not_make_failures_forgotten(timed_world: tuple[World, Clock]) -> None:
    world, clock = timed_world
    await world.customer()
    lengths = []
    for _ in range(9):
        visitor, code = await asked(world)
        lengths.append(len(code))
        for number in range(1, 4):
            assert (await visitor.type(wrong_code(code, number))).status_code == 400
            clock.forward(minutes=2)
        clock.forward(hours=12)
    failures = await world.rows(text("SELECT failures FROM address_tallies"))
    # The twentieth makes codes longer, and with that the code that was just sent too short to be looked at again.
    assert failures[0].failures == 26
    assert lengths == [6] * 7 + [8] * 2
    owner, code = await asked(world)
    assert len(code) == 8
    assert (await owner.type(code)).status_code == 303
    assert await world.rows(text("SELECT failures FROM address_tallies")) == []
    clock.forward(hours=1)
    _, code = await asked(world)
    assert len(code) == 6


async def test_a3_of_two_hundred_guesses_at_once_at_most_five_are_looked_at(world: World) -> None:
    await world.customer()
    visitor, code = await asked(world)
    token, cookie = await visitor.token(), visitor.cookie("-challenge") or ""

    async def guess(peer: str, number: int) -> int:
        other = Visitor(world, peer)
        other.set_cookie("-challenge", cookie)
        return (await other.type(wrong_code(code, number), token=token)).status_code

    networks = world.stranger_networks(200)
    statuses = await asyncio.gather(*(guess(peer, number) for number, peer in enumerate(networks, 1)))
    assert set(statuses) <= {400, 503}
    attempts = (await world.rows(text("SELECT attempts FROM challenges")))[0].attempts
    tally = (await world.rows(text("SELECT failures FROM address_tallies")))[0].failures
    assert 1 <= attempts <= 5
    assert tally == attempts


async def test_a4_a_right_code_opens_one_session(world: World) -> None:
    await world.customer()
    visitor, code = await asked(world)
    token, cookie = await visitor.token(), visitor.cookie("-challenge") or ""

    async def right(peer: str) -> int:
        other = Visitor(world, peer)
        other.set_cookie("-challenge", cookie)
        return (await other.type(code, token=token)).status_code

    statuses = await asyncio.gather(*(right(peer) for peer in world.stranger_networks(50)))
    assert statuses.count(303) == 1
    assert (await world.rows(text("SELECT count(*) FROM sessions")))[0].count == 1


async def test_a5_a_code_belongs_to_its_browser_its_address_and_its_tenant(world: World) -> None:
    await world.customer()
    await world.customer("other@example.com")
    first, code = await asked(world)
    second = world.visitor()
    await second.ask("other@example.com")
    assert (await second.type(code)).status_code == 400
    third = world.visitor()
    await third.ask(JENNY)
    assert (await third.type(code)).status_code == 400
    tallies = await world.rows(text("SELECT address, failures FROM address_tallies ORDER BY address"))
    assert [(row.address, row.failures) for row in tallies] == [(JENNY, 1), ("other@example.com", 1)]

    live = world.tenant.live
    link = f"/p/login/{live.door.public_id}{live.login_token}"
    stray = world.visitor()
    stray.http.cookies.set(
        f"__Host-fd-{live.door.portal}-challenge", first.cookie("-challenge") or "", domain="billing.example.com"
    )
    answer = await stray.http.post(link + "/code", data={"code": code, "csrf": await first.token()})
    assert (answer.status_code, answer.headers["location"]) == (303, link)
    assert (await first.type(code)).status_code == 303


@pytest.mark.parametrize(("seconds", "status"), [(599, 303), (600, 400)])
async def test_a6_a_code_lives_for_ten_minutes(timed_world: tuple[World, Clock], seconds: int, status: int) -> None:
    world, clock = timed_world
    await world.customer()
    visitor, code = await asked(world)
    clock.forward(seconds=seconds)
    assert (await visitor.type(code)).status_code == status


async def test_a6_an_expired_code_is_not_sent(timed_world: tuple[World, Clock]) -> None:
    world, clock = timed_world
    await world.customer()
    visitor = world.visitor()
    await visitor.ask(JENNY)
    clock.forward(minutes=10)
    await world.send_letters()
    assert world.mailbox.to(JENNY) == []
    rows = await world.rows(text("SELECT delivery, code_sealed FROM challenges"))
    assert [(row.delivery, row.code_sealed) for row in rows] == [("dropped", None)]


@pytest.mark.parametrize("count", [8, pytest.param(100, marks=pytest.mark.long)])
async def test_a7_no_byte_tells_whether_an_address_exists(world: World, count: int) -> None:
    known = [f"known{number:03}@example.com" for number in range(count)]
    for email in known:
        await world.customer(email)
    await world.customer(known[0])
    unknown = [f"never{number:03}@example.com" for number in range(count)]
    seen: dict[str, set[str]] = {"known": set(), "never": set()}
    for email in known + unknown:
        visitor = world.visitor()
        posted = await visitor.http.post(world.link, data={"email": email})
        pages = [posted, await visitor.http.get(world.link + "/code"), await visitor.type("000000")]
        pages.append(await visitor.http.get(world.link + "/code"))
        pages.append(await visitor.again())
        for number, page in enumerate(pages):
            seen[email[:5]].add(f"{number} {masked(page, email)}")
    assert seen["known"] == seen["never"]
    assert len(seen["known"]) == 5


def masked(page: httpx.Response, email: str) -> str:
    """All of an answer but its nonces: of those the length."""
    headers = []
    for name, value in page.headers.multi_items():
        shown = value
        if name == "request-id":
            shown = str(len(value))
        elif name == "set-cookie":
            secret = value.partition("=")[2].partition(";")[0]
            shown = value.replace(secret, str(len(secret)))
        headers.append(f"{name}: {shown}")
    body = re.sub(r'(name="csrf" value=")([^"]*)"', lambda found: f"{found[1]}{len(found[2])}", page.text)
    return f"{page.status_code} {headers} {body.replace(email, '').replace(email.replace('@', '&#x40;'), '')}"


async def test_a10_a_mailbox_is_not_flooded(timed_world: tuple[World, Clock]) -> None:
    world, clock = timed_world
    await world.customer()
    hours = []
    for _ in range(4):
        for peer in world.stranger_networks(25):
            assert (await Visitor(world, peer).ask(JENNY)).status_code == 200
            await world.send_letters()
            clock.forward(minutes=60 / 25)
        hours.append(len(world.mailbox.to(JENNY)) - sum(hours))
    assert max(hours) <= 5
    assert sum(hours) <= 10
    assert sum(hours) > 0


async def test_a11_looking_at_a_page_uses_nothing_up(world: World) -> None:
    await world.customer()
    visitor, code = await asked(world)
    scanner = world.visitor()
    for method in ("HEAD", "GET", "POST"):
        for path in ("", "/code", "/code/again"):
            answer = await scanner.http.request(method, world.link + path, data={"code": code, "csrf": "x"})
            assert answer.status_code in (200, 303, 400, 405)
    for method in ("HEAD", "GET"):
        await visitor.http.request(method, world.link + "/code")
    assert (await visitor.type(code)).status_code == 303


async def test_a12_a_cookie_that_somebody_planted_is_worth_nothing(timed_world: tuple[World, Clock]) -> None:
    world, clock = timed_world
    await world.customer()
    thief = world.visitor()
    await thief.sign_in()
    clock.forward(minutes=2)
    planted = thief.cookie() or ""
    browser_planted = thief.cookie("-browser") or ""
    victim = world.visitor()
    victim.set_cookie("", planted)
    victim.set_cookie("-browser", world.door.public_id + "A" * 43)
    assert (await victim.sign_in()).status_code == 303
    values = {cookie.value for cookie in victim.http.cookies.jar}
    assert planted not in values
    assert browser_planted not in values
    assert world.door.public_id + "A" * 43 not in values
    assert await thief.whoami() == {}


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://billing.example.com"},
        {"origin": "https://billing.example.com.evil.example"},
        {"origin": "https://evil.example", "sec-fetch-site": "same-origin"},
    ],
)
async def test_a13_another_sites_page_cannot_post_here(world: World, headers: dict[str, str]) -> None:
    await world.customer()
    visitor, code = await asked(world)
    token = await visitor.token()
    bodies = {"": {"email": JENNY}, "/code": {"code": code, "csrf": token}, "/code/again": {"csrf": token}}
    for path, data in bodies.items():
        answer = await visitor.http.post(world.link + path, data=data, headers=headers)
        assert answer.status_code == 403
    assert (await visitor.type(code)).status_code == 303
    who = await visitor.whoami()
    for path in ("sign-out", "switch"):
        data = {"csrf": who["csrf"], "customer": who["customer"]}
        assert (await visitor.http.post(f"/p/{world.portal}/{path}", data=data, headers=headers)).status_code == 403
    assert (await visitor.whoami())["session"] == who["session"]


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "same-origin", "origin": "null"}, {"origin": BASE}, {}])
async def test_a13_our_own_pages_can(world: World, headers: dict[str, str]) -> None:
    await world.customer()
    visitor = world.visitor()
    visitor.http.headers.update(headers)
    assert (await visitor.sign_in()).status_code == 303


@pytest.mark.parametrize("token", ["", "x", "é", "\0", "☃" * 43, "A" * 43])
async def test_a13_a_form_without_its_token_is_refused(world: World, token: str) -> None:
    await world.customer()
    visitor, code = await asked(world)
    for path in ("/code", "/code/again"):
        answer = await visitor.http.post(world.link + path, data={"code": code, "csrf": token})
        assert answer.status_code == 403
    other = world.visitor()
    await other.ask("other@example.com")
    foreign = await other.token()
    assert (await visitor.type(code, token=foreign)).status_code == 403
    assert (await visitor.type(code)).status_code == 303
    for path in ("sign-out", "switch"):
        answer = await visitor.http.post(f"/p/{world.portal}/{path}", data={"csrf": token})
        assert answer.status_code == 403


async def test_a14_every_cookie_has_every_flag(world: World) -> None:
    await world.customer()
    visitor = world.visitor()
    answers = [await visitor.http.post(world.link, data={"email": JENNY})]
    answers.append(await visitor.type(await world.code_for(JENNY)))
    csrf = (await visitor.whoami())["csrf"]
    answers.append(await visitor.http.post(f"/p/{world.portal}/sign-out", data={"csrf": csrf}))
    names = set()
    for answer in answers:
        for value in answer.headers.get_list("set-cookie"):
            assert len(value) < 4096
            ((name, cookie),) = SimpleCookie(value).items()
            names.add(name)
            assert name.startswith("__Host-fd-")
            assert (cookie["secure"], cookie["httponly"], cookie["path"]) == (True, True, "/")
            assert cookie["samesite"].lower() == "lax"
            assert cookie["domain"] == ""
    prefix = f"__Host-fd-{world.portal}"
    assert names == {prefix, f"{prefix}-challenge", f"{prefix}-browser", f"{prefix}-page"}


async def test_a15_a_session_ends_with_its_ground(world: World) -> None:
    customer = await world.customer()
    visitor = world.visitor()
    await visitor.sign_in()
    async with world.site.tenancy.database.side(world.door.tenant_id) as connection:
        await connection.execute(
            text("UPDATE customers SET address = 'new@example.com' WHERE id = :id"), {"id": customer}
        )
    answer = await visitor.http.get(f"/p/{world.portal}/whoami")
    assert answer.status_code == 401

    second = await world.customer()
    visitor = world.visitor()
    await visitor.sign_in()
    async with world.site.tenancy.database.side(world.door.tenant_id) as connection:
        await connection.execute(text("UPDATE customers SET deleted = true WHERE id = :id"), {"id": second})
    assert await visitor.whoami() == {}


async def test_a16_a_session_ends_after_an_idle_hour_and_after_twelve_in_any_case(
    timed_world: tuple[World, Clock],
) -> None:
    world, clock = timed_world
    await world.customer()
    visitor = world.visitor()
    await visitor.sign_in()
    clock.forward(seconds=3599)
    assert await visitor.whoami() != {}
    clock.forward(seconds=3600)
    assert await visitor.whoami() == {}

    visitor = world.visitor()
    await visitor.sign_in()
    for _ in range(14):
        clock.forward(minutes=50)
        assert await visitor.whoami() != {}
    clock.forward(minutes=19, seconds=59)
    assert await visitor.whoami() != {}
    clock.forward(seconds=1)
    assert await visitor.whoami() == {}


async def test_a16_a_visit_is_written_at_most_once_a_minute(timed_world: tuple[World, Clock]) -> None:
    world, clock = timed_world
    await world.customer()
    visitor = world.visitor()
    await visitor.sign_in()
    begun = clock.now
    for seconds, noted in ((59, 0), (1, 60), (59, 60), (1, 120)):
        clock.forward(seconds=seconds)
        await visitor.whoami()
        last_seen = (await world.rows(text("SELECT last_seen FROM sessions")))[0].last_seen
        assert (last_seen - begun).total_seconds() == noted


async def test_a16_switching_does_not_make_a_session_longer(timed_world: tuple[World, Clock]) -> None:
    world, clock = timed_world
    one, other = await world.customer(), await world.customer()
    visitor = world.visitor()
    await visitor.sign_in()
    for number in range(14):
        clock.forward(minutes=50)
        data = {"csrf": (await visitor.whoami())["csrf"], "customer": (one, other)[number % 2]}
        await visitor.http.post(f"/p/{world.portal}/switch", data=data)
    clock.forward(minutes=20)
    assert await visitor.whoami() == {}


async def test_a18_a_forged_header_is_not_believed(world: World) -> None:
    await world.customer()
    peer = world.stranger_networks(1)[0]
    for number in range(12):
        client = world.client(peer)
        headers = {"x-forwarded-for": f"198.51.100.{number}"}
        assert (
            await client.post(world.link, data={"email": f"a{number}@example.com"}, headers=headers)
        ).status_code == 303
    rows = await world.rows(text("SELECT send FROM challenges ORDER BY created"))
    assert [row.send for row in rows] == [True] * 10 + [False] * 2


@pytest.mark.parametrize("code", ["", "é☃", "\0\0\0\0\0\0", "١٢٣٤٥٦", "1" * 5000, "12345", "1234567", "x" * 6])
async def test_odd_codes_are_wrong_codes(world: World, code: str) -> None:
    await world.customer()
    visitor, right = await asked(world)
    answer = await visitor.type(code)
    assert answer.status_code == 400
    assert WRONG in answer.text
    assert (await visitor.type(f" {right[:3]} - {right[3:]}\u00a0")).status_code == 303


@pytest.mark.parametrize("cookie", ["", "x", "A" * 34, "A" * 5000, "%00"])
async def test_odd_challenge_cookies_lead_back_to_the_address(world: World, cookie: str) -> None:
    visitor = world.visitor()
    visitor.set_cookie("-challenge", cookie)
    for answer in (
        await visitor.http.get(world.link + "/code"),
        await visitor.http.post(world.link + "/code", data={"code": "123456", "csrf": "x"}),
        await visitor.http.post(world.link + "/code/again", data={"csrf": "x"}),
    ):
        assert (answer.status_code, answer.headers["location"]) == (303, world.link)


@pytest.mark.parametrize(
    "other", ["jenny+x@example.com", "jen.ny@example.com", "jenny@example.com.example.org", "ʝenny@example.com"]
)
async def test_a20_no_other_mailbox_is_jennys(world: World, other: str) -> None:
    await world.customer()
    visitor = world.visitor()
    await visitor.http.post(world.link, data={"email": other})
    await world.send_letters()
    assert world.mailbox.messages == []


@pytest.mark.parametrize("same", ["JENNY@EXAMPLE.COM", " jenny@example.com ", "Jenny@Example.com"])
async def test_a20_however_it_is_written_a_mailbox_is_one(world: World, same: str) -> None:
    await world.customer()
    visitor = world.visitor()
    await visitor.ask(same)
    assert (await visitor.type(await world.code_for(JENNY))).status_code == 303
    assert [message["to"] for message in world.mailbox.messages] == [JENNY]


async def test_a21_a_stolen_database_gives_no_code_away(world: World) -> None:
    await world.customer()
    _, code = await asked(world)
    dumped = (await world.rows(text("SELECT * FROM challenges")))[0]
    assert code.encode() not in b"".join(bytes(each) for each in dumped if isinstance(each, bytes | memoryview))
    kid, pepper = world.site.tenancy.vault.pepper()
    tenant = str(world.door.tenant_id)
    stored = bytes(dumped.code_digest)
    assert digest(pepper, kid, tenant, dumped.id, code) == stored

    # Whoever has the row but not the pepper tries all codes, the right one too, as a hash and as an HMAC under what is
    # in the row.
    salts = [dumped.id, tenant, dumped.address, kid, bytes(dumped.hash).hex()]
    assert hashlib.sha256(code.encode()).digest() != stored, "a plain hash"
    for salt in salts:
        for message in (code, dumped.id + code, tenant + dumped.id + code):
            assert hmac.digest(salt.encode(), message.encode(), "sha256") != stored
            assert hashlib.sha256((salt + message).encode()).digest() != stored
    for name in ("args", "lock", "task_name"):
        async with world.site.tenancy.database.unscoped() as connection:
            jobs = await connection.scalars(text(f"SELECT {name}::text FROM procrastinate_jobs"))
            assert not any(code in (each or "") and JENNY in (each or "") for each in jobs)


async def test_a22_no_log_and_no_address_holds_a_code_or_a_secret(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await world.customer()
    visitor, code = await asked(world)
    pages = [await visitor.type(wrong_code(code)), await visitor.type(code)]
    secrets = [code, visitor.cookie() or "", visitor.cookie("-browser") or ""]
    secrets += [cookie.value or "" for cookie in visitor.http.cookies.jar]
    told = " ".join(record.getMessage() + repr(vars(record)) for record in caplog.records if ours(record))
    for secret in secrets:
        assert secret
        assert secret not in told
        assert not any(secret in str(page.url) or secret in page.headers.get("location", "") for page in pages)
    assert all(page.headers["referrer-policy"] == "no-referrer" for page in pages)
    assert all("no-store" in page.headers["cache-control"] for page in pages)


def ours(record: logging.LogRecord) -> bool:
    """Not the log of the test's own client and mail server."""
    return not record.name.startswith(("httpx", "httpcore", "mail.log", "asyncio", "smtpd"))


async def test_a23_no_name_is_shown_before_the_code_was_right(world: World) -> None:
    await world.customer()
    await world.customer()
    visitor = world.visitor()
    pages = [await visitor.http.get(world.link), await visitor.ask(JENNY)]
    code = await world.code_for(JENNY)
    pages.append(await visitor.type(wrong_code(code)))
    assert not any("Jenny" in page.text for page in pages)


async def test_many_wrong_codes_make_all_codes_of_the_tenant_longer(timed_world: tuple[World, Clock]) -> None:
    world, clock = timed_world
    async with world.site.tenancy.database.side(world.door.tenant_id) as connection:
        await connection.execute(
            text("INSERT INTO side_counters VALUES (:side, 'risk weight', :hour, :weight)"),
            {"side": world.door.tenant_id, "hour": clock.now, "weight": TENANT_WEIGHT - 1},
        )
    await world.customer()
    await world.customer("other@example.com")
    visitor, code = await asked(world)
    assert len(code) == 6
    await visitor.type(wrong_code(code))
    clock.forward(days=6, hours=23)
    _, code = await asked(world, "other@example.com")
    assert len(code) == 8
    clock.forward(hours=1)
    _, code = await asked(world, "other@example.com")
    assert len(code) == 6


async def test_a_stranger_who_floods_an_address_keeps_no_owner_out(timed_world: tuple[World, Clock]) -> None:
    """From one network; and from many, where the owner has signed in from this browser before."""
    world, clock = timed_world
    await world.customer()
    owner = await known_visitor(world)
    clock.forward(hours=2)

    async def flood(peer: str) -> None:
        stranger = Visitor(world, peer)
        await stranger.ask(JENNY)
        token = await stranger.token()
        for number in range(7):
            await stranger.type(f"{number:06d}", token=token)

    one = world.stranger_networks(1)[0]
    for _ in range(10):
        await flood(one)
    clock.forward(minutes=6)
    fresh = world.visitor()
    assert (await fresh.sign_in()).status_code == 303

    for peer in world.stranger_networks(12):
        await flood(peer)
    await world.send_letters()
    before = len(world.mailbox.to(JENNY))
    assert (await owner.sign_in()).status_code == 303
    assert len(world.mailbox.to(JENNY)) == before + 1
