"""Sessions made by the tenant's program: their address, how long they live, and what ends them."""

import html

import pytest
from sign_in_world import Clock, World
from sqlalchemy import text

from frontdesk.portal_configuration import LoginPage
from frontdesk_tenants import configurations, sessions
from frontdesk_tenants.database import clock as real_time


async def session_address(world: World, customer: str, return_url: str | None = None, locale: str | None = None) -> str:
    """The path of a new session."""
    async with world.site.tenancy.database.side(world.door.tenant_id) as connection:
        _, token = await sessions.create_api_session(
            connection,
            world.door,
            customer=customer,
            configuration=(await configurations.read_default(connection)).id,
            locale=locale,
            return_url=return_url,
            now=await real_time(connection),
        )
    return f"/p/session/{token}"


async def test_the_address_of_a_session_signs_in(world: World) -> None:
    customer = await world.customer()
    await world.customer()
    address = await session_address(world, customer, locale="de-AT")
    assert address.startswith("/p/session/test_")
    visitor = world.visitor()
    answer = await visitor.http.get(address)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/p/{world.portal}/")
    who = await visitor.whoami()
    assert who["customer"] == customer
    assert who["session"].startswith("bps_")
    assert who["source"] == "api_session"
    assert who["address"] is None
    assert who["locale"] == "de"


async def test_a_session_of_the_api_has_no_switcher(world: World) -> None:
    customer, other = await world.customer(), await world.customer()
    visitor = world.visitor()
    await visitor.http.get(await session_address(world, customer))
    data = {"csrf": (await visitor.whoami())["csrf"], "customer": other}
    assert (await visitor.http.post(f"/p/{world.portal}/switch", data=data)).status_code == 404
    assert (await visitor.whoami())["customer"] == customer


async def test_an_address_that_nobody_opened_dies_after_five_minutes(timed_world: tuple[World, Clock]) -> None:
    world, clock = timed_world
    customer = await world.customer()
    early, late = [await session_address(world, customer, "https://shop.example/account") for _ in range(2)]
    visitor = world.visitor()
    clock.forward(seconds=299)
    assert (await visitor.http.get(early)).status_code == 303
    clock.forward(seconds=1)
    other = world.visitor()
    over = await other.http.get(late)
    assert over.status_code == 410
    assert "Please sign in again" in over.text
    assert world.link in html.unescape(over.text)
    assert "https://shop.example/account" in html.unescape(over.text)
    assert await other.whoami() == {}

    # Opened once, it lives for an hour from the last visit, in another browser too.
    clock.forward(minutes=40)
    assert (await other.http.get(early)).status_code == 303
    clock.forward(minutes=59, seconds=59)
    assert await visitor.whoami() != {}
    clock.forward(minutes=60)
    assert await visitor.whoami() == {}
    assert (await visitor.http.get(early)).status_code == 410


async def test_looking_at_an_address_opens_nothing(timed_world: tuple[World, Clock]) -> None:
    world, clock = timed_world
    address = await session_address(world, await world.customer())
    visitor = world.visitor()
    looked = await visitor.http.head(address)
    assert (looked.status_code, looked.content) == (200, b"")
    assert "set-cookie" not in looked.headers
    visitor.set_cookie("", address.removeprefix("/p/session/test_"))
    assert await visitor.whoami() == {}
    clock.forward(minutes=5)
    assert (await visitor.http.get(address)).status_code == 410


async def test_without_a_login_page_an_expired_session_names_no_way_in(timed_world: tuple[World, Clock]) -> None:
    world, clock = timed_world
    address = await session_address(world, await world.customer())
    await world.configure(login_page=LoginPage(enabled=False))
    clock.forward(minutes=5)
    page = await world.visitor().http.get(address)
    assert page.status_code == 410
    assert "/p/login/" not in html.unescape(page.text)
    assert (await world.visitor().http.get(f"/p/{world.portal}/whoami")).status_code == 401


async def test_a_session_of_the_api_ends_with_its_configuration_and_by_signing_out(world: World) -> None:
    customer = await world.customer()
    one, two = await session_address(world, customer), await session_address(world, customer)
    visitor, other = world.visitor(), world.visitor()
    await visitor.http.get(one)
    await other.http.get(two)
    csrf = (await visitor.whoami())["csrf"]
    left = await visitor.http.post(f"/p/{world.portal}/sign-out", data={"csrf": csrf})
    assert left.status_code == 303
    assert (await visitor.http.get(one)).status_code == 410
    assert await other.whoami() != {}
    async with world.site.tenancy.database.side(world.door.tenant_id) as connection:
        await connection.execute(text("UPDATE configurations SET active = false"))
    assert await other.whoami() == {}
    assert (await other.http.get(two)).status_code == 410


@pytest.mark.parametrize("token", ["x", "test_", "test_é", "%00", "live_" + "a" * 55, "test_" + "a" * 55, "a" * 5000])
async def test_an_address_of_nobody_is_not_found(world: World, token: str) -> None:
    for method in ("GET", "HEAD"):
        assert (await world.visitor().http.request(method, f"/p/session/{token}")).status_code == 404


async def test_a_login_session_has_no_address_and_sides_are_not_mixed_up(world: World) -> None:
    address = await session_address(world, await world.customer())
    visitor = world.visitor()
    assert (await visitor.http.get(address.replace("test_", "live_"))).status_code == 404
    await visitor.sign_in()
    stolen = await world.visitor().http.get(f"/p/session/test_{visitor.cookie()}")
    assert stolen.status_code == 404
    assert world.tenant.slug.title() in stolen.text
    live = world.tenant.live.door.portal
    visitor.http.cookies.set(f"__Host-fd-{live}", visitor.cookie() or "", domain="billing.example.com")
    assert (await visitor.http.get(f"/p/{live}/whoami")).status_code == 303


async def test_customers_of_a_suspended_tenant_can_still_sign_in(world: World) -> None:
    await world.customer()
    async with world.site.tenancy.database.side(world.door.tenant_id) as connection:
        await connection.execute(text("UPDATE sides SET status = 'suspended'"))
    visitor = world.visitor()
    assert (await visitor.sign_in()).status_code == 303
    assert await visitor.whoami() != {}
